"""Reading an archive: topics, and posts with all that belongs to them, a page at a time whatever their number.

A `Reader` works on one connection and one forum. Nothing is written; what it gives went through its disguise.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from koweb_sync.archive.read.begun import WHOLE
from koweb_sync.archive.read.category_tree import below
from koweb_sync.archive.read.conditions import Conditions
from koweb_sync.archive.read.model import (
    Amount,
    ArchivedCategory,
    ArchivedForum,
    ArchivedPerson,
    ArchivedPost,
    ArchivedTopic,
    ArchiveFilter,
    ChangedTopic,
    Disguise,
    File,
    Hit,
    NoDisguise,
)
from koweb_sync.archive.read.people import ShownNames, by_username
from koweb_sync.archive.read.post_details import Belongings
from koweb_sync.archive.read.topic_rows import COLUMNS, changed_of, topic_of
from koweb_sync.archive.store.rows import Addresses, Row, Sql, among, first, rows, sql, value, where
from koweb_sync.spelling import called_so

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable

PAGE = 200  # posts in memory at once, with all their versions
TOPICS = 500
TOGETHER = 100  # topics whose posts are read together
EVERYTHING = ArchiveFilter()
POSTS_WITH_TOPICS = "posts LEFT JOIN topics ON topics.forum = posts.forum AND topics.id = posts.topic"


# Who wrote each post of a topic, and the numbers of the posts that answer it, by number.
Structure = dict[int, tuple[ArchivedPerson | None, tuple[int, ...]]]


class Reader:
    """Reads one forum of an archive."""

    def __init__(self, connection: "Readable", forum: int, disguise: Disguise | None = None) -> None:
        self.connection = connection
        self.forum = forum
        self.disguise = disguise or NoDisguise()
        self.watch: Callable[[int], object] = lambda _posts: None  # hears how many posts were read
        self.closed = False  # whether the forum is told of as one that there is no more
        self.names = ShownNames(connection, forum, self.disguise)
        self.belongings = Belongings(connection, forum, self.names)
        self.categories = categories(connection, forum)
        self.conditions = Conditions(forum, self.categories)

    # ---- the forum

    def source(self) -> ArchivedForum:
        """The forum itself."""
        (row,) = self.rows(sql("SELECT * FROM forums WHERE id = ?", self.forum))
        # What was written while a run read on may lie where it had read before: the forum is known until its start.
        ended = sql("SELECT max(started) AS it FROM runs WHERE forum = ? AND ended IS NOT NULL", self.forum)
        until = value(self.connection, ended + "AND outcome = 'done'")
        until = value(self.connection, ended) if until is None else until
        said = (row["name"], row["url"], row["title"], row["locale"])
        return ArchivedForum(self.forum, *said, until, Addresses.of(row).known, self.closed)

    def cut_off(self) -> str:
        """The way of the last whole run where it did not reach its end, else ""."""
        way, outcome = self.last_run()
        return "" if outcome else way

    def last_run(self) -> tuple[str, str]:
        """The way of the last whole run (`rest`, `data-explorer`, `backup`) and how it ended; both "" where there was
        none. One that got no answer at all does not count: nothing of it was read.
        """
        query = f"SELECT via, outcome FROM runs WHERE forum = ? AND {WHOLE} ORDER BY n DESC LIMIT 1"
        last = first(self.connection, sql(query, self.forum))
        return ("", "") if last is None else (str(last["via"]), str(last["outcome"]))

    def person(self, username: str) -> ArchivedPerson | None:
        """Somebody by username, present or former, without regard to case."""
        found = by_username(self.connection, self.forum, username)
        return self.names.of(found[0]) if found else None

    def category(self, words: str) -> frozenset[int]:
        """A category by number, slug path, slug or name, with all those below it; empty if there is none."""
        named = called_so(
            words.strip("/"),
            self.categories.values(),
            lambda one: (str(one.id), one.path, one.path.rpartition("/")[2], one.name),
        )
        return below(self.categories, [one.id for one in named])

    def tags(self) -> list[str]:
        """The tags that topics have."""
        query = sql("SELECT DISTINCT tag FROM topic_tags WHERE forum = ? ORDER BY tag", self.forum)
        return [str(row["tag"]) for row in self.rows(query)]

    # ---- topics

    def topics(self, wanted: ArchiveFilter = EVERYTHING) -> Iterator[ArchivedTopic]:
        """Topics by their number, those last that only posts tell of."""
        after = None
        conditions = self.conditions.topics(wanted)
        while True:
            more = () if after is None else (sql("topics.id > ?", after),)
            query = sql(f"SELECT {COLUMNS} FROM topics") + where(*conditions, *more)
            found = self.rows(query + f"ORDER BY topics.id LIMIT {TOPICS}")
            yield from self.dressed(found)
            if len(found) < TOPICS:
                break
            after = found[-1]["id"]
        yield from self.strays(wanted)

    def listed(
        self, wanted: ArchiveFilter, order: str, limit: int | None = None, more: Sequence[Sql] = ()
    ) -> Iterator[ArchivedTopic]:
        """Topics in another order, as SQL says it; `more` are further conditions."""
        query = sql(f"SELECT {COLUMNS} FROM topics") + where(*self.conditions.topics(wanted), *more)
        query += f"ORDER BY {order}, topics.id" + ("" if limit is None else f" LIMIT {limit:d}")
        with closing(rows(self.connection, query, TOPICS)) as found:
            while part := list(islice(found, TOPICS)):
                yield from self.dressed(part)

    def by_creation(self, wanted: ArchiveFilter = EVERYTHING) -> Iterator[ArchivedTopic]:
        """Topics as they were opened, with those that only posts tell of in their place."""
        known = self.listed(wanted, "topics.created")
        strays = sorted(self.strays(wanted), key=lambda one: (one.created, one.id))
        yield from merge(known, strays, key=lambda one: (one.created, one.id))

    def topic(self, number: int) -> ArchivedTopic | None:
        """One topic."""
        return next(self.topics(ArchiveFilter(topics=frozenset([number]))), None)

    def dressed(self, rows: Sequence[Row]) -> list[ArchivedTopic]:
        """Rows of topics as values."""
        people = self.names.many(row["person"] for row in rows)
        reasons = self.belongings.reasons("topic", [row["id"] for row in rows if not row["shown"]])
        ids = [row["id"] for row in rows]
        earlier, translations = self.earlier(ids), self.belongings.translations("topic", ids)
        return [
            self.disguise.topic(
                topic_of(
                    row,
                    self.categories,
                    people.get(row["person"]),
                    reasons.get(row["id"], ""),
                    earlier.get(row["id"], ()),
                    translations.get(row["id"], ()),
                )
            )
            for row in rows
        ]

    def earlier(self, topics: Sequence[int]) -> dict[int, tuple[ChangedTopic, ...]]:
        """What topics were before, as far as their edits tell."""
        if not topics:
            return {}
        query = sql("SELECT * FROM topic_edits") + where(sql("forum = ?", self.forum), among("topic", topics))
        found = self.rows(query + "ORDER BY topic, n")
        people = self.names.many(row["person"] for row in found)
        return {
            int(topic): tuple(
                one for row in each if (one := changed_of(row, self.categories, people.get(row["person"]))).told
            )
            for topic, each in groupby(found, key=itemgetter("topic"))
        }

    def strays(self, wanted: ArchiveFilter) -> Iterator[ArchivedTopic]:
        """Topics that no row tells of, but posts do: nobody's text is left out."""
        if wanted.categories or wanted.tags or wanted.public:
            return
        known = sql("NOT EXISTS (SELECT 1 FROM topics WHERE topics.forum = posts.forum AND topics.id = posts.topic)")
        named = (among("posts.topic", sorted(wanted.topics)),) if wanted.topics else ()
        query = sql("SELECT posts.topic, min(posts.created) AS created FROM posts")
        query += where(sql("posts.forum = ?", self.forum), known, *self.conditions.of_post(wanted), *named)
        for row in self.rows(query + "GROUP BY posts.topic ORDER BY posts.topic"):
            created = int(row["created"])
            yield self.disguise.topic(ArchivedTopic(int(row["topic"]), "", created=created, shown=False, known=False))

    # ---- posts

    def walk(self, wanted: ArchiveFilter = EVERYTHING) -> Iterator[tuple[ArchivedTopic, Iterator[ArchivedPost]]]:
        """Every topic with its posts in order; they are read while they are taken, those of small topics together."""
        for _known, each in groupby(self.topics(wanted), key=lambda topic: topic.known):
            while topics := list(islice(each, TOGETHER)):
                posts = groupby(self.posts_of([one.id for one in topics], wanted), key=lambda post: post.topic)
                ahead = next(posts, None)
                for topic in topics:
                    if ahead is not None and ahead[0] == topic.id:
                        yield topic, ahead[1]
                        ahead = next(posts, None)
                    else:
                        yield topic, iter(())

    def posts(self, topic: int, wanted: ArchiveFilter = EVERYTHING) -> Iterator[ArchivedPost]:
        """The posts of a topic by number, whoever may see them."""
        return self.posts_of([topic], wanted)

    def posts_of(self, topics: Sequence[int], wanted: ArchiveFilter = EVERYTHING) -> Iterator[ArchivedPost]:
        """The posts of some topics, by topic and number."""
        those = (sql("posts.forum = ?", self.forum), among("posts.topic", topics), *self.conditions.of_post(wanted))
        order = "posts.topic, posts.number, posts.id"
        after: tuple[Sql, ...] = ()
        while True:
            query = sql("SELECT posts.* FROM posts") + where(*those, *after)
            found = self.rows(query + f"ORDER BY {order} LIMIT {PAGE}")
            yield from self.filled(found, public=wanted.public)
            if len(found) < PAGE:
                return
            topic, number, ident = (found[-1][name] for name in ("topic", "number", "id"))
            after = (sql("posts.topic >= ?", topic), sql(f"({order}) > (?, ?, ?)", topic, number, ident))

    def by_time(self, wanted: ArchiveFilter = EVERYTHING) -> Iterator[ArchivedPost]:
        """Posts of all topics as they were written."""
        query = sql(f"SELECT posts.id FROM {POSTS_WITH_TOPICS}") + where(*self.conditions.of_both(wanted))
        with closing(rows(self.connection, query + "ORDER BY posts.created, posts.id", PAGE)) as found:
            while part := [row["id"] for row in islice(found, PAGE)]:
                yield from self.by_ids(part, public=wanted.public)

    def by_ids(self, ids: Sequence[int], *, public: bool = False) -> list[ArchivedPost]:
        """Posts by their numbers in the forum, in the order given; at most a page. Unknown ones are left out.
        `public`: without the files that not everybody gets.
        """
        query = sql("SELECT posts.* FROM posts") + where(sql("posts.forum = ?", self.forum), among("posts.id", ids))
        found = {row["id"]: row for row in self.rows(query)}
        return self.filled([found[one] for one in ids if one in found], public=public)

    def place_of(self, post: int) -> tuple[int, int] | None:
        """The topic and the number of a post."""
        query = sql("SELECT topic, number FROM posts WHERE forum = ? AND id = ?", self.forum, post)
        row = first(self.connection, query)
        return None if row is None else (int(row["topic"]), int(row["number"]))

    def at(self, topic: int, number: int) -> ArchivedPost | None:
        """The post with a number in a topic."""
        query = "SELECT id AS it FROM posts WHERE forum = ? AND topic = ? AND number = ? ORDER BY id"
        found = value(self.connection, sql(query, self.forum, topic, number))
        return None if found is None else self.by_ids([found])[0]

    def hits(self, entries: Sequence[int], wanted: ArchiveFilter) -> list[Hit]:
        """The wanted ones among entries of the search, in the order given; some hundreds at most."""
        names = ("row", "id", "topic", "number", "created", "person", "locale")
        columns = ", ".join(f"posts.{name} AS {name}" for name in names)
        columns += ", CASE WHEN topics.shown = 0 THEN 0 ELSE posts.shown END AS shown"
        query = sql(f"SELECT {columns}, topics.title AS title FROM {POSTS_WITH_TOPICS}")
        found = {
            one["row"]: one
            for one in self.rows(query + where(among("posts.row", entries), *self.conditions.of_both(wanted)))
        }
        people = self.names.many(one["person"] for one in found.values())
        return [
            Hit(
                row,
                one["id"],
                one["topic"],
                one["number"],
                one["title"] or "",
                people.get(one["person"]),
                one["created"],
                bool(one["shown"]),
                one["locale"] or "",
            )
            for row in entries
            if (one := found.get(row)) is not None
        ]

    def filled(self, found: Sequence[Row], *, public: bool) -> list[ArchivedPost]:
        """Rows of posts with all that belongs to them; `public`: but only the files that everybody gets."""
        self.watch(len(found))
        posts = self.belongings.posts(found)
        if public:
            posts = [replace(one, files=tuple(map(File.shown, one.files))) for one in posts]
        return [self.disguise.post(one) for one in posts]

    def structure(self, topic: int, wanted: ArchiveFilter = EVERYTHING) -> Structure:
        """Who wrote each post of a topic, and which posts answer it."""
        those = where(sql("posts.forum = ? AND posts.topic = ?", self.forum, topic), *self.conditions.of_post(wanted))
        found = self.rows(sql("SELECT number, reply_to, person FROM posts") + those + "ORDER BY number, id")
        people = self.names.many(row["person"] for row in found)
        return structure_of((row["number"], row["reply_to"], people.get(row["person"])) for row in found)

    def pages(self, wanted: ArchiveFilter, page_of: Callable[[int], int]) -> dict[int, frozenset[int]]:
        """Which pages the posts of each topic stand on, by `page_of` of their numbers; without posts, the first."""
        query = sql(f"SELECT posts.topic AS topic, posts.number AS number FROM {POSTS_WITH_TOPICS}")
        query += where(*self.conditions.of_both(wanted)) + "ORDER BY posts.topic, posts.number"
        first_page = frozenset([page_of(1)])
        same = {first_page: first_page}
        topics = sql("SELECT topics.id AS id FROM topics") + where(*self.conditions.topics(wanted))
        with closing(rows(self.connection, topics, 1000)) as those:
            found = {int(row["id"]): first_page for row in those}
        with closing(rows(self.connection, query, 1000)) as posts:
            for topic, each in groupby(posts, key=itemgetter("topic")):
                pages = frozenset(page_of(row["number"]) for row in each)
                found[int(topic)] = same.setdefault(pages, pages)
        return found

    def places(self, wanted: ArchiveFilter) -> Iterator[tuple[int, int, int]]:
        """The id, the topic and the number of every post, by id."""
        query = sql(f"SELECT posts.id AS id, posts.topic AS topic, posts.number AS number FROM {POSTS_WITH_TOPICS}")
        with closing(
            rows(self.connection, query + where(*self.conditions.of_both(wanted)) + "ORDER BY posts.id", 1000)
        ) as found:
            yield from ((int(row["id"]), int(row["topic"]), int(row["number"])) for row in found)

    def rows(self, query: Sql) -> list[Row]:
        """All rows of a query."""
        return list(rows(self.connection, query))

    def count(self, wanted: ArchiveFilter = EVERYTHING) -> Amount:
        """How much is wanted."""
        return self.amount(wanted, (), ())

    def count_open(self, wanted: ArchiveFilter) -> Amount:
        """How much of what is wanted stands where everybody reads, whether the forum still shows it or not: whispers
        do not.
        """
        stands = self.conditions.stands_open()
        return self.amount(wanted, stands, (*stands, sql("posts.type <> 4")))

    def amount(self, wanted: ArchiveFilter, of_topic: Sequence[Sql], of_post: Sequence[Sql]) -> Amount:
        """How much is wanted of what further conditions on topics, and on posts with their topics, leave."""
        counted = "SELECT count(*) AS every, count(CASE WHEN {}.id < 0 THEN 1 END) AS chat FROM {}"
        topics = sql(counted.format("topics", "topics")) + where(*self.conditions.topics(wanted), *of_topic)
        posts = sql(counted.format("posts", POSTS_WITH_TOPICS)) + where(*self.conditions.of_both(wanted), *of_post)
        (around,), (said,) = self.rows(topics), self.rows(posts)
        return Amount(around["every"] - around["chat"], said["every"] - said["chat"], around["chat"], said["chat"])


def structure_of(posts: Iterable[tuple[int, int | None, ArchivedPerson | None]]) -> Structure:
    """The structure of a topic, out of the number of each post, the number that it answers, and its author."""
    answers: dict[int, list[int]] = {}
    people: dict[int, ArchivedPerson | None] = {}
    for number, reply_to, author in posts:
        people[number] = author
        if reply_to is not None:
            answers.setdefault(reply_to, []).append(number)
    return {number: (author, tuple(answers.get(number, ()))) for number, author in people.items()}


def categories(connection: "Readable", forum: int) -> dict[int, ArchivedCategory]:
    """The categories of a forum."""
    query = sql("SELECT * FROM categories WHERE forum = ? ORDER BY id", forum)
    return {
        row["id"]: ArchivedCategory(
            row["id"], row["name"], row["path"], row["parent"], bool(row["restricted"] or row["staff"])
        )
        for row in rows(connection, query)
    }


def blob(connection: "Readable", forum: int, sha256: str) -> bytes | None:
    """The content of a file."""
    found = value(connection, sql("SELECT data AS it FROM blobs WHERE forum = ? AND sha256 = ?", forum, sha256))
    return None if found is None else bytes(found)
