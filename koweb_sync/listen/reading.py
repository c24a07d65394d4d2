"""One forum's archive as the worker uses it: what is due is read within this process, a whole run is `koweb archive` in
a process of its own, so that it holds the archive, its memory and its time for itself.
"""

import datetime as days
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from koweb_sync.archive.crawl.due import read_due
from koweb_sync.archive.crawl.run import CrawlOptions, Run, Silent, last_whole_run
from koweb_sync.archive.store.store import Store
from koweb_sync.config import Settings
from koweb_sync.errors import KowebError, NoArchive
from koweb_sync.forum.client import Forum
from koweb_sync.forum.reader import ForumReader
from koweb_sync.git.repo import Repo
from koweb_sync.listen.schedule import Batch, last_daily
from koweb_sync.listen.worker import WholeRunNeeded
from koweb_sync.processes import ourselves
from koweb_sync.sync.lock.hold import fetch
from koweb_sync.times import SECOND, moment

LOOK = 60.0  # seconds for which it is remembered what is published, and when the last whole run was
ANSWER = 15.0  # seconds that the git remote gets to say what is published: reading waits for it
END = 60.0  # seconds that a whole run gets to end when we are stopped


@dataclass
class ListenedArchive:
    """The archive of one forum. `turn` is shared by all forums of one archive, for one at a time writes to it. `sent`
    hears of requests, `daily` is the hour of the day's run in `zone`, None for never.
    """

    settings: Settings
    place: str
    folder: str
    connect: Callable[[], Forum]
    wishes: CrawlOptions
    turn: threading.Lock
    sent: Callable[[int], None]
    repo: Repo | None = None
    daily: days.time | None = None
    zone: days.tzinfo | None = None
    now: Callable[[], float] = time.time
    command: tuple[str, ...] = (*ourselves(), "archive")
    environ: Mapping[str, str] | None = None
    reader: ForumReader | None = None
    looked: dict[str, float] = field(default_factory=dict)
    topics: frozenset[int] = frozenset()
    unknown: KowebError | None = None  # why it could not be looked up what is published
    begun: int | None = None  # when the last whole run began, as far as we know

    def micros(self) -> int:
        """Now, in microseconds."""
        return int(self.now() * SECOND)

    def read(self, wanted: Batch) -> frozenset[int]:
        """Read topics and people again. Raises KowebError, WholeRunNeeded."""
        with self.turn, self.opened() as store, store.alone():
            number = store.forum(self.settings.url)
            if number is None:
                raise WholeRunNeeded
            run = self.run_on(store, number)
            if run.last_run() is None:
                raise WholeRunNeeded
            transport = run.talk.forum.transport
            before = transport.answers
            try:
                return read_due(run, wanted.topics, wanted.people)
            finally:
                self.sent(transport.answers - before)

    def opened(self) -> Store:
        """The archive. Raises WholeRunNeeded where there is none yet, StoreUnusable."""
        try:
            return Store.open(self.place, create=False)
        except NoArchive:
            raise WholeRunNeeded from None

    def run_on(self, store: Store, number: int) -> Run:
        """A run. What the forum told of itself is not asked again for each."""
        if self.reader is None:
            self.reader = ForumReader(self.connect())
        return Run(store, number, self.settings.url, self.reader, self.wishes, Silent(), self.micros)

    def whole_run(self, stopped: threading.Event) -> str:
        """Bring everything up to date, in another process: "" where it came to its end, else its exit code. What it
        said is of no use to a log: it may name people.
        """
        self.looked.pop("run", None)
        before = self.last_whole_run()
        command = [*self.command, "--forum", self.settings.name, "--store", self.place]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(
            command, cwd=self.folder, env=self.environ, stdin=quiet, stdout=quiet, stderr=quiet
        ) as child:
            while child.poll() is None:
                if stopped.wait(0.2):
                    child.send_signal(signal.SIGINT if sys.platform != "win32" else signal.SIGTERM)
                    try:
                        child.wait(END)
                    except subprocess.TimeoutExpired:
                        child.kill()
        self.looked.pop("run", None)
        return "" if self.last_whole_run() != before else f"exit code {child.returncode}"

    def last_whole_run(self) -> int | None:
        """When the last whole run began; None where there was none. Raises StoreUnusable."""
        if not self.lately("run"):
            self.begun = None
            try:
                with Store.open(self.place, create=False) as store:
                    number = store.forum(self.settings.url)
                    if number is not None:
                        self.begun = last_whole_run(store, number)
            except NoArchive:
                pass
            self.looked["run"] = self.now()
        return self.begun

    def is_day_due(self) -> bool:
        """Whether the day's run is due: none began since its hour came last."""
        if self.daily is None:
            return False
        due = last_daily(days.datetime.fromtimestamp(self.now(), self.zone), self.daily)
        begun = self.last_whole_run()
        return begun is None or moment(begun) < due

    def published(self) -> frozenset[int]:
        """The topics that are published from git, as the bookmark says."""
        if self.repo is None:
            return frozenset()
        if not self.lately("bookmark"):
            self.unknown, self.repo.patience = None, ANSWER
            try:
                found = fetch(self.repo, self.settings)
                self.topics = frozenset(int(one.topic) for one in found.agreed.values())
            except KowebError as error:  # a git remote that does not answer is not asked for each batch
                self.unknown = error
            self.looked["bookmark"] = self.now()
        if self.unknown is not None:
            raise self.unknown
        return self.topics

    def lately(self, what: str) -> bool:
        """Whether something was looked up a moment ago."""
        at = self.looked.get(what)
        return at is not None and at <= self.now() < at + LOOK
