"""One push at a time for a forum: the lock on the bookmark, and which automation job holds it."""
