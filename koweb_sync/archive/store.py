"""The file, or the database, that holds archives: opening, transactions, one writer at a time.

Places are a path (SQLite) or a `postgresql://` URL. Raises StoreUnusable for what is not an archive, is newer than this
koweb, or cannot be reached.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, Table, create_engine, event, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from koweb_sync.archive import schema
from koweb_sync.archive.locks import held
from koweb_sync.archive.search import create_index
from koweb_sync.errors import InputError, StoreUnusable
from koweb_sync.i18n import _

FILE = "koweb-archive.sqlite"
Row = Mapping[str, Any]


class Store:
    """An open store. `place` is what the user calls it, without a password."""

    def __init__(self, engine: Engine, place: str) -> None:
        self.engine = engine
        self.place = place

    @classmethod
    def open(cls, place: str, *, create: bool = True) -> Self:
        """Open a store, make it if it is not there, bring its tables up to date."""
        url = address(place)
        if url.drivername == "sqlite" and not create and not Path(url.database or "").is_file():
            raise StoreUnusable(
                _("There is no archive."),
                where=place,
                remedy=_("“koweb archive” makes it; --store names another place."),
            )
        engine = create_engine(url)
        if url.drivername == "sqlite":
            event.listen(engine, "connect", prepare)
        store = cls(engine, url.render_as_string(hide_password=True) if url.drivername != "sqlite" else place)
        with store.understood():
            schema.METADATA.create_all(engine)
            with engine.begin() as connection:
                create_index(connection)
        return store

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

    @contextmanager
    def understood(self) -> Iterator[None]:
        """What the database complains about, in words."""
        try:
            yield
        except DBAPIError as error:
            reason = str(error.orig).partition("\n")[0]
            full = isinstance(error, OperationalError) and "full" in reason
            raise StoreUnusable(
                _("The archive cannot be used: {why}.").format(why=reason),
                where=self.place,
                remedy=_("Make room on the disk; what was archived is not lost.")
                if full
                else _("Is it an archive that koweb made, and may you write there?"),
            ) from error

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction: all of it is kept, or nothing."""
        with self.understood(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that only reads."""
        with self.understood(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Only one process writes to an archive. Raises HumanNeeded if somebody else does."""
        with held(self.engine, self.place):
            yield

    def forum(self, url: str) -> int | None:
        """The number of a forum in this store, None if it is not there."""
        with self.read() as connection:
            found = connection.execute(select(schema.FORUMS.c.id).where(schema.FORUMS.c.url == url)).scalar()
        return None if found is None else int(found)

    def enter(self, url: str, name: str, now: int) -> int:
        """The number of a forum, which is entered if it is not there."""
        number = self.forum(url)
        if number is not None:
            return number
        with self.begin() as connection:
            entry = insert(schema.FORUMS).values(url=url, name=name, added=now).returning(schema.FORUMS.c.id)
            return int(connection.execute(entry).scalar_one())


def address(place: str) -> Any:
    """A place as SQLAlchemy's URL. Raises InputError for a database that we do not know."""
    if "://" not in place:
        return make_url("sqlite://").set(database=place)
    try:
        url = make_url(place)
    except ArgumentError as error:
        raise InputError(_("“{place}” is no address of a database.").format(place=place)) from error
    name = url.get_backend_name()
    if name not in ("sqlite", "postgresql"):
        raise InputError(
            _("An archive cannot be kept in {kind}.").format(kind=name),
            remedy=_("Name a file for SQLite, or a postgresql:// address."),
        )
    return url.set(drivername="postgresql+psycopg" if name == "postgresql" else "sqlite")


def prepare(connection: sqlite3.Connection, _record: object) -> None:
    """Each connection to SQLite: a log beside the file, so that reading never waits; deleted text is overwritten."""
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "busy_timeout=10000",
    ):
        connection.execute(f"PRAGMA {pragma}")


# ---- writing rows


def put(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, or set the given columns of those that are there. All rows have the same columns."""
    if not rows:
        return
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    names = identity(table)
    statement = make(table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in names}
    if changed:
        statement = statement.on_conflict_do_update(index_elements=names, set_=changed)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=names)
    connection.execute(statement, list(rows))


def identity(table: Table) -> list[str]:
    """The columns that name a row of a table."""
    if table is schema.POSTS:
        return ["forum", "id"]
    return [column.name for column in table.primary_key.columns]


def count(connection: Connection, table: Table, forum: int) -> int:
    """How many rows a forum has in a table."""
    return int(connection.execute(select(func.count()).where(table.c.forum == forum).select_from(table)).scalar() or 0)
