"""How many people wrote for the first time; and what becomes of them."""

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Figure, Figures, Words, count_of_rows, share_of_rows
from koweb_sync.report.engine.population import Population, facilitators, once, within
from koweb_sync.report.engine.responses import FIRST, debuts, mentions, responses
from koweb_sync.report.engine.source import Table, query
from koweb_sync.report.engine.window import Window


def newcomers_there() -> str:
    """The population of figures about newcomers."""
    return _("People whose first post lies in the window.")


@once
def arrivals(population: Population, window: Window) -> Table:
    """The newcomers of a window: `person`, and their first post: `post`, `topic`, `moment`, `answered` (when, or null),
    by a `facilitator` or not; `soon`: within the horizon. `next_post` is the post that they wrote next, in topic
    `elsewhere`, `again` when.
    """
    return query(f"""
        SELECT d.debutant AS person, d.post, d.topic, d.moment, f.answered, n.again, n.next_post, n.elsewhere,
            h.id IS NOT NULL AS facilitator,
            coalesce(f.answered - d.moment <= {population.settings.horizon}, FALSE) AS soon
        FROM {debuts(population)} AS d
        LEFT JOIN {first_responses(population)} AS f ON f.target = d.post
        LEFT JOIN {second_posts(population)} AS n ON n.who = d.debutant
        LEFT JOIN {facilitators(population)} AS h ON h.id = f.author
        WHERE {within("d.moment", window)} AND d.chosen""")


@once
def second_posts(population: Population) -> Table:
    """When people wrote for the second time, anywhere: `who`, `again`, and the post, `next_post` of `elsewhere`."""
    return query(f"""
        SELECT person AS who, created AS again, id AS next_post, topic AS elsewhere
        FROM (
            SELECT person, created, id, topic, row_number() OVER (PARTITION BY person ORDER BY created, id) AS place
            FROM {population.posts} AS p WHERE counted
        ) AS r WHERE place = 2""")


@once
def first_responses(population: Population) -> Table:
    """The first response to people's first posts: `target`, `answered`, `author`.

    A reply to the post or a quote of it; a mention of its author after it; any post by others in a topic it opened.
    """
    first = debuts(population)
    return query(f"""
        SELECT target, author, moment AS answered FROM (
            SELECT target, author, moment, row_number() OVER (PARTITION BY target ORDER BY moment, post) AS place
            FROM (
                SELECT r.target, r.author, r.moment, r.post
                FROM {responses(population)} AS r JOIN {first} AS d ON d.post = r.target
                UNION ALL
                SELECT d.post, m.author, m.moment, m.post
                FROM {mentions(population)} AS m JOIN {first} AS d ON d.debutant = m.whom AND m.moment >= d.moment
                UNION ALL
                SELECT d.post, p.person, p.created, p.id
                FROM {population.posts} AS p
                JOIN {first} AS d ON d.topic = p.topic AND d.number = {FIRST} AND d.debutant <> p.person
            ) AS e
        ) AS r WHERE place = 1""")


def judged(population: Population, window: Window) -> Table:
    """The newcomers of a window; without those who still wait, but not yet too long. The answered count."""
    latest = population.seen - population.settings.horizon
    return query(
        f"SELECT a.*, soon AS counts FROM {arrivals(population, window)} AS a WHERE soon OR moment <= {latest}"
    )


def welcomed(population: Population, window: Window) -> Table:
    """The newcomers of a window who were answered; those whom a facilitator answered first count."""
    return query(f"SELECT a.*, facilitator AS counts FROM {arrivals(population, window)} AS a WHERE soon")


def welcomed_by_others(population: Population, window: Window) -> Table:
    """The newcomers of a window who were answered; those whom no facilitator answered first count."""
    return query(f"SELECT a.*, NOT facilitator AS counts FROM {arrivals(population, window)} AS a WHERE soon")


FIGURES = Figures(
    Figure(
        key="newcomers",
        words=lambda: Words(_("Newcomers"), _("How many people wrote for the first time."), newcomers_there()),
        unit="person",
        kind="count",
        may_link=False,
        compared="always",
        order=90,
        data="newcomers.newcomers",
        table=arrivals,
        measure=count_of_rows,
    ),
    Figure(
        key="newcomers-answered",
        words=lambda: Words(
            _("Newcomers answered"),
            _("The share of newcomers whose first post was answered within {time}."),
            _("People whose first post lies in the window, without those who wait for less than {time} so far."),
        ),
        unit="person",
        kind="share",
        may_link=False,
        order=100,
        data="newcomers.answered",
        compared="always",
        table=judged,
        measure=share_of_rows,
    ),
    Figure(
        key="newcomers-answered-by-facilitators",
        words=lambda: Words(
            _("Welcomed by facilitators"),
            _("Of the answered newcomers, the share whom a facilitator answered first."),
            _("People whose first post lies in the window."),
        ),
        unit="person",
        kind="share",
        may_link=False,
        order=110,
        data="newcomers.by_facilitators",
        table=welcomed,
        measure=share_of_rows,
    ),
    Figure(
        key="newcomers-answered-by-others",
        words=lambda: Words(
            _("Welcomed by others"),
            _("Of the answered newcomers, the share whom somebody else answered first."),
            _("People whose first post lies in the window."),
        ),
        unit="person",
        kind="share",
        may_link=False,
        order=120,
        data="newcomers.by_others",
        table=welcomed_by_others,
        measure=share_of_rows,
    ),
)
