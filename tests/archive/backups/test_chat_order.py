"""Messages of chat stand in the order in which they were written, in whatever order backups are read."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.archive.from_backup import row_pages
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from koweb_sync.archive.verify.integrity import flaws
from koweb_sync.sandbox import Sandbox
from tests.archive.backups.taking import URL, emptied, rows, take
from tests.archive.backups.test_chat import held, said, with_chat
from tests.archive.backups.test_resumed import content, gone_on
from tests.archive.backups.writing import NOW, as_sql, dump_of
from tests.archive.crawling import Clock, forum_of
from tests.archive.test_archiving import started


@pytest.fixture
def files(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A backup, and one of the day after: the forum deleted its first messages, and somebody went on."""
    with Sandbox.start(forum_of(2, 5)) as box:
        earlier, later = with_chat(dump_of(box)), with_chat(dump_of(box))
    columns, messages = later.tables["chat_messages"]
    messages[:] = [row for row in messages if row[0] not in ("11", "12")]
    more = [said(41, 5, 2, "À demain", in_reply_to_id=13), said(42, 5, 1, "Oui", in_reply_to_id=41)]
    later.add("chat_messages", columns, [*messages, *more])
    later.add("chat_message_reactions", ("id", "chat_message_id", "user_id", "emoji", "created_at"), [])
    (tmp_path / "later").mkdir()
    yield as_sql(tmp_path, earlier), as_sql(tmp_path / "later", later, at=NOW + 86_400)


def places(store: Store) -> dict[int, tuple[int, int | None]]:
    """The number of each message, and of the one that it answers."""
    return {ident: (one.number, one.reply_to) for ident, one in held(store)[1].items()}


def pointers(store: Store) -> set[tuple[int, int]]:
    """Which message points at which number."""
    return {(-row["post"], row["to_number"]) for row in rows(store, schema.EDGES) if row["post"] < 0}


def test_an_older_backup_puts_its_messages_before_those_that_are_held(files: tuple[Path, Path], tmp_path: Path) -> None:
    clock = Clock(at=NOW + 200_000)
    with emptied(tmp_path) as store:
        take(store, files[1], clock=clock, chat=True)
        assert places(store) == {13: (1, None), 14: (2, None), 41: (3, 1), 42: (4, 3)}
        for _time in range(2):
            took = take(store, files[0], clock=clock, chat=True)
            assert took.older
            assert places(store) == {
                11: (1, None),
                12: (2, 1),
                13: (3, None),
                14: (4, None),
                41: (5, 3),
                42: (6, 5),
            }
            assert pointers(store) == {(12, 1), (41, 3), (42, 5)}
        assert not list(flaws(store, 1, URL))
    at = ("--store", "archive.sqlite", "--format", "json")
    assert '"number": 1' in started(tmp_path, "search", "comptoir", *at).communicate(timeout=120)[0]


def test_so_it_is_where_the_reading_is_stopped_anywhere(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_pages, "AT_ONCE", 1)
    for name in ("once", "again"):
        (tmp_path / name).mkdir()
    with emptied(tmp_path / "once") as once, emptied(tmp_path / "again") as again:
        for store in (once, again):
            take(store, files[1], chat=True)
        take(once, files[0], chat=True)
        steps = 5
        while gone_on(again, files[0], steps, chat=True) is None:
            steps += 7
        assert content(again) == content(once)


def test_a_newer_backup_leaves_the_numbers_as_they_are(files: tuple[Path, Path], tmp_path: Path) -> None:
    clock = Clock(at=NOW + 200_000)
    with emptied(tmp_path) as store:
        for file in (*files, files[0]):
            take(store, file, clock=clock, chat=True)
        found = {ident: number for ident, (number, _answered) in places(store).items()}
        assert found == {11: 1, 12: 2, 13: 3, 14: 4, 41: 5, 42: 6}
