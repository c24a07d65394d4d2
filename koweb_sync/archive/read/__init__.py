"""Reading an archive again, and writing it out."""
