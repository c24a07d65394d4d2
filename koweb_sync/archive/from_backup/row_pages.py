"""Rows some at a time, so that no more of them than a page are in memory at once, however long they are. Pure."""

from collections.abc import Iterable, Iterator
from sys import getsizeof
from typing import Any, TypeVar

AT_ONCE = 600  # rows of a page: more take more memory, fewer more time
FILLED = 8 * 2**20  # bytes in memory with which a page is full, however few its rows are; most hold a quarter of that
T = TypeVar("T")


def pages(rows: Iterable[T], size: int | None = None) -> Iterator[list[T]]:
    """Rows, some at a time: where a page ends depends on its own rows alone, so that a run that goes on cuts alike."""
    page: list[T] = []
    held, most = 0, size or AT_ONCE
    for row in rows:
        page.append(row)
        held += weight(row)
        if len(page) >= most or held >= FILLED:
            yield page
            page, held = [], 0
    if page:
        yield page


def weight(row: Any) -> int:
    """The bytes that a row's values take in memory, or those of the rows in it."""
    if isinstance(row, dict):
        return sum(map(getsizeof, row.values()))
    if len(row) == 2 and isinstance(row[1], list):
        return sum(map(weight, row[1]))
    return sum(map(getsizeof, row))
