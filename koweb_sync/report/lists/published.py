"""What we published: how the topics of post files are read, answered, liked, and edited by the community."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
from ibis.expr.types import Table

from koweb_sync.report.engine.population import REGULAR, Population, within
from koweb_sync.report.engine.responses import FIRST, first_answers
from koweb_sync.report.engine.source import rows
from koweb_sync.report.engine.window import Window
from koweb_sync.times import HOUR


@dataclass(frozen=True)
class Bound:
    """A topic under version control, and the path of its post file."""

    topic: int
    path: str = ""


@dataclass(frozen=True)
class Counts:
    """What a post got. Replies, likes and edits are by counted people other than its author; `likers`: how many people.

    `views`: as the forum counts them; None: the archive does not know how many fall into this time. `likes` and
    `likers` are None where they are suppressed.
    """

    views: int | None
    replies: int
    likes: int | None
    likers: int | None
    edits: int


@dataclass(frozen=True)
class PublishedPost:
    """A published post: since it was published, and in the window. `answered_after` is in hours; None: not answered."""

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


@dataclass(frozen=True)
class PublishedGroup:
    """All published posts of a category or with a tag. `answered`: how many of them have an answer."""

    name: str
    posts: int
    answered: int
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
    """
    if not bound:
        return Published((), (), (), ())
    source, ids = population.source, sorted({one.topic for one in bound})
    topics = source["topics"]
    ours = population.source.keep(
        topics.filter(topics["id"].isin(ids), topics["deleted"].isnull()).select(
            topic="id", title="title", opener="person", published="created", views="views", category="category"
        )
    )
    tags, categories = source["topic_tags"], source["categories"]
    tagged = tags.semi_join(ours, tags["topic"] == ours["topic"]).select(key="tag", place="topic")
    places = ours.left_join(categories.select(id="id", path="path"), ours["category"] == categories["id"])
    places = places.select(key=places["path"].fill_null(""), place="topic")
    events = PublishedEvents(population, window, ours)
    posts = tuple(each_post(population, events, bound, rows(tagged, "place", "key"), rows(places, "place")))
    return Published(
        posts,
        tuple(groups(posts, lambda post: (post.category,), events.likers(places))),
        tuple(groups(posts, lambda post: post.tags, events.likers(tagged))),
        tuple(one for one in bound if one.topic not in {post.topic for post in posts}),
    )


class PublishedEvents:
    """What happened to the published topics, by counted people other than their authors."""

    def __init__(self, population: Population, window: Window, ours: Table) -> None:
        self.population, self.window, self.ours = population, window, ours
        self.source = population.source
        self.likes = self.source.keep(self.liked())

    def posts(self) -> Table:
        """The live posts of these topics: `id`, `place`, `number`, `person`, `created`, `opener`."""
        posts, ours = self.source["posts"], self.ours.select(place="topic", opener="opener")
        live = posts.filter(
            posts["type"] == REGULAR, posts["deleted"].isnull(), posts["user_deleted"] == 0, posts["hidden"] == 0
        )
        joined = live.inner_join(ours, live["topic"] == ours["place"])
        return joined.select("id", "place", "number", "person", "created", opener=joined["opener"].fill_null(0))

    def by_others(self, table: Table, who: str) -> Table:
        """Only what counted people did who are not the topic's author."""
        people = self.population.people
        counted = people.filter(people["counted"]).select(known="id")
        others = table.filter(table[who] != table["opener"])
        return others.semi_join(counted, others[who] == counted["known"])

    def per_topic(self, table: Table, at: str) -> dict[int, tuple[int, int]]:
        """How much happened to each topic: ever, and in the window."""
        here = ibis.ifelse(within(table[at], self.window), 1, 0).cast("int64")
        found = rows(table.group_by("place").aggregate(ever=table.count(), here=here.sum()), "place")
        return {int(place): (int(ever), int(now)) for place, ever, now in zip(*found.values(), strict=True)}

    def replies(self) -> dict[int, tuple[int, int]]:
        """Posts by others."""
        posts = self.posts()
        return self.per_topic(self.by_others(posts.filter(posts["number"] > FIRST), "person"), "created")

    def liked(self) -> Table:
        """Likes of the first posts: `place`, `by`, `at`."""
        posts, given = self.posts(), self.source["reactions"]
        first = posts.filter(posts["number"] == FIRST)
        there = given.filter(given["gone"].isnull())
        there = there.select(liked="post", by="person", at=ibis.coalesce(there["at"], there["seen"]))
        return self.by_others(there.inner_join(first, there["liked"] == first["id"]), "by").select("place", "by", "at")

    def likers(self, keys: Table) -> dict[Any, tuple[int, int]]:
        """How many people liked something of each `key` (of topic `place`): ever, and in the window."""
        given = self.likes.select(topic="place", by="by", at="at")
        joined = keys.inner_join(given, keys["place"] == given["topic"])
        joined = joined.mutate(now=ibis.ifelse(within(joined["at"], self.window), joined["by"], ibis.null("int64")))
        counted = joined.group_by("key").aggregate(ever=joined["by"].nunique(), here=joined["now"].nunique())
        found = rows(counted, "key")
        return {key: (int(ever), int(now)) for key, ever, now in zip(*found.values(), strict=True)}

    def edits(self) -> dict[int, tuple[int, int]]:
        """Versions of the first posts that others wrote, without the accounts that publish for us."""
        posts, versions, people = self.posts(), self.source["post_versions"], self.population.people
        first = posts.filter(posts["number"] == FIRST)
        real = versions.filter(versions["placeholder"] == 0, versions["editor"] > 0)
        if self.population.settings.ours:
            us = people.filter(
                people["username"].lower().isin([name.lower() for name in self.population.settings.ours])
            )
            real = real.anti_join(us, real["editor"] == us["id"])
        real = real.select(edit="post", editor="editor", at=ibis.coalesce(real["edited"], real["observed"]))
        joined = real.inner_join(first, real["edit"] == first["id"])
        return self.per_topic(self.by_others(joined, "editor"), "at")

    def views(self) -> dict[int, int]:
        """How many views fell into the window, where the archive's counters tell it.

        From the last count before the window, or from nothing if the topic is younger, to the last count in it.
        """
        counters = self.source["views"].inner_join(
            self.ours.select(place="topic", published="published"),
            self.source["views"]["topic"] == self.ours["topic"],
        )
        since, until = counters["at"] < self.window.since, counters["at"] < self.window.until
        young = ibis.ifelse(counters["published"] >= self.window.since, 1, 0)
        found = rows(
            counters.group_by("place").aggregate(
                start=counters["views"].max(where=since), end=counters["views"].max(where=until), young=young.max()
            ),
            "place",
        )
        return {
            int(place): int(end) - max(int(start), 0)
            for place, start, end, young in zip(*found.values(), strict=True)
            if end >= 0 and (start >= 0 or young)
        }

    def answered(self) -> dict[int, int]:
        """When others first answered: in the topic, or elsewhere as `first_answers` says."""
        posts, first = self.posts(), first_answers(self.population)
        humans = self.population.people.select(known="id")
        inside = posts.filter(posts["number"] > FIRST, posts["person"] != posts["opener"])
        inside = inside.semi_join(humans, inside["person"] == humans["known"]).select(place="place", at="created")
        elsewhere = first.semi_join(self.ours, first["asked"] == self.ours["topic"]).select(place="asked", at="at")
        every = ibis.union(inside, elsewhere)
        found = rows(every.group_by("place").aggregate(at=every["at"].min()), "place")
        return dict(zip(found["place"].tolist(), found["at"].tolist(), strict=True))


def each_post(
    population: Population,
    events: PublishedEvents,
    bound: Sequence[Bound],
    tagged: dict[str, Any],
    places: dict[str, Any],
) -> Iterable[PublishedPost]:
    """The published posts, oldest first."""
    replies, likes, edits = events.replies(), events.per_topic(events.likes, "at"), events.edits()
    likers = events.likers(events.ours.select(key="topic", place="topic"))
    views, answered = events.views(), events.answered()
    where = dict(zip(places["place"].tolist(), places["key"].tolist(), strict=True))
    paths = {one.topic: one.path for one in reversed(bound)}
    found = rows(events.ours.select("topic", "title", "published", "views"), "published", "topic")
    none = (0, 0)
    for topic, title, time, seen in zip(*(values.tolist() for values in found.values()), strict=True):
        ever, here = (
            Counts(view, *(what.get(topic, none)[nth] for what in (replies, likes, likers, edits)))
            for nth, view in enumerate((seen, views.get(topic)))
        )
        yield PublishedPost(
            topic=topic,
            path=paths[topic],
            title=title,
            url=f"{population.source.url}/t/-/{topic}",
            category=where[topic],
            tags=tuple(tagged["key"][tagged["place"] == topic].tolist()),
            published=time,
            answered_after=max(0, answered[topic] - time) / HOUR if topic in answered else None,
            ever=ever,
            here=here,
        )


def groups(
    posts: Sequence[PublishedPost],
    names: Callable[[PublishedPost], Iterable[str]],
    likers: dict[str, tuple[int, int]],
) -> Iterable[PublishedGroup]:
    """The posts of each group, put together, by name; people who liked several posts of a group count once."""
    for name in sorted({name for post in posts for name in names(post)}):
        inside = [post for post in posts if name in names(post)]
        ever, here = likers.get(name, (0, 0))
        yield PublishedGroup(
            name,
            len(inside),
            sum(post.answered_after is not None for post in inside),
            total([post.ever for post in inside], ever),
            total([post.here for post in inside], here),
        )


def total(counts: Sequence[Counts], likers: int) -> Counts:
    """The sum of what several posts got; views are known only if those of each are."""
    return Counts(
        added([one.views for one in counts]),
        sum(one.replies for one in counts),
        added([one.likes for one in counts]),
        likers,
        sum(one.edits for one in counts),
    )


def added(numbers: Sequence[int | None]) -> int | None:
    """The sum, if all are known."""
    known = [one for one in numbers if one is not None]
    return sum(known) if len(known) == len(numbers) else None
