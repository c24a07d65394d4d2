"""The engines: SQLite and PostgreSQL read the archive itself; DuckDB and Spark read a copy of it in Parquet files."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from koweb_sync.archive.store.store import Store
from koweb_sync.errors import InputError
from koweb_sync.i18n import _
from koweb_sync.install import how_to_install
from koweb_sync.report.engine.source import COLUMNS, Column, Database, Engine, Row, Table, named

MEMORY = "40MB"  # to begin with: DuckDB puts on disk what does not fit, and gets more where it must have it
THREADS = 1  # of DuckDB: a second one takes a fifth more of processor and of memory
PARTS = 4  # of a table, on Spark
PLAN = 100_000  # letters of a plan that Spark shows

Opened = tuple[Mapping[str, Table], Database]


@dataclass(frozen=True)
class InPlace:
    """SQLite or PostgreSQL, by a connection of its driver. `hole`: how it writes a value that is given to a query."""

    connection: Any
    hole: str
    temporary: ClassVar[str] = ""  # before the name of an index of a temporary table

    def run(self, sql: str) -> Any:
        """A cursor over what a query gives."""
        cursor = self.connection.cursor()
        cursor.execute(sql)
        return cursor

    def rows(self, sql: str) -> list[Row]:
        """What a query gives."""
        found: list[Row] = self.run(sql).fetchall()
        return found

    def arrays(self, sql: str) -> dict[str, Column]:
        """What a query of whole numbers gives: each column by its name."""
        import numpy as np

        cursor = self.run(sql)
        names = [one[0] for one in cursor.description]
        return dict(zip(names, np.array(cursor.fetchall(), np.int64).reshape(-1, len(names)).T.copy(), strict=True))

    def columns(self, table: Table) -> tuple[str, ...]:
        """The names of a table's columns."""
        return tuple(one[0] for one in self.run(f"SELECT * FROM {table} AS t LIMIT 0").description)

    def keep(self, name: str, table: Table, keys: Iterable[str]) -> None:
        """Hold the rows of a table in a temporary one, with indexes."""
        self.run(f"CREATE TEMPORARY TABLE {name} AS SELECT * FROM {table} AS t")
        for nth, key in enumerate(keys):
            self.run(f"CREATE INDEX {self.temporary}{name}_{nth} ON {name} ({key})")

    def drop(self, name: str) -> None:
        """Give it back."""
        self.run(f"DROP TABLE {name}")

    def keep_words(self, name: str, words: Iterable[str]) -> None:
        """Hold texts as a table with a column `word`."""
        cursor = self.run(f"CREATE TEMPORARY TABLE {name} (word TEXT)")
        cursor.executemany(f"INSERT INTO {name} VALUES ({self.hole})", [(word,) for word in words])


class SqliteFile(InPlace):
    """An archive's own SQLite file; what is held is beside it, in SQLite's temporary database."""

    temporary = "temp."


class Postgres(InPlace):
    """An archive's own PostgreSQL, whose planner is told how many rows there are by nothing else than ANALYZE."""

    def keep(self, name: str, table: Table, keys: Iterable[str]) -> None:
        """Hold the rows of a table in a temporary one, with indexes."""
        super().keep(name, table, keys)
        self.run(f"ANALYZE {name}")


@contextmanager
def sqlite(store: Store, forum: int) -> Iterator[Opened]:
    """The archive's SQLite file, as of one moment. Raises InputError for an archive in PostgreSQL."""
    if store.postgresql:
        raise InputError(
            _("This archive is in PostgreSQL; SQLite cannot read it."),
            where=store.place,
            remedy=_("Leave --engine out."),
        )
    with store.read() as connection:
        connection.exec_driver_sql("SELECT id FROM forums LIMIT 1")  # from here on nothing changes
        found = connection.connection.driver_connection
        tables = {name: named(name, f"main.{name}", '"', f" WHERE forum = {forum}") for name in COLUMNS}
        yield tables, SqliteFile(found, "?")  # what is held goes with the transaction, which is rolled back


@contextmanager
def postgres(store: Store, forum: int) -> Iterator[Opened]:
    """The archive in PostgreSQL itself. What is kept for a while is kept in temporary tables of this connection."""
    if not store.postgresql:
        raise InputError(
            _("This archive is a SQLite file; PostgreSQL cannot read it."),
            where=store.place,
            remedy=_("Leave --engine out, or name the archive's postgresql:// address."),
        )
    from psycopg import IsolationLevel

    with store.understood():
        raw = store.engine.raw_connection()
        driver: Any = raw.driver_connection
        try:
            driver.isolation_level = IsolationLevel.REPEATABLE_READ
            tables = {name: named(name, f'"{name}"', '"', f" WHERE forum = {forum}") for name in COLUMNS}
            yield tables, Postgres(driver, "%s")
        finally:
            raw.invalidate()  # its temporary tables go with it


# ---- engines that read a copy


@contextmanager
def exported(store: Store, forum: int) -> Iterator[Path]:
    """A folder with the archive's tables as Parquet files."""
    from koweb_sync.report.engine.export import export

    with tempfile.TemporaryDirectory(prefix="koweb-report-") as folder:
        export(store, forum, Path(folder))
        yield Path(folder)


class Duck:
    """DuckDB."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def run(self, sql: str) -> Any:
        """What a query gives. It is given more memory as long as it lacks some, and the machine has it."""
        import duckdb

        while True:
            try:
                return self.connection.execute(sql)
            except duckdb.OutOfMemoryException as error:
                if not self.widened():
                    raise InputError(
                        _("The report needs more memory, or more room on its disk, than this machine has."),
                        remedy=_(
                            "Take a machine with more, or keep the archive in PostgreSQL and use --engine postgres."
                        ),
                    ) from error

    def widened(self) -> bool:
        """Give it half as much memory again; False if that is more than most of what the machine has."""
        before = self.memory()
        self.connection.execute("RESET memory_limit")  # then it is most of the machine's
        most = self.memory()
        if before >= most:
            return False
        if before * 3 // 2 < most:
            self.connection.execute(f"SET memory_limit = '{before * 3 // 2}B'")
        return True

    def memory(self) -> int:
        """How many bytes it may take."""
        limit = "SELECT parse_formatted_bytes(current_setting('memory_limit'))"
        return int(self.connection.execute(limit).fetchall()[0][0])

    def rows(self, sql: str) -> list[Row]:
        """What a query gives."""
        found: list[Row] = self.run(sql).fetchall()
        return found

    def arrays(self, sql: str) -> dict[str, Column]:
        """What a query of whole numbers gives: each column by its name."""
        import numpy as np

        return {name: np.asarray(values, np.int64) for name, values in self.run(sql).fetchnumpy().items()}

    def columns(self, table: Table) -> tuple[str, ...]:
        """The names of a table's columns."""
        return tuple(one[0] for one in self.run(f"SELECT * FROM {table} AS t LIMIT 0").description)

    def keep(self, name: str, table: Table, keys: Iterable[str]) -> None:  # noqa: ARG002 - it needs no index
        """Hold the rows of a table in a temporary one."""
        self.run(f"CREATE TEMPORARY TABLE {name} AS SELECT * FROM {table} AS t")

    def drop(self, name: str) -> None:
        """Give it back."""
        self.run(f"DROP TABLE {name}")

    def keep_words(self, name: str, words: Iterable[str]) -> None:
        """Hold texts as a table with a column `word`."""
        self.run(f"CREATE TEMPORARY TABLE {name} (word TEXT)")
        self.connection.executemany(f"INSERT INTO {name} VALUES (?)", [(word,) for word in words])


@contextmanager
def duck(store: Store, forum: int) -> Iterator[Opened]:
    """A Parquet export on DuckDB."""
    import duckdb

    with exported(store, forum) as folder:
        settings: dict[str, Any] = {"memory_limit": MEMORY, "threads": THREADS, "temp_directory": str(folder / "spill")}
        with duckdb.connect(":memory:", config=settings | {"preserve_insertion_order": False}) as connection:
            for name in COLUMNS:
                connection.read_parquet(str(folder / f"{name}.parquet")).create_view(f"archived_{name}")
            yield {name: named(name, f"archived_{name}", '"') for name in COLUMNS}, Duck(connection)


class Spark:
    """A session of Spark. `views` are the names of what it holds for us: others may have views there, too."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.views: set[str] = set()

    def view(self, name: str, frame: Any) -> None:
        """Give a table a name."""
        self.views.add(name)
        frame.createOrReplaceTempView(name)

    def rows(self, sql: str) -> list[Row]:
        """What a query gives."""
        return [tuple(row) for row in self.session.sql(sql).collect()]

    def arrays(self, sql: str) -> dict[str, Column]:
        """What a query of whole numbers gives: each column by its name."""
        import numpy as np

        frame = self.session.sql(sql)
        found = np.array([tuple(row) for row in frame.collect()], np.int64).reshape(-1, len(frame.columns))
        return dict(zip(frame.columns, found.T.copy(), strict=True))

    def columns(self, table: Table) -> tuple[str, ...]:
        """The names of a table's columns."""
        return tuple(self.session.sql(f"SELECT * FROM {table} AS t").columns)

    def keep(self, name: str, table: Table, keys: Iterable[str]) -> None:  # noqa: ARG002 - it has no index
        """Hold the rows of a table, without what they were made from: plans would hold those of all before."""
        self.view(name, self.session.sql(f"SELECT * FROM {table} AS t").localCheckpoint())

    def drop(self, name: str) -> None:
        """Give it back."""
        self.views.discard(name)
        self.session.catalog.dropTempView(name)

    def keep_words(self, name: str, words: Iterable[str]) -> None:
        """Hold texts as a table with a column `word`."""
        self.view(name, self.session.createDataFrame([(word,) for word in words], "word string"))


@contextmanager
def spark(store: Store, forum: int) -> Iterator[Opened]:
    """A Parquet export on Spark: a session that runs already is used, and left running."""
    try:
        from pyspark.sql import SparkSession
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
        session.conf.set("spark.sql.shuffle.partitions", str(PARTS))
        # A plan that changes while it runs is written out each time it does.
        session.conf.set("spark.sql.adaptive.enabled", "false")
    engine = Spark(session)
    try:
        with exported(store, forum) as folder:
            for name in COLUMNS:
                engine.view(f"archived_{name}", session.read.parquet(str(folder / f"{name}.parquet")))
            try:
                yield {name: named(name, f"archived_{name}", "`") for name in COLUMNS}, engine
            finally:
                for name in tuple(engine.views):
                    engine.drop(name)
    finally:
        if running is None:
            session.stop()


ENGINES: Mapping[Engine, Callable[[Store, int], AbstractContextManager[Opened]]] = {
    "sqlite": sqlite,
    "duckdb": duck,
    "postgres": postgres,
    "spark": spark,
}
