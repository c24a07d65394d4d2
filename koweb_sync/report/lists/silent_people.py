"""Who fell silent: they wrote often in the period before, and not in this one. For facilitators."""

from dataclasses import dataclass

from koweb_sync.report.engine.population import Population
from koweb_sync.report.engine.source import rows
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.fell_silent import often_and_silent


@dataclass(frozen=True)
class SilentPerson:
    """Somebody who wrote often in the period before, and not in this one. `last` is the time of their last post."""

    person: int
    username: str
    posts: int
    last: int


def silent_people(population: Population, window: Window) -> tuple[SilentPerson, ...]:
    """The list, in the order of who spoke last."""
    (_often, silent), people = often_and_silent(population, window), population.people
    joined = silent.left_join(people.select(human="id", username="username"), silent["who"] == people["id"])
    found = rows(joined.select("who", "username", "posts", "last"), "last", "who")
    listed = tuple(
        SilentPerson(int(person), name or "", int(posts), int(last))
        for person, name, posts, last in zip(*found.values(), strict=True)
    )
    return listed[::-1]
