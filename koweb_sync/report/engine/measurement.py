"""What was measured for a figure: a number, how sure we are of it, and how much it rests on."""

from dataclasses import dataclass, replace
from math import hypot, sqrt
from typing import Literal

State = Literal["known", "none", "not-reached", "unknown", "few"]

LEVEL = 0.95
Z = 1.959963984540054  # the normal distribution's quantile for that level, both ends counted
FEW = 5  # fewer people than this are recognised; their cells are suppressed in a report that is shared


@dataclass(frozen=True)
class Estimate:
    """A value with its interval; what is infinite or cannot be said is None."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Measurement:
    """One number. `key` names its figure.

    `low` and `high`: the 95 % interval, where the number is an estimate; an end that is not reached is None. `n`: on
    how many things it rests (its unit), `people`: on how many people; where it says what a part of them did, of that
    part or of the others, whichever are fewer. `value` is None unless `state` is known: none
    (there was nothing to measure), not-reached (a median that fewer than half reached), unknown (the archive does not
    hold it), few (suppressed). `complete`: the archive knows of nothing that it lacks.
    """

    key: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    people: int = 0
    state: State = "known"
    complete: bool = True

    def without_value(self, state: State) -> "Measurement":
        """The same, without anything that was measured."""
        return replace(nothing(self.key, state), complete=self.complete)


def nothing(key: str, state: State = "none") -> Measurement:
    """There was nothing to measure."""
    return Measurement(key, None, state=state)


def exact(key: str, value: int, n: int, people: int) -> Measurement:
    """A complete count: it has no interval, for nothing was sampled."""
    return Measurement(key, value, n=n, people=people)


def estimate(key: str, what: Estimate, n: int, people: int) -> Measurement:
    """An estimate over `n` things of so many people."""
    return nothing(key) if what.value is None else Measurement(key, what.value, what.low, what.high, n, people)


def share(key: str, part: int, whole: int, people: int) -> Measurement:
    """A share with Wilson's interval."""
    return estimate(key, wilson(part, whole), whole, people)


# ---- intervals that need no resampling


def wilson(part: int, whole: int) -> Estimate:
    """A share with Wilson's score interval (Wilson 1927), which is sensible for few and for none."""
    if whole <= 0:
        return Estimate(None)
    share = part / whole
    scale = 2 * (whole + Z**2)
    middle = (2 * part + Z**2) / scale
    apart = Z / scale * sqrt(4 * part * (1 - share) + Z**2)
    return Estimate(share, middle - apart if part else 0.0, middle + apart if part < whole else 1.0)


def difference(now: Estimate, before: Estimate) -> Estimate:
    """`now` less `before`, from their two intervals (Zou and Donner 2008; for shares this is Newcombe's tenth, 1998).

    The two must not rest on the same observations. Without an interval on both sides the difference has none.
    """
    if now.value is None or before.value is None:
        return Estimate(None)
    value = now.value - before.value
    if now.low is None or now.high is None or before.low is None or before.high is None:
        return Estimate(value)
    down = hypot(now.value - now.low, before.high - before.value)
    up = hypot(now.high - now.value, before.value - before.low)
    return Estimate(value, value - down, value + up)
