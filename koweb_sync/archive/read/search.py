"""What is found in an archive: posts by their words, topics in an order."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from koweb_sync.archive.store.rows import sql
from koweb_sync.archive.store.search_hits import SearchHit, matching
from koweb_sync.archive.store.search_words import wishes

if TYPE_CHECKING:
    from koweb_sync.archive.read.model import ArchivedTopic, ArchiveFilter, Hit
    from koweb_sync.archive.read.reader import Reader

AT_ONCE = 100
FoundPost = tuple["Hit", SearchHit]


def search(reader: "Reader", words: str, wanted: "ArchiveFilter", limit: int) -> list[FoundPost]:
    """The newest posts that have all words and are wanted."""
    asked = wishes(words)
    if not asked:
        return []
    with closing(matching(reader.connection, reader.forum, asked)) as entries:
        return list(islice(chosen(reader, entries, wanted), limit))


def chosen(reader: "Reader", entries: Iterator[SearchHit], wanted: "ArchiveFilter") -> Iterator[FoundPost]:
    """The wanted ones among what the index found."""
    while batch := list(islice(entries, AT_ONCE)):
        hits = {one.row: one for one in reader.hits([entry.row for entry in batch], wanted)}
        yield from ((hits[entry.row], entry) for entry in batch if entry.row in hits)


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
