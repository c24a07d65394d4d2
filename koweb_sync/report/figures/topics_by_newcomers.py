"""The share of topics opened by newcomers: whether new people also begin conversations, or only join them."""

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Figure, Figures, Words, marked, share_by_some, topics_there
from koweb_sync.report.engine.population import Population, within
from koweb_sync.report.engine.responses import debuts, topics_with_answers
from koweb_sync.report.engine.source import Table, query
from koweb_sync.report.engine.window import Window


def opened_by_newcomers(population: Population, window: Window) -> Table:
    """The topics of a window; those of people whose first post on the forum lies in it count."""
    newcomers = query(f"SELECT debutant AS who FROM {debuts(population)} AS d WHERE {within('moment', window)}")
    return marked(topics_with_answers(population, window), newcomers)


FIGURES = Figures(
    Figure(
        key="topics-by-newcomers",
        words=lambda: Words(
            _("Topics opened by newcomers"),
            _("The share of topics opened by people whose first post lies in the window."),
            topics_there(),
        ),
        unit="topic",
        kind="share",
        may_link=False,
        order=165,
        listed="topics",
        table=opened_by_newcomers,
        measure=share_by_some,
    ),
)
