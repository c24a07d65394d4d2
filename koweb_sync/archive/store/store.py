"""The file, or the database, that holds archives: opening, transactions, one writer at a time.

Places are a path (SQLite) or a `postgresql://` URL. Raises StoreUnusable for what is not an archive, is newer than this
koweb, or cannot be reached.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, Table, bindparam, func, insert, select, update

from koweb_sync.archive.store import schema
from koweb_sync.archive.store.checksums import broken
from koweb_sync.archive.store.database_errors import damaged, explained, unreadable, unreadable_errors
from koweb_sync.archive.store.engines import WRITES, Origin, engine_for
from koweb_sync.archive.store.location import address, path, without_password
from koweb_sync.archive.store.locks import held_beside, held_in
from koweb_sync.archive.store.prepared import identity, prepared, upsert
from koweb_sync.archive.store.rows import forum_number, homes
from koweb_sync.archive.store.search_words import storable
from koweb_sync.i18n import _

Row = Mapping[str, Any]


class Store:
    """An open store. `place` is what the user calls it, without a password; `origin` is what opening it took."""

    def __init__(self, engine: Engine, place: str, origin: Origin = Origin.FOUND) -> None:
        self.engine = engine
        self.place = place
        self.origin = origin
        self._writer: Connection | None = None
        self._turn = threading.RLock()

    @classmethod
    def open(cls, place: str, *, create: bool = True) -> Self:
        """Open a store, make it if it is not there, bring its tables up to date.

        Raises StoreUnusable, HumanNeeded if tables must be made while somebody writes, InputError for an unclear place.
        """
        url = address(place)
        where = without_password(url)
        with explained(where):
            engine, origin = engine_for(url, where, create=create)
        return cls(engine, where, origin)

    def close(self) -> None:
        """Give the file, or the connections, back."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @cached_property
    def postgresql(self) -> bool:
        """Whether it is a PostgreSQL database."""
        return self.engine.dialect.name == "postgresql"

    @cached_property
    def writing(self) -> Engine:
        """The engine whose transactions write."""
        return self.engine.execution_options(**{WRITES: True})

    @contextmanager
    def understood(self) -> Iterator[None]:
        """What the database complains about, in words."""
        with explained(self.place):
            yield

    @contextmanager
    def suspected(self) -> Iterator[None]:
        """What cannot be read because the archive is damaged is said so. What is a mistake of ours stays as it is."""
        try:
            yield
        except unreadable_errors() as error:
            if (why := self.damage()) is None:
                raise
            raise damaged(self.place, why) from error

    def damage(self) -> str | None:
        """What shows that the archive is damaged, None if nothing does. A SQLite file is read as a whole for it."""
        with self.understood():
            return None if self.postgresql else next(broken(self.engine), None)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction: all of it is kept, or nothing. One at a time: it cannot be begun within another."""
        with self.understood(), self._turn:
            if self._writer is not None:
                if self._writer.invalidated:  # SQLAlchemy would connect anew, but the lock went with the connection
                    raise unreadable(self.place, _("the connection was lost"))
                with self._writer.begin():
                    yield self._writer
                return
            with self.writing.begin() as connection:
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that only reads, and sees one moment of the archive however long it takes."""
        how: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.understood(), self.engine.connect() as connection:
            yield connection.execution_options(**how) if self.postgresql else connection

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Only one process writes to an archive. Raises HumanNeeded if somebody else does."""
        if self.postgresql:
            with self.understood(), held_in(self.engine, self.place) as connection:
                self._writer = connection
                try:
                    yield
                finally:
                    self._writer = None
            return
        file = path(self.engine.url)
        with held_beside(file, self.place) if file else nullcontext():
            yield

    def forum(self, url: str) -> int | None:
        """The number of a forum in this store, None if it is not there: the same one, however its address is written
        (capitals in the host's name, a slash at the end), and also where it was before it moved.
        """
        with self.read() as connection:
            return forum_number(connection, url)

    def address(self, forum: int) -> str:
        """Where a forum of this store is."""
        with self.read() as connection:
            return str(connection.execute(select(schema.FORUMS.c.url).where(schema.FORUMS.c.id == forum)).scalar_one())

    def enter(self, url: str, name: str, now: int) -> int:
        """The number of a forum, which is entered if it is not there."""
        number = self.forum(url)
        if number is not None:
            return number
        with self.begin() as connection:
            entry = insert(schema.FORUMS).values(url=url, name=name, added=now).returning(schema.FORUMS.c.id)
            return int(connection.execute(entry).scalar_one())


@dataclass(frozen=True, slots=True)
class Archive:
    """One forum of a store. `base` is the address under which it was archived first: whatever was noted of it on this
    machine is known by that. `folders` are exports within reach.
    """

    store: Store
    forum: int
    base: str
    folders: tuple[Path, ...] = ()

    @classmethod
    def of(cls, store: Store, forum: int, url: str) -> Self:
        """The archive of a forum that is at an address."""
        with store.read() as connection:
            return cls(store, forum, homes(connection, forum, url)[0])

    @property
    def homes(self) -> tuple[str, ...]:
        """All addresses of the forum."""
        with self.store.read() as connection:
            return homes(connection, self.forum, self.base)


# ---- writing rows


def put(connection: Connection, table: Table, rows: Sequence[Row], forum: int | None = None) -> None:
    """Insert rows, or set the given columns of those that are there. All rows have the same columns. `forum`: the one
    that they all belong to, where they do not say so.

    Where a column is left out that every row must have, the rows must be there; raises LookupError if they are not.
    """
    if not rows:
        return
    first = rows[0] if forum is None else {"forum": forum, **rows[0]}
    if not complete(table, first):
        change(connection, table, rows if forum is None else [{"forum": forum, **row} for row in rows])
        return
    prepared(connection.dialect, upsert, connection.dialect.name, table, tuple(first)).run(connection, rows, forum)


def change(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Set columns of rows that are there: databases look at what an insert leaves out before they see a conflict."""
    names = identity(table)
    changed = [name for name in rows[0] if name not in names]
    if not changed or any(name not in rows[0] for name in names):
        raise LookupError(f"{table.name}: {', '.join(rows[0])} do not make a row, nor a change of one")
    found = update(table).where(*(table.c[name] == bindparam(f"is_{name}") for name in names))
    found = found.values({name: bindparam(f"new_{name}") for name in changed})
    given = [
        {f"is_{name}" if name in names else f"new_{name}": storable(value) for name, value in row.items()}
        for row in rows
    ]
    if connection.execute(found, given).rowcount != len(rows):
        raise LookupError(f"{table.name}: a row that was to be changed is not there")


def complete(table: Table, row: Row) -> bool:
    """Whether a row has every column without which there is no row."""
    return all(
        column.name in row
        for column in table.columns
        if not column.nullable and column.server_default is None and column.identity is None
    )


def count(connection: Connection, table: Table, forum: int) -> int:
    """How many rows a forum has in a table."""
    return int(connection.execute(select(func.count()).where(table.c.forum == forum).select_from(table)).scalar() or 0)
