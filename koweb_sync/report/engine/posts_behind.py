"""The posts behind the figures: which there are, and the way to them on the forum.

A figure leads to the topics, and to the posts in them, that count in it: the newest first, and how many there are in
all. Whatever would point at a single person is only for facilitators (`audience`).
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import quote_plus

from koweb_sync.report.engine.figure import Counted, Part, Sums
from koweb_sync.report.engine.population import Population
from koweb_sync.report.engine.responses import first_answers
from koweb_sync.report.engine.source import Row, Source, Table, numbers
from koweb_sync.report.engine.window import ReportSettings, clock, end_of_day

Unit = Literal["topic", "post"]
Reason = Literal["", "people", "few", "readers", "accounts", "pseudonyms"]

MOST = 50  # topics and posts of a figure
SUMS, TOPICS, POSTS = range(3)  # kinds of rows
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
    told = Told(groups)
    for nth, group in enumerate(groups):
        with ready(population.source, group) as table:
            told.take(nth, population.source.rows(told.asks(nth, table)))
    places, posts = told.places(population, frozenset(waiting)), told.numbers(population)
    return tuple(
        behind
        for nth, group in enumerate(groups)
        for label, part in group.parts.items()
        for behind in [told.behind(nth, label, part, places, posts)]
    )


@contextmanager
def ready(source: Source, group: Group) -> Iterator[Table]:
    """Its rows; on Spark held for a while, as it would compute them anew for each thing that is asked of them."""
    if source.engine != "spark":
        yield group.first.rows
        return
    kept = source.keep(group.first.rows)
    yield kept
    source.drop(kept)


Key = tuple[int, int]  # a group, and a label in it
Three = tuple[int, int, int]


class Told:
    """What the engine tells of the tables of groups, in rows of one shape: a kind, a label, and five numbers."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self.groups = groups
        self.topics: dict[Key, list[Three]] = {}
        self.posts: dict[Key, list[Three]] = {}

    def asks(self, nth: int, table: Table) -> str:
        """The query for a group's table: its sums, its newest topics (when, which, how many posts), its newest posts
        (when, which, in which topic).
        """
        group, name = self.groups[nth], Table("these")
        wanted = [f"SELECT {SUMS}, s.* FROM ({Counted.sums_of(name)}) AS s"]
        if group.linked:
            counting = f"{name} AS t WHERE counts"
            newest = newest_of_each if group.first.parts else newest_topics
            wanted.append(f"SELECT {TOPICS}, label, last_at, topic, n, 0, 0 FROM ({newest(counting)}) AS t")
        if group.linked and group.unit == "post" and not group.first.parts:
            order = f"ORDER BY moment DESC, post DESC, topic DESC LIMIT {MOST}"
            wanted.append(
                f"SELECT {POSTS}, label, moment, post, topic, 0, 0 FROM (SELECT * FROM {counting} {order}) AS p"
            )
        return f"WITH {name} AS (SELECT * FROM {table} AS r) {' UNION ALL '.join(wanted)}"

    def take(self, nth: int, found: Iterable[Row]) -> None:
        """What was told of a group's table."""
        for kind, label, *told in found:
            if kind == SUMS:
                self.groups[nth].first.known[label] = Sums(*told)
            else:
                lists = self.topics if kind == TOPICS else self.posts
                lists.setdefault((nth, label), []).append((told[0], told[1], told[2]))

    def places(self, population: Population, waiting: frozenset[int]) -> dict[int, TopicBehind]:
        """The topics, each with its title and whether every report may link it."""
        ids = {topic for few in self.topics.values() for _at, topic, _n in few}
        shut = closed(population)
        told = population.source.rows(f"""
            SELECT t.id, t.title, t.category, t.person, f.moment FROM {population.topics} AS t
            LEFT JOIN {first_answers(population)} AS f ON f.asked = t.id
            WHERE t.id IN {numbers(ids)}""")
        return {
            topic: TopicBehind(
                topic=topic,
                title=str(title),
                url=f"{population.source.url}/t/-/{topic}",
                posts=None,
                shared=bool(
                    (category is None or not shut.get(category, True))
                    and answered is not None
                    and opener not in waiting
                ),
            )
            for topic, title, category, opener, answered in told
        }

    def numbers(self, population: Population) -> dict[int, PostBehind]:
        """The posts, each where it stands."""
        ids = {post for few in self.posts.values() for _at, post, _topic in few}
        told = population.source.rows(
            f"SELECT id, topic, number FROM {population.posts} AS p WHERE id IN {numbers(ids)}"
        )
        return {
            post: PostBehind(post, topic, number, f"{population.source.url}/t/-/{topic}/{number}")
            for post, topic, number in told
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


def counted_topics(counting: str) -> str:
    """The query for topics, each with how many of its posts count, and when the last was written."""
    return f"SELECT label, topic, count(*) AS n, max(moment) AS last_at FROM {counting} GROUP BY label, topic"


def newest_topics(counting: str) -> str:
    """The newest topics: no more are held, however many there are."""
    return f"{counted_topics(counting)} ORDER BY last_at DESC, topic DESC LIMIT {MOST}"


def newest_of_each(counting: str) -> str:
    """The newest topics of each part."""
    return f"""
        SELECT * FROM (
            SELECT c.*, row_number() OVER (PARTITION BY label ORDER BY last_at DESC, topic DESC) AS place
            FROM ({counted_topics(counting)}) AS c
        ) AS r WHERE place <= {BRIEF}"""


def newest(lists: Mapping[Key, list[Three]], key: Key, known: Container[int]) -> list[Three]:
    """The rows of a list, newest first, of what is known."""
    return sorted((row for row in lists.get(key, ()) if row[1] in known), key=lambda row: tuple(-n for n in row))


def closed(population: Population) -> dict[int, bool]:
    """The categories that the archive knows: whether only some may read them."""
    found = population.source.rows(f"SELECT id, restricted, staff FROM {population.source['categories']} AS c")
    return {ident: bool(restricted > 0 or staff > 0) for ident, restricted, staff in found}


def behind_figure(found: Iterable[PostsBehind], key: str, part: str = "now") -> PostsBehind | None:
    """What is behind a figure."""
    return next((one for one in found if key in one.keys and one.part == part), None)


# ---- the forum's own search


def search(population: Population, words: str, order: str, part: Part) -> str:
    """The address of the forum's own search for the posts of some days; empty where it cannot say what was asked for.

    `after:` is from the beginning of its day on, `before:` without its day (`lib/search.rb`, `word_to_date`). They are
    the days of the report's zone, so that no day is in two weeks; Discourse lets them begin at midnight in UTC.
    """
    where = search_filters(population.settings)
    if where is None:
        return ""
    zone = population.settings.clock
    first, after = (clock(time, zone).date() for time in (part.since, end_of_day(part.until, zone)))
    days = f"after:{first} before:{after} order:{order}"
    return f"{population.source.url}/search?q={quote_plus(' '.join(filter(None, (words, *where, days))))}"


def search_filters(settings: ReportSettings) -> tuple[str, ...] | None:
    """Categories and tags as Discourse's search takes them; None for several categories, which it cannot unite.

    `#parent:child` includes what is below it; tags with a comma between them are any of these.
    """
    if len(settings.categories) > 1 or any(name.isdecimal() for name in settings.categories):
        return None
    places = [f"#{':'.join(name.strip('/').split('/')[-2:])}" for name in settings.categories]
    return (*places, *([f"tags:{','.join(settings.tags)}"] if settings.tags else []))
