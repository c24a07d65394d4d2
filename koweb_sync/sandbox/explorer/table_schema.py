"""What a table of Discourse's database is made of: columns with PostgreSQL's types, and where values come from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any, Literal, get_args

from koweb_sync.sandbox.model.state import ForumState

Type = Literal["integer", "bigint", "double", "boolean", "varchar", "text", "timestamp", "date", "inet"]
# The names of these types in PostgreSQL and in DuckDB. `timestamp` has no time zone and means UTC.
POSTGRES = {"double": "double precision"}
DUCKDB = {"double": "DOUBLE", "inet": "VARCHAR"}


@dataclass(slots=True)
class Numbers:
    """Ids of rows that the state keeps without a number: likes, revisions, tags… A row keeps its id for good."""

    known: dict[str, dict[Any, int]] = field(default_factory=dict)

    def of(self, kind: str, keys: Iterable[Any]) -> dict[Any, int]:
        """The numbers of a kind's rows; new ones get the next, in the order in which they are given."""
        known = self.known.setdefault(kind, {})
        for key in keys:
            if key not in known:
                known[key] = len(known) + 1
        return known


@dataclass(frozen=True, slots=True)
class RowSource:
    """What rows are made from. `memo`: what several columns need, found once a reading."""

    state: ForumState
    numbers: Numbers
    memo: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, make: Callable[[ForumState], Any]) -> Any:
        """What is found once."""
        if name not in self.memo:
            self.memo[name] = make(self.state)
        return self.memo[name]


@dataclass(frozen=True, slots=True)
class Always:
    """A value that every row has."""

    value: Any


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `of` gives the values of all rows at once. Times are microseconds since 1970, in UTC. `flavours`: the
    servers that have it.
    """

    name: str
    type: Type
    of: Callable[[RowSource, Sequence[Any]], list[Any]] | Always
    flavours: tuple[str, ...] = ("2022", "2025", "2026")

    @property
    def duckdb(self) -> str:
        """Its type in DuckDB."""
        return DUCKDB.get(self.type, self.type.upper())

    @property
    def postgres(self) -> str:
        """Its type in PostgreSQL."""
        return POSTGRES.get(self.type, self.type)


@dataclass(frozen=True, slots=True)
class SqlTable:
    """A table: its rows, in an order of their own, and its columns. `flavours`: the servers that have it."""

    name: str
    rows: Callable[[RowSource], Sequence[Any]]
    columns: tuple[Column, ...]
    flavours: tuple[str, ...] = ("2022", "2025", "2026")

    def read(self, source: RowSource, wanted: Iterable[str] | None = None) -> "dict[str, list[Any] | Always]":
        """The values of columns, those that are wanted, or all. Its caller holds the state's lock.

        The first column of a table is a list, which tells how many rows there are.
        """
        names = None if wanted is None else set(wanted)
        rows = self.rows(source)
        found: dict[str, list[Any] | Always] = {}
        for column in self.columns:
            if names is not None and column.name not in names:
                continue
            of = column.of
            found[column.name] = of if isinstance(of, Always) else of(source, rows)
        return found


def newer(*lines: tuple[str, Any]) -> tuple[Column, ...]:
    """Columns that servers of 2022 do not have yet."""
    return tuple(replace(one, flavours=("2025", "2026")) for one in columns(*lines))


def columns(*lines: tuple[str, Any]) -> tuple[Column, ...]:
    """Columns, written `("name … type", value)`: an attribute's name, a function of source and row, or a constant."""
    kinds: dict[str, Type] = {kind: kind for kind in get_args(Type)}
    found = []
    for words, value in lines:
        *names, kind = words.split()
        if kind not in kinds:
            raise ValueError(words)
        found += [Column(name, kinds[kind], getter(value)) for name in names]
    return tuple(found)


def getter(value: Any) -> Callable[[RowSource, Sequence[Any]], list[Any]] | Always:
    """Where a column's values come from."""
    if isinstance(value, Always | Times):
        return value
    if isinstance(value, str):
        get = attrgetter(value)
        return lambda _source, rows: list(map(get, rows))
    if callable(value):
        return lambda source, rows: [value(source, row) for row in rows]
    return Always(value)


def micro(moment: float | None) -> int | None:
    """Unix seconds as microseconds, as a database keeps them."""
    return None if moment is None else round(moment * 1_000_000)


class Times:
    """The times that an attribute holds, in microseconds."""

    def __init__(self, name: str) -> None:
        self.get = attrgetter(name)

    def __call__(self, _source: RowSource, rows: Sequence[Any]) -> list[int | None]:
        """Of all rows."""
        return [None if at is None else round(at * 1_000_000) for at in map(self.get, rows)]
