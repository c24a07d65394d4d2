"""What the index behind `archive search` finds.

The databases give the posts that may have the words, and koweb_sync.archive.store.search_words says which have them:
their parsers differ, and so both find the same posts.
"""

import sqlite3
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from koweb_sync.archive.store.rows import among, rows, sql, where
from koweb_sync.archive.store.search_words import IndexEntry, Phrase, folded, snippet, wishes
from koweb_sync.archive.store.word_forms import singular, singulars_beginning

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable

BATCH = 100  # entries whose texts are in memory at once


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A post that has the words: its `row` in posts, its topic's title where it is the first post, and a part of it.

    `snippet` is one line of text; `marks` are the places (start, end) of found words in it. `tags`: those of the topic
    that are found words.
    """

    row: int
    title: str
    snippet: str
    marks: tuple[tuple[int, int], ...]
    tags: tuple[str, ...] = ()


def find(connection: "Readable", forum: int, words: str, limit: int = 50) -> list[SearchHit]:
    """The newest posts of a forum that have all words: at most `limit`, none if `words` holds no word.

    A word is found in any number. Quoted words ("…", «…», “…”) and parts of one word (l'outil, peut-être) stand
    together as they are written; a star ends a word of which only the beginning is given. Nothing else has a meaning.
    """
    wanted = wishes(words)
    if not wanted:
        return []
    with closing(matching(connection, forum, wanted)) as found:
        return list(islice(found, max(limit, 0)))


def matching(connection: "Readable", forum: int, wanted: Sequence[Phrase]) -> Generator[SearchHit, None, None]:
    """All posts that have what is wanted, newest first."""
    with closing(candidates(connection, forum, wanted)) as entries:
        while batch := list(islice(entries, BATCH)):
            texts = stored(connection, batch)
            for row in batch:
                entry = texts[row]
                words = [folded(one) for one in entry]
                if all(wish.within(words) for wish in wanted):
                    yield SearchHit(
                        row, entry.title, *snippet(entry.text or entry.title, wanted), found_tags(entry, wanted)
                    )


def found_tags(entry: IndexEntry, wanted: Sequence[Phrase]) -> tuple[str, ...]:
    """The tags of a post's topic that have something wanted."""
    each = ((one, [folded(one)]) for one in entry.tags.split())
    return tuple(one for one, words in each if any(wish.within(words) for wish in wanted))


def candidates(connection: "Readable", forum: int, wanted: Sequence[Phrase]) -> Generator[int, None, None]:
    """The rows of the posts that may have every single word, newest first."""
    single = [
        (word, wish.begins and nth == len(wish.words) - 1) for wish in wanted for nth, word in enumerate(wish.words)
    ]
    sqlite = isinstance(connection, sqlite3.Connection) or connection.dialect.name == "sqlite"
    if sqlite:
        condition = sql("search MATCH ?", " AND ".join(f'"{word}"{" *" if begins else ""}' for word, begins in single))
    else:
        words = " & ".join(begun(word) if begins else f"'{singular(word)}'" for word, begins in single)
        condition = sql("search.words @@ CAST(? AS tsquery)", words)
    query = sql(f"SELECT posts.row AS row FROM posts JOIN search ON search.{'rowid' if sqlite else 'row'} = posts.row")
    query += where(sql("posts.forum = ?", forum), condition) + "ORDER BY posts.created DESC, posts.id DESC"
    with closing(rows(connection, query, 1000)) as found:
        yield from (one["row"] for one in found)


def begun(start: str) -> str:
    """That a word, in whatever number, begins so, as PostgreSQL is asked."""
    others = " | ".join(f"'{one}'" for one in sorted(singulars_beginning(start)))
    return f"('{start}':* | {others})"


def stored(connection: "Readable", entries: Sequence[int]) -> dict[int, IndexEntry]:
    """What is searched of posts."""
    sqlite = isinstance(connection, sqlite3.Connection) or connection.dialect.name == "sqlite"
    name = "rowid" if sqlite else "row"
    query = sql(f"SELECT {name} AS row, title, tags, text FROM search") + where(among(name, entries))
    return {one["row"]: IndexEntry(one["title"], one["tags"], one["text"]) for one in rows(connection, query)}
