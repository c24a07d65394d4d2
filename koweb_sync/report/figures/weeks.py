"""How many posts were written by how many people, week by week, and in some weeks before, to compare with.

Whole days, counted back from the last one of the window. Of a day that was not over when the archive last looked, what
came later is not known, and is in no week.
"""

from collections.abc import Mapping

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Counted, Figure, Figures, Part, Series, Words
from koweb_sync.report.engine.measurement import Measurement, exact
from koweb_sync.report.engine.population import Population
from koweb_sync.report.engine.source import Table, query
from koweb_sync.report.engine.window import Window, earlier, end_of_day, iso_day
from koweb_sync.report.figures.cohorts import between
from koweb_sync.times import WEEK

DAYS = 7
LEAST, MOST = 12, 160  # weeks


def weeks(population: Population, window: Window) -> Mapping[int, Part]:
    """The weeks, oldest first: seven days of the report's zone each, back from the last day of the window; the last
    ends no later than the window.
    """
    end, settings = min(window.until, population.seen or window.until), population.settings
    number = min(MOST, max(LEAST, -(-window.days(settings.clock) // DAYS)))
    edges = [earlier(end_of_day(end, settings.clock), back * WEEK, settings.clock) for back in range(number, 0, -1)]
    edges.append(end)
    return {nth: Part(iso_day(edges[nth], settings), edges[nth], edges[nth + 1]) for nth in range(number)}


def posts_by_week(population: Population, window: Window) -> Table:
    """The posts of counted people in the weeks."""
    posts = query(
        f"SELECT topic, person, id AS post, created AS moment FROM {population.posts} AS p WHERE chosen AND counted"
    )
    return between(posts, weeks(population, window))


def lively_weeks(of: Counted) -> Mapping[int, Part]:
    """The weeks, without those before the first post that we know."""
    first = min((nth for nth in of.parts if of.sums(nth).rows), default=len(of.parts))
    return {nth: part for nth, part in of.parts.items() if nth >= first}


def posts_of_weeks(of: Counted) -> Mapping[str, Measurement]:
    """The posts of each week."""
    found = {part.name: of.sums(nth) for nth, part in lively_weeks(of).items()}
    return {name: exact(of.key, sums.counting, sums.rows, sums.people) for name, sums in found.items()}


def people_of_weeks(of: Counted) -> Mapping[str, Measurement]:
    """The people who wrote in each week."""
    found = {part.name: of.sums(nth).people for nth, part in lively_weeks(of).items()}
    return {name: exact(of.key, people, people, people) for name, people in found.items()}


FIGURES = Figures(
    Figure(
        key="week-posts",
        words=lambda: Words(
            _("Posts in a week"),
            _("How many posts were written in each week of the picture, also before the period."),
            _("Posts of those weeks; none by bots, and none by people who asked not to be counted."),
        ),
        unit="post",
        kind="count",
        may_link=True,
        search=("", "latest"),
        compared="never",
        order=440,
        data="activity.weeks",
        table=posts_by_week,
        series=Series(weeks, posts_of_weeks),
        chart="activity",
    ),
    Figure(
        key="week-participants",
        words=lambda: Words(
            _("People in a week"),
            _("How many people wrote in each week of the picture, also before the period."),
            _("People who wrote in those weeks; no bots, and nobody who asked not to be counted."),
        ),
        unit="person",
        kind="count",
        may_link=True,
        search=("", "latest"),
        compared="never",
        order=450,
        data="activity.weeks",
        table=posts_by_week,
        series=Series(weeks, people_of_weeks),
        chart="activity",
    ),
)
