"""Putting other names into all the texts that an archive holds.

Rows are read in the order of their keys, a few at a time, and only those that change are written.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, and_, func, select, tuple_, update

from koweb_sync.archive.ingest.changes import digest
from koweb_sync.archive.ingest.page_writer import PageWriter, cooked_words
from koweb_sync.archive.ingest.row_writer import PLACEHOLDERS
from koweb_sync.archive.names.aliases import ReplacedNames
from koweb_sync.archive.names.redact import redact
from koweb_sync.archive.privacy.forgetting_progress import ForgettingSteps
from koweb_sync.archive.store import schema

AT_ONCE = 500  # rows
TEXTS: dict[Table, tuple[str, ...]] = {
    schema.FORUMS: ("title",),
    schema.RUNS: ("found",),
    schema.CURSORS: ("value",),
    schema.AGENDA: ("detail",),
    schema.CATEGORIES: ("description",),
    schema.TAGS: ("description",),
    schema.GROUPS: ("full_name",),
    schema.PEOPLE: ("title",),
    schema.TOPICS: ("title", "slug"),
    schema.TOPIC_VERSIONS: ("title", "slug"),
    schema.TOPIC_EDITS: ("title",),
    schema.POSTS: ("action",),
    schema.POST_VERSIONS: ("raw", "cooked", "reason"),
    schema.POLLS: ("title",),
    schema.POLL_OPTIONS: ("html",),
    schema.EDGES: ("url",),
    schema.LOCALISATIONS: ("title", "raw", "cooked"),
    schema.PERMALINKS: ("url", "target"),
    schema.UPLOADS: ("name", "source", "why"),
    schema.TOMBSTONES: ("reason",),
    schema.LEDGER: ("explained", "missing", "trouble"),
}


def cleanse(connection: Connection, forum: int, base: str, names: ReplacedNames, now: int) -> dict[str, int]:
    """Replace names in every text of a forum, and say how many rows changed, by table."""
    changed: dict[str, int] = {}
    posts: set[int] = set()
    topics: set[int] = set()
    steps = steps_of(connection, forum)
    for table, columns in TEXTS.items():
        for row, values in differing(connection, forum, table, columns, (names, steps)):
            if table is schema.POST_VERSIONS:
                values["digest"] = digest(values.get("raw", row["raw"]), values.get("cooked", row["cooked"]))
                look_again(connection, forum, row, values["digest"])
                posts.add(row["post"])
            if table is schema.TOPICS:
                topics.add(row["id"])
            write(connection, table, row, values)
            changed[table.name] = changed.get(table.name, 0) + 1
    steps.end()
    index(connection, forum, base, now, posts, topics)
    return changed


def differing(
    connection: Connection,
    forum: int,
    table: Table,
    columns: tuple[str, ...],
    to: tuple[ReplacedNames, ForgettingSteps],
) -> Iterator[tuple[RowMapping, dict[str, Any]]]:
    """The rows of a table that change, with their new values."""
    names, steps = to
    for row in steps.through(rows(connection, forum, table, columns)):
        values = {name: redact(row[name], names) for name in columns if row[name]}
        values = {name: text for name, text in values.items() if text != row[name]}
        if values:
            yield row, values


def of_forum(table: Table, forum: int) -> ColumnElement[bool]:
    """That a row is about a forum."""
    return table.c.id == forum if table is schema.FORUMS else table.c.forum == forum


def steps_of(connection: Connection, forum: int) -> ForgettingSteps:
    """Each row that is read is a step."""
    counts = (select(func.count()).select_from(table).where(of_forum(table, forum)) for table in TEXTS)
    return ForgettingSteps("rewriting", sum(int(connection.execute(one).scalar() or 0) for one in counts))


def rows(connection: Connection, forum: int, table: Table, columns: Collection[str]) -> Iterator[RowMapping]:
    """All rows of a forum, with their keys and some columns, a few at a time. They may be written meanwhile."""
    key = list(table.primary_key.columns)
    mine = of_forum(table, forum)
    query = select(*key, *(table.c[name] for name in columns if name not in table.primary_key.columns))
    query = query.where(mine).order_by(*key).limit(AT_ONCE)
    last: tuple[Any, ...] | None = None
    while True:
        after = query if last is None else query.where(tuple_(*key) > last)
        found = connection.execute(after).mappings().all()
        yield from found
        if len(found) < AT_ONCE:
            return
        last = tuple(found[-1][column.name] for column in key)


def write(connection: Connection, table: Table, row: RowMapping, values: Mapping[str, Any]) -> None:
    """Set some columns of one row."""
    mine = and_(*(column == row[column.name] for column in table.primary_key.columns))
    connection.execute(update(table).where(mine).values(**values))


def look_again(connection: Connection, forum: int, row: RowMapping, new: str) -> None:
    """Keep a post's own digest that of the version that it stands for, so that nothing seems edited."""
    posts = schema.POSTS
    version = schema.POST_VERSIONS
    old = (
        select(version.c.digest)
        .where(version.c.forum == forum, version.c.post == row["post"], version.c.n == row["n"])
        .scalar_subquery()
    )
    mine = (posts.c.forum == forum, posts.c.id == row["post"], posts.c.digest == old)
    connection.execute(update(posts).where(*mine).values(digest=new))


def index(
    connection: Connection, forum: int, base: str, now: int, posts: Collection[int], topics: Collection[int]
) -> None:
    """Bring changed posts and titles into the search anew."""
    writer = PageWriter(connection, forum, base, now, {})
    table, versions = schema.POSTS, schema.POST_VERSIONS
    same = and_(versions.c.forum == table.c.forum, versions.c.post == table.c.id, versions.c.n == table.c.n)
    wanted = sorted(posts)
    for start in range(0, len(wanted), PLACEHOLDERS):
        query = (
            select(table.c.id, table.c.topic, versions.c.cooked)
            .join_from(table, versions, same)
            .where(table.c.forum == forum, table.c.id.in_(wanted[start : start + PLACEHOLDERS]))
        )
        found = connection.execute(query).all()
        writer.index({post: cooked for post, _topic, cooked in found}, cooked_words)
    writer.entitle(sorted(topics))
