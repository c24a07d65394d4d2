"""The time that `koweb report` speaks about, as it is typed."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from koweb_sync import dates
from koweb_sync.cli.archive.filters import BACK, days_of, edge
from koweb_sync.cli.output import say
from koweb_sync.errors import InputError
from koweb_sync.i18n import _
from koweb_sync.times import DAY, HOUR

if TYPE_CHECKING:
    from koweb_sync.config import Settings
    from koweb_sync.report.engine.window import Window

MOST = 36_500  # days: no forum is a hundred years old

time_zone_option = click.option(
    "--time-zone",
    metavar="NAME",
    help=_("Whose days and months count: Europe/Paris (default: koweb.toml, else this computer's, else UTC)."),
)
horizon_option = click.option(
    "--horizon",
    type=click.IntRange(1, 24 * 365),
    default=72,
    show_default=True,
    metavar="HOURS",
    help=_("How long people may wait for an answer."),
)


def zone_of(given: str | None, settings: "Settings") -> str:
    """The time zone: that of `--time-zone`, else of koweb.toml, else of this machine where it has a name, else UTC.

    Raises InputError for a name that no zone has.
    """
    from koweb_sync import zones

    return zones.checked(given.strip(), "--time-zone") if given is not None else zones.of_pages(settings.time_zone)


def window_of(since: str, until: str | None, seen: int, zone: str, now: int) -> "Window":
    """The window, in days of a time zone. Raises InputError, also for one that has not begun yet.

    `since`: 30d or 4w (30j and 4s in French), the last of which is the day of its end, or a day, month or year;
    `until`: the same kind of date, else `seen`, until when the archive knows the forum. It ends `now`, or when the
    archive knows the forum if that is later by its clock. So it begins with a day, and is named by as many days as it
    has.
    """
    from koweb_sync.report.engine.window import Window, clock, last_days

    here = ZoneInfo(zone)
    latest = max(seen, now)
    wanted = edge(until, "--until", here)[1] or seen
    end = min(wanted, latest)
    back = BACK.fullmatch(since.strip())
    if wanted > latest + DAY + HOUR:  # today is over for none yet, and needs no word
        told = _("The period would end in the future: it ends today, on {day}.")
        with dates.reading_in(here):
            say(told.format(day=dates.day(latest)))
    if back is None:
        first = begin(since, here)
        if first >= latest:
            raise InputError(
                _("The period would begin in the future: nobody has written anything there yet."),
                where=f"--since {since}",
                remedy=_("Give a day that is over."),
            )
        if end <= first:
            raise InputError(
                _("The period would end before it begins."),
                where=f"{since} – {until or clock(end, here).date()}",
                remedy=_("Give --since a day before --until."),
            )
        return Window(first, end)
    days = days_of(back)
    if days > MOST:
        raise InputError(_("“{words}” is too long ago.").format(words=since), where="--since")
    return last_days(end, days, here)


def begin(words: str, zone: ZoneInfo) -> int:
    """The beginning of a day, month or year. Raises InputError."""
    try:
        found = edge(words, "--since", zone)[0]
    except InputError as error:
        raise InputError(
            error.message,
            where="--since",
            remedy=_("Write 30d for thirty days, 4w for four weeks, or a day: 2026-10-01."),
        ) from error
    return found or 0
