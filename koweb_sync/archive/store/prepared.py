"""Statements that are run for every page of a forum: composed and compiled once, then given to the driver as text.

To compose a statement and to look its text up takes several times as long as the database needs for it; so does what
SQLAlchemy does for each one that it runs, for which SQLite is asked past it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Dialect, Integer, Table, bindparam, delete, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.dml import Delete, Insert, Update
from sqlalchemy.sql.selectable import Select

from koweb_sync.archive.store import schema
from koweb_sync.archive.store.rows import driver
from koweb_sync.archive.store.search_words import holdable, storable

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

LARGEST = 512  # values in one IN (…)
TOGETHER = 50  # rows whose texts are looked at at once: more of them take more memory
NAMES = tuple(f"value{n}" for n in range(LARGEST))
FILES: dict[str, Dialect] = {}  # the dialect of whichever file was opened first
Composed = Insert | Update | Delete | Select[Any]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The text of a statement, and the names of its values in their order; none where they are given by name. `words`
    are the places of those that may be texts.
    """

    text: str
    order: tuple[str, ...]
    words: tuple[int, ...] = ()

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]], forum: int | None = None) -> None:
        """Run it for each row of values, of which it has two at least; texts as both databases hold them. `forum`: the
        one whose rows they are, where they do not say so.
        """
        if self.order:
            driver(connection).executemany(self.text, self.values(rows, forum))
        elif rows:
            same = {} if forum is None else {"forum": forum}
            named = [{**same, **{name: storable(value) for name, value in row.items()}} for row in rows]
            connection.exec_driver_sql(self.text, named)

    def values(self, rows: Iterable[Mapping[str, Any]], forum: int | None) -> Iterator[tuple[Any, ...]]:
        """Rows in order, as both databases hold them. Most are as they are: texts of some are looked at together."""
        same = () if forum is None else (forum,)
        take = several(self.order[len(same) :])
        texts = several(self.words)
        left = iter(rows)
        while found := [(*same, *take(row)) for row in islice(left, TOGETHER)]:
            said = "".join(map(str, chain.from_iterable(map(texts, found))))
            yield from found if holdable(said) else [tuple(map(storable, row)) for row in found]

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """What it finds for values, of which it has two at least."""
        if self.order:
            return driver(connection).execute(self.text, itemgetter(*self.order)(values)).fetchall()
        found = connection.exec_driver_sql(self.text, values)
        return [tuple(row) for row in found] if found.returns_rows else []


def several(which: Sequence[Any]) -> Callable[[Any], tuple[Any, ...]]:
    """What takes some values out of a row, also one alone."""
    if len(which) > 1:
        return itemgetter(*which)
    return lambda row: tuple(row[one] for one in which)


def prepared(dialect: Dialect, compose: Callable[..., Composed], *what: Any) -> Prepared:
    """The statement that `compose` makes of `what`, whose last part is the columns that an insert has.

    Each file has an engine with a dialect of its own, and all those of SQLite say the same.
    """
    spoken = FILES.setdefault(dialect.name, dialect) if dialect.name == "sqlite" else dialect
    return compiled_once(spoken, compose, *what)


@lru_cache(maxsize=1_000)
def compiled_once(dialect: Dialect, compose: Callable[..., Composed], *what: Any) -> Prepared:
    """The same, for a dialect."""
    columns = what[-1] if compose is upsert else None
    compiled: Any = compose(*what).compile(dialect=dialect, column_keys=columns)
    order = tuple(compiled.positiontup or ()) if compiled.positional else ()
    words = (n for n, name in enumerate(order) if not isinstance(compiled.binds[name].type, Integer))
    return Prepared(str(compiled), order, tuple(words))


def upsert(kind: str, table: Table, columns: Sequence[str]) -> Insert:
    """Insert rows, or set these columns of those that are there. `kind`: of the database."""
    insert: Callable[[Table], sqlite.Insert | postgresql.Insert] = sqlite.insert
    if kind == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    made = insert(table).inline()
    names = identity(table)
    changed = {name: made.excluded[name] for name in columns if name not in names}
    if changed:
        return made.on_conflict_do_update(index_elements=names, set_=changed)
    return made.on_conflict_do_nothing(index_elements=names)


def identity(table: Table) -> list[str]:
    """The columns that name a row of a table."""
    if table is schema.POSTS:
        return ["forum", "id"]
    return [column.name for column in table.primary_key.columns]


# ---- rows of a forum by many values of one column


def find_rows(table: Table, column: str, size: int) -> Select[Any]:
    """Rows of a forum whose column has one of so many values."""
    return select(table).where(table.c.forum == bindparam("forum"), table.c[column].in_(places(table, column, size)))


def find_values(table: Table, column: str, size: int) -> Select[Any]:
    """Which of so many values a column has in rows of a forum."""
    mine = (table.c.forum == bindparam("forum"), table.c[column].in_(places(table, column, size)))
    return select(table.c[column]).where(*mine)


def remove_rows(table: Table, column: str, size: int) -> Delete:
    """Take such rows out."""
    return delete(table).where(table.c.forum == bindparam("forum"), table.c[column].in_(places(table, column, size)))


def places(table: Table, column: str, size: int) -> list[Any]:
    """The places of values in a statement."""
    return [bindparam(name, type_=table.c[column].type) for name in NAMES[:size]]


def for_values(
    connection: Connection,
    compose: Callable[..., Composed],
    table: Table,
    forum: int,
    column: str,
    values: Iterable[Any],
    **others: Any,
) -> list[tuple[Any, ...]]:
    """The rows that `find_rows`, or another statement of many values, finds for all of them. There are few such
    statements: the last value is repeated until their number is a power of two. `others`: what else it is given.
    """
    return [
        row
        for part in parts(list(values))
        for row in prepared(connection.dialect, compose, table, column, len(part)).rows(
            connection, {"forum": forum, **others, **dict(zip(NAMES, part, strict=False))}
        )
    ]


def parts(values: list[Any]) -> Iterator[list[Any]]:
    """Values in parts of as many as a statement has."""
    for start in range(0, len(values), LARGEST):
        part = values[start : start + LARGEST]
        yield part + part[-1:] * ((1 << (len(part) - 1).bit_length()) - len(part))
