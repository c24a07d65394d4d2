"""Of those who wrote often in the period before, the share who wrote nothing in this one."""

from ibis.expr.types import Table

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Figure, Figures, Words, marked, share_of_people
from koweb_sync.report.engine.population import Population, within
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.voices import posts_written


def often_and_silent(population: Population, window: Window) -> tuple[Table, Table]:
    """Who wrote often in the period before (`ReportSettings.settled` posts), and those of them who are silent in this
    one: `who`, `posts`, and `last`, when they wrote last.
    """
    before, posts = population.written(window.before(population.settings.clock)), population.posts
    often = before.group_by(who="person").aggregate(posts=before.count(), last=before["created"].max())
    often = often.filter(often["posts"] >= population.settings.settled)
    here = posts.filter(within(posts["created"], window))
    return often, often.anti_join(here, often["who"] == here["person"])


def posts_before(population: Population, window: Window) -> Table:
    """What those who wrote often wrote in the period before; of those who fell silent it counts."""
    posts = posts_written(population, window.before(population.settings.clock))
    often, silent = often_and_silent(population, window)
    return marked(posts.semi_join(often, posts["person"] == often["who"]), silent)


FIGURES = Figures(
    Figure(
        key="fell-silent",
        words=lambda: Words(
            _("Fell silent"),
            _("The share who wrote nothing in the window."),
            _("People who wrote often in the period before."),
        ),
        unit="person",
        kind="share",
        may_link=False,
        delicate=True,
        compared="never",
        order=410,
        data="staying.fell_silent",
        table=posts_before,
        measure=share_of_people,
    ),
)
