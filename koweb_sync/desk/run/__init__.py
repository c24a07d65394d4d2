"""One run of the desk: the folder that is open, the work that is under way, and what tells pages that files changed."""
