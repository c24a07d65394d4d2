"""The posts behind the figures: which there are, and the way to them on the forum.

A figure leads to the topics, and to the posts in them, that count in it: the newest first, and how many there are in
all. Whatever would point at a single person is only for facilitators (`share.py`).
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

import ibis
from ibis.expr.types import Table

from koweb_sync.report.engine.population import Population
from koweb_sync.report.engine.responses import first_answers
from koweb_sync.report.engine.source import Column, Source, rows

Unit = Literal["topic", "post"]
Reason = Literal["", "people", "few", "readers", "accounts", "pseudonyms"]

MOST = 50  # topics and posts of a figure
TOGETHER = 5  # tables that an engine is asked about at once
SUMS, TOPICS, POSTS = range(3)  # kinds of rows
BRIEF = 10  # topics of one of many figures, such as those of weeks


@dataclass(frozen=True)
class Place:
    """A topic behind a figure, and how many of its posts count there (of a figure about topics: 1); None where that is
    not told. `shared`: everybody may read it, somebody answered, and whoever opened it is not left aside, so that a
    report that is shared may link it.
    """

    topic: int
    title: str
    url: str
    posts: int | None
    shared: bool


@dataclass(frozen=True)
class Post:
    """A post behind a figure: its id, and where it stands."""

    post: int
    topic: int
    number: int
    url: str


@dataclass(frozen=True)
class Behind:
    """What the figures `keys` were reckoned from. `part`: now, before, a month, a month and how many later, or a week,
    as in the table of figures. `total`: how many topics or posts (`unit`) count; `in_topics`: in how many topics;
    `people`: by how many people. `topics` and `posts` are the newest of them: at most fifty, ten where there are many
    figures; `posts` is empty there, and where the unit is the topic.

    `search`: the forum's own search for the same days, which counts a little differently; empty where it cannot say
    it. `reason`: why nothing is linked: the list would point at single people (people), or at fewer than five (few);
    reading leaves no post (readers); accounts are no posts (accounts); people have pseudonyms (pseudonyms).
    `total`, `in_topics` and `people` are None where they are not told.
    """

    keys: tuple[str, ...]
    part: str
    unit: Unit
    total: int | None
    in_topics: int | None
    people: int | None
    topics: tuple[Place, ...]
    posts: tuple[Post, ...]
    search: str
    reason: Reason


@dataclass(frozen=True)
class Counted:
    """What counts in figures: a table of `post`, `topic`, `at`, `person`. One of many figures: also of `nth`, and
    `parts` names them by that.
    """

    keys: tuple[str, ...]
    unit: Unit
    table: Table
    part: str = "now"
    parts: Mapping[int, str] = field(default_factory=dict)
    searches: Mapping[str, str] = field(default_factory=dict)  # by part


def nothing(keys: tuple[str, ...], part: str, reason: Reason, unit: Unit = "post") -> Behind:
    """Nothing is linked."""
    return Behind(keys, part, unit, None, None, None, (), (), "", reason)


def behind(everybody: Population, found: Sequence[Counted], waiting: Iterable[int]) -> tuple[Behind, ...]:
    """What is behind figures. `waiting`: the people whom nobody answered.

    However large the forum, only few rows are read: sums, and the newest topics and posts.
    """
    told, together = Told(), 1 if everybody.source.engine == "spark" else TOGETHER
    for nth in range(0, len(found), together):
        with ready(everybody.source, found[nth : nth + together]) as some:
            told.take(rows(ibis.union(*told_of(some, nth))))
    places, numbers = told.places(everybody, frozenset(waiting)), told.numbers(everybody)
    return tuple(
        Behind(
            one.keys,
            part,
            one.unit,
            *told.sums.get((nth, label), (0, 0, 0)),
            tuple(replace(places[topic], posts=n) for _at, topic, n in newest(told.topics, (nth, label), places)),
            # A post may be the first answer to several topics, and stand in another one.
            tuple(dict.fromkeys(numbers[post] for _at, post, _asked in newest(told.posts, (nth, label), numbers))),
            one.searches.get(part, ""),
            "",
        )
        for nth, one in enumerate(found)
        for label, part in (one.parts or {0: one.part}).items()
    )


@contextmanager
def ready(source: Source, found: Sequence[Counted]) -> Iterator[Sequence[Counted]]:
    """The tables; on Spark held for a while, as it would reckon each anew for all that is asked of it."""
    if source.engine != "spark":
        yield found
        return
    kept = [replace(one, table=source.keep(one.table)) for one in found]
    yield kept
    for one in kept:
        source.drop(one.table)


def told_of(found: Sequence[Counted], begin: int) -> Iterator[Table]:
    """Of each table, in rows of one shape: its sums, its newest topics, its newest posts.

    `table`, `label`, `kind`, and three numbers `a`, `b`, `c`, as `Told.take` reads them.
    """
    for nth, one in enumerate(found, begin):
        label = one.table["nth"] if one.parts else ibis.literal(0)
        columns = [one.table[name].cast("int64") for name in ("post", "topic", "at", "person")]
        table = one.table.select(*columns, label=label.cast("int64"))
        places = table.group_by("label", "topic").aggregate(n=table.count(), last=table["at"].max())
        yield told_as(
            table.group_by("label").aggregate(a=table.count(), b=table["topic"].nunique(), c=table["person"].nunique()),
            nth,
            SUMS,
        )
        few = newest_of_each(places) if one.parts else first(places, ("last", "topic"))
        yield told_as(few.select("label", a="last", b="topic", c="n"), nth, TOPICS)
        if one.unit == "post" and not one.parts:
            yield told_as(
                first(table, ("at", "post", "topic")).select("label", a="at", b="post", c="topic"), nth, POSTS
            )


def told_as(table: Table, nth: int, kind: int) -> Table:
    """Rows of the shape that all kinds have."""
    numbers = {name: table[name].cast("int64") for name in ("label", "a", "b", "c")}
    return table.select(table=ibis.literal(nth).cast("int64"), kind=ibis.literal(kind).cast("int64"), **numbers)


def first(table: Table, order: tuple[str, ...]) -> Table:
    """The newest rows: no more are held, however many there are."""
    return table.order_by([table[name].desc() for name in order]).limit(MOST)


def newest_of_each(places: Table) -> Table:
    """The newest topics of each part."""
    order = ibis.window(group_by="label", order_by=[places["last"].desc(), places["topic"].desc()])
    ranked = places.mutate(rank=ibis.row_number().over(order))
    return ranked.filter(ranked["rank"] < BRIEF).drop("rank")


Key = tuple[int, int]  # a table, and a label in it
Three = tuple[int, int, int]


def newest(lists: Mapping[Key, list[Three]], key: Key, known: Container[int]) -> list[Three]:
    """The rows of a list, newest first, of what is known."""
    return sorted((row for row in lists.get(key, ()) if row[1] in known), key=lambda row: tuple(-n for n in row))


class Told:
    """What the engine told of the tables."""

    def __init__(self) -> None:
        self.sums: dict[Key, Three] = {}
        self.topics: dict[Key, list[Three]] = {}
        self.posts: dict[Key, list[Three]] = {}

    def take(self, found: Mapping[str, Column]) -> None:
        """Rows of `told_of`. Sums: how many, in how many topics, by how many people; topics: when, which, how many
        posts; posts: when, which, in which topic.
        """
        columns = (found[name].tolist() for name in ("table", "label", "kind", "a", "b", "c"))
        for nth, label, kind, *numbers in zip(*columns, strict=True):
            a, b, c = numbers
            if kind == SUMS:
                self.sums[nth, label] = (a, b, c)
            else:
                (self.topics if kind == TOPICS else self.posts).setdefault((nth, label), []).append((a, b, c))

    def places(self, everybody: Population, waiting: frozenset[int]) -> dict[int, Place]:
        """The topics, each with its title and whether every report may link it."""
        ids = {topic for few in self.topics.values() for _at, topic, _n in few}
        topics, answers, shut = everybody.topics, first_answers(everybody), closed(everybody)
        here = topics.filter(topics["id"].isin([-1, *sorted(ids)]))
        joined = here.left_join(answers, here["id"] == answers["asked"])
        told = rows(joined.select("id", "title", "category", "person", answered=joined["at"]))
        return {
            int(topic): Place(
                topic=int(topic),
                title=str(title),
                url=f"{everybody.source.url}/t/-/{topic}",
                posts=None,
                shared=bool(
                    (category < 0 or not shut.get(int(category), True)) and answered >= 0 and opener not in waiting
                ),
            )
            for topic, title, category, opener, answered in zip(*told.values(), strict=True)
        }

    def numbers(self, everybody: Population) -> dict[int, Post]:
        """The posts, each where it stands."""
        ids, posts = {post for few in self.posts.values() for _at, post, _topic in few}, everybody.posts
        told = rows(posts.filter(posts["id"].isin([-1, *sorted(ids)])).select("id", "topic", "number"))
        return {
            post: Post(post, topic, number, f"{everybody.source.url}/t/-/{topic}/{number}")
            for post, topic, number in zip(*(values.tolist() for values in told.values()), strict=True)
        }


def closed(everybody: Population) -> dict[int, bool]:
    """The categories that the archive knows: whether only some may read them."""
    found = rows(everybody.source["categories"].select("id", "restricted", "staff"), "id")
    return {
        int(ident): bool(restricted > 0 or staff > 0) for ident, restricted, staff in zip(*found.values(), strict=True)
    }


def of(found: Iterable[Behind], key: str, part: str = "now") -> Behind | None:
    """What is behind a figure."""
    return next((one for one in found if key in one.keys and one.part == part), None)


def grouped(found: Behind) -> Iterator[tuple[Place, list[Post]]]:
    """The topics, each with those of its posts that are among the newest."""
    for place in found.topics:
        yield place, [post for post in found.posts if post.topic == place.topic]
