"""The share of people who wrote in several categories."""

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Figure, Figures, Words, marked, people_there, share_of_people
from koweb_sync.report.engine.population import Population, posts_written
from koweb_sync.report.engine.source import Table, query
from koweb_sync.report.engine.window import Window


def of_those_in_several(population: Population, window: Window) -> Table:
    """The posts of a window; those of people who wrote in several categories count."""
    posts = posts_written(population, window)
    places = query(
        f"SELECT person AS who FROM {posts} AS p GROUP BY person HAVING count(DISTINCT coalesce(category, -1)) > 1"
    )
    return marked(posts, places)


FIGURES = Figures(
    Figure(
        key="across-categories",
        words=lambda: Words(
            _("Bridges between categories"),
            _("The share of people who wrote in several categories."),
            people_there(),
        ),
        unit="person",
        kind="share",
        may_link=False,
        order=330,
        data="ties.across_categories",
        compared="always",
        table=of_those_in_several,
        measure=share_of_people,
    ),
)
