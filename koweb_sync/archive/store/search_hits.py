"""What the index behind `archive search` finds.

Each post is one entry under its `row`; the first post of a topic carries the title. What a word is, is decided by
koweb_sync.archive.store.search_words and not by the databases, whose parsers differ: so both find the same posts.
"""

import sqlite3
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from koweb_sync.archive.store.rows import among, rows, sql, where
from koweb_sync.archive.store.search_words import Phrase, snippet, wishes

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable

BATCH = 100  # entries whose texts are in memory at once


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A post that has the words: its `row` in posts, its topic's title where it is the first post, and a part of it.

    `snippet` is one line of text; `marks` are the places (start, end) of found words in it.
    """

    row: int
    title: str
    snippet: str
    marks: tuple[tuple[int, int], ...]


def find(connection: "Readable", forum: int, words: str, limit: int = 50) -> list[SearchHit]:
    """The newest posts of a forum that have all words: at most `limit`, none if `words` holds no word.

    Quoted words ("…", «…», “…”) and parts of one word (l'outil, peut-être) stand together and in that order; a star
    ends a word of which only the beginning is given. Nothing else in `words` has a meaning of its own.
    """
    wanted = wishes(words)
    if not wanted:
        return []
    with closing(matching(connection, forum, wanted)) as found:
        return list(islice(found, max(limit, 0)))


def matching(connection: "Readable", forum: int, wanted: Sequence[Phrase]) -> Generator[SearchHit, None, None]:
    """All posts that have what is wanted, newest first. The index knows words; whether they stand together, we see."""
    together = any(len(wish.words) > 1 for wish in wanted)
    with closing(candidates(connection, forum, wanted)) as entries:
        while batch := list(islice(entries, BATCH)):
            texts = stored(connection, batch)
            for row in batch:
                title, body = texts[row]
                if not together or all(wish.within(title) or wish.within(body) for wish in wanted):
                    yield SearchHit(row, title, *snippet(body or title, wanted))


def candidates(connection: "Readable", forum: int, wanted: Sequence[Phrase]) -> Generator[int, None, None]:
    """The rows of the posts that have every single word, newest first."""
    single = [
        (word, wish.begins and nth == len(wish.words) - 1) for wish in wanted for nth, word in enumerate(wish.words)
    ]
    sqlite = isinstance(connection, sqlite3.Connection) or connection.dialect.name == "sqlite"
    if sqlite:
        condition = sql("search MATCH ?", " AND ".join(f'"{word}"{" *" if begins else ""}' for word, begins in single))
    else:
        words = " & ".join(f"'{word}'{':*' if begins else ''}" for word, begins in single)
        condition = sql("search.words @@ CAST(? AS tsquery)", words)
    query = sql(f"SELECT posts.row AS row FROM posts JOIN search ON search.{'rowid' if sqlite else 'row'} = posts.row")
    query += where(sql("posts.forum = ?", forum), condition) + "ORDER BY posts.created DESC, posts.id DESC"
    with closing(rows(connection, query, 1000)) as found:
        yield from (one["row"] for one in found)


def stored(connection: "Readable", entries: Sequence[int]) -> dict[int, tuple[str, str]]:
    """The title and the text of entries."""
    sqlite = isinstance(connection, sqlite3.Connection) or connection.dialect.name == "sqlite"
    name = "rowid" if sqlite else "row"
    query = sql(f"SELECT {name} AS row, title, text FROM search") + where(among(name, entries))
    return {one["row"]: (one["title"], one["text"]) for one in rows(connection, query)}
