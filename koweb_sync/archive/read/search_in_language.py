"""Posts of an archive that are found by their words in one language, be it their own or a translation's.

Few translations are searched: all of a language are read, and no index of their own is kept.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING

from koweb_sync.archive.read.search import AT_ONCE, FoundPost, chosen
from koweb_sync.archive.store.post_words import words as words_of
from koweb_sync.archive.store.rows import rows, sql, where
from koweb_sync.archive.store.search_hits import SearchHit, matching
from koweb_sync.archive.store.search_words import IndexEntry, folded, snippet, wishes
from koweb_sync.posts.translation import same_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from koweb_sync.archive.read.model import ArchiveFilter
    from koweb_sync.archive.read.reader import Reader
    from koweb_sync.archive.store.search_words import Phrase


def search_in(reader: "Reader", language: str, words: str, wanted: "ArchiveFilter", limit: int) -> list[FoundPost]:
    """The newest posts that have all words in a language and are wanted. A post that tells no language speaks the
    forum's.
    """
    asked = wishes(words)
    if not asked:
        return []
    home = reader.source().locale
    with (
        closing(matching(reader.connection, reader.forum, asked)) as entries,
        closing(translated(reader, asked, wanted, language)) as others,
    ):
        originals = chosen(reader, entries, wanted)
        speaking = (one for one in originals if same_language(language, one[0].locale or home))
        return list(islice(merge(speaking, others, key=newest), limit))


def newest(found: FoundPost) -> tuple[int, int]:
    """The newest first."""
    return -found[0].created, -found[0].post


def translated(
    reader: "Reader", asked: "Sequence[Phrase]", wanted: "ArchiveFilter", language: str
) -> Generator[FoundPost, None, None]:
    """The posts whose translation into a language has the words, the newest first: all of that language are read."""
    found = matching_translations(reader, asked, language)
    while batch := list(islice(found, AT_ONCE)):
        hits = {one.row: one for one in reader.hits([entry.row for _locale, entry in batch], wanted)}
        for locale, entry in batch:
            if entry.row in hits:
                hit = hits[entry.row]
                yield replace(hit, title=entry.title or hit.title, locale=locale), replace(entry, title="")


def matching_translations(
    reader: "Reader", asked: "Sequence[Phrase]", language: str
) -> Iterator[tuple[str, SearchHit]]:
    """Translations that have what is asked for, with their languages."""
    query = sql(
        "SELECT posts.row AS row, posts.number AS number, l.locale AS locale, l.raw AS raw, l.cooked AS cooked,"
        " COALESCE(t.title, '') AS title FROM localisations l"
        " JOIN posts ON posts.forum = l.forum AND posts.id = l.id LEFT JOIN localisations t ON t.forum = l.forum"
        " AND t.kind = 'topic' AND t.id = posts.topic AND t.locale = l.locale"
    ) + where(sql("l.forum = ? AND l.kind = 'post'", reader.forum))
    with closing(rows(reader.connection, query + "ORDER BY posts.created DESC, posts.id DESC", AT_ONCE)) as found:
        for row in found:
            if not same_language(row["locale"], language):
                continue
            text = words_of(row["cooked"]) if row["cooked"] else row["raw"]
            entry = IndexEntry(row["title"] if row["number"] == 1 else "", "", text)
            said = [folded(one) for one in entry]
            if all(wish.within(said) for wish in asked):
                yield row["locale"], SearchHit(row["row"], row["title"], *snippet(text or entry.title, asked))
