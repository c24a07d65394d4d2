"""The commands: flags in, text and exit code out."""
