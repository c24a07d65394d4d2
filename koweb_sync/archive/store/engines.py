"""Opening a file or a database as an archive: made whole or not at all, brought up to date, or refused in words."""

import sqlite3
from contextlib import ExitStack
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.pool import StaticPool

from koweb_sync.archive.store import checksums, upgrade
from koweb_sync.archive.store.database_errors import complaint, damaged, foreign, unreadable
from koweb_sync.archive.store.location import exists, immutable_url, nothing, path, revision_in_file
from koweb_sync.archive.store.locks import held_beside, held_in
from koweb_sync.errors import StoreUnusable
from koweb_sync.foreign_words import reason
from koweb_sync.i18n import _

STATEMENTS = 500  # that a connection keeps ready: a run has more of them than Python would keep
# Of 16 MB, so that what each transaction changes again (the top of each index) is not written into the file each time.
LOGGED = ("journal_mode=WAL", "synchronous=NORMAL", "wal_autocheckpoint=4000")
WRITES = "koweb_writes"  # an execution option: SQLite's transaction is one that writes, from its beginning


class Origin(Enum):
    """What opening an archive took."""

    FOUND = "found"
    MADE = "made"
    MIGRATED = "migrated"  # it was an older koweb's


def engine_for(url: URL, where: str, *, create: bool) -> tuple[Engine, Origin]:
    """An engine for an archive whose tables are those of this koweb, and what that took."""
    file = path(url)
    if file is not None:
        origin = made_archive(file, where) if missing(file, where, create=create) else current(file, where)
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
        if exists(file):
            return False
    except OSError as error:
        raise complaint(where, error) from error
    if not create:
        raise nothing(where)
    if not file.parent.is_dir():
        raise StoreUnusable(
            _("The archive's folder does not exist."), where=where, remedy=_("Make the folder, or name another place.")
        )
    return True


def made_archive(file: Path, where: str) -> Origin:
    """Make an archive: whole before it has its name, so that a kill or a full disk leaves nothing that looks like one.

    It is made without a log beside it, whose content would come into the file only after the last word about it.
    """
    with held_beside(file, where):
        if exists(file):
            return current(file, where)
        fresh = file.with_name(f"{file.name}.new")
        leftovers(fresh)
        try:
            engine = sqlite_engine(URL.create("sqlite", database=str(fresh)), migrates=True, log=False)
            try:
                with engine.execution_options(**{WRITES: True}).begin() as connection:
                    upgrade.create(connection)
            finally:
                engine.dispose()
            check_whole(fresh, where)
            fresh.rename(file)
        except OSError as error:
            raise complaint(where, error) from error
        finally:
            leftovers(fresh)
    return Origin.MADE


def check_whole(fresh: Path, where: str) -> None:
    """Raises StoreUnusable if a new archive, read again from its disk, is not what was written."""
    connection = sqlite3.connect(f"{fresh.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        raise complaint(where, error) from error
    finally:
        connection.close()
    if found != "ok":
        raise unreadable(where, reason(found))


def leftovers(fresh: Path) -> None:
    """Take away what an archive left that was never finished."""
    for end in ("", "-wal", "-shm", "-journal"):
        fresh.with_name(f"{fresh.name}{end}").unlink(missing_ok=True)


def current(file: Path, where: str) -> Origin:
    """Bring an archive up to date if it is older. In one transaction: if it fails, the archive is the old one."""
    if judged(revision_in_file(file), where):
        return Origin.FOUND
    with held_beside(file, where):
        engine = sqlite_engine(URL.create("sqlite", database=str(file)), migrates=True)
        try:
            with engine.execution_options(**{WRITES: True}).begin() as connection:
                as_written(connection, where)
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


def as_written(connection: Connection, where: str) -> None:
    """Raises StoreUnusable for tables that are not as they were written: new seals would take damage for their rows."""
    name = next(checksums.differing(connection), None) if checksums.is_sealed(connection) else None
    if name is not None:
        raise damaged(where, _("the rows of “{table}” are not those that were written").format(table=name))


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
    """Make an archive that lasts as long as its engine."""
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        upgrade.create(connection)
    return Origin.MADE


def sqlite_engine(url: URL, *, migrates: bool = False, log: bool = True) -> Engine:
    """SQLite, with transactions as SQLite means them.

    `migrates`: tables may be made anew under their references; `log`: what is written stands in a log beside it first.
    """
    file = path(url)
    where = immutable_url(file) if file is not None else None
    # The connection that worked last works next: another one's pages would be read again after each of its changes.
    extra: dict[str, Any] = {"pool_use_lifo": True, "connect_args": {"cached_statements": STATEMENTS}}
    if file is None:
        extra = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    elif where is not None:
        extra = {"creator": lambda: sqlite3.connect(where, uri=True, check_same_thread=False)}
    engine = create_engine(url, hide_parameters=True, **extra)
    # A log beside the file, so that reading never waits; deleted text is overwritten.
    kept = LOGGED if log else ("journal_mode=DELETE", "synchronous=FULL")
    writing = (*kept, "secure_delete=ON")

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # Python's own idea of a transaction begins too late
        checksums.teach(connection)
        references = f"foreign_keys={'OFF' if migrates else 'ON'}"
        for pragma in ("busy_timeout=10000", references, *(() if where is not None else writing)):
            connection.execute(f"PRAGMA {pragma}")

    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


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
        (upgrade.create if revision is None else upgrade.upgrade)(connection)
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
