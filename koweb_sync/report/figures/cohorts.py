"""The people who first wrote in the same month: how many they are, and the share who wrote in each later month."""

from collections.abc import Mapping

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Counted, Figure, Figures, Part, Series, Words
from koweb_sync.report.engine.measurement import Measurement, exact, share
from koweb_sync.report.engine.population import Population, once
from koweb_sync.report.engine.responses import debuts
from koweb_sync.report.engine.source import Table, query
from koweb_sync.report.engine.window import Window, months


def cohorts_there() -> str:
    """The population of figures about cohorts."""
    return _("People whose first post lies in the same month.")


def whole_months(population: Population, window: Window) -> Mapping[int, Part]:
    """The months that ended by the end of the window, and that the archive knows whole, oldest first."""
    settings = population.settings
    found = months(min(window.until, population.seen or window.until), settings.months, settings.clock)
    return {nth: Part(*month) for nth, month in enumerate(found)}


def between(table: Table, parts: Mapping[int, Part]) -> Table:
    """The rows that lie in one of some parts that follow each other, by their time `moment`, with its number `nth`."""
    steps = " ".join(f"WHEN moment < {parts[nth].until} THEN CAST({nth} AS BIGINT)" for nth in sorted(parts))
    return query(
        f"SELECT t.*, CASE {steps} END AS nth FROM {table} AS t"
        f" WHERE moment >= {parts[min(parts)].since} AND moment < {parts[max(parts)].until}"
    )


@once
def first_posts_by_month(population: Population, window: Window) -> Table:
    """People's first posts, anywhere on the forum, in the months of the cohorts."""
    first = query(f"SELECT post, topic, moment, debutant AS person FROM {debuts(population)} AS d")
    return between(first, whole_months(population, window))


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
    posts = query(f"SELECT topic, person, id AS post, created AS moment FROM {population.posts} AS p")
    posts = between(posts, whole_months(population, window))
    return query(f"""
        SELECT p.post, p.topic, p.moment, p.person, c.nth * {LATER} + p.nth AS nth
        FROM {posts} AS p JOIN {first_posts_by_month(population, window)} AS c ON c.person = p.person
        WHERE p.nth > c.nth""")


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
    many = f"SELECT nth, count(DISTINCT person) FROM {first} AS f GROUP BY nth"
    sizes: dict[int, int] = dict(of.population.source.rows(many))
    return {
        part.name: share(of.key, of.sums(nth).counting_people, size, size)
        for nth, part in of.parts.items()
        if (size := sizes.get(nth // LATER, 0))
    }


FIGURES = Figures(
    Figure(
        key="cohort-size",
        words=lambda: Words(
            _("Cohort"), _("How many people wrote for the first time in the same month."), cohorts_there()
        ),
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
        words=lambda: Words(
            _("People still there"),
            _("Of the people who first wrote in the same month, the share who wrote in a later one."),
            cohorts_there(),
        ),
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
