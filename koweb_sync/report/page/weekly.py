"""The chart of the weeks: how many posts and people each brought, before the period and in it."""

from collections.abc import Sequence
from math import ceil

from koweb_sync.i18n import _, ngettext
from koweb_sync.report.compute import Report, Week
from koweb_sync.report.engine.posts_behind import behind_figure
from koweb_sync.report.engine.window import end_of_day
from koweb_sync.report.page import drawing as draw
from koweb_sync.report.page import formats
from koweb_sync.report.page.chart import Chart, Table, cell, nothing
from koweb_sync.report.page.drawing import Picture, Scale
from koweb_sync.times import DAY

DAYS = 7


def liveliest(report: Report, seen: Sequence[Week], *, hidden: bool) -> str:
    """How many posts a week brings. `hidden`: there are weeks of which nothing is shown, for few people wrote in them;
    what is said holds of the others alone.
    """
    most, least = (chosen(week.posts.n for week in seen) for chosen in (max, min))
    if not most:
        return _("In no week did enough people write to count them.") if hidden else _("Nobody wrote in any week.")
    if least == most:
        told = (
            ngettext("{n} post in each week that is shown.", "{n} posts in each week that is shown.", least)
            if hidden
            else ngettext("{n} post in each week.", "{n} posts in each week.", least)
        )
        return told.format(n=formats.decimal(least))
    days = [formats.day(week.begins, report.settings) for week in seen if week.posts.n == most]
    range_of = {"low": formats.decimal(least), "high": formats.decimal(most)}
    if len(days) > 1:
        told = (
            _("Between {low} and {high} posts in the weeks that are shown; {high} in {n} of them.")
            if hidden
            else _("Between {low} and {high} posts a week; {high} in {n} of them.")
        )
        return told.format(**range_of, n=len(days))
    told = (
        _("Between {low} and {high} posts in the weeks that are shown; the liveliest began on {day}.")
        if hidden
        else _("Between {low} and {high} posts a week; the liveliest week began on {day}.")
    )
    return told.format(**range_of, day=days[0])


def activity(report: Report) -> Chart:
    """Posts and people, week by week."""
    title = _("Posts and people, week by week")
    weeks = list(report.weeks())
    names = [formats.short(week.begins, report.settings) for week in weeks]
    table = Table(
        (_("Seven days from"), _("Posts"), _("People")),
        tuple((formats.day(week.begins, report.settings), cell(week.posts), cell(week.participants)) for week in weeks),
        tuple(searched(report, week) for week in weeks),
    )
    seen = [week for week in weeks if week.posts.value is not None]
    if len(seen) < 2:
        return nothing("activity", title, table)
    hidden = len(weeks) - len(seen)
    text = liveliest(report, seen, hidden=bool(hidden))
    if not any(week.posts.value for week in seen):
        return Chart("activity", title, text, "", table)
    note = dated(report)
    if hidden:
        note += " " + _("Weeks in which too few people wrote are left empty; the table has a dash there.")
    before = [share_before(report, week) for week in weeks]
    if any(0 < share < 1 for share in before):
        note += " " + _("The bar with two colours is that of the week in which the period begins.")
    return Chart("activity", title, text, note, table, bars(weeks, names, before))


def dated(report: Report) -> str:
    """What the dates of the bars are, and when the last bar ends."""
    end = min(report.window.until, report.seen or report.window.until)
    whole = end_of_day(end, report.settings.clock) == end
    told = (
        _("Each bar is seven days and bears the date of the first; the last bar ends on {day}.")
        if whole
        else _(
            "Each bar is seven days and bears the date of the first; the last bar ends on {day}, which was not over."
        )
    )
    return told.format(day=formats.day(end - 1, report.settings))


def share_before(report: Report, week: Week) -> float:
    """How much of a week lies before the period, in whole days of seven: 1 for a week before it."""
    return min(DAYS, max(0, round((report.window.since - week.begins) / DAY))) / DAYS


def bars(weeks: Sequence[Week], names: Sequence[str], before: Sequence[float]) -> Picture:
    """A bar a week: a panel for posts, and one for people below it. `before`: how much of each week lies before the
    period; a bar has two colours where the period cuts its week.
    """
    left = 36
    drawn = draw.legend(((draw.PALE, _("before")), (draw.FIRST, _("in this period"))))
    x = Scale(0, len(weeks), left, draw.WIDTH)
    every = ceil((max(map(draw.wide, names)) + 8) / (x(1) - x(0)))  # the nth name has room
    top = 24
    for what, high, values in (
        (_("Posts"), 120, [week.posts.value for week in weeks]),
        (_("People"), 90, [week.participants.value for week in weeks]),
    ):
        marks = draw.counts(max(value or 0 for value in values))
        bottom = top + 22 + high
        y = Scale(0, marks[-1], bottom, bottom - high)
        drawn.append(draw.words(0, top + 6, what, colour=draw.SOFT))
        drawn += draw.down(y, [(at, formats.decimal(at)) for at in marks], left)
        for n, value in enumerate(values):
            begins, cut, ends = x(n + 0.06), x(n + 0.06 + 0.88 * before[n]), x(n + 0.94)
            drawn += [
                draw.box(edges, (bottom, y(value)), colour)
                for edges, colour in (((begins, cut), draw.PALE), ((cut, ends), draw.FIRST))
                if value is not None and edges[0] < edges[1]
            ]
        drawn.append(draw.line((left, draw.WIDTH), (bottom, bottom), draw.SOFT))
        drawn += [draw.below(x(n + 0.5), bottom, names[n]) for n in range(0, len(weeks), every)]
        top = bottom + 32
    return Picture(top - 8, tuple(drawn))


def searched(report: Report, week: Week) -> str:
    """The forum's own search for the posts of a week; empty where there is none."""
    found = behind_figure(report.behind, "week-posts", week.name)
    return "" if found is None else found.search
