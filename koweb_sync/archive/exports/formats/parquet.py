"""An archive as Parquet tables, cut by forum and month, for DuckDB, pandas, Spark and others.

A month is that in which a post, or a topic, was written; what belongs to a post lies in the same.
Rows are written in groups, so memory does not grow with the forum. Times are microseconds in UTC.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from koweb_sync.archive.exports.export import Export, FileKind
from koweb_sync.archive.exports.files import Pictures
from koweb_sync.archive.exports.folder import ExportTarget
from koweb_sync.archive.exports.people_named import Met
from koweb_sync.archive.read.model import ArchivedPost, ArchivedTopic, ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.dates import month
from koweb_sync.i18n import _

ROWS = 5_000  # in a row group
BYTES = 8_000_000  # of text in a row group
TIME, INT, TEXT, FLAG = pa.timestamp("us", tz="UTC"), pa.int64(), pa.string(), pa.bool_()
Row = dict[str, Any]


def table(**columns: pa.DataType) -> pa.Schema:
    """The columns of a table."""
    return pa.schema(list(columns.items()))


TABLES = {
    "topics": table(
        id=INT, title=TEXT, category=INT, category_path=TEXT, tags=pa.list_(TEXT), author=INT, created=TIME,
        last_posted=TIME, closed=FLAG, archived=FLAG, listed=FLAG, pinned=FLAG, archetype=TEXT, solution=INT, gone=TEXT,
        deleted=TIME, views=INT,
    ),
    "posts": table(
        id=INT, topic=INT, number=INT, type=INT, action=TEXT, author=INT, created=TIME, edited=TIME, reply_to=INT,
        raw=TEXT, cooked=TEXT, wiki=FLAG, gone=TEXT, deleted=TIME, likes=INT,
    ),
    "likes": table(
        post=INT, topic=INT, person=INT, kind=TEXT, at=TIME, after=TIME, seen=TIME, gone=TIME
    ),
    "edges": table(post=INT, topic=INT, kind=TEXT, to_topic=INT, to_number=INT, to_person=INT, name=TEXT, url=TEXT),
    "versions": table(
        post=INT, n=INT, raw=TEXT, cooked=TEXT, observed=TIME, edited=TIME, editor=INT, reason=TEXT, placeholder=FLAG
    ),
    "votes": table(post=INT, poll=TEXT, option=TEXT, html=TEXT, votes=INT, people=pa.list_(INT)),
    "uploads": table(
        post=INT, url=TEXT, kind=TEXT, name=TEXT, status=TEXT, sha256=TEXT, bytes=INT, since=TIME, path=TEXT
    ),
    "people": table(id=INT, username=TEXT, name=TEXT, created=TIME, admin=FLAG, moderator=FLAG, bot=FLAG),
    "categories": table(id=INT, name=TEXT, path=TEXT, parent=INT, restricted=FLAG),
}  # fmt: skip


class TableWriter:
    """Writes one table: a file for each month, in the order in which months come."""

    def __init__(self, target: ExportTarget, name: str, forum: str) -> None:
        self.target = target
        self.name = name
        self.forum = forum
        self.month = ""
        self.rows: list[Row] = []
        self.size = 0
        self.file = ExitStack()
        self.out: pq.ParquetWriter | None = None

    def add(self, at: str, row: Row) -> None:
        """One more row of a month. A month that is over does not come again."""
        if at != self.month:
            self.close()
            self.month = at
        self.rows.append(row)
        self.size += sum(len(value) for value in row.values() if isinstance(value, str))
        if len(self.rows) >= ROWS or self.size >= BYTES:
            self.flush()

    def flush(self) -> None:
        """Write the rows so far as a group."""
        if not self.rows:
            return
        if self.out is None:
            part = f"/month={self.month}" if self.month else ""
            place = f"{self.name}/forum={self.forum}{part}/part-0.parquet"
            sink = self.file.enter_context(self.target.file(place))
            self.out = self.file.enter_context(
                pq.ParquetWriter(sink, TABLES[self.name], compression="zstd", version="2.6", store_schema=False)
            )
        self.out.write_table(pa.Table.from_pylist(self.rows, schema=TABLES[self.name]))
        self.rows, self.size = [], 0

    def close(self) -> None:
        """The month is over."""
        self.flush()
        self.file.close()
        self.out = None

    def __enter__(self) -> "TableWriter":
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if kind is None:
            self.close()
        else:
            self.file.__exit__(kind, error, trace)


@contextmanager
def writers(target: ExportTarget, forum: str) -> Iterator[dict[str, TableWriter]]:
    """One writer for each table."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(TableWriter(target, name, forum)) for name in TABLES}


def write_tables(reader: Reader, target: ExportTarget, wanted: ArchiveFilter, pictures: Pictures) -> None:
    """Write all tables, and the files of posts."""
    met = Met()
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", reader.source().name).strip("-") or "forum"
    with writers(target, name) as tables:
        for topic in reader.by_creation(wanted):
            met.topic(topic)
            tables["topics"].add(month(topic.created), topic_row(topic))
        for post in reader.by_time(wanted):
            met.post(post)
            for table_name, row in rows(post, pictures):
                tables[table_name].add(month(post.created), row)
        for person in met:
            facts = {one: getattr(person, one) for one in TABLES["people"].names}
            tables["people"].add("", facts)
        for category in reader.categories.values():
            tables["categories"].add("", {one: getattr(category, one) for one in TABLES["categories"].names})


def texts(path: Path) -> Iterator[str]:
    """All texts in a Parquet file, the names of its columns too."""
    with path.open("rb") as raw, pq.ParquetFile(raw) as file:  # Arrow takes no name that is no text
        yield str(file.metadata.metadata or "")
        for batch in file.iter_batches(batch_size=1000):
            for row in batch.to_pylist():
                yield from strings(row)


def strings(value: Any) -> Iterator[str]:
    """All texts within a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings(one)


EXPORT = Export(
    "parquet",
    lambda: _("tables for DuckDB, pandas, Spark and others"),
    write_tables,
    (FileKind(".parquet", texts, renamed=None),),
)


def topic_row(one: ArchivedTopic) -> Row:
    """A row of topics."""
    same = ("id", "title", "created", "last_posted", "closed", "archived", "pinned", "archetype", "deleted", "views")
    return {
        **{name: getattr(one, name) for name in same},
        "category": one.category.id if one.category else None,
        "category_path": one.category.path if one.category else None,
        "tags": list(one.tags),
        "author": one.person.id if one.person else None,
        "listed": one.visible,
        "solution": one.accepted,
        "gone": None if one.shown else (one.reason or "unseen"),
    }


def rows(post: ArchivedPost, pictures: Pictures) -> Iterator[tuple[str, Row]]:
    """The rows of a post in all tables."""
    here = {"post": post.id, "topic": post.topic}
    yield "posts", post_row(post)
    for like in post.likes:
        same = {name: getattr(like, name) for name in ("kind", "at", "after", "seen", "gone")}
        yield "likes", {**here, "person": like.person.id, **same}
    for to in post.pointers:
        place = {"to_topic": to.topic, "to_number": to.number, "to_person": to.person.id if to.person else None}
        yield "edges", {**here, "kind": to.kind, **place, "name": to.name or None, "url": to.url or None}
    for version in post.versions:
        same = {name: getattr(version, name) for name in TABLES["versions"].names if name not in ("post", "editor")}
        yield "versions", {"post": post.id, **same, "editor": version.editor.id if version.editor else None}
    for poll in post.polls:
        for option in poll.options:
            facts = {"poll": poll.name, "option": option.id, "html": option.html, "votes": option.votes}
            yield "votes", {"post": post.id, **facts, "people": [person.id for person in option.people]}
    for file in post.files:
        kept = pictures.keep(file)
        same = {name: getattr(file, name) for name in TABLES["uploads"].names if name not in ("post", "path")}
        yield "uploads", {"post": post.id, **same, "path": kept.path if kept else None}


def post_row(one: ArchivedPost) -> Row:
    """A row of posts."""
    same = ("id", "topic", "number", "type", "created", "edited", "reply_to", "raw", "cooked", "wiki", "deleted")
    return {
        **{name: getattr(one, name) for name in same},
        "action": one.action or None,
        "author": one.author.id if one.author else None,
        "gone": one.gone or None,
        "likes": len(one.liked) + sum(count for _kind, count in one.unnamed),
    }
