"""What the links and pictures of a post file lead to, and what they become on the forum."""
