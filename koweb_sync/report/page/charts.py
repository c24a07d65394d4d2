"""The charts of a report: few, each with a text alternative and the table of what it shows. Nobody is named in them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from koweb_sync.i18n import _, ngettext
from koweb_sync.report.compute import Cohort, Report, Week
from koweb_sync.report.engine.measurement import Measurement
from koweb_sync.report.engine.posts_behind import behind_figure
from koweb_sync.report.figures.first_answers import Curve
from koweb_sync.report.page import drawing as draw
from koweb_sync.report.page import formats, sentences
from koweb_sync.report.page.drawing import Picture, Scale

HOURS = (1, 6, 24, 72, 168)  # rows of the table about waiting
WEEK = 168  # hours: as far as its picture goes
QUARTERS = (0, 0.25, 0.5, 0.75, 1)
LATER = 6  # months after the first one that the table of cohorts shows


@dataclass(frozen=True)
class Table:
    """Cells as text: the first column heads each row. `links`: where that leads, row by row; "": nowhere."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A chart. `text` says what it shows, `note` how to read it; `picture` is None where there is too little to draw.
    `likely`: between what its numbers most likely lie.
    """

    name: str
    title: str
    text: str
    note: str
    table: Table
    picture: Picture | None = None
    likely: Table | None = None

    def svg(self) -> str:
        """The picture for a page; empty where there is none."""
        return "" if self.picture is None else self.picture.svg(f"{self.title}. {self.text}")


def charts(report: Report) -> tuple[Chart, ...]:
    """All charts, in the order of the page."""
    every: Sequence[Callable[[Report], Chart]] = (activity, waiting, newcomers, voices, answering, cohorts)
    return tuple(make(report) for make in every)


def nothing(name: str, title: str, table: Table) -> Chart:
    """There is too little to draw; the page says so once, of all pictures."""
    return Chart(name, title, "", "", table)


def likely(head: str, figures: Iterable[tuple[str, Measurement]]) -> Table | None:
    """Between what figures most likely lie, each with what it is called here; None where nothing is known of that."""
    rows = tuple((label, between) for label, one in figures if (between := formats.between(one)))
    return Table((head, _("Most likely between")), rows) if rows else None


def cell(one: Measurement) -> str:
    """A number of a table: of few a count, and a dash where too few people are behind it."""
    if one.state == "few":
        return "–"
    return formats.figure(one) if one.value is None or sentences.tells(one) else sentences.share_of(one)


def figure_link(key: str) -> str:
    """The place of a figure in the page, where the way to its posts is."""
    return f"#figure-{key}"


def cohort_link(report: Report, one: Cohort) -> str:
    """The place of the links to what a cohort wrote; where it has none, of the reason."""
    found = behind_figure(report.behind, "cohort-size", one.month)
    return f"#cohort-{one.month}" if found is not None and found.topics else figure_link("cohort-size")


def quarters() -> list[draw.Tick]:
    """The marks of an axis from nothing to all."""
    return [(share, formats.percent(share)) for share in QUARTERS]


# ---- how lively


def liveliest(report: Report, seen: Sequence[Week], *, hidden: bool) -> str:
    """How many posts a week brings. `hidden`: there are weeks of which nothing is shown, for few people wrote in them;
    what is said holds of the others alone.
    """
    most = max(seen, key=lambda week: week.posts.n)
    least = min(week.posts.n for week in seen)
    if not most.posts.n:
        return _("In no week did enough people write to count them.") if hidden else _("Nobody wrote in any week.")
    if least == most.posts.n:
        told = (
            ngettext("{n} post in each week that is shown.", "{n} posts in each week that is shown.", least)
            if hidden
            else ngettext("{n} post in each week.", "{n} posts in each week.", least)
        )
        return told.format(n=formats.decimal(least))
    told = (
        _("Between {low} and {high} posts in the weeks that are shown; the liveliest began on {day}.")
        if hidden
        else _("Between {low} and {high} posts a week; the liveliest week began on {day}.")
    )
    return told.format(
        low=formats.decimal(least),
        high=formats.decimal(most.posts.n),
        day=formats.day(most.begins, report.settings),
    )


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
    note = _("Each bar is seven days, named after the first; the weeks count back from the end of the period.")
    if hidden:
        note += " " + _("Weeks in which too few people wrote are left empty.")
    return Chart("activity", title, text, note, table, bars(weeks, names))


def bars(weeks: Sequence[Week], names: Sequence[str]) -> Picture:
    """A bar a week: a panel for posts, and one for people below it."""
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
        drawn += [
            draw.box((x(n + 0.06), x(n + 0.94)), (bottom, y(value)), draw.FIRST if week.inside else draw.PALE)
            for n, (week, value) in enumerate(zip(weeks, values, strict=True))
            if value is not None
        ]
        drawn.append(draw.line((left, draw.WIDTH), (bottom, bottom), draw.SOFT))
        drawn += [draw.below(x(n + 0.5), bottom, names[n]) for n in range(0, len(weeks), every)]
        top = bottom + 32
    return Picture(top - 8, tuple(drawn))


def searched(report: Report, week: Week) -> str:
    """The forum's own search for the posts of a week; empty where there is none."""
    found = behind_figure(report.behind, "week-posts", week.name)
    return "" if found is None else found.search


# ---- how long people wait


def waiting(report: Report) -> Chart:
    """The share of topics that have an answer, hour by hour: Kaplan and Meier's curve, turned around."""
    title = _("How long until the first answer")
    marks = {24: report["answered-within-24h"], 72: report["answered-within-72h"]}
    counted = [(formats.hours(hour), sentences.in_counts(report, one), one.key) for hour, one in marks.items()]
    answered, topics = report["answered"], report["topics"].n
    if answered.value is not None:
        so_far = _("{n} of {all}").format(n=formats.decimal(answered.value), all=formats.decimal(topics))
        counted.append((_("so far"), so_far, answered.key))
    table = Table(
        (_("After"), _("Topics with an answer")),
        tuple((after, n) for after, n, _key in counted),
        tuple(figure_link(key) for _after, _n, key in counted),
    )
    curve = report.curve
    if not curve.hours or not sentences.says(report, "answered-within-72h"):
        return nothing("waiting", title, Table((), ()))
    note = _(
        "The line is an estimate. It reckons with a topic that still waits only for as long as it has been waiting, so "
        "that it may lie a little above what was counted. The upright lines show how far it may be off by chance."
    )
    sure = Table(
        (_("After"), _("Estimate"), _("Most likely between")),
        tuple(
            (formats.hours(hour), answered_after(report, hour), formats.between(marks[hour]) if hour in marks else "")
            for hour in HOURS
        ),
    )
    return Chart("waiting", title, sentences.waiting(report), note, table, staircase(curve, marks), sure)


def staircase(curve: Curve, marks: Mapping[int, Measurement]) -> Picture:
    """The curve, and how sure it is at some hours."""
    left, top, bottom = 46, 26, 216
    x, y = Scale(0, WEEK, left, draw.WIDTH - 6), Scale(0, 1, bottom, top)
    points = [(0.0, 0.0)]
    points += [(hour, 1 - still) for hour, still in zip(curve.hours, curve.waiting, strict=True) if hour <= WEEK]
    if curve.hours[-1] > WEEK:
        points.append((WEEK, points[-1][1]))
    drawn = [draw.words(0, 8, _("Topics with an answer (estimate)"), colour=draw.SOFT)]
    drawn += draw.down(y, quarters(), left)
    drawn += draw.along(x, [(day * 24, formats.decimal(day)) for day in range(WEEK // 24 + 1)], top, bottom)
    drawn.append(draw.below((left + draw.WIDTH) / 2, bottom + 18, _("Days since the topic was opened")))
    drawn.append(draw.steps([(x(hour), y(share)) for hour, share in points], draw.FIRST))
    for hour, one in marks.items():
        if one.value is not None and one.low is not None and one.high is not None:
            drawn.append(draw.line((x(hour), x(hour)), (y(one.low), y(one.high)), draw.SECOND, 2))
            drawn.append(draw.dot(x(hour), y(one.value), draw.SECOND))
    return Picture(bottom + 42, tuple(drawn))


def answered_after(report: Report, hour: int) -> str:
    """The share of topics with an answer after so many hours; the curve says it only as far as anything was seen."""
    known_marks = {24: report["answered-within-24h"], 72: report["answered-within-72h"]}
    if hour in known_marks:
        return formats.figure(known_marks[hour])
    curve = report.curve
    if not curve.hours:
        return formats.figure(report["answered-within-24h"])
    if hour > curve.hours[-1] and curve.waiting[-1] > 0:
        return _("not known")
    still = [left for time, left in zip(curve.hours, curve.waiting, strict=True) if time <= hour]
    return formats.percent(1 - still[-1]) if still else formats.percent(0)


# ---- shares with their intervals


def shares(name: str, title: str, lines: Sequence[tuple[str, Measurement]], note: str, text: str) -> Chart:
    """Shares one below the other, each as a dot with a line as long as chance may move it. A share that tells nothing
    is left out.
    """
    rows = [(label, one) for label, one in lines if sentences.tells(one)]
    table = Table(
        ("", _("Share"), _("Of how many")),
        tuple((label, formats.figure(one), formats.decimal(one.n)) for label, one in rows),
        tuple(figure_link(one.key) for _label, one in rows),
    )
    if not rows:
        return nothing(name, title, table)
    return Chart(name, title, text, note, table, dots(rows), likely("", rows))


def dots(rows: Sequence[tuple[str, Measurement]]) -> Picture:
    """A row for each share: a dot, how far chance may move it, and the share in words."""
    step = 44
    left, bottom = max(draw.wide(label) for label, _one in rows) + 12, step * len(rows)
    x = Scale(0, 1, left, draw.WIDTH - 20)
    drawn = draw.along(x, quarters(), 0, bottom)
    for nth, (label, one) in enumerate(rows):
        share, y = one.value or 0.0, step * nth + 28
        drawn.append(draw.words(left - 12, y, label, colour=draw.SOFT, anchor="end"))
        if one.low is not None and one.high is not None:
            drawn.append(draw.line((x(one.low), x(one.high)), (y, y), draw.FIRST, 3, pale=True))
        drawn.append(draw.dot(x(share), y, draw.FIRST))
        anchor: draw.Anchor = "end" if share > 0.9 else "start" if share < 0.1 else "middle"  # it leaves no picture
        drawn.append(draw.words(x(share), y - 14, formats.figure(one), anchor=anchor))
    return Picture(bottom + 22, tuple(drawn))


def newcomers(report: Report) -> Chart:
    """Whether newcomers are answered, and come back."""
    lines = (
        (_("Got an answer"), report["newcomers-answered"]),
        (_("Wrote again"), report["second-post"]),
        (_("… after an answer"), report["second-post-answered"]),
        (_("… without one"), report["second-post-unanswered"]),
    )
    note = _(
        "The dot is the share, the line how far chance may move it. Those who were answered may differ from the others "
        "in much else: it goes together, and is no proof that the answer made them come back."
    )
    return shares("newcomers", _("Newcomers: answered, and back again"), lines, note, sentences.arrivals(report))


def voices(report: Report) -> Chart:
    """How the posts are shared out: the tenth that writes most, the quieter half, and those between."""
    title = _("Who the posts come from")
    top, low = report["top-tenth"], report["lower-half"]
    labels = (_("Most active tenth"), _("Those between"), _("Quieter half"))
    if top.value is None or low.value is None or report["participants"].n < sentences.HALVED:
        return nothing("voices", title, Table((), ()))
    parts = (top.value, max(0.0, 1 - top.value - low.value), low.value)
    people = report["participants"].n
    sizes = (-(-people // 10), people - -(-people // 10) - people // 2, people // 2)
    table = Table(
        ("", _("Share of the posts"), _("Share of the people")),
        tuple(
            (label, formats.percent(part), formats.percent(size / people))
            for label, part, size in zip(labels, parts, sizes, strict=True)
        ),
        tuple(figure_link(key) for key in (top.key, "posts", low.key)),
    )
    text = _("The tenth of the people that writes most wrote {top} of the posts, the quieter half wrote {low}.").format(
        top=formats.percent(top.value), low=formats.percent(low.value)
    )
    note = _("If all wrote as much, both bars of a group would be equally long.")
    shared = [(size / people, part) for size, part in zip(sizes, parts, strict=True)]
    return Chart("voices", title, text, note, table, pairs(labels, shared))


def pairs(labels: Sequence[str], shared: Sequence[tuple[float, float]]) -> Picture:
    """Two bars for each label: its share of the people, and of the posts."""
    bar, gap = 20, 8
    left = max(map(draw.wide, labels)) + 8
    bottom = 22 + (2 * bar + gap) * len(labels)
    x = Scale(0, 1, left, draw.WIDTH - 46)
    drawn = draw.legend(((draw.PALE, _("of the people")), (draw.FIRST, _("of the posts"))))
    drawn += draw.along(x, quarters(), 22, bottom)
    for nth, (label, shares_) in enumerate(zip(labels, shared, strict=True)):
        top = 22 + gap // 2 + (2 * bar + gap) * nth
        drawn.append(draw.words(left - 8, top + bar, label, colour=draw.SOFT, anchor="end"))
        for lower, (colour, share) in enumerate(zip((draw.PALE, draw.FIRST), shares_, strict=True)):
            y = top + lower * bar
            drawn.append(draw.box((x(0), x(share)), (y, y + bar - 1), colour))
            drawn.append(draw.words(x(share) + 4, y + bar / 2, formats.percent(share)))
    return Picture(bottom + 22, tuple(drawn))


def answering(report: Report) -> Chart:
    """Whether the answers come from facilitators or from the community."""
    lines = (
        (_("Any first answer"), report["facilitator-answers"]),
        (_("Newcomer’s welcome"), report["newcomers-answered-by-facilitators"]),
    )
    note = _(
        "How much of the answering facilitators do; the rest comes from everybody else. If it is nearly all, the "
        "community leans on them; if it is hardly any, the community carries itself."
    )
    helped = report["facilitator-answers"]
    value = helped.value
    if value is None:
        text = _("There is no first answer to look at.")
    elif sentences.tells(helped):
        text = _("Facilitators gave {share} of the first answers, everybody else {rest}.").format(
            share=formats.percent(value), rest=formats.percent(1 - value)
        )
    else:
        text = sentences.first_answers(helped)
    return shares("answering", _("Who answers: the facilitators’ share"), lines, note, text)


# ---- who stays


def cohorts(report: Report) -> Chart:
    """Of the newcomers of each month, who wrote in the months after."""
    title = _("Newcomers of each month: who is still there")
    found = list(report.cohorts())
    after = [ngettext("after {n} month", "after {n} months", n).format(n=n) for n in range(1, LATER + 1)]
    longest = min(LATER, max((len(one.stayed) for one in found), default=0))
    table = Table(
        (_("First post in"), _("People"), *after[:longest]),
        tuple(
            (
                formats.month(one.month),
                cell(one.size),
                *(cell(one.stayed[n]) if n < len(one.stayed) else "" for n in range(longest)),
            )
            for one in found
        ),
        tuple(cohort_link(report, one) for one in found),
    )
    lines = [(formats.month(one.month), one.stayed[0]) for one in found if one.stayed]
    drawn = shares("cohorts", title, lines, "", "")
    if drawn.picture is None:
        return nothing("cohorts", title, table)
    seen = [one for _label, one in lines if sentences.tells(one)]
    first, last = sentences.share_of(seen[0]), sentences.share_of(seen[-1])
    text = _("Share of the month’s newcomers who wrote again in the next month: {share}.").format(share=first)
    if len(seen) > 1:
        text = _(
            "Share of each month’s newcomers who wrote again in the next month: {first} for the first month shown, "
            "{last} for the last."
        ).format(first=first, last=last)
    note = _("The dot is the share who wrote in the month after their first one, the line how far chance may move it.")
    if any(each.state == "few" for one in found for each in (one.size, *one.stayed)):
        note += " " + _("A dash: too few people to say.")
    return Chart("cohorts", title, text, note, table, drawn.picture, drawn.likely)
