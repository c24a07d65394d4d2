"""Removing a forum from an archive, whole: rows, files and words of the search, then what that leaves in the database.

Rows go a few at a time, so that the log beside the file stays small however large the forum is. What is killed in
between is gone on with when it is run again: the forum's own row goes last.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, Table, delete, select, tuple_

from koweb_sync.archive.privacy.compact import compact
from koweb_sync.archive.privacy.forget_everywhere import UNFINISHED
from koweb_sync.archive.read.model import Amount
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store import schema, search
from koweb_sync.archive.store.rows import Addresses
from koweb_sync.archive.store.store import Store, count, put

AT_ONCE = 2_000  # rows in one transaction
LARGE = {schema.BLOBS: 20, schema.POST_VERSIONS: 500, schema.POSTS: 500}
HELD = (schema.TOPICS, schema.POSTS, schema.PEOPLE)  # without any of them nothing of a forum is held


@dataclass(frozen=True, slots=True)
class Holding:
    """What of a forum is in an archive. `home`: the address under which it was archived first. `added` is when it was
    entered; `erased` people are not to come back.
    """

    forum: int
    name: str
    title: str
    url: str
    home: str
    added: int
    held: Amount
    people: int
    files: int
    erased: int

    @property
    def hollow(self) -> bool:
        """Whether nothing is: a mistyped address left it."""
        return not (any(self.held) or self.people)


def holdings(connection: Connection) -> list[Holding]:
    """Every forum of an archive, with what is held of it."""
    table = schema.FORUMS
    found = connection.execute(select(table).order_by(table.c.id)).all()
    counted = (schema.PEOPLE, schema.BLOBS, schema.ERASURES)
    return [
        Holding(
            *(row.id, row.name, row.title, row.url, Addresses.of(row._mapping).home, row.added),
            Reader(connection, row.id).count(),
            *(count(connection, one, int(row.id)) for one in counted),
        )
        for row in found
    ]


def is_empty(connection: Connection, forum: int) -> bool:
    """Whether nothing of a forum is held."""
    return all(
        connection.execute(select(table.c.forum).where(table.c.forum == forum).limit(1)).first() is None
        for table in HELD
    )


def drop(store: Store, forum: int) -> None:
    """Remove a forum. Raises NotCompacted where its rows are gone and the file could not be written anew."""
    with store.begin() as connection:
        put(connection, schema.CURSORS, [{"forum": forum, "name": UNFINISHED, "value": "true"}])
    while words(store, forum):
        pass
    for table in reversed(schema.METADATA.sorted_tables):
        if table not in (schema.FORUMS, schema.CURSORS):
            while some(store, table, forum):
                pass
    compact(store)
    with store.begin() as connection:
        connection.execute(delete(schema.CURSORS).where(schema.CURSORS.c.forum == forum))
        connection.execute(delete(schema.FORUMS).where(schema.FORUMS.c.id == forum))


def words(store: Store, forum: int) -> int:
    """Take some entries out of the search; how many."""
    posts = schema.POSTS
    with store.begin() as connection:
        index = search.entries(connection)
        row = search.row_of(index)
        found = select(row).join_from(index, posts, posts.c.row == row).where(posts.c.forum == forum).limit(500)
        rows = list(connection.execute(found).scalars())
        search.drop(connection, rows)
    return len(rows)


def some(store: Store, table: Table, forum: int) -> int:
    """Delete some rows; how many."""
    key = list(table.primary_key.columns)
    part = select(*key).where(table.c.forum == forum).limit(LARGE.get(table, AT_ONCE))
    with store.begin() as connection:
        return int(connection.execute(delete(table).where(tuple_(*key).in_(part))).rowcount)
