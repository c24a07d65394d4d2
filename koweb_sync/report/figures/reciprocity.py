"""How many ties go both ways, and how many would by chance: if the same people answered as often, and were answered as
often, but anybody.
"""

import numpy as np
from ibis.expr.types import Table
from scipy import sparse, stats

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Figure, Figures, Words, ties_there
from koweb_sync.report.engine.measurement import Measurement, nothing
from koweb_sync.report.engine.population import Population, once
from koweb_sync.report.engine.source import Column
from koweb_sync.report.engine.statistics import ends
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.ties import pairs, tied_posts


def going_both_ways(population: Population, window: Window) -> Table:
    """The posts that tie people; those that are answered with a tie count."""
    posts = tied_posts(population, window)
    back = posts.select(one="to", other="person").distinct()
    joined = posts.left_join(back, (posts["person"] == back["one"]) & (posts["to"] == back["other"]))
    return joined.select(*posts.columns, counts=joined["one"].notnull())


PERMUTED = 4_000_000  # ties in all permutations together
LEAST = 19  # permutations: one in twenty


def tie_matrix(by: Column, to: Column, people: int) -> sparse.csr_array:
    """Who answers whom, as a matrix of ones; nobody answers themselves."""
    apart = by != to
    found = sparse.csr_array((np.ones(int(apart.sum())), (by[apart], to[apart])), shape=(people, people))
    found.data[:] = 1
    return found


def both_ways(by: Column, to: Column, people: int) -> float:
    """The share of ties that exist in both directions, as NetworkX's `overall_reciprocity` says.

    By SciPy's sparse matrices: many permutations of a large forum would take NetworkX hours.
    """
    found = tie_matrix(by, to, people)
    return float(found.multiply(found.T).sum() / found.nnz) if found.nnz else 0.0


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
    null = stats.permutation_test(
        (found.to,),
        lambda permuted: both_ways(found.by, permuted, people),
        permutation_type="pairings",
        n_resamples=max(min(LEAST, settings.permutations), min(PERMUTED // n, settings.permutations)),
        vectorized=False,
        batch=1,  # else all permutations are held at once
        rng=np.random.default_rng(settings.seed),
    ).null_distribution
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
        words=lambda: Words(_("Reciprocity"), _("The share of ties that go both ways."), ties_there()),
        unit="tie",
        kind="share",
        may_link=True,
        order=280,
        data="ties.reciprocity",
        source="networkx",
        compared="always",
        table=going_both_ways,
        measure=lambda of: reciprocities(of.population, of.window)[0],
    ),
    Figure(
        key="reciprocity-by-chance",
        words=lambda: Words(
            _("Reciprocity by chance"), _("What it would be if the same answers went to anybody."), ties_there()
        ),
        unit="tie",
        kind="share",
        may_link=True,
        compared="never",
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
        may_link=True,
        order=300,
        data="ties.reciprocity_beyond_chance",
        table=tied_posts,
        measure=lambda of: reciprocities(of.population, of.window)[2],
    ),
)
