"""Leaving nothing of what was deleted in a database's files: free pages, the log beside the file, the search index."""

from sqlalchemy import Connection, text

from koweb_sync.archive import schema
from koweb_sync.archive.store import Store
from koweb_sync.errors import HumanNeeded
from koweb_sync.i18n import _

SQLITE = ("INSERT INTO search(search) VALUES ('rebuild')", "INSERT INTO search(search) VALUES ('optimize')")


def compact(store: Store) -> None:
    """Write the database anew, without what was deleted. Raises HumanNeeded if somebody else is reading it.

    It needs as much room again as the database takes, while it runs.
    """
    with store.understood(), store.engine.connect() as connection:
        outside = connection.execution_options(isolation_level="AUTOCOMMIT")
        if store.postgresql:
            vacuum(outside)
        else:
            rewrite(outside, store.place)
    store.engine.dispose()


def vacuum(connection: Connection) -> None:
    """PostgreSQL: every table and its indexes are written anew."""
    for table in (*schema.METADATA.sorted_tables, None):
        name = "search" if table is None else connection.dialect.identifier_preparer.quote(table.name)
        connection.execute(text(f"VACUUM FULL {name}"))


def rewrite(connection: Connection, place: str) -> None:
    """SQLite: the index, then the file, then the log beside it, which is cut to nothing."""
    for statement in (*SQLITE, "VACUUM"):
        connection.execute(text(statement))
    busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).scalar()
    if busy:
        raise HumanNeeded(
            _("Somebody else is reading the archive: the log beside the file may still hold what was forgotten."),
            where=place,
            remedy=_("Close the other programs, then run the command again."),
        )
