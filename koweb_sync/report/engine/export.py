"""The columns of an archive that figures read, as Parquet files: for engines that read a copy."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import adbc_driver_sqlite.dbapi as adbc
import pyarrow as pa
import pyarrow.parquet as pq
from adbc_driver_sqlite import StatementOptions
from sqlalchemy import Select, select

from koweb_sync.archive.store import schema
from koweb_sync.archive.store.database_errors import complaint
from koweb_sync.archive.store.engines import immutable_url
from koweb_sync.archive.store.store import Store
from koweb_sync.report.engine.source import COLUMNS

Reader = Callable[[str], Iterator[pa.RecordBatch]]

ROWS = 10_000  # at a time, from the archive's database to a file


def export(store: Store, forum: int, folder: Path) -> None:
    """Write the columns of `COLUMNS` into one Parquet file a table, all as of one moment, a few rows at a time."""
    with (through_sqlalchemy if store.postgresql else through_adbc)(store, forum) as read:
        for name in COLUMNS:
            shape = schema_of(name)
            with pq.ParquetWriter(folder / f"{name}.parquet", shape, compression="zstd") as file:
                for batch in read(name):
                    file.write_batch(batch.cast(shape))
    pa.default_memory_pool().release_unused()  # the engine needs it now


def schema_of(name: str) -> pa.Schema:
    """The Arrow schema of what is read of a table."""
    table = schema.METADATA.tables[name]
    columns = [table.c[one] for one in COLUMNS[name]]
    return pa.schema(
        [pa.field(one.name, pa.string() if one.type.python_type is str else pa.int64()) for one in columns]
    )


def wanted(name: str, forum: int) -> Select[Any]:
    """The query for the columns of a table."""
    table = schema.METADATA.tables[name]
    return select(*[table.c[one] for one in COLUMNS[name]]).where(table.c.forum == forum)


@contextmanager
def through_adbc(store: Store, forum: int) -> Iterator[Reader]:
    """Read a SQLite file as Arrow batches, without a Python object for each value: four times as fast."""
    file = Path(store.engine.url.database or "").resolve()
    place = immutable_url(file) or str(file)
    options = {StatementOptions.BATCH_ROWS.value: ROWS}
    try:
        with adbc.connect(place, autocommit=False) as connection, connection.cursor(adbc_stmt_kwargs=options) as cursor:

            def read(name: str) -> Iterator[pa.RecordBatch]:
                query = wanted(name, forum).compile(store.engine, compile_kwargs={"literal_binds": True})
                cursor.execute(str(query))
                yield from cursor.fetch_record_batch()

            yield read
    except adbc.DatabaseError as error:
        raise complaint(store.place, error) from error


@contextmanager
def through_sqlalchemy(store: Store, forum: int) -> Iterator[Reader]:
    """Read PostgreSQL's rows as Arrow batches, through a cursor on the server."""
    with store.read() as plain:
        connection = plain.execution_options(isolation_level="REPEATABLE READ", yield_per=ROWS)

        def read(name: str) -> Iterator[pa.RecordBatch]:
            shape = schema_of(name)
            for part in connection.execute(wanted(name, forum)).partitions():
                arrays = [
                    pa.array(values, one.type) for values, one in zip(zip(*part, strict=True), shape, strict=True)
                ]
                yield pa.record_batch(arrays, schema=shape)

        yield read
