"""Who fell silent: they wrote several posts in the period before, and not in this one. For facilitators, who
may write to them: so nobody who was forgotten, or made anonymous. The figures count these, too, so it is told how many
they are.
"""

from dataclasses import dataclass

from koweb_sync.report.engine.population import Population
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.fell_silent import settled


@dataclass(frozen=True)
class SilentPerson:
    """Somebody who wrote several posts in the period before, and not in this one. `last` is the time of their last
    post.
    """

    person: int
    username: str
    posts: int
    last: int


def silent_people(population: Population, window: Window) -> tuple[SilentPerson, ...]:
    """The list, in the order of who spoke last."""
    found = population.source.rows(f"""
        SELECT o.who, h.username, o.posts, o.last_at FROM {settled(population, window)} AS o
        LEFT JOIN {population.people} AS h ON h.id = o.who
        WHERE o.silent AND NOT coalesce(h.gone, FALSE) ORDER BY o.last_at DESC, o.who DESC""")
    return tuple(SilentPerson(person, name or "", posts, last) for person, name, posts, last in found)


def forgotten_silent(population: Population, window: Window) -> int:
    """How many people would be on the list, had they not been forgotten or made anonymous."""
    return population.source.number(f"""
        SELECT count(*) FROM {settled(population, window)} AS o
        JOIN {population.people} AS h ON h.id = o.who WHERE o.silent AND h.gone""")
