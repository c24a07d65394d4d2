"""What SQLite, PostgreSQL and the system complain about, in words: every opening and use of an archive passes here."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from koweb_sync.errors import StoreUnusable
from koweb_sync.foreign_words import reason
from koweb_sync.i18n import _, size

ROOM = 50_000_000  # bytes are enough to go on, however large the archive is
# The names of SQLite's result codes (https://www.sqlite.org/rescode.html), by how they begin; PostgreSQL's SQLSTATE.
FULL = ("SQLITE_FULL", "53100")
BROKEN = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "XX001", "XX002")
FAILED = ("SQLITE_IOERR", "58030")
HELD = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL", "55P03")
ONLY_READ = ("SQLITE_READONLY", "25006")
BARRED = ("SQLITE_PERM", "SQLITE_AUTH", "SQLITE_CANTOPEN", "42501")
KINDS = (FULL, BROKEN, FAILED, HELD, ONLY_READ, BARRED)
SAID = {  # where there is no name
    "No space left": FULL,
    "File too large": FULL,
    "disk is full": FULL,
    "Could not decode to UTF-8": BROKEN,
    "malformed": BROKEN,
    "not a database": BROKEN,
    "I/O error": FAILED,
    "is locked": HELD,
    "readonly database": ONLY_READ,
    "unable to open": BARRED,
    "Permission denied": BARRED,
    "Read-only file system": ONLY_READ,
}


# SQLAlchemy's errors are named only once there is an error: who reads a file by SQLite alone does not load it.


def mistakes() -> tuple[type[Exception], ...]:
    """What databases complain about where only a mistake of ours, or damage, brings it about."""
    from sqlalchemy.exc import DataError, IntegrityError

    return (IntegrityError, DataError, sqlite3.IntegrityError, sqlite3.DataError)


def unreadable_errors(*more: type[Exception]) -> tuple[type[Exception], ...]:
    """What the parts of an archive cannot be read as, where they are not what was written, and `more`. A mistake of
    ours does it, too.
    """
    return (*more, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, *mistakes())


def complaints() -> tuple[type[Exception], ...]:
    """What SQLAlchemy raises where a database complains."""
    from sqlalchemy.exc import DBAPIError

    return (DBAPIError,)


@contextmanager
def explained(where: str) -> Iterator[None]:
    """What a database complains about, in words. What only a mistake of ours brings about stays as it is."""
    try:
        yield
    except mistakes():
        raise
    except complaints() as error:
        raise complaint(where, getattr(error, "orig", None) or error) from error
    except sqlite3.Error as error:
        raise complaint(where, error) from error
    except UnicodeDecodeError as error:  # Python cannot even read what SQLite complains about
        if b"malformed" not in error.object:
            raise
        raise damaged(where, reason(error.object.decode(errors="replace"))) from error


def complaint(where: str, error: BaseException) -> StoreUnusable:
    """What a database said, as an error for a person."""
    said = error.strerror if isinstance(error, OSError) else None
    kind, why = kind_of(error, str(said or error).partition("\n")[0]), reason(error)
    if kind is FULL:
        return full(where, why)
    if kind is BROKEN:
        return damaged(where, why)
    if kind is FAILED:
        return StoreUnusable(
            _("The disk that holds the archive failed: {why}.").format(why=why),
            where=where,
            remedy=_("Make room on the disk if it is full, else have it looked at. What was archived is not lost."),
        )
    if kind is HELD:
        return StoreUnusable(
            _("Another program is using the archive: {why}.").format(why=why),
            where=where,
            remedy=_("Close it, then try again."),
        )
    if kind in (ONLY_READ, BARRED):
        return barred(where, why, only_read=kind is ONLY_READ)
    return unreadable(where, why)


def kind_of(error: BaseException, said: str) -> tuple[str, ...] | None:
    """Which kind of complaint it is, None for one that we do not know."""
    name = str(getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or "")
    named = next(
        (kind for kind in (FULL, BROKEN, FAILED, HELD, ONLY_READ, BARRED) if name and name.startswith(kind)), None
    )
    return named or next((kind for sign, kind in SAID.items() if sign in said), None)


def full(where: str, why: str) -> StoreUnusable:
    """The error about a disk without room."""
    return StoreUnusable(
        _("Nothing more can be written to the archive: {why}.").format(why=why),
        where=where,
        remedy=_("Make room on the disk: {room} are enough to go on; what was archived is not lost.").format(
            room=size(ROOM)
        ),
    )


def damaged(where: str, why: str) -> StoreUnusable:
    """The error about an archive that is not as it was written; one that a full disk cut off says so."""
    file = Path(where)
    if "://" not in where and cut_off(file):
        return StoreUnusable(
            _("The archive file is incomplete: its end is missing, as after a disk was full."),
            where=where,
            remedy=_(
                "Bring back an earlier copy of it. If it is the first archive of a forum, remove the file: "
                "“koweb archive” makes it anew."
            ),
        )
    return StoreUnusable(
        _("The archive is damaged: {why}.").format(why=why),
        where=where,
        remedy=_(
            "Keep the file, and bring back an earlier copy of it; “koweb archive verify --offline” says more. Where "
            "there is no copy, archive anew into another file: --store FILE."
        ),
    )


def cut_off(file: Path) -> bool:
    """Whether a SQLite file is shorter than its head says (https://www.sqlite.org/fileformat.html#the_database_header)."""
    try:
        with file.open("rb") as start:
            head = start.read(32)
        size = file.stat().st_size
    except OSError:
        return False
    page = int.from_bytes(head[16:18])
    return len(head) < 32 or size < int.from_bytes(head[28:32]) * (65_536 if page == 1 else page)


def barred(where: str, why: str, *, only_read: bool) -> StoreUnusable:
    """The error about a place that may not be written, or not be read as it lies there."""
    file = Path(where)
    logs = [log for log in beside(file) if log.stat().st_size] if "://" not in where else []
    if logs:
        return StoreUnusable(
            _("The newest part of the archive lies in {log}, and cannot be read where koweb may not write.").format(
                log=logs[0].name
            ),
            where=where,
            remedy=_("Copy both files, side by side, to where you may write."),
        )
    if only_read or ("://" not in where and file.is_file() and os.access(file, os.R_OK)):
        return StoreUnusable(
            _("Nothing can be written to the archive: {why}.").format(why=why),
            where=where,
            remedy=_("Nothing in it was changed. Copy it to where you may write, and go on there."),
        )
    return unreadable(where, why)


def beside(file: Path) -> list[Path]:
    """The logs that SQLite keeps beside a file while it is in use, and leaves when it is killed."""
    logs = (file.with_name(f"{file.name}{end}") for end in ("-wal", "-journal")) if file.name else ()
    return [log for log in logs if log.exists()]


def foreign(where: str) -> StoreUnusable:
    """The error about what somebody else made."""
    return StoreUnusable(
        _("This is not an archive that koweb made; nothing in it was changed."),
        where=where,
        remedy=_("Name another place, where nothing is yet; koweb makes the archive there."),
    )


def unreadable(where: str, why: str) -> StoreUnusable:
    """The error about a file that the system or SQLite does not let us read."""
    return StoreUnusable(
        _("The archive cannot be used: {why}.").format(why=why),
        where=where,
        remedy=_("Is the database running, is its address right, and may you write there?")
        if "://" in where
        else _("Is it an archive that koweb made, and may you write there?"),
    )
