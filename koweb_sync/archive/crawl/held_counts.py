"""What an archive holds of topics, counted: what the ledger compares with what the forum says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, select

from koweb_sync.archive.ingest.reactions import SHADOW
from koweb_sync.archive.store import schema

WHISPER, SMALL_ACTION = 4, 3
MESSAGE = "private_message"
INSTEAD = ("erased", "left-out")  # explains posts that we do not hold
WITHIN = ("small-action", "hidden", "user-deleted")  # among those held
BESIDES = ("whisper", "deleted", "gone", "private", "unseen", "number")  # what the forum does not count


@dataclass(frozen=True, slots=True)
class ToldCounts:
    """What the forum says of a topic. `highest` is its highest post number, `likes` None where that was not told.

    `fresh`: it said so just now, and not when the topic was archived. `exact`: `highest` is that of a post which
    everybody sees; staff is told the number of a whisper too.
    """

    id: int
    title: str
    category: int | None
    posts: int
    highest: int
    likes: int | None = None
    fresh: bool = True
    exact: bool = True


@dataclass(frozen=True, slots=True)
class HeldCounts:
    """What we hold of a topic.

    `counted` posts are those that the forum counts too. `erased`: their text was removed at somebody's wish.
    `within` and `besides`: how many of them are what, by the reasons above. `distinct` is how many post numbers we
    know, up to `top`, the highest one that is shown. `numbers` are all of them, None where nobody needs them.
    `told_likes` is what the forum counts at these posts, `shadow` how many of these are other reactions, `named` and
    `unnamed` the likes that we can account for.
    `stored_likes` and `archetype` are the topic's own; `away`: why the forum does not show it, empty if it does.
    """

    counted: int = 0
    erased: int = 0
    within: Mapping[str, int] = field(default_factory=dict)
    besides: Mapping[str, int] = field(default_factory=dict)
    distinct: int = 0
    top: int = 0
    numbers: frozenset[int] | None = None
    told_likes: int = 0
    named: int = 0
    unnamed: int = 0
    shadow: int = 0
    stored_likes: int = 0
    archetype: str = "regular"
    away: str = ""


def holdings(connection: Connection, forum: int, told: Mapping[int, ToldCounts]) -> dict[int, HeldCounts]:
    """What we hold of some topics; at most `PLACEHOLDERS` of them. What we know nothing of is left out."""
    ids = list(told)
    topics = topic_facts(connection, forum, ids)
    kinds = post_kinds(connection, forum, ids)
    numbered = number_facts(connection, forum, ids)
    away = reasons(connection, forum, "topic", schema.TOPICS.c.id, ids)
    why = reasons(connection, forum, "post", schema.POSTS.c.topic, ids)
    named, unnamed, shadow = like_counts(connection, forum, ids)
    found: dict[int, HeldCounts] = {}
    for topic in topics.keys() | kinds.keys():
        facts = topics.get(topic, {"archetype": "regular", "likes": 0, "shown": 1})
        distinct, top = numbered.get(topic, (0, 0))
        counts = tallied(kinds.get(topic, ()), why.get(topic, {}), message=facts["archetype"] == MESSAGE)
        found[topic] = HeldCounts(
            **counts,
            distinct=distinct,
            top=top,
            named=named.get(topic, 0),
            unnamed=unnamed.get(topic, 0),
            shadow=shadow.get(topic, 0),
            stored_likes=facts["likes"],
            archetype=facts["archetype"],
            away="" if facts["shown"] else next(iter(away.get(topic, {"deleted": 1}))),
        )
    return with_numbers(connection, forum, told, found)


def topic_facts(connection: Connection, forum: int, ids: list[int]) -> dict[int, dict[str, Any]]:
    """What the ledger needs of topics' own rows."""
    table = schema.TOPICS
    columns = (table.c.id, table.c.archetype, table.c.likes, table.c.shown)
    query = select(*columns).where(table.c.forum == forum, table.c.id.in_(ids))
    return {int(row["id"]): dict(row) for row in connection.execute(query).mappings()}


def post_kinds(connection: Connection, forum: int, ids: list[int]) -> dict[int, list[Any]]:
    """How many posts of which kind topics have: rows with type, shown, hidden, user_deleted, erased, n and likes."""
    posts, erasures = schema.POSTS, schema.ERASURES
    gone = select(erasures.c.person).where(erasures.c.forum == forum, erasures.c.policy == "remove")
    erased = case((posts.c.person.in_(gone), 1), else_=0).label("erased")
    kind = (posts.c.type, posts.c.shown, posts.c.hidden, posts.c.user_deleted, erased)
    query = (
        select(posts.c.topic, *kind, func.count().label("n"), func.sum(posts.c.likes).label("likes"))
        .where(posts.c.forum == forum, posts.c.topic.in_(ids))
        .group_by(posts.c.topic, *kind)
    )
    found: dict[int, list[Any]] = {}
    for row in connection.execute(query):
        found.setdefault(int(row.topic), []).append(row)
    return found


def tallied(kinds: Iterable[Any], why: Mapping[str, int], *, message: bool) -> dict[str, Any]:
    """The counts of a topic out of those of its kinds of posts. `why` are the reasons for what is not shown."""
    counted = erased = likes = away = 0
    within, besides = dict.fromkeys(WITHIN, 0), dict(why)
    for row in kinds:
        if not row.shown:
            away += row.n
            continue
        likes += int(row.likes)
        if row.type == WHISPER:
            besides["whisper"] = besides.get("whisper", 0) + row.n
        elif message and row.type == SMALL_ACTION:
            besides["small-action"] = besides.get("small-action", 0) + row.n
        elif row.erased:
            erased += row.n
        else:
            counted += row.n
            within["small-action"] += row.n if row.type == SMALL_ACTION else 0
            within["hidden"] += row.n if row.hidden else 0
            within["user-deleted"] += row.n if row.user_deleted else 0
    if rest := away - sum(why.values()):
        besides["deleted"] = besides.get("deleted", 0) + rest
    return {"counted": counted, "erased": erased, "within": within, "besides": besides, "told_likes": likes}


def number_facts(connection: Connection, forum: int, ids: list[int]) -> dict[int, tuple[int, int]]:
    """How many post numbers we know of topics, and the highest of those that are shown to everybody."""
    posts = schema.POSTS
    public = case((and_(posts.c.shown == 1, posts.c.type != WHISPER), posts.c.number), else_=0)
    query = (
        select(posts.c.topic, func.count(posts.c.number.distinct()), func.max(public))
        .where(posts.c.forum == forum, posts.c.topic.in_(ids))
        .group_by(posts.c.topic)
    )
    return {int(topic): (int(distinct), int(top)) for topic, distinct, top in connection.execute(query)}


def reasons(connection: Connection, forum: int, kind: str, by: Any, ids: list[int]) -> dict[int, dict[str, int]]:
    """Why topics, or posts of topics, are not shown: by topic, reason → how many."""
    table, tombstones = by.table, schema.TOMBSTONES
    grave = and_(
        tombstones.c.forum == table.c.forum,
        tombstones.c.kind == kind,
        tombstones.c.id == table.c.id,
        tombstones.c.lifted.is_(None),
    )
    query = (
        select(by, tombstones.c.reason, func.count(table.c.id.distinct()))
        .join_from(table, tombstones, grave)
        .where(table.c.forum == forum, by.in_(ids), table.c.shown == 0)
        .group_by(by, tombstones.c.reason)
    )
    found: dict[int, dict[str, int]] = {}
    for topic, reason, n in connection.execute(query):
        name = str(reason) if reason in BESIDES else "deleted"
        mine = found.setdefault(int(topic), {})
        mine[name] = mine.get(name, 0) + int(n)
    return found


def like_counts(connection: Connection, forum: int, ids: list[int]) -> tuple[dict[int, int], ...]:
    """Of topics' posts: the likes whose people we know, how many others the forum counts, and how many other reactions
    it counts among them.
    """
    posts, likes, counts = schema.POSTS, schema.REACTIONS, schema.COUNTS
    mine = (posts.c.forum == forum, posts.c.topic.in_(ids), posts.c.shown == 1)
    named = (
        select(posts.c.topic, func.count())
        .join_from(posts, likes, and_(likes.c.forum == posts.c.forum, likes.c.post == posts.c.id))
        .where(*mine, likes.c.kind == "like", likes.c.gone.is_(None))
        .group_by(posts.c.topic)
    )

    def counted(kind: str, column: Any) -> Select[Any]:
        same = and_(counts.c.forum == posts.c.forum, counts.c.post == posts.c.id, counts.c.kind == kind)
        query = select(posts.c.topic, func.sum(column)).join_from(posts, counts, same)
        return query.where(*mine).group_by(posts.c.topic)

    queries = (named, counted("like", counts.c.count), counted(SHADOW, counts.c.told))
    return tuple({int(topic): int(n) for topic, n in connection.execute(query).all()} for query in queries)


def with_numbers(
    connection: Connection, forum: int, told: Mapping[int, ToldCounts], found: dict[int, HeldCounts]
) -> dict[int, HeldCounts]:
    """The same, with the post numbers of topics that seem to lack some."""
    posts = schema.POSTS
    wanted = [
        topic
        for topic, have in found.items()
        if told[topic].posts > have.counted + have.erased or told[topic].highest > have.top
    ]
    numbers: dict[int, set[int]] = {topic: set() for topic in wanted}
    query = select(posts.c.topic, posts.c.number).where(posts.c.forum == forum, posts.c.topic.in_(wanted))
    for topic, number in connection.execute(query):
        numbers[int(topic)].add(int(number))
    for topic in wanted:
        values = {name: getattr(found[topic], name) for name in HeldCounts.__slots__}
        found[topic] = HeldCounts(**{**values, "numbers": frozenset(numbers[topic])})
    return found
