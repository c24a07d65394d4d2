"""How many ties go both ways, and how many would by chance: if the same people answered as often, and were answered as
often, but anybody.
"""

from collections.abc import Iterator
from itertools import permutations
from math import factorial

import numpy as np

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Figure, Figures, Words, ties_there
from koweb_sync.report.engine.measurement import Measurement, nothing
from koweb_sync.report.engine.population import Population, once
from koweb_sync.report.engine.source import Table, query
from koweb_sync.report.engine.statistics import Numbers, distinct, ends
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.ties import both_ends, pairs, tied_posts


def going_both_ways(population: Population, window: Window) -> Table:
    """The posts that tie people; those that are answered with a tie count."""
    posts = tied_posts(population, window)
    return query(f"""
        SELECT t.*, b.whom IS NOT NULL AS counts FROM {posts} AS t
        LEFT JOIN (SELECT DISTINCT person, whom FROM {posts} AS p) AS b ON b.whom = t.person AND b.person = t.whom""")


PERMUTED = 4_000_000  # ties in all permutations together
LEAST = 19  # permutations: one in twenty


def both_ways(by: Numbers, to: Numbers, people: int) -> float:
    """The share of ties that exist in both directions; nobody is tied to themselves. Sorted, those of two people who
    are tied both ways stand side by side.
    """
    ties = both_ends(by, to, people)
    ties *= 2
    ties += by < to
    ties = distinct(ties[by != to])
    many = ties.size
    ties //= 2
    return 2 * float((ties[1:] == ties[:-1]).sum()) / many if many else 0.0


def shuffled(to: Numbers, times: int, seed: int) -> Iterator[Numbers]:
    """The same answers, to anybody: so many random orders, or all of them where there are fewer."""
    if to.size < 13 and factorial(to.size) <= times:
        yield from (to[list(order)] for order in permutations(range(to.size)))
        return
    chance = np.random.default_rng(seed)
    for _time in range(times):
        yield chance.permuted(to[None], axis=-1)[0]


@once
def reciprocities(population: Population, window: Window) -> tuple[Measurement, Measurement, Measurement]:
    """What it is, what it would be by chance, and the difference with the chance's own spread.

    The more ties, the less chance spreads, and the fewer permutations are needed.
    """
    keys = ("reciprocity", "reciprocity-by-chance", "reciprocity-beyond-chance")
    found, settings = pairs(population, window), population.settings
    n, people = found.number, int(found.people.size)
    if n < 2:
        return nothing(keys[0]), nothing(keys[1]), nothing(keys[2])
    value = both_ways(found.by, found.to, people)
    times = max(min(LEAST, settings.permutations), min(PERMUTED // n, settings.permutations))
    null = np.array([both_ways(found.by, order, people) for order in shuffled(found.to, times, settings.seed)])
    low, high = ends(null)
    mean = float(null.mean())
    least, most = (None if end is None else value - end for end in (high, low))
    return (
        Measurement(keys[0], value, n=n, people=people),
        Measurement(keys[1], mean, low, high, n, people),
        Measurement(keys[2], value - mean, least, most, n, people),
    )


FIGURES = Figures(
    Figure(
        key="reciprocity",
        words=lambda: Words(_("Reciprocity"), _("The share of ties that go in both directions."), ties_there()),
        unit="tie",
        kind="share",
        may_link=True,
        order=280,
        data="ties.reciprocity",
        compared="always",
        table=going_both_ways,
        measure=lambda of: reciprocities(of.population, of.window)[0],
    ),
    Figure(
        key="reciprocity-by-chance",
        words=lambda: Words(
            _("Reciprocity by chance"),
            _("The share of ties that would go both ways if the same answers went to anybody."),
            ties_there(),
        ),
        unit="tie",
        kind="share",
        may_link=True,
        compared="never",
        deeper=True,
        order=290,
        data="ties.reciprocity_by_chance",
        table=tied_posts,
        measure=lambda of: reciprocities(of.population, of.window)[1],
    ),
    Figure(
        key="reciprocity-beyond-chance",
        words=lambda: Words(
            _("Reciprocity beyond chance"), _("Reciprocity less what chance alone would make."), ties_there()
        ),
        unit="tie",
        kind="points",
        parted=("reciprocity", "reciprocity-by-chance"),
        may_link=True,
        deeper=True,
        order=300,
        data="ties.reciprocity_beyond_chance",
        table=tied_posts,
        measure=lambda of: reciprocities(of.population, of.window)[2],
    ),
)
