"""An archive as Parquet tables, cut by forum and month, for DuckDB, pandas, Spark and others.

A month is that in which a post, or a topic, was written; what belongs to a post lies in the same. A table without
rows has its file, too, so that whoever reads all tables finds each of them, and its columns.
The rows of a month wait in a file and are written in groups, so memory does not grow with the forum. Times are
microseconds in UTC.
"""

import errno
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from koweb_sync.archive.exports.export import Export, FileKind
from koweb_sync.archive.exports.files import Pictures
from koweb_sync.archive.exports.folder import ExportTarget
from koweb_sync.archive.exports.people_named import Met
from koweb_sync.archive.read.model import ArchivedPost, ArchivedTopic, ArchivedTranslation, ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.dates import month
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROWS = 5_000  # in a row group
NO_MONTH = "none"  # a value: pyarrow reads no folder whose only month is the unknown one that Hive has a name for
LEAST = 1_000_000  # bytes that DuckDB reads at once, and more where a row is longer
TIME, INT, TEXT, FLAG, TEXTS, INTS = "TIMESTAMPTZ", "BIGINT", "VARCHAR", "BOOLEAN", "VARCHAR[]", "BIGINT[]"
Row = dict[str, Any]


def columns(**kinds: str) -> Mapping[str, str]:
    """The columns of a table, and their types in DuckDB."""
    return kinds


TABLES = {
    "topics": columns(
        id=INT, title=TEXT, category=INT, category_path=TEXT, tags=TEXTS, author=INT, created=TIME,
        last_posted=TIME, closed=FLAG, archived=FLAG, listed=FLAG, pinned=FLAG, archetype=TEXT, solution=INT, gone=TEXT,
        deleted=TIME, views=INT,
    ),
    "topic_edits": columns(topic=INT, n=INT, title=TEXT, category=INT, tags=TEXTS, editor=INT, edited=TIME),
    "posts": columns(
        id=INT, topic=INT, number=INT, type=INT, action=TEXT, author=INT, created=TIME, edited=TIME, reply_to=INT,
        raw=TEXT, cooked=TEXT, emptied=TIME, wiki=FLAG, gone=TEXT, deleted=TIME, likes=INT, locale=TEXT,
    ),
    "topic_translations": columns(topic=INT, locale=TEXT, title=TEXT, person=INT, machine=FLAG, at=TIME),
    "post_translations": columns(
        post=INT, topic=INT, locale=TEXT, raw=TEXT, cooked=TEXT, person=INT, machine=FLAG, at=TIME
    ),
    "likes": columns(post=INT, topic=INT, person=INT, kind=TEXT, at=TIME, after=TIME, seen=TIME, gone=TIME),
    "edges": columns(post=INT, topic=INT, kind=TEXT, to_topic=INT, to_number=INT, to_person=INT, name=TEXT, url=TEXT),
    "versions": columns(
        post=INT, n=INT, raw=TEXT, cooked=TEXT, observed=TIME, edited=TIME, editor=INT, reason=TEXT, placeholder=FLAG,
        emptied=TIME,
    ),
    "votes": columns(post=INT, poll=TEXT, option=TEXT, html=TEXT, votes=INT, people=INTS),
    "uploads": columns(
        post=INT, url=TEXT, kind=TEXT, name=TEXT, status=TEXT, sha256=TEXT, bytes=INT, since=TIME, path=TEXT
    ),
    "people": columns(id=INT, username=TEXT, name=TEXT, created=TIME, admin=FLAG, moderator=FLAG, bot=FLAG),
    "categories": columns(id=INT, name=TEXT, path=TEXT, parent=INT, restricted=FLAG),
}  # fmt: skip
MONTHLY = TABLES.keys() - {"people", "categories"}


class TableWriter:
    """Writes one table: a file for each month, in the order in which months come."""

    def __init__(
        self, target: ExportTarget, place: str, columns: Mapping[str, str], tables: "DuckDBPyConnection"
    ) -> None:
        self.target = target
        self.place = place
        self.columns = columns
        self.tables = tables
        self.month = ""
        self.longest = 0  # bytes of a row
        self.written = False

    @contextmanager
    def collecting(self, folder: Path) -> Iterator[Self]:
        """While rows come, those of a month are kept in a folder."""
        with (folder / f"{self.place.partition('/')[0]}.json").open("wb") as self.rows:
            yield self
            self.close()
            if not self.written:
                self.month = NO_MONTH if self.place.partition("/")[0] in MONTHLY else ""
                self.write()

    def add(self, at: str, row: Row) -> None:
        """One more row of a month. A month that is over does not come again."""
        if at != self.month:
            self.close()
            self.month = at
        line = json.dumps(row, ensure_ascii=False).encode() + b"\n"
        self.longest = max(self.longest, len(line))
        self.rows.write(line)

    def close(self) -> None:
        """The month is over."""
        if self.longest:
            self.write()

    def write(self) -> None:
        """The rows that wait become a file of the export, be they none."""
        self.rows.flush()
        made = as_parquet(self.tables, Path(self.rows.name), self.columns, self.longest)
        part = f"/month={self.month}" if self.month else ""
        with made.open("rb") as raw, self.target.file(f"{self.place}{part}/part-0.parquet") as sink:
            shutil.copyfileobj(raw, sink)
        self.rows.seek(0)
        self.rows.truncate()
        self.longest, self.written = 0, True


def as_parquet(tables: "DuckDBPyConnection", rows: Path, columns: Mapping[str, str], longest: int) -> Path:
    """A Parquet file of rows that lie in a file of JSON lines, none longer than so many bytes."""
    read = ", ".join(f"\"{name}\": '{INT if kind == TIME else kind}'" for name, kind in columns.items())
    wanted = ", ".join(
        f'make_timestamptz("{name}") AS "{name}"' if kind == TIME else f'"{name}"' for name, kind in columns.items()
    )
    made = rows.with_suffix(".parquet")
    with understood(rows.parent):
        tables.execute(
            f"COPY (SELECT {wanted} FROM read_json({quoted(rows)}, format = 'newline_delimited', columns = {{{read}}}, "
            f"maximum_object_size = {max(longest, LEAST)})) TO {quoted(made)} "
            f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS})"
        )
    return made


@contextmanager
def duck(folder: Path) -> Iterator["DuckDBPyConnection"]:
    """DuckDB, without the network. It keeps in a folder what does not fit in the memory, and rows in their order."""
    import duckdb

    offline = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    with duckdb.connect(config={"threads": "1", "temp_directory": str(folder), **offline}) as connection:
        yield connection


@contextmanager
def understood(place: Path) -> Iterator[None]:
    """What DuckDB says of the computer, as Python says it. Raises OSError, MemoryError."""
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise MemoryError(str(error)) from error
    except duckdb.IOException as error:
        number = errno.ENOSPC if "No space left" in str(error) else errno.EIO
        raise OSError(number, os.strerror(number), str(place)) from error


def quoted(text: object, sign: str = "'") -> str:
    """A text of SQL; with another sign, a name."""
    return sign + str(text).replace(sign, sign * 2) + sign


@contextmanager
def writers(target: ExportTarget, forum: str) -> Iterator[dict[str, TableWriter]]:
    """One writer for each table."""
    with (
        tempfile.TemporaryDirectory(prefix="koweb-parquet-") as name,
        duck(folder := Path(name)) as tables,
        ExitStack() as stack,
    ):
        made = {one: TableWriter(target, f"{one}/forum={forum}", columns, tables) for one, columns in TABLES.items()}
        for writer in made.values():
            stack.enter_context(writer.collecting(folder))
        yield made


def write_tables(reader: Reader, target: ExportTarget, wanted: ArchiveFilter, pictures: Pictures) -> None:
    """Write all tables, and the files of posts."""
    met = Met()
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", reader.source().name).strip("-") or "forum"
    with writers(target, name) as tables:
        for topic in reader.by_creation(wanted):
            met.topic(topic)
            tables["topics"].add(month(topic.created), topic_row(topic))
            for row in edit_rows(topic):
                tables["topic_edits"].add(month(topic.created), row)
            for each in topic.translations:
                facts = {"topic": topic.id, "title": each.title, **translated(each)}
                tables["topic_translations"].add(month(topic.created), facts)
        for post in reader.by_time(wanted):
            met.post(post)
            for table_name, row in rows(post, pictures):
                tables[table_name].add(month(post.created), row)
        for person in met:
            facts = {one: getattr(person, one) for one in TABLES["people"]}
            tables["people"].add("", facts)
        for category in reader.categories.values():
            tables["categories"].add("", {one: getattr(category, one) for one in TABLES["categories"]})


def texts(path: Path) -> Iterator[str]:
    """All texts in a Parquet file, the names of its columns too. Raises UnicodeDecodeError for what is none."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="koweb-parquet-") as name, duck(Path(name)) as tables, understood(path):
        file = quoted(shutil.copyfile(path, Path(name) / "copy.parquet"))  # DuckDB takes no name that is no text
        try:
            columns = tables.execute(f"DESCRIBE FROM read_parquet({file})").fetchall()
        except duckdb.InvalidInputException as error:
            raise UnicodeDecodeError("Parquet", b"", 0, 0, str(error)) from error
        yield from (str(column) for column, *_kind in columns)
        # Times are left out: DuckDB makes none for Python without pytz.
        wanted = [quoted(column, '"') for column, kind, *_more in columns if TEXT in kind]
        found = tables.execute(f"SELECT {', '.join(wanted) or 'NULL'} FROM read_parquet({file})")
        while row := found.fetchone():
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


def edit_rows(topic: ArchivedTopic) -> Iterator[Row]:
    """What a topic was before its edits, as rows of topic_edits."""
    for one in topic.earlier:
        yield {
            "topic": topic.id,
            "n": one.n,
            "title": one.title,
            "category": one.category.id if one.category else None,
            "tags": None if one.tags is None else list(one.tags),
            "editor": one.editor.id if one.editor else None,
            "edited": one.at,
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
        same = {name: getattr(version, name) for name in TABLES["versions"] if name not in ("post", "editor")}
        yield "versions", {"post": post.id, **same, "editor": version.editor.id if version.editor else None}
    for poll in post.polls:
        for option in poll.options:
            facts = {"poll": poll.name, "option": option.id, "html": option.html, "votes": option.votes}
            yield "votes", {"post": post.id, **facts, "people": [person.id for person in option.people]}
    for each in post.translations:
        yield "post_translations", {**here, "raw": each.raw, "cooked": each.cooked, **translated(each)}
    for file in post.files:
        kept = pictures.keep(file)
        same = {name: getattr(file, name) for name in TABLES["uploads"] if name not in ("post", "path")}
        yield "uploads", {"post": post.id, **same, "path": kept.path if kept else None}


def translated(one: ArchivedTranslation) -> Row:
    """Into which language something was put, by whom and when."""
    return {"locale": one.locale, "person": one.by.id if one.by else None, "machine": one.machine, "at": one.at}


def post_row(one: ArchivedPost) -> Row:
    """A row of posts."""
    same = ("id", "topic", "number", "type", "created", "edited", "reply_to", "raw", "cooked", "emptied", "wiki")
    return {
        **{name: getattr(one, name) for name in (*same, "deleted")},
        "action": one.action or None,
        "author": one.author.id if one.author else None,
        "gone": one.gone or None,
        "locale": one.locale or None,
        "likes": len(one.liked) + sum(count for _kind, count in one.unnamed),
    }
