"""Reads what is due of one forum, in a thread of its own: in the order in which it was told, after a moment of quiet.

Where the forum, or the archive, cannot be had, everything stays due and is tried again after ever longer pauses. A
whole run that cannot be made has pauses of its own: meanwhile what is told is read.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from koweb_sync.errors import KowebError
from koweb_sync.listen.inbox import Due, Inbox
from koweb_sync.listen.measures import Measures
from koweb_sync.listen.schedule import LONGEST_RUN_PAUSE, RUN_PAUSE, TRIES, Batch, Patience, batch, pause

TICK = 0.25  # seconds between two looks
Log = Callable[..., None]  # an event's name, and what is to be said of it by name


class WholeRunNeeded(Exception):
    """The archive does not know the forum yet: one whole run has to be finished first."""


class ArchiveAccess(Protocol):
    """The archive of one forum, and the forum."""

    def read(self, wanted: Batch) -> frozenset[int]:
        """Read topics and people again; the topics that the forum failed at. Raises KowebError, WholeRunNeeded."""

    def whole_run(self, stopped: threading.Event) -> str:
        """Bring everything up to date: "" where that was done, else why not, in a word. It ends early where somebody
        stops us. Raises KowebError.
        """

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
    reading: Patience = field(default_factory=Patience)
    running: Patience = field(default_factory=partial(Patience, RUN_PAUSE, LONGEST_RUN_PAUSE))

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
        if self.reading.waits(self.now()):
            return False
        try:
            return self.daily() or self.next_batch()
        except KowebError as error:
            self.failed(self.reading, "reading", type(error).__name__)
        except Exception as error:
            self.failed(self.reading, "reading", type(error).__name__, unforeseen=True)
        return True

    def failed(self, patience: Patience, what: str, why: str, **more: Any) -> None:
        """Note that something could not be done. Nothing of it is lost: it stays due."""
        wait = patience.failed(self.now())
        self.measures.failed(self.name)
        self.log("failed", forum=self.name, what=what, why=why, again_in=wait, **more)

    def daily(self) -> bool:
        """The day's run, where it is due."""
        return not self.running.waits(self.now()) and self.archive.is_day_due() and self.whole_run("daily")

    def whole_run(self, why: str) -> bool:
        """A whole run, unless one failed a moment ago; whether it was tried. What was told stays due all the same: a
        whole run does not read every old post again.
        """
        if self.running.waits(self.now()):
            return False
        self.log("whole run", forum=self.name, why=why)
        try:
            failure = self.archive.whole_run(self.stopped)
        except (KowebError, OSError) as error:
            failure = type(error).__name__
        if not failure:
            self.running.succeeded()
            self.reading.succeeded()
            self.measures.whole_run(self.name)
        elif not self.stopped.is_set():
            self.failed(self.running, "whole run", failure)
        return True

    def next_batch(self) -> bool:
        """Read what is due now; whether there was anything."""
        wanted = batch(self.inbox.due(self.name), self.now())
        if not wanted.rows:
            return False
        begun = self.now()
        try:
            failed = self.archive.read(wanted)
        except WholeRunNeeded:
            return self.whole_run("needed")
        left = [one for one in wanted.rows if one.kind == "topic" and one.id in failed]
        again = [one for one in left if one.tries + 1 < TRIES]
        read = [one for one in wanted.rows if one not in again]
        follow = wanted.newest if self.is_followed(wanted) else 0
        self.inbox.done(self.name, read, follow=follow, wait=self.now() + self.calm if self.calm else 0.0)
        self.postpone(again)
        self.reading.succeeded()
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

    def is_followed(self, wanted: Batch) -> bool:
        """Whether something follows: a text that git has may be another one. Where git cannot say which it has, it is
        done rather once too often; reading does not wait for it.
        """
        if not (self.follows and wanted.texts):
            return False
        try:
            return bool(wanted.texts & self.archive.published())
        except KowebError as error:
            self.log("failed", forum=self.name, what="bookmark", why=type(error).__name__)
            return True

    def postpone(self, again: list[Due]) -> None:
        """Leave for later what the forum failed at, each time for longer."""
        for tries in sorted({one.tries for one in again}):
            these = [one for one in again if one.tries == tries]
            self.inbox.later(self.name, these, self.now() + pause(tries + 1))
