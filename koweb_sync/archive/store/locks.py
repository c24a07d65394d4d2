"""One writer at a time: a lock beside a file, or a lock in a database."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from koweb_sync import safe_files
from koweb_sync.archive.store.database_errors import complaint
from koweb_sync.errors import HumanNeeded, InputError
from koweb_sync.i18n import _

NUMBER = 0x6B6F776562  # "koweb", for PostgreSQL's advisory locks


@contextmanager
def held_beside(file: Path, place: str) -> Iterator[None]:
    """Hold the lock beside a file; it ends with the process, however that ends.

    Raises HumanNeeded if somebody else holds it, StoreUnusable where no lock can be made.
    """
    mark = Path(f"{file}.lock")
    lock = FileLock(mark, timeout=0)
    try:
        # FileLock takes some folders that cannot be written for a lock that is held.
        safe_files.append(file.parent, mark.name, b"", lasting=False)
        lock.acquire()
    except Timeout:
        raise busy(place) from None
    except InputError as error:
        if isinstance(error.__cause__, OSError):
            raise complaint(place, error.__cause__) from error
        raise  # a link, or what is no file
    except OSError as error:
        raise complaint(place, error) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def held_in(engine: Engine, place: str) -> Iterator[Connection]:
    """Hold the lock in a PostgreSQL database; the connection that holds it.

    It ends with the connection, so what is written over this connection is written by the one who holds the lock.
    Raises HumanNeeded if somebody else holds it.
    """
    with engine.connect() as connection:
        if not taken(connection):
            raise busy(place)
        try:
            yield connection
        finally:
            release(connection)


def taken(connection: Connection) -> bool:
    """Try to take the lock; the transaction ends at once, for one that idles for hours would hinder autovacuum."""
    try:
        return bool(connection.execute(text("SELECT pg_try_advisory_lock(:n)"), {"n": NUMBER}).scalar())
    finally:
        connection.commit()


def release(connection: Connection) -> None:
    """Give the lock back. A connection that was lost has lost the lock too, and the error about it is on its way."""
    with suppress(DBAPIError):
        connection.rollback()
        if not connection.invalidated:
            connection.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": NUMBER})
            connection.commit()


def busy(place: str) -> HumanNeeded:
    """The error about another process that writes."""
    return HumanNeeded(
        _("Another koweb is writing to this archive."),
        where=place,
        remedy=_("Wait until it has finished, then try again."),
    )
