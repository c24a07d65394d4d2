"""How deep conversations go: how many turns between different people the longest chain of replies takes.

A turn: somebody replies to somebody else; what people add to their own posts is no turn. In a conversation somebody was
answered, answered, and was answered again.
"""

import ibis
import numpy as np
from ibis.expr.types import Table

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Counted, Figure, Figures, Words, share_of_rows, topics_there
from koweb_sync.report.engine.measurement import Measurement, estimate
from koweb_sync.report.engine.population import Population, once
from koweb_sync.report.engine.responses import FIRST, topics_with_answers
from koweb_sync.report.engine.source import rows, size
from koweb_sync.report.engine.statistics import Resampling, estimated
from koweb_sync.report.engine.window import Window

ROUNDS = 32  # of doubling: more than any chain of replies has


@once
def turns(population: Population, window: Window) -> Table:
    """The turns of the longest chain in each topic opened in the window: `topic`, `person`, `turns`; made once."""
    opened, posts = population.opened(window), population.posts
    chains = population.source.keep(links(posts.semi_join(opened, posts["topic"] == opened["id"])))
    for _round in range(ROUNDS):
        if not size(chains.filter(chains["up"] > FIRST)):
            break
        shorter, chains = chains, population.source.keep(doubled(chains))
        population.source.drop(shorter)
    per_topic = chains.group_by(place="topic").aggregate(turns=chains["turns"].max())
    joined = opened.left_join(per_topic, opened["id"] == per_topic["place"])
    return joined.select("person", topic="id", turns=joined["turns"].fill_null(0))


def links(posts: Table) -> Table:
    """Each post with the one that it answers: `topic`, `number`, `up` (its number), `turns` (1: another person's).

    Who answers a post that is gone answers the topic.
    """
    parents = posts.select(place="topic", nth="number", author="person")
    later = posts.filter(posts["number"] > FIRST)
    later = later.mutate(wanted=ibis.ifelse(later["reply_to"] > 0, later["reply_to"], FIRST))
    joined = later.left_join(parents, (later["topic"] == parents["place"]) & (later["wanted"] == parents["nth"]))
    author = ibis.coalesce(joined["author"], joined["opener"], -1)
    return joined.select(
        "topic",
        "number",
        up=joined["nth"].fill_null(FIRST),
        turns=ibis.ifelse(author != joined["person"], 1, 0).cast("int64"),
    )


def doubled(chains: Table) -> Table:
    """Chains that reach up twice as far: each takes on the one where it ended."""
    above = chains.select(place="topic", nth="number", next="up", more="turns")
    joined = chains.left_join(above, (chains["topic"] == above["place"]) & (chains["up"] == above["nth"]))
    return joined.select(
        "topic",
        "number",
        up=joined["next"].fill_null(FIRST),
        turns=joined["turns"] + joined["more"].fill_null(0),
    )


def mean_turns(of: Counted) -> Measurement:
    """The mean of the turns of the window's topics, with a bootstrap over topics."""
    found, settings = rows(turns(of.population, of.window), "topic"), of.population.settings
    mean = estimated(found["turns"], np.mean, Resampling(settings.seed, settings.resamples))
    return estimate(of.key, mean, int(found["turns"].size), int(np.unique(found["person"]).size))


CONVERSATION = 3  # turns


def with_turns(population: Population, window: Window) -> Table:
    """The topics of a window; those with a conversation count."""
    topics, deep = topics_with_answers(population, window), turns(population, window)
    deep = deep.select(place="topic", turns="turns")
    joined = topics.left_join(deep, topics["topic"] == deep["place"])
    return joined.select(*topics.columns, counts=joined["turns"] >= CONVERSATION)


FIGURES = Figures(
    Figure(
        key="depth",
        words=lambda: Words(
            _("Depth of conversations"),
            _("How many turns between different people the longest chain of replies takes, on average."),
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
