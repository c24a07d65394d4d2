"""Opening a file or a database as an archive: made whole or not at all, brought up to date, or refused in words."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.pool import StaticPool

from koweb_sync.archive.base import schema, search, upgrade
from koweb_sync.archive.base.locks import held_beside, held_in
from koweb_sync.archive.base.places import beside, foreign, look, path, unreadable
from koweb_sync.errors import StoreUnusable
from koweb_sync.i18n import _

WRITES = "koweb_writes"  # an execution option: SQLite's transaction is one that writes, from its beginning
FULL = ("disk is full", "No space left", "disk I/O error", "File too large")


class Origin(Enum):
    """What opening an archive took."""

    FOUND = "found"
    MADE = "made"
    MIGRATED = "migrated"  # it was an older koweb's


@contextmanager
def explained(where: str) -> Iterator[None]:
    """What a database complains about, in words. What only a mistake of ours brings about stays as it is."""
    try:
        yield
    except (IntegrityError, DataError):
        raise
    except DBAPIError as error:
        reason = str(error.orig).partition("\n")[0].rstrip(".")
        if not any(sign in reason for sign in FULL):
            raise unreadable(where, reason) from error
        raise StoreUnusable(
            _("The archive cannot be used: {why}.").format(why=reason),
            where=where,
            remedy=_("Make room on the disk; what was archived is not lost."),
        ) from error


def opened(url: URL, where: str, *, create: bool) -> tuple[Engine, Origin]:
    """An engine for an archive whose tables are those of this koweb, and what that took."""
    file = path(url)
    if file is not None:
        origin = made(file, where) if missing(file, where, create=create) else current(file, where)
        return sqlite_engine(url), origin
    engine = server_engine(url) if url.get_backend_name() == "postgresql" else sqlite_engine(url)
    with ExitStack() as unless_opened:
        unless_opened.callback(engine.dispose)
        server = engine.dialect.name == "postgresql"
        origin = in_database(engine, where, create=create) if server else in_memory(engine)
        unless_opened.pop_all()
    return engine, origin


# ---- files


def missing(file: Path, where: str, *, create: bool) -> bool:
    """Whether no archive is there yet. Raises StoreUnusable if there is none and none is to be made."""
    try:
        there = file.exists() or file.is_symlink()
    except OSError as error:
        raise unreadable(where, error.strerror or str(error)) from error
    if there:
        return False
    if not create:
        raise nothing(where)
    if not file.parent.is_dir():
        raise StoreUnusable(
            _("The archive's folder does not exist."), where=where, remedy=_("Make the folder, or name another place.")
        )
    return True


def nothing(where: str) -> StoreUnusable:
    """The error about a place without an archive."""
    return StoreUnusable(
        _("There is no archive."), where=where, remedy=_("“koweb archive” makes it; --store names another place.")
    )


def made(file: Path, where: str) -> Origin:
    """Make an archive: whole before it has its name, so that a kill leaves nothing that looks like one."""
    with held_beside(file, where):
        if file.exists():
            return current(file, where)
        fresh = file.with_name(f"{file.name}.new")
        leftovers(fresh)
        try:
            engine = sqlite_engine(URL.create("sqlite", database=str(fresh)), migrates=True)
            try:
                with engine.execution_options(**{WRITES: True}).begin() as connection:
                    upgrade.upgrade(connection)
            finally:
                engine.dispose()
            fresh.rename(file)
        finally:
            leftovers(fresh)
    return Origin.MADE


def leftovers(fresh: Path) -> None:
    """Take away what an archive left that was never finished."""
    for end in ("", "-wal", "-shm", "-journal"):
        fresh.with_name(f"{fresh.name}{end}").unlink(missing_ok=True)


def current(file: Path, where: str) -> Origin:
    """Bring an archive up to date if it is older. In one transaction: if it fails, the archive is the old one."""
    if judged(look(file), where):
        return Origin.FOUND
    with held_beside(file, where):
        engine = sqlite_engine(URL.create("sqlite", database=str(file)), migrates=True)
        try:
            with engine.execution_options(**{WRITES: True}).begin() as connection:
                upgrade.upgrade(connection)
                if connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
                    raise StoreUnusable(
                        _("The archive of an older koweb could not be brought up to date; it is as it was."),
                        where=where,
                        remedy=_("Keep a copy of it, and tell those who make koweb."),
                    )
        finally:
            engine.dispose()
    return Origin.MIGRATED


def judged(revision: str | None, where: str) -> bool:
    """Whether tables of a revision are those of this koweb; False: they are older. Raises StoreUnusable otherwise."""
    if revision is None:
        raise foreign(where)
    if revision == upgrade.HEAD:
        return True
    if not upgrade.known(revision):
        raise StoreUnusable(
            _("This archive was made by a newer koweb."),
            where=where,
            remedy=_("Install the newest koweb, then try again."),
        )
    return False


def in_memory(engine: Engine) -> Origin:
    """Make an archive that lasts as long as its engine: nothing will migrate it, so Alembic is not loaded."""
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        schema.METADATA.create_all(connection)
        for statement in search.SQLITE:
            connection.execute(text(statement))
    return Origin.MADE


def sqlite_engine(url: URL, *, migrates: bool = False) -> Engine:
    """SQLite, with transactions as SQLite means them. `migrates`: tables may be made anew under their references."""
    file = path(url)
    still = file is not None and unmoving(file)
    extra: dict[str, Any] = {}
    if file is None:
        extra = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    elif still:
        where = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
        extra = {"creator": lambda: sqlite3.connect(where, uri=True, check_same_thread=False)}
    engine = create_engine(url, hide_parameters=True, **extra)
    # A log beside the file, so that reading never waits; deleted text is overwritten.
    writing = ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON")

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # Python's own idea of a transaction begins too late
        references = f"foreign_keys={'OFF' if migrates else 'ON'}"
        for pragma in ("busy_timeout=10000", references, *(() if still else writing)):
            connection.execute(f"PRAGMA {pragma}")

    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def unmoving(file: Path) -> bool:
    """Whether a file lies where we cannot write, and nobody has it in use: SQLite reads it without a log beside it."""
    return file.exists() and not os.access(file.parent, os.W_OK) and not beside(file)


# ---- servers


def server_engine(url: URL) -> Engine:
    """PostgreSQL; a connection that was lost between two transactions is made anew."""
    return create_engine(url, hide_parameters=True, pool_pre_ping=True)


def in_database(engine: Engine, where: str, *, create: bool) -> Origin:
    """Make an archive in a database, or bring it up to date: in one transaction."""
    with engine.connect() as connection:
        revision = upgrade.revision(connection)
        if revision is None:
            free(connection, where, create=create)
        elif judged(revision, where):
            return Origin.FOUND
    with held_in(engine, where) as connection, connection.begin():
        upgrade.upgrade(connection)
    return Origin.MADE if revision is None else Origin.MIGRATED


def free(connection: Connection, where: str, *, create: bool) -> None:
    """Raises StoreUnusable if no archive is to be made, or none can be made in this database."""
    if upgrade.tables(connection):
        raise StoreUnusable(
            _("This database holds other tables; nothing in it was changed."),
            where=where,
            remedy=_("Make a database for the archive alone: createdb --encoding=UTF8 koweb"),
        )
    if not create:
        raise nothing(where)
    encoding = connection.execute(text("SHOW server_encoding")).scalar()
    if encoding != "UTF8":
        raise StoreUnusable(
            _("This database holds text as {encoding}, which lacks most of the world's letters.").format(
                encoding=encoding
            ),
            where=where,
            remedy=_("Make a database for the archive alone: createdb --encoding=UTF8 koweb"),
        )
