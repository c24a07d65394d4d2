"""The index behind `archive search`: FTS5 in SQLite, a tsvector in PostgreSQL, the same words in both.

Case and accents do not count. Each post is one entry under its `row`; the first post of a topic carries the title.
"""

import unicodedata
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, text

SQLITE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5(title, text, tokenize = 'unicode61 remove_diacritics 2')",
)
POSTGRESQL = (
    "CREATE TABLE IF NOT EXISTS search (row BIGINT PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL,"
    " words TSVECTOR NOT NULL)",
    "CREATE INDEX IF NOT EXISTS ix_search_words ON search USING gin (words)",
)


def create_index(connection: Connection) -> None:
    """Make the index where it is not there."""
    for statement in POSTGRESQL if connection.dialect.name == "postgresql" else SQLITE:
        connection.execute(text(statement))


def enter(connection: Connection, entries: Sequence[tuple[int, str, str]]) -> None:
    """Set the entries of posts: row, title, text."""
    if not entries:
        return
    drop(connection, [row for row, _title, _text in entries])
    if connection.dialect.name == "postgresql":
        statement = (
            "INSERT INTO search (row, title, text, words) VALUES (:row, :title, :text, to_tsvector('simple', :words))"
        )
    else:
        statement = "INSERT INTO search (rowid, title, text) VALUES (:row, :title, :text)"
    rows = [
        {"row": row, "title": title, "text": body, "words": plain(f"{title} {body}")} for row, title, body in entries
    ]
    if connection.dialect.name != "postgresql":
        rows = [{name: value for name, value in one.items() if name != "words"} for one in rows]
    connection.execute(text(statement), rows)


def drop(connection: Connection, rows: Iterable[int]) -> None:
    """Take entries out."""
    name = "row" if connection.dialect.name == "postgresql" else "rowid"
    found = [{"row": row} for row in rows]
    if found:
        connection.execute(text(f"DELETE FROM search WHERE {name} = :row"), found)  # noqa: S608


def plain(words: str) -> str:
    """Text without accents, which PostgreSQL's simple dictionary would keep; at most what one entry may hold."""
    apart = unicodedata.normalize("NFKD", words[:400_000])
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
