"""Two texts of one place: where they differ, what somebody chose, and the text that comes of it. Pure."""
