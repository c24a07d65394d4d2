"""How many requests may be sent now: sliding windows and pauses, shared by all processes of this machine.

A window is "at most N in any 60 s", counted when a request is sent, so that the forum never sees more than it allows,
however many processes publish to it. pyrate-limiter keeps the windows in SQLite behind a file lock.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Protocol

from pyrate_limiter import Rate, RateItem, SQLiteBucket

from koweb_sync import records, safe_files
from koweb_sync.config import Rates
from koweb_sync.errors import LimitReached
from koweb_sync.i18n import _, ngettext
from koweb_sync.times import DAY_IN_SECONDS, HOUR_IN_SECONDS

VERSION = 1  # of what is kept in the folder
TELL = 2.0  # seconds; a shorter wait is not worth a sentence
LONGEST = 600.0  # seconds; a longer wait is for another day
MOST = 1_000_000  # requests in one window; nobody sends more, and the library divides by them


class Clock(Protocol):
    """Time that processes share, in Unix seconds, and the only way to wait."""

    def now(self) -> float:
        """The time."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """The time."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Budgets:
    """Requests in sliding windows; 0 switches one off. The address's windows hold for both lanes together."""

    key_per_minute: int = 60
    anonymous_per_minute: int = 200
    anonymous_per_10_seconds: int = 50
    files_per_10_seconds: int = 100
    login_per_minute: int = 20
    login_per_day: int = 2880


def budgets_of(rates: Rates) -> Budgets:
    """The budgets of a forum. Where it has no limits, fetching files has none."""
    ten = rates.anonymous_per_10_seconds
    return Budgets(
        rates.key_per_minute,
        rates.anonymous_per_minute,
        ten,
        files_per_10_seconds=2 * ten,
        login_per_minute=rates.login_per_minute,
        login_per_day=rates.login_per_day,
    )


def binding(windows: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The windows that decide anything, each a number of requests and milliseconds, shortest first; 0 is no window.

    A window is left out where another one is tighter at all times: a longer one that allows no more requests, or a
    shorter one that, over and over, allows fewer. What is left grows in number and falls in rate, as the library wants.
    """
    kept: list[tuple[int, int]] = []
    for limit, interval in sorted(((min(n, MOST), long) for n, long in windows if n), key=lambda one: one[1]):
        while kept and limit <= kept[-1][0]:
            kept.pop()
        if not kept or limit * kept[-1][1] <= kept[-1][0] * interval:
            kept.append((limit, interval))
    return kept


class Budget:
    """The budget of one forum. `folder` is shared by all processes; `say` hears about waits over two seconds. `own`:
    the key is a person's own, which the forum counts apart.
    """

    def __init__(
        self, folder: Path, budgets: Budgets, clock: Clock, say: Callable[[str], None], *, own: bool = False
    ) -> None:
        self.folder = folder
        self.clock = clock
        self.say = say
        self.mutex = Lock()
        safe_files.folder(folder)
        day = (budgets.login_per_day, round(DAY_IN_SECONDS) * 1000)
        self.key = (
            self.bucket("login", (budgets.login_per_minute, 60_000), day)
            if own
            else self.bucket("key", (budgets.key_per_minute, 60_000))
        )
        ten, minute = budgets.anonymous_per_10_seconds, budgets.anonymous_per_minute
        self.address = self.bucket("address", (ten, 10_000), (minute, 60_000))
        self.files = self.bucket("files", (budgets.files_per_10_seconds, 10_000))

    def bucket(self, name: str, *windows: tuple[int, int]) -> SQLiteBucket | None:
        """One set of windows, each a number of requests and milliseconds; None if all are switched off."""
        rates = [Rate(limit, interval) for limit, interval in binding(windows)]
        if not rates:
            return None
        path = str(self.folder / "budget.sqlite")
        try:
            versioned(path)
            return SQLiteBucket.init_from_file(rates, table=name, db_path=path, use_file_lock=True)
        except sqlite3.DatabaseError:  # a cache that a full disk or a kill has broken is made again
            with suppress(OSError):
                Path(path).unlink()
            versioned(path)
            return SQLiteBucket.init_from_file(rates, table=name, db_path=path, use_file_lock=True)

    def close(self) -> None:
        """Give the files back."""
        for bucket in (self.key, self.address, self.files):
            if bucket is not None:
                bucket.conn.close()

    def enter(self, *, keyed: bool, file: bool = False) -> None:
        """Wait until one request may be sent, and count it. A file takes its turn among all requests of this address:
        a forum counts it apart only once it was let in.
        """
        with self.mutex:
            self.wait_for_pause()
            for bucket in (self.key if keyed else None, self.files if file else None, self.address):
                if bucket is not None:
                    self.take(bucket)

    def take(self, bucket: SQLiteBucket) -> None:
        """Wait for a place in a bucket's windows."""
        while True:
            now = round(self.clock.now() * 1000)
            item = RateItem("request", now)
            if bucket.put(item):
                bucket.leak(now)
                return
            wait = bucket.waiting(item)
            seconds = max(1, int(wait) if isinstance(wait, int) else 1000) / 1000
            if seconds > LONGEST:
                raise day_is_full(seconds)
            if seconds >= TELL:
                text = _("koweb keeps to the forum's pace: a pause of {n} s.")
                self.say(text.format(n=round(seconds)))
            self.clock.sleep(seconds)

    # ---- pauses

    def pause(self, seconds: float) -> None:
        """Nothing is sent to this forum by any process for so long."""
        until = self.clock.now() + seconds
        if until > self.paused_until():
            safe_files.write(self.folder, "pause", json.dumps({"version": VERSION, "until": until}), lasting=False)

    def paused_until(self) -> float:
        """When the pause ends, in Unix seconds; 0 without one. Raises KowebError for a newer version's."""
        path = self.folder / "pause"
        try:
            found = json.loads(path.read_bytes())
            if isinstance(found, dict):
                return float(records.upgraded(found, str(path), VERSION)["until"])
            return float(found)  # 0.1.0 wrote nothing but the number
        except (OSError, ValueError, TypeError, KeyError):
            return 0.0

    def wait_for_pause(self) -> None:
        """Wait for the end of a pause."""
        while (left := self.paused_until() - self.clock.now()) > 0:
            if left >= TELL:
                self.say(_("The forum asks us to wait: a pause of {n} s.").format(n=round(left)))
            self.clock.sleep(left)


def day_is_full(seconds: float) -> LimitReached:
    """The error about a limit that lasts."""
    hours = max(1, round(seconds / HOUR_IN_SECONDS))
    return LimitReached(
        ngettext(
            "The forum allows no more requests with your login for now: wait {n} hour.",
            "The forum allows no more requests with your login for now: wait {n} hours.",
            hours,
        ).format(n=hours),
        remedy=_("Try again then: it goes on where it stopped."),
        seconds=seconds,
    )


def versioned(path: str) -> None:
    """Give the file of the windows its version. Raises KowebError if it is newer, sqlite3.Error for another file."""
    with closing(sqlite3.connect(path)) as connection:
        number = connection.execute("PRAGMA user_version").fetchone()[0]
        if records.supported(number, path, VERSION) < VERSION:
            connection.execute(f"PRAGMA user_version = {VERSION:d}")
