"""Who talked where in a period, and which parts of the community they are: numbers alone, no text.

The parts: the groups that the forum's people made; those who are new; those who seldom wrote before; those who
facilitate; and everybody else.
"""

from collections import defaultdict
from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from koweb_sync.letter.choose import TalkedTopic
from koweb_sync.report.engine.population import Population, facilitators
from koweb_sync.report.engine.responses import debuts
from koweb_sync.report.engine.source import numbers
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.across_groups import current_groups
from koweb_sync.times import DAY

BEFORE = 30 * DAY  # in which somebody is new, or wrote seldom
NEW, QUIET, OTHERS, FACILITATES = "new", "quiet", "others", "facilitates"


@dataclass(frozen=True)
class WrittenPost:
    """A post of the period."""

    post: int
    number: int
    person: int
    created: int


@dataclass(frozen=True)
class Talk:
    """The topics of a period, the posts in each, and the parts of the community that people belong to."""

    topics: tuple[TalkedTopic, ...] = ()
    posts: Mapping[int, tuple[WrittenPost, ...]] = field(default_factory=dict)
    parts: Mapping[int, frozenset[str]] = field(default_factory=dict)


def talk_of(population: Population, window: Window, shown: Container[int]) -> Talk:
    """The talk of a period in some topics, the `shown` ones. What nobody but its author wrote in is no talk."""
    found: dict[int, list[WrittenPost]] = defaultdict(list)
    openers: dict[int, int] = {}
    for topic, post, number, person, created, opener in population.source.rows(
        f"SELECT topic, id, number, person, created, opener FROM {population.written(window)} AS w ORDER BY created, id"
    ):
        if topic in shown:
            openers[topic] = opener
            found[topic].append(WrittenPost(post, number, person, created))
    posts = {topic: tuple(some) for topic, some in found.items() if any(one.person != openers[topic] for one in some)}
    parts = parts_of(population, window, {one.person for some in posts.values() for one in some})
    topics = (
        TalkedTopic(topic, len(some), {one.person: parts[one.person] for one in some}) for topic, some in posts.items()
    )
    return Talk(tuple(topics), posts, parts)


def parts_of(population: Population, window: Window, people: set[int]) -> dict[int, frozenset[str]]:
    """The parts of the community that some people belong to."""
    rows, since = population.source.rows, min(window.since, window.until - BEFORE)
    who = numbers(people)
    new = {one for (one,) in rows(
        f"SELECT debutant FROM {debuts(population)} AS d WHERE moment >= {since} AND debutant IN {who}"
    )}  # fmt: skip
    earlier = Window(window.since - max(BEFORE, window.length), window.since)
    often = {one for (one,) in rows(
        f"SELECT person FROM {population.written(earlier)} AS w WHERE person IN {who} GROUP BY person"
        f" HAVING count(*) >= {population.settings.settled}"
    )}  # fmt: skip
    lead = {one for (one,) in rows(f"SELECT id FROM {facilitators(population)} AS f WHERE id IN {who}")}
    groups: dict[int, set[str]] = defaultdict(set)
    for group, person in rows(f"SELECT in_group, person FROM {current_groups(population)} AS g WHERE person IN {who}"):
        groups[person].add(f"group {group}")
    return {
        person: frozenset(
            {
                NEW if person in new else OTHERS if person in often or person in lead else QUIET,
                *groups[person],
                *([FACILITATES] if person in lead else []),
            }
        )
        for person in people
    }
