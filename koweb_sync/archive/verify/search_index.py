"""Whether the search finds every post by its words: the index itself against the texts that it was made from.

SQLite's FTS5 has a command for it, but one that writes, and an archive may lie where nobody may write. So the index is
made again beside it, of some texts at a time, and what both hold (https://www.sqlite.org/fts5.html#fts5_data_structures)
is compared: which words there are, how often, and where words stand, as sums; how many words a text has. Each word is
looked for once.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

AT_ONCE = 2_000  # entries
AGAIN = (
    "CREATE VIRTUAL TABLE temp.koweb_again USING fts5(text, title, tags, forms, content = '', columnsize = 1,"
    " tokenize = 'unicode61 remove_diacritics 2')"
)
ENTRIES = "SELECT count(*), max(rowid) FROM (SELECT rowid FROM search WHERE rowid > ? ORDER BY rowid LIMIT ?)"
ENTER = (
    "INSERT INTO temp.koweb_again (rowid, title, tags, text, forms)"
    " SELECT rowid, title, tags, text, forms FROM main.search WHERE rowid > ? AND rowid <= ?"
)
SIZES = "SELECT id, sz FROM {} WHERE id > ? AND id <= ?"
ALL = "SELECT block FROM {} WHERE id = 1"  # how many entries there are, and words in each column
EMPTY = "INSERT INTO temp.koweb_again (koweb_again) VALUES ('delete-all')"
# Sums that add up over parts of an archive. Whole numbers are added by SQLite, words are not.
PLACES = "SELECT sum(doc * 31 + col * 7 + offset), sum((doc % 8191) * (offset % 8191 + col)) FROM temp.{}"
TERMS = "SELECT term, doc, cnt FROM temp.{}"
SEEK = "SELECT 1 FROM main.search WHERE search MATCH ? LIMIT 1"
OTHERS = "SELECT id FROM main.search_docsize WHERE id NOT IN (SELECT id FROM main.search_content)"
STRAY = "SELECT rowid FROM search WHERE rowid NOT IN (SELECT row FROM posts) LIMIT 20"
VOCABULARIES = {
    "koweb_again_places": ("temp", "koweb_again", "instance"),
    "koweb_again_terms": ("temp", "koweb_again", "row"),
    "koweb_places": ("main", "search", "instance"),
    "koweb_terms": ("main", "search", "row"),
}


def index_flaws(connection: Connection) -> Iterator[str]:
    """What is wrong with the index of a SQLite file: the row of an entry, or a word."""
    with beside(connection):
        yield from compared(connection)
    yield from (str(row) for row in connection.exec_driver_sql(STRAY).scalars())


@contextmanager
def beside(connection: Connection) -> Iterator[None]:
    """The tables in which the index is made again, and those that show what an index holds."""
    ask = connection.exec_driver_sql
    ask(AGAIN)
    for name, (where, table, kind) in VOCABULARIES.items():
        ask(f"CREATE VIRTUAL TABLE temp.{name} USING fts5vocab('{where}', '{table}', '{kind}')")
    try:
        yield
    finally:
        for name in (*VOCABULARIES, "koweb_again"):
            ask(f"DROP TABLE temp.{name}")


def compared(connection: Connection) -> Iterator[str]:
    """The same, where those tables are there."""
    ask = connection.exec_driver_sql
    expected, words = [0, 0, 0], [0, 0, 0, 0]
    entries = after = 0
    while (found := ask(ENTRIES, (after, AT_ONCE)).one())[0]:
        part = (after, int(found[1]))
        ask(ENTER, part)
        expected = added(expected, sums(connection, "koweb_again"))
        told = dict(pages(connection, SIZES.format("main.search_docsize"), part))
        wanted = dict(pages(connection, SIZES.format("temp.koweb_again_docsize"), part))
        yield from (str(row) for row in told.keys() | wanted.keys() if told.get(row) != wanted.get(row))
        words = added(words, numbers(ask(ALL.format("temp.koweb_again_data")).scalar_one())[1:])
        entries += int(found[0])
        ask(EMPTY)
        after = part[1]
    blocks = numbers(ask(ALL.format("main.search_data")).scalar() or bytes(5))  # nothing before the first entry
    if sums(connection, "koweb") != expected or blocks != [entries, *words]:
        yield "search"
    for term, _entries, _times in pages(connection, TERMS.format("koweb_terms")):
        if ask(SEEK, (f'"{term}"',)).first() is None:
            yield str(term)
    yield from (str(row) for row in ask(OTHERS).scalars())


def pages(connection: Connection, query: str, values: tuple[int, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The rows of a long answer, as SQLite gives them."""
    driver: Any = connection.connection.driver_connection
    yield from driver.execute(query, values)


def sums(connection: Connection, name: str) -> list[int]:
    """What an index holds, in three numbers; that of the words lives as long as this process."""
    places = connection.exec_driver_sql(PLACES.format(f"{name}_places")).one()
    words = sum(
        hash(term) * (entries + 3 * times) for term, entries, times in pages(connection, TERMS.format(f"{name}_terms"))
    )
    return [words, *(int(one or 0) for one in places)]


def added(some: Sequence[int], others: Sequence[int]) -> list[int]:
    """Numbers, each with its other one."""
    return [one + other for one, other in zip(some, others, strict=True)]


def numbers(block: bytes) -> list[int]:
    """Numbers as SQLite writes them: seven bits in a byte, the last byte without the eighth."""
    found, here = [], 0
    for byte in block:
        here = here << 7 | byte & 0x7F
        if not byte & 0x80:
            found.append(here)
            here = 0
    return found
