"""What a table of Discourse's database is made of: columns, as schema.sql has them, and where values come from."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

from koweb_sync.sandbox.model.state import ForumState

# The types of columns that DuckDB has under another name. `timestamp` has no time zone and means UTC.
DUCKDB = {"double precision": "DOUBLE", "inet": "VARCHAR", "text": "VARCHAR"}
EVERY = ("2022", "2025", "2026")
NEWER = ("2025", "2026")
_TABLE = re.compile(r"CREATE TABLE (\w+) \(\n(.*?)\n\);", re.DOTALL)
_COLUMN = re.compile(r'  "?(\w+)"? ([a-z ]+?)(?: DEFAULT (\S+?))?,?(?:  -- (.*))?')


@dataclass(slots=True)
class Numbers:
    """Ids of rows that the state keeps without a number: likes, revisions, tags… A row keeps its id for good."""

    known: dict[str, dict[Any, int]] = field(default_factory=dict)

    def of(self, kind: str, keys: Iterable[Any]) -> dict[Any, int]:
        """The numbers of a kind's rows; new ones get the next, in the order in which they are given."""
        known = self.known.setdefault(kind, {})
        for key in keys:
            known.setdefault(key, len(known) + 1)
        return known


@dataclass(frozen=True, slots=True)
class RowSource:
    """What rows are made from."""

    state: ForumState
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its type in PostgreSQL, what it holds where nobody says otherwise, and the servers that have it."""

    name: str
    type: str
    default: str | None
    flavours: tuple[str, ...]

    @property
    def duckdb(self) -> str:
        return DUCKDB.get(self.type, self.type.upper())

    def declared(self, kind: str) -> str:
        """Its declaration, with a type that the database knows."""
        return f'"{self.name}" {kind}' + (f" DEFAULT {self.default}" if self.default else "")


@cache
def schema() -> dict[str, tuple[Column, ...]]:
    """The columns of all tables."""
    text = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
    return {name: tuple(map(column, lines.split("\n"))) for name, lines in _TABLE.findall(text)}


def column(line: str) -> Column:
    """A column, from its line in the schema. Raises ValueError for what is none."""
    found = _COLUMN.fullmatch(line)
    if found is None:
        raise ValueError(line)
    return Column(found[1], found[2], found[3], tuple(found[4].split(", ")) if found[4] else EVERY)


Value = str | Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class SqlTable:
    """A table: its rows, in an order of their own, and where the values of its columns come from: a trait's name, or a
    function of the row; other columns hold their defaults. A name may be several, with spaces between them. Times are
    Unix seconds here. `flavours`: the servers that have it.
    """

    name: str
    rows: Callable[[RowSource], Sequence[Any]]
    values: Mapping[str, Value]
    flavours: tuple[str, ...] = EVERY

    def columns(self, flavour: str) -> tuple[Column, ...]:
        """The columns that a server has."""
        return tuple(one for one in schema()[self.name] if flavour in one.flavours)

    def read(self, source: RowSource, wanted: Iterable[str] | None = None) -> dict[str, list[Any]]:
        """The values of columns, those that are wanted, or all; times are microseconds since 1970. Its caller holds the
        state's lock.
        """
        rows, kinds = self.rows(source), {one.name: one.type for one in self.columns(source.state.flavour.name)}
        names = kinds.keys() if wanted is None else kinds.keys() & set(wanted)
        found: dict[str, list[Any]] = {}
        for said, value in self.values.items():
            mine = [name for name in said.split() if name in names]
            if mine:
                get = attrgetter(value) if isinstance(value, str) else value
                read = [get(row) for row in rows]
                found |= {name: list(map(micro, read)) if kinds[name] == "timestamp" else read for name in mine}
        return found

    @property
    def known(self) -> list[str]:
        """The columns that hold more than defaults."""
        return [name for said in self.values for name in said.split()]


def of(owner: str, names: str, **renamed: str) -> dict[str, Value]:
    """Traits of what a row has under the name `owner`: those that columns call the same, and `renamed` ones."""
    pairs = {**{name: name for name in names.split()}, **renamed}
    return {name: f"{owner}.{trait}" for name, trait in pairs.items()}


def traits(names: str, **renamed: str) -> dict[str, Value]:
    """Traits of a row itself, in the same way."""
    return {**{name: name for name in names.split()}, **renamed}


def in_order(*names: str) -> dict[str, Value]:
    """The members of rows that are tuples, in the order of the columns."""
    return {name: itemgetter(nth) for nth, name in enumerate(names)}


def micro(moment: float | None) -> int | None:
    """Unix seconds as microseconds, as a database keeps them."""
    return None if moment is None else round(moment * 1_000_000)
