"""The posts behind the figures: which there are, and the way to them on the forum.

A figure leads to the topics, and to the posts in them, that count in it: the newest first, and how many there are in
all. Whatever would point at a single person is only for facilitators (`audience`).
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from typing import Literal
from urllib.parse import quote_plus

import ibis
from ibis.expr.types import Table

from koweb_sync.report.engine.figure import Counted, Part, Sums
from koweb_sync.report.engine.population import Population
from koweb_sync.report.engine.responses import first_answers
from koweb_sync.report.engine.source import Column, Source, rows
from koweb_sync.report.engine.window import ReportSettings
from koweb_sync.times import DAY, moment

Unit = Literal["topic", "post"]
Reason = Literal["", "people", "few", "readers", "accounts", "pseudonyms"]

MOST = 50  # topics and posts of a figure
TOGETHER = 5  # tables that an engine is asked about at once
SUMS, TOPICS, POSTS = range(3)  # kinds of rows
NUMBERS = ("a", "b", "c", "d", "e")  # of a row
BRIEF = 10  # topics of one of many figures, such as those of weeks


@dataclass(frozen=True)
class TopicBehind:
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
class PostBehind:
    """A post behind a figure: its id, and where it stands."""

    post: int
    topic: int
    number: int
    url: str


@dataclass(frozen=True)
class PostsBehind:
    """What the figures `keys` were computed from. `part`: now, before, a month, a month and how many later, or a week,
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
    topics: tuple[TopicBehind, ...]
    posts: tuple[PostBehind, ...]
    search: str
    reason: Reason


@dataclass(frozen=True)
class Group:
    """The figures of one table within a window (now or before), the first of which says what is listed."""

    first: Counted
    keys: tuple[str, ...]
    part: str

    @property
    def unit(self) -> Unit:
        """What is listed."""
        return "topic" if self.first.figure.listed == "topics" else "post"

    @property
    def parts(self) -> Mapping[int, Part]:
        """The parts of a series; else the window."""
        window = self.first.window
        return self.first.parts or {0: Part(self.part, window.since, window.until)}

    @property
    def linked(self) -> bool:
        """Whether posts are behind it at all."""
        return self.first.figure.listed in ("topics", "posts")

    def search(self, part: Part) -> str:
        """The forum's own search for what counts in a part."""
        asked, population = self.first.figure.search, self.first.population
        return "" if asked is None else search(population, *asked, part)


def nothing_behind(keys: tuple[str, ...], part: str, reason: Reason, unit: Unit = "post") -> PostsBehind:
    """Nothing is linked."""
    return PostsBehind(keys, part, unit, None, None, None, (), (), "", reason)


def posts_behind(population: Population, groups: Sequence[Group], waiting: Iterable[int]) -> tuple[PostsBehind, ...]:
    """What is behind figures; their sums are known from then on. `waiting`: the people whom nobody answered.

    However large the forum, only few rows are read: sums, and the newest topics and posts.
    """
    told, together = Told(groups), 1 if population.source.engine == "spark" else TOGETHER
    for begin in range(0, len(groups), together):
        with ready(population.source, groups[begin : begin + together]) as tables:
            asked = (told.asks(nth, table) for nth, table in enumerate(tables, begin))
            told.take(rows(ibis.union(*chain.from_iterable(asked))))
    places, numbers = told.places(population, frozenset(waiting)), told.numbers(population)
    return tuple(
        behind
        for nth, group in enumerate(groups)
        for label, part in group.parts.items()
        for behind in [told.behind(nth, label, part, places, numbers)]
    )


@contextmanager
def ready(source: Source, groups: Sequence[Group]) -> Iterator[Sequence[Table]]:
    """Their rows; on Spark held for a while, as it would compute each anew for all that is asked of it."""
    tables = [group.first.rows for group in groups]
    if source.engine != "spark":
        yield tables
        return
    kept = [source.keep(table) for table in tables]
    yield kept
    for table in kept:
        source.drop(table)


Key = tuple[int, int]  # a group, and a label in it
Three = tuple[int, int, int]


class Told:
    """What the engine tells of the tables of groups, in rows of one shape: `nth`, `label`, `kind`, and five numbers."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self.groups = groups
        self.topics: dict[Key, list[Three]] = {}
        self.posts: dict[Key, list[Three]] = {}

    def asks(self, nth: int, table: Table) -> Iterator[Table]:
        """Of a group's table: its sums, its newest topics (when, which, how many posts), its newest posts (when, which,
        in which topic).
        """
        group = self.groups[nth]
        yield shaped(self.sums_of(table), nth, SUMS)
        if not group.linked:
            return
        counting = table.filter(table["counts"]) if group.first.partial else table
        places = counting.group_by("label", "topic").aggregate(n=counting.count(), last=counting["at"].max())
        few = newest_of_each(places) if group.first.parts else newest_rows(places, ("last", "topic"))
        yield shaped(few.select("label", a="last", b="topic", c="n"), nth, TOPICS)
        if group.unit == "post" and not group.first.parts:
            posts = newest_rows(counting, ("at", "post", "topic"))
            yield shaped(posts.select("label", a="at", b="post", c="topic"), nth, POSTS)

    def sums_of(self, table: Table) -> Table:
        """The sums of a table, as numbers."""
        sums = Counted.sums_of(table)
        return sums.select("label", **dict(zip(NUMBERS, Sums._fields, strict=True)))

    def take(self, found: Mapping[str, Column]) -> None:
        """What was told."""
        for nth, label, kind, *numbers in zip(
            *(found[name].tolist() for name in ("nth", "label", "kind", *NUMBERS)), strict=True
        ):
            if kind == SUMS:
                self.groups[nth].first.known[label] = Sums(*numbers)
            else:
                lists = self.topics if kind == TOPICS else self.posts
                lists.setdefault((nth, label), []).append((numbers[0], numbers[1], numbers[2]))

    def places(self, population: Population, waiting: frozenset[int]) -> dict[int, TopicBehind]:
        """The topics, each with its title and whether every report may link it."""
        ids = {topic for few in self.topics.values() for _at, topic, _n in few}
        topics, answers, shut = population.topics, first_answers(population), closed(population)
        here = topics.filter(topics["id"].isin([-1, *sorted(ids)]))
        joined = here.left_join(answers, here["id"] == answers["asked"])
        told = rows(joined.select("id", "title", "category", "person", answered=joined["at"]))
        return {
            int(topic): TopicBehind(
                topic=int(topic),
                title=str(title),
                url=f"{population.source.url}/t/-/{topic}",
                posts=None,
                shared=bool(
                    (category < 0 or not shut.get(int(category), True)) and answered >= 0 and opener not in waiting
                ),
            )
            for topic, title, category, opener, answered in zip(*told.values(), strict=True)
        }

    def numbers(self, population: Population) -> dict[int, PostBehind]:
        """The posts, each where it stands."""
        ids, posts = {post for few in self.posts.values() for _at, post, _topic in few}, population.posts
        told = rows(posts.filter(posts["id"].isin([-1, *sorted(ids)])).select("id", "topic", "number"))
        return {
            post: PostBehind(post, topic, number, f"{population.source.url}/t/-/{topic}/{number}")
            for post, topic, number in zip(*(values.tolist() for values in told.values()), strict=True)
        }

    def behind(
        self, nth: int, label: int, part: Part, places: Mapping[int, TopicBehind], numbers: Mapping[int, PostBehind]
    ) -> PostsBehind:
        """What is behind the figures of a group, in a part."""
        group = self.groups[nth]
        if not group.linked:
            return nothing_behind(
                group.keys, part.name, "readers" if group.first.figure.listed == "readers" else "accounts"
            )
        sums = group.first.sums(label)
        return PostsBehind(
            group.keys,
            part.name,
            group.unit,
            sums.counting,
            sums.topics,
            sums.counting_people,
            tuple(replace(places[topic], posts=n) for _at, topic, n in newest(self.topics, (nth, label), places)),
            # A post may be the first answer to several topics, and stand in another one.
            tuple(dict.fromkeys(numbers[post] for _at, post, _topic in newest(self.posts, (nth, label), numbers))),
            group.search(part),
            "",
        )


def shaped(table: Table, nth: int, kind: int) -> Table:
    """Rows of the shape that all kinds have."""
    numbers = {
        name: (table[name] if name in table.columns else ibis.literal(0)).cast("int64") for name in ("label", *NUMBERS)
    }
    return table.select(nth=ibis.literal(nth).cast("int64"), kind=ibis.literal(kind).cast("int64"), **numbers)


def newest_rows(table: Table, order: tuple[str, ...]) -> Table:
    """The newest rows: no more are held, however many there are."""
    return table.order_by([table[name].desc() for name in order]).limit(MOST)


def newest_of_each(places: Table) -> Table:
    """The newest topics of each part."""
    order = ibis.window(group_by="label", order_by=[places["last"].desc(), places["topic"].desc()])
    ranked = places.mutate(rank=ibis.row_number().over(order))
    return ranked.filter(ranked["rank"] < BRIEF).drop("rank")


def newest(lists: Mapping[Key, list[Three]], key: Key, known: Container[int]) -> list[Three]:
    """The rows of a list, newest first, of what is known."""
    return sorted((row for row in lists.get(key, ()) if row[1] in known), key=lambda row: tuple(-n for n in row))


def closed(population: Population) -> dict[int, bool]:
    """The categories that the archive knows: whether only some may read them."""
    found = rows(population.source["categories"].select("id", "restricted", "staff"), "id")
    return {
        int(ident): bool(restricted > 0 or staff > 0) for ident, restricted, staff in zip(*found.values(), strict=True)
    }


def behind_figure(found: Iterable[PostsBehind], key: str, part: str = "now") -> PostsBehind | None:
    """What is behind a figure."""
    return next((one for one in found if key in one.keys and one.part == part), None)


# ---- the forum's own search


def search(population: Population, words: str, order: str, part: Part) -> str:
    """The address of the forum's own search for the posts of some days; empty where it cannot say what was asked for.

    Discourse takes the days in UTC: `after:` from the beginning of its day on, `before:` without its day
    (`lib/search.rb`, `word_to_date`). So the days reach as far as any of them lies in the window.
    """
    where = search_filters(population.settings)
    if where is None:
        return ""
    days = f"after:{moment(part.since).date()} before:{moment(-(-part.until // DAY) * DAY).date()} order:{order}"
    return f"{population.source.url}/search?q={quote_plus(' '.join(filter(None, (words, *where, days))))}"


def search_filters(settings: ReportSettings) -> tuple[str, ...] | None:
    """Categories and tags as Discourse's search takes them; None for several categories, which it cannot unite.

    `#parent:child` includes what is below it; tags with a comma between them are any of these.
    """
    if len(settings.categories) > 1 or any(name.isdecimal() for name in settings.categories):
        return None
    places = [f"#{':'.join(name.strip('/').split('/')[-2:])}" for name in settings.categories]
    return (*places, *([f"tags:{','.join(settings.tags)}"] if settings.tags else []))
