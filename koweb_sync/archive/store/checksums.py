"""A sum over the rows of each table, kept by SQLite itself with every row that is written: so that rot shows.

Disks lose and turn bits, and a row that nobody reads for years tells nobody. Texts and files have sums of their own,
which their rows hold; so what is summed here is everything but them. The sum of a table is that of its rows, so it does
not depend on their order, and a row that goes leaves nothing in it. It is no protection against a person.

PostgreSQL has sums of its own (`initdb --data-checksums`, the default since 18).
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, Engine

from koweb_sync.archive.store import schema
from koweb_sync.archive.store.views import view_statements
from koweb_sync.foreign_words import reason

MASK = (1 << 61) - 1  # sums are so large that adding two is still a number of SQLite
SUMMED_ELSEWHERE = {"post_versions": frozenset({"raw", "cooked"}), "blobs": frozenset({"data"})}
TABLE = "seals"
MAKE = (
    f"CREATE TABLE {TABLE} (name TEXT PRIMARY KEY, rows INTEGER NOT NULL, sum INTEGER NOT NULL) STRICT, WITHOUT ROWID"
)


def row_sum(*values: object) -> int:
    """The sum of one row. `ascii` writes numbers, texts and nothing the same way in every Python."""
    return int.from_bytes(hashlib.blake2b(ascii(values).encode(), digest_size=8).digest()) & MASK


class Total:
    """The sum of many rows."""

    def __init__(self) -> None:
        self.sum = 0

    def step(self, *values: object) -> None:
        """One more."""
        self.sum += row_sum(*values)

    def finalize(self) -> int:
        """All of them."""
        return self.sum & MASK


def teach(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that seals need."""
    connection.create_function("koweb_row", -1, row_sum, deterministic=True)
    connection.create_aggregate("koweb_rows", -1, Total)


# ---- what is sealed


def sealed(connection: Connection) -> dict[str, list[str]]:
    """The columns that are summed, by table, as the database has them; tables that it does not have are left out."""
    query = "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY 2"
    held: dict[str, list[str]] = {}
    for table, name in connection.exec_driver_sql(query):
        if name not in SUMMED_ELSEWHERE.get(table, ()):
            held.setdefault(table, []).append(name)
    return {one.name: held[one.name] for one in schema.METADATA.sorted_tables if one.name in held}


def listed(names: Iterable[str], row: str = "") -> str:
    """Columns in SQL; `row` is what stands before each."""
    return ", ".join(f'{row}"{name}"' for name in names)


def triggers(table: str, columns: list[str]) -> dict[str, str]:
    """What keeps a table's sum, by name."""
    new, old = (f"koweb_row({listed(columns, f'{row}.')})" for row in ("NEW", "OLD"))
    changes = {
        "INSERT": f"rows = rows + 1, sum = (sum + {new}) & {MASK}",
        "UPDATE": f"sum = (sum + {new} - {old}) & {MASK}",
        "DELETE": f"rows = rows - 1, sum = (sum - {old}) & {MASK}",
    }
    names = {what: f"seal_{table}_{what.lower()}" for what in changes}
    return {
        names[what]: f'CREATE TRIGGER {names[what]} AFTER {what} ON "{table}" BEGIN'  # noqa: S608 - our own names
        f" UPDATE {TABLE} SET {change} WHERE name = '{table}'; END"
        for what, change in changes.items()
    }


def all_triggers(connection: Connection) -> dict[str, str]:
    """Those of all tables."""
    return {name: sql for table, names in sealed(connection).items() for name, sql in triggers(table, names).items()}


def counted(table: str, columns: list[str]) -> str:
    """The query for how many rows a table has, and their sum."""
    return f'SELECT COUNT(*), COALESCE(koweb_rows({listed(columns)}), 0) FROM "{table}"'  # noqa: S608 - our own names


# ---- sealing


def unseal(connection: Connection) -> None:
    """Take the seals away, so that tables can be made anew."""
    if connection.dialect.name != "sqlite":
        return
    found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars()
    for name in [one for one in found if one.startswith("seal_")]:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {TABLE}")


def seal(connection: Connection) -> None:
    """Seal the tables as they are: everything is read once."""
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql(MAKE)
    for table, columns in sealed(connection).items():
        connection.exec_driver_sql(f"INSERT INTO {TABLE} SELECT '{table}', * FROM ({counted(table, columns)})")  # noqa: S608 - our own names
        for statement in triggers(table, columns).values():
            connection.exec_driver_sql(statement)


# ---- looking


def is_sealed(connection: Connection) -> bool:
    """Whether there are seals: an archive of 0.1.0 has none."""
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.exec_driver_sql(query, (TABLE,)).first() is not None


def differing(connection: Connection) -> Iterator[str]:
    """The tables whose rows are not those that were written, or whose seals are not there."""
    kept = {
        name: (rows, total)
        for name, rows, total in connection.exec_driver_sql(f"SELECT name, rows, sum FROM {TABLE}")  # noqa: S608 - our own name
    }
    for table, columns in sealed(connection).items():
        found = connection.exec_driver_sql(counted(table, columns)).one()
        if kept.pop(table, None) != tuple(found):
            yield table
    yield from sorted(kept)


def misshapen(connection: Connection) -> Iterator[str]:
    """The seals, indexes, tables and views that are missing, and the triggers and views that are not ours, by name."""
    found = {
        name: (kind, sql) for kind, name, sql in connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_master")
    }
    wanted = all_triggers(connection)
    yield from (name for name, sql in wanted.items() if found.get(name) != ("trigger", sql))
    yield from (
        name for name, sql in view_statements(connection.dialect.name).items() if found.get(name) != ("view", sql)
    )
    yield from (name for name, (kind, _sql) in found.items() if kind == "trigger" and name not in wanted)
    tables = schema.METADATA.sorted_tables
    names = [
        *(one.name for one in tables),
        TABLE,
        "search",
        *(str(index.name) for one in tables for index in one.indexes),
    ]
    yield from (name for name in names if name not in found)


def faults(connection: Connection) -> Iterator[str]:
    """What SQLite finds in its own file."""
    for line in connection.exec_driver_sql("PRAGMA integrity_check").scalars():
        if line != "ok":
            yield str(line)


def broken(engine: Engine) -> Iterator[str]:
    """What shows that a file is damaged: what SQLite says of it, and tables that are not as they were written."""
    with engine.connect() as connection:
        yield from map(reason, faults(connection))
        yield from misshapen(connection)
        yield from differing(connection)
