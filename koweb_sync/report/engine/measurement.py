"""A figure: a number, how sure we are of it, and how much it rests on."""

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Literal, TypeVar

State = Literal["known", "none", "not-reached", "unknown", "few"]

Part = TypeVar("Part")

FEW = 5  # fewer people than this are recognised; their cells are suppressed in a report that is shared


@dataclass(frozen=True)
class Figure:
    """One number. `key` names its definition (`definitions.py`).

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


def count(key: str, value: int, people: int | None = None) -> Figure:
    """A complete count: it has no interval, for nothing was sampled. It rests on as many people as it says."""
    return Figure(key, value, n=value, people=value if people is None else people)


def nothing(key: str, state: State = "none") -> Figure:
    """There was nothing to measure."""
    return Figure(key, None, state=state)


def each(part: Part, change: Callable[[Figure], Figure]) -> Part:
    """A part of a report, or all of it, with each of its figures changed."""
    same: Part = changed(part, change)
    return same


def changed(part: Any, change: Callable[[Figure], Figure]) -> Any:
    """As `each`."""
    if isinstance(part, Figure):
        return change(part)
    if isinstance(part, tuple):
        return tuple(changed(one, change) for one in part)
    if is_dataclass(part) and not isinstance(part, type):
        return replace(part, **{one.name: changed(getattr(part, one.name), change) for one in fields(part)})
    return part


def figures_in(part: Any) -> list[Figure]:
    """All figures of a part of a report, in its order."""
    found: list[Figure] = []

    def note(figure: Figure) -> Figure:
        found.append(figure)
        return figure

    changed(part, note)
    return found
