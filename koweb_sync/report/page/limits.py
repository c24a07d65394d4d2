"""What a reader has to know about a report's limits: how old it is, what is missing, how few things it rests on."""

from koweb_sync.i18n import _, ngettext
from koweb_sync.report.compute import Report
from koweb_sync.report.page import formats
from koweb_sync.report.page.sentences import says
from koweb_sync.times import DAY, HOUR

FEW_TOPICS = 20  # with fewer, the shares are uncertain


def notes(report: Report, now: int) -> tuple[str, ...]:
    """What limits the report: what was not read of the forum, how long ago it was, how few things it rests on."""
    return tuple(filter(None, (age(report, now), lacking(report), beyond(report), silent(report), few(report))))


def age(report: Report, now: int) -> str:
    """An archive that is older than a day says so."""
    old = now - report.seen
    if not report.seen:
        return _("The forum was not read yet.")
    if old <= DAY:
        return ""
    return _("The forum was last read on {day}, {age} ago; who has been answered since is not known here.").format(
        age=formats.hours(old / HOUR), day=formats.day(report.seen, report.settings)
    )


def lacking(report: Report) -> str:
    """What the archive knows that it lacks."""
    whole = report.completeness
    if whole.complete or not report.seen:
        return ""
    if whole.missing_posts:
        return ngettext(
            "Incomplete: {n} post of the forum was not read, so every figure may be a little off.",
            "Incomplete: {n} posts of the forum were not read, so every figure may be a little off.",
            whole.missing_posts,
        ).format(n=formats.decimal(whole.missing_posts))
    if whole.troubled_topics or whole.short_topics:
        n = whole.troubled_topics + whole.short_topics
        return ngettext(
            "Incomplete: {n} topic could not be read whole, so every figure may be a little off.",
            "Incomplete: {n} topics could not be read whole, so every figure may be a little off.",
            n,
        ).format(n=formats.decimal(n))
    return _("Incomplete: the forum was not read to the end the last time.")


def beyond(report: Report) -> str:
    """A window that goes on after the archive's last look."""
    if not report.seen or report.window.last <= report.seen:
        return ""
    return _("The forum was read until {day}; what happened later is not in this report.").format(
        day=formats.day(report.seen, report.settings)
    )


def silent(report: Report) -> str:
    """Where nobody wrote anything, when somebody did."""
    wrote = report["participants"]
    if not report.last or wrote.state != "known" or wrote.value:
        return ""
    return _("The last post on the forum that was read is of {day}.").format(
        day=formats.day(report.last, report.settings)
    )


def few(report: Report) -> str:
    """Few topics make uncertain shares, where shares are told."""
    n = report["topics"].n
    if n >= FEW_TOPICS or not says(report, "answered-within-72h"):
        return ""
    return ngettext(
        "This rests on {n} topic only: with so few, the shares are uncertain.",
        "This rests on {n} topics only: with so few, the shares are uncertain.",
        n,
    ).format(n=formats.decimal(n))
