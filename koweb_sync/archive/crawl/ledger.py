"""The ledger: for each topic what the forum says it has, what we hold, why they differ, and what is missing.

`ledger_entries` compares, and is pure. `write_ledger` writes the ledger out of what the store holds, without a request;
`write` that of a comparison with the forum. Counts of posts are as Discourse counts them: all that are shown, without
whispers (Topic.reset_highest); in personal messages small actions are not counted either.

For each entry: expected = held + erased + left-out + short − surplus.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select

from koweb_sync.archive.crawl.held_counts import HeldCounts, ToldCounts, holdings
from koweb_sync.archive.crawl.run import Run, chunks
from koweb_sync.archive.ingest.page_writer import OLDER, PageWriter
from koweb_sync.archive.ingest.row_writer import PLACEHOLDERS
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.chat import CHAT

MOST_NUMBERS = 100_000  # that are counted, whatever a forum says
NUMBERS = 200  # post numbers that an entry names at most


@dataclass(frozen=True, slots=True)
class Likes:
    """The likes of a topic: as the forum counts, with their people, without, and those that we cannot account for.

    `surplus`: that many more are held than the forum counts; they are among `named` and `unnamed`.
    """

    expected: int = 0
    named: int = 0
    unnamed: int = 0
    short: int = 0
    surplus: int = 0


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """The account of one topic. `missing` are post numbers; `certain`: exactly these, else they are among these.

    `known`: we hold the topic at all. `trouble` is why it could not be compared with the forum, empty if it was:
    to-read, not-listed, definition, message, no-key, left-out.
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


def ledger_entries(
    told: Iterable[ToldCounts], held: Mapping[int, HeldCounts], left_out: Collection[int] = ()
) -> tuple[LedgerEntry, ...]:
    """The accounts of topics, in the order of what was told. `held` by topic; `left_out` are categories that nobody
    asked for.
    """
    return tuple(entry(one, held.get(one.id), one.category in left_out) for one in told)


def entry(told: ToldCounts, held: HeldCounts | None, unwanted: bool) -> LedgerEntry:
    """The account of one topic."""
    have = held or HeldCounts()
    explained = {name: n for name, n in {**have.within, **have.besides, "erased": have.erased}.items() if n}
    if have.away:
        explained[have.away] = explained.get(have.away, 0) + have.counted
        likes = Likes(0, have.named, have.unnamed)
        return LedgerEntry(told.id, told.title, 0, 0, explained, (), True, 0, 0, likes, held is not None)
    lack = told.posts - have.counted - have.erased
    if unwanted:
        explained |= {"left-out": lack} if lack > 0 else {}
        return LedgerEntry(
            told.id, told.title, told.posts, have.counted, explained, (), True, 0, max(0, -lack), Likes(), bool(held)
        )
    unheld = told.exact and told.highest > have.top
    short = max(0, lack, int(unheld))
    gaps = lacking(told.highest, have, short)
    strange = max(0, told.highest - have.distinct - short)
    if strange:
        explained["number"] = strange
    return LedgerEntry(
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


def lacking(highest: int, held: HeldCounts, short: int) -> tuple[int, ...]:
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


def likes_of(told: ToldCounts, held: HeldCounts) -> Likes:
    """The account of a topic's likes. The forum's count for a topic may differ from the sum of those for its posts by
    an error of its own: it is believed only where it moved since we looked. Other reactions, which newer servers count
    among the likes, are none.
    """
    moved = told.fresh and told.likes is not None and told.likes != held.stored_likes
    expected = max(0, ((told.likes or 0) if moved else held.told_likes) - held.shadow)
    lack = expected - held.named - held.unnamed
    return Likes(expected, held.named, held.unnamed, max(0, lack), max(0, -lack))


# ---- what was said before


def remembered(connection: Connection, forum: int, ids: Collection[int] | None = None) -> list[ToldCounts]:
    """What the forum said of topics when they were archived, all of them unless some are named."""
    table = schema.TOPICS
    columns = (table.c.id, table.c.title, table.c.category, table.c.posts_count, table.c.highest, table.c.likes)
    asked_for = (table.c.forum == forum, table.c.archetype != CHAT)  # of which only a backup tells
    query = select(*columns).where(*asked_for).order_by(table.c.id)
    if ids is not None:
        query = query.where(table.c.id.in_(ids))
    return [ToldCounts(*row, fresh=False, exact=False) for row in connection.execute(query)]


# ---- writing it down


def write_ledger(run: Run, ids: Collection[int] | None = None) -> int:
    """Write the ledger, or that of some topics, from what the store holds, at the end of a crawl and without a request;
    how many posts are missing. Rows that say what they said are left alone, so that an update that found nothing writes
    nothing.
    """
    short = 0
    with run.page() as writer:
        pending = unread(writer.connection, run.forum)
        topics = remembered(writer.connection, run.forum, ids)
        for part in chunks(range(len(topics)), PLACEHOLDERS):
            told = {topics[n].id: topics[n] for n in part}
            entries = ledger_entries(told.values(), holdings(writer.connection, run.forum, told), run.left_out)
            short += sum(one.short for one in entries)
            write(writer, doubted(entries, pending))
    return short


def unread(connection: Connection, forum: int) -> dict[int, str]:
    """The topics that a run has still to read, each with why."""
    todo = schema.AGENDA
    query = select(todo.c.id, todo.c.detail).where(todo.c.forum == forum, todo.c.kind.in_(["topic", "topic later"]))
    return {int(topic): str(why) for topic, why in connection.execute(query)}


def doubted(entries: Iterable[LedgerEntry], pending: Mapping[int, str]) -> list[LedgerEntry]:
    """The same accounts; those of topics that are still to be read say so. One that came whole from a backup is whole,
    as far as anybody knows: a run that asks the forum only looks whether it is there still.
    """
    return [
        marked(one, "to-read") if one.topic in pending and not (pending[one.topic] == OLDER and whole(one)) else one
        for one in entries
    ]


def whole(one: LedgerEntry) -> bool:
    """Whether just that is held of a topic which it is said to have."""
    return one.complete and not one.surplus and not one.likes.surplus


def marked(one: LedgerEntry, trouble: str) -> LedgerEntry:
    """The same account with why it could not be compared."""
    values = {name: getattr(one, name) for name in LedgerEntry.__slots__}
    return LedgerEntry(**{**values, "trouble": trouble})


def write(writer: PageWriter, entries: Iterable[LedgerEntry], *, checked: bool = False) -> None:
    """Keep accounts that say something new; with `checked` all, as they were compared now."""
    rows = {one.topic: row(one) for one in entries}
    before = {one["topic"]: one for one in writer.known(schema.LEDGER, "topic", rows)}
    new = [
        {**values, "topic": topic, "checked": writer.now}
        for topic, values in rows.items()
        if checked or topic not in before or any(before[topic][name] != value for name, value in values.items())
    ]
    writer.put(schema.LEDGER, new)


def row(one: LedgerEntry) -> dict[str, Any]:
    """An account as a row of the table `ledger`."""
    return {
        "expected": one.expected,
        "held": one.held,
        "explained": json.dumps(dict(sorted(one.explained.items()))),
        "missing": json.dumps(list(one.missing)),
        "short": one.short,
        "trouble": one.trouble,
    }


def forget(writer: PageWriter, topics: Collection[int]) -> None:
    """Take out the accounts of topics that neither we nor the forum have. `topics` are those that stay."""
    table = schema.LEDGER
    stale = set(writer.connection.execute(select(table.c.topic).where(table.c.forum == writer.forum)).scalars())
    for one in sorted(stale - set(topics)):
        writer.connection.execute(delete(table).where(table.c.forum == writer.forum, table.c.topic == one))
