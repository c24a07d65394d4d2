"""Whether an archive is whole and sound."""
