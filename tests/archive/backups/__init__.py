"""Archives out of a forum's own backups."""
