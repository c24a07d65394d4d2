"""What was measured for a figure: a number, how sure we are of it, and how much it rests on."""

from dataclasses import dataclass, replace
from typing import Literal

from koweb_sync.report.engine.statistics import Estimate, wilson

State = Literal["known", "none", "not-reached", "unknown", "few"]

FEW = 5  # fewer people than this are recognised; their cells are suppressed in a report that is shared


@dataclass(frozen=True)
class Measurement:
    """One number. `key` names its figure.

    `low` and `high`: the 95 % interval, where the number is an estimate; an end that is not reached is None. `n`: on
    how many things it rests (its unit), `people`: on how many people. `value` is None unless `state` is known: none
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
