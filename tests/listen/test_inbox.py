"""What was told is kept until it was read, whenever a process ends, and holds no text and no name."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.errors import KowebError
from koweb_sync.listen import inbox as room
from koweb_sync.listen.events import Hint
from koweb_sync.listen.inbox import Inbox


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    """An empty one."""
    made = Inbox(tmp_path / "listen")
    yield made
    made.close()


def test_an_event_is_taken_once_also_by_the_next_process(inbox: Inbox) -> None:
    assert inbox.take("kafe", "7", Hint("topic", 3, 5, 2), 10.0)
    assert not inbox.take("kafe", "7", Hint("topic", 3, 5, 2), 11.0)
    assert inbox.take("the", "7", None, 11.0), "another forum counts for itself"
    other = Inbox(inbox.file)
    assert not other.take("kafe", "7", Hint("topic", 4), 12.0)
    assert [(one.id, one.post, one.first, one.last) for one in other.due("kafe")] == [(3, 5, 10.0, 10.0)]
    assert other.backlog("kafe") == (1, 10.0)
    other.close()


def test_what_is_told_while_it_is_read_stays_due(inbox: Inbox) -> None:
    inbox.take("kafe", "1", Hint("topic", 3, 5, 2), 10.0)
    inbox.take("kafe", "2", Hint("topic", 4), 10.0)
    read = inbox.due("kafe")
    inbox.take("kafe", "3", Hint("topic", 3, 5, 2, moved=True), 20.0)
    inbox.done("kafe", read)
    assert [(one.id, one.first, one.last, one.moved) for one in inbox.due("kafe")] == [(3, 20.0, 20.0, 1)]


def test_what_was_told_of_a_text_is_not_forgotten_for_what_is_told_after_it(inbox: Inbox) -> None:
    """A reply, or a like, that follows at once takes nothing back."""
    inbox.take("kafe", "1", Hint("topic", 3, 5, 2, text=True, moved=True), 10.0)
    inbox.take("kafe", "2", Hint("topic", 3, 5), 11.0)
    (due,) = inbox.due("kafe")
    assert (due.text, due.moved, due.number, due.first, due.last) == (1, 1, 2, 10.0, 11.0)


def test_what_is_told_while_the_forum_fails_at_it_does_not_wait_for_the_next_try(inbox: Inbox) -> None:
    inbox.take("kafe", "1", Hint("topic", 3, 5, 2), 10.0)
    inbox.take("kafe", "2", Hint("topic", 4), 10.0)
    unread = inbox.due("kafe")
    inbox.take("kafe", "3", Hint("topic", 3, 5, 2), 20.0)
    inbox.later("kafe", unread, 900.0)
    assert {one.id: (one.tries, one.wait) for one in inbox.due("kafe")} == {3: (0, 0.0), 4: (1, 900.0)}
    inbox.later("kafe", inbox.due("kafe"), 950.0)
    inbox.take("kafe", "4", Hint("topic", 4), 30.0)
    assert {one.id: (one.tries, one.wait) for one in inbox.due("kafe")} == {3: (1, 950.0), 4: (0, 0.0)}


def test_only_so_many_events_are_remembered(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "KEPT", 10)
    monkeypatch.setattr(room, "SWEEP", 5)
    for number in range(1, 101):
        assert inbox.take("kafe", str(number), None, 1.0)
    (count,) = inbox.connection.execute("SELECT count(*) FROM seen").fetchone()
    assert count <= 15
    assert not inbox.take("kafe", "100", None, 2.0)


def test_the_command_is_remembered_until_it_has_run_for_all_that_was_told(inbox: Inbox) -> None:
    inbox.take("kafe", "1", Hint("topic", 3), 10.0)
    inbox.done("kafe", inbox.due("kafe"), follow=1)
    work = inbox.work("kafe")
    assert work is not None
    inbox.done("kafe", [], follow=2)
    inbox.worked("kafe", work)
    assert inbox.work("kafe") is not None, "more was told while it ran"
    again = inbox.work("kafe")
    assert again is not None
    inbox.worked("kafe", again)
    assert inbox.work("kafe") is None


def test_what_a_newer_koweb_wrote_is_left_alone(tmp_path: Path) -> None:
    Inbox(tmp_path / "listen").close()
    with sqlite3.connect(tmp_path / "listen") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(KowebError, match="newer"):
        Inbox(tmp_path / "listen")


def test_what_is_no_such_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "listen").write_text("not a database, but some words that somebody wrote\n" * 100, encoding="utf-8")
    with pytest.raises(KowebError, match="listen"):
        Inbox(tmp_path / "listen")


def test_nobody_else_on_the_computer_reads_it(inbox: Inbox) -> None:
    assert inbox.file.stat().st_mode & 0o077 == 0
