"""Who is left aside now: topics without an answer, and people to whom nobody responded. Newcomers come first.

These lists name people. They are for facilitators; `audience` takes them out of what is shared. Whoever was forgotten,
or made anonymous, is on none, as nobody is there to be answered; the figures still count them, so it is told how many
they are.
"""

from dataclasses import dataclass

from koweb_sync.report.engine.population import Population
from koweb_sync.report.engine.responses import debuts
from koweb_sync.report.engine.source import Table, query
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.unanswered import old_topics
from koweb_sync.report.figures.unheard_voices import judged_people
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
    """Who waits now. `topics`: also the closed ones, in which nobody can answer."""

    topics: tuple[WaitingTopic, ...] = ()
    people: tuple[WaitingPerson, ...] = ()

    @property
    def open(self) -> tuple[WaitingTopic, ...]:
        """The topics that wait for an answer."""
        return tuple(one for one in self.topics if not one.closed)

    @property
    def closed(self) -> tuple[WaitingTopic, ...]:
        """The topics that nobody answered before they were closed."""
        return tuple(one for one in self.topics if one.closed)

    @property
    def openers(self) -> frozenset[int]:
        """The numbers of the people whose topics wait for an answer."""
        return frozenset(one.person for one in self.open)

    @property
    def unlisted(self) -> tuple[WaitingPerson, ...]:
        """The people who are not listed by a topic of theirs already."""
        return tuple(one for one in self.people if one.person not in self.openers)

    @property
    def listed_twice(self) -> tuple[WaitingPerson, ...]:
        """The people of whom a topic is on the list, too."""
        return tuple(one for one in self.people if one.person in self.openers)

    @property
    def named(self) -> frozenset[int]:
        """The numbers of the people on the lists."""
        return frozenset({one.person for one in self.topics} | {one.person for one in self.people})


def left_aside(population: Population, window: Window) -> LeftAside:
    """Topics of the window that have waited longer than the horizon, and people to whom nobody responded."""
    return LeftAside(waiting_topics(population, window), waiting_people(population, window))


def with_names(table: Table, population: Population) -> Table:
    """A table with the `username` of each `person` who can be reached, and when they `began` to write."""
    return query(f"""
        SELECT t.*, h.username, d.moment AS began FROM {table} AS t
        LEFT JOIN {population.people} AS h ON h.id = t.person
        LEFT JOIN {debuts(population)} AS d ON d.debutant = t.person
        WHERE NOT coalesce(h.gone, FALSE)""")


def forgotten_aside(population: Population, window: Window) -> int:
    """How many people would be on the lists, had they not been forgotten or made anonymous."""
    return population.source.number(f"""
        SELECT count(*) FROM {population.people} AS h WHERE gone AND id IN (
            SELECT person FROM {old_topics(population, window)} AS t WHERE counts
            UNION SELECT who FROM {judged_people(population, window)} AS j WHERE quiet
        )""")


def waiting_topics(population: Population, window: Window) -> tuple[WaitingTopic, ...]:
    """The topics older than the horizon that have no answer, those of newcomers first, then the oldest."""
    left = query(f"""
        SELECT t.topic, f.title, t.person, t.moment, f.closed FROM {old_topics(population, window)} AS t
        JOIN {population.topics} AS f ON f.id = t.topic
        WHERE t.counts""")
    everyone = [
        WaitingTopic(
            topic=topic,
            title=title,
            url=f"{population.source.url}/t/-/{topic}",
            person=person,
            username=name or "",
            newcomer=began is not None and window.since <= began < window.until,
            opened=opened,
            hours=(population.seen - opened) / HOUR,
            closed=bool(closed),
        )
        for topic, title, person, opened, closed, name, began in population.source.rows(
            f"SELECT * FROM {with_names(left, population)} AS t"
        )
    ]
    return tuple(sorted(everyone, key=lambda topic: (not topic.newcomer, topic.opened, topic.topic)))


def waiting_people(population: Population, window: Window) -> tuple[WaitingPerson, ...]:
    """The people to whom nobody responded, newcomers first, then who has waited longest."""
    quiet = query(f"""
        SELECT j.who AS person, j.posts, l.topic, l.number, l.created, j.oldest
        FROM (SELECT * FROM {judged_people(population, window)} AS k WHERE quiet) AS j
        JOIN (
            SELECT w.*, row_number() OVER (PARTITION BY person ORDER BY created DESC, id DESC) AS place
            FROM {population.written(window)} AS w
        ) AS l ON l.person = j.who AND l.place = 1""")
    listed = [
        (
            oldest,
            WaitingPerson(
                person=who,
                username=name or "",
                newcomer=began is not None and window.since <= began < window.until,
                posts=posts,
                url=f"{population.source.url}/t/-/{topic}/{number}",
                last=latest,
                days=(population.seen - oldest) / DAY,
            ),
        )
        for who, posts, topic, number, latest, oldest, name, began in population.source.rows(
            f"SELECT * FROM {with_names(quiet, population)} AS q"
        )
    ]
    listed.sort(key=lambda pair: (not pair[1].newcomer, pair[0], pair[1].person))
    return tuple(person for _oldest, person in listed)
