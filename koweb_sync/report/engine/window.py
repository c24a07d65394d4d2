"""The time that a report speaks about, and what it is told. Times are whole microseconds since 1970 (UTC).

Days, weeks and months are those of a time zone. Their edges are computed here, so that engines only compare numbers.
"""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from koweb_sync import dates, zones
from koweb_sync.errors import InputError
from koweb_sync.i18n import _
from koweb_sync.times import DAY, HOUR, MICROSECOND, microseconds, moment


@dataclass(frozen=True)
class Window:
    """From `since` up to, but without, `until`. Raises InputError if it would end before it begins."""

    since: int
    until: int

    def __post_init__(self) -> None:
        if self.until <= self.since:
            raise InputError(
                _("The report would end before it begins."),
                where=f"{dates.minute(self.since)} – {dates.minute(self.until)}",
                remedy=_("Give --since a day before --until."),
            )

    @property
    def length(self) -> int:
        """How long it is."""
        return self.until - self.since

    @property
    def last(self) -> int:
        """Its last moment."""
        return self.until - 1

    def days(self, zone: ZoneInfo) -> int:
        """How many days it touches on a zone's calendar: a day of 25 hours is one day."""
        return max(1, -(-wall(self.until, zone, self.since) // DAY))

    def before(self, zone: ZoneInfo) -> "Window":
        """The period just before, of as many whole days, by the zone's clock: seven days before seven days, also if the
        last of these is not over.
        """
        since = earlier(self.since, self.days(zone) * DAY, zone)
        return Window(since if since < self.since else self.since - self.length, self.since)

    def earlier(self, time: int) -> "Window":
        """The same window, shifted into the past."""
        return Window(self.since - time, self.until - time)


@dataclass(frozen=True)
class ReportSettings:
    """What a report is told.

    `horizon`: how long people may wait for an answer. `zone`: whose days and months count. `categories` (slug paths,
    with what is below them) and `tags`: only topics there; none: all. `facilitators`: names of groups; none: the
    forum's administrators and moderators. `restricted`: also count categories that not everybody may read. `settled`:
    with so many posts in the period before, falling silent is news. `return_within`: when a second post counts.
    `months`: how many cohorts. `seed` and `resamples` make the intervals; `permutations` the null of reciprocity.
    `ours`: usernames that publish from git, whose edits are not the community's.
    Raises InputError for a time zone that nobody knows.
    """

    horizon: int = 72 * HOUR
    zone: str = "UTC"
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    facilitators: tuple[str, ...] = ()
    restricted: bool = False
    settled: int = 3
    return_within: int = 30 * DAY
    months: int = 12
    seed: int = 20_261_001
    resamples: int = 1000
    permutations: int = 199
    ours: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        zones.checked(self.zone)

    @property
    def clock(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.zone)


def clock(time: int, zone: ZoneInfo) -> datetime:
    """What a zone's clock and calendar show at a time; UTC's where the calendar ends."""
    try:
        return moment(time).astimezone(zone)
    except OverflowError:
        return moment(time)


def wall(until: int, zone: ZoneInfo, since: int) -> int:
    """How much a zone's clock moved on between two times, in microseconds: a day of 25 hours moves it by 24."""
    return (by_days(until, zone).replace(tzinfo=None) - by_days(since, zone).replace(tzinfo=None)) // MICROSECOND


def by_days(time: int, zone: ZoneInfo) -> datetime:
    """What a zone's clock shows, where each day begins at midnight: in some zones a clock that is put forward then
    shows one at once.
    """
    shown = clock(time, zone)
    midnight = shown.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return midnight if microseconds(midnight) == time else shown


def earlier(time: int, length: int, zone: ZoneInfo) -> int:
    """The time at which a zone's clock shows so much less: a day before noon is noon, even if it is 25 hours before."""
    if not length:
        return time  # the clock may show it twice
    try:
        return microseconds(by_days(time, zone) - timedelta(microseconds=length))
    except OverflowError:
        return time - length


def end_of_day(time: int, zone: ZoneInfo) -> int:
    """When the day that a time closes, or lies in, ends on a zone's calendar: midnight is the end of the day before."""
    try:
        return microseconds(
            datetime.combine(clock(time - 1, zone).date() + timedelta(days=1), datetime.min.time(), zone)
        )
    except OverflowError:
        return time


def last_days(until: int, days: int, zone: ZoneInfo) -> Window:
    """So many days of a zone, the last of which ends at `until`, or is not over then."""
    return Window(max(0, earlier(end_of_day(until, zone), days * DAY, zone)), until)


def months(until: int, count: int, zone: ZoneInfo) -> list[tuple[str, int, int]]:
    """The last `count` months that ended by `until` in a time zone: name (2026-10), beginning, end; oldest first."""
    here = clock(until, zone)
    edges = [begin(here.year, here.month - back, zone) for back in range(count, -1, -1)]
    return [
        (first.strftime("%Y-%m"), microseconds(first), microseconds(last)) for first, last in itertools.pairwise(edges)
    ]


def begin(year: int, month: int, zone: ZoneInfo) -> datetime:
    """The first moment of a month; months below 1 are of years before."""
    years, rest = divmod(month - 1, 12)
    return datetime(year + years, rest + 1, 1, tzinfo=zone)


def iso_day(time: int, settings: ReportSettings) -> str:
    """2026-10-31, in the report's time zone."""
    return clock(time, settings.clock).strftime("%Y-%m-%d")
