"""A report as one HTML file that needs nothing else: no script, no request, nothing but itself."""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment

from koweb_sync import __version__, pages
from koweb_sync.i18n import _, active
from koweb_sync.posts.paths import parted
from koweb_sync.report.compute import Report
from koweb_sync.report.engine.measurement import Figure, figures_in
from koweb_sync.report.figures.definitions import Definition, definitions
from koweb_sync.report.figures.published import Counts, Published
from koweb_sync.report.page import formats, links, sentences
from koweb_sync.report.page.charts import Chart, charts
from koweb_sync.report.page.links import Lead

STYLE = Path(__file__).with_name("templates") / "report.css"
TELLING = {  # always compared; the others where they changed clearly
    *("posts", "participants", "topics", "answered-within-24h", "answered-within-72h", "median-wait", "newcomers"),
    *("newcomers-answered", "second-post", "top-tenth", "effective-voices", "reciprocity", "depth"),
    *("facilitator-answers", "across-categories"),
}
LIVELY = {"week-posts", "week-participants", "cohort-size", "cohort-stayed"}  # shown in their charts' tables


@dataclass(frozen=True)
class Compared:
    """A row of the comparison with the period before, as text. `clear`: the change is more than chance would make."""

    key: str
    title: str
    now: str
    before: str
    difference: str
    between: str
    verdict: str


@dataclass(frozen=True)
class Explained:
    """A figure with its definition, value and what it rests on, as text.

    `ways`: to the posts behind it, now and in the period before; `table`: the picture whose table has many of these.
    """

    key: str
    what: Definition
    value: str
    between: str
    rests: str
    ways: tuple[Lead, ...]
    table: str


@dataclass(frozen=True)
class Shown:
    """A report in words: what a page and a Markdown file have in common."""

    report: Report
    title: str
    period: str
    host: str
    sentences: tuple[str, ...]
    closer: tuple[tuple[tuple[str, str], ...], ...]
    notes: tuple[str, ...]
    aside: str
    charts: tuple[Chart, ...]
    compared: tuple[Compared, ...]
    explained: tuple[Explained, ...]
    made: str


def shown(report: Report, now: int) -> Shown:
    """A report in words, in the active language. `now` is in microseconds."""
    return Shown(
        report=report,
        title=_("How our forum is doing"),
        period=sentences.capital(sentences.period(report)),
        host="".join(parted(report.forum)[1:3]) or report.forum,
        sentences=sentences.sentences(report),
        closer=links.closer(),
        notes=sentences.notes(report, now),
        aside=sentences.left(report),
        charts=charts(report),
        compared=compared(report),
        explained=explained(report),
        made=made(report),
    )


def page(report: Report, now: int) -> str:
    """The HTML file, in the active language."""
    style = STYLE.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        environment()
        .get_template("report.html")
        .render(
            one=shown(report, now),
            report=report,
            settings=report.settings,
            language=active(),
            style=style,
            digest=digest,
            facilitators=report.audience == "facilitators",
            names=definitions(),
        )
    )


def environment() -> Environment:
    """The templates, with the words and numbers of the language that is spoken."""
    env = pages.environment("koweb_sync.report.page")
    env.globals |= {
        "formats": formats,
        "counts": counted,
        "posts_of": formats.posts,
        "columns": columns,
        "cohorts": links.cohorts,
        "zip": zip,
    }
    return env


# ---- the parts


def compared(report: Report) -> tuple[Compared, ...]:
    """The comparison with the period before: the telling figures, and whichever of the others changed clearly."""
    known = definitions()
    return tuple(
        Compared(
            key=one.key,
            title=known[one.key].title,
            now=formats.figure(one.now),
            before=formats.figure(one.before),
            difference="" if one.difference.value is None else formats.change(one.key, one.difference.value),
            between=formats.changed_between(one.difference),
            verdict=verdict(one.difference),
        )
        for one in report.changes
        if (one.now.value is not None or one.before.value is not None) and (one.key in TELLING or clear(one.difference))
    )


def clear(difference: Figure) -> bool:
    """Whether an estimate changed by more than chance would make."""
    low, high = difference.low, difference.high
    return low is not None and high is not None and (low > 0 or high < 0)


def verdict(difference: Figure) -> str:
    """Whether a difference is more than chance would make. A count is no estimate: it is what it is."""
    value, low, high = difference.value, difference.low, difference.high
    if value is None:
        return _("cannot be compared")
    if formats.kind(difference.key) == "count":
        return _("more") if value > 0 else _("less") if value < 0 else _("the same")
    if low is None or high is None:
        return _("not clear")
    return _("clearly more") if low > 0 else _("clearly less") if high < 0 else _("no clear change")


def explained(report: Report) -> tuple[Explained, ...]:
    """Every figure once, with its definition; cohorts and weeks have their values in the charts' tables."""
    values: dict[str, Figure] = {}
    parts = (
        *(report.answers, report.aside, report.newcomers, report.voices, report.ties),
        *(report.staying.silent_readers, report.staying.fell_silent),
    )
    for part in parts:
        for one in figures_in(part):
            values.setdefault(one.key, one)
    return tuple(
        Explained(
            key=key,
            what=what,
            value=formats.figure(values[key]) if key in values else "",
            between=formats.between(values[key]) if key in values else "",
            rests=rests(values[key]) if key in values else "",
            ways=ways(report, key),
            table=links.TABLES.get(key, ""),
        )
        for key, what in definitions().items()
        if key in values or key in LIVELY
    )


def rests(figure: Figure) -> str:
    """On how much a figure rests; nothing for a count, which says it itself."""
    if figure.value is None or formats.kind(figure.key) == "count":
        return ""
    unit = _("topic") if formats.kind(figure.key) == "hours" else definitions()[figure.key].unit
    return _("{n} ({unit})").format(n=formats.decimal(figure.n), unit=unit)


def ways(report: Report, key: str) -> tuple[Lead, ...]:
    """The ways to the posts behind a figure. Where many share a name, none but the reason why there is none."""
    if key in links.TABLES:
        hidden = next((one for one in report.behind if key in one.keys and one.reason), None)
        return () if hidden is None else (Lead("", "", (), "", links.why(hidden)),)
    now, before = links.lead(report, key), links.lead(report, key, "before")
    # One reason is enough, and one list that is shared with another figure names it once.
    if before is not None and not before.places:
        before = None
    return tuple(way for way in (now, before) if way is not None)


def columns(published: Published) -> bool:
    """Whether there is anything published to show."""
    return bool(published.posts)


def counted(counts: Counts) -> tuple[str, ...]:
    """What a post got, as cells: views, replies, likes, people who liked, edits."""
    values = (counts.views, counts.replies, counts.likes, counts.likers, counts.edits)
    return tuple("–" if one is None else formats.decimal(one) for one in values)


def made(report: Report) -> str:
    """How the report came about."""
    if not report.seen:
        return _("Made by koweb-sync {version}.").format(version=__version__)
    return _("Made by koweb-sync {version} from the archive of {day}; days are those of {zone}.").format(
        version=__version__, day=formats.day(report.seen, report.settings), zone=report.settings.zone
    )
