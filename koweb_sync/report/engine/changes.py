"""The period before: what changed, and how sure we are that it did."""

from dataclasses import dataclass
from typing import Any

from koweb_sync.report.engine.measurement import Figure, figures_in, nothing
from koweb_sync.report.engine.statistics import Estimate, difference

# They say what chance would do, or are a difference themselves.
NOT_COMPARED = {"reciprocity-by-chance", "second-post-difference"}


@dataclass(frozen=True)
class Change:
    """A figure now, in the period of the same length before, and the difference (now less before)."""

    key: str
    now: Figure
    before: Figure
    difference: Figure


def changes(now: Any, before: Any) -> tuple[Change, ...]:
    """What changed in parts of a report, figure by figure. A complete count has a difference without an interval."""
    return tuple(
        Change(new.key, new, old, apart(new, old))
        for new, old in zip(figures_in(now), figures_in(before), strict=True)
        if new.key not in NOT_COMPARED
    )


def apart(now: Figure, before: Figure) -> Figure:
    """The difference of a figure in two periods. It rests on the smaller of the two."""
    found = difference(Estimate(now.value, now.low, now.high), Estimate(before.value, before.low, before.high))
    if found.value is None:
        return nothing(now.key)
    size, people = min(now.n, before.n), min(now.people, before.people)
    return Figure(now.key, found.value, found.low, found.high, size, people)
