"""A report as one tidy table: a figure a row (Wickham 2014). Nothing in it is translated."""

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from koweb_sync.report.figure import Figure, figures_in
from koweb_sync.report.metrics import Report
from koweb_sync.report.published import Counts
from koweb_sync.report.window import moment

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
UNITS = {
    "median-wait": "hour", "topics": "topic", "answered": "topic", "answered-within-24h": "topic",
    "answered-within-72h": "topic", "unanswered": "topic", "unheard-posts": "post", "posts": "post", "depth": "topic",
    "conversations": "topic", "facilitator-answers": "topic", "ties": "tie", "reciprocity": "tie",
    "reciprocity-by-chance": "tie", "reciprocity-beyond-chance": "tie", "across-groups": "tie",
    "facilitator-ties": "tie", "week-posts": "post",
}  # fmt: skip


class Row(NamedTuple):
    """A row. `value`, `low` and `high` are numbers or None; `n`: on how many things it rests, `unit`: which."""

    figure: str
    part: str
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    unit: str
    state: str


def table(report: Report) -> str:
    """The table as CSV (RFC 4180), for spreadsheets and programs."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(Row._fields)
    writer.writerows([harmless(cell) for cell in row] for row in rows(report))
    return out.getvalue()


def harmless(cell: float | str | None) -> float | str | None:
    """A cell in which no spreadsheet sees a formula: text that begins like one gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def rows(report: Report) -> Iterator[Row]:
    """All rows: the figures now, before, and what changed; months, weeks and posts by their names."""
    for part in (report.answers, report.aside, report.newcomers, report.voices, report.ties):
        for one in figures_in(part):
            yield row(one, "now")
    yield row(report.staying.silent_readers, "now")
    yield row(report.staying.fell_silent, "now")
    for change in report.changes:
        yield row(change.before, "before")
        yield row(change.difference, "difference")
    for cohort in report.staying.cohorts:
        yield row(cohort.size, cohort.month)
        for later, stayed in enumerate(cohort.stayed, 1):
            yield row(stayed, f"{cohort.month}+{later}")
    for week in report.activity.weeks:
        for one in (week.posts, week.participants):
            yield row(one, moment(week.begins).date().isoformat())
    yield from waiting(report)
    yield from published(report)


def row(one: Figure, part: str) -> Row:
    """A figure as a row."""
    unit = UNITS.get(one.key, "person")
    return Row(one.key, part, one.value, one.low, one.high, one.n if one.value is not None else None, unit, one.state)


def waiting(report: Report) -> Iterator[Row]:
    """Who is left aside; empty in what is shared."""
    for topic in report.aside.topics:
        yield Row("waiting-topic", f"{topic.username}: {topic.title}", topic.hours, None, None, None, "hour", "known")
    for person in report.aside.people:
        yield Row("unheard-person", person.username, person.days, None, None, person.posts, "day", "known")
    for silent in report.staying.silent:
        yield Row("silent-person", silent.username, silent.posts, None, None, None, "post", "known")


def published(report: Report) -> Iterator[Row]:
    """What the posts under version control got, since they were published and in the window."""
    for one in report.published.posts:
        name = one.path or one.title
        for span, counts in (("ever", one.ever), ("window", one.here)):
            yield from got(f"{name} ({span})", counts)
        after = one.answered_after
        yield Row("published-first-answer", name, after, None, None, None, "hour", "none" if after is None else "known")


def got(part: str, counts: Counts) -> Iterator[Row]:
    """What a post got."""
    for key, value, unit in (
        ("views", counts.views, "view"),
        ("replies", counts.replies, "post"),
        ("likes", counts.likes, "like"),
        ("likers", counts.likers, "person"),
        ("edits", counts.edits, "edit"),
    ):
        yield Row(f"published-{key}", part, value, None, None, None, unit, "unknown" if value is None else "known")
