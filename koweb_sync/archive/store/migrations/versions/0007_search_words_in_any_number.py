"""Search words in any number, tags, and with SQLite's own tokenizer: the index is made anew of the texts in it.

Before, it held only the words themselves, in a way that no other program could ask.
"""

import json
from collections.abc import Iterator, Sequence

from alembic import op
from sqlalchemy import Connection, column, func, select, table

from koweb_sync.archive.store import search
from koweb_sync.archive.store.search_words import IndexEntry
from koweb_sync.archive.store.upgrade import watcher

revision = "0007"
down_revision: str | None = "0006"

AT_ONCE = 500
POSTS = table("posts", *map(column, ("row", "forum", "topic", "number")))
TOPICS = table("topics", *map(column, ("forum", "id", "tags")))


def upgrade() -> None:
    """Go from the revision before to this one."""
    connection = op.get_bind()
    server = connection.dialect.name == "postgresql"
    op.execute("ALTER TABLE search RENAME TO search_before")
    if server:
        op.execute("ALTER INDEX ix_search_words RENAME TO ix_search_before")
        op.execute("ALTER TABLE search_before RENAME CONSTRAINT search_pkey TO search_before_pkey")
    for statement in search.POSTGRESQL if server else search.SQLITE:
        op.execute(statement)
    total, done = connection.execute(select(func.count()).select_from(table("search_before"))).scalar_one(), 0
    for page in pages(connection, "row" if server else "rowid"):
        search.enter(connection, {row: IndexEntry(title, tags, body) for row, title, tags, body in page})
        done += len(page)
        watcher.get()(done, total)
    op.execute("DROP TABLE search_before")


def pages(connection: Connection, name: str) -> Iterator[Sequence[tuple[int, str, str, str]]]:
    """The entries that there are, some at a time: row, title, tags, text."""
    after = -(2**62)
    before = table("search_before", *map(column, (name, "title", "text")))
    query = select(before).order_by(before.c[name]).limit(AT_ONCE)
    while page := connection.execute(query.where(before.c[name] > after)).all():
        after = page[-1][0]
        tags = tags_of(connection, [row for row, _title, _body in page])
        yield [(row, title, tags.get(row, ""), body) for row, title, body in page]


def tags_of(connection: Connection, rows: Sequence[int]) -> dict[int, str]:
    """The tags of the topics whose first posts these are."""
    query = (
        select(POSTS.c.row, TOPICS.c.tags)
        .join_from(POSTS, TOPICS, (TOPICS.c.forum == POSTS.c.forum) & (TOPICS.c.id == POSTS.c.topic))
        .where(POSTS.c.row.in_(rows), POSTS.c.number == 1)
    )
    return {row: " ".join(json.loads(tags)) for row, tags in connection.execute(query)}
