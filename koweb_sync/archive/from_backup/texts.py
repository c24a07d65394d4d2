"""Posts with every text that they had: read in the order in which they lie in the backup, a page in a transaction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, islice
from typing import Any

from sqlalchemy import select

from koweb_sync.archive.backups.backup import TableRows
from koweb_sync.archive.backups.copying import Values
from koweb_sync.archive.backups.ruby import NotPlain
from koweb_sync.archive.from_backup.earlier import edit, texts
from koweb_sync.archive.from_backup.post_rows import Place, reader
from koweb_sync.archive.from_backup.taking import SOURCE, Taking, pages
from koweb_sync.archive.ingest.changes import Row
from koweb_sync.archive.ingest.earlier_texts import EMPTY, EarlierText, keep_earlier
from koweb_sync.archive.ingest.graves import explain
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.ingest.topic_edits import TopicEdit, keep_topic_edits
from koweb_sync.archive.store import schema
from koweb_sync.forum.decode import SURPRISES, Strange, whole_in
from koweb_sync.forum.models import Post
from koweb_sync.forum.parse_rows import Columns

PLACES = """
SELECT p.id, t.category_id, COALESCE(s.people, 0)
FROM posts p JOIN topics t ON t.id = p.topic_id LEFT JOIN shadows s ON s.post_id = p.id
WHERE p.id IN ({marks})
"""
WANTED = "SELECT id FROM posts WHERE id IN ({marks})"
EDITED = 100  # posts of a page: each has several texts
SHOWN = 2_000  # posts that are looked for at once
REVISIONS = "SELECT * FROM post_revisions WHERE post_id > ? ORDER BY post_id, number DESC"


def read(take: Taking) -> None:
    """Read posts, and put their edits aside."""
    take.small.database.execute("DELETE FROM post_revisions")
    for table in take.backup.tables("posts", "post_revisions"):
        if table.name == "posts":
            posts(take, table)
        else:
            edits(take, table)
    take.revised = True


def edits(take: Taking, table: TableRows) -> None:
    """Put edits aside, those of posts that are wanted: they lie in no order."""
    post = table.columns.index("post_id")
    take.small.fill(replace(table, rows=wanted_rows(take, table.rows, post)), messages=True, size=EDITED)


def wanted_rows(take: Taking, rows: Iterator[Values], post: int) -> Iterator[Values]:
    """The rows that belong to posts that are wanted. `post`: where a row says its post."""
    for page in pages(rows, EDITED):
        numbers = [number_of(row[post]) for row in page]
        wanted = wanted_posts(take, [row[post] for row in page])
        take.strange += numbers.count(None)
        yield from (row for row, n in zip(page, numbers, strict=True) if n in wanted)


def wanted_posts(take: Taking, posts: Sequence[Any]) -> set[int]:
    """Those of some posts that are wanted, by their numbers."""
    marks = ", ".join("?" * len(posts))
    return {row[0] for row in take.small.database.execute(WANTED.format(marks=marks), posts)}


# ---- what posts say now


def posts(take: Taking, table: TableRows) -> None:
    """Keep posts, from where this run's stage stands."""
    done = int(take.run.at("posts").get("rows", 0))
    read_posts, ident = reader(table.columns), table.columns.index("id")
    for page in pages(islice(table.rows, done, None)):
        numbers = [number_of(values[ident]) for values in page]
        places = around(take, [values[ident] for values in page])
        wanted = [(values, places[n]) for values, n in zip(page, numbers, strict=True) if n in places]
        done += len(page)
        found = read_posts([values for values, _place in wanted], [place for _values, place in wanted])
        with take.run.page() as keeper:
            keep(take, keeper, found)
            keeper.cursor("at:posts", {"rows": done})
        take.unclear(found)
        take.strange += numbers.count(None)
        take.small.step(len(page))


def around(take: Taking, posts: Sequence[str | None]) -> dict[int | None, Place]:
    """Where those of some posts stand that are wanted."""
    marks = ", ".join("?" * len(posts))
    return {row[0]: row[1:] for row in take.small.database.execute(PLACES.format(marks=marks), posts)}


def number_of(said: str | None) -> int | None:
    """The number of a post; None for what is none."""
    try:
        return whole_in(said)
    except Strange:
        return None


def keep(take: Taking, keeper: PageWriter, found: Sequence[Post]) -> None:
    """Keep a page of posts. Where the archive is newer than the backup, only those that it does not know."""
    known = {row["id"]: row for row in keeper.known(schema.POSTS, "id", [one.id for one in found])}
    if take.older:
        keep_texts(keeper, [one for one in found if one.id in known], known)
        found = [one for one in found if one.id not in known]
    emptied = {ident for ident, row in known.items() if row["digest"] == EMPTY}
    found = [
        replace(one, raw="", cooked="", reason="") if one.id in emptied and one.deleted is not None else one
        for one in found
    ]
    keeper.posts(found, SOURCE, all_read=not take.older, known=known)
    if not take.older:
        keeper.done("topic", {int(one.topic) for one in found} | {row["topic"] for row in known.values()})
    explain(keeper, "post", {one.id: (one.deleted, one.deleted_by) for one in found if one.deleted is not None})


def keep_texts(keeper: PageWriter, found: Sequence[Post], known: Mapping[int, Row]) -> None:
    """Keep what posts said when the backup was made, beside what they say now."""
    told = {
        int(one.id): [EarlierText(one.version, one.raw or "", one.cooked, one.updated, one.editor, one.reason)]
        for one in keeper.veil.posts(found)
        if not one.placeholder
    }
    keep_earlier(keeper, told, known, SOURCE)


# ---- what posts said before


def earlier(take: Taking) -> None:
    """Keep what posts said before, from where this run's stage stands."""
    if not take.revised:  # the run was stopped after the posts were read
        take.small.database.execute("DELETE FROM post_revisions")
        for table in take.backup.tables("post_revisions"):
            edits(take, table)
    last = int(take.run.at("earlier").get("post", 0))
    grouped = groupby(take.small.rows(REVISIONS, [last]), key=lambda row: int(row["post_id"]))
    for page in pages(((post, take.together(rows)) for post, rows in grouped), EDITED):
        with take.run.page() as keeper:
            write_edits(take, keeper, dict(page))
            keeper.cursor("at:earlier", {"post": page[-1][0]})
        take.small.step(sum(len(rows) for _post, rows in page))


def write_edits(take: Taking, keeper: PageWriter, page: Mapping[int, Sequence[Columns]]) -> None:
    """Keep the earlier texts of some posts."""
    known = {row["id"]: row for row in keeper.known(schema.POSTS, "id", page)}
    held = keeper.known(schema.POST_VERSIONS, "post", known)
    now = {row["post"]: row["raw"] for row in held if last(row, known[row["post"]])}
    told: dict[int, list[EarlierText]] = {}
    topics: dict[int, list[TopicEdit]] = {}
    for post, rows in page.items():
        if post not in known:
            continue
        read_edits = []
        for row in rows:
            try:
                read_edits.append(edit(row))
            except (*SURPRISES, NotPlain):
                take.strange += 1
        take.strange += sum(one.strange for one in read_edits)
        staff = take.run.wishes.staff
        told[post] = [one for one in texts(read_edits, now.get(post, "")) if staff or not one.hidden]
        topics[post] = [one.topic for one in read_edits if one.topic is not None and (staff or not one.hidden)]
    keep_earlier(keeper, told, known, SOURCE, held)
    keep_topic_edits(keeper, topics, known, take.run.left_out)


def last(row: Row, post: Row) -> bool:
    """Whether a version is what we last saw of a post."""
    return bool(row["digest"] == post["digest"])


# ---- what the backup does not have


def vanish(take: Taking) -> None:
    """What we hold and the forum did not have any more when the backup was made is not shown any more."""
    if take.older:
        return
    with take.run.page() as keeper:
        for kind, ident in list(absent(take, keeper)):
            keeper.vanished(kind, ident, "unseen")


def absent(take: Taking, keeper: PageWriter) -> Iterator[tuple[str, int]]:
    """Topics and posts that are not in the backup, of those that it would show."""
    run, table, around = take.run, schema.POSTS, schema.TOPICS
    shown = [around.c.forum == run.forum, around.c.shown == 1, around.c.archetype.in_(schema.OPEN)]
    topics = {one[0] for one in take.small.database.execute("SELECT id FROM topics")}
    unwanted: set[Any] = set(run.left_out)
    closed = select(schema.CATEGORIES.c.id).where(
        schema.CATEGORIES.c.forum == run.forum, schema.CATEGORIES.c.restricted == 1
    )
    if not (take.restricted or run.wishes.staff):
        unwanted |= set(keeper.connection.execute(closed).scalars())
    found = keeper.connection.execute(select(around.c.id, around.c.category).where(*shown)).all()
    there = {int(one) for one, category in found if category not in unwanted}
    yield from (("topic", one) for one in sorted(there - topics))
    query = select(table.c.id, table.c.topic).where(table.c.forum == run.forum, table.c.shown == 1)
    if not run.wishes.staff:
        query = query.where(table.c.type != 4)
    for page in keeper.connection.execute(query, execution_options={"yield_per": SHOWN}).partitions():
        expected = [int(ident) for ident, topic in page if topic in there and topic in topics]
        wanted = wanted_posts(take, expected)
        yield from (("post", ident) for ident in expected if ident not in wanted)
