"""When what is done: after how much quiet a topic is read, how long to wait after a failure, when the day's run is due.
Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from koweb_sync.archive.crawl.due import DueTopic
from koweb_sync.listen.inbox import Due

QUIET = 2.0  # seconds without an event after which something is read
LONGEST = 10.0  # seconds that it waits for quiet at most
AT_ONCE = 20  # topics that are read in one go: who is told to stop does so after them
TRIES = 6  # in vain; then the daily run is left to try
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 600.0  # seconds
RUN_PAUSE, LONGEST_RUN_PAUSE = 60.0, 3600.0  # the same of whole runs


@dataclass(frozen=True, slots=True)
class Batch:
    """What is read in one go: topics, and people by their numbers. `rows` are where that was noted."""

    topics: tuple[DueTopic, ...]
    people: tuple[int, ...]
    rows: tuple[Due, ...]

    @property
    def newest(self) -> int:
        """The last event that is in it."""
        return max((one.seq for one in self.rows), default=0)

    @property
    def texts(self) -> frozenset[int]:
        """The topics whose text or title may be another one."""
        return frozenset(one.id for one in self.rows if one.kind == "topic" and one.text)


def batch(due: Iterable[Due], now: float) -> Batch:
    """The first things that are to be read now: those that were quiet for a while, or have waited for long. A topic is
    read for all that was told of it.
    """
    things: dict[tuple[str, int], list[Due]] = {}
    for one in due:
        things.setdefault((one.kind, one.id), []).append(one)
    ready = [rows for rows in things.values() if is_ready(rows, now)][:AT_ONCE]
    rows = tuple(one for rows in ready for one in rows)
    topics = tuple(due_topic(rows) for rows in ready if rows[0].kind == "topic")
    return Batch(topics, tuple(rows[0].id for rows in ready if rows[0].kind == "person"), rows)


def due_topic(rows: Sequence[Due]) -> DueTopic:
    """A topic, for all that was told of it."""
    posts = {one.post: one.number for one in rows if one.post}
    moved, opening = any(one.moved for one in rows), any(not one.post for one in rows)
    return DueTopic(rows[0].id, posts, moved=moved, opening=opening)


def is_ready(rows: Iterable[Due], now: float) -> bool:
    """Whether a thing is to be read now. A clock that was put back does not keep it waiting."""
    rows = list(rows)
    first, last = min(one.first for one in rows), max(one.last for one in rows)
    if any(one.wait > now for one in rows if one.wait < now + LONGEST_PAUSE * 2):
        return False
    return not last <= now < min(last + QUIET, first + LONGEST)


def pause(failures: int, first: float = FIRST_PAUSE, longest: float = LONGEST_PAUSE) -> float:
    """Seconds to wait after so many failures in a row: 5, 10, 20… up to ten minutes."""
    return float(min(first * 2 ** (min(failures, 20) - 1), longest)) if failures else 0.0


@dataclass
class Patience:
    """How often something failed in a row, and how long it is left alone after that."""

    first: float = FIRST_PAUSE
    longest: float = LONGEST_PAUSE
    failures: int = 0
    until: float = 0.0

    def waits(self, now: float) -> bool:
        """Whether it is not to be tried yet. A clock that was put back does not keep it waiting."""
        return bool(self.failures) and now < self.until <= now + 2 * self.longest

    def failed(self, now: float) -> float:
        """It failed: in how many seconds it is tried again."""
        self.failures += 1
        wait = pause(self.failures, self.first, self.longest)
        self.until = now + wait
        return wait

    def succeeded(self) -> None:
        """It was done."""
        self.failures = 0


def last_daily(now: datetime, at: time) -> datetime:
    """The last moment at which the day's run was due. `now` names its zone."""
    today = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return today if today <= now else today - timedelta(days=1)
