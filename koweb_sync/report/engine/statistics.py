"""Estimates and their intervals, on NumPy arrays. Nothing here knows a forum."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from koweb_sync.report.engine.measurement import LEVEL, Estimate

Numbers = NDArray[Any]

CELLS = 250_000  # of a bootstrap at a time: what stays within a processor's cache, and some 20 MB


NOTHING = Estimate(None)


# ---- waiting


@dataclass(frozen=True)
class Waiting:
    """How long things wait: the share that is over after some times, and the median, each an estimate.

    The median, and the upper end of its interval, are None where they are not reached.
    """

    within: tuple[Estimate, ...]
    median: Estimate


def waiting(times: Numbers, over: Numbers, clusters: Numbers, marks: tuple[int, ...], how: "Resampling") -> Waiting:
    """Kaplan and Meier's estimate (1958), those that still wait censored; intervals by a bootstrap over clusters.

    `times`: how long each waited or has been waiting; `over`: whether it ended; `clusters`: whose each is, for one
    person's topics resemble each other; `marks`: the times to report. A share at a mark that nobody has reached, and
    where somebody still waits, cannot be said: None.
    """
    if times.size == 0:
        return Waiting(tuple(NOTHING for _mark in marks), NOTHING)
    survival = still_waiting(times, over)
    last = float(times.max())
    values = [1 - survival.evaluate(mark) for mark in marks]
    said = [mark <= last or bool(over[times == last].all()) for mark in marks]
    half = np.flatnonzero(survival.probabilities <= 0.5 + 1e-12)
    median = float(survival.quantiles[half[0]]) if half.size else None
    spread = resampled_waits(times, over, clusters, marks, how)
    within = tuple(
        Estimate(value, *ends(spread[nth])) if known else NOTHING
        for nth, (value, known) in enumerate(zip(values, said, strict=True))
    )
    return Waiting(within, Estimate(median, *ends(spread[-1])))


@dataclass(frozen=True)
class Survival:
    """The share that still waits from each of some times on: `probabilities` at `quantiles`."""

    quantiles: Numbers
    probabilities: Numbers

    def evaluate(self, time: float) -> float:
        """The share that still waits at a time."""
        place = int(np.searchsorted(self.quantiles, time, side="right"))
        return float(self.probabilities[place - 1]) if place else 1.0


def still_waiting(times: Numbers, over: Numbers) -> Survival:
    """Kaplan and Meier's curve: at each time, of those who had waited so long, the share whose wait did not end."""
    quantiles, place, many = np.unique(times, return_inverse=True, return_counts=True)
    ended = np.bincount(place, weights=over, minlength=quantiles.size)
    waited = np.cumsum(many[::-1])[::-1]
    return Survival(quantiles, np.cumprod((waited - ended) / waited))


@dataclass(frozen=True)
class Resampling:
    """How often, and from which seed."""

    seed: int
    times: int


def resampled_waits(
    times: Numbers, over: Numbers, clusters: Numbers, marks: tuple[int, ...], how: Resampling
) -> Numbers:
    """For each mark, and last the median, what it is in each resample of the clusters. Empty for fewer than two."""
    names, owner = np.unique(clusters, return_inverse=True)
    order = np.lexsort((~over, times))  # of equal times, those that ended come first, as Kaplan and Meier say
    times, over, owner = times[order].astype(float), over[order], owner[order]
    places = np.searchsorted(times, marks, side="right") - 1

    def measure(drawn: Numbers, axis: int = -1) -> Numbers:  # noqa: ARG001 - as all statistics have it
        weights = np.stack([np.bincount(row, minlength=names.size) for row in np.atleast_2d(drawn)]).astype(float)
        weights = np.take(weights, owner, axis=1)
        waiting = np.cumsum(weights[:, ::-1], axis=1)[:, ::-1]
        weights *= over
        weights /= np.maximum(waiting, 1, out=waiting)  # where nobody waits any more, no wait ends
        survival = np.cumprod(np.subtract(1, weights, out=weights), axis=1, out=weights)
        shares = [1 - survival[:, place] if place >= 0 else np.zeros(len(survival)) for place in places]
        below = survival <= 0.5 + 1e-12
        median = np.where(below.any(axis=1), times[below.argmax(axis=1)], never)
        return np.stack([*shares, median])

    never = 2 * times[-1] + 1  # a number: what is infinite has no quantile among others
    spread = resampled(np.arange(names.size), measure, how, width=max(times.size, names.size), outputs=len(marks) + 1)
    spread[-1][spread[-1] == never] = np.inf
    return spread


# ---- resampling


def resampled(
    sample: Numbers, measure: Callable[..., Numbers], how: Resampling, *, width: int, outputs: int = 1
) -> Numbers:
    """What a statistic is in each resample, with replacement: `outputs` rows. Empty for fewer than two things.

    `width`: how many cells the statistic needs for one resample.
    """
    if sample.size < 2 or how.times < 1:
        return np.empty((outputs, 0))
    chance, batch = np.random.default_rng(how.seed), max(1, CELLS // max(width, 1))
    found = [
        measure(sample[chance.integers(0, sample.size, (min(batch, how.times - done), sample.size))], axis=-1)
        for done in range(0, how.times, batch)
    ]
    return np.concatenate(found, axis=-1).reshape(outputs, -1)


def ends(spread: Numbers) -> tuple[float | None, float | None]:
    """The percentile interval; an end that is infinite, or that cannot be said, is None."""
    if spread.size == 0:
        return None, None
    low, high = np.quantile(spread, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method="inverted_cdf")
    return finite(low), finite(high)


def finite(value: float) -> float | None:
    """A number, or None for what is infinite or no number."""
    return float(value) if np.isfinite(value) else None


def estimated(sample: Numbers, measure: Callable[..., Numbers], how: Resampling) -> Estimate:
    """A statistic of a sample with its bootstrap interval. `measure(sample, axis)` works along an axis."""
    if sample.size == 0:
        return NOTHING
    value = finite(float(measure(sample, axis=-1)))
    return Estimate(value, *ends(resampled(sample, measure, how, width=sample.size)[0]))


def distinct(values: Numbers) -> Numbers:
    """Each of some numbers once, in their order. NumPy's own `unique` takes ten times as long where there are many."""
    ordered = np.sort(values)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if ordered.size else ordered


# ---- how evenly


@dataclass(frozen=True)
class Evenness:
    """How evenly something is shared out, each with its interval: `gini`, `effective`, `top_share`, `lower_share`."""

    gini: Estimate = NOTHING
    effective: Estimate = NOTHING
    top_share: Estimate = NOTHING
    lower_share: Estimate = NOTHING


def evenness(counts: Numbers, how: Resampling) -> Evenness:
    """All of them, of the same resamples."""
    if counts.size == 0:
        return Evenness()
    measures = (gini, effective, top_share, lower_share)

    def measure(drawn: Numbers, axis: int = -1) -> Numbers:
        ordered = np.sort(drawn, axis=axis)
        return np.stack([one(ordered) for one in measures])

    spread = resampled(counts, measure, how, width=counts.size, outputs=len(measures))
    values = measure(counts).tolist()
    return Evenness(*(Estimate(finite(value), *ends(row)) for value, row in zip(values, spread, strict=True)))


def gini(ordered: Numbers) -> Numbers:
    """Gini's coefficient: 0, all the same; towards 1, one has it all. 0 where there is nothing to share.

    Half of the mean difference between any two, divided by the mean (Gini 1912), over n², with nobody left out.
    `ordered`: what each has, the least first, along the last axis; so it is of the others.
    """
    n, total = ordered.shape[-1], ordered.sum(axis=-1)
    return part_of(ordered @ (2 * np.arange(1, n + 1) - n - 1), n * total)


def effective(ordered: Numbers) -> Numbers:
    """How many equal voices would be as diverse: the exponential of Shannon's entropy (Jost 2006); 0 for no voice."""
    total = ordered.sum(axis=-1)
    terms = (ordered * np.log(ordered, out=np.zeros(ordered.shape), where=ordered > 0)).sum(axis=-1)
    least = np.maximum(total, 1)
    return np.where(total > 0, least * np.exp(-terms / least), 0.0)


def top_share(ordered: Numbers) -> Numbers:
    """The share of the tenth that has most (rounded up to whole people); 0 where there is nothing to share."""
    n = ordered.shape[-1]
    return part_of(ordered[..., n + -n // 10 :].sum(axis=-1), ordered.sum(axis=-1))


def lower_share(ordered: Numbers) -> Numbers:
    """The share of the half that has least (rounded down to whole people); 0 where there is nothing to share."""
    return part_of(ordered[..., : ordered.shape[-1] // 2].sum(axis=-1), ordered.sum(axis=-1))


def part_of(some: Numbers, whole: Numbers) -> Numbers:
    """A share; 0 of nothing."""
    return np.asarray(np.divide(some, whole, out=np.zeros(np.shape(whole)), where=whole > 0))
