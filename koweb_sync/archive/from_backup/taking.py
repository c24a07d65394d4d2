"""What all stages share: the run, the backup, its small tables, and what cannot be read of it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from sys import getsizeof
from typing import Any, TypeVar

from koweb_sync.archive.backups.backup import Backup
from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.from_backup.staged import Staged
from koweb_sync.forum.decode import SURPRISES, Page
from koweb_sync.forum.models import User
from koweb_sync.forum.parse_rows import Columns

SOURCE = "backup"
AT_ONCE = 600  # rows of a page: more take more memory, fewer more time
LIKES_AT_ONCE = 1_200  # they are short
FILLED = 8 * 2**20  # bytes in memory with which a page is full, however few its rows are; most hold a quarter of that
TOGETHER = 256 * 2**20  # of rows that can only be read together; the edits of the longest text fill it 400 times over
T = TypeVar("T")


@dataclass
class Taking:
    """A run that reads a backup. `older`: the archive was brought up to date after the backup was made, so that it is
    only filled in from it. `restricted`: categories that not everybody may read are wanted too. `strange` counts rows
    that cannot be read.
    """

    run: Run
    backup: Backup
    small: Staged
    older: bool = False
    restricted: bool = False
    strange: int = 0
    revised: bool = False

    def read(self, row: Columns, parse: Callable[[Columns], T]) -> T | None:
        """What a row tells; None where it cannot be read, which is counted."""
        try:
            return parse(row)
        except SURPRISES:
            self.strange += 1
            return None

    def unclear(self, page: Page[Any]) -> None:
        """Count what could not be read of a page."""
        self.strange += len(page.malformed)

    def together(self, rows: Iterable[T]) -> list[T]:
        """Rows that belong together; those that are beyond all measure are counted."""
        found, held = [], 0
        for row in rows:
            held += weight(row)
            if held > TOGETHER:
                self.strange += 1
            else:
                found.append(row)
        return found


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


@lru_cache(maxsize=10_000)
def somebody(ident: int) -> User:
    """Somebody of whom a row tells the number alone: the same people write and like over and over."""
    return User(ident, "")
