"""The worker goes on with what it can do, whatever else cannot be done."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from koweb_sync.errors import KowebError
from koweb_sync.listen.events import Hint
from koweb_sync.listen.inbox import Inbox
from koweb_sync.listen.measures import Measures
from koweb_sync.listen.schedule import LONGEST_RUN_PAUSE, Batch
from koweb_sync.listen.worker import WholeRunNeeded, Worker
from tests.listen.listening import NAME, HeldTime

HOURS = 3600.0


@dataclass
class Books:
    """An archive that is there in part. `published` None: git does not say."""

    known: bool = True
    day_due: bool = False
    run: str | OSError | None = ""
    texts: frozenset[int] | None = frozenset()
    reads: list[frozenset[int]] = field(default_factory=list)
    runs: int = 0
    asked: int = 0

    def read(self, wanted: Batch) -> frozenset[int]:
        """Read."""
        if not self.known:
            raise WholeRunNeeded
        self.reads.append(frozenset(one.id for one in wanted.topics))
        return frozenset()

    def whole_run(self, stopped: threading.Event) -> str:  # noqa: ARG002 - it takes no time
        """A whole run."""
        self.runs += 1
        if self.run is None:
            raise KowebError("Another command writes to the archive.")
        if isinstance(self.run, OSError):
            raise self.run
        self.known, self.day_due = self.known or not self.run, self.day_due and bool(self.run)
        return self.run

    def is_day_due(self) -> bool:
        """Whether the day's run is due."""
        return self.day_due

    def published(self) -> frozenset[int]:
        """What git has."""
        self.asked += 1
        if self.texts is None:
            raise KowebError("The git remote does not answer.", where="origin")
        return self.texts


@dataclass
class Desk:
    """A worker, its clock and what it logged."""

    worker: Worker
    books: Books
    clock: HeldTime
    log: list[dict[str, Any]]

    def tell(self, *hints: Hint) -> None:
        """Note what a forum tells."""
        for n, one in enumerate(hints):
            self.worker.inbox.take(NAME, f"{self.clock()} {n}", one, self.clock())

    def work(self, seconds: float) -> None:
        """Let time go by."""
        until = self.clock.at + seconds
        while self.clock.at < until:
            self.clock.wait(1 + seconds / 2000)
            self.worker.step()

    def heard(self, event: str) -> list[dict[str, Any]]:
        """What was logged of an event."""
        return [one for one in self.log if one["event"] == event]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Such a worker, behind whom something follows."""
    clock, books, log = HeldTime(), Books(), list[dict[str, Any]]()

    def note(event: str, **facts: Any) -> None:
        log.append({"event": event, **facts})

    inbox = Inbox(tmp_path / "listen")
    yield Desk(Worker(NAME, inbox, books, Measures([NAME]), note, follows=True, now=clock), books, clock, log)
    inbox.close()


def test_while_the_git_remote_is_down_the_archive_is_read_all_the_same(desk: Desk) -> None:
    desk.books.texts = None
    desk.tell(*(Hint("topic", number, number, 1, text=number % 2 == 0) for number in range(1, 41)))
    desk.work(60)
    assert sorted(topic for read in desk.books.reads for topic in read) == list(range(1, 41)), "each once"
    assert desk.worker.inbox.due(NAME) == []
    assert desk.worker.inbox.work(NAME) is not None, "git may have one of these texts"


def test_git_is_asked_only_where_a_text_may_be_another_one(desk: Desk) -> None:
    desk.books.texts = frozenset({1, 2})
    desk.tell(Hint("topic", 1, 7, 3))
    desk.work(20)
    assert (desk.books.asked, desk.worker.inbox.work(NAME)) == (0, None)
    desk.tell(Hint("topic", 5, 8, 1, text=True))
    desk.work(20)
    assert (desk.books.asked, desk.worker.inbox.work(NAME)) == (1, None), "it is none of git's"
    desk.tell(Hint("topic", 2, 9, 1, text=True))
    desk.work(20)
    assert desk.worker.inbox.work(NAME) is not None


@pytest.mark.parametrize("run", ["exit code 1", None, OSError("no room for another process")])
def test_while_the_daily_run_fails_what_is_told_is_read(desk: Desk, run: str | OSError | None) -> None:
    desk.books.day_due, desk.books.run = True, run
    for topic in range(1, 11):
        desk.tell(Hint("topic", topic))
        desk.work(12)
        assert desk.books.reads[-1] == {topic}, "within seconds"
    desk.work(24 * HOURS)
    assert 24 <= desk.books.runs <= 32, "ever more rarely, and at least once an hour"
    assert {one["why"] for one in desk.heard("failed")} == {
        run if isinstance(run, str) else type(run or KowebError("")).__name__
    }
    desk.books.run = ""
    desk.work(LONGEST_RUN_PAUSE + 10)
    assert not desk.books.day_due


def test_an_archive_that_cannot_be_made_yet_is_tried_ever_more_rarely_and_nothing_is_lost(desk: Desk) -> None:
    desk.books.known, desk.books.run = False, "exit code 2"
    desk.tell(Hint("topic", 3))
    desk.work(24 * HOURS)
    assert desk.books.reads == []
    assert desk.books.runs <= 32
    desk.books.run = ""
    desk.work(LONGEST_RUN_PAUSE + 10)
    assert desk.books.reads == [{3}]
