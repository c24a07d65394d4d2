"""The columns of an archive that figures read, as Parquet files: for engines that read a copy."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import adbc_driver_manager as adbc
import adbc_driver_sqlite
import duckdb
from sqlalchemy import select

from koweb_sync.archive.store import schema
from koweb_sync.archive.store.database_errors import complaint
from koweb_sync.archive.store.location import immutable_url
from koweb_sync.archive.store.store import Store
from koweb_sync.report.engine.source import COLUMNS

Reader = Callable[[str], duckdb.DuckDBPyRelation]  # the rows of a table

ROWS = 10_000  # at a time, from the archive's database to a file
MEMORY = "64MB"


def export(store: Store, forum: int, folder: Path) -> None:
    """Write the columns of `COLUMNS` into one Parquet file a table, all as of one moment, a few rows at a time."""
    settings = {"memory_limit": MEMORY, "threads": "1", "temp_directory": str(folder / "spill")}
    reading = from_postgresql if store.postgresql else from_sqlite
    with (
        duckdb.connect(config={**settings, "preserve_insertion_order": "false"}) as writer,
        reading(store, forum, writer, folder) as read,
    ):
        for name in COLUMNS:
            typed = ", ".join(f'CAST("{column}" AS {kind}) AS "{column}"' for column, kind in kinds(name).items())
            # Read once, and soon: what makes a file small takes longer than it saves.
            read(name).project(typed).write_parquet(
                str(folder / f"{name}.parquet"), compression="snappy", row_group_size=ROWS * 2
            )


def kinds(name: str) -> dict[str, str]:
    """The types in DuckDB of what is read of a table."""
    table = schema.METADATA.tables[name]
    return {one: "VARCHAR" if table.c[one].type.python_type is str else "BIGINT" for one in COLUMNS[name]}


def wanted(name: str, forum: int, store: Store) -> str:
    """The query for the columns of a table."""
    table = schema.METADATA.tables[name]
    query = select(*[table.c[one] for one in COLUMNS[name]]).where(table.c.forum == forum)
    return str(query.compile(store.engine, compile_kwargs={"literal_binds": True}))


@contextmanager
def from_sqlite(store: Store, forum: int, writer: duckdb.DuckDBPyConnection, _folder: Path) -> Iterator[Reader]:
    """Hand a SQLite file's rows to DuckDB as Arrow batches, without a Python object for each value: four times as fast.

    ADBC's interface for Python wants PyArrow; what lies below it gives a stream that DuckDB reads.
    """
    file = Path(store.engine.url.database or "").resolve()
    try:
        with (
            adbc_driver_sqlite.connect(immutable_url(file) or str(file)) as database,
            adbc.AdbcConnection(database) as connection,
            adbc.AdbcStatement(connection) as statement,
        ):
            connection.set_autocommit(False)
            statement.set_options(**{adbc_driver_sqlite.StatementOptions.BATCH_ROWS.value: str(ROWS)})

            def read(name: str) -> duckdb.DuckDBPyRelation:
                statement.set_sql_query(wanted(name, forum, store))
                return writer.from_arrow(statement.execute_query()[0])

            yield read
    except (adbc.DatabaseError, duckdb.Error) as error:
        raise complaint(store.place, error) from error


@contextmanager
def from_postgresql(store: Store, forum: int, writer: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[Reader]:
    """Hand PostgreSQL's rows to DuckDB, as it writes them itself."""
    with store.read() as plain:
        connection: Any = plain.execution_options(isolation_level="REPEATABLE READ").connection.driver_connection

        def read(name: str) -> duckdb.DuckDBPyRelation:
            lines = folder / "rows.csv"
            query = f"COPY ({wanted(name, forum, store)}) TO STDOUT (FORMAT csv)"
            with lines.open("wb") as out, connection.cursor() as cursor, cursor.copy(query) as parts:
                out.writelines(parts)
            # Between two quotes is an empty text, between none is nothing.
            return writer.sql(
                "FROM read_csv($file, auto_detect = false, header = false, quote = '\"', escape = '\"', nullstr = '', "
                "allow_quoted_nulls = false, columns = $columns)",
                params={"file": str(lines), "columns": kinds(name)},
            )

        yield read
