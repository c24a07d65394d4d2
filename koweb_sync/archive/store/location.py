"""An archive's place as it is written: a path (SQLite) or a `postgresql://` address, shown without its password."""

import errno
import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from koweb_sync.archive.store.database_errors import beside, complaint, explained, foreign
from koweb_sync.errors import InputError, NoArchive, StoreUnusable
from koweb_sync.i18n import _
from koweb_sync.redaction import keep_secret

if TYPE_CHECKING:
    from sqlalchemy import URL

FILE = "koweb-archive.sqlite"
# A connection that no packet has crossed for long is dropped by routers; so ask after a minute whether it lives.
LIVING = {"connect_timeout": "10", "keepalives_idle": "60", "keepalives_interval": "10", "keepalives_count": "3"}
SHOWN = ("host", "port", "dbname")  # what an address may say behind its “?” and is no secret


def address(place: str) -> "URL":
    """A place as SQLAlchemy's URL. Raises InputError for a database that we do not know, or an unclear address."""
    from sqlalchemy import URL
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    if "://" not in place:
        return URL.create("sqlite", database=place)
    try:
        url = make_url(place)
    except (ArgumentError, ValueError):
        url = None
    if url is None or any("@" in part for part in (url.host or "", url.database or "")):
        # The address is not shown, and the cause is not kept: what cannot be parsed may be a password.
        raise InputError(
            _("The address of the archive's database cannot be read."),
            remedy=_(
                "Write postgresql://user:password@host:5432/database, with %40 for @, %2F for / and %3A for : in a "
                "password."
            ),
        )
    name = url.get_backend_name()
    if name == "postgresql":
        for secret in (url.password, url.query.get("password")):
            keep_secret(str(secret or ""))
        kept = {key: value for key, value in LIVING.items() if key not in url.query}
        return url.set(drivername="postgresql+psycopg").update_query_dict(
            {"application_name": "koweb", **kept, **url.query}
        )
    if name == "sqlite" and not url.query and not url.host:
        return URL.create("sqlite", database=url.database or ":memory:")
    raise InputError(
        _("An archive cannot be kept in {kind}.").format(kind=name if name != "sqlite" else without_password(url)),
        remedy=_("Name a file for SQLite, or a postgresql:// address."),
    )


def without_password(url: "URL") -> str:
    """A place as it may be shown: no password, wherever in the address it stands."""
    if url.get_backend_name() == "sqlite":
        return url.database or ":memory:"
    from sqlalchemy import URL

    plain = URL.create(url.get_backend_name(), url.username, None, url.host, url.port, url.database)
    return plain.update_query_dict({key: url.query[key] for key in SHOWN if key in url.query}).render_as_string()


def path(url: "URL") -> Path | None:
    """The file of an archive; None for a database elsewhere, or in memory."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def exists(file: Path) -> bool:
    """Whether something is under an archive's name. A file without a byte is nothing: an earlier koweb left one where
    the disk was full.
    """
    if file.is_file() and not file.stat().st_size and not log_has_content(file):
        return False
    return file.exists() or file.is_symlink()


def nothing(where: str) -> NoArchive:
    """The error about a place without an archive."""
    return NoArchive(
        _("There is no archive."), where=where, remedy=_("“koweb archive” makes it; --store names another place.")
    )


def immutable_url(file: Path) -> str | None:
    """The address under which SQLite reads a file without a log beside it, if nobody can have it in use: it lies where
    we cannot write.
    """
    unmoving = file.exists() and not os.access(file.parent, os.W_OK) and not log_has_content(file)
    return f"{file.absolute().as_uri()}?mode=ro&immutable=1" if unmoving else None


def revision_in_file(file: Path) -> str | None:
    """The revision of the archive in a file, read without changing a byte of it, and by SQLite alone: whoever opens and
    closes the file otherwise takes the locks of all connections of this process away (POSIX), and the next reader
    elsewhere takes the log for left behind.

    Raises StoreUnusable for what is not an archive.
    """
    where = str(file)
    if file.is_dir():
        raise StoreUnusable(
            _("This is a folder."), where=where, remedy=_("Name the archive's file, for example archive.sqlite in it.")
        )
    if file.exists() and not os.access(file, os.R_OK):  # SQLite would only say that it cannot open it
        raise complaint(where, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
    with explained(where):
        # A file without a log beside it is whole, and is read without making one. With one, as after a kill or while
        # somebody writes, the newest pages lie there.
        how = "mode=ro" if log_has_content(file) else "mode=ro&immutable=1"
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?{how}", uri=True, timeout=10)
        try:
            return revision(connection)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
                raise foreign(where) from error
            raise
        finally:
            connection.close()


def log_has_content(file: Path) -> bool:
    """Whether there is something in a log beside a file: an empty one tells nothing that the file does not."""
    try:
        return any(log.stat().st_size for log in beside(file))
    except FileNotFoundError:  # whoever closed it last took it away meanwhile
        return False


def revision(connection: sqlite3.Connection) -> str | None:
    """The revision that a SQLite file names; None if it is no archive."""
    from koweb_sync.archive.store.upgrade import TABLE

    there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (TABLE,)).fetchone()
    rows: list[Any] = connection.execute(f"SELECT version_num FROM {TABLE}").fetchall() if there else []  # noqa: S608 - a constant
    return ",".join(sorted(str(row[0]) for row in rows)) or None
