"""Writing the index behind `archive search` (`search_hits` reads it): FTS5 in SQLite, a tsvector in PostgreSQL.

Each post is one entry under its `row`; the first post of a topic carries its title and its tags. Which posts have the
words is decided by koweb_sync.archive.store.search_words, so that both find the same; the databases only have to give
all that may. SQLite's index is also for programs that open the file, such as Datasette: its own tokenizer knows accents
and apostrophes, and `forms` holds what it does not know, plurals and singulars above all.
"""

from collections.abc import Iterable, Mapping
from itertools import chain, islice
from operator import itemgetter

from sqlalchemy import ColumnClause, Connection, TableClause, bindparam, column, delete, table, text

from koweb_sync.archive.store.rows import driver
from koweb_sync.archive.store.search_words import IndexEntry, holdable, other_forms, singulars, storable

AT_ONCE = 50  # entries
# The row of a post, its entry, the parts of that, and what else it is found by: None where that is to be worked out.
Entered = tuple[int, IndexEntry, Iterable[str], str | None]
ENTRY = itemgetter(1)

SQLITE = (
    "CREATE VIRTUAL TABLE search USING fts5(text, title, tags, forms, tokenize = 'unicode61 remove_diacritics 2')",
)
POSTGRESQL = (
    "CREATE TABLE search (row BIGINT PRIMARY KEY, title TEXT NOT NULL, tags TEXT NOT NULL, text TEXT NOT NULL,"
    " words TSVECTOR NOT NULL)",
    "CREATE INDEX ix_search_words ON search USING gin (words)",
)


def entries(connection: Connection) -> TableClause:
    """The index as a table of the database in question, whose `row` is the post's."""
    row: ColumnClause[int] = column("row" if connection.dialect.name == "postgresql" else "rowid")
    return table("search", row, column("title"), column("tags"), column("text"))


def row_of(index: TableClause) -> ColumnClause[int]:
    """The column that names a post."""
    found: ColumnClause[int] = next(iter(index.columns))
    return found


def enter(connection: Connection, entries: Mapping[int, IndexEntry]) -> None:
    """Set the entries of posts, by their rows."""
    enter_each(connection, ((row, one, one.parts, None) for row, one in entries.items()))


def enter_each(connection: Connection, entries: Iterable[Entered]) -> None:
    """The same. They are taken some at a time: to change between reading and writing for each of them
    takes longer, and all at once take more memory.
    """
    if connection.dialect.name == "postgresql":
        kept = {row: IndexEntry(*map(storable, one)) for row, one, _parts, _forms in entries}
        if not kept:
            return
        drop(connection, kept)
        statement = (
            "INSERT INTO search (row, title, tags, text, words)"
            " VALUES (:row, :title, :tags, :text, array_to_tsvector(CAST(:words AS text[])))"
        )
        given = [{"row": row, **one._asdict(), "words": singulars(one)} for row, one in kept.items()]
        connection.execute(text(statement), given)
    else:
        statement = "INSERT OR REPLACE INTO search (rowid, title, tags, text, forms) VALUES (?, ?, ?, ?, ?)"
        left = iter(entries)
        while some := list(islice(left, AT_ONCE)):
            if not holdable("".join(chain.from_iterable(map(ENTRY, some)))):
                some = list(map(cleaned, some))
            driver(connection).executemany(statement, list(map(with_forms, some)))


def cleaned(given: Entered) -> Entered:
    """An entry as both databases hold it."""
    row, one, _parts, _forms = given
    kept = IndexEntry(*map(storable, one))
    return row, kept, kept.parts, None


def with_forms(given: Entered) -> tuple[int | str, ...]:
    """An entry as SQLite keeps it, with what else it is found by."""
    row, one, parts, forms = given
    return (row, *one, " ".join(other_forms(parts)) if forms is None else forms)


def drop(connection: Connection, rows: Iterable[int]) -> None:
    """Take entries out."""
    index, found = entries(connection), list(rows)
    if found and connection.dialect.name == "postgresql":
        connection.execute(delete(index).where(row_of(index) == bindparam("it")), [{"it": row} for row in found])
    elif found:
        connection.exec_driver_sql("DELETE FROM search WHERE rowid = ?", [(row,) for row in found])
