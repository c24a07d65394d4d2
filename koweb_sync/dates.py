"""Times as programs read them, in UTC, and as people do: in the zone of whoever reads, once it is said (`read_in`)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from koweb_sync.i18n import _, active, ngettext
from koweb_sync.times import DAY, EPOCH, HOUR, MINUTE, microseconds, moment

_ZONE: ContextVar[tzinfo | Callable[[], tzinfo]] = ContextVar("zone of the reader", default=UTC)
_NAMED: ContextVar[bool] = ContextVar("whether UTC is named", default=True)


def read_in(zone: tzinfo | Callable[[], tzinfo], *, named: bool = True) -> None:
    """In which zone people read from now on; a function is asked when the first time is shown. `named`: whether UTC is
    called so, for it may be anybody's.
    """
    _ZONE.set(zone)
    _NAMED.set(named)


def zone() -> tzinfo:
    """The zone of whoever reads."""
    found = _ZONE.get()
    if not isinstance(found, tzinfo):
        _ZONE.set(found := found())
    return found


@contextmanager
def reading_in(other: tzinfo) -> Iterator[None]:
    """The same for what is written here, such as pages for others."""
    token = _ZONE.set(other)
    try:
        yield
    finally:
        _ZONE.reset(token)


def local(at: int) -> datetime:
    """What the reader's clock and calendar show at a time; UTC's where the calendar ends."""
    there, here = moment(at), zone()
    if here is UTC:
        return there
    try:
        return there.astimezone(here)
    except (OverflowError, ValueError):
        return there


def instant(said: str) -> int:
    """A time that `iso` wrote."""
    return microseconds(datetime.fromisoformat(said))


def iso(at: int) -> str:
    """2026-11-24T09:30:00.123456Z."""
    return moment(at).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def iso_or_none(at: int | None) -> str | None:
    """The same, or nothing where no time is known."""
    return None if at is None else iso(at)


def second(at: int) -> str:
    """2026-11-24T09:30:00Z."""
    return f"{moment(at).isoformat()[:19]}Z"


def day(at: int) -> str:
    """November 24, 2026; 24 novembre 2026."""
    return nth_day(at // DAY, active()) if zone() is UTC else day_of(local(at))


def day_of(there: datetime) -> str:
    """The same of a time on the reader's calendar."""
    return nth_day(there.toordinal() - EPOCH.toordinal(), active())


@lru_cache(maxsize=10_000)
def nth_day(number: int, _language: str) -> str:
    """The same of a day, by how many days it is after the first of 1970."""
    there = moment(number * DAY)
    form = _("{month} 1, {year}") if there.day == 1 else _("{month} {day}, {year}")
    return form.format(day=there.day, month=months()[there.month - 1], year=there.year)


def first_day(first: datetime, last: datetime) -> str:
    """The first day of a period, as it stands before the last one: without its year, if that is the year of both; in
    French without a month that is that of both.
    """
    if first.year != last.year or first.date() == last.date():
        return day_of(first)
    if first.month == last.month and active() == "fr":
        return "1er" if first.day == 1 else str(first.day)
    form = _("{month} 1") if first.day == 1 else _("{month} {day}")
    return form.format(day=first.day, month=months()[first.month - 1])


def hour(at: int) -> str:
    """09:30 by the reader's clock; 09:30 UTC where no other zone is known."""
    return hour_of(local(at))


def hour_of(there: datetime) -> str:
    """The same of a time that the reader's clock shows; 9:30 where UTC need not be named, as in a sentence."""
    if not _NAMED.get():
        return clock_of(there)
    return f"{there.hour:02}:{there.minute:02}" + (" UTC" if there.tzname() == "UTC" and _NAMED.get() else "")


def clock(at: int) -> str:
    """9:12; 9 h 12: in a sentence, by the reader's clock."""
    return clock_of(local(at))


def clock_of(there: datetime) -> str:
    """The same of a time that the reader's clock shows."""
    return _("{hour}:{minute}").format(hour=there.hour, minute=f"{there.minute:02}")


def lately(at: int, now: int) -> str:
    """Today at 9:12, yesterday at 9:12, on November 24, 2026: in a sentence."""
    days = local(now).date().toordinal() - local(at).date().toordinal()
    if days not in (0, 1):
        return _("on {day}").format(day=day(at))
    told = _("yesterday at {time}") if days else _("today at {time}")
    return told.format(time=clock(at))


def minute(at: int) -> str:
    """November 24, 2026, 09:30; of a page, November 24, 2026, 9:30; 24 novembre 2026 à 9 h 30."""
    there = local(at)
    return _("{day}, {time}").format(day=day_of(there), time=hour_of(there))


def ago(at: int, now: int) -> str:
    """How long ago that was, in the largest unit of which it is at least one: 5 minutes ago."""
    passed = now - at
    if passed < MINUTE:
        return _("a moment ago")
    if passed < HOUR:
        n = passed // MINUTE
        return ngettext("{n} minute ago", "{n} minutes ago", n).format(n=n)
    if passed < DAY:
        n = passed // HOUR
        return ngettext("{n} hour ago", "{n} hours ago", n).format(n=n)
    n = passed // DAY
    return ngettext("{n} day ago", "{n} days ago", n).format(n=n)


def month(at: int) -> str:
    """2026-11, in UTC."""
    return f"{moment(at).year:04}-{moment(at).month:02}"


def local_month(at: int) -> str:
    """2026-11, on the reader's calendar."""
    there = local(at)
    return f"{there.year:04}-{there.month:02}"


def months() -> tuple[str, ...]:
    """The names of the months, as they stand in a date."""
    return (
        _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"), _("August"),
        _("September"), _("October"), _("November"), _("December"),
    )  # fmt: skip


def beginning(year_month: str) -> int:
    """The first microsecond of a month such as 2026-11 on the reader's calendar."""
    year, number = map(int, year_month.split("-"))
    return microseconds(datetime(year, number, 1, tzinfo=zone()))


def following(year_month: str) -> str:
    """The month after."""
    year, number = map(int, year_month.split("-"))
    return f"{year + 1:04}-01" if number == 12 else f"{year:04}-{number + 1:02}"
