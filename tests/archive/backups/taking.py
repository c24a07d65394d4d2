"""What the tests of backups share: an archive out of a file, and what is in it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from koweb_sync.archive.backups.backup import Backup
from koweb_sync.archive.crawl.run import CrawlOptions, Run, Silent
from koweb_sync.archive.from_backup.backup_reading import BackupReading
from koweb_sync.archive.from_backup.run import take_in
from koweb_sync.archive.from_backup.staged_tables import StagedTables
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from koweb_sync.forum.client import Forum
from koweb_sync.forum.reader import ForumReader
from tests.archive.crawling import FREE, Clock
from tests.archive.empty import empty_archive

URL = "https://kafe.example.org"


def take(store: Store, file: Path, url: str = URL, clock: Clock | None = None, **wishes: Any) -> BackupReading:
    """Take a backup into an archive."""
    now = (clock or Clock()).micros
    restricted = bool(wishes.get("key"))
    with Forum(url, "system", "", limits=FREE) as forum, Backup(file) as backup:
        number = store.enter(url, "kafe", now())
        run = Run(store, number, url, ForumReader(forum), CrawlOptions(**wishes), Silent(), now)
        with StagedTables() as staged:
            staged.load(backup, messages=run.wishes.messages, chat=run.wishes.chat)
            return take_in(run, backup, staged, restricted=restricted)


def rows(store: Store, table: Any) -> list[dict[str, Any]]:
    """The rows of a table."""
    with store.read() as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def raws(store: Store) -> dict[int, str]:
    """What each post says now."""
    texts = {(row["post"], row["n"]): row["raw"] for row in rows(store, schema.POST_VERSIONS)}
    return {row["id"]: texts[row["id"], row["n"]] for row in rows(store, schema.POSTS)}


def digest(texts: dict[int, str]) -> str:
    """The sum over all texts that PostgreSQL gives for md5(string_agg(md5(raw), '' ORDER BY id))."""
    sums = (hashlib.md5(texts[one].encode()).hexdigest() for one in sorted(texts))  # noqa: S324
    return hashlib.md5("".join(sums).encode()).hexdigest()  # noqa: S324


@contextmanager
def emptied(folder: Path) -> Iterator[Store]:
    """An archive without a forum, in a file."""
    with Store.open(empty_archive(folder / "archive.sqlite")) as store:
        yield store


def everything(folder: Path) -> bytes:
    """All that an archive's files hold."""
    return b"".join(one.read_bytes() for one in sorted(folder.glob("archive.sqlite*")))
