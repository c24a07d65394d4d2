"""Which days a report tells of, in words, and how far its archive knows them."""

from typing import TYPE_CHECKING

from koweb_sync.i18n import _
from koweb_sync.report.engine.window import ReportSettings, Window
from koweb_sync.report.page import formats

if TYPE_CHECKING:
    from koweb_sync.report.compute import Report


def period(report: "Report") -> str:
    """From when to when."""
    return days(report.window, report.settings)


def days(window: Window, settings: ReportSettings) -> str:
    """From when to when a window is."""
    first, final = formats.first_day(window, settings), formats.day(window.last, settings)
    if first == final:
        return _("on {day}").format(day=first)
    return _("from {since} to {until}").format(since=first, until=final)


def known(report: "Report") -> str:
    """From when to when, as far as the archive knows the forum."""
    window, end = report.window, min(report.window.until, report.seen + 1)
    return days(Window(window.since, end) if end > window.since else window, report.settings)


def not_read(window: Window, seen: int, settings: ReportSettings) -> str:
    """That the archive knows nothing of a window, which begins after the forum was `seen` last; empty where it does."""
    if window.since < seen:
        return ""
    when = days(window, settings)
    if not seen:
        return _("The forum was not read yet: what was written {when} is not known here.").format(when=when)
    told = _("The forum was last read on {day}: what was written {when} is not known here.")
    return told.format(day=formats.day(seen, settings), when=when)


def nobody_aside(report: "Report", time: str) -> str:
    """That nobody is left aside, as far as the archive knows the days of a report; `time`: how long people may wait."""
    if report.window.last > report.seen:
        told = _(
            "When the forum was last read, every topic older than {time} had an answer, and everybody who had written "
            "over {time} before had got some response."
        )
    else:
        told = _(
            "Nobody is left aside: every topic older than {time} has an answer, and everybody who wrote over {time} "
            "ago got some response."
        )
    return told.format(time=time)
