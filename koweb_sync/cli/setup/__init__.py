"""`koweb init` and `koweb doctor`: the way to a forum, set up and checked."""
