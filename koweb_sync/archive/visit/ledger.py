"""The ledger: for each topic what the forum says it has, what we hold, why they differ, and what is missing.

`balance` compares, and is pure. `account` writes the ledger out of what the store holds, without a request; `write`
that of a comparison with the forum. Counts of posts are as Discourse counts them: all that are shown, without whispers
(Topic.reset_highest); in personal messages small actions are not counted either.

For each entry: expected = held + erased + left-out + short − surplus.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, and_, case, delete, func, select

from koweb_sync.archive.base import schema
from koweb_sync.archive.keep.keeper import Keeper
from koweb_sync.archive.keep.writer import PLACEHOLDERS
from koweb_sync.archive.visit.run import Run, chunks

WHISPER, SMALL_ACTION = 4, 3
MESSAGE = "private_message"
MOST_NUMBERS = 100_000  # that are counted, whatever a forum says
NUMBERS = 200  # post numbers that an entry names at most
INSTEAD = ("erased", "left-out")  # explains posts that we do not hold
WITHIN = ("small-action", "hidden", "user-deleted")  # among those held
BESIDES = ("whisper", "deleted", "gone", "private", "unseen", "number")  # what the forum does not count


@dataclass(frozen=True, slots=True)
class Told:
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
class Held:
    """What we hold of a topic.

    `counted` posts are those that the forum counts too. `erased`: their text was removed at somebody's wish.
    `within` and `besides`: how many of them are what, by the reasons above. `distinct` is how many post numbers we
    know, up to `top`, the highest one that is shown. `numbers` are all of them, None where nobody needs them.
    `told_likes` is what the forum counts at these posts, `named` and `unnamed` those that we can account for.
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
    stored_likes: int = 0
    archetype: str = "regular"
    away: str = ""


@dataclass(frozen=True, slots=True)
class Likes:
    """The likes of a topic: as the forum counts, with their people, without, and those that we cannot account for."""

    expected: int = 0
    named: int = 0
    unnamed: int = 0
    short: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """The account of one topic. `missing` are post numbers; `certain`: exactly these, else they are among these.

    `known`: we hold the topic at all. `trouble` is why it could not be compared with the forum, empty if it was:
    to-read, not-listed, definition, message, no-key.
    """

    topic: int
    title: str
    expected: int
    held: int
    explained: Mapping[str, int]
    missing: tuple[int, ...]
    certain: bool
    short: int
    surplus: int
    likes: Likes
    known: bool = True
    trouble: str = ""

    @property
    def complete(self) -> bool:
        """Whether nothing is missing, as far as was compared."""
        return not self.short and not self.likes.short


def balance(told: Iterable[Told], held: Mapping[int, Held], left_out: Collection[int] = ()) -> tuple[Entry, ...]:
    """The accounts of topics, in the order of what was told. `held` by topic; `left_out` are categories that nobody
    asked for.
    """
    return tuple(entry(one, held.get(one.id), one.category in left_out) for one in told)


def entry(told: Told, held: Held | None, unwanted: bool) -> Entry:
    """The account of one topic."""
    have = held or Held()
    explained = {name: n for name, n in {**have.within, **have.besides, "erased": have.erased}.items() if n}
    if have.away:
        explained[have.away] = explained.get(have.away, 0) + have.counted
        likes = Likes(0, have.named, have.unnamed)
        return Entry(told.id, told.title, 0, 0, explained, (), True, 0, 0, likes, held is not None)
    lack = told.posts - have.counted - have.erased
    if unwanted:
        explained |= {"left-out": lack} if lack > 0 else {}
        return Entry(
            told.id, told.title, told.posts, have.counted, explained, (), True, 0, max(0, -lack), Likes(), bool(held)
        )
    unheld = told.exact and told.highest > have.top
    short = max(0, lack, int(unheld))
    gaps = lacking(told.highest, have, short)
    strange = max(0, told.highest - have.distinct - short)
    if strange:
        explained["number"] = strange
    return Entry(
        topic=told.id,
        title=told.title,
        expected=told.posts,
        held=have.counted,
        explained=explained,
        missing=gaps[:NUMBERS],
        certain=len(gaps) == short,
        short=short,
        surplus=max(0, short - lack),
        likes=likes_of(told, have),
        known=held is not None,
    )


def lacking(highest: int, held: Held, short: int) -> tuple[int, ...]:
    """The post numbers of a topic that we do not know, where some post is missing."""
    if not short:
        return ()
    numbers = held.numbers or frozenset()
    found: list[int] = []
    for number in range(1, highest + 1):
        if number not in numbers:
            found.append(number)
        if len(found) > max(NUMBERS, min(short, MOST_NUMBERS)):
            break
    return tuple(found)


def likes_of(told: Told, held: Held) -> Likes:
    """The account of a topic's likes. The forum's count for a topic may differ from the sum of those for its posts by
    an error of its own: it is believed only where it moved since we looked.
    """
    moved = told.fresh and told.likes is not None and told.likes != held.stored_likes
    expected = (told.likes or 0) if moved else held.told_likes
    return Likes(expected, held.named, held.unnamed, max(0, expected - held.named - held.unnamed))


# ---- what the store holds


def holdings(connection: Connection, forum: int, told: Mapping[int, Told]) -> dict[int, Held]:
    """What we hold of some topics; at most `PLACEHOLDERS` of them. What we know nothing of is left out."""
    ids = list(told)
    topics = topic_facts(connection, forum, ids)
    kinds = post_kinds(connection, forum, ids)
    numbered = number_facts(connection, forum, ids)
    away = reasons(connection, forum, "topic", schema.TOPICS.c.id, ids)
    why = reasons(connection, forum, "post", schema.POSTS.c.topic, ids)
    named, unnamed = like_counts(connection, forum, ids)
    found: dict[int, Held] = {}
    for topic in topics.keys() | kinds.keys():
        facts = topics.get(topic, {"archetype": "regular", "likes": 0, "shown": 1})
        distinct, top = numbered.get(topic, (0, 0))
        counts = tallied(kinds.get(topic, ()), why.get(topic, {}), message=facts["archetype"] == MESSAGE)
        found[topic] = Held(
            **counts,
            distinct=distinct,
            top=top,
            named=named.get(topic, 0),
            unnamed=unnamed.get(topic, 0),
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
    table, graves = by.table, schema.TOMBSTONES
    grave = and_(
        graves.c.forum == table.c.forum, graves.c.kind == kind, graves.c.id == table.c.id, graves.c.lifted.is_(None)
    )
    query = (
        select(by, graves.c.reason, func.count(table.c.id.distinct()))
        .join_from(table, graves, grave)
        .where(table.c.forum == forum, by.in_(ids), table.c.shown == 0)
        .group_by(by, graves.c.reason)
    )
    found: dict[int, dict[str, int]] = {}
    for topic, reason, n in connection.execute(query):
        name = str(reason) if reason in BESIDES else "deleted"
        mine = found.setdefault(int(topic), {})
        mine[name] = mine.get(name, 0) + int(n)
    return found


def like_counts(connection: Connection, forum: int, ids: list[int]) -> tuple[dict[int, int], dict[int, int]]:
    """The likes of topics' posts whose people we know, and how many others the forum counts."""
    posts, likes, counts = schema.POSTS, schema.REACTIONS, schema.COUNTS
    mine = (posts.c.forum == forum, posts.c.topic.in_(ids), posts.c.shown == 1)
    named = (
        select(posts.c.topic, func.count())
        .join_from(posts, likes, and_(likes.c.forum == posts.c.forum, likes.c.post == posts.c.id))
        .where(*mine, likes.c.kind == "like", likes.c.gone.is_(None))
        .group_by(posts.c.topic)
    )
    unnamed = (
        select(posts.c.topic, func.sum(counts.c.count))
        .join_from(posts, counts, and_(counts.c.forum == posts.c.forum, counts.c.post == posts.c.id))
        .where(*mine, counts.c.kind == "like")
        .group_by(posts.c.topic)
    )
    first, second = ({int(topic): int(n) for topic, n in connection.execute(query).all()} for query in (named, unnamed))
    return first, second


def with_numbers(
    connection: Connection, forum: int, told: Mapping[int, Told], found: dict[int, Held]
) -> dict[int, Held]:
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
        values = {name: getattr(found[topic], name) for name in Held.__slots__}
        found[topic] = Held(**{**values, "numbers": frozenset(numbers[topic])})
    return found


def remembered(connection: Connection, forum: int, ids: Collection[int] | None = None) -> list[Told]:
    """What the forum said of topics when they were archived, all of them unless some are named."""
    table = schema.TOPICS
    columns = (table.c.id, table.c.title, table.c.category, table.c.posts_count, table.c.highest, table.c.likes)
    query = select(*columns).where(table.c.forum == forum).order_by(table.c.id)
    if ids is not None:
        query = query.where(table.c.id.in_(ids))
    return [Told(*row, fresh=False, exact=False) for row in connection.execute(query)]


# ---- writing it down


def account(run: Run) -> int:
    """Write the ledger from what the store holds, at the end of a crawl and without a request; how many posts are
    missing. Rows that say what they said are left alone, so that an update that found nothing writes nothing.
    """
    short = 0
    with run.page() as keeper:
        pending = unread(keeper.connection, run.forum)
        topics = remembered(keeper.connection, run.forum)
        for part in chunks(range(len(topics)), PLACEHOLDERS):
            told = {topics[n].id: topics[n] for n in part}
            entries = balance(told.values(), holdings(keeper.connection, run.forum, told), run.left_out)
            short += sum(one.short for one in entries)
            write(keeper, [marked(one, "to-read") if one.topic in pending else one for one in entries])
    return short


def unread(connection: Connection, forum: int) -> set[int]:
    """The topics that a run has still to read."""
    todo = schema.AGENDA
    query = select(todo.c.id).where(todo.c.forum == forum, todo.c.kind.in_(["topic", "topic later"]))
    return set(connection.execute(query).scalars())


def marked(one: Entry, trouble: str) -> Entry:
    """The same account with why it could not be compared."""
    values = {name: getattr(one, name) for name in Entry.__slots__}
    return Entry(**{**values, "trouble": trouble})


def write(keeper: Keeper, entries: Iterable[Entry], *, checked: bool = False) -> None:
    """Keep accounts that say something new; with `checked` all, as they were compared now."""
    rows = {one.topic: row(one) for one in entries}
    before = {one["topic"]: one for one in keeper.known(schema.LEDGER, "topic", rows)}
    new = [
        {**values, "topic": topic, "checked": keeper.now}
        for topic, values in rows.items()
        if checked or topic not in before or any(before[topic][name] != value for name, value in values.items())
    ]
    keeper.put(schema.LEDGER, new)


def row(one: Entry) -> dict[str, Any]:
    """An account as a row of the table `ledger`."""
    return {
        "expected": one.expected,
        "held": one.held,
        "explained": json.dumps(dict(sorted(one.explained.items()))),
        "missing": json.dumps(list(one.missing)),
        "short": one.short,
        "trouble": one.trouble,
    }


def forget(keeper: Keeper, topics: Collection[int]) -> None:
    """Take out the accounts of topics that neither we nor the forum have. `topics` are those that stay."""
    table = schema.LEDGER
    stale = set(keeper.connection.execute(select(table.c.topic).where(table.c.forum == keeper.forum)).scalars())
    for one in sorted(stale - set(topics)):
        keeper.connection.execute(delete(table).where(table.c.forum == keeper.forum, table.c.topic == one))
