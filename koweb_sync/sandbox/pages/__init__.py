"""The forum as people read it in a browser."""
