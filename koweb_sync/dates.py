"""Times as people and programs read them. All of them are in UTC."""

from datetime import UTC, datetime

from koweb_sync.i18n import _
from koweb_sync.times import microseconds, moment


def iso(at: int) -> str:
    """2026-11-24T09:30:00.123456Z."""
    return moment(at).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def iso_or_none(at: int | None) -> str | None:
    """The same, or nothing where no time is known."""
    return None if at is None else iso(at)


def second(at: int) -> str:
    """2026-11-24T09:30:00Z."""
    return moment(at).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(at: int) -> str:
    """November 24, 2026; 24 novembre 2026."""
    there = moment(at)
    form = _("{month} 1, {year}") if there.day == 1 else _("{month} {day}, {year}")
    return form.format(day=there.day, month=months()[there.month - 1], year=there.year)


def hour(at: int) -> str:
    """09:30 UTC."""
    return moment(at).strftime("%H:%M UTC")


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
