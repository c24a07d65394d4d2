"""How deep conversations go: how many turns between different people the longest chain of replies takes.

A turn: somebody replies to somebody else; what people add to their own posts is no turn. In a conversation somebody was
answered, answered, and was answered again.
"""

import numpy as np

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Counted, Figure, Figures, Words, share_of_rows, topics_there
from koweb_sync.report.engine.measurement import Measurement, estimate
from koweb_sync.report.engine.population import Population, once
from koweb_sync.report.engine.responses import FIRST, topics_with_answers
from koweb_sync.report.engine.source import Table, query
from koweb_sync.report.engine.statistics import Resampling, estimated
from koweb_sync.report.engine.window import Window

CHAIN = "topic, number"  # what names a link
ROUNDS = 32  # of doubling: more than any chain of replies has


@once
def turns(population: Population, window: Window) -> Table:
    """The turns of the longest chain in each topic opened in the window: `topic`, `person`, `turns`; made once."""
    opened, source = population.opened(window), population.source
    chains = source.keep(links(population, window), CHAIN)
    for _round in range(ROUNDS):
        if not source.number(f"SELECT count(*) FROM {chains} AS c WHERE up > {FIRST}"):
            break
        shorter, chains = chains, source.keep(doubled(chains), CHAIN)
        source.drop(shorter)
    return query(f"""
        SELECT o.person, o.id AS topic, coalesce(c.turns, 0) AS turns FROM {opened} AS o
        LEFT JOIN (SELECT topic, max(turns) AS turns FROM {chains} AS c GROUP BY topic) AS c ON c.topic = o.id""")


def links(population: Population, window: Window) -> Table:
    """Each post of the topics of a window with the one that it answers: `topic`, `number`, `up` (its number), `turns`
    (1: another person's).

    Who answers a post that is gone answers the topic.
    """
    posts = population.posts
    return query(f"""
        SELECT p.topic, p.number, coalesce(a.number, {FIRST}) AS up,
            CAST(CASE WHEN coalesce(a.person, p.opener, -1) <> p.person THEN 1 ELSE 0 END AS BIGINT) AS turns
        FROM (SELECT * FROM {posts} AS l WHERE number > {FIRST}) AS p
        JOIN {population.opened(window)} AS o ON o.id = p.topic
        LEFT JOIN {posts} AS a
            ON a.topic = p.topic AND a.number = CASE WHEN p.reply_to > 0 THEN p.reply_to ELSE {FIRST} END""")


def doubled(chains: Table) -> Table:
    """Chains that reach up twice as far: each takes on the one where it ended."""
    return query(f"""
        SELECT c.topic, c.number, coalesce(a.up, {FIRST}) AS up, c.turns + coalesce(a.turns, 0) AS turns
        FROM {chains} AS c LEFT JOIN {chains} AS a ON a.topic = c.topic AND a.number = c.up""")


def mean_turns(of: Counted) -> Measurement:
    """The mean of the turns of the window's topics, with a bootstrap over topics."""
    population, settings = of.population, of.population.settings
    found = population.source.arrays(f"SELECT * FROM {turns(population, of.window)} AS t ORDER BY topic")
    mean = estimated(found["turns"], np.mean, Resampling(settings.seed, settings.resamples))
    return estimate(of.key, mean, int(found["turns"].size), int(np.unique(found["person"]).size))


CONVERSATION = 3  # turns


def with_turns(population: Population, window: Window) -> Table:
    """The topics of a window; those with a conversation count."""
    return query(f"""
        SELECT t.*, d.turns >= {CONVERSATION} AS counts FROM {topics_with_answers(population, window)} AS t
        LEFT JOIN {turns(population, window)} AS d ON d.topic = t.topic""")


FIGURES = Figures(
    Figure(
        key="depth",
        words=lambda: Words(
            _("Depth of conversations"),
            _(
                "In a topic’s longest chain of replies, how many times one person replies to another, on average: the "
                "turns."
            ),
            topics_there(),
        ),
        unit="topic",
        kind="mean",
        may_link=True,
        listed="topics",
        compared="always",
        order=310,
        data="ties.depth",
        table=topics_with_answers,
        measure=mean_turns,
    ),
    Figure(
        key="conversations",
        words=lambda: Words(_("Conversations"), _("The share of topics with at least three turns."), topics_there()),
        unit="topic",
        kind="share",
        may_link=True,
        order=320,
        data="ties.conversations",
        listed="topics",
        table=with_turns,
        measure=share_of_rows,
    ),
)
