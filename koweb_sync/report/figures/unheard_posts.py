"""The share of posts without any response."""

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Figure, Figures, Words, posts_there, share_of_rows
from koweb_sync.report.engine.population import Population
from koweb_sync.report.engine.source import Table, query
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.unheard_voices import heard


def old_posts(population: Population, window: Window) -> Table:
    """The posts of a window that are older than the horizon; those without a response count."""
    latest = population.seen - population.settings.horizon
    return query(f"""
        SELECT w.topic, w.person, w.id AS post, w.created AS moment, h.target IS NULL AS counts
        FROM {population.written(window)} AS w LEFT JOIN {heard(population, window)} AS h ON h.target = w.id
        WHERE w.created <= {latest}""")


FIGURES = Figures(
    Figure(
        key="unheard-posts",
        words=lambda: Words(
            _("Unheard posts"),
            _("The share of posts older than {time} that got no reply, quote or like by another human."),
            posts_there(),
        ),
        unit="post",
        kind="share",
        may_link=False,
        order=80,
        data="aside.unheard_posts",
        compared="never",
        table=old_posts,
        measure=share_of_rows,
    ),
)
