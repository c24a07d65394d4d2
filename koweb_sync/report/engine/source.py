"""Where figures come from: the tables of one forum's archive on the engine that is asked, and queries that read them.

A table is what stands after FROM: the name of one that the engine holds, or a query in parentheses, so that it always
needs a name of its own (`FROM {posts} AS p`). Queries keep to what SQLite, DuckDB, PostgreSQL and Spark all understand:
names without quotes, none that one of them keeps for itself (at, by, to, group); conditions are no numbers; IN and
joins instead of EXISTS, for which SQLite makes no index; sums are cast to BIGINT. Times stay whole microseconds (UTC),
so that no engine reads a clock its own way.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count as counting
from typing import TYPE_CHECKING, Any, Literal, NewType, Protocol, TypeAlias

from sqlalchemy import select

from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store, count

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Engine = Literal["sqlite", "duckdb", "postgres", "spark"]
Table = NewType("Table", str)
Row = tuple[Any, ...]
Column: TypeAlias = "NDArray[np.int64]"

SMALL = 20_000  # posts: an archive with no more of them is read where it is, sooner than DuckDB has a copy

# What the figures read: never a text that somebody wrote.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "runs": ("n", "started", "ended", "outcome", "via", "keyed", "anonymous"),
    "categories": ("id", "name", "path", "parent", "restricted", "staff", "definition"),
    "groups": ("id", "name", "automatic"),
    "group_members": ("group", "person", "since", "until"),
    "people": ("id", "username", "created", "admin", "moderator", "bot", "staged", "suspended", "anonymised"),
    "activity": ("person", "at", "days_visited", "posts_read"),
    "topics": (
        "id", "title", "slug", "category", "person", "created", "closed", "archived", "visible", "archetype",
        "deleted", "views",
    ),
    "topic_tags": ("topic", "tag"),
    "views": ("topic", "at", "views"),
    "posts": (
        "id", "topic", "number", "type", "person", "created", "reply_to", "deleted", "user_deleted", "hidden", "likes",
        "version",
    ),
    "post_versions": ("post", "n", "version", "edited", "editor", "placeholder", "observed"),
    "counts": ("post", "kind", "count"),
    "reactions": ("post", "person", "kind", "n", "at", "seen", "gone"),
    "edges": ("post", "kind", "n", "to_topic", "to_number", "to_person"),
    "tombstones": ("kind", "id", "n", "reason", "lifted"),
    "ledger": ("topic", "expected", "held", "short", "trouble"),
    "consents": ("person", "wish", "since", "until"),
}  # fmt: skip
RENAMED = {"at": "moment", "group": "in_group", "count": "told"}  # columns whose names an engine keeps for itself


class Database(Protocol):
    """What an engine does for a report."""

    def rows(self, sql: str) -> list[Row]:
        """What a query gives."""

    def arrays(self, sql: str) -> dict[str, Column]:
        """What a query of whole numbers, none of them null, gives: each column by its name."""

    def columns(self, table: Table) -> tuple[str, ...]:
        """The names of a table's columns."""

    def keep(self, name: str, table: Table, keys: Iterable[str]) -> None:
        """Hold the rows of a table under a name until the end; `keys`: columns by which they are looked up."""

    def drop(self, name: str) -> None:
        """Give one of them back."""

    def keep_words(self, name: str, words: Iterable[str]) -> None:
        """Hold texts as a table under a name: a column `word`."""


@dataclass(frozen=True)
class Source:
    """One forum's tables on an engine. `url` is the forum's address, without a slash at its end.

    Some columns have other names here than in the archive (`RENAMED`).
    """

    engine: Engine
    url: str
    tables: Mapping[str, Table]
    database: Database
    names: Iterator[int] = field(default_factory=counting, compare=False)

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]

    def rows(self, sql: str) -> list[Row]:
        """What a query gives, in its own order; without ORDER BY each engine has another one."""
        return self.database.rows(sql)

    def arrays(self, sql: str) -> dict[str, Column]:
        """What a query of whole numbers, none of them null, gives: each column by its name."""
        return self.database.arrays(sql)

    def number(self, sql: str) -> int:
        """The whole number that a query gives; -1 where it is null."""
        ((found,),) = self.database.rows(sql)
        return -1 if found is None else int(found)

    def columns(self, table: Table) -> tuple[str, ...]:
        """The names of a table's columns."""
        return self.database.columns(table)

    def keep(self, table: Table, *keys: str) -> Table:
        """A table that several figures read: made once, and held on the engine. `keys`: by which columns it is read."""
        name = f"koweb_{next(self.names)}"
        self.database.keep(name, table, keys)
        return Table(name)

    def drop(self, table: Table) -> None:
        """Give one of them back early."""
        self.database.drop(table)

    def words(self, words: Iterable[str]) -> Table:
        """Texts as a table with a column `word`: no text ever stands in a query."""
        name = f"koweb_{next(self.names)}"
        self.database.keep_words(name, words)
        return Table(name)


def query(sql: str) -> Table:
    """The rows of a query as a table."""
    return Table(f"({sql})")


def numbers(values: Iterable[int]) -> str:
    """Whole numbers for IN, never none of them."""
    return f"({', '.join(map(str, [-2, *map(int, values)]))})"


def named(name: str, place: str, quote: str, where: str = "") -> Table:
    """The columns of an archive's table as a query over where an engine has it."""
    columns = (f"{quote}{one}{quote} AS {RENAMED.get(one, one)}" for one in COLUMNS[name])
    return query(f"SELECT {', '.join(columns)} FROM {place}{where}")


def quickest(store: Store, forum: int) -> Engine:
    """The engine that takes the least time for a forum's archive."""
    if store.postgresql:
        return "duckdb"
    with store.read() as connection:
        return "sqlite" if count(connection, schema.POSTS, forum) <= SMALL else "duckdb"


@contextmanager
def opened(store: Store, forum: int, engine: Engine = "duckdb") -> Iterator[Source]:
    """A forum's archive on an engine. Raises InputError if the engine cannot read this archive, or is not installed."""
    from koweb_sync.report.engine.databases import ENGINES

    with ENGINES[engine](store, forum) as (tables, database):
        yield Source(engine, address_of(store, forum), tables, database)


def address_of(store: Store, forum: int) -> str:
    """The forum's address, without a slash at its end."""
    with store.read() as connection:
        found = connection.execute(select(schema.FORUMS.c.url).where(schema.FORUMS.c.id == forum)).scalar_one()
    return str(found).rstrip("/")
