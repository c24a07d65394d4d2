"""Opening an archive to read it, and nothing else: a file by SQLite alone, for SQLAlchemy takes longer to be
loaded than most questions to be answered.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from koweb_sync.archive.store import upgrade
from koweb_sync.archive.store.database_errors import complaint, explained, unreadable_errors
from koweb_sync.archive.store.location import exists, immutable_url, log_has_content, nothing, revision_in_file

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable


@contextmanager
def reading_of(place: str) -> Iterator["Readable"]:
    """A connection that only reads, and sees one moment of the archive. What is no file, or is an older koweb's, is
    opened as for writing, and brought up to date. Raises StoreUnusable; also for what cannot be read because it is
    damaged.
    """
    if "://" in place or not up_to_date(Path(place)):
        from koweb_sync.archive.store.store import Store

        with Store.open(place, create=False) as store, store.suspected(), store.read() as connection:
            yield connection
        return
    with closing(opened(Path(place))) as own, suspected(place), explained(place):
        own.execute("BEGIN")
        yield own


def up_to_date(file: Path) -> bool:
    """Whether a file is an archive of this koweb. Raises StoreUnusable if it is none at all."""
    where = str(file)
    try:
        if not exists(file):
            raise nothing(where)
    except OSError as error:
        raise complaint(where, error) from error
    return revision_in_file(file) == upgrade.HEAD


def opened(file: Path) -> sqlite3.Connection:
    """The file, as it is read while others may write to it. It is not made where it is gone meanwhile, and a log that a
    kill left beside it may be taken in; nothing else is written.
    """
    with explained(str(file)):
        address = immutable_url(file) or f"{file.absolute().as_uri()}?mode=rw"
        found = sqlite3.connect(address, uri=True, isolation_level=None, timeout=10)
        found.row_factory = sqlite3.Row
        found.execute("PRAGMA query_only = ON")
        return found


@contextmanager
def only_read(place: str) -> Iterator["Readable"]:
    """A database that somebody else may have made: it stays as it is, to the byte. Raises sqlite3.Error."""
    file = Path(place)
    how = "mode=ro" if log_has_content(file) else "mode=ro&immutable=1"
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?{how}", uri=True, timeout=10)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


@contextmanager
def suspected(place: str) -> Iterator[None]:
    """What cannot be read because the archive is damaged is said so. What is a mistake of ours stays as it is."""
    try:
        yield
    except unreadable_errors():
        from koweb_sync.archive.store.store import Store

        with Store.open(place, create=False) as store, store.suspected():
            raise
