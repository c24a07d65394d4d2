"""Rows of Data Explorer on their way into the archive: asking for those of some buckets, and keeping them.

A page holds whole buckets. What we hold of a bucket and the forum does not give any more is not shown any more: it was
destroyed, or became a personal message; the database does not say which.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from koweb_sync.archive.crawl.buckets import ROWS, TEXT, Bucket, Span, span, span_of
from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.ingest.deletions import explain
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.ingest.reactions import SHADOW
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.chat import CHAT
from koweb_sync.errors import ForumAnswerUnclear, ForumNotFound, InputError
from koweb_sync.forum import data_explorer
from koweb_sync.forum import parse_rows as parsed
from koweb_sync.forum.archive_queries import POLLS, TOPICS, USERS
from koweb_sync.forum.archive_queries import answers as answers_query
from koweb_sync.forum.archive_queries import likes as likes_query
from koweb_sync.forum.archive_queries import posts as posts_query
from koweb_sync.forum.decode import Page, each
from koweb_sync.forum.models import AcceptedAnswer, Like, Poll
from koweb_sync.forum.parse_rows import Columns
from koweb_sync.forum.plugin_queries import REACTED
from koweb_sync.forum.queries import Query
from koweb_sync.i18n import _

SOURCE = "data-explorer"
WHISPER = 4
KINDS = ("people", "topics", "posts", "answers", "likes", "polls")  # who somebody is, where a post stands, comes before
Row = Columns


class Asker:
    """Runs our queries. `numbers` are those of the saved queries, by name; `plugins` the tables that they read of
    plugins; `most` how many rows a page may have.
    """

    def __init__(self, run: Run, numbers: Mapping[str, int], plugins: frozenset[str] = frozenset()) -> None:
        self.run = run
        self.numbers = numbers
        self.plugins = plugins
        self.queries: Mapping[str, Query] = {
            "people": USERS,
            "topics": TOPICS,
            "posts": posts_query(plugins),
            "answers": answers_query(plugins),
            "likes": likes_query(plugins),
            "polls": POLLS,
        }
        self.most = dict(ROWS)

    def ask(self, query: Query, ids: Span, *, full: bool = False, **more: str) -> list[Row] | None:
        """The rows of a query; None if there are too many, or if the forum does not find them in time: one request.

        `full`: as many as an answer holds are not too many.
        """
        given = {
            "after": str(ids.after),
            "until": str(ids.until),
            "without": ",".join(map(str, sorted(self.run.left_out))) or "0",
            "whispers": "true" if self.run.wishes.staff else "false",
            **more,
        }
        self.run.talk.sent["keyed"] += 1
        try:
            found = data_explorer.run(self.run.talk.forum, self.numbers[query.name], given, full=full)
        except ForumNotFound as error:
            with self.run.page() as writer:
                writer.cursor("queries", {})  # what we knew does not hold any more
            raise InputError(
                _("The query “{name}” is not saved in Data Explorer any more.").format(name=query.name),
                where=self.run.base,
                remedy=_("“koweb doctor --save-query” saves it; or archive over the forum's own API: --via rest."),
            ) from error
        self.run.watch.step()
        return found

    def note(self, page: Page[Any], query: Query) -> None:
        """Remember what could not be read of a query's answer."""
        where = f"{self.run.base}{data_explorer.PLACE}/{self.numbers[query.name]}/run"
        self.run.talk.malformed += (replace(one, where=where, keyed=True) for one in page.malformed)

    def too_much(self, query: Query) -> ForumAnswerUnclear:
        """The error about a query that cannot be made smaller."""
        return ForumAnswerUnclear(
            _("Data Explorer takes too long over the query “{name}”.").format(name=query.name),
            where=self.run.base,
            remedy=_("Try again when the forum has less to do; or archive over the forum's own API: --via rest."),
        )

    def rows(self, kind: str, page: Sequence[Bucket]) -> list[Row] | None:
        """The rows of some buckets; None if several are too much at once. A single one is read in parts."""
        numbers = [one.id for one in page]
        ids, buckets = span_of(numbers), ",".join(map(str, numbers))
        if not sum(one.things for one in page):
            return []
        if len(page) > 1:
            return self.ask(self.queries[kind], ids, buckets=buckets)
        return self.parts(kind, ids, buckets, large=page[0].size > TEXT)

    def parts(self, kind: str, ids: Span, buckets: str, *, large: bool = False) -> list[Row]:
        """The rows of a bucket, in halves where it is too large. Raises ForumAnswerUnclear if that does not help."""
        found = None if large else self.ask(self.queries[kind], ids, buckets=buckets)
        if found is not None:
            return found
        halves = ids.halves()
        if halves is not None:
            return [row for half in halves for row in self.parts(kind, half, buckets)]
        if kind != "likes":
            raise self.too_much(self.queries[kind])
        return self.beyond(ids, buckets)

    def beyond(self, ids: Span, buckets: str) -> list[Row]:
        """The likes of a post that has more of them than an answer holds."""
        found: list[Row] = []
        query = self.queries["likes"]
        while True:
            last = str(found[-1]["id"] if found else 0)
            page = self.ask(query, ids, full=True, buckets=buckets, beyond=last)
            if page is None:
                raise self.too_much(query)
            found += page
            if len(page) < data_explorer.TOP or str(page[-1]["id"]) == last:
                return found


# ---- keeping


def keep(asker: Asker, writer: PageWriter, kind: str, page: Sequence[Bucket], rows: Sequence[Row]) -> set[int]:
    """Keep the rows of whole buckets; the numbers of the buckets that are to be read again, with a later run.

    They hold something of a category that we do not know yet, which is left out, for it may be nobody's business; or a
    row that cannot be read. Likes and polls of posts that we do not hold are left out too.
    """
    found = parse(asker.run, kind, rows)
    asker.note(found, asker.queries[kind])
    place, known = where(asker.run, writer, kind, found)
    kept = [one for one in found if place(one) in known]
    unclear = {one.id for one in found.malformed}
    there = {number(one) for one in found} | (unclear - {None})
    read = Read([span(one.id) for one in page], kept, there, unclear, reactions=REACTED in asker.plugins)
    KEEPERS[kind](asker.run, writer, read)
    again = {number(one) for one in found if place(one) not in known} | unclear
    return {
        one.id for one in page for ident in again if ident is None or span(one.id).after < ident <= span(one.id).until
    }


def parse(run: Run, kind: str, rows: Sequence[Row]) -> Page[Any]:
    """The rows of a kind as what they tell of; those that cannot be read are told by the id that buckets go by."""
    match kind:
        case "people":
            return each("row", rows, lambda row: parsed.user(row, run.started), number)
        case "topics":
            return each("row", rows, parsed.topic, number)
        case "posts":
            return each("row", rows, parsed.post, number)
        case "answers":
            solved = each("row", rows, parsed.answer)
            return Page(solved, (replace(one, id=one.topic) for one in solved.malformed))
        case "likes":
            page = each("row", rows, parsed.like)
            there = (one for one in page if one is not None)
            return Page(there, (replace(one, id=one.post) for one in page.malformed))
        case _:
            return parsed.polls(rows)


def number(one: Any) -> int:
    """The id that buckets go by: that of a post for its likes and polls, that of a topic for its answers."""
    if isinstance(one, AcceptedAnswer):
        return one.topic
    return int(one.post if isinstance(one, Like) else one[0] if isinstance(one, tuple) else one.id)


def where(
    run: Run, writer: PageWriter, kind: str, found: Page[Any]
) -> tuple[Callable[[Any], int | None], Collection[int | None]]:
    """What says whether something may be kept, and the values for which it may."""
    if kind in ("topics", "posts"):
        return lambda one: one.category, {one["id"] for one in run.state("categories") or ()} | {None}
    if kind == "answers":
        around = {number(one) for one in found}
        return number, {row["id"] for row in writer.known(schema.TOPICS, "id", around)}
    if kind in ("likes", "polls"):
        posts = {number(one) for one in found}
        return number, {row["id"] for row in writer.known(schema.POSTS, "id", posts)}
    return number, {number(one) for one in found}


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: the ids that were asked for, what to keep, and the ids of all that is there. `unclear` are those
    of rows that cannot be read, None among them where one does not even tell its id: nothing is concluded then.
    `reactions`: the likes hold all other reactions too.
    """

    spans: Sequence[Span]
    found: Sequence[Any]
    there: Collection[int | None]
    unclear: Collection[int | None]
    reactions: bool = False


def people(_run: Run, writer: PageWriter, read: Read) -> None:
    """Keep who people are."""
    writer.people(read.found)


def topics(run: Run, writer: PageWriter, read: Read) -> None:
    """Keep topics. Their posts are compared by their own digests, so none is noted to be looked at."""
    writer.topics(read.found, SOURCE, all_read=True)
    writer.done("topic", [one.id for one in read.found])
    gone = {one.id: (one.deleted, one.deleted_by) for one in read.found if one.deleted is not None}
    explain(writer, "topic", gone)
    table = schema.TOPICS
    shown = and_(table.c.forum == run.forum, table.c.shown == 1, wanted(run))
    held = writer.connection.execute(select(table.c.id).where(shown, inside(table.c.id, read.spans))).scalars()
    add_tombstones(writer, "topic", set(held), read)


def add_tombstones(writer: PageWriter, kind: str, held: set[int], read: Read) -> None:
    """What we hold and the forum does not give any more is not shown any more."""
    for ident in sorted(held - set(read.there)) if None not in read.unclear else ():
        writer.vanished(kind, ident, "unseen")


def posts(run: Run, writer: PageWriter, read: Read) -> None:
    """Keep posts. All of a topic's are read in this run, so no topic is noted to be looked at."""
    seen = read.found
    before = {row["topic"] for row in writer.known(schema.POSTS, "id", {one.id for one in seen})}
    writer.posts(seen, SOURCE, all_read=True)
    writer.done("topic", {one.topic for one in seen} | before)
    explain(writer, "post", {one.id: (one.deleted, one.deleted_by) for one in seen if one.deleted is not None})
    table, around = schema.POSTS, schema.TOPICS
    joined = and_(around.c.forum == table.c.forum, around.c.id == table.c.topic)
    shown = and_(table.c.forum == run.forum, table.c.shown == 1, around.c.shown == 1, wanted(run))
    if not run.wishes.staff:
        shown = and_(shown, table.c.type != WHISPER)
    query = select(table.c.id).join_from(table, around, joined).where(shown, inside(table.c.id, read.spans))
    add_tombstones(writer, "post", set(writer.connection.execute(query).scalars()), read)


def likes(run: Run, writer: PageWriter, read: Read) -> None:
    """Keep likes. One that came and went between two runs is nobody's business any more. Of a post some of whose likes
    cannot be read all stay as they are.
    """
    if None in read.unclear:
        return
    unclear = sorted(one for one in read.unclear if one is not None)
    seen = [one for one in read.found if one.post not in read.unclear]
    table, posts, topics = schema.REACTIONS, schema.POSTS, schema.TOPICS
    joined = and_(topics.c.forum == posts.c.forum, topics.c.id == posts.c.topic)
    told = (
        select(posts.c.id)
        .join_from(posts, topics, joined)
        .where(posts.c.forum == run.forum, posts.c.id == table.c.post, wanted(run))
    )
    among = and_(inside(table.c.post, read.spans), told.exists(), table.c.post.not_in(unclear))
    among = among if read.reactions else and_(among, table.c.kind == "like")
    writer.keep_likes(seen, partial(writer.open_likes, among), run.last_run())
    counts = schema.COUNTS
    mine = and_(counts.c.forum == run.forum, inside(counts.c.post, read.spans), counts.c.post.not_in(unclear))
    writer.connection.execute(delete(counts).where(mine, counts.c.kind == "like"))
    if read.reactions:  # everybody is named
        others = counts.c.kind.not_in(("like", SHADOW))
        writer.connection.execute(update(counts).where(mine, others, counts.c.count != 0).values(count=0))
    writer.count_erased(seen)


def answers(run: Run, writer: PageWriter, read: Read) -> None:
    """Keep which posts solved their topics, who accepted them and when; of several the one that came first."""
    if None in read.unclear:
        return
    first: dict[int, AcceptedAnswer] = {}
    for one in read.found:
        first.setdefault(one.topic, one)
    table = schema.TOPICS
    held = and_(table.c.forum == run.forum, table.c.accepted.is_not(None), wanted(run), inside(table.c.id, read.spans))
    gone = set(writer.connection.execute(select(table.c.id).where(held)).scalars()) - first.keys() - set(read.unclear)
    writer.answers([*first.values()], gone)


def polls(_run: Run, writer: PageWriter, read: Read) -> None:
    """Keep polls."""
    found: dict[int, list[Poll]] = {}
    for post, poll in read.found:
        found.setdefault(post, []).append(poll)
    writer.polls(found)


KEEPERS: Mapping[str, Callable[[Run, PageWriter, Read], None]] = {
    "people": people,
    "topics": topics,
    "posts": posts,
    "answers": answers,
    "likes": likes,
    "polls": polls,
}


def inside(column: ColumnElement[int], spans: Sequence[Span]) -> ColumnElement[bool]:
    """Whether a number lies in one of some spans."""
    return or_(*(and_(column > one.after, column <= one.until) for one in joined_up(spans)))


def joined_up(spans: Sequence[Span]) -> list[Span]:
    """The same ids in as few spans as possible."""
    found: list[Span] = []
    for one in sorted(spans, key=lambda each: each.after):
        if found and found[-1].until == one.after:
            found[-1] = Span(found[-1].after, one.until)
        else:
            found.append(one)
    return found


def wanted(run: Run) -> ColumnElement[bool]:
    """Whether a topic is one that our queries give: what somebody wished for earlier is not concluded from."""
    table = schema.TOPICS
    left_out = table.c.category.in_(sorted(run.left_out))
    return and_(table.c.archetype.not_in(("private_message", CHAT)), or_(table.c.category.is_(None), ~left_out))
