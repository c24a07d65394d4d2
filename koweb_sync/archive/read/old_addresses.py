"""Addresses of before a forum that it led on (permalinks), which only a backup tells."""

from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Permalink:
    """An old address below the forum's own, and the one thing of the forum to which it led."""

    url: str
    topic: int | None
    post: int | None
    category: int | None
    tag: str


def permalinks(reader: "Reader") -> Iterator[Permalink]:
    """All old addresses that lead to something of the forum."""
    query = sql("SELECT url, topic, post, category, tag FROM permalinks") + where(sql("forum = ?", reader.forum))
    for row in rows(reader.connection, query + "AND target = '' ORDER BY id"):
        yield Permalink(str(row["url"]), row["topic"], row["post"], row["category"], str(row["tag"]))
