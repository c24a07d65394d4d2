"""Reading an archive by SQL, over SQLAlchemy's connection or over SQLite's own, for which no SQLAlchemy is loaded."""

import json
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


ADDRESSED = "SELECT id, url, settings FROM forums"
ADDRESSES = "addresses"  # of a forum's settings: all that it had, if it moved


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


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a forum is `now`, and all addresses that it had since it was archived first (`known`, that first one before
    the others); none where it never moved.

    What was noted under the first one, such as the marks of those who were erased, stays under it.
    """

    forum: int
    now: str
    known: tuple[str, ...]

    @classmethod
    def of(cls, row: Row) -> "Addresses":
        """As a row of `forums` tells them."""
        return cls(int(row["id"]), str(row["url"]), noted_addresses(str(row["settings"])))

    @property
    def home(self) -> str:
        """The one that it was archived under first."""
        return self.known[0] if self.known else self.now


def noted_addresses(settings: str) -> tuple[str, ...]:
    """The addresses that the settings of a forum note; an archive may come from somebody else, and hold anything."""
    try:
        noted = json.loads(settings)
    except ValueError:
        return ()
    found = noted.get(ADDRESSES) if isinstance(noted, dict) else None
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()


def forum_number(connection: "Readable", url: str) -> int | None:
    """The number of a forum in an archive, None if it is not there: the same one, however its address is written
    (capitals in the host's name, a slash at the end), and also where it was before it moved.
    """
    there = [Addresses.of(one) for one in rows(connection, sql(ADDRESSED))]
    exact = (one.forum for one in there if one.now == url)
    alike = (one.forum for one in there if origin(one.now) == origin(url))
    before = (one.forum for one in there if origin(url) in map(origin, one.known))
    return next(exact, None) or next(alike, None) or next(before, None)


def home(connection: "Readable", forum: int) -> str:
    """The address under which a forum was archived first."""
    return next(Addresses.of(one).home for one in rows(connection, sql(f"{ADDRESSED} WHERE id = ?", forum)))


def homes(connection: "Readable", forum: int, base: str) -> tuple[str, ...]:
    """The addresses of a forum: of one that moved all that its archive knows, that under which it was archived first
    before the others; else `base`.
    """
    found = first(connection, sql(f"{ADDRESSED} WHERE id = ?", forum))
    return (() if found is None else Addresses.of(found).known) or (base,)
