"""What the forum holds and knows: its things, its people's rights, its texts, its refusals."""
