"""Where figures come from: the tables of one forum's archive, as Ibis tables on the engine that is asked.

DuckDB and Spark read Parquet files that hold the archive's columns under the archive's names; PostgreSQL reads the
archive itself. Times stay whole microseconds (UTC), so that no engine reads a clock its own way.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

import adbc_driver_sqlite.dbapi as adbc
import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from adbc_driver_sqlite import StatementOptions
from ibis.expr.types import CachedTable, Table
from numpy.typing import NDArray
from sqlalchemy import Select, select

from koweb_sync.archive.store import schema
from koweb_sync.archive.store.database_errors import complaint
from koweb_sync.archive.store.engines import immutable_url
from koweb_sync.archive.store.store import Store
from koweb_sync.errors import InputError
from koweb_sync.i18n import _
from koweb_sync.install import how_to_install

Engine = Literal["duckdb", "postgres", "spark"]
Column = NDArray[Any]
Result = TypeVar("Result")
Reader = Callable[[str], Iterator[pa.RecordBatch]]

ROWS = 10_000  # at a time, from the archive's database to a file
MEMORY = "64MB"  # to begin with: DuckDB puts on disk what does not fit, and gets more where it must have it
THREADS = 2
PLAN = 100_000  # letters of a plan that Spark shows

# What the figures read: never a text that somebody wrote.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "runs": ("n", "started", "ended", "outcome"),
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
    ),
    "post_versions": ("post", "n", "edited", "editor", "placeholder", "observed"),
    "counts": ("post", "kind", "count"),
    "reactions": ("post", "person", "kind", "n", "at", "seen", "gone"),
    "edges": ("post", "kind", "n", "to_topic", "to_number", "to_person"),
    "tombstones": ("kind", "id", "n", "reason", "lifted"),
    "ledger": ("topic", "expected", "held", "short", "trouble"),
    "consents": ("person", "wish", "since", "until"),
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """One forum's tables on an engine. `url` is the forum's address, without a slash at its end."""

    engine: Engine
    url: str
    tables: Mapping[str, Table]
    held: list[CachedTable] = field(default_factory=list, compare=False)

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]

    def keep(self, table: Table) -> Table:
        """A table that several figures read: made once, and held on the engine until the source is closed."""
        kept = patiently(table, table.cache)
        self.held.append(kept)
        return kept

    def drop(self, table: Table) -> None:
        """Give one of them back early."""
        place = next(n for n, kept in enumerate(self.held) if kept is table)  # Ibis's == makes an expression
        self.held.pop(place).release()

    def release(self) -> None:
        """Give back what the engine holds."""
        while self.held:
            self.held.pop().release()


def rows(table: Table, *order: str) -> dict[str, Column]:
    """A small result as columns, in the order of the columns named, so that every engine gives the same.

    A whole number that is unknown becomes -1: no id and no time that counts is negative.
    """
    sorted_ = table.order_by([table[name] for name in order]) if order else table
    found = patiently(table, sorted_.to_pyarrow)
    return {name: column(found[name]) for name in found.column_names}


def patiently(table: Table, run: Callable[[], Result]) -> Result:
    """What a query gives. DuckDB is given more memory as long as it lacks some, and the machine has it."""
    while True:
        try:
            return run()
        except duckdb.OutOfMemoryException as error:
            if not widened(ibis.get_backend(table)):
                raise InputError(
                    _("The report needs more memory, or more room on its disk, than this machine has."),
                    remedy=_("Take a machine with more, or keep the archive in PostgreSQL and use --engine postgres."),
                ) from error


def widened(backend: Any) -> bool:
    """Give DuckDB half as much memory again; False if that is more than most of what the machine has."""
    before = memory_of(backend)
    backend.raw_sql("RESET memory_limit")  # then it is most of the machine's
    most = memory_of(backend)
    if before >= most:
        return False
    if before * 3 // 2 < most:
        backend.raw_sql(f"SET memory_limit = '{before * 3 // 2}B'")
    return True


def memory_of(backend: Any) -> int:
    """How many bytes DuckDB may take."""
    limit = "SELECT parse_formatted_bytes(current_setting('memory_limit'))"
    return int(backend.raw_sql(limit).fetchall()[0][0])


def column(values: Any) -> Column:
    """An Arrow column as a NumPy array."""
    if pa.types.is_integer(values.type):
        return np.asarray(values.cast(pa.int64()).fill_null(-1).to_numpy())
    if pa.types.is_decimal(values.type):  # what PostgreSQL makes of a sum of whole numbers
        return np.asarray(values.cast(pa.int64()).fill_null(-1).to_numpy())
    return np.asarray(values.to_numpy(zero_copy_only=False))


def one(table: Table) -> dict[str, int]:
    """The whole numbers of a result of one row; what is unknown is -1."""
    return {name: int(values[0]) for name, values in rows(table).items()}


def size(table: Table) -> int:
    """How many rows a table has."""
    return one(table.aggregate(n=table.count()))["n"]


# ---- opening


@contextmanager
def opened(store: Store, forum: int, engine: Engine = "duckdb") -> Iterator[Source]:
    """A forum's archive on an engine. Raises InputError if the engine cannot read this archive, or is not installed."""
    if engine == "postgres":
        with postgres(store, forum) as source:
            yield source
        return
    with tempfile.TemporaryDirectory(prefix="koweb-report-") as folder:
        export(store, forum, Path(folder))
        url = address_of(store, forum)
        with (duck if engine == "duckdb" else spark)(Path(folder), url) as source:
            yield source


@contextmanager
def duck(folder: Path, url: str) -> Iterator[Source]:
    """A Parquet export on DuckDB."""
    backend = ibis.duckdb.connect(memory_limit=MEMORY, threads=THREADS, temp_directory=str(folder / "spill"))
    try:
        backend.raw_sql("SET preserve_insertion_order = false")
        source = Source("duckdb", url, {name: backend.read_parquet(folder / f"{name}.parquet") for name in COLUMNS})
        with holding(source):
            yield source
    finally:
        backend.disconnect()


@contextmanager
def spark(folder: Path, url: str) -> Iterator[Source]:
    """A Parquet export on Spark: a session that runs already is used, and left running."""
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise InputError(_("Spark is not installed. It needs Java."), remedy=how_to_install("spark")) from error
    running = SparkSession.getActiveSession()
    made = SparkSession.builder.appName("koweb report").config("spark.ui.showConsoleProgress", "false")
    session = running or made.getOrCreate()
    if running is None:
        # A plan names all that was kept before, and what that was made from: its text outgrows the memory.
        session.conf.set("spark.sql.maxPlanStringLength", str(PLAN))
    if running is None and (session.sparkContext.master or "").startswith("local"):
        # On one machine, two hundred parts of a table are two hundred times nothing.
        session.conf.set("spark.sql.shuffle.partitions", str(THREADS * 2))
        # A plan that changes while it runs is written out each time it does.
        session.conf.set("spark.sql.adaptive.enabled", "false")
    backend = ibis.pyspark.connect(session)
    try:
        source = Source("spark", url, {name: backend.read_parquet(str(folder / f"{name}.parquet")) for name in COLUMNS})
        with holding(source):
            yield source
    finally:
        if running is None:
            session.stop()


@contextmanager
def postgres(store: Store, forum: int) -> Iterator[Source]:
    """The archive in PostgreSQL itself. What is kept for a while is kept in temporary tables of this connection."""
    if not store.postgresql:
        raise InputError(
            _("This archive is a SQLite file; PostgreSQL cannot read it."),
            where=store.place,
            remedy=_("Leave --engine out, or name the archive's postgresql:// address."),
        )
    raw = store.engine.raw_connection()
    try:
        try:
            backend = ibis.postgres.from_connection(raw.driver_connection)
        except ModuleNotFoundError as error:  # pandas
            raise InputError(
                _("What a report in PostgreSQL needs is not installed."),
                remedy=how_to_install("postgres"),
            ) from error
        tables = {name: backend.table(name) for name in COLUMNS}
        scoped = {
            name: nullable(tables[name].filter(tables[name]["forum"] == forum).select(*names))
            for name, names in COLUMNS.items()
        }
        source = Source("postgres", address_of(store, forum), scoped)
        with holding(source):
            yield source
    finally:
        raw.invalidate()  # its temporary tables go with it


def nullable(table: Table) -> Table:
    """The same columns, as Parquet files have them: Ibis unites no column that may be null with one that may not."""
    return table.cast({name: kind.copy(nullable=True) for name, kind in table.schema().items()})


@contextmanager
def holding(source: Source) -> Iterator[None]:
    """What the engine holds is given back at the end, also of a failure."""
    try:
        yield
    finally:
        source.release()


def address_of(store: Store, forum: int) -> str:
    """The forum's address, without a slash at its end."""
    with store.read() as connection:
        found = connection.execute(select(schema.FORUMS.c.url).where(schema.FORUMS.c.id == forum)).scalar_one()
    return str(found).rstrip("/")


# ---- exporting


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
