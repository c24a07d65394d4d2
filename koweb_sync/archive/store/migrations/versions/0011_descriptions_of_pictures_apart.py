"""Show the descriptions of pictures in brackets where a post is found: the texts of posts with pictures are read anew."""

from collections.abc import Iterator, Sequence
from typing import Any

from alembic import op
from sqlalchemy import Connection, Select, and_, column, func, select, table

from koweb_sync.archive.store import search
from koweb_sync.archive.store.post_words import words
from koweb_sync.archive.store.search_words import IndexEntry
from koweb_sync.archive.store.upgrade import watcher

revision = "0011"
down_revision: str | None = "0010"

AT_ONCE = 500
POSTS = table("posts", *map(column, ("row", "forum", "id", "n")))
VERSIONS = table("post_versions", *map(column, ("forum", "post", "n", "cooked")))


def upgrade() -> None:
    """Go from the revision before to this one."""
    connection, done = op.get_bind(), 0
    every = described(connection).subquery()
    total = connection.execute(select(func.count()).select_from(every)).scalar_one()
    for page in pages(connection):
        search.enter(connection, {row: IndexEntry(title, tags, words(cooked)) for row, title, tags, cooked in page})
        done += len(page)
        watcher.get()(done, total)


def pages(connection: Connection) -> Iterator[Sequence[tuple[int, str, str, str]]]:
    """The entries of posts with pictures, some at a time: row, title, tags, HTML."""
    after, query = -(2**62), described(connection).order_by(POSTS.c.row).limit(AT_ONCE)
    while page := [(one[0], one[1], one[2], one[3]) for one in connection.execute(query.where(POSTS.c.row > after))]:
        after = page[-1][0]
        yield page


def described(connection: Connection) -> Select[Any]:
    """The entries of all posts with pictures."""
    index = search.entries(connection)
    of_post = and_(VERSIONS.c.forum == POSTS.c.forum, VERSIONS.c.post == POSTS.c.id, VERSIONS.c.n == POSTS.c.n)
    joined = index.join(POSTS, search.row_of(index) == POSTS.c.row).join(VERSIONS, of_post)
    found = select(POSTS.c.row, index.c.title, index.c.tags, VERSIONS.c.cooked).select_from(joined)
    return found.where(VERSIONS.c.cooked.like("%lightbox%"))
