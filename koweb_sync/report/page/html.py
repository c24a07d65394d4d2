"""A report as one HTML file that needs nothing else: no script, no request, nothing but itself."""

import base64
import hashlib
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from jinja2 import Environment

from koweb_sync import __version__, pages
from koweb_sync.i18n import _, active, ngettext
from koweb_sync.posts.paths import parted
from koweb_sync.report.compute import Report
from koweb_sync.report.engine.figure import Words
from koweb_sync.report.engine.measurement import Measurement
from koweb_sync.report.engine.window import iso_day
from koweb_sync.report.figures import figures
from koweb_sync.report.lists.published import Counts
from koweb_sync.report.page import days_told, formats, limits, links, sentences, telling
from koweb_sync.report.page.chart import DASH, Chart, Table
from koweb_sync.report.page.charts import charts
from koweb_sync.report.page.comparison import ComparedFigure, compared, differences, heads, legend
from koweb_sync.report.page.links import FigureLinks

FOLDED = 26  # rows: a longer table is there for who opens it
IN_SIGHT, FOLDED_LIST = 10, 12  # of a list that is longer than the second, so many stand open
STYLE = Path(__file__).with_name("templates") / "report.css"


@dataclass(frozen=True)
class ExplainedFigure:
    """A figure with its definition, value and what it rests on, as text.

    `ways`: to the posts behind it, now and in the period before; `table`: the picture whose table has many of these;
    `known`: whether there is anything to tell of it; `deeper`: it is told to who unfolds more. What rests on too few
    has no value here. `estimate`: of a share that reckons with what still waits; its `value` is what was counted.
    """

    key: str
    words: Words
    source: str
    value: str
    between: str
    rests: str
    ways: tuple[FigureLinks, ...]
    table: str
    known: bool
    deeper: bool
    estimate: str = ""


@dataclass(frozen=True)
class ReportInWords:
    """A report in words: what a page and a Markdown file have in common. `undrawn` says which pictures are left out."""

    report: Report
    title: str
    period: str
    host: str
    sentences: tuple[str, ...]
    closer: tuple[tuple[tuple[str, str], ...], ...]
    notes: tuple[str, ...]
    charts: tuple[Chart, ...]
    undrawn: str
    compared: tuple[ComparedFigure, ...]
    likely: Table | None
    explained: tuple[ExplainedFigure, ...]
    made: str

    @property
    def searches(self) -> bool:
        """Whether a figure that is told leads to the forum's own search."""
        return any(way.search for each in self.explained if each.known for way in each.ways)


def in_words(report: Report, now: int) -> ReportInWords:
    """A report in words, in the active language. `now` is in microseconds.

    The community is shown what there is to see; facilitators also see the numbers that are too few for a picture, and
    the posts that got nothing.
    """
    inner = report.audience == "facilitators"
    if not inner:
        report = without_silence(report)
    every = charts(report)
    shown = tuple(one for one in every if one.picture is not None or (inner and one.table.rows))
    names = {one.name for one in shown}
    unsaid = [one for one in every if one.name not in names and not one.counted]
    rows = compared(report)
    return ReportInWords(
        report=report,
        title=_("How {forum} is doing").format(forum=report.title) if report.title else _("How our forum is doing"),
        period=formats.capital(days_told.period(report)),
        host="".join(parted(report.forum)[1:3]) or report.forum,
        sentences=sentences.sentences(report),
        closer=links.closer(report),
        notes=limits.notes(report, now),
        charts=shown,
        undrawn=left_out(unsaid, all_of_them=not shown and not inner),
        compared=rows,
        likely=differences(rows),
        explained=explained(report, names),
        made=made(report),
    )


def without_silence(report: Report) -> Report:
    """A report without the published posts that got nothing at all, ever."""
    found = report.published
    return replace(
        report,
        published=replace(
            found,
            posts=tuple(one for one in found.posts if got_something(one.ever)),
            categories=tuple(one for one in found.categories if got_something(one.ever)),
            tags=tuple(one for one in found.tags if got_something(one.ever)),
        ),
    )


def got_something(counts: Counts) -> bool:
    """Whether a post got anything that is known, or that is not told."""
    return any(one != 0 for one in (counts.views, counts.replies, counts.likes, counts.likers, counts.edits))


def page(report: Report, now: int) -> str:
    """The HTML file, in the active language."""
    one = in_words(report, now)
    report = one.report
    style = pages.style(STYLE)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        environment(active())
        .get_template("report.html")
        .render(
            one=one,
            report=report,
            settings=report.settings,
            language=active(),
            style=style,
            digest=digest,
            facilitators=report.audience == "facilitators",
            names={key: one.words() for key, one in figures().items()},
            protected=sentences.protected,
            uncertain=sentences.uncertain,
            what_published=what_published,
            titles_listed=titles_listed(report),
            legend=legend,
            greenwich=links.greenwich,
            unlinked=links.unlinked(report),
            heads=heads,
            days=days_of(report),
        )
    )


def days_of(report: Report) -> tuple[str, str]:
    """The first and the last day of a report: 2026-10-01, in its time zone."""
    return iso_day(report.window.since, report.settings), iso_day(report.window.last, report.settings)


def days_in(page: str) -> tuple[str, str] | None:
    """The first and the last day of a report, from its page; None for a page that is none."""
    found = re.search(r'<meta name="koweb-days" content="([\d-]+) ([\d-]+)">', page)
    return None if found is None else (found[1], found[2])


@cache
def environment(_language: str) -> Environment:
    """The templates in one language, which are read once for all reports."""
    env = pages.environment("koweb_sync.report.page")
    env.globals |= {
        "formats": formats,
        "counts": counted,
        "counted_among": counted_among,
        "posts_of": formats.posts,
        "called": formats.called,
        "folded": FOLDED,
        "in_sight": IN_SIGHT,
        "folded_list": FOLDED_LIST,
        "more": more,
        "cohorts": links.cohorts,
        "zip": zip,
    }
    return env


def more(n: int) -> str:
    """How many more a list has, for who opens it."""
    return ngettext("{n} more", "{n} more", n).format(n=formats.decimal(n))


# ---- the parts


def left_out(charts: Sequence[Chart], *, all_of_them: bool) -> str:
    """What there is too little for, in a sentence; empty where there is none. What has its table is shown."""
    if all_of_them:
        return _("There is too little in this period to draw pictures in which nobody is recognised.")
    titles = ", ".join(_("“{title}”").format(title=one.title) for one in charts)
    return _("There is too little to show: {titles}.").format(titles=titles) if titles else ""


def explained(report: Report, shown: Set[str]) -> tuple[ExplainedFigure, ...]:
    """Every figure once, with its definition; cohorts and weeks have their values in the tables of the charts that are
    `shown`.
    """
    return tuple(
        ExplainedFigure(
            key=key,
            words=defined(report, figure.words()),
            source=_("; ").join(figure.source.split("; ")),
            value="" if figure.series else value(report, key),
            between=formats.most_likely(report[key]) if not figure.series and sentences.says(report, key) else "",
            rests="" if figure.series or telling.in_few_counts(report, key) else rests(report[key]),
            ways=ways(report, key),
            table=figure.chart if figure.chart in shown else "",
            deeper=figure.deeper,
            known=figure.chart in shown if figure.series else telling.told(report, key),
            estimate=formats.figure(report[key]) if key in sentences.ESTIMATED and sentences.says(report, key) else "",
        )
        for key, figure in figures().items()
    )


def defined(report: Report, words: Words) -> Words:
    """The words of a figure, with what the report was told: how long people may wait, from how many posts on falling
    silent is news.
    """
    time, settled = formats.horizon(report.settings), formats.decimal(report.settings.settled)

    def said(text: str) -> str:
        return text.replace("{time}", time).replace("{settled}", settled)

    return words._replace(definition=said(words.definition), population=said(words.population))


def counted_among(words: Words) -> str:
    """Whom or what a figure counts, in a sentence."""
    population = words.population
    return _("Counted among: {population}").format(population=population[:1].lower() + population[1:])


def value(report: Report, key: str) -> str:
    """A figure's value, or why there is none; empty where it is of too few, as is said once for all of these."""
    one, figure = report[key], figures()[key]
    if one.value is not None and not telling.told(report, key):
        return ""
    if figure.parted and all(report[part].value is not None for part in figure.parted):
        first, second = (formats.written(part, report[part].value or 0.0) for part in figure.parted)
        return formats.points(first - second)
    if figure.kind == "count" and figure.unit == "person" and one.value is not None and one.value < one.n:
        return of_people(key).format(n=formats.decimal(one.value), all=formats.decimal(one.n))
    if few := telling.in_few_counts(report, key):
        return few
    return "" if one.state == "few" else sentences.in_counts(report, one)


def of_people(key: str) -> str:
    """How many people of how many: who these are is said where it is not everybody who wrote."""
    match key:
        case "holders":
            return _("{n} of {all} linked people")
        case "absence-answers":
            return _("{n} of {all} people who answered")
        case _:
            return _("{n} of {all}")


def rests(one: Measurement) -> str:
    """On how much a figure rests; nothing for a count, which says it itself."""
    return "" if one.value is None or formats.kind(one.key) == "count" else formats.rests(one)


def ways(report: Report, key: str) -> tuple[FigureLinks, ...]:
    """The ways to the posts behind a figure. Where many share a name, none but the reason why there is none."""
    if figures()[key].chart:
        hidden = next((one for one in report.behind if key in one.keys and one.reason), None)
        return () if hidden is None else (FigureLinks("", "", (), "", links.why(hidden)),)
    now, before = links.links_of(report, key), links.links_of(report, key, "before")
    if not telling.told(report, key):
        return () if now is None or not now.why else (FigureLinks("", "", (), "", now.why),)
    # One reason is enough, and one list that is shared with another figure names it once.
    if before is not None and not before.places:
        before = None
    return tuple(way for way in (now, before) if way is not None)


def counted(counts: Counts) -> tuple[str, ...]:
    """What a post got, as cells: views, replies, likes, people who liked, edits."""
    values = (counts.views, counts.replies, counts.likes, counts.likers, counts.edits)
    return tuple(DASH if one is None else formats.decimal(one) for one in values)


def what_published(report: Report) -> str:
    """What the table of published posts tells, and what a dash stands for where there is one."""
    found = report.published
    told = _(
        "The posts that the team publishes with koweb: what they got since they were published and, in brackets, in "
        "this period."
    )
    spans = [(one.ever, one.here) for one in found.posts]
    spans += [(one.ever, one.here) for one in (*found.categories, *found.tags)]
    cells = {cell for span in spans for counts in span for cell in counted(counts)}
    cells |= {DASH for one in (*found.categories, *found.tags) if one.answered is None}
    if DASH in cells and report.audience == "community":
        return told + " " + _("A dash: not known, or too few people to say.")
    return told + " " + _("A dash: not known.") if DASH in cells else told


def titles_listed(report: Report) -> bool:
    """Whether the page shows titles of topics: authors may have named somebody there."""
    return bool(report.published.posts) or any(one.topics for one in report.behind)


def made(report: Report) -> str:
    """How the report came about."""
    if not report.seen:
        return _("Made by koweb {version}.").format(version=__version__)
    zone, told = report.settings.zone, _("Made by koweb {version} from what it read until {day}; {days}.")
    days = (
        _("days are those of {zone}").format(zone=zone) if zone != "UTC" else _("days begin at midnight in Greenwich")
    )
    return told.format(version=__version__, day=formats.day(report.seen, report.settings), days=days)
