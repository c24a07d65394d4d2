"""The period before: what changed, and how sure we are that it did."""

from koweb_sync.report.engine.measurement import Estimate, Measurement, difference, estimate


def difference_of(now: Measurement, before: Measurement) -> Measurement:
    """The difference of a figure in two periods (now less before). It rests on the smaller of the two.

    A complete count has a difference without an interval.
    """
    found = difference(Estimate(now.value, now.low, now.high), Estimate(before.value, before.low, before.high))
    return estimate(now.key, found, min(now.n, before.n), min(now.people, before.people))
