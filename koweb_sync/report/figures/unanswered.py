"""The share of topics that wait for an answer longer than people may wait."""

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Figure, Figures, Words, share_of_rows, topics_there
from koweb_sync.report.engine.population import Population
from koweb_sync.report.engine.responses import topics_with_answers
from koweb_sync.report.engine.source import Table, query
from koweb_sync.report.engine.window import Window


def old_topics(population: Population, window: Window) -> Table:
    """The topics of a window that are older than the horizon; those without an answer count."""
    latest = population.seen - population.settings.horizon
    topics = topics_with_answers(population, window)
    return query(f"SELECT t.*, answered IS NULL AS counts FROM {topics} AS t WHERE moment <= {latest}")


FIGURES = Figures(
    Figure(
        key="unanswered",
        words=lambda: Words(
            _("Topics left aside"),
            _("The share of topics older than {time} that nobody else answered."),
            topics_there(),
        ),
        unit="topic",
        kind="share",
        may_link=False,
        order=60,
        data="aside.unanswered",
        listed="topics",
        search=("in:first status:noreplies", "latest_topic"),
        compared="never",
        table=old_topics,
        measure=share_of_rows,
    ),
)
