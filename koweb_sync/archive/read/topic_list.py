"""Topics of an archive in an order."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from koweb_sync.archive.store.rows import sql

if TYPE_CHECKING:
    from koweb_sync.archive.read.model import ArchivedTopic, ArchiveFilter
    from koweb_sync.archive.read.reader import Reader


def topics(
    reader: "Reader", wanted: "ArchiveFilter", sort: str, limit: int | None, *, deleted: bool
) -> "Iterator[ArchivedTopic]":
    """Topics with a wanted post, in an order."""
    more = [sql("topics.shown = 0")] if deleted else []
    column = {"last": "last_posted", "replies": "posts_count"}.get(sort, sort)
    return reader.listed(wanted, f"topics.{column} DESC NULLS LAST, topics.id DESC", limit, more=more)
