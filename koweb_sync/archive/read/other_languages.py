"""What only a backup brought: titles and texts in other languages, and old addresses that lead to a topic."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from koweb_sync.archive.store.rows import Sql, among, rows, sql, where

if TYPE_CHECKING:
    from koweb_sync.archive.read.reader import Reader


@dataclass(frozen=True, slots=True)
class ArchivedTranslation:
    """A title of a topic, or a text of a post, in another language. `by`: the number of who put it into that; `at` is
    the forum's time.
    """

    locale: str
    title: str
    raw: str
    cooked: str
    by: int | None
    at: int | None


def titles(reader: "Reader", topic: int) -> tuple[ArchivedTranslation, ...]:
    """The titles of a topic in other languages."""
    return tuple(each for _id, each in _found(reader, "topic", among("id", [topic])))


def texts(reader: "Reader", topic: int) -> dict[int, tuple[ArchivedTranslation, ...]]:
    """The texts of a topic's posts in other languages, by the number of the post in the forum."""
    mine = sql("id IN (SELECT id FROM posts WHERE posts.forum = ? AND posts.topic = ?)", reader.forum, topic)
    found: dict[int, tuple[ArchivedTranslation, ...]] = {}
    for post, each in _found(reader, "post", mine):
        found[post] = (*found.get(post, ()), each)
    return found


def _found(reader: "Reader", kind: str, those: Sql) -> Sequence[tuple[int, ArchivedTranslation]]:
    """Translations by what they are of."""
    query = sql("SELECT * FROM localisations") + where(sql("forum = ? AND kind = ?", reader.forum, kind), those)
    return [
        (
            int(row["id"]),
            ArchivedTranslation(row["locale"], row["title"], row["raw"], row["cooked"], row["person"], row["at"]),
        )
        for row in rows(reader.connection, query + "ORDER BY id, locale")
    ]


def old_addresses(reader: "Reader", topic: int) -> tuple[tuple[str, int | None], ...]:
    """The old addresses, below the forum's own, that lead to a topic, or to one of its posts: which."""
    posts = sql("OR post IN (SELECT id FROM posts WHERE posts.forum = ? AND posts.topic = ?))", reader.forum, topic)
    mine = sql("forum = ? AND (topic = ?", reader.forum, topic) + posts
    query = sql("SELECT url, post FROM permalinks") + where(mine) + "ORDER BY id"
    return tuple((str(row["url"]), row["post"]) for row in rows(reader.connection, query))
