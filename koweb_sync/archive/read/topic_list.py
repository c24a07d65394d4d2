"""Topics of an archive in an order."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from koweb_sync.archive.store.rows import sql

if TYPE_CHECKING:
    from koweb_sync.archive.read.model import ArchivedTopic, ArchiveFilter
    from koweb_sync.archive.read.reader import Reader


def topics(
    reader: "Reader", wanted: "ArchiveFilter", sort: str, limit: int | None, *, deleted: bool
) -> "Iterator[ArchivedTopic]":
    """Topics in an order. Dates are about their last posts, the author is whoever opened them."""
    more = [sql("topics.shown = 0")] if deleted else []
    more += [sql("topics.person = ?", wanted.author)] if wanted.author is not None else []
    more += [sql("topics.last_posted >= ?", wanted.since)] if wanted.since is not None else []
    more += [sql("topics.last_posted < ?", wanted.until)] if wanted.until is not None else []
    column = {"last": "last_posted", "replies": "posts_count"}.get(sort, sort)
    those = replace(wanted, author=None, since=None, until=None)
    return reader.listed(those, f"topics.{column} DESC NULLS LAST, topics.id DESC", limit, more=more)
