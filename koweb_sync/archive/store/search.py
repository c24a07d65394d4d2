"""Writing the index behind `archive search` (`search_hits` reads it): FTS5 in SQLite, a tsvector in PostgreSQL.

Each post is one entry under its `row`; the first post of a topic carries the title. What a word is, is decided by
koweb_sync.archive.store.search_words and not by the databases, whose parsers differ: so both find the same posts.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnClause, Connection, TableClause, bindparam, column, delete, table, text

from koweb_sync.archive.store.search_words import entry, storable

# FTS5's ascii tokenizer leaves our words as they are; where they stand is looked up in the text, hence detail=none.
SQLITE = (
    "CREATE VIRTUAL TABLE search USING fts5(title UNINDEXED, text UNINDEXED, words, tokenize = 'ascii', detail = none)",
)
POSTGRESQL = (
    "CREATE TABLE search (row BIGINT PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, words TSVECTOR NOT NULL)",
    "CREATE INDEX ix_search_words ON search USING gin (words)",
)


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
