"""The share of people who read and wrote nothing, of all who read or wrote.

From the counters that Discourse shows of people (days visited, posts read), whose growth the archive keeps day by day.
Whoever has no counter is known only by what they write.
"""

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Counted, Figure, Figures, Words, share_of_rows
from koweb_sync.report.engine.measurement import Measurement, nothing
from koweb_sync.report.engine.population import Population, within
from koweb_sync.report.engine.source import Table, query
from koweb_sync.report.engine.window import Window


def readers_and_writers(population: Population, window: Window) -> Table:
    """Who read or wrote in a window; those who only read count."""
    people, posts = population.people, population.posts
    writers = f"SELECT DISTINCT person FROM {posts} AS p WHERE counted AND {within('created', window)}"
    return query(f"""
        SELECT g.who AS person, TRUE AS counts FROM {grown(population, window)} AS g
        JOIN {people} AS h ON h.id = g.who AND h.counted
        LEFT JOIN ({writers}) AS w ON w.person = g.who
        WHERE w.person IS NULL
        UNION ALL
        SELECT person, FALSE FROM ({writers}) AS w""")


def grown(population: Population, window: Window) -> Table:
    """Whose counters grew within the window: `who`. What lies before the first counter that we have is not known."""
    before = f"FILTER (WHERE moment < {window.since})"
    here = f"FILTER (WHERE moment >= {window.since})"
    return query(f"""
        SELECT person AS who FROM {population.source["activity"]} AS a WHERE moment < {window.until} GROUP BY person
        HAVING max(days_visited) {here} > coalesce(max(days_visited) {before}, min(days_visited) {here})
            OR max(posts_read) {here} > coalesce(max(posts_read) {before}, min(posts_read) {here})""")


def share_of_silent_readers(of: Counted) -> Measurement:
    """The share; unknown where the archive holds no counters.

    Counters that were seen once tell what people did since the forum began, not what they did in the window.
    """
    ((here, days),) = of.population.source.rows(f"""
        SELECT count(*) FILTER (WHERE moment >= {of.window.since}), count(DISTINCT moment)
        FROM {of.population.source["activity"]} AS a WHERE moment < {of.window.until}""")
    if not here or days < 2:
        return nothing(of.key, "unknown")
    return share_of_rows(of)


FIGURES = Figures(
    Figure(
        key="silent-readers",
        words=lambda: Words(
            _("Silent readers"),
            _("Of the people who read or wrote, the share who only read."),
            _("People who wrote in the window, or whose reading counters grew."),
        ),
        unit="person",
        kind="share",
        may_link=True,
        listed="readers",
        compared="never",
        order=400,
        data="staying.silent_readers",
        table=readers_and_writers,
        measure=share_of_silent_readers,
    ),
)
