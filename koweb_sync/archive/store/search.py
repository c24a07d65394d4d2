"""The index behind `archive search`: FTS5 in SQLite, a tsvector in PostgreSQL, the same words in both.

Each post is one entry under its `row`; the first post of a topic carries the title. What a word is, is decided by
koweb_sync.archive.store.search_words and not by the databases, whose parsers differ: so both find the same posts.
"""

from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import ColumnClause, Connection, TableClause, bindparam, column, delete, select, table, text

from koweb_sync.archive.store import schema
from koweb_sync.archive.store.search_words import Phrase, entry, snippet, storable, wishes

# FTS5's ascii tokenizer leaves our words as they are; where they stand is looked up in the text, hence detail=none.
SQLITE = (
    "CREATE VIRTUAL TABLE search USING fts5(title UNINDEXED, text UNINDEXED, words, tokenize = 'ascii', detail = none)",
)
POSTGRESQL = (
    "CREATE TABLE search (row BIGINT PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, words TSVECTOR NOT NULL)",
    "CREATE INDEX ix_search_words ON search USING gin (words)",
)
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


def entries(connection: Connection) -> TableClause:
    """The index as a table of the database in question, whose `row` is the post's."""
    row: ColumnClause[int] = column("row" if connection.dialect.name == "postgresql" else "rowid")
    return table("search", row, column("title"), column("text"))


def row_of(index: TableClause) -> ColumnClause[int]:
    """The column that names a post."""
    found: ColumnClause[int] = next(iter(index.columns))
    return found


def enter(connection: Connection, entries: Sequence[tuple[int, str, str]]) -> None:
    """Set the entries of posts: row, title, text. Of several for one row the last counts."""
    last = {row: (storable(title), storable(body)) for row, title, body in entries}
    drop(connection, last)
    if not last:
        return
    words = [entry(title, body) for title, body in last.values()]
    if connection.dialect.name == "postgresql":
        statement = (
            "INSERT INTO search (row, title, text, words)"
            " VALUES (:row, :title, :text, array_to_tsvector(CAST(:words AS text[])))"
        )
        named = zip(last.items(), words, strict=True)
        given = [{"row": row, "title": title, "text": body, "words": one} for (row, (title, body)), one in named]
        connection.execute(text(statement), given)
    else:
        statement = "INSERT INTO search (rowid, title, text, words) VALUES (?, ?, ?, ?)"
        rows = [(row, *texts, " ".join(one)) for (row, texts), one in zip(last.items(), words, strict=True)]
        connection.exec_driver_sql(statement, rows)


def drop(connection: Connection, rows: Iterable[int]) -> None:
    """Take entries out."""
    index, found = entries(connection), list(rows)
    if found and connection.dialect.name == "postgresql":
        connection.execute(delete(index).where(row_of(index) == bindparam("it")), [{"it": row} for row in found])
    elif found:
        connection.exec_driver_sql("DELETE FROM search WHERE rowid = ?", [(row,) for row in found])


def find(connection: Connection, forum: int, words: str, limit: int = 50) -> list[SearchHit]:
    """The newest posts of a forum that have all words: at most `limit`, none if `words` holds no word.

    Quoted words ("…", «…», “…”) and parts of one word (l'outil, peut-être) stand together and in that order; a star
    ends a word of which only the beginning is given. Nothing else in `words` has a meaning of its own.
    """
    wanted = wishes(words)
    if not wanted:
        return []
    with closing(matching(connection, forum, wanted)) as found:
        return list(islice(found, max(limit, 0)))


def matching(connection: Connection, forum: int, wanted: Sequence[Phrase]) -> Generator[SearchHit, None, None]:
    """All posts that have what is wanted, newest first. The index knows words; whether they stand together, we see."""
    together = any(len(wish.words) > 1 for wish in wanted)
    with closing(candidates(connection, forum, wanted)) as rows:
        while batch := list(islice(rows, BATCH)):
            texts = stored(connection, batch)
            for row in batch:
                title, body = texts[row]
                if not together or all(wish.within(title) or wish.within(body) for wish in wanted):
                    yield SearchHit(row, title, *snippet(body or title, wanted))


def candidates(connection: Connection, forum: int, wanted: Sequence[Phrase]) -> Generator[int, None, None]:
    """The rows of the posts that have every single word, newest first."""
    single = [
        (word, wish.begins and nth == len(wish.words) - 1) for wish in wanted for nth, word in enumerate(wish.words)
    ]
    if connection.dialect.name == "postgresql":
        condition = text("search.words @@ CAST(:query AS tsquery)")
        query = " & ".join(f"'{word}'{':*' if begins else ''}" for word, begins in single)
    else:
        condition = text("search MATCH :query")
        query = " AND ".join(f'"{word}"{" *" if begins else ""}' for word, begins in single)
    index, posts = entries(connection), schema.POSTS
    statement = (
        select(posts.c.row)
        .join_from(posts, index, row_of(index) == posts.c.row)
        .where(posts.c.forum == forum, condition)
        .order_by(posts.c.created.desc(), posts.c.id.desc())
    )
    result = connection.execution_options(yield_per=1000).execute(statement, {"query": query})
    try:
        yield from result.scalars()
    finally:
        result.close()


def stored(connection: Connection, rows: Sequence[int]) -> dict[int, tuple[str, str]]:
    """The title and the text of entries."""
    index = entries(connection)
    found = connection.execute(select(index).where(row_of(index).in_(rows)))
    return {row: (title, body) for row, title, body in found}
