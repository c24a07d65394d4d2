"""koweb-sync: a Discourse forum treated as a git remote."""

__version__ = "0.1.0"
