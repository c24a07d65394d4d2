"""The share of people to whom nobody responded."""

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Figure, Figures, Words, people_there, share_of_people
from koweb_sync.report.engine.population import Population, once, posts_written
from koweb_sync.report.engine.responses import liked_by_somebody, likes, mentions, responses
from koweb_sync.report.engine.source import Table, query
from koweb_sync.report.engine.window import Window


@once
def heard(population: Population, window: Window) -> Table:
    """The posts of the window that got a reply, a quote or a like by another human: a column `target`."""
    written = population.written(window)
    found = (responses(population), likes(population), liked_by_somebody(population))
    # Of all that was ever answered or liked, only what the window has: it may be a millionth.
    return query(
        " UNION ".join(f"SELECT f.target FROM {one} AS f JOIN {written} AS w ON w.id = f.target" for one in found)
    )


@once
def judged_people(population: Population, window: Window) -> Table:
    """Who has waited long enough to be judged: `who`, `posts`, `oldest`; `quiet`: nobody responded to them.

    A response to a person: a reply to, a quote of, or a like for any of their posts in the window, or a mention of them
    since the first of these. Who wrote nothing that is older than the horizon has not waited yet, and is not judged.
    """
    latest = population.seen - population.settings.horizon
    return query(f"""
        WITH voices AS (
            SELECT w.person AS who, count(*) AS posts, min(w.created) AS oldest, count(h.target) AS heard
            FROM {population.written(window)} AS w LEFT JOIN {heard(population, window)} AS h ON h.target = w.id
            GROUP BY w.person HAVING min(w.created) <= {latest}
        )
        SELECT v.who, v.posts, v.oldest, v.heard = 0 AND c.who IS NULL AS quiet
        FROM voices AS v
        LEFT JOIN (
            SELECT DISTINCT o.who FROM voices AS o JOIN {mentions(population)} AS m
                ON m.whom = o.who AND m.moment >= o.oldest
        ) AS c ON c.who = v.who""")


def posts_of_the_judged(population: Population, window: Window) -> Table:
    """The posts of those who have waited long enough; of people to whom nobody responded they count."""
    posts, people = posts_written(population, window), judged_people(population, window)
    return query(f"SELECT p.*, j.quiet AS counts FROM {posts} AS p JOIN {people} AS j ON j.who = p.person")


FIGURES = Figures(
    Figure(
        key="unheard-voices",
        words=lambda: Words(
            _("Unheard voices"),
            _(
                "Of the people who wrote more than {time} ago, the share whose every post got no reply, quote, mention "
                "or like by another human."
            ),
            people_there(),
        ),
        unit="person",
        kind="share",
        may_link=False,
        delicate=True,
        compared="never",
        order=70,
        data="aside.unheard_voices",
        table=posts_of_the_judged,
        measure=share_of_people,
    ),
)
