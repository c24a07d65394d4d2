"""The share of people who wrote in several categories."""

from ibis.expr.types import Table

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Figure, Figures, Words, marked, people_there, share_of_people
from koweb_sync.report.engine.population import Population
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.voices import posts_written


def of_those_in_several(population: Population, window: Window) -> Table:
    """The posts of a window; those of people who wrote in several categories count."""
    posts = posts_written(population, window)
    places = posts.group_by(who="person").aggregate(n=posts["category"].fill_null(-1).nunique())
    return marked(posts, places.filter(places["n"] > 1))


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
