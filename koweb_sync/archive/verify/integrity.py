"""Whether an archive is sound in itself: nothing in it rotted, and what hangs together is there. No request is sent.

What can be computed again is computed again: digests of texts, hashes of files, where posts point, the words behind the
search. It reads everything once, in pages, so that memory does not grow with the archive.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import ARRAY, Connection, Select, Text, and_, column, func, select
from sqlalchemy.exc import DBAPIError

from koweb_sync.archive.ingest.changes import TOPIC_TEXT, digest
from koweb_sync.archive.ingest.page_writer import entry
from koweb_sync.archive.ingest.references import CookedContent, read
from koweb_sync.archive.store import checksums, schema, search
from koweb_sync.archive.store.database_errors import unreadable_errors
from koweb_sync.archive.store.rows import homes
from koweb_sync.archive.store.search_words import other_forms, singulars
from koweb_sync.archive.store.store import Store
from koweb_sync.archive.verify.search_index import index_flaws

FlawKind = Literal[
    "file",
    "shape",
    "table",
    "index",
    "version",
    "text",
    "pointers",
    "uploads",
    "search",
    "title",
    "tags",
    "author",
    "blob",
    "held",
]
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that is not as it was written. `what` says what it is about: a number or a name, by the kind.

    file: the database itself; shape: a part of it that is missing or is not ours; table: one that has other rows than
    were written; index: the search itself; version: a post without its text; text: one that is not that of its digest;
    pointers, uploads, search: what was read out of a post is not what stands there; title: a topic without its latest
    version; tags: those of a topic; author: a post of somebody unknown; blob: a file that is not the one of its hash;
    held: a file that should be there and is not.
    """

    kind: FlawKind
    what: str


IntegrityStep = Callable[[], object]


def flaws(store: Store, forum: int, base: str, step: IntegrityStep = int) -> Iterator[Flaw]:
    """All that is wrong, as it is found. `base` is the forum's address; `step` is called after each page (`length`)."""
    with store.read() as connection:
        for part in (
            database(connection),
            posts(connection, forum, base, step),
            versions(connection, forum, step),
            topics(connection, forum),
            authors(connection, forum),
            blobs(connection, forum),
        ):
            yield from as_far_as(part)


def as_far_as(part: Iterator[Flaw]) -> Iterator[Flaw]:
    """What is wrong with a part of an archive, as far as it can be read: that it cannot is wrong too."""
    try:
        yield from part
    except unreadable_errors(DBAPIError) as error:
        yield Flaw("file", str(getattr(error, "orig", None) or error).partition("\n")[0])


def length(connection: Connection, forum: int) -> int:
    """How many pages of posts and of texts there are to look through."""
    counts = (
        connection.execute(select(func.count()).select_from(table).where(table.c.forum == forum)).scalar_one()
        for table in (schema.POSTS, schema.POST_VERSIONS)
    )
    return sum(-(-int(count) // AT_ONCE) for count in counts)


def database(connection: Connection) -> Iterator[Flaw]:
    """What SQLite finds in its own file: broken pages, indexes that disagree; other rows than were written; what the
    search does not find. PostgreSQL keeps watch by itself.
    """
    if connection.dialect.name == "postgresql":
        return
    yield from (Flaw("file", line) for line in checksums.faults(connection))
    yield from as_far_as(Flaw("shape", name) for name in checksums.misshapen(connection))
    yield from as_far_as(Flaw("table", name) for name in checksums.differing(connection))
    yield from as_far_as(Flaw("index", what) for what in index_flaws(connection))


# ---- posts


def posts(connection: Connection, forum: int, base: str, step: IntegrityStep) -> Iterator[Flaw]:
    """Each post with its current version, and what was read out of it."""
    table, held = schema.POSTS, schema.POST_VERSIONS
    current = and_(held.c.forum == table.c.forum, held.c.post == table.c.id, held.c.n == table.c.n)
    columns = (
        *(table.c.id, table.c.row, table.c.topic, table.c.number, table.c.reply_to, table.c.hidden),
        *(table.c.user_deleted, held.c.cooked, schema.TOPICS.c.title, schema.TOPICS.c.tags),
    )
    entitled = and_(schema.TOPICS.c.forum == table.c.forum, schema.TOPICS.c.id == table.c.topic)
    query = (
        select(*columns)
        .select_from(table.outerjoin(held, current).outerjoin(schema.TOPICS, entitled))
        .where(table.c.forum == forum)
        .order_by(table.c.id)
        .limit(AT_ONCE)
    )
    after: int | None = None
    while page := connection.execute(query if after is None else query.where(table.c.id > after)).all():
        after = int(page[-1].id)
        yield from (Flaw("version", str(one.id)) for one in page if one.cooked is None)
        yield from readings(connection, forum, base, [one for one in page if one.cooked is not None])
        step()


def readings(connection: Connection, forum: int, base: str, page: Sequence[Any]) -> Iterator[Flaw]:
    """What was read out of some posts: read again, and compared."""
    ids = [int(one.id) for one in page]
    edges, uses = schema.EDGES, schema.UPLOAD_USES
    points: dict[int, Counter[Any]] = {one: Counter() for one in ids}
    columns = (edges.c.post, edges.c.kind, edges.c.to_topic, edges.c.to_number, edges.c.url)
    for post, *place in connection.execute(select(*columns).where(edges.c.forum == forum, edges.c.post.in_(ids))):
        points[post][tuple(place)] += 1
    files: dict[int, set[str]] = {one: set() for one in ids}
    for post, url in connection.execute(
        select(uses.c.post, uses.c.url).where(uses.c.forum == forum, uses.c.post.in_(ids))
    ):
        files[post].add(str(url))
    words = entries(connection, [int(one.row) for one in page])
    server = connection.dialect.name == "postgresql"
    home = homes(connection, forum, base)
    for one in page:
        found = read(one.cooked, one.topic, one.reply_to, *home)
        # A text that was taken back keeps the pointers of the last one that we hold, wherever it stands by now.
        if not (one.hidden or one.user_deleted) and pointed(found) != points[one.id]:
            yield Flaw("pointers", str(one.id))
        if {file.url for file in found.files} != files[one.id]:
            yield Flaw("uploads", str(one.id))
        searched, said, _forms = entry(one.number, one.title, one.tags, found.words, None)
        if words.get(one.row) != (*searched, tuple(singulars(searched) if server else other_forms(said))):
            yield Flaw("search", str(one.id))


def pointed(found: CookedContent) -> Counter[Any]:
    """Where a post points; whom it names is known by then by number."""
    return Counter((one.kind, one.topic, one.number, one.url) for one in found.pointers)


def entries(connection: Connection, rows: Sequence[int]) -> dict[int, tuple[str, str, str, tuple[str, ...]]]:
    """The entries of the search index by row: title, tags and text, and the words that were made of them."""
    if not rows:
        return {}
    index, server = search.entries(connection), connection.dialect.name == "postgresql"
    words = func.tsvector_to_array(column("words"), type_=ARRAY(Text)) if server else column("forms")
    query: Select[Any] = select(*index.columns, words).where(search.row_of(index).between(min(rows), max(rows)))
    return {
        int(row): (str(title), str(tags), str(body), tuple(sorted(single) if server else single.split()))
        for row, title, tags, body, single in connection.execute(query)
    }


def versions(connection: Connection, forum: int, step: IntegrityStep) -> Iterator[Flaw]:
    """Each text against its digest."""
    table = schema.POST_VERSIONS
    query = select(table.c.post, table.c.n, table.c.raw, table.c.cooked, table.c.digest).where(table.c.forum == forum)
    for nth, (post, n, raw, cooked, told) in enumerate(pages(connection, query.order_by(table.c.post, table.c.n))):
        if nth % AT_ONCE == 0:
            step()
        if digest(raw, cooked) != told:
            yield Flaw("text", f"{post} ({n})")


def pages(connection: Connection, query: Any) -> Iterator[Any]:
    """The rows of a long answer, a page of them in memory."""
    yield from connection.execution_options(yield_per=AT_ONCE).execute(query)


# ---- topics and people


def topics(connection: Connection, forum: int) -> Iterator[Flaw]:
    """Each topic against its latest version, and its tags."""
    table, held, tags = schema.TOPICS, schema.TOPIC_VERSIONS, schema.TOPIC_TAGS
    current = and_(held.c.forum == table.c.forum, held.c.topic == table.c.id, held.c.n == table.c.n)
    names = [name for name in TOPIC_TEXT if name != "tags"]
    query = (
        select(
            table.c.id, *(column for name in names for column in (table.c[name], held.c[name].label(f"held_{name}")))
        )
        .select_from(table.outerjoin(held, current))
        .where(table.c.forum == forum)
    )
    for row in pages(connection, query.order_by(table.c.id)):
        if any(getattr(row, name) != getattr(row, f"held_{name}") for name in names):
            yield Flaw("title", str(row.id))
    tagged = and_(tags.c.forum == table.c.forum, tags.c.topic == table.c.id)
    query = select(table.c.id, table.c.tags, tags.c.tag).select_from(table.outerjoin(tags, tagged))
    found = pages(connection, query.where(table.c.forum == forum).order_by(table.c.id))
    for (topic, told), each in groupby(found, key=lambda row: (row.id, row.tags)):
        if set(json.loads(told)) != {row.tag for row in each} - {None}:
            yield Flaw("tags", str(topic))


def authors(connection: Connection, forum: int) -> Iterator[Flaw]:
    """Posts of people whom we do not know, unless they wanted to be forgotten."""
    table, people, erased = schema.POSTS, schema.PEOPLE, schema.ERASURES
    known = select(people.c.id).where(people.c.forum == forum)
    wished = select(erased.c.person).where(erased.c.forum == forum)
    query = select(table.c.id).where(
        table.c.forum == forum, table.c.person.is_not(None), table.c.person.not_in(known), table.c.person.not_in(wished)
    )
    for post in connection.execute(query.order_by(table.c.id)).scalars():
        yield Flaw("author", str(post))


# ---- files


def blobs(connection: Connection, forum: int) -> Iterator[Flaw]:
    """Each file against its hash and its size, one at a time; and those that should be there."""
    table, uploads = schema.BLOBS, schema.UPLOADS
    names = list(
        connection.execute(select(table.c.sha256).where(table.c.forum == forum).order_by(table.c.sha256)).scalars()
    )
    for name in names:
        query = select(table.c.data, table.c.bytes).where(table.c.forum == forum, table.c.sha256 == name)
        data, size = connection.execute(query).one()
        if hashlib.sha256(data).hexdigest() != name or len(data) != size:
            yield Flaw("blob", str(name))
    there = and_(table.c.forum == uploads.c.forum, table.c.sha256 == uploads.c.sha256)
    query = (
        select(uploads.c.url)
        .select_from(uploads.outerjoin(table, there))
        .where(uploads.c.forum == forum, uploads.c.status == "held", table.c.sha256.is_(None))
    )
    for url in connection.execute(query.order_by(uploads.c.url)).scalars():
        yield Flaw("held", str(url))
