"""An archive as lines of JSON that depend on what is in it alone: to compare archives, and to show what changed.

Each line is a row: its table, its forum's URL, its columns by name. Lines are sorted by table, forum and key. The kind
of store, the order of writing and the numbers that a store gives out leave no trace.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Connection, Table, select

from koweb_sync.archive.store import schema
from koweb_sync.archive.store.prepared import identity

NUMBERED = {"posts": "row", "forums": "id"}  # numbers that a store gives out
# What tells of our looking and not of the forum: tables, columns, and columns that then are only set (true) or not.
LOOKING = frozenset({"runs", "cursors", "todo", "activity", "views"})
LOOKED = frozenset({"observed", "since", "seen", "after", "there", "added", "checked", "again", "tries"})
NOTICED = frozenset(
    {
        ("categories", "gone"),
        ("group_members", "until"),
        ("names", "until"),
        ("topics", "deleted"),  # the forum's time, or ours
        ("posts", "deleted"),
        ("reactions", "gone"),
        ("uploads", "fetched"),
        ("tombstones", "lifted"),
        ("consents", "until"),
        ("erasures", "at"),
    }
)
ROWS = 200  # in memory at once


def lines(connection: Connection, forum: str | None = None, *, lasting: bool = False) -> Iterator[str]:
    """The rows of one forum, named by its URL, or of all, each as a line without its end.

    `lasting` leaves out what depends on when we looked: an archive that was stopped and taken up again then equals one
    that was not. It is for `Store.read`, whose connection sees one moment however long this takes.
    """
    forums = {
        number: url
        for number, url in connection.execute(
            select(schema.FORUMS.c.id, schema.FORUMS.c.url).order_by(schema.FORUMS.c.url)
        )
        if forum is None or url == forum
    }
    for table in sorted(schema.METADATA.tables.values(), key=lambda one: one.name):
        if lasting and table.name in LOOKING:
            continue
        for number, url in forums.items():
            for row in rows(connection, table, number):
                yield line(table, url, row, lasting=lasting)


def rows(connection: Connection, table: Table, forum: int) -> Iterator[Mapping[str, Any]]:
    """A forum's rows in a table, sorted by their key."""
    owner = table.c.id if table is schema.FORUMS else table.c.forum
    left_out = {owner.name, NUMBERED.get(table.name)}
    wanted = select(*(column for column in table.columns if column.name not in left_out)).where(owner == forum)
    wanted = wanted.order_by(*(table.c[name] for name in identity(table) if name != owner.name))
    # A blob may be many megabytes.
    size = 1 if table is schema.BLOBS else ROWS
    with connection.execution_options(yield_per=size).execute(wanted) as result:
        for row in result.mappings():
            yield dict(row)


def line(table: Table, url: str, row: Mapping[str, Any], *, lasting: bool) -> str:
    """A row as a line."""
    values = {
        name: shown(table.c[name], value, lasting=lasting)
        for name, value in row.items()
        if not (lasting and name in LOOKED)
    }
    return json.dumps({"table": table.name, "forum": url, **values}, ensure_ascii=False, separators=(",", ":"))


def shown(column: Column[Any], value: Any, *, lasting: bool) -> Any:
    """A value as JSON has it. Bytes are named by what they are, so that damage shows."""
    if isinstance(value, bytes | memoryview):
        return {"sha256": hashlib.sha256(value).hexdigest(), "bytes": len(value)}
    if lasting and (column.table.name, column.name) in NOTICED:
        return value is not None
    return value
