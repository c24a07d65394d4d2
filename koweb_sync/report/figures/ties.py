"""How many people responded to how many. A tie: one person replied to, quoted or mentioned another, however often."""

from dataclasses import dataclass

import numpy as np

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Counted, Figure, Figures, Words, ties_there
from koweb_sync.report.engine.measurement import Measurement, exact, share
from koweb_sync.report.engine.population import Population, facilitators, once, within
from koweb_sync.report.engine.responses import mentions, responses
from koweb_sync.report.engine.source import Column, Table, query
from koweb_sync.report.engine.statistics import Numbers, distinct
from koweb_sync.report.engine.window import Window


@once
def tied_posts(population: Population, window: Window) -> Table:
    """The posts of a window that tie two counted people: `post` (of `topic`, by `person`, at a `moment`) responds to
    `whom`.
    """
    return query(f"""
        SELECT post, topic, moment, whom, author AS person FROM {responses(population)} AS r
        WHERE {within("moment", window)} AND counted AND heard AND chosen
        UNION
        SELECT m.post, m.topic, m.moment, m.whom, m.author FROM {mentions(population)} AS m
        JOIN {population.people} AS h ON h.id = m.whom AND h.counted
        WHERE {within("m.moment", window)} AND m.counted AND m.chosen""")


def with_facilitators(population: Population, window: Window) -> Table:
    """The posts that tie people; `helped`: by or to a facilitator."""
    helpers = facilitators(population)
    return query(f"""
        SELECT t.*, one.id IS NOT NULL OR other.id IS NOT NULL AS helped FROM {tied_posts(population, window)} AS t
        LEFT JOIN {helpers} AS one ON one.id = t.person
        LEFT JOIN {helpers} AS other ON other.id = t.whom""")


@dataclass(frozen=True)
class Pairs:
    """Who responded to whom, each pair once: `by` and `to` are places among `people`, who are ids."""

    people: Column
    by: Numbers
    to: Numbers

    @property
    def number(self) -> int:
        """How many ties there are."""
        return int(self.by.size)


@once
def pairs(population: Population, window: Window) -> Pairs:
    """The ties of a window."""
    found = population.source.arrays(
        f"SELECT DISTINCT person, whom FROM {tied_posts(population, window)} AS t ORDER BY person, whom"
    )
    people = np.union1d(distinct(found["person"]), distinct(found["whom"]))
    by, to = (np.searchsorted(people, found.pop(end)).astype(np.int32) for end in ("person", "whom"))
    return Pairs(people, by, to)


def both_ends(by: Numbers, to: Numbers, people: int) -> Column:
    """A number for each tie, the same whichever way it goes: the lesser place times the people, and the greater."""
    found = np.minimum(by, to).astype(np.int64)
    found *= people
    found += np.maximum(by, to)
    return found


def number_of_ties(of: Counted) -> Measurement:
    """How many pairs there are."""
    found = pairs(of.population, of.window)
    return exact(of.key, found.number, found.number, int(found.people.size))


def share_of_ties(of: Counted) -> Measurement:
    """The share of pairs whose posts count, with Wilson's interval. `people`: in these, or in the other pairs."""
    rows = of.population.source.rows
    table = f"(SELECT DISTINCT person, whom, coalesce(counts, FALSE) AS counts FROM {of.table} AS t)"
    ends = f"SELECT counts, person FROM {table} AS a UNION SELECT counts, whom FROM {table} AS b"
    ties: dict[int, int] = dict(rows(f"SELECT counts, count(*) FROM {table} AS p GROUP BY counts"))
    people = rows(f"SELECT counts, count(*) FROM ({ends}) AS e GROUP BY counts")
    counting = sum(n for counts, n in ties.items() if counts)
    return share(of.key, counting, sum(ties.values()), min((n for _counts, n in people), default=0))


def of_facilitators(population: Population, window: Window) -> Table:
    """The posts that tie people; those of or to facilitators count."""
    return query(f"SELECT t.*, helped AS counts FROM {with_facilitators(population, window)} AS t")


FIGURES = Figures(
    Figure(
        key="ties",
        words=lambda: Words(
            _("Ties between people"),
            _("Who replied to, quoted or mentioned whom: each pair once in each direction."),
            ties_there(),
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
            _("Ties to facilitators"), _("The share of ties that a facilitator takes part in."), ties_there()
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
