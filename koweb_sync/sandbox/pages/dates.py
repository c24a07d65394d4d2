"""Dates as people write them, in the forum's language."""

from collections.abc import Callable
from datetime import UTC, datetime

Say = Callable[[str], str]


def moment(at: float) -> str:
    """A time for machines: 2026-11-24T09:30:00Z."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(at: float, _: Say) -> str:
    """A date for people: November 24, 2026; 24 novembre 2026."""
    when = datetime.fromtimestamp(at, UTC)
    form = _("{month} 1, {year}") if when.day == 1 else _("{month} {day}, {year}")
    return form.format(day=when.day, month=months(_)[when.month - 1], year=when.year)


def months(_: Say) -> tuple[str, ...]:
    """The names of the months, as they stand in a date."""
    return (
        *(_("January"), _("February"), _("March"), _("April"), _("May"), _("June")),
        *(_("July"), _("August"), _("September"), _("October"), _("November"), _("December")),
    )
