"""Times as people and programs read them. All of them are in UTC."""

from datetime import UTC, datetime
from functools import lru_cache

from koweb_sync.i18n import _, active
from koweb_sync.times import DAY, microseconds, moment


def iso(at: int) -> str:
    """2026-11-24T09:30:00.123456Z."""
    return moment(at).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def iso_or_none(at: int | None) -> str | None:
    """The same, or nothing where no time is known."""
    return None if at is None else iso(at)


def second(at: int) -> str:
    """2026-11-24T09:30:00Z."""
    return f"{moment(at).replace(tzinfo=None, microsecond=0).isoformat()}Z"


def iso_day(at: int) -> str:
    """2026-11-24."""
    return _iso_day(at // DAY)


@lru_cache(maxsize=10_000)
def _iso_day(number: int) -> str:
    return moment(number * DAY).date().isoformat()


def day(at: int) -> str:
    """November 24, 2026; 24 novembre 2026."""
    return nth_day(at // DAY, active())


@lru_cache(maxsize=10_000)
def nth_day(number: int, _language: str) -> str:
    """The same of a day, by how many days it is after the first of 1970."""
    there = moment(number * DAY)
    form = _("{month} 1, {year}") if there.day == 1 else _("{month} {day}, {year}")
    return form.format(day=there.day, month=months()[there.month - 1], year=there.year)


def hour(at: int) -> str:
    """09:30 UTC."""
    there = moment(at)
    return f"{there.hour:02}:{there.minute:02} UTC"


def month(at: int) -> str:
    """2026-11."""
    return f"{moment(at).year:04}-{moment(at).month:02}"


def months() -> tuple[str, ...]:
    """The names of the months, as they stand in a date."""
    return (
        _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"), _("August"),
        _("September"), _("October"), _("November"), _("December"),
    )  # fmt: skip


def beginning(year_month: str) -> int:
    """The first microsecond of a month such as 2026-11."""
    year, number = map(int, year_month.split("-"))
    return microseconds(datetime(year, number, 1, tzinfo=UTC))


def following(year_month: str) -> str:
    """The month after."""
    year, number = map(int, year_month.split("-"))
    return f"{year + 1:04}-01" if number == 12 else f"{year:04}-{number + 1:02}"
