"""Posts of an archive that are found by their words."""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING

from koweb_sync.archive.store.search_hits import SearchHit, matching
from koweb_sync.archive.store.search_words import typed_wishes, wishes

if TYPE_CHECKING:
    from koweb_sync.archive.read.model import ArchiveFilter, Hit
    from koweb_sync.archive.read.reader import Reader

AT_ONCE = 100
MOST = 10  # words that are looked for one by one
FoundPost = tuple["Hit", SearchHit]


def search(reader: "Reader", words: str, wanted: "ArchiveFilter", limit: int) -> list[FoundPost]:
    """The newest posts that have all words and are wanted."""
    asked = wishes(words)
    if not asked:
        return []
    with closing(matching(reader.connection, reader.forum, asked)) as entries:
        return list(islice(chosen(reader, entries, wanted), limit))


def one_by_one(reader: "Reader", words: str, wanted: "ArchiveFilter") -> dict[str, bool]:
    """Each of the words as it was typed (those in quotes together), and whether a wanted post has it."""
    found = {}
    for wish, typed in islice(typed_wishes(words).items(), MOST):
        with closing(matching(reader.connection, reader.forum, [wish])) as entries:
            found[typed] = next(chosen(reader, entries, wanted), None) is not None
    return found


def chosen(reader: "Reader", entries: Iterator[SearchHit], wanted: "ArchiveFilter") -> Iterator[FoundPost]:
    """The wanted ones among what the index found."""
    while batch := list(islice(entries, AT_ONCE)):
        hits = {one.row: one for one in reader.hits([entry.row for entry in batch], wanted)}
        yield from ((hits[entry.row], entry) for entry in batch if entry.row in hits)
