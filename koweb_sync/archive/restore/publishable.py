"""What of an archive can be published again: read out of the store, in the order in which it has to be sent.

Nothing that was deleted, taken back, hidden by moderation or said in private comes back; what is left out is counted.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, and_, func, select

from koweb_sync.archive.crawl.run import chunks
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.chat import CHAT
from koweb_sync.archive.store.store import Store

AT_ONCE = 200
MODERATOR, SMALL_ACTION = 2, 3
IN_CATEGORY, EVERYWHERE = "pinned.enabled", "pinned_globally.enabled"  # notes of the forum in a topic
WRITTEN = (1, MODERATOR)  # posts that people wrote; the forum's own notes and whispers are none
SHORT = re.compile(r"upload://([0-9A-Za-z]+)(\.\w+)?")


@dataclass(frozen=True, slots=True)
class OldCategory:
    """A category. `restricted`: not everybody may read it."""

    id: int
    name: str
    slug: str
    path: str
    parent: int | None
    colour: str
    restricted: bool


@dataclass(frozen=True, slots=True)
class OldTopic:
    """A topic. `first` is the post that opens it, `accepted` the number of the one that solved it, `accepter` the
    username of whoever said so, empty where nobody knows. `pinned`: in its category; `pinned_globally`: everywhere.
    """

    id: int
    title: str
    category: int | None
    tags: tuple[str, ...]
    closed: bool
    archived: bool
    visible: bool
    pinned: bool
    pinned_globally: bool
    first: int
    accepted: int | None
    accepter: str = ""


@dataclass(frozen=True, slots=True)
class OldPost:
    """A post. `raw` is None where no text of it may be shown, and it only keeps its place. `locale`: its language.
    `anonymised`: its author was forgotten, or made anonymous.
    """

    id: int
    topic: int
    number: int
    created: int
    reply_to: int | None
    raw: str | None
    username: str
    name: str
    locale: str = ""
    anonymised: bool = False


@dataclass
class Publishable:
    """What can be published again: places by id, topics by id, and how much is left out, by reason."""

    places: dict[int, OldCategory] = field(default_factory=dict)
    subjects: dict[int, OldTopic] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)

    def leave_out(self, why: str, n: int = 1) -> None:
        """Count what is not published again."""
        if n:
            self.left_out[why] = self.left_out.get(why, 0) + n


def publishable_of(connection: Connection, forum: int, *, everything_public: bool) -> Publishable:
    """The places and topics. `everything_public`: all goes to one public category, so restricted ones are left out."""
    found = Publishable()
    categories = schema.CATEGORIES
    rows = connection.execute(select(categories).where(categories.c.forum == forum)).mappings()
    definitions = set()
    for row in rows:
        found.places[row["id"]] = OldCategory(
            id=row["id"],
            name=row["name"],
            slug=row["slug"],
            path=row["path"],
            parent=row["parent"],
            colour=row["colour"],
            restricted=bool(row["restricted"]),
        )
        definitions.add(row["definition"])
    firsts = openings(connection, forum)
    pinned = pins(connection, forum)
    topics = schema.TOPICS
    who = and_(schema.PEOPLE.c.forum == topics.c.forum, schema.PEOPLE.c.id == topics.c.accepted_by)
    held = select(topics, schema.PEOPLE.c.username.label("accepter")).join_from(
        topics, schema.PEOPLE, who, isouter=True
    )
    for row in connection.execute(held.where(topics.c.forum == forum).order_by(topics.c.id)).mappings():
        why = unfit(row, found, definitions, firsts, everything_public=everything_public)
        if why:
            found.leave_out(why)
        else:
            found.subjects[row["id"]] = subject(row, firsts[row["id"]], pinned.get(row["id"]))
            found.leave_out("banner", int(row["archetype"] == "banner"))
            found.leave_out("pin", int(bool(row["pinned"]) and row["id"] not in pinned))
    for kind in ("small-action", "whisper", "deleted", "taken-back", "hidden"):
        found.leave_out(kind, silent(connection, forum, kind))
    found.leave_out("version", earlier(connection, forum))
    found.leave_out("reaction", reactions(connection, forum))
    found.leave_out("like", unnamed_likes(connection, forum))
    found.leave_out("vote", unnamed_votes(connection, forum))
    found.leave_out("address", len(found.subjects))
    return found


def unfit(
    row: Any, found: Publishable, definitions: set[int | None], firsts: dict[int, int], *, everything_public: bool
) -> str:
    """Why a topic is not published again; nothing if it is."""
    place = found.places.get(row["category"])
    if row["archetype"] not in schema.OPEN:
        return "chat" if row["archetype"] == CHAT else "message"
    if not row["shown"] or row["deleted"] is not None:
        return "topic-deleted"
    if row["id"] in definitions:
        return "definition"
    if row["id"] not in firsts:
        return "empty"
    if everything_public and place is not None and place.restricted:
        return "restricted"
    return ""


def subject(row: Any, first: int, pin: str | None) -> OldTopic:
    """A topic's row as what is published. `pin`: how it was pinned last, where a note of the forum tells."""
    everywhere = pin == EVERYWHERE
    return OldTopic(
        id=row["id"],
        title=row["title"],
        category=row["category"],
        tags=tuple(json.loads(row["tags"])),
        closed=bool(row["closed"]),
        archived=bool(row["archived"]),
        visible=bool(row["visible"]),
        pinned=bool(row["pinned"]) and not everywhere,
        pinned_globally=bool(row["pinned"]) and everywhere,
        first=first,
        accepted=row["accepted"],
        accepter=row["accepter"] or "",
    )


def pins(connection: Connection, forum: int) -> dict[int, str]:
    """How each topic was pinned last, out of the forum's own notes in it."""
    posts = schema.POSTS
    query = select(posts.c.topic, posts.c.action).where(
        posts.c.forum == forum, posts.c.type == SMALL_ACTION, posts.c.action.in_((IN_CATEGORY, EVERYWHERE))
    )
    found = connection.execute(query.order_by(posts.c.topic, posts.c.number))
    return {int(topic): str(action) for topic, action in found}


def fit(table: Any) -> Any:
    """Posts that people wrote and that are there, but for messages of the chat."""
    return and_(table.c.id > 0, table.c.type.in_(WRITTEN), table.c.shown == 1, table.c.deleted.is_(None))


def openings(connection: Connection, forum: int) -> dict[int, int]:
    """The post that opens each topic: the one with the lowest number that is left."""
    posts = schema.POSTS
    first = (
        select(posts.c.topic, func.min(posts.c.number).label("number"))
        .where(posts.c.forum == forum, fit(posts))
        .group_by(posts.c.topic)
        .subquery()
    )
    same = and_(posts.c.topic == first.c.topic, posts.c.number == first.c.number)
    query = select(posts.c.topic, posts.c.id).join_from(posts, first, same).where(posts.c.forum == forum, fit(posts))
    return {int(topic): int(post) for topic, post in connection.execute(query)}


def silent(connection: Connection, forum: int, kind: str) -> int:
    """How many posts are left out for a reason; the chat is left out whole."""
    posts = schema.POSTS
    tests = {
        "small-action": posts.c.type == 3,
        "whisper": and_(posts.c.type == 4, posts.c.shown == 1),
        "deleted": and_(posts.c.type.in_(WRITTEN), posts.c.shown == 0),
        "taken-back": and_(fit(posts), posts.c.user_deleted == 1),
        "hidden": and_(fit(posts), posts.c.hidden == 1, posts.c.user_deleted == 0),
    }
    query = select(func.count()).select_from(posts).where(posts.c.forum == forum, posts.c.id > 0, tests[kind])
    return int(connection.execute(query).scalar() or 0)


def earlier(connection: Connection, forum: int) -> int:
    """How many earlier texts there are: what comes back is the last one of each post."""
    posts, held = schema.POSTS, schema.POST_VERSIONS
    mine = and_(held.c.forum == posts.c.forum, held.c.post == posts.c.id, held.c.n < posts.c.n)
    query = select(func.count()).select_from(posts.join(held, mine)).where(posts.c.forum == forum, fit(posts))
    return int(connection.execute(query).scalar() or 0)


def reactions(connection: Connection, forum: int) -> int:
    """How many reactions there are besides likes: sent twice, they would be taken back, so they are not sent."""
    table = schema.REACTIONS
    counted = (table.c.forum == forum, table.c.post > 0, table.c.kind != "like", table.c.gone.is_(None))
    query = select(func.count()).where(*counted)
    return int(connection.execute(query).scalar() or 0)


def unnamed_likes(connection: Connection, forum: int) -> int:
    """How many likes there are of which nobody told whose they are."""
    table, posts = schema.COUNTS, schema.POSTS
    same = and_(posts.c.forum == table.c.forum, posts.c.id == table.c.post)
    query = select(func.sum(table.c.count)).join_from(table, posts, same)
    return int(
        connection.execute(query.where(table.c.forum == forum, fit(posts), table.c.kind == "like")).scalar() or 0
    )


def unnamed_votes(connection: Connection, forum: int) -> int:
    """How many votes there are of which nobody told who cast them."""
    options, votes, posts = schema.POLL_OPTIONS, schema.POLL_VOTES, schema.POSTS
    there = and_(posts.c.forum == options.c.forum, posts.c.id == options.c.post)
    same = and_(
        *(votes.c[name] == options.c[name] for name in ("forum", "post", "poll")), votes.c.option == options.c.id
    )
    named = select(func.count()).select_from(votes).where(same).scalar_subquery()
    query = select(options.c.votes, named).join_from(options, posts, there).where(options.c.forum == forum, fit(posts))
    return sum(max(0, int(told or 0) - int(known or 0)) for told, known in connection.execute(query))


def marks(connection: Connection, forum: int) -> list[tuple[int, str, str]]:
    """What posts are besides their texts, and a new post is not: the post, and the name and value of the mark."""
    posts = schema.POSTS
    query = select(posts.c.id, posts.c.wiki, posts.c.type).where(
        posts.c.forum == forum, fit(posts), (posts.c.wiki == 1) | (posts.c.type == MODERATOR)
    )
    found = []
    for post, wiki, kind in connection.execute(query.order_by(posts.c.id)):
        found += [(int(post), "post_type", str(MODERATOR))] if kind == MODERATOR else []
        found += [(int(post), "wiki", "true")] if wiki else []
    return found


def words(store: Store, forum: int, found: Publishable) -> Iterator[OldPost]:
    """The posts in the order in which they are sent: as they were written, and within a topic by their numbers.

    Of those that were hidden or taken back only what opens a topic comes, without its text. No transaction stays open
    while they are sent.
    """
    posts, held, people = schema.POSTS, schema.POST_VERSIONS, schema.PEOPLE
    at = func.max(posts.c.created).over(partition_by=posts.c.topic, order_by=posts.c.number).label("at")
    order = select(posts.c.id, posts.c.topic, at).where(posts.c.forum == forum, fit(posts))
    with store.read() as connection:
        rows = connection.execute(order.order_by("at", posts.c.topic, posts.c.number)).all()
    ids = [int(row.id) for row in rows if row.topic in found.subjects]
    current = and_(held.c.forum == posts.c.forum, held.c.post == posts.c.id, held.c.n == posts.c.n)
    author = and_(people.c.forum == posts.c.forum, people.c.id == posts.c.person)
    columns = [
        posts.c[name] for name in ("id", "topic", "number", "created", "reply_to", "hidden", "user_deleted", "locale")
    ]
    query = (
        select(*columns, held.c.raw, held.c.placeholder, people.c.username, people.c.name, people.c.anonymised)
        .select_from(posts.join(held, current).outerjoin(people, author))
        .where(posts.c.forum == forum)
    )
    for part in chunks(ids, AT_ONCE):
        with store.read() as connection:
            page = {int(row.id): row for row in connection.execute(query.where(posts.c.id.in_(part)))}
        for row in (page[one] for one in part if one in page):
            silenced = bool(row.hidden or row.user_deleted)
            if silenced and found.subjects[row.topic].first != row.id:
                continue
            raw = None if silenced or row.placeholder or not row.raw.strip() else str(row.raw)
            facts = (row.id, row.topic, row.number, row.created, row.reply_to)
            yield OldPost(*facts, raw, row.username or "", row.name or "", row.locale, bool(row.anonymised))


def likes(connection: Connection, forum: int) -> list[tuple[int, int, str]]:
    """Who likes which post: post, person and username, in that order."""
    table, people = schema.REACTIONS, schema.PEOPLE
    who = and_(people.c.forum == table.c.forum, people.c.id == table.c.person)
    query = (
        select(table.c.post, table.c.person, people.c.username)
        .join_from(table, people, who)
        .where(table.c.forum == forum, table.c.kind == "like", table.c.gone.is_(None))
        .order_by(table.c.post, table.c.person)
    )
    return [(int(post), int(person), str(username)) for post, person, username in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Vote:
    """Somebody's choice in a poll: which options, counted from 0. Their ids hang on their texts, whose links change."""

    post: int
    poll: str
    person: int
    username: str
    options: tuple[int, ...]

    @property
    def place(self) -> tuple[int, str, int]:
        """By what votes are ordered."""
        return self.post, self.poll, self.person


def votes(connection: Connection, forum: int) -> list[Vote]:
    """Who chose what, where the forum told it, in the order of posts, polls and people."""
    table, people, options = schema.POLL_VOTES, schema.PEOPLE, schema.POLL_OPTIONS
    who = and_(people.c.forum == table.c.forum, people.c.id == table.c.person)
    which = and_(
        *(options.c[name] == table.c[name] for name in ("forum", "post", "poll")), options.c.id == table.c.option
    )
    query = (
        select(table.c.post, table.c.poll, table.c.person, people.c.username, options.c.position)
        .select_from(table.join(people, who).join(options, which))
        .where(table.c.forum == forum)
        .order_by(table.c.post, table.c.poll, table.c.person, options.c.position)
    )
    found = []
    rows = connection.execute(query)
    for mine, chosen in groupby(rows, key=lambda row: (row.post, row.poll, row.person, row.username)):
        found.append(Vote(*mine, tuple(int(row.position) for row in chosen)))
    return found


def closed(connection: Connection, forum: int) -> list[tuple[int, str]]:
    """The polls that are over: post and name, in that order."""
    table = schema.POLLS
    query = select(table.c.post, table.c.name).where(table.c.forum == forum, table.c.status == "closed")
    return [(int(post), str(name)) for post, name in connection.execute(query.order_by(table.c.post, table.c.name))]


def file(connection: Connection, forum: int, stem: str) -> tuple[str, bytes] | None:
    """A file by the part of its short address before the suffix: a name for it, and its content."""
    uploads, blobs = schema.UPLOADS, schema.BLOBS
    same = and_(blobs.c.forum == uploads.c.forum, blobs.c.sha256 == uploads.c.sha256)
    query = select(uploads.c.url, uploads.c.name, blobs.c.data).join_from(uploads, blobs, same)
    names = uploads.c.url.startswith(f"upload://{stem}", autoescape=True)
    for url, name, data in connection.execute(query.where(uploads.c.forum == forum, names)):
        found = SHORT.fullmatch(url)
        if found and found[1] == stem:
            suffix = found[2] or ""
            plain = re.sub(r"[^\w. -]", "_", str(name)).strip(". ")[-80:]
            return (plain if suffix and plain.lower().endswith(suffix.lower()) else f"{stem}{suffix}"), bytes(data)
    return None
