"""Reading an archive: topics, and posts with all that belongs to them, a page at a time whatever their number.

A `Reader` works on one connection and one forum. Nothing is written; what it gives went through its disguise.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from heapq import merge
from itertools import groupby, islice
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, exists, func, not_, or_, select, tuple_
from sqlalchemy.sql.elements import ColumnElement

from koweb_sync.archive.read.model import (
    ArchivedCategory,
    ArchivedForum,
    ArchivedPerson,
    ArchivedPost,
    ArchivedTopic,
    ArchiveFilter,
    Disguise,
    File,
    Hit,
    NoDisguise,
)
from koweb_sync.archive.read.people import ShownNames
from koweb_sync.archive.read.post_details import Belongings
from koweb_sync.archive.store import schema

PAGE = 200  # posts in memory at once, with all their versions
TOPICS = 500
TOGETHER = 100  # topics whose posts are read together
EVERYTHING = ArchiveFilter()
TOPIC, POST = schema.TOPICS, schema.POSTS


# Who wrote each post of a topic, and the numbers of the posts that answer it, by number.
Structure = dict[int, tuple[ArchivedPerson | None, tuple[int, ...]]]


class Reader:
    """Reads one forum of an archive."""

    def __init__(self, connection: Connection, forum: int, disguise: Disguise | None = None) -> None:
        self.connection = connection
        self.forum = forum
        self.disguise = disguise or NoDisguise()
        self.watch: Callable[[int], object] = lambda _posts: None  # hears how many posts were read
        self.names = ShownNames(connection, forum, self.disguise)
        self.belongings = Belongings(connection, forum, self.names)
        self.categories = categories(connection, forum)

    # ---- the forum

    def source(self) -> ArchivedForum:
        """The forum itself."""
        row = self.connection.execute(select(schema.FORUMS).where(schema.FORUMS.c.id == self.forum)).mappings().one()
        runs = schema.RUNS
        ended = select(func.max(runs.c.ended)).where(runs.c.forum == self.forum)
        until = self.connection.execute(ended.where(runs.c.outcome == "done")).scalar()
        until = self.connection.execute(ended).scalar() if until is None else until
        return ArchivedForum(self.forum, row["name"], row["url"], row["title"], row["locale"], until)

    def person(self, words: str) -> ArchivedPerson | None:
        """Somebody by username, present or former, without regard to case."""
        people, names = schema.PEOPLE, schema.NAMES
        folded = words.lstrip("@").casefold()
        now = select(people.c.id).where(people.c.forum == self.forum, people.c.folded == folded)
        found = self.connection.execute(now.order_by(people.c.id)).scalar()
        if found is None:
            then = select(names.c.person, names.c.username).where(
                names.c.forum == self.forum, func.lower(names.c.username) == folded
            )
            found = self.connection.execute(then.order_by(names.c.person)).scalar()
        return None if found is None else self.names.of(int(found))

    def category(self, words: str) -> frozenset[int]:
        """A category by number, slug path, slug or name, with all those below it; empty if there is none."""
        folded = words.strip("/").casefold()
        tops = {
            one.id
            for one in self.categories.values()
            if folded in (str(one.id), one.path.casefold(), one.path.rpartition("/")[2].casefold(), one.name.casefold())
        }
        while more := {one.id for one in self.categories.values() if one.parent in tops} - tops:
            tops |= more
        return frozenset(tops)

    # ---- topics

    def topics(self, wanted: ArchiveFilter = EVERYTHING) -> Iterator[ArchivedTopic]:
        """Topics by their number, those last that only posts tell of."""
        after = None
        query = select(TOPIC).where(*self.of_topic(wanted), *self.with_posts(wanted)).order_by(TOPIC.c.id).limit(TOPICS)
        while True:
            page = query if after is None else query.where(TOPIC.c.id > after)
            rows = self.connection.execute(page).mappings().all()
            yield from self.dressed(rows)
            if len(rows) < TOPICS:
                break
            after = rows[-1]["id"]
        yield from self.strays(wanted)

    def listed(
        self,
        wanted: ArchiveFilter,
        order: Sequence[ColumnElement[Any]],
        limit: int | None = None,
        more: Sequence[ColumnElement[bool]] = (),
    ) -> Iterator[ArchivedTopic]:
        """Topics in another order; `more` are further conditions."""
        query = select(TOPIC).where(*self.of_topic(wanted), *self.with_posts(wanted), *more)
        query = query.order_by(*order, TOPIC.c.id).limit(limit)
        with self.connection.execute(query, execution_options={"yield_per": TOPICS}) as result:
            for part in result.mappings().partitions(TOPICS):
                yield from self.dressed(part)

    def by_creation(self, wanted: ArchiveFilter = EVERYTHING) -> Iterator[ArchivedTopic]:
        """Topics as they were opened, with those that only posts tell of in their place."""
        known = self.listed(wanted, (TOPIC.c.created,))
        strays = sorted(self.strays(wanted), key=lambda one: (one.created, one.id))
        yield from merge(known, strays, key=lambda one: (one.created, one.id))

    def topic(self, number: int) -> ArchivedTopic | None:
        """One topic."""
        return next(self.topics(ArchiveFilter(topics=frozenset([number]))), None)

    def dressed(self, rows: Sequence[RowMapping]) -> list[ArchivedTopic]:
        """Rows of topics as values."""
        people = self.names.many(row["person"] for row in rows)
        reasons = self.belongings.reasons("topic", [row["id"] for row in rows if not row["shown"]])
        return [
            self.disguise.topic(topic_of(row, self.categories, people.get(row["person"]), reasons.get(row["id"], "")))
            for row in rows
        ]

    def strays(self, wanted: ArchiveFilter) -> Iterator[ArchivedTopic]:
        """Topics that no row tells of, but posts do: nobody's text is left out."""
        if wanted.categories or wanted.tags or wanted.public:
            return
        known = exists().where(TOPIC.c.forum == POST.c.forum, TOPIC.c.id == POST.c.topic)
        query = select(POST.c.topic, func.min(POST.c.created)).where(POST.c.forum == self.forum, not_(known))
        query = query.where(*self.of_post(wanted))
        if wanted.topics:
            query = query.where(POST.c.topic.in_(sorted(wanted.topics)))
        for number, created in self.connection.execute(query.group_by(POST.c.topic).order_by(POST.c.topic)).all():
            yield self.disguise.topic(ArchivedTopic(int(number), "", created=int(created), shown=False, known=False))

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
        order = (POST.c.topic, POST.c.number, POST.c.id)
        query = select(POST).where(POST.c.forum == self.forum, POST.c.topic.in_(topics), *self.of_post(wanted))
        query = query.order_by(*order).limit(PAGE)
        after: tuple[int, int, int] | None = None
        while True:
            page = query if after is None else query.where(POST.c.topic >= after[0], tuple_(*order) > after)
            rows = self.connection.execute(page).mappings().all()
            yield from self.filled(rows, public=wanted.public)
            if len(rows) < PAGE:
                return
            after = (rows[-1]["topic"], rows[-1]["number"], rows[-1]["id"])

    def by_time(self, wanted: ArchiveFilter = EVERYTHING) -> Iterator[ArchivedPost]:
        """Posts of all topics as they were written."""
        query = select(POST.c.id).join_from(POST, TOPIC, self.joined(), isouter=True).where(POST.c.forum == self.forum)
        query = query.where(*self.of_post(wanted), *self.of_topic(wanted, outer=True))
        query = query.order_by(POST.c.created, POST.c.id)
        with self.connection.execute(query, execution_options={"yield_per": PAGE}) as result:
            for part in result.scalars().partitions(PAGE):
                yield from self.by_ids(part, public=wanted.public)

    def by_ids(self, ids: Sequence[int], *, public: bool = False) -> list[ArchivedPost]:
        """Posts by their numbers in the forum, in the order given; at most a page. Unknown ones are left out.
        `public`: without the files that not everybody gets.
        """
        query = select(POST).where(POST.c.forum == self.forum, POST.c.id.in_(ids))
        rows = {row["id"]: row for row in self.connection.execute(query).mappings()}
        return self.filled([rows[one] for one in ids if one in rows], public=public)

    def place_of(self, post: int) -> tuple[int, int] | None:
        """The topic and the number of a post."""
        query = select(POST.c.topic, POST.c.number).where(POST.c.forum == self.forum, POST.c.id == post)
        row = self.connection.execute(query).first()
        return None if row is None else (int(row.topic), int(row.number))

    def at(self, topic: int, number: int) -> ArchivedPost | None:
        """The post with a number in a topic."""
        query = select(POST.c.id).where(POST.c.forum == self.forum, POST.c.topic == topic, POST.c.number == number)
        found = self.connection.execute(query.order_by(POST.c.id)).scalars().first()
        return None if found is None else self.by_ids([found])[0]

    def hits(self, rows: Sequence[int], wanted: ArchiveFilter) -> list[Hit]:
        """The wanted ones among entries of the search, in the order given; some hundreds at most."""
        columns = (POST.c.row, POST.c.id, POST.c.topic, POST.c.number, POST.c.created, POST.c.person, POST.c.shown)
        query = select(*columns, TOPIC.c.title).join_from(POST, TOPIC, self.joined(), isouter=True)
        query = query.where(POST.c.forum == self.forum, POST.c.row.in_(rows))
        query = query.where(*self.of_post(wanted), *self.of_topic(wanted, outer=True))
        found = {one.row: one for one in self.connection.execute(query)}
        people = self.names.many(one.person for one in found.values())
        return [
            Hit(
                row,
                one.id,
                one.topic,
                one.number,
                one.title or "",
                people.get(one.person),
                one.created,
                bool(one.shown),
            )
            for row in rows
            if (one := found.get(row)) is not None
        ]

    def filled(self, rows: Sequence[RowMapping], *, public: bool) -> list[ArchivedPost]:
        """Rows of posts with all that belongs to them; `public`: but only the files that everybody gets."""
        self.watch(len(rows))
        found = self.belongings.posts(rows)
        if public:
            found = [replace(one, files=tuple(map(File.shown, one.files))) for one in found]
        return [self.disguise.post(one) for one in found]

    def structure(self, topic: int, wanted: ArchiveFilter = EVERYTHING) -> Structure:
        """Who wrote each post of a topic, and which posts answer it."""
        query = select(POST.c.number, POST.c.reply_to, POST.c.person).where(
            POST.c.forum == self.forum, POST.c.topic == topic, *self.of_post(wanted)
        )
        rows = self.connection.execute(query.order_by(POST.c.number, POST.c.id)).all()
        people = self.names.many(row.person for row in rows)
        return structure_of((row.number, row.reply_to, people.get(row.person)) for row in rows)

    def pages(self, wanted: ArchiveFilter, page_of: Callable[[int], int]) -> dict[int, frozenset[int]]:
        """Which pages the posts of each topic stand on, by `page_of` of their numbers."""
        query = select(POST.c.topic, POST.c.number).join_from(POST, TOPIC, self.joined(), isouter=True)
        query = query.where(POST.c.forum == self.forum, *self.of_post(wanted), *self.of_topic(wanted, outer=True))
        found: dict[int, frozenset[int]] = {}
        same: dict[frozenset[int], frozenset[int]] = {}
        query = query.order_by(POST.c.topic, POST.c.number)
        with self.connection.execute(query, execution_options={"yield_per": 1000}) as result:
            for topic, rows in groupby(result, key=lambda row: row.topic):
                pages = frozenset(page_of(row.number) for row in rows)
                found[int(topic)] = same.setdefault(pages, pages)
        return found

    # ---- conditions

    def joined(self) -> ColumnElement[bool]:
        """How a post's topic is found."""
        return and_(TOPIC.c.forum == POST.c.forum, TOPIC.c.id == POST.c.topic)

    def of_topic(self, wanted: ArchiveFilter, *, outer: bool = False) -> list[ColumnElement[bool]]:
        """The conditions on a topic. `outer`: posts are read, and their topic may have no row."""
        found: list[ColumnElement[bool]] = [] if outer else [TOPIC.c.forum == self.forum]
        if wanted.topics:
            found.append((POST.c.topic if outer else TOPIC.c.id).in_(sorted(wanted.topics)))
        if wanted.categories:
            found.append(TOPIC.c.category.in_(sorted(wanted.categories)))
        if wanted.tags:
            tags = schema.TOPIC_TAGS
            found.append(
                exists().where(
                    tags.c.forum == TOPIC.c.forum, tags.c.topic == TOPIC.c.id, tags.c.tag.in_(sorted(wanted.tags))
                )
            )
        if wanted.public:
            hidden = [one.id for one in self.categories.values() if one.restricted]
            known = or_(TOPIC.c.category.is_(None), TOPIC.c.category.not_in(hidden))
            found += [TOPIC.c.shown == 1, TOPIC.c.archetype.in_(schema.OPEN), known]
        return found

    def of_post(self, wanted: ArchiveFilter) -> list[ColumnElement[bool]]:
        """The conditions on a post."""
        found: list[ColumnElement[bool]] = []
        if wanted.author is not None:
            found.append(POST.c.person == wanted.author)
        if wanted.since is not None:
            found.append(POST.c.created >= wanted.since)
        if wanted.until is not None:
            found.append(POST.c.created < wanted.until)
        if wanted.public:
            found += [POST.c.shown == 1, POST.c.hidden == 0, POST.c.user_deleted == 0, POST.c.type != 4]
        return found

    def with_posts(self, wanted: ArchiveFilter) -> list[ColumnElement[bool]]:
        """That a topic has a wanted post, where not every post is wanted."""
        those = self.of_post(wanted)
        return [exists().where(POST.c.forum == TOPIC.c.forum, POST.c.topic == TOPIC.c.id, *those)] if those else []

    def count(self, wanted: ArchiveFilter = EVERYTHING) -> tuple[int, int]:
        """How many topics and posts are wanted."""
        topics = select(func.count()).select_from(TOPIC)
        topics = topics.where(*self.of_topic(wanted), *self.with_posts(wanted))
        posts = select(func.count()).select_from(POST).join(TOPIC, self.joined(), isouter=True)
        posts = posts.where(POST.c.forum == self.forum, *self.of_post(wanted), *self.of_topic(wanted, outer=True))
        return int(self.connection.execute(topics).scalar_one()), int(self.connection.execute(posts).scalar_one())


def structure_of(posts: Iterable[tuple[int, int | None, ArchivedPerson | None]]) -> Structure:
    """The structure of a topic, out of the number of each post, the number that it answers, and its author."""
    answers: dict[int, list[int]] = {}
    people: dict[int, ArchivedPerson | None] = {}
    for number, reply_to, author in posts:
        people[number] = author
        if reply_to is not None:
            answers.setdefault(reply_to, []).append(number)
    return {number: (author, tuple(answers.get(number, ()))) for number, author in people.items()}


def categories(connection: Connection, forum: int) -> dict[int, ArchivedCategory]:
    """The categories of a forum."""
    table = schema.CATEGORIES
    rows = connection.execute(select(table).where(table.c.forum == forum).order_by(table.c.id)).mappings()
    return {
        row["id"]: ArchivedCategory(
            row["id"], row["name"], row["path"], row["parent"], bool(row["restricted"] or row["staff"])
        )
        for row in rows
    }


def topic_of(
    row: RowMapping, places: dict[int, ArchivedCategory], person: ArchivedPerson | None, reason: str
) -> ArchivedTopic:
    """A row of topics as a value."""
    names = (
        "id",
        "title",
        "slug",
        "created",
        "bumped",
        "last_posted",
        "archetype",
        "deleted",
        "accepted",
        "likes",
        "views",
    )
    flags = ("closed", "archived", "visible", "pinned", "shown")
    category = (
        None if row["category"] is None else places.get(row["category"], ArchivedCategory(row["category"], "", ""))
    )
    facts: dict[str, Any] = {name: row[name] for name in names}
    facts |= {name: bool(row[name]) for name in flags}
    return ArchivedTopic(
        **facts,
        category=category,
        tags=tuple(json.loads(row["tags"])),
        person=person,
        reason=reason,
        replies=max(0, row["posts_count"] - 1),
    )


def blob(connection: Connection, forum: int, sha256: str) -> bytes | None:
    """The content of a file."""
    table = schema.BLOBS
    found = connection.execute(select(table.c.data).where(table.c.forum == forum, table.c.sha256 == sha256)).scalar()
    return None if found is None else bytes(found)
