"""Whether the search finds every post by its words: the index itself against the texts that it was made from.

SQLite's FTS5 has a command for it, but one that writes, and an archive may lie where nobody may write. So its parts are
read (https://www.sqlite.org/fts5.html#fts5_data_structures): which words it knows in which entries, as one sum that is
compared with the sum over the entries; each word is looked for once; sizes are counted again.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection

WORDS = "SELECT rowid, words FROM search"
PAIRS = "SELECT term, doc FROM koweb_pairs"
TERMS = "SELECT term FROM koweb_terms"
SEEK = "SELECT 1 FROM search WHERE search MATCH ? LIMIT 1"
SIZES = "SELECT id, sz FROM search_docsize ORDER BY id"
ALL = "SELECT block FROM search_data WHERE id = 1"  # how many entries and words there are
STRAY = "SELECT rowid FROM search WHERE rowid NOT IN (SELECT row FROM posts) LIMIT 20"
MASK = (1 << 64) - 1


def index_flaws(connection: Connection) -> Iterator[str]:
    """What is wrong with the index of a SQLite file: the row of an entry, or a word."""
    with_tables = {"koweb_pairs": "instance", "koweb_terms": "row"}
    for name, kind in with_tables.items():
        connection.exec_driver_sql(f"CREATE VIRTUAL TABLE temp.{name} USING fts5vocab('main', 'search', '{kind}')")
    try:
        yield from compared(connection)
    finally:
        for name in with_tables:
            connection.exec_driver_sql(f"DROP TABLE temp.{name}")


def compared(connection: Connection) -> Iterator[str]:
    """The same, where the tables that show the index are there."""
    ask = connection.exec_driver_sql
    sizes: dict[int, int] = {}
    expected = 0
    for row, words in pages(connection, WORDS):
        single = words.split()
        sizes[row] = len(single)
        expected += total((word, row) for word in single)
    found = total((word, row) for word, row in pages(connection, PAIRS))
    if (expected - found) & MASK:
        yield "search"
    yield from (str(term) for (term,) in pages(connection, TERMS) if ask(SEEK, (f'"{term}"',)).first() is None)
    told: dict[int, bytes] = dict(pages(connection, SIZES))
    yield from (str(row) for row, size in sizes.items() if told.pop(row, None) != varints(0, 0, size))
    yield from (str(row) for row in told)
    if ask(ALL).scalar() != varints(len(sizes), 0, 0, sum(sizes.values())):
        yield "search"
    yield from (str(row) for row in ask(STRAY).scalars())


def pages(connection: Connection, query: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a long answer, as SQLite gives them."""
    driver: Any = connection.connection.driver_connection
    yield from driver.execute(query)


def total(pairs: Iterable[tuple[object, object]]) -> int:
    """A sum that depends on no order. It lives as long as this process."""
    return sum(hash(pair) for pair in pairs)


def varints(*numbers: int) -> bytes:
    """Numbers as SQLite writes them: seven bits in a byte, the last byte without the eighth."""
    found = b""
    for number in numbers:
        part = bytes([number & 0x7F])
        while number := number >> 7:
            part = bytes([number & 0x7F | 0x80]) + part
        found += part
    return found
