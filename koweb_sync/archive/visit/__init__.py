"""A run: what is asked of the forum, in what order, at what cost."""
