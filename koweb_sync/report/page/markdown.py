"""A report as a post file: Markdown with front matter, and its charts as PNG files beside it.

Discourse refuses SVG unless an administrator allows it, so that pictures are PNG. Only what may be shared becomes
a post.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from koweb_sync.i18n import _, ngettext
from koweb_sync.posts.document import template
from koweb_sync.posts.front_writing import Value
from koweb_sync.report.compute import Report
from koweb_sync.report.page import sentences
from koweb_sync.report.page.chart import Chart, Table
from koweb_sync.report.page.comparison import heads, legend
from koweb_sync.report.page.html import (
    FOLDED,
    ExplainedFigure,
    ReportInWords,
    counted,
    counted_among,
    days_of,
    in_words,
    what_published,
)

SPECIAL = re.compile(r"([\\`*_\[\]<>|~#])")
FIRST = 2  # pictures that stand open: the others are for who unfolds them
JOINER = "\u2060"  # between @ and a name: nobody is called
# Where a line must not be broken. Discourse makes plain spaces of no-break ones, but leaves what HTML calls them.
HELD = re.compile("(?<=«)[\u00a0\u202f]|[\u00a0\u202f](?=[»%])|(?<=\\d)[\u00a0\u202f](?=\\d)")


@dataclass(frozen=True)
class ReportPost:
    """A post file and its pictures. `name`: of the file, without its ending; `files`: path beside it → bytes."""

    name: str
    text: bytes
    files: dict[str, bytes]


def post(report: Report, now: int, category: str = "", tags: Sequence[str] = ()) -> ReportPost:
    """The report as a post file, in a category and with tags if some are named. `report` is one that may be
    shared; `now` is in microseconds.
    """
    one = in_words(report, now)
    name = name_about(days_of(report))
    files = {f"img/{name}-{chart.name}.png": chart.picture.png() for chart in one.charts if chart.picture}
    ours = _("How our forum is doing")  # it is read on the forum itself
    title = _("{title}, {period}").format(title=ours, period=one.period[:1].lower() + one.period[1:])
    head = template(title, name, front(report, category, tags))
    return ReportPost(name, head + body(one, name).encode(), files)


def name_about(days: tuple[str, str]) -> str:
    """The name of a report about these days (the first and the last one), which is also the post's id."""
    return _("report-{since}-{until}").format(since=days[0], until=days[1])


def front(report: Report, category: str, tags: Sequence[str]) -> dict[str, Value]:
    """What the front matter says besides: a report about one category, or about tags, goes there, unless another
    `category`, or other `tags`, are named.
    """
    settings = report.settings
    found: dict[str, Value] = {}
    if category or len(settings.categories) == 1:
        found["category"] = category or settings.categories[0]
    if tags or settings.tags:
        found["tags"] = list(tags or settings.tags)
    return found


def body(one: ReportInWords, name: str) -> str:
    """The Markdown below the front matter."""
    report = one.report
    first, more = one.charts[:FIRST], one.charts[FIRST:]
    estimated = next((chart for chart in one.charts if chart.likely), None)  # what it means is said there, once
    short = [
        heading(_("In short")),
        "\n".join(f"- {plain(sentence)}" for sentence in one.sentences),
        *(f"> {plain(note)}" for note in one.notes),
    ]
    below = [
        *(pictured(chart, name, fold=True, first=chart is estimated) for chart in first),
        *unfolding(
            _("More pictures"),
            [*(pictured(chart, name, first=chart is estimated) for chart in more), plain(one.undrawn)],
        ),
        *unfolding(_("Published with koweb"), published(report)),
        *unfolding(_("Compared with the period before"), compared(one, first=estimated is None)),
        *unfolding(_("What the figures mean"), meanings(one)),
        nobody_named(report) + " " + sentences.protected(),
        _("Made with koweb."),
    ]
    # What is in short somebody may write anew: it is left as people type it.
    return "\n\n".join(part for part in (*short, *map(held, below)) if part) + "\n"


def held(part: str) -> str:
    """Markdown with spaces at which the forum breaks no line either, but not in the words for a picture."""
    lines = part.split("\n")
    return "\n".join(line if line.startswith(("![", "[details=")) else HELD.sub("&nbsp;", line) for line in lines)


def nobody_named(report: Report) -> str:
    """Who is named; the table of published posts shows their titles, as their authors wrote them."""
    if not report.published.posts:
        return _("Nobody is named.")
    return _("Nobody is named; the titles of topics are as their authors wrote them.")


def pictured(chart: Chart, name: str, *, first: bool, fold: bool = False) -> str:
    """A chart with its picture and its table; `fold`: readers unfold the table, however short it is. `first`: no
    other one before it says how sure its numbers are.
    """
    parts = [f"### {plain(chart.title)}"]
    if chart.picture:
        label = re.sub(r"[\[\]|\n]", " ", chart.instead)
        parts.append(f"![{label}]({PurePosixPath('img') / f'{name}-{chart.name}.png'})")
    parts.append(plain(f"{chart.text} {chart.note}".strip()))
    if len(chart.table.rows) > FOLDED or (fold and chart.table.rows):
        parts += folded(_("Show the numbers"), chart.table)
    elif chart.table.rows:
        parts.append(pipes(chart.table))
    return "\n\n".join([*parts, *counting(chart.likely, first=first)])


def counting(likely: Table | None, *, first: bool) -> list[str]:
    """How sure numbers are, for whoever unfolds it; the `first` one says what it means."""
    if likely is None:
        return []
    means = [plain(sentences.uncertain())] if first else []
    return unfolding(_("How this was counted"), [*means, pipes(likely), *filter(None, [plain(likely.note)])])


def folded(words: str, table: Table) -> list[str]:
    """A table that readers unfold."""
    return unfolding(words, [pipes(table)])


def unfolding(words: str, parts: list[str]) -> list[str]:
    """Parts that readers unfold; nothing where there are none."""
    return [opening(words), *parts, "[/details]"] if any(parts) else []


def published(report: Report) -> list[str]:
    """What the posts under version control got."""
    if not report.published.posts:
        return []
    counts = (_("Views"), _("Replies"), _("Likes"), _("People who liked"), _("Edits by others"))
    rows = tuple(
        (
            f"[{plain(each.title)}]({each.url})",
            *(f"{ever} ({here})" for ever, here in zip(counted(each.ever), counted(each.here), strict=True)),
        )
        for each in report.published.posts
    )
    return [
        what_published(report),
        pipes(Table((_("Post"), *counts), rows), ready=True),
    ]


def heading(words: str) -> str:
    """The line above a part."""
    return f"## {words}"


def opening(words: str) -> str:
    """The line that opens a part which readers unfold."""
    return f'[details="{words}"]'


def compared(one: ReportInWords, *, first: bool) -> list[str]:
    """The comparison with the period before; nothing where there is nothing to compare."""
    if not one.compared:
        return []
    rows = tuple((row.title, row.now, row.before, row.difference, row.verdict) for row in one.compared)
    return [plain(legend(one.compared)), pipes(Table(heads(), rows)), *counting(one.likely, first=first)]


def meanings(one: ReportInWords) -> list[str]:
    """The definitions, with the values, of the figures that there is something to tell of; nothing where none is. What
    the page unfolds to who looks deeper stays there. Whom or what they count is said once for all that count the same.
    """
    told = [each for each in one.explained if each.known and not each.deeper]
    if not told:
        return []
    linked = _(
        "The links below lead to the forum’s search, and to no single post: such a link would notify the post’s author."
    )
    among: dict[str, list[str]] = {}
    for each in told:
        among.setdefault(counted_among(each.words), []).append(meaning(each))
    return [
        *([linked] if any(searched(each) for each in told) else []),
        *(part for whom, lines in among.items() for part in (plain(whom), "\n".join(lines))),
        unknown(one),
    ]


def meaning(each: ExplainedFigure) -> str:
    """A figure in a line: its name, its value, what it means, and the way to the forum's search."""
    value = plain(f" ({each.value})" if each.value else "")
    return f"- **{plain(each.words.title)}**{value}{_(':')} {plain(each.words.definition)}{searched(each)}"


def unknown(one: ReportInWords) -> str:
    """How many figures say nothing, in a sentence: a post need not name them."""
    number = sum(not each.known and not each.deeper for each in one.explained)
    if not number:
        return ""
    return ngettext(
        "{n} other figure is left out: it is about too few people, or there was nothing to measure.",
        "{n} other figures are left out: they are about too few people, or there was nothing to measure.",
        number,
    ).format(n=number)


def searched(each: ExplainedFigure) -> str:
    """The forum's own search for the posts behind a figure: it is no link to anybody's post."""
    found = next((way.search for way in each.ways if way.search), "")
    words = plain(_("In the forum’s search"))
    return f" [{words}]({found})" if found else ""


def pipes(table: Table, *, ready: bool = False) -> str:
    """A table of Markdown; `ready`: its cells are Markdown already."""
    rows = [tuple(cell if ready else plain(cell) for cell in row) for row in table.rows]
    for nth, link in enumerate(table.links):
        if "://" in link:
            rows[nth] = (f"[{rows[nth][0]}]({link})", *rows[nth][1:])
    heads = tuple(plain(head) or " " for head in table.columns)
    lines = [heads, tuple("---" if nth == 0 else "---:" for nth in range(len(heads))), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plain(text: str) -> str:
    """A text that Markdown shows as it is, and that calls nobody."""
    escaped = SPECIAL.sub(r"\\\1", " ".join(text.split(" ")))
    return re.sub(r"\s*[\r\n]+\s*", " ", escaped).replace("@", f"@{JOINER}")
