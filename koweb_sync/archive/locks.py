"""One writer at a time: a lock beside a file, or a lock in a database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine, text

from koweb_sync.errors import HumanNeeded
from koweb_sync.i18n import _

NUMBER = 0x6B6F776562  # "koweb", for PostgreSQL's advisory locks


@contextmanager
def held(engine: Engine, place: str) -> Iterator[None]:
    """Hold the lock; it ends with the process, however that ends. Raises HumanNeeded if somebody else holds it."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            if not connection.execute(text("SELECT pg_try_advisory_lock(:n)"), {"n": NUMBER}).scalar():
                raise busy(place)
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": NUMBER})
        return
    if engine.url.database in (None, "", ":memory:"):
        yield
        return
    lock = FileLock(Path(f"{engine.url.database}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise busy(place) from None
    try:
        yield
    finally:
        lock.release()


def busy(place: str) -> HumanNeeded:
    """The error about another process that writes."""
    return HumanNeeded(
        _("Another koweb is writing to this archive."),
        where=place,
        remedy=_("Wait until it has finished, then try again."),
    )
