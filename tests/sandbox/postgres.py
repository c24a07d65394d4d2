"""A sandbox's rows in Discourse's tables of a real PostgreSQL, and the same query on both."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql as words

from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.explorer import parameters, query_text, tables
from koweb_sync.sandbox.explorer.table_schema import Numbers, RowSource
from tests.sandbox.explorer import run

EPOCH = datetime.fromisoformat("1970-01-01T00:00:00")  # a time without a zone, as Discourse's tables hold it
# What a Rails application reads as something else than text, by the numbers of PostgreSQL's types.
WHOLE, FRACTION, TRUTH, MOMENT, MOMENT_WITH_ZONE = {20, 21, 23, 26}, {700, 701}, {16}, {1114}, {1184}


def same_on_both(
    box: Sandbox, address: str, text: str, given: Mapping[str, str] | None = None, limit: int = 1000
) -> list[list[Any]]:
    """Run a query on the sandbox, over HTTP, and on PostgreSQL with the sandbox's rows: the rows, which are equal."""
    answer = run(box, text, given or {}, limit=str(limit))
    assert answer.status_code == 200, answer.text
    explorer = box.front.app.extensions["explorer"]
    with psycopg.connect(address) as connection:
        fill(connection, box, explorer.database.numbers)
        names, rows = asked(connection, text, meant(box, text, given or {}), limit)
        connection.rollback()
    found = answer.json()
    assert found["columns"] == names
    assert found["rows"] == rows
    return rows


def meant(box: Sandbox, text: str, given: Mapping[str, str]) -> dict[str, Any]:
    """What the parameters of a query stand for."""
    with box.state.lock:
        return parameters.values(text, given, box.state)


def asked(
    connection: "psycopg.Connection[Any]", text: str, values: Mapping[str, Any], limit: int
) -> tuple[list[str], list[list[Any]]]:
    """The rows of a query as a real Data Explorer gives them: values stand in the text, times are ISO 8601."""

    def literal(name: str) -> str | None:
        if name not in values:
            return None
        members = values[name] if isinstance(values[name], list) else [values[name]]
        return ", ".join(words.Literal(one).as_string(connection) for one in members)

    whole = "\n".join(("WITH query AS (", query_text.placed(text, literal), ") SELECT * FROM query", f"LIMIT {limit}"))
    cursor = connection.execute(whole.encode())
    result = cursor.pgresult
    assert result is not None
    kinds = [result.ftype(nth) for nth in range(result.nfields)]
    names = [(result.fname(nth) or b"").decode() for nth in range(result.nfields)]
    cells = [[result.get_value(row, nth) for nth in range(result.nfields)] for row in range(result.ntuples)]
    return names, [[read(cell, kind) for cell, kind in zip(row, kinds, strict=True)] for row in cells]


def read(cell: bytes | None, kind: int) -> Any:
    """A value as JSON has it."""
    if cell is None:
        return None
    text = cell.decode()
    if kind in WHOLE:
        return int(text)
    if kind in FRACTION:
        return float(text)
    if kind in TRUTH:
        return text == "t"
    if kind in MOMENT | MOMENT_WITH_ZONE:
        return f"{datetime.fromisoformat(text).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
    return text


def fill(connection: "psycopg.Connection[Any]", box: Sandbox, numbers: Numbers) -> None:
    """Make Discourse's tables with PostgreSQL's types, and put the sandbox's rows into them."""
    for table in tables.of(box.state.flavour).values():
        with box.state.lock:
            values = table.read(RowSource(box.state, numbers))
        columns = table.columns(box.state.flavour.name)
        connection.execute(
            f"CREATE TABLE {table.name} ({', '.join(one.declared(one.type) for one in columns)})".encode()
        )
        mine = [one for one in columns if one.name in values]
        names = ", ".join(f'"{one.name}"' for one in mine)
        with connection.cursor().copy(f"COPY {table.name} ({names}) FROM STDIN".encode()) as lines:
            for row in zip(*(values[one.name] for one in mine), strict=True):
                lines.write_row([stored(value, one.type) for value, one in zip(row, mine, strict=True)])


def stored(value: Any, kind: str) -> Any:
    """A value as PostgreSQL takes it."""
    return EPOCH + timedelta(microseconds=value) if kind == "timestamp" and value is not None else value
