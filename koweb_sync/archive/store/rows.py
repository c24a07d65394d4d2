"""Reading an archive by SQL, over SQLAlchemy's connection or over SQLite's own, for which no SQLAlchemy is loaded."""

import sqlite3
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

from koweb_sync.trusted import origin

if TYPE_CHECKING:
    from sqlalchemy import Connection

    Readable: TypeAlias = Connection | sqlite3.Connection


class Row(Protocol):
    """A row: its values by the names of its columns."""

    def __getitem__(self, name: str, /) -> Any:
        """A value."""


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL that both databases understand; each `?` in it stands for the next of its values."""

    text: str
    values: tuple[object, ...] = ()

    def __add__(self, other: "Sql | str") -> "Sql":
        if isinstance(other, str):
            return Sql(f"{self.text} {other}", self.values)
        return Sql(f"{self.text} {other.text}", (*self.values, *other.values))

    @property
    def named(self) -> tuple[str, dict[str, object]]:
        """It as SQLAlchemy takes it, with a name for each value."""
        first, *others = self.text.split("?")
        text = first + "".join(f":v{n}{part}" for n, part in zip(count(), others, strict=False))
        return text, {f"v{n}": value for n, value in enumerate(self.values)}


def sql(text: str, *values: object) -> Sql:
    """A piece of SQL with its values."""
    return Sql(text, values)


def among(column: str, values: Iterable[object]) -> Sql:
    """That a column has one of some values."""
    values = tuple(values)
    return Sql(f"{column} IN ({', '.join('?' * len(values))})", values) if values else Sql("1 = 0")


def where(*conditions: Sql) -> Sql:
    """That all conditions hold."""
    values = (value for one in conditions for value in one.values)
    return Sql("WHERE " + " AND ".join(one.text for one in conditions), tuple(values))


def rows(connection: "Readable", query: Sql, page: int = 0) -> Generator[Row, None, None]:
    """The rows of a query as they are taken. `page`: there may be more than memory holds, so a server gives so many at
    once.
    """
    if isinstance(connection, sqlite3.Connection):
        yield from connection.execute(query.text, query.values)
        return
    if connection.dialect.name == "sqlite":
        yield from _by_driver(connection, query)
        return
    from sqlalchemy import text

    words, values = query.named
    with connection.execute(text(words), values, execution_options={"yield_per": page} if page else {}) as result:
        yield from result.mappings()


def driver(connection: "Connection") -> sqlite3.Connection:
    """SQLite's own connection below SQLAlchemy's, in its transaction: SQLAlchemy takes longer than SQLite."""
    if not connection.in_transaction():
        connection.begin()
    below: sqlite3.Connection = cast("Any", connection.connection.driver_connection)
    return below


def _by_driver(connection: "Connection", query: Sql) -> Iterator[Row]:
    with closing(driver(connection).cursor()) as cursor:
        cursor.row_factory = sqlite3.Row
        yield from cursor.execute(query.text, query.values)


def values(row: Row) -> tuple[Any, ...]:
    """The values of a row, in the order in which its query names the columns."""
    return tuple(row) if isinstance(row, sqlite3.Row) else tuple(cast("Mapping[str, Any]", row).values())


def first(connection: "Readable", query: Sql) -> Row | None:
    """The first row of a query."""
    with closing(rows(connection, query)) as found:
        return next(found, None)


def value(connection: "Readable", query: Sql) -> Any:
    """What a query of one column, called `it`, gives first; None for nothing."""
    found = first(connection, query)
    return None if found is None else found["it"]


def forum_number(connection: "Readable", url: str) -> int | None:
    """The number of a forum in an archive, None if it is not there: the same one, however its address is written
    (capitals in the host's name, a slash at the end).
    """
    known = [(int(one["id"]), str(one["url"])) for one in rows(connection, sql("SELECT id, url FROM forums"))]
    exact = (number for number, there in known if there == url)
    alike = (number for number, there in known if origin(there) == origin(url))
    return next(exact, None) or next(alike, None)
