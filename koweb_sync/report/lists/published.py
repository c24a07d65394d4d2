"""What we published: how the topics of post files are read, answered, liked, and edited by the community."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from koweb_sync.archive.store.schema import OPEN
from koweb_sync.report.engine.population import Population, live_posts, within
from koweb_sync.report.engine.posts_behind import closed
from koweb_sync.report.engine.responses import FIRST, first_answers
from koweb_sync.report.engine.source import Row, Table, numbers, query
from koweb_sync.report.engine.window import Window
from koweb_sync.times import HOUR


@dataclass(frozen=True)
class Bound:
    """A topic under version control, the path of its post file, and the title that stands there ("": not known)."""

    topic: int
    path: str = ""
    title: str = ""


@dataclass(frozen=True)
class Counts:
    """What a post got. Replies, likes and edits are by counted people other than its author; `repliers`, `likers` and
    `editors`: by how many.

    `views`: as the forum counts them; None: the archive does not know how many fall into this time. `edits` and
    `editors` are None where the archive does not know who made each. In what is shared, all that fewer than five people
    did, though somebody did, is None.
    """

    views: int | None
    replies: int | None
    repliers: int | None
    likes: int | None
    likers: int | None
    edits: int | None
    editors: int | None


@dataclass(frozen=True)
class PublishedPost:
    """A published post: since it was published, and in the window. `answered_after` is in hours; None: not answered, or
    not told, as in what is shared. `public`: whoever reads the forum may read it.
    """

    topic: int
    path: str
    title: str
    url: str
    category: str
    tags: tuple[str, ...]
    published: int
    answered_after: float | None
    ever: Counts
    here: Counts
    public: bool = True


@dataclass(frozen=True)
class PublishedGroup:
    """All published posts of a category or with a tag. `answered`: how many of them have an answer; None where that is
    not told, as in what is shared where fewer than five people answered.
    """

    name: str
    posts: int
    answered: int | None
    ever: Counts
    here: Counts


@dataclass(frozen=True)
class Published:
    """The posts, oldest first; the same by category and by tag; the topics that the archive does not hold."""

    posts: tuple[PublishedPost, ...]
    categories: tuple[PublishedGroup, ...]
    tags: tuple[PublishedGroup, ...]
    missing: tuple[Bound, ...]


def published(population: Population, window: Window, bound: Sequence[Bound]) -> Published:
    """What the topics that are bound to post files got. Unit: topic. Likes are those of the first post, its text.

    Everything is counted here that these topics got, also where not population may read, and whatever was asked for.
    What was published after the window is no part of it.
    """
    if not bound:
        return Published((), (), (), ())
    source, asked = population.source, numbers({one.topic for one in bound})
    ours = source.keep(
        query(f"""
        SELECT id AS topic, title, person AS opener, created AS published, views, category, archetype
        FROM {source["topics"]} AS t
        WHERE deleted IS NULL AND created < {window.until} AND id IN {asked}""")
    )
    after = source.rows(f"SELECT id FROM {source['topics']} AS t WHERE created >= {window.until} AND id IN {asked}")
    later = {topic for (topic,) in after}
    tagged = query(f"""
        SELECT g.tag AS key, g.topic AS place FROM {source["topic_tags"]} AS g
        WHERE g.topic IN (SELECT topic FROM {ours} AS o)""")
    places = query(f"""
        SELECT coalesce(c.path, '') AS key, o.topic AS place FROM {ours} AS o
        LEFT JOIN {source["categories"]} AS c ON c.id = o.category""")
    events = PublishedEvents(population, window, ours)
    posts = tuple(
        each_post(
            population,
            events,
            bound,
            source.rows(f"SELECT place, key FROM {tagged} AS t"),
            source.rows(f"SELECT place, key FROM {places} AS p"),
        )
    )
    return Published(
        posts,
        tuple(groups(posts, lambda post: (post.category,), events.people(places))),
        tuple(groups(posts, lambda post: post.tags, events.people(tagged))),
        tuple(one for one in bound if one.topic not in {post.topic for post in posts} | later),
    )


class EventPeople(NamedTuple):
    """How many people replied, liked and edited, by the key of what they did it to: ever, and in the window."""

    repliers: Mapping[Any, tuple[int, int]]
    likers: Mapping[Any, tuple[int, int]]
    editors: Mapping[Any, tuple[int, int]]


class PublishedEvents:
    """What happened to the published topics, by counted people other than their authors."""

    def __init__(self, population: Population, window: Window, ours: Table) -> None:
        self.population, self.window, self.ours = population, window, ours
        self.source = population.source
        self.likes = self.source.keep(self.liked())
        self.replies, self.edits = self.source.keep(self.replied()), self.source.keep(self.edited())

    def posts(self) -> Table:
        """The live posts of these topics: `id`, `place`, `number`, `person`, `created`, `opener`."""
        return query(f"""
            SELECT p.id, o.topic AS place, p.number, p.person, p.created, coalesce(o.opener, 0) AS opener
            FROM {live_posts(self.source)} AS p JOIN {self.ours} AS o ON o.topic = p.topic""")

    def by_others(self, table: Table) -> Table:
        """Only what counted people did (`who`) who are not the topic's author."""
        return query(f"""
            SELECT t.* FROM {table} AS t JOIN {self.population.people} AS h ON h.id = t.who AND h.counted
            WHERE t.who <> t.opener""")

    def per_topic(self, table: Table) -> dict[int, tuple[int, int]]:
        """How much happened to each topic: ever, and in the window."""
        found = self.source.rows(f"""
            SELECT place, count(*), count(*) FILTER (WHERE {within("moment", self.window)}) FROM {table} AS t
            GROUP BY place""")
        return {place: (ever, here) for place, ever, here in found}

    def replied(self) -> Table:
        """Posts by others: `place`, `who`, `moment`."""
        posts = self.posts()
        later = query(
            f"SELECT place, opener, person AS who, created AS moment FROM {posts} AS p WHERE number > {FIRST}"
        )
        return self.by_others(later)

    def liked(self) -> Table:
        """Likes of the first posts: `place`, `who`, `moment`."""
        return self.by_others(
            query(f"""
            SELECT p.place, p.opener, r.person AS who, coalesce(r.moment, r.seen) AS moment FROM {self.posts()} AS p
            JOIN {self.source["reactions"]} AS r ON r.post = p.id AND r.gone IS NULL
            WHERE p.number = {FIRST}""")
        )

    def people(self, keys: Table) -> EventPeople:
        """How many people did something to each `key` (of topic `place`)."""
        return EventPeople(*(self.doers(keys, events) for events in (self.replies, self.likes, self.edits)))

    def doers(self, keys: Table, events: Table) -> dict[Any, tuple[int, int]]:
        """How many people there are in some events of each `key`: ever, and in the window."""
        found = self.source.rows(f"""
            SELECT k.key, count(DISTINCT e.who), count(DISTINCT e.who) FILTER (WHERE {within("e.moment", self.window)})
            FROM {keys} AS k JOIN {events} AS e ON e.place = k.place GROUP BY k.key""")
        return {key: (ever, here) for key, ever, here in found}

    def edited(self) -> Table:
        """Versions of the first posts that others wrote, without the accounts that publish for us: `place`, `who`,
        `moment`.
        """
        versions, names = self.source["post_versions"], {name.lower() for name in self.population.settings.ours}
        edits = query(f"""
            SELECT p.place, p.opener, v.editor AS who, coalesce(v.edited, v.observed) AS moment FROM {self.posts()} AS p
            JOIN {versions} AS v ON v.post = p.id AND v.placeholder = 0 AND v.editor > 0
            WHERE p.number = {FIRST}""")
        editors = self.source.rows(f"""
            SELECT id, username FROM {self.population.people} AS h WHERE id IN (SELECT who FROM {edits} AS e)""")
        us = numbers(ident for ident, username in editors if username.lower() in names)
        return self.by_others(query(f"SELECT * FROM {edits} AS e WHERE who NOT IN {us}"))

    def edits_per_topic(self) -> dict[int, tuple[int | None, int | None]]:
        """How many edits there are; None where it is not known of each who wrote it: an archive that came late, or with
        a key that may not ask, has only the last one.
        """
        versions = self.source["post_versions"]
        unknown = self.source.rows(f"""
            SELECT p.place FROM {self.posts()} AS p JOIN {self.source["posts"]} AS t ON t.id = p.id
            LEFT JOIN {versions} AS v ON v.post = p.id AND v.version BETWEEN 2 AND t.version AND v.editor IS NOT NULL
            WHERE p.number = {FIRST} GROUP BY p.place, t.version HAVING count(DISTINCT v.version) < t.version - 1""")
        return {**self.per_topic(self.edits), **{place: (None, None) for (place,) in unknown}}

    def views(self) -> dict[int, int]:
        """How many views fell into the window, where the archive's counters tell it.

        From the last count before the window, or from nothing if the topic is younger, to the last count in it.
        """
        since, until = self.window.since, self.window.until
        found = self.source.rows(f"""
            SELECT o.topic, max(o.published), max(v.views) FILTER (WHERE v.moment < {since}),
                max(v.views) FILTER (WHERE v.moment < {until})
            FROM {self.source["views"]} AS v JOIN {self.ours} AS o ON o.topic = v.topic GROUP BY o.topic""")
        return {
            place: end - max(start or 0, 0)
            for place, published, start, end in found
            if end is not None and (start is not None or published >= since)
        }

    def answered(self) -> dict[int, int]:
        """When others first answered: in the topic, or elsewhere as `first_answers` says."""
        return dict(
            self.source.rows(f"""
            SELECT place, min(moment) FROM (
                SELECT p.place, p.created AS moment FROM {self.posts()} AS p
                JOIN {self.population.people} AS h ON h.id = p.person
                WHERE p.number > {FIRST} AND p.person <> p.opener
                UNION ALL
                SELECT o.topic, f.moment FROM {self.ours} AS o
                JOIN {first_answers(self.population)} AS f ON f.asked = o.topic
            ) AS e GROUP BY place""")
        )


def each_post(
    population: Population,
    events: PublishedEvents,
    bound: Sequence[Bound],
    tagged: Sequence[Row],
    places: Sequence[Row],
) -> Iterable[PublishedPost]:
    """The published posts, oldest first."""
    replies, likes, edits = events.per_topic(events.replies), events.per_topic(events.likes), events.edits_per_topic()
    people = events.people(query(f"SELECT topic AS key, topic AS place FROM {events.ours} AS o"))
    views, answered = events.views(), events.answered()
    where: dict[int, str] = dict(places)
    paths = {one.topic: one.path for one in reversed(bound)}
    found = population.source.rows(
        f"SELECT topic, title, published, views, category, archetype FROM {events.ours} AS o ORDER BY published, topic"
    )
    shut = closed(population)
    none = (0, 0)
    for topic, title, time, seen, category, archetype in found:
        ever, here = (
            Counts(
                views=view,
                replies=replies.get(topic, none)[nth],
                repliers=people.repliers.get(topic, none)[nth],
                likes=likes.get(topic, none)[nth],
                likers=people.likers.get(topic, none)[nth],
                edits=(known := edits.get(topic, none)[nth]),
                editors=None if known is None else people.editors.get(topic, none)[nth],
            )
            for nth, view in enumerate((seen, views.get(topic) if seen else 0))  # of none ever, none were in any time
        )
        yield PublishedPost(
            topic=topic,
            path=paths[topic],
            title=title,
            url=f"{population.source.url}/t/-/{topic}",
            category=where[topic],
            tags=tuple(sorted(tag for place, tag in tagged if place == topic)),
            published=time,
            answered_after=max(0, answered[topic] - time) / HOUR if topic in answered else None,
            ever=ever,
            here=here,
            public=archetype in OPEN and (category is None or not shut.get(category, True)),
        )


def groups(
    posts: Sequence[PublishedPost],
    names: Callable[[PublishedPost], Iterable[str]],
    people: EventPeople,
) -> Iterable[PublishedGroup]:
    """The posts of each group, put together, by name; people who did the same to several of its posts count once."""
    for name in sorted({name for post in posts for name in names(post)}):
        inside = [post for post in posts if name in names(post)]
        yield PublishedGroup(
            name,
            len(inside),
            sum(post.answered_after is not None for post in inside),
            total([post.ever for post in inside], people, name, 0),
            total([post.here for post in inside], people, name, 1),
        )


def total(counts: Sequence[Counts], people: EventPeople, name: str, nth: int) -> Counts:
    """The sum of what several posts got, ever (`nth` 0) or in the window (1); views are known only if those of each
    are.
    """
    none = (0, 0)
    edits = added([one.edits for one in counts])
    return Counts(
        views=added([one.views for one in counts]),
        replies=added([one.replies for one in counts]),
        repliers=people.repliers.get(name, none)[nth],
        likes=added([one.likes for one in counts]),
        likers=people.likers.get(name, none)[nth],
        edits=edits,
        editors=None if edits is None else people.editors.get(name, none)[nth],
    )


def added(numbers: Sequence[int | None]) -> int | None:
    """The sum, if all are known."""
    known = [one for one in numbers if one is not None]
    return sum(known) if len(known) == len(numbers) else None
