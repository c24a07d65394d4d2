"""Posts with every text that they had: read in the order in which they lie in the backup, a page in a transaction."""

from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import groupby
from typing import Any

from sqlalchemy import select

from koweb_sync.archive.backups.backup import Backup
from koweb_sync.archive.from_backup.backup_reading import SOURCE, BackupReading, bounded
from koweb_sync.archive.from_backup.post_pages import PostPage, post_pages
from koweb_sync.archive.from_backup.post_revisions import PostEdits, edits_of, texts, topic_edits
from koweb_sync.archive.from_backup.post_rows import Place, PostFacts, found_posts
from koweb_sync.archive.from_backup.row_pages import pages
from koweb_sync.archive.from_backup.staged_tables import StagedTables
from koweb_sync.archive.from_backup.table_pages import helpers, table_pages
from koweb_sync.archive.helpers import mapped
from koweb_sync.archive.ingest.changes import Row, digest
from koweb_sync.archive.ingest.deletions import explain
from koweb_sync.archive.ingest.earlier_texts import EMPTY, EarlierText, keep_earlier
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.ingest.post_text import PostText
from koweb_sync.archive.ingest.topic_edits import TopicEdit, changed_by, keep_topic_edits
from koweb_sync.archive.store import schema
from koweb_sync.forum.decode import Strange, whole_in
from koweb_sync.forum.models import Post
from koweb_sync.forum.parse_rows import Columns

PLACES = """
SELECT p.id, t.category_id, COALESCE(s.people, 0)
FROM posts p JOIN topics t ON t.id = p.topic_id LEFT JOIN shadows s ON s.post_id = p.id
WHERE p.id IN ({marks})
"""
WANTED = "SELECT id FROM posts WHERE id IN ({marks})"
DELETED = """
SELECT id FROM topics WHERE deleted_at IS NOT NULL UNION ALL SELECT -id FROM chat_channels WHERE deleted_at IS NOT NULL
"""
EDITED = 100  # posts of a page: each has several texts
SHOWN = 2_000  # posts that are looked for at once
REVISIONS = "SELECT * FROM post_revisions WHERE post_id > ? ORDER BY post_id, number DESC"


def wanted_posts(staged: StagedTables, posts: Sequence[Any]) -> set[int]:
    """Those of some posts that are wanted, by their numbers."""
    marks = ", ".join("?" * len(posts))
    return {row[0] for row in staged.database.execute(WANTED.format(marks=marks), posts)}


# ---- what posts say now


def posts(reading: BackupReading) -> None:
    """Keep posts, from where this run's stage stands."""
    done = int(reading.run.at("posts").get("rows", 0))
    first = reading.run.last_run() is None and len(reading.run.homes) == 1
    base = reading.run.base if first else None  # later most texts are known, and need no look
    with closing(post_pages(reading.backup, done, base)) as all_pages:
        for page in all_pages:
            done += len(page)
            keep_page(reading, page, done)
            reading.staged.step(len(page))


def keep_page(reading: BackupReading, page: PostPage, done: int) -> None:
    """Keep a page of posts, with which so many rows are `done`."""
    numbers = [row.whole[0] if isinstance(row, PostFacts) else number_of(row["id"]) for row in page]
    places = around(reading, numbers)
    wanted = [(row, places[n]) for row, n in zip(page, numbers, strict=True) if n in places]
    found, texts = found_posts([row for row, _place in wanted], [place for _row, place in wanted])
    reading.unclear(found)
    reading.unreadable += numbers.count(None)
    with reading.run.page() as writer:
        keep(reading, writer, found, texts)
        writer.cursor("at:posts", {"rows": done, **reading.unread()})


def around(reading: BackupReading, posts: Sequence[int | None]) -> dict[int | None, Place]:
    """Where those of some posts stand that are wanted."""
    marks = ", ".join("?" * len(posts))
    return {row[0]: row[1:] for row in reading.staged.database.execute(PLACES.format(marks=marks), posts)}


def number_of(said: str | None) -> int | None:
    """The number of a post; None for what is none."""
    try:
        return whole_in(said)
    except Strange:
        return None


def keep(reading: BackupReading, writer: PageWriter, found: Sequence[Post], texts: Mapping[int, PostText]) -> None:
    """Keep a page of posts. Where the archive is newer than the backup, only those that it does not know."""
    known = {row["id"]: row for row in writer.known(schema.POSTS, "id", [one.id for one in found])}
    if reading.older:
        keep_texts(writer, [one for one in found if one.id in known], known)
        found = [one for one in found if one.id not in known]
    emptied = emptied_here(reading, found, known)
    found = [without_text(one) if one.id in emptied else one for one in found]
    texts = {post: text for post, text in texts.items() if post not in emptied}
    writer.posts(found, SOURCE, all_read=not reading.older, known=known, texts=texts)
    if not reading.older:
        writer.done("topic", {int(one.topic) for one in found} | {row["topic"] for row in known.values()})
    explain(writer, "post", {one.id: (one.deleted, one.deleted_by) for one in found if one.deleted is not None})


def emptied_here(reading: BackupReading, found: Sequence[Post], known: Mapping[int, Row]) -> set[int]:
    """Those of some posts whose text was emptied in the archive since: that a backup has it still is nothing new, nor
    where it is deleted with its topic.
    """
    held = [one for one in found if known.get(one.id, {}).get("digest") == EMPTY]
    gone = {row[0] for row in reading.staged.database.execute(DELETED)} if held else set()
    return {int(one.id) for one in held if one.deleted is not None or reading.again or one.topic in gone}


def without_text(one: Post) -> Post:
    """A post that says nothing any more."""
    return replace(one, raw="", cooked="", reason="")


def keep_texts(writer: PageWriter, found: Sequence[Post], known: Mapping[int, Row]) -> None:
    """Keep what posts said when the backup was made, beside what they say now, where nobody heard that text yet."""
    held = writer.known(schema.POST_VERSIONS, "post", [one.id for one in found])
    heard = {(row["post"], row["digest"]) for row in held}
    told = {
        int(one.id): [EarlierText(one.version, one.raw or "", one.cooked, one.updated, one.editor, one.reason)]
        for one in writer.erasures.posts(found)
        if not one.placeholder and (one.id, digest(one.raw, one.cooked)) not in heard
    }
    keep_earlier(writer, told, known, SOURCE, held)


# ---- what posts said before


def earlier(reading: BackupReading) -> None:
    """Keep what posts said before, from where this run's stage stands."""
    adrift = put_edits_aside(reading.backup, reading.staged)
    last = int(reading.run.at("earlier").get("post", 0))
    with closing(edit_pages(reading.backup, reading.staged, reading.together, last)) as all_read:
        for page in all_read:
            with reading.run.page() as writer:
                write_edits(reading, writer, page)
                writer.cursor("at:earlier", {"post": page[-1].post, **reading.unread()})
            reading.staged.step(sum(len(one.edits) for one in page))
    reading.unreadable += adrift  # a stage that goes on counts them anew


def put_edits_aside(backup: Backup, staged: StagedTables) -> int:
    """Put edits aside, those of posts that are wanted: they lie in no order. How many cannot be read is answered."""
    strange = 0
    staged.database.execute("DELETE FROM post_revisions")
    with closing(table_pages(backup, "post_revisions", size=EDITED)) as found:
        for page in found:
            post = page.columns.index("post_id")
            numbers = [number_of(row[post]) for row in page.rows]
            wanted = wanted_posts(staged, numbers)
            strange += numbers.count(None)
            rows = [row for row, n in zip(page.rows, numbers, strict=True) if n in wanted]
            staged.fill(page._replace(rows=rows), messages=True)
    return strange


def edit_pages(
    backup: Backup, staged: StagedTables, together: Callable[[Iterator[Columns]], list[Columns]], last: int = 0
) -> Generator[list[PostEdits], None, None]:
    """The edits that were put aside, of some posts at a time, behind the `last` one. `together` takes those of one."""
    grouped = groupby(staged.rows(REVISIONS, [last]), key=lambda row: int(row["post_id"]))
    found = pages(((post, together(rows)) for post, rows in grouped), EDITED)
    with closing(mapped(read_edits, found, helpers(backup))) as all_read:
        yield from all_read


def earlier_counts(backup: Backup, staged: StagedTables, left_out: Collection[int], *, staff: bool) -> tuple[int, int]:
    """How many earlier versions of posts, and earlier states of topics, an empty archive would take from a backup."""
    versions = states = 0
    first = {row["id"] for row in staged.rows("SELECT id FROM posts WHERE post_number = 1")}
    put_edits_aside(backup, staged)
    with closing(edit_pages(backup, staged, lambda rows: bounded(rows)[0])) as all_read:
        for post, edits, _strange in (one for page in all_read for one in page):
            versions += max(0, len([one for one in texts(edits) if staff or not one.hidden]) - 1)
            told = topic_edits(edits, staff=staff) if post in first else []
            states += sum(changed_by(one, left_out) for one in told)
    return versions, states


def read_edits(page: Sequence[tuple[int, Sequence[Columns]]]) -> list[PostEdits]:
    """The edits of some posts."""
    return [edits_of(post, rows) for post, rows in page]


def write_edits(reading: BackupReading, writer: PageWriter, page: Sequence[PostEdits]) -> None:
    """Keep the earlier texts of some posts."""
    known = {row["id"]: row for row in writer.known(schema.POSTS, "id", [one.post for one in page])}
    held = writer.known(schema.POST_VERSIONS, "post", known)
    told: dict[int, list[EarlierText]] = {}
    topics: dict[int, list[TopicEdit]] = {}
    for post, edits, strange in page:
        if post not in known:
            continue
        reading.unreadable += strange
        staff = reading.run.wishes.staff
        told[post] = [one for one in texts(edits) if staff or not one.hidden]
        topics[post] = topic_edits(edits, staff=staff)
    keep_earlier(writer, told, known, SOURCE, held)
    keep_topic_edits(writer, topics, known, reading.run.left_out)


# ---- what the backup does not have


def vanish(reading: BackupReading) -> None:
    """What we hold and the forum did not have any more when the backup was made is not shown any more."""
    if reading.older:
        return
    with reading.run.page() as writer:
        for kind, ident in list(absent(reading, writer)):
            writer.vanished(kind, ident, "unseen")


def absent(reading: BackupReading, writer: PageWriter) -> Iterator[tuple[str, int]]:
    """Topics and posts that are not in the backup, of those that it would show."""
    run, table, around = reading.run, schema.POSTS, schema.TOPICS
    shown = [around.c.forum == run.forum, around.c.shown == 1, around.c.archetype.in_(schema.OPEN)]
    topics = {one[0] for one in reading.staged.database.execute("SELECT id FROM topics")}
    unwanted: set[Any] = set(run.left_out)
    closed = select(schema.CATEGORIES.c.id).where(
        schema.CATEGORIES.c.forum == run.forum, schema.CATEGORIES.c.restricted == 1
    )
    if not (reading.restricted or run.wishes.staff):
        unwanted |= set(writer.connection.execute(closed).scalars())
    found = writer.connection.execute(select(around.c.id, around.c.category).where(*shown)).all()
    there = {int(one) for one, category in found if category not in unwanted}
    yield from (("topic", one) for one in sorted(there - topics))
    query = select(table.c.id, table.c.topic).where(table.c.forum == run.forum, table.c.shown == 1)
    if not run.wishes.staff:
        query = query.where(table.c.type != 4)
    for page in writer.connection.execute(query, execution_options={"yield_per": SHOWN}).partitions():
        expected = [int(ident) for ident, topic in page if topic in there and topic in topics]
        wanted = wanted_posts(reading.staged, expected)
        yield from (("post", ident) for ident in expected if ident not in wanted)
