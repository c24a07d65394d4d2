"""A report as one tidy table: a figure a row (Wickham 2014). Nothing in it is translated."""

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from koweb_sync.report.compute import Report
from koweb_sync.report.engine.measurement import Measurement
from koweb_sync.report.engine.posts_behind import PostsBehind, behind_figure
from koweb_sync.report.figures import figures
from koweb_sync.report.lists.published import Counts

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class CsvRow(NamedTuple):
    """A row. `value`, `low` and `high` are numbers or None; `n`: on how many things it rests, `unit`: which.

    `behind`: how many topics or posts it was computed from; `links`: the newest of them, with spaces between them.
    """

    figure: str
    part: str
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    unit: str
    state: str
    behind: int | None = None
    links: str = ""


def table(report: Report) -> str:
    """The table as CSV (RFC 4180), for spreadsheets and programs."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(CsvRow._fields)
    writer.writerows([harmless(cell) for cell in row] for row in rows(report))
    return out.getvalue()


def harmless(cell: float | str | None) -> float | str | None:
    """A cell in which no spreadsheet sees a formula: text that begins like one gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def rows(report: Report) -> Iterator[CsvRow]:
    """All rows: the figures now, before, and what changed; months, weeks and posts by their names."""
    for (key, part), one in report.values.items():
        yield row(one, part, behind_figure(report.behind, key, part))
    yield from waiting(report)
    yield from published(report)


def row(one: Measurement, part: str, found: PostsBehind | None) -> CsvRow:
    """A figure as a row, with what is behind it."""
    unit, n = figures()[one.key].unit, one.n if one.value is not None else None
    links = () if found is None else found.posts or found.topics
    return CsvRow(
        one.key, part, one.value, one.low, one.high, n, unit, one.state,
        None if found is None else found.total, " ".join(link.url for link in links),
    )  # fmt: skip


def waiting(report: Report) -> Iterator[CsvRow]:
    """Who is left aside; empty in what is shared."""
    for topic in report.aside.topics:
        yield CsvRow(
            "waiting-topic", f"{topic.username}: {topic.title}", topic.hours, None, None, None, "hour", "known"
        )
    for person in report.aside.people:
        yield CsvRow("unheard-person", person.username, person.days, None, None, person.posts, "day", "known")
    for silent in report.silent:
        yield CsvRow("silent-person", silent.username, silent.posts, None, None, None, "post", "known")


def published(report: Report) -> Iterator[CsvRow]:
    """What the posts under version control got, since they were published and in the window."""
    for one in report.published.posts:
        name = one.path or one.title
        for span, counts in (("ever", one.ever), ("window", one.here)):
            yield from got(f"{name} ({span})", counts)
        after = one.answered_after
        state = "known" if after is not None else "few" if report.audience == "community" else "none"
        yield CsvRow("published-first-answer", name, after, None, None, None, "hour", state)


def got(part: str, counts: Counts) -> Iterator[CsvRow]:
    """What a post got."""
    for key, value, unit in (
        ("views", counts.views, "view"),
        ("replies", counts.replies, "post"),
        ("likes", counts.likes, "like"),
        ("likers", counts.likers, "person"),
        ("edits", counts.edits, "edit"),
    ):
        yield CsvRow(f"published-{key}", part, value, None, None, None, unit, "unknown" if value is None else "known")
