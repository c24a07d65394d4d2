"""Commands between git and the forum, one module each; `push_progress` and `reading_progress` show how far they are."""
