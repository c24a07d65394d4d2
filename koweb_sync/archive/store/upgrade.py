"""Which revision of the tables a store has, and how it comes to the newest.

Alembic, and SQLAlchemy, are loaded only where there is something to do: a store at HEAD is opened without.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

HEAD = "0013"  # the newest of migrations/versions
TABLE = "koweb_archive"  # holds the revision, and tells an archive from any other database
FOLDER = Path(__file__).parent / "migrations"


def silent(_done: int, _total: int) -> None:
    """Nobody looks on."""


# Who is told how many entries of how many are done, where a migration of a large archive takes its time.
watcher: ContextVar[Callable[[int, int], None]] = ContextVar("watcher", default=silent)


def config(connection: "Connection | None" = None) -> "Config":
    """Alembic's settings, which need no file. `connection`: in whose transaction migrations run."""
    from alembic.config import Config

    found = Config(attributes={"connection": connection})
    found.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return found


def known(revision: str) -> bool:
    """Whether this koweb has heard of a revision."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(config())
    return any(revision == one.revision for one in scripts.walk_revisions())


def revision(connection: "Connection") -> str | None:
    """The revision of a store in PostgreSQL, in the schema that is created in; None if it is no archive."""
    from sqlalchemy import text

    found = connection.execute(
        text("SELECT to_regclass(quote_ident(current_schema()) || '.' || :name)"), {"name": TABLE}
    )
    if found.scalar() is None:
        return None
    rows = connection.execute(text(f"SELECT version_num FROM {TABLE} ORDER BY 1")).scalars()  # noqa: S608 - a constant
    return ",".join(rows) or None


def tables(connection: "Connection") -> list[str]:
    """The tables that somebody made in a PostgreSQL schema, without those of extensions."""
    from sqlalchemy import text

    return list(
        connection.execute(
            text(
                "SELECT relname FROM pg_class c WHERE relnamespace = current_schema()::regnamespace"
                " AND relkind IN ('r', 'p', 'f') AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid"
                " AND d.classid = 'pg_class'::regclass AND d.deptype = 'e') ORDER BY 1"
            )
        ).scalars()
    )


def create(connection: "Connection") -> None:
    """Make the tables of HEAD where there are none, within the connection's transaction, and without their history."""
    from sqlalchemy import text

    from koweb_sync.archive.store.checksums import seal
    from koweb_sync.archive.store.schema import METADATA
    from koweb_sync.archive.store.search import POSTGRESQL, SQLITE
    from koweb_sync.archive.store.views import create_views

    if connection.dialect.name == "sqlite":
        for statement in sqlite_tables():
            connection.exec_driver_sql(statement)
    else:
        METADATA.create_all(connection, checkfirst=False)
    version = ("version_num VARCHAR(32) NOT NULL", f"CONSTRAINT {TABLE}_pkc PRIMARY KEY (version_num)")
    between = ", \n\t"  # as Alembic writes it
    index = POSTGRESQL if connection.dialect.name == "postgresql" else SQLITE
    for statement in (f"CREATE TABLE {TABLE} (\n\t{between.join(version)}\n)", *index):
        connection.execute(text(statement))
    connection.execute(text(f"INSERT INTO {TABLE} VALUES (:head)"), {"head": HEAD})  # noqa: S608 - a constant
    seal(connection)
    create_views(connection)


@cache
def sqlite_tables() -> tuple[str, ...]:
    """The DDL of the tables in SQLite: a run makes two archives, the second one in memory."""
    from sqlalchemy import create_mock_engine
    from sqlalchemy.dialects import sqlite

    from koweb_sync.archive.store.schema import METADATA

    found: list[str] = []
    written = sqlite.dialect()
    METADATA.create_all(
        create_mock_engine("sqlite://", lambda one, *_more: found.append(str(one.compile(dialect=written)))),
        checkfirst=False,
    )
    return tuple(found)


def upgrade(connection: "Connection") -> None:
    """Bring the tables to HEAD within the connection's transaction: all of it happens, or nothing.

    Views are made anew, for they follow this koweb's words and not the tables' history; so are seals.
    """
    from alembic import command

    from koweb_sync.archive.store.checksums import seal, unseal
    from koweb_sync.archive.store.views import create_views, drop_views

    drop_views(connection)
    unseal(connection)
    command.upgrade(config(connection), HEAD)
    seal(connection)
    create_views(connection)
