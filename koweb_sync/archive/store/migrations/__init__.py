"""The archive's tables, revision by revision; `uv run poe migration` writes the next one."""
