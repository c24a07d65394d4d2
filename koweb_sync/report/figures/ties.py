"""How many people responded to how many. A tie: one person replied to, quoted or mentioned another, however often."""

from dataclasses import dataclass

import ibis
import numpy as np
from ibis.expr.types import Table

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Counted, Figure, Figures, Words, ties_there
from koweb_sync.report.engine.measurement import Measurement, exact, share
from koweb_sync.report.engine.population import Population, facilitators, once, within
from koweb_sync.report.engine.responses import mentions, responses
from koweb_sync.report.engine.source import Column, rows
from koweb_sync.report.engine.window import Window


@once
def tied_posts(population: Population, window: Window) -> Table:
    """The posts of a window that tie two counted people: `post` (of `topic`, by `person`, `at`) responds to `to`."""
    direct, names, people = responses(population), mentions(population), population.people
    direct = direct.filter(within(direct["at"], window), direct["counted"], direct["heard"], direct["chosen"])
    named = names.filter(within(names["at"], window), names["counted"], names["chosen"])
    counted = people.filter(people["counted"]).select(known="id")
    named = named.semi_join(counted, named["to"] == counted["known"])
    both = (one.select("post", "topic", "at", "to", person="by") for one in (direct, named))
    return ibis.union(*both, distinct=True)


def with_facilitators(population: Population, window: Window) -> Table:
    """The posts that tie people; `helped`: by or to a facilitator."""
    posts, helpers = tied_posts(population, window), facilitators(population).select(helper="id")
    # Two semi joins in a row lose one on PostgreSQL (sqlglot), so these are left joins.
    one, other = helpers.select(giving="helper"), helpers.select(getting="helper")
    joined = posts.left_join(one, posts["person"] == one["giving"])
    joined = joined.left_join(other, joined["to"] == other["getting"])
    return joined.select(*posts.columns, helped=joined["giving"].notnull() | joined["getting"].notnull())


@dataclass(frozen=True)
class Pairs:
    """Who responded to whom, each pair once: `by` and `to` are places among `people`, who are ids."""

    people: Column
    by: Column
    to: Column

    @property
    def number(self) -> int:
        """How many ties there are."""
        return int(self.by.size)


@once
def pairs(population: Population, window: Window) -> Pairs:
    """The ties of a window."""
    found = rows(tied_posts(population, window).select("person", "to").distinct(), "person", "to")
    people, ends = np.unique(np.concatenate([found["person"], found["to"]]), return_inverse=True)
    return Pairs(people, ends[: found["to"].size], ends[found["to"].size :])


def number_of_ties(of: Counted) -> Measurement:
    """How many pairs there are."""
    found = pairs(of.population, of.window)
    return exact(of.key, found.number, found.number, int(found.people.size))


def share_of_ties(of: Counted) -> Measurement:
    """The share of pairs whose posts count, with Wilson's interval."""
    counts = ibis.ifelse(of.table["counts"], 1, 0).cast("int64")  # PostgreSQL casts no boolean to a bigint
    found = rows(of.table.select("person", "to", counts=counts).distinct())
    people = np.unique(np.concatenate([found["person"], found["to"]])).size
    return share(of.key, int(found["counts"].sum()), int(found["counts"].size), int(people))


def of_facilitators(population: Population, window: Window) -> Table:
    """The posts that tie people; those of or to facilitators count."""
    posts = with_facilitators(population, window)
    return posts.mutate(counts=posts["helped"])


FIGURES = Figures(
    Figure(
        key="ties",
        words=lambda: Words(
            _("Ties"), _("How many people responded to how many: each pair once in each direction."), ties_there()
        ),
        unit="tie",
        kind="count",
        may_link=True,
        order=270,
        data="ties.ties",
        table=tied_posts,
        measure=number_of_ties,
    ),
    Figure(
        key="facilitator-ties",
        words=lambda: Words(
            _("Ties with facilitators"), _("The share of ties in which a facilitator takes part."), ties_there()
        ),
        unit="tie",
        kind="share",
        may_link=False,
        order=360,
        data="ties.facilitator_ties",
        table=of_facilitators,
        measure=share_of_ties,
    ),
)
