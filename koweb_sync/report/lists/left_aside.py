"""Who is left aside now: topics without an answer, and people to whom nobody responded. Newcomers come first.

These lists name people. They are for facilitators; `audience` takes them out of what is shared.
"""

from dataclasses import dataclass

import ibis
from ibis.expr.types import Table

from koweb_sync.report.engine.population import Population
from koweb_sync.report.engine.responses import debuts
from koweb_sync.report.engine.source import rows
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.unanswered import old_topics
from koweb_sync.report.figures.unheard_voices import unheard_people
from koweb_sync.times import DAY, HOUR


@dataclass(frozen=True)
class WaitingTopic:
    """A topic that nobody else answered. `opened` is in microseconds (UTC); `closed`: nobody can answer there."""

    topic: int
    title: str
    url: str
    person: int
    username: str
    newcomer: bool
    opened: int
    hours: float
    closed: bool


@dataclass(frozen=True)
class WaitingPerson:
    """Somebody whose every post got no response. `url` is their last post; `last` is its time."""

    person: int
    username: str
    newcomer: bool
    posts: int
    url: str
    last: int
    days: float


@dataclass(frozen=True)
class LeftAside:
    """Who waits now."""

    topics: tuple[WaitingTopic, ...] = ()
    people: tuple[WaitingPerson, ...] = ()


def left_aside(population: Population, window: Window) -> LeftAside:
    """Topics of the window that have waited longer than the horizon, and people to whom nobody responded."""
    return LeftAside(waiting_topics(population, window), waiting_people(population, window))


def with_names(table: Table, population: Population, who: str) -> Table:
    """A table with people's `username`, and when they `began` to write."""
    people = population.people.select(human="id", username="username")
    first = debuts(population).select(debutant="debutant", began="at")
    joined = table.left_join(people, table[who] == people["human"])
    return joined.left_join(first, joined[who] == first["debutant"])


def waiting_topics(population: Population, window: Window) -> tuple[WaitingTopic, ...]:
    """The topics older than the horizon that have no answer, those of newcomers first, then the oldest."""
    topics, facts = old_topics(population, window), population.topics
    left = topics.filter(topics["counts"]).select("topic", "person", created="at")
    facts = facts.select(id="id", title="title", closed="closed")
    joined = with_names(left.inner_join(facts, left["topic"] == facts["id"]), population, "person")
    found = rows(joined.select("topic", "title", "person", "username", "created", "closed", "began"), "topic")
    everyone = [
        WaitingTopic(
            topic=int(topic),
            title=str(title),
            url=f"{population.source.url}/t/-/{topic}",
            person=int(person),
            username=name or "",
            newcomer=bool(window.since <= began < window.until),
            opened=int(created),
            hours=(population.seen - int(created)) / HOUR,
            closed=bool(closed),
        )
        for topic, title, person, name, created, closed, began in zip(*found.values(), strict=True)
    ]
    return tuple(sorted(everyone, key=lambda topic: (not topic.newcomer, topic.opened, topic.topic)))


def waiting_people(population: Population, window: Window) -> tuple[WaitingPerson, ...]:
    """The people to whom nobody responded, newcomers first, then who has waited longest."""
    written, (_judged, quiet) = population.written(window), unheard_people(population, window)
    order = ibis.window(group_by=written["person"], order_by=[written["created"].desc(), written["id"].desc()])
    ranked = written.mutate(rank=ibis.row_number().over(order))
    last = ranked.filter(ranked["rank"] == 0).select(author="person", topic="topic", number="number", last="created")
    joined = with_names(quiet.inner_join(last, quiet["who"] == last["author"]), population, "who")
    found = rows(joined.select("who", "username", "posts", "topic", "number", "last", "began", "oldest"), "who")
    listed = [
        (
            int(oldest),
            WaitingPerson(
                person=int(who),
                username=name or "",
                newcomer=bool(window.since <= began < window.until),
                posts=int(posts),
                url=f"{population.source.url}/t/-/{topic}/{number}",
                last=int(latest),
                days=(population.seen - int(oldest)) / DAY,
            ),
        )
        for who, name, posts, topic, number, latest, began, oldest in zip(*found.values(), strict=True)
    ]
    listed.sort(key=lambda pair: (not pair[1].newcomer, pair[0], pair[1].person))
    return tuple(person for _oldest, person in listed)
