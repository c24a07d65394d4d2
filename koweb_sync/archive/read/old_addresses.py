"""Old addresses that lead to a topic, which only a backup tells."""

from typing import TYPE_CHECKING

from koweb_sync.archive.store.rows import rows, sql, where

if TYPE_CHECKING:
    from koweb_sync.archive.read.reader import Reader


def old_addresses(reader: "Reader", topic: int) -> tuple[tuple[str, int | None], ...]:
    """The old addresses, below the forum's own, that lead to a topic, or to one of its posts: which."""
    posts = sql("OR post IN (SELECT id FROM posts WHERE posts.forum = ? AND posts.topic = ?))", reader.forum, topic)
    mine = sql("forum = ? AND (topic = ?", reader.forum, topic) + posts
    query = sql("SELECT url, post FROM permalinks") + where(mine) + "ORDER BY id"
    return tuple((str(row["url"]), row["post"]) for row in rows(reader.connection, query))
