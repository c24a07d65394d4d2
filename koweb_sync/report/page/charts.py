"""The charts of a report: few, each with a text alternative and the table of what it shows. Nobody is named in them."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from koweb_sync.i18n import _, ngettext
from koweb_sync.report.compute import Cohort, Report, Week
from koweb_sync.report.engine.measurement import FEW, Measurement
from koweb_sync.report.engine.posts_behind import behind_figure
from koweb_sync.report.page import drawing, formats, sentences

HOURS = (1, 6, 24, 72, 168)  # rows of the table about waiting
WEEK = 168  # hours: as far as its picture goes
INSIDE = "datum.share > 0.9 ? 'right' : datum.share < 0.1 ? 'left' : 'center'"  # a label leaves no picture
LATER = 6  # months after the first one that the table of cohorts shows


@dataclass(frozen=True)
class Table:
    """Cells as text: the first column heads each row. `links`: where that leads, row by row; "": nowhere."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A chart. `text` says what it shows, `note` how to read it; `spec` is Vega-Lite's, None where there is too little
    to draw: then `text` says so.
    """

    name: str
    title: str
    text: str
    note: str
    table: Table
    spec: Mapping[str, Any] | None = None

    def svg(self) -> str:
        """The picture for a page; empty where there is none."""
        return "" if self.spec is None else drawing.svg(self.spec, self.title, self.text)

    def png(self) -> bytes:
        """The picture as a file."""
        return b"" if self.spec is None else drawing.png(self.spec)


def charts(report: Report) -> tuple[Chart, ...]:
    """All charts, in the order of the page."""
    every: Sequence[Callable[[Report], Chart]] = (activity, waiting, newcomers, voices, answering, cohorts)
    return tuple(make(report) for make in every)


def data(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Rows as Altair takes them: written into the specification."""
    return alt.InlineData(values=[dict(row) for row in rows])


def nothing(name: str, title: str, table: Table) -> Chart:
    """There is too little to draw."""
    return Chart(name, title, _("There is too little here to draw a picture."), "", table)


def known(figures: Sequence[Measurement]) -> list[Measurement]:
    """Those that have a value."""
    return [one for one in figures if one.value is not None]


def figure_link(key: str) -> str:
    """The place of a figure in the page, where the way to its posts is."""
    return f"#figure-{key}"


def cohort_link(report: Report, one: Cohort) -> str:
    """The place of the links to what a cohort wrote; where it has none, of the reason."""
    found = behind_figure(report.behind, "cohort-size", one.month)
    return f"#cohort-{one.month}" if found is not None and found.topics else figure_link("cohort-size")


def percent_axis(title: str | None = None, **more: Any) -> Any:
    """An axis from nothing to all."""
    return alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1], title=title, **more)


# ---- how lively


def activity(report: Report) -> Chart:
    """Posts and people, week by week."""
    title = _("Posts and people, week by week")
    weeks = list(report.weeks())
    names = [formats.short(week.begins, report.settings) for week in weeks]
    table = Table(
        (_("Week from"), _("Posts"), _("People")),
        tuple(
            (formats.day(week.begins, report.settings), formats.figure(week.posts), formats.figure(week.participants))
            for week in weeks
        ),
        tuple(searched(report, week) for week in weeks),
    )
    seen = [week for week in weeks if week.posts.value is not None]
    if len(seen) < 2:
        return nothing("activity", title, table)
    most = max(seen, key=lambda week: week.posts.n)
    text = _("Between {low} and {high} posts a week; the liveliest week began on {day}.").format(
        low=formats.decimal(min(week.posts.n for week in seen)),
        high=formats.decimal(most.posts.n),
        day=formats.day(most.begins, report.settings),
    )
    note = _("Each bar is seven days, named after the first; the weeks count back from the end of the period.")
    hidden = len(weeks) - len(seen)
    if hidden:
        note += " " + _("Weeks in which fewer than five people wrote are left empty.")
    return Chart("activity", title, text, note, table, drawing.theme(alt.vconcat(*panels(weeks, names)), fit=False))


def panels(weeks: Sequence[Week], names: Sequence[str]) -> list[Any]:
    """A panel of bars for posts, and one for people, over the same weeks."""
    period, before = _("in this period"), _("before")
    rows = [
        {
            "week": nth,
            "posts": week.posts.value,
            "people": week.participants.value,
            "when": period if week.inside else before,
        }
        for nth, week in enumerate(weeks)
    ]
    color = alt.Color(
        "when:N", scale=alt.Scale(domain=[before, period], range=[drawing.PALE, drawing.FIRST]), legend=alt.Legend()
    )
    label = f"{json.dumps(names)}[datum.value]"
    x = alt.X(
        "week:O", axis=alt.Axis(title=None, labelAngle=0, labelOverlap="greedy", labelSeparation=8, labelExpr=label)
    )
    return [
        alt.Chart(data(rows), width=drawing.WIDTH - 60, height=height)
        .mark_bar()
        .encode(
            x=x,
            y=alt.Y(f"{field}:Q", title=name, axis=alt.Axis(tickMinStep=1, tickCount=4, format=",d")),
            color=color,
        )
        for field, name, height in (("posts", _("Posts"), 120), ("people", _("People"), 90))
    ]


def searched(report: Report, week: Week) -> str:
    """The forum's own search for the posts of a week; empty where there is none."""
    found = behind_figure(report.behind, "week-posts", week.name)
    return "" if found is None else found.search


# ---- how long people wait


def waiting(report: Report) -> Chart:
    """The share of topics that have an answer, hour by hour: Kaplan and Meier's curve, turned around."""
    title = _("How long until the first answer")
    marks = {24: report["answered-within-24h"], 72: report["answered-within-72h"]}
    table = Table(
        (_("After"), _("Topics with an answer"), _("Most likely between")),
        tuple(
            (formats.hours(hour), answered_after(report, hour), formats.between(marks[hour]) if hour in marks else "")
            for hour in HOURS
        ),
        tuple(figure_link(marks[hour].key if hour in marks else "topics") for hour in HOURS),
    )
    curve = report.curve
    if not curve.hours:
        return nothing("waiting", title, table)
    steps = [{"days": 0.0, "share": 0.0}]
    steps += [
        {"days": hour / 24, "share": 1 - still}
        for hour, still in zip(curve.hours, curve.waiting, strict=True)
        if hour <= WEEK
    ]
    if curve.hours[-1] > WEEK:
        steps.append({"days": WEEK / 24, "share": steps[-1]["share"]})
    y = alt.Y("share:Q", scale=alt.Scale(domain=[0, 1]), axis=percent_axis(_("Topics with an answer")))
    x = alt.X(
        "days:Q",
        scale=alt.Scale(domain=[0, WEEK / 24], nice=False),
        axis=alt.Axis(title=_("Days since the topic was opened"), values=list(range(8)), format="d"),
    )
    base = alt.Chart(data(steps), height=200)
    line = base.mark_line(interpolate="step-after", color=drawing.FIRST, strokeWidth=2.5).encode(x=x, y=y)
    bars = [
        {"days": hour / 24, "share": one.value, "low": one.low, "high": one.high}
        for hour, one in marks.items()
        if one.value is not None and one.low is not None and one.high is not None
    ]
    spread = alt.Chart(data(bars))
    rule = spread.mark_rule(color=drawing.SECOND, strokeWidth=2).encode(x=x, y=alt.Y("low:Q"), y2="high:Q")
    dots = spread.mark_point(color=drawing.SECOND, filled=True, size=70, opacity=1).encode(x=x, y=y)
    note = _(
        "The line rises with each topic that gets its first answer by somebody else; topics that still wait keep it "
        "down. The upright lines show how far the shares after one day and after three may be off by chance."
    )
    layers = alt.layer(line, rule, dots) if bars else alt.layer(line)
    return Chart("waiting", title, sentences.waiting(report), note, table, drawing.theme(layers))


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
    """Shares one below the other, each as a dot with a line as long as chance may move it."""
    table = Table(
        ("", _("Share"), _("Most likely between"), _("Of how many")),
        tuple(
            (label, formats.figure(one), formats.between(one), formats.decimal(one.n) if one.value is not None else "")
            for label, one in lines
        ),
        tuple(figure_link(one.key) for _label, one in lines),
    )
    rows = [
        {"label": label, "share": one.value, "low": one.low, "high": one.high, "said": formats.figure(one)}
        for label, one in lines
        if one.value is not None
    ]
    if not rows:
        return nothing(name, title, table)
    y = alt.Y("label:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False, labelPadding=8))
    base = alt.Chart(data(rows), height=alt.Step(44))
    x = alt.X("share:Q", scale=alt.Scale(domain=[-0.02, 1.16], nice=False), axis=percent_axis())  # room for 100%
    rule = base.mark_rule(color=drawing.FIRST, strokeWidth=3, opacity=0.55).encode(y=y, x=alt.X("low:Q"), x2="high:Q")
    dots = base.mark_point(color=drawing.FIRST, filled=True, size=90, opacity=1).encode(y=y, x=x)
    said = base.mark_text(dy=-13, color=drawing.INK, align=alt.expr(INSIDE)).encode(y=y, x=x, text="said:N")
    return Chart(name, title, text, note, table, drawing.theme(alt.layer(rule, dots, said)))


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
    if top.value is None or low.value is None or report["participants"].n < FEW:
        alone = Table(("", _("Share of the posts")), ((labels[0], formats.figure(top)),), (figure_link(top.key),))
        return nothing("voices", title, alone)
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
    posts, persons = _("of the posts"), _("of the people")
    rows = [
        {"label": label, "what": what, "share": share, "said": formats.percent(share)}
        for label, part, size in zip(labels, parts, sizes, strict=True)
        for what, share in ((persons, size / people), (posts, part))
    ]
    base = alt.Chart(data(rows), height=alt.Step(20))
    y = alt.Y("label:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False, labelPadding=8))
    offset = alt.YOffset("what:N", sort=[persons, posts])
    x = alt.X("share:Q", scale=alt.Scale(domain=[0, 1.18]), axis=percent_axis())
    color = alt.Color("what:N", scale=alt.Scale(domain=[persons, posts], range=[drawing.PALE, drawing.FIRST]))
    bars = base.mark_bar().encode(y=y, yOffset=offset, x=x, color=color)
    said = base.mark_text(align="left", dx=4, color=drawing.INK).encode(y=y, yOffset=offset, x=x, text="said:N")
    text = _("The tenth of the people that writes most wrote {top} of the posts, the quieter half wrote {low}.").format(
        top=formats.percent(top.value), low=formats.percent(low.value)
    )
    note = _("If all wrote as much, both bars of a group would be equally long.")
    return Chart("voices", title, text, note, table, drawing.theme(alt.layer(bars, said)))


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
    value = report["facilitator-answers"].value
    text = (
        _("There is no first answer to look at.")
        if value is None
        else _("Facilitators gave {share} of the first answers, everybody else {rest}.").format(
            share=formats.percent(value), rest=formats.percent(1 - value)
        )
    )
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
                formats.figure(one.size),
                *(formats.figure(one.stayed[n]) if n < len(one.stayed) else "" for n in range(longest)),
            )
            for one in found
        ),
        tuple(cohort_link(report, one) for one in found),
    )
    lines = [(formats.month(one.month), one.stayed[0]) for one in found if one.stayed]
    drawn = shares("cohorts", title, lines, "", "")
    if drawn.spec is None:
        return nothing("cohorts", title, table)
    seen = known([one for _label, one in lines])
    first, last = seen[0], seen[-1]
    text = _(
        "Share of each month’s newcomers who wrote again in the next month: {first} of the first month shown, "
        "{last} of the last."
    ).format(first=formats.figure(first), last=formats.figure(last))
    note = _("The dot is the share who wrote in the month after their first one, the line how far chance may move it.")
    return Chart("cohorts", title, text, note, table, drawn.spec)
