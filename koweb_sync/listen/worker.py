"""Reads what is due of one forum, in a thread of its own: in the order in which it was told, after a moment of quiet.

Where the forum, or the archive, cannot be had, everything stays due and is tried again after ever longer pauses.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from koweb_sync.errors import KowebError
from koweb_sync.listen.inbox import Due, Inbox
from koweb_sync.listen.measures import Measures
from koweb_sync.listen.schedule import TRIES, Batch, batch, pause

TICK = 0.25  # seconds between two looks
Log = Callable[..., None]  # an event's name, and what is to be said of it by name


class WholeRunNeeded(Exception):
    """The archive does not know the forum yet, or a whole run was cut off: that is finished first."""


class RunFailed(Exception):
    """A whole run did not come to its end."""


class ArchiveAccess(Protocol):
    """The archive of one forum, and the forum."""

    def read(self, wanted: Batch) -> frozenset[int]:
        """Read topics and people again; the topics that the forum failed at. Raises KowebError, WholeRunNeeded."""

    def whole_run(self, stopped: threading.Event) -> bool:
        """Bring everything up to date; whether that was done. It ends early where somebody stops us."""

    def is_day_due(self) -> bool:
        """Whether the day's run is due. Raises KowebError."""

    def published(self) -> frozenset[int]:
        """The topics that are published from git. Raises KowebError."""


@dataclass
class Worker:
    """One forum's worker. `follows`: something is done when a topic that is published from git was read, `calm` seconds
    after that at the earliest.
    """

    name: str
    inbox: Inbox
    archive: ArchiveAccess
    measures: Measures
    log: Log
    follows: bool = False
    calm: float = 0.0
    now: Callable[[], float] = time.time
    stopped: threading.Event = field(default_factory=threading.Event)
    failures: int = 0
    not_before: float = 0.0

    def run(self) -> None:
        """Work until somebody stops it; the topics that are being read are finished."""
        self.measures.alive(self.name, yes=True)
        try:
            while not self.stopped.is_set():
                if not self.step():
                    self.stopped.wait(TICK)
        finally:
            self.measures.alive(self.name, yes=False)

    def step(self) -> bool:
        """Do the next thing, if there is one; whether there was. Whatever goes wrong, the thread goes on."""
        if self.failures and self.now() < self.not_before <= self.now() + 2 * pause(self.failures):
            return False
        try:
            done = self.daily() or self.next_batch()
        except (KowebError, RunFailed) as error:
            self.failed(type(error).__name__)
            return True
        except Exception as error:
            self.failed(type(error).__name__, unforeseen=True)
            return True
        if done:
            self.failures = 0
        return done

    def failed(self, why: str, **more: Any) -> None:
        """Note that something could not be done. Nothing of it is lost: it stays due."""
        self.failures += 1
        wait = pause(self.failures)
        self.not_before = self.now() + wait
        self.measures.failed(self.name)
        self.log("failed", forum=self.name, why=why, again_in=wait, **more)

    def daily(self) -> bool:
        """The day's run, where it is due."""
        if not self.archive.is_day_due():
            return False
        self.whole_run("daily")
        return True

    def whole_run(self, why: str) -> None:
        """A whole run. What was told stays due all the same: it does not read every old post again."""
        self.log("whole run", forum=self.name, why=why)
        if not self.archive.whole_run(self.stopped):
            raise RunFailed
        self.measures.whole_run(self.name)

    def next_batch(self) -> bool:
        """Read what is due now; whether there was anything."""
        wanted = batch(self.inbox.due(self.name), self.now())
        if not wanted.rows:
            return False
        begun = self.now()
        try:
            failed = self.archive.read(wanted)
        except WholeRunNeeded:
            self.whole_run("needed")
            return True
        left = [one for one in wanted.rows if one.kind == "topic" and one.id in failed]
        again = [one for one in left if one.tries + 1 < TRIES]
        read = [one for one in wanted.rows if one not in again]
        follow = wanted.newest if self.follows and wanted.texts & self.archive.published() else 0
        self.inbox.done(self.name, read, follow=follow, wait=self.now() + self.calm if self.calm else 0.0)
        self.postpone(again)
        self.measures.read(self.name, len(wanted.topics) - len(failed), self.now())
        self.log(
            "read",
            forum=self.name,
            topics=len(wanted.topics),
            people=len(wanted.people),
            failed=len(failed),
            waited=round(begun - min(one.first for one in wanted.rows), 1),
            took=round(self.now() - begun, 1),
        )
        return True

    def postpone(self, again: list[Due]) -> None:
        """Leave for later what the forum failed at, each time for longer."""
        for tries in sorted({one.tries for one in again}):
            these = [one for one in again if one.tries == tries]
            self.inbox.later(self.name, these, self.now() + pause(tries + 1))
