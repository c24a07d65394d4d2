"""The demonstration: a forum inside this computer, a community on it, and every command at work."""
