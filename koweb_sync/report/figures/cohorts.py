"""The people who first wrote in the same month: how many they are, and the share who wrote in each later month."""

from collections.abc import Mapping
from functools import reduce
from operator import add
from typing import Any

import ibis
from ibis.expr.types import Table

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Counted, Figure, Figures, Part, Series, Words
from koweb_sync.report.engine.measurement import Measurement, exact, share
from koweb_sync.report.engine.population import Population, once
from koweb_sync.report.engine.responses import debuts
from koweb_sync.report.engine.source import rows
from koweb_sync.report.engine.window import Window, months


def cohorts_there() -> str:
    """The population of figures about cohorts."""
    return _("People whose first post lies in the same month.")


def whole_months(population: Population, window: Window) -> Mapping[int, Part]:
    """The months that ended by the end of the window, and that the archive knows whole, oldest first."""
    settings = population.settings
    found = months(min(window.until, population.seen or window.until), settings.months, settings.clock)
    return {nth: Part(*month) for nth, month in enumerate(found)}


def place_between(time: Any, parts: Mapping[int, Part]) -> Any:
    """In which of some parts that follow each other a time lies: 0, 1…; -1 before them all."""
    edges = [parts[nth].since for nth in sorted(parts)]
    return reduce(add, [ibis.ifelse(time >= edge, 1, 0).cast("int64") for edge in edges]) - 1


def between(table: Table, column: str, parts: Mapping[int, Part]) -> Table:
    """The rows whose time lies in one of some parts that follow each other, with its number `nth`."""
    inside = table.filter(table[column] >= parts[0].since, table[column] < parts[max(parts)].until)
    return inside.mutate(nth=place_between(inside[column], parts))


@once
def first_posts_by_month(population: Population, window: Window) -> Table:
    """People's first posts, anywhere on the forum, in the months of the cohorts."""
    first = debuts(population).select("post", "topic", "at", person="debutant")
    return between(first, "at", whole_months(population, window))


def sizes(of: Counted) -> Mapping[str, Measurement]:
    """The size of each cohort that has anybody in it."""
    return {
        part.name: exact(of.key, people, people, people)
        for nth, part in of.parts.items()
        if (people := of.sums(nth).counting_people)
    }


LATER = 1000  # a part's number is so many times the cohort's month, plus the month in which it wrote


def posts_of_cohorts(population: Population, window: Window) -> Table:
    """What the people of the cohorts wrote in later months, anywhere on the forum."""
    posts = between(population.posts, "created", whole_months(population, window))
    posts = posts.select("topic", "person", post="id", at="created", month="nth")
    cohort = first_posts_by_month(population, window).select(who="person", born="nth")
    later = posts.inner_join(cohort, posts["person"] == cohort["who"])
    later = later.filter(later["month"] > later["born"])
    return later.select("post", "topic", "at", "person", nth=later["born"] * LATER + later["month"])


def later_months(population: Population, window: Window) -> Mapping[int, Part]:
    """Each cohort in each later month: 2026-08+1."""
    found = whole_months(population, window)
    return {
        born * LATER + month: Part(f"{found[born].name}+{month - born}", found[month].since, found[month].until)
        for born in found
        for month in found
        if month > born
    }


def shares_that_stayed(of: Counted) -> Mapping[str, Measurement]:
    """The share of each cohort in each later month, with Wilson's interval."""
    first = first_posts_by_month(of.population, of.window)
    found = rows(first.group_by("nth").aggregate(n=first["person"].nunique()))
    sizes = dict(zip(found["nth"].tolist(), found["n"].tolist(), strict=True))
    return {
        part.name: share(of.key, of.sums(nth).counting_people, size, size)
        for nth, part in of.parts.items()
        if (size := sizes.get(nth // LATER, 0))
    }


FIGURES = Figures(
    Figure(
        key="cohort-size",
        words=lambda: Words(_("Cohort"), _("How many people wrote for the first time in this month."), cohorts_there()),
        unit="person",
        kind="count",
        may_link=False,
        compared="never",
        order=420,
        data="staying.cohorts",
        table=first_posts_by_month,
        series=Series(whole_months, sizes),
        chart="cohorts",
    ),
    Figure(
        key="cohort-stayed",
        words=lambda: Words(_("Still there"), _("The share who wrote in this later month."), cohorts_there()),
        unit="person",
        kind="share",
        source="Wilson 1927",
        may_link=False,
        compared="never",
        order=430,
        data="staying.cohorts",
        table=posts_of_cohorts,
        series=Series(later_months, shares_that_stayed),
        chart="cohorts",
    ),
)
