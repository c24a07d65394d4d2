"""Leaving nothing of what was deleted in a database's files: free pages, the log beside the file, the search index."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from koweb_sync.archive import schema
from koweb_sync.archive.places import unreadable
from koweb_sync.archive.store import Store
from koweb_sync.errors import HumanNeeded
from koweb_sync.i18n import _

SQLITE = ("INSERT INTO search(search) VALUES ('rebuild')", "INSERT INTO search(search) VALUES ('optimize')")


def compact(store: Store) -> None:
    """Write the database anew, without what was deleted. Raises HumanNeeded if somebody else is reading it.

    It needs as much room again as the database takes, while it runs.
    """
    if store.postgresql:
        with store.understood(), store.engine.connect() as connection:
            vacuum(connection.execution_options(isolation_level="AUTOCOMMIT"))
    else:
        with outside(store) as connection:
            rewrite(connection, store.place)


@contextmanager
def outside(store: Store) -> Iterator[sqlite3.Connection]:
    """SQLite's own connection, outside of any transaction: a file cannot be written anew within one."""
    pooled = store.engine.raw_connection()
    try:
        connection = pooled.driver_connection
        if not isinstance(connection, sqlite3.Connection):
            raise TypeError(store.place)
        yield connection
    except sqlite3.Error as error:
        raise unreadable(store.place, str(error)) from error
    finally:
        pooled.close()


def vacuum(connection: Connection) -> None:
    """PostgreSQL: every table and its indexes are written anew."""
    for table in (*schema.METADATA.sorted_tables, None):
        name = "search" if table is None else connection.dialect.identifier_preparer.quote(table.name)
        connection.execute(text(f"VACUUM FULL {name}"))


def rewrite(connection: sqlite3.Connection, place: str) -> None:
    """SQLite: the index, then the file, then the log beside it, which is cut to nothing."""
    for statement in (*SQLITE, "VACUUM"):
        connection.execute(statement)
    (busy, _pages, _moved) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise HumanNeeded(
            _("Somebody else is reading the archive: the log beside the file may still hold what was forgotten."),
            where=place,
            remedy=_("Close the other programs, then run the command again."),
        )
