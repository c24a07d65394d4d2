"""Files that posts show, out of a backup: known by what they hold, wherever the forum keeps them."""

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import func, select

from koweb_sync.archive.backups.container import Member
from koweb_sync.archive.from_backup.backup_reading import BackupReading
from koweb_sync.archive.store import schema
from koweb_sync.forum.addresses import split

LARGEST = 100 * 2**20  # bytes of a file
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SHA = re.compile(r"([0-9a-f]{40})(?:_[0-9x_]+)?(?:\.\w+)?")
_SHORT = re.compile(r"upload://([0-9A-Za-z]{1,27})(?:\.\w+)?")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that a post shows, and whether only some may read it."""

    url: str
    secure: bool


def files(reading: BackupReading) -> None:
    """Keep the files that posts show and that are not held yet."""
    by_sha, by_path = wanted(reading)
    for member in reading.backup.uploads() if by_sha or by_path else ():
        path = PurePosixPath(member.name)
        found = _SHA.fullmatch(path.name)
        mine = [*by_path.pop(member.name, ())]
        if found and path.stem == found[1] and "original" in path.parts:
            mine += by_sha.pop(found[1], ())
        if mine and member.size <= LARGEST:
            one(reading, member, mine, reading.backup.content(member))
    reading.staged.step(0)


def lacking(reading: BackupReading) -> int:
    """How many of the files that posts show are not held."""
    table = schema.UPLOADS
    mine = (table.c.forum == reading.run.forum, table.c.status != "held", table.c.kind != "avatar")
    with reading.run.store.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table).where(*mine)).scalar() or 0)


def one(reading: BackupReading, member: Member, mine: list[Wanted], content: bytes) -> None:
    """Keep a file for all names that posts have for it."""
    from koweb_sync.archive.crawl.files import keep
    from koweb_sync.forum.files import Fetched, is_no_file

    if not content or is_no_file(content):
        return
    kind = mimetypes.guess_type(member.name)[0] or "application/octet-stream"
    with reading.run.page() as writer:
        for each in mine:
            keep(writer, each.url, Fetched(content, kind, each.secure))


def wanted(reading: BackupReading) -> tuple[dict[str, list[Wanted]], dict[str, list[Wanted]]]:
    """What is not held: by the sum of what it holds, and by its place beside the dump."""
    table = schema.UPLOADS
    query = select(table.c.url, table.c.source).where(
        table.c.forum == reading.run.forum, table.c.status != "held", table.c.kind != "avatar"
    )
    by_sha: dict[str, list[Wanted]] = {}
    by_path: dict[str, list[Wanted]] = {}
    with reading.run.store.read() as connection:
        rows = connection.execute(query).all()
    for url, source in rows:
        path = split(source)[1]
        sha = named(url) or in_path(path)
        known = upload(reading, sha, path)
        file = Wanted(url, bool(known and known["secure"] == "t"))
        places = [known["url"]] if known else []
        for place in (path, *places):
            if "/uploads/" in str(place):
                by_path.setdefault("uploads/" + str(place).partition("/uploads/")[2], []).append(file)
        if sha:
            by_sha.setdefault(sha, []).append(file)
    return by_sha, by_path


def upload(reading: BackupReading, sha: str, path: str) -> Mapping[str, Any] | None:
    """What the forum notes about a file."""
    query = "SELECT url, secure FROM uploads WHERE sha1 = ? OR url = ? ORDER BY id LIMIT 1"
    return next(reading.staged.rows(query, [sha, path]), None)


def named(url: str) -> str:
    """The sum that a short name of the forum stands for; empty for what is none."""
    found = _SHORT.fullmatch(url)
    if found is None:
        return ""
    number = 0
    for digit in found[1]:
        number = number * len(DIGITS) + DIGITS.index(digit)
    return f"{number:040x}"[-40:] if number < 16**40 else ""


def in_path(path: str) -> str:
    """The sum that stands in an address of the forum's files; empty where none does."""
    found = _SHA.fullmatch(PurePosixPath(path).name)
    return found[1] if found else ""
