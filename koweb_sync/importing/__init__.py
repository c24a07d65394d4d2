"""From a folder of somebody else's notes to post files."""
