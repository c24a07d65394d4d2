"""A reading that is stopped, wherever, and taken up again gives what one that was not stopped gives."""

from pathlib import Path

import pytest

from koweb_sync.archive.backups.backup import Backup
from koweb_sync.archive.crawl.run import CrawlOptions, Run, Silent
from koweb_sync.archive.from_backup import row_pages, texts
from koweb_sync.archive.from_backup.backup_reading import BackupReading
from koweb_sync.archive.from_backup.run import VIA, take_in
from koweb_sync.archive.from_backup.staged_tables import StagedTables
from koweb_sync.archive.store.store import Store
from koweb_sync.forum.client import Forum
from koweb_sync.forum.reader import ForumReader
from koweb_sync.sandbox import Sandbox
from tests.archive.backups.taking import URL, emptied, take
from tests.archive.backups.writing import Dump, as_directory, as_sql, dump_of
from tests.archive.crawling import FREE, Clock, forum_of
from tests.archive.dump import lines


class Stopping(Silent):
    """Stops a run after so many steps."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def step(self, requests: int = 1) -> None:
        self.left -= requests > 0
        if self.left < 0:
            raise KeyboardInterrupt


def gone_on(store: Store, file: Path, steps: int, *, chat: bool = False) -> BackupReading | None:
    """Read a backup: what came of it; None where the reading was stopped."""
    with Forum(URL, "system", "", limits=FREE) as forum, Backup(file) as backup, StagedTables() as staged:
        staged.load(backup, messages=False, chat=chat)
        now = Clock().micros
        number = store.enter(URL, "kafe", now())
        run = Run(store, number, URL, ForumReader(forum), CrawlOptions(chat=chat), Stopping(steps), now)
        staged.step = run.watch.step
        try:
            return take_in(run, backup, staged)
        except KeyboardInterrupt:
            assert run.pending() == VIA
    return None


def stopped(store: Store, file: Path, steps: int, *, chat: bool = False) -> bool:
    """Whether a reading was stopped."""
    return gone_on(store, file, steps, chat=chat) is None


def content(store: Store) -> list[str]:
    """All that an archive says."""
    with store.read() as connection:
        return list(lines(connection, lasting=True))


@pytest.mark.parametrize("size", [{"AT_ONCE": 15}, {"FILLED": 25_000}])
def test_a_reading_that_is_stopped_again_and_again_ends_as_one_that_was_not(
    size: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, most in size.items():
        monkeypatch.setattr(row_pages, name, most)
    monkeypatch.setattr(texts, "EDITED", 1)
    with Sandbox.start(forum_of(6, 60, likes=30)) as box:
        box.edit(1, raw="Un texte que l’on vient de reprendre.", username="admin")
        box.edit(2, raw="Un autre texte que l’on vient de reprendre.", username="admin")
        dump = dump_of(box)
    unreadable(dump)
    for name in ("whole", "parts"):
        (tmp_path / name).mkdir()
    with emptied(tmp_path / "whole") as one, emptied(tmp_path / "parts") as other:
        whole = take(one, as_sql(tmp_path, dump))
        times = 0
        while (parts := gone_on(other, as_directory(tmp_path, dump), times // 2)) is None:
            times += 1
        assert times > 4
        assert content(other) == content(one)
        assert parts.unreadable == whole.unreadable >= 5, "what could not be read is counted once, and all of it"


def unreadable(dump: Dump) -> None:
    """Put rows into a dump that cannot be read: among topics, posts, edits and likes, early and late."""
    spoiled = {
        "topics": [(0, "created_at", "x")],
        "posts": [(0, "reads", "x"), (-1, "id", "x")],
        "post_revisions": [(0, "modifications", "x"), (-1, "post_id", "x")],
        "post_actions": [(0, "created_at", "x")],
    }
    for name, cells in spoiled.items():
        columns, rows = dump.tables[name]
        for at, column, value in cells:
            row = dict(zip(columns, rows[at], strict=True)) | {column: value}
            rows.append(tuple(row.values()))
