"""The forum as a database: DuckDB in memory, filled with what a query reads, shut to everything else.

DuckDB speaks much of PostgreSQL's dialect. It is told the rest where that is possible: whole numbers divide to whole
numbers, null comes last (first where descending), `~` finds a part of a text, `~*` ignores case, `now()` is the
forum's clock in UTC. What differs still, so that a query for both has to do without:

- `to_char`, `initcap`, `jsonb`, `json_build_object`, `encode`, `'{1,2}'::int[]`, `substring(x from pattern)`;
- `generate_series(1, 3) AS g` names a row (write `AS g(n)`), and among the columns it gives one array;
- the order of texts: by code point here, by the database's language there (write `COLLATE "C"`, or order by id);
- the types of figures: `sum(integer)` and `avg`, `5 / 2.0` (write `::bigint`, `::float8`);
- `now()` has a time zone there, which only matters where it is itself a column.
"""

import itertools
import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from koweb_sync.sandbox.explorer import query_text, tables
from koweb_sync.sandbox.explorer.answer_values import shown
from koweb_sync.sandbox.explorer.query_errors import QueryFailed, database
from koweb_sync.sandbox.explorer.table_schema import Column, Numbers, RowSource, SqlTable, micro, schema
from koweb_sync.sandbox.model.state import ForumState

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

SECONDS = 10.0  # for a statement
MEMORY = "1GB"  # for all tables and statements together
CHUNK = 5_000  # rows handed over at once
CLOCKS = ("now", "get_current_timestamp", "transaction_timestamp", "current_localtimestamp")
# What DuckDB refuses, as PostgreSQL names it.
REFUSALS = (
    ("ParserException", "SyntaxError"),
    ("CatalogException", "UndefinedTable"),
    ("BinderException", "UndefinedColumn"),
    ("PermissionException", "InsufficientPrivilege"),
    ("TransactionException", "ReadOnlySqlTransaction"),
    ("ConversionException", "InvalidTextRepresentation"),
    ("OutOfRangeException", "NumericValueOutOfRange"),
    ("OutOfMemoryException", "OutOfMemory"),
)
# Types that leave the database as something else.
CASTS = {"TIMESTAMP WITH TIME ZONE": "TIMESTAMP", "INTERVAL": "VARCHAR", "TIME": "VARCHAR"}


@dataclass(frozen=True, slots=True)
class QueryResult:
    """What a query gave. `seconds`: how long it took; `plan`: how it was done, where that was asked."""

    columns: list[str]
    rows: list[list[Any]]
    seconds: float
    plan: str | None


class ForumDatabase:
    """The database of one forum. Queries may run at the same time; each sees the forum as it was when it began."""

    def __init__(self, state: ForumState, seconds: float = SECONDS) -> None:
        self.state = state
        self.seconds = seconds
        self.memory = MEMORY
        self.lock = threading.Lock()
        self.numbers = Numbers()
        self.tables = tables.of(state.flavour)
        self.kept: dict[str, dict[str, list[Any]]] = {}
        self.understood: dict[str, query_text.QueryReads] = {}  # by the text of a query
        self.connection: Connection | None = None

    # ---- filling

    def open(self) -> "Connection":
        """The database, empty tables in it. Its caller holds `lock`."""
        import duckdb

        made = duckdb.connect(":memory:")
        made.execute(f"SET GLOBAL memory_limit = '{self.memory}'")
        made.execute(Path(__file__).with_name("open.sql").read_text(encoding="utf-8"))
        made.execute(";".join(["BEGIN", *map(self.created, self.tables.values()), "COMMIT"]))
        made.execute("SET GLOBAL lock_configuration = true")
        return made

    def cursor(self, text: str) -> "tuple[Connection, query_text.QueryReads]":
        """A read-only transaction that sees the forum as it is now, and what a query reads. Raises QueryFailed."""
        with self.lock:
            if self.connection is None:
                self.connection = self.open()
            if text not in self.understood:
                self.understood[text] = self.parsed(self.connection, text)
            reading = self.understood[text]
            self.fill(self.connection, reading)
            cursor = self.connection.cursor()
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            cursor.execute("SELECT 1 FROM users LIMIT 0")  # a transaction begins with what it first reads
            return cursor, reading

    def parsed(self, connection: "Connection", text: str) -> query_text.QueryReads:
        """What a query reads. Raises QueryFailed for what is no query."""
        try:
            answer = connection.execute("SELECT json_serialize_sql($text)", {"text": text}).fetchone()
        except connection_errors() as error:
            raise failed(error) from None
        tree = str(answer[0]) if answer else ""
        said = json.loads(tree)
        if said["error"] or query_text.first_word(text) not in query_text.READS:
            words = str(said.get("error_message") or f'syntax error at or near "{query_text.first_word(text).upper()}"')
            raise database("SyntaxError", words)
        return query_text.reading(tree)

    def fill(self, connection: "Connection", reading: query_text.QueryReads) -> None:
        """Put what a query reads into the tables, where the forum has changed since."""
        with self.state.lock:
            source = RowSource(self.state, self.numbers)
            now = micro(self.state.clock())
            fresh = {
                name: self.tables[name].read(source, self.wanted(self.tables[name], reading))
                for name in sorted(reading.tables & self.tables.keys())
            }
        clocks = [f"CREATE OR REPLACE MACRO {name}() AS make_timestamp({now})" for name in CLOCKS]
        today = f"CREATE OR REPLACE MACRO current_date() AS make_timestamp({now})::DATE"
        connection.execute(";".join(["BEGIN", *clocks, today, "COMMIT"]))
        for name, values in fresh.items():
            if self.kept.get(name) != values:
                self.refill(connection, self.tables[name], values)
                self.kept[name] = values

    def wanted(self, table: SqlTable, reading: query_text.QueryReads) -> set[str]:
        """The columns that a query reads, those that are there already, and one that counts the rows."""
        named = set(table.known) if reading.columns is None else set(table.known) & reading.columns
        return named | self.kept.get(table.name, {}).keys() | {table.known[0]}

    def created(self, table: SqlTable) -> str:
        """The statement that makes a table, empty."""
        columns = (one.declared(one.duckdb) for one in table.columns(self.state.flavour.name))
        return f'CREATE OR REPLACE TABLE "{table.name}" ({", ".join(columns)})'

    def refill(self, connection: "Connection", table: SqlTable, values: Mapping[str, list[Any]]) -> None:
        """Fill a table anew. Raises QueryFailed where the forum is too large for the memory; it stays as it was."""
        connection.execute("BEGIN")
        try:
            connection.execute(self.created(table))
            insert(
                connection, table.name, [(one, values[one.name]) for one in schema()[table.name] if one.name in values]
            )
            connection.execute("COMMIT")
        except connection_errors() as error:
            connection.execute("ROLLBACK")
            raise failed(error) from None

    # ---- asking

    def run(self, text: str, values: Mapping[str, Any], limit: int | None, *, explain: bool = False) -> QueryResult:
        """The rows of a query, at most `limit`. `text` has no semicolon. Raises QueryFailed."""
        query, used = query_text.bound(text, values)
        cursor, reading = self.cursor(query)
        timer = threading.Timer(self.seconds, cursor.interrupt)
        timer.start()
        begun = time.perf_counter()
        try:
            names, rows = rows_of(cursor, query, used, limit)
            seconds = time.perf_counter() - begun
            plan = cursor.execute(f"EXPLAIN {query}", used).fetchall() if explain else []
        except connection_errors() as error:
            raise failed(error) from None
        finally:
            timer.cancel()
            cursor.close()
        titled = list(reading.titles) if reading.titles and len(reading.titles) == len(names) else names
        return QueryResult(titled, rows, seconds, "\n".join(str(line[-1]) for line in plan) if explain else None)


def connection_errors() -> type[Exception]:
    """What DuckDB raises."""
    import duckdb

    return duckdb.Error


def rows_of(
    cursor: "Connection", query: str, used: dict[str, Any], limit: int | None
) -> tuple[list[str], list[list[Any]]]:
    """Names of the columns, and the rows as JSON."""
    most = "" if limit is None else f"LIMIT {limit}"
    cursor.execute(f"WITH query AS (\n{query}\n) SELECT * FROM query {most}", used)
    kinds = {str(name): str(kind) for name, kind, *_rest in cursor.description or ()}
    if any(kind in CASTS for kind in kinds.values()):
        shown_as = ", ".join(cast(name, kind) for name, kind in kinds.items())
        cursor.execute(f"WITH query AS (\n{query}\n) SELECT {shown_as} FROM query {most}", used)
    return list(kinds), [[shown(value) for value in row] for row in cursor.fetchall()]


def cast(name: str, kind: str) -> str:
    """A column as it leaves the database."""
    quoted = '"' + name.replace('"', '""') + '"'
    return f"{quoted}::{CASTS[kind]} AS {quoted}" if kind in CASTS else quoted


def insert(connection: "Connection", table: str, columns: Sequence[tuple[Column, list[Any]]]) -> None:
    """Put the values of columns into a table, some rows at a time."""
    names = ", ".join(f'"{column.name}"' for column, _values in columns)
    for start in range(0, len(columns[0][1]), CHUNK):
        parts = [(column, *handed(column, values[start : start + CHUNK])) for column, values in columns]
        apart = ", ".join(f'unnest({take}) AS "{column.name}"' for column, take, _member, _sent in parts)
        members = ", ".join(member for _column, _take, member, _sent in parts)
        given = {name: text for _column, _take, _member, sent in parts for name, text in sent.items()}
        connection.execute(f'INSERT INTO "{table}" ({names}) SELECT {members} FROM (SELECT {apart})', given)


def handed(column: Column, values: list[Any]) -> tuple[str, str, dict[str, str]]:
    """Values of a column on their way into the database, as one text.

    What makes a list of that text, what becomes of each member, and the parameters. Python's own lists would be handed
    over one value at a time, which takes minutes for a large forum.
    """
    name, quoted = f"c_{column.name}", f'"{column.name}"'
    if column.duckdb == "VARCHAR":
        between, nothing = marks(values)
        joined = between.join(nothing if one is None else one for one in values)
        text = joined.encode("utf-8", "replace").decode()  # halves of UTF-16 pairs become question marks
        sent = {name: text, f"{name}_between": between, f"{name}_nothing": nothing}
        return f"string_split(${name}, ${name}_between)", f"nullif({quoted}, ${name}_nothing)", sent
    kind = "BIGINT" if column.type == "timestamp" else column.duckdb
    member = f"make_timestamp({quoted})" if column.type == "timestamp" else quoted
    return f"${name}::VARCHAR::{kind}[]", member, {name: str(values).replace("None", "NULL")}


def marks(values: list[str | None]) -> tuple[str, str]:
    """Two texts that stand in none of the values: what goes between two of them, and what stands for null."""
    for number in itertools.count():
        between, nothing = f"\x1e{number}\x1e", f"\x1d{number}\x1d"
        if not any(one is not None and (between in one or nothing in one) for one in values):
            return between, nothing
    raise AssertionError


def failed(error: Exception) -> QueryFailed:
    """What DuckDB refuses, as Discourse says it."""
    kind = type(error).__name__
    if kind == "InterruptException":
        return database("QueryCanceled", "canceling statement due to statement timeout")
    known = dict(REFUSALS)
    return database(known.get(kind, "Error"), str(error).partition(": ")[2] or str(error))
