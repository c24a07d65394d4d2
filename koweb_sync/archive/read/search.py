"""Posts of an archive that are found by their words."""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING

from koweb_sync.archive.store.search_hits import SearchHit, matching
from koweb_sync.archive.store.search_words import wishes

if TYPE_CHECKING:
    from koweb_sync.archive.read.model import ArchiveFilter, Hit
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
