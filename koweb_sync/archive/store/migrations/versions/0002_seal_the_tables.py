"""Seal the tables: what is sealed, and how, is up to koweb_sync.archive.store.checksums, which follows every migration."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Go from the revision before to this one."""
