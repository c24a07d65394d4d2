"""Of those who wrote several posts in the period before, the share who wrote nothing in this one."""

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Figure, Figures, Words, share_of_people
from koweb_sync.report.engine.population import Population, once, posts_written, within
from koweb_sync.report.engine.source import Table, query
from koweb_sync.report.engine.window import Window


@once
def settled(population: Population, window: Window) -> Table:
    """Who wrote at least `ReportSettings.settled` posts in the period before: `who`, `posts`, and `last_at`, when they
    wrote last; `silent`: nothing by them is in this window.
    """
    before = population.written(window.before(population.settings.clock))
    return query(f"""
        SELECT o.who, o.posts, o.last_at, h.person IS NULL AS silent
        FROM (
            SELECT person AS who, count(*) AS posts, max(created) AS last_at FROM {before} AS b GROUP BY person
            HAVING count(*) >= {population.settings.settled}
        ) AS o
        LEFT JOIN (
            SELECT DISTINCT person FROM {population.posts} AS p WHERE {within("created", window)}
        ) AS h ON h.person = o.who""")


def posts_before(population: Population, window: Window) -> Table:
    """What those who wrote several posts wrote in the period before; of those who fell silent it counts."""
    posts = posts_written(population, window.before(population.settings.clock))
    return query(
        f"SELECT p.*, o.silent AS counts FROM {posts} AS p JOIN {settled(population, window)} AS o ON o.who = p.person"
    )


FIGURES = Figures(
    Figure(
        key="fell-silent",
        words=lambda: Words(
            _("People who fell silent"),
            _(
                "Of the people who wrote {settled} posts or more in the period before, the share who wrote nothing in "
                "this one."
            ),
            _("People who wrote {settled} posts or more in the period before."),
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
