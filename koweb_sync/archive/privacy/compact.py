"""Leaving nothing of what was deleted in a database's files: free pages, the log beside the file, the search index."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text

from koweb_sync.archive.privacy.forgetting_progress import endless
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.database_errors import complaint
from koweb_sync.archive.store.location import path
from koweb_sync.archive.store.store import Store
from koweb_sync.errors import HumanNeeded
from koweb_sync.i18n import _, size

SQLITE = ("INSERT INTO search(search) VALUES ('rebuild')", "INSERT INTO search(search) VALUES ('optimize')")


SPARE = 20_000_000  # bytes that writing anew leaves free


class NotCompacted(HumanNeeded):
    """What was erased is gone from every row, and may still lie in free parts of the files: to be done again."""


def compact(store: Store) -> None:
    """Write the database anew, without what was deleted.

    Raises NotCompacted if somebody else is reading it, or if there is too little room: while it runs it needs as much
    again as the database takes, beside it and where SQLite keeps files of its own.
    """
    with endless("writing anew"):
        write_anew(store)


def write_anew(store: Store) -> None:
    """The same, without telling whoever waits."""
    if store.postgresql:
        with store.understood(), store.engine.connect() as connection:
            vacuum(connection.execution_options(isolation_level="AUTOCOMMIT"))
    else:
        file = path(store.engine.url)
        with outside_transaction(store) as connection:
            if file is not None:
                has_room(connection, file)
            rewrite(connection, store.place)


def has_room(connection: sqlite3.Connection, file: Path) -> None:
    """Raises NotCompacted where writing a file anew would fill its disk: the disk is needed for what goes on."""
    pages, each = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    folders = {folder.stat().st_dev: folder for folder in (spill(), file.absolute().parent)}
    for folder in folders.values():
        # What SQLite writes for a while and what goes through the log are each as large as the file.
        needed = pages * each * (2 if len(folders) == 1 else 1) + SPARE
        free = shutil.disk_usage(folder).free
        if free < needed:
            raise NotCompacted(
                _(
                    "What was erased is gone from the archive, but the file could not be written anew: it takes "
                    "{needed} in {folder}, and {free} are free. Until then its free parts may hold what was "
                    "erased."
                ).format(needed=size(needed), folder=folder, free=size(free)),
                where=str(file),
                remedy=_("Make room; the next “koweb archive” writes it anew."),
            )


def spill() -> Path:
    """The folder in which SQLite keeps files for a while (https://www.sqlite.org/tempfiles.html, section 5)."""
    named = (os.environ.get(name) for name in ("SQLITE_TMPDIR", "TMPDIR"))
    places = (Path(one) for one in (*named, "/var/tmp", "/usr/tmp", "/tmp", ".") if one)  # noqa: S108 - SQLite's choice
    return next(one for one in places if one.is_dir() and os.access(one, os.W_OK | os.X_OK))


@contextmanager
def outside_transaction(store: Store) -> Iterator[sqlite3.Connection]:
    """SQLite's own connection, outside of any transaction: a file cannot be written anew within one."""
    pooled = store.engine.raw_connection()
    try:
        connection = pooled.driver_connection
        if not isinstance(connection, sqlite3.Connection):
            raise TypeError(store.place)
        yield connection
    except sqlite3.Error as error:
        raise complaint(store.place, error) from error
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
        raise NotCompacted(
            _("Somebody else is reading the archive: the log beside the file may still hold what was forgotten."),
            where=place,
            remedy=_("Close the other programs, then try again."),
        )
