"""What all stages share: the run, the backup, its small tables, and what cannot be read of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from koweb_sync.archive.backups.backup import Backup
from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.from_backup.row_pages import weight
from koweb_sync.archive.from_backup.staged_tables import LeftOfBackup, StagedTables
from koweb_sync.forum.decode import SURPRISES, Page
from koweb_sync.forum.models import User
from koweb_sync.forum.parse_rows import Columns

SOURCE = "backup"
LIKES_AT_ONCE = 1_200  # they are short
TOGETHER = 256 * 2**20  # of rows that can only be read together; the edits of the longest text fill it 400 times over
T = TypeVar("T")


@dataclass
class BackupReading:
    """A run that reads a backup. `older`: the archive was brought up to date after the backup was made, so that it is
    only filled in from it; `again`: it was brought up to date from this very backup. `restricted`: categories that not
    everybody may read are wanted too. `strange` counts rows that cannot be read; `before` says how many of them there
    were when the stage began.
    """

    run: Run
    backup: Backup
    staged: StagedTables
    older: bool = False
    again: bool = False
    restricted: bool = False
    unreadable: int = 0
    before: int = 0
    left: LeftOfBackup = field(default_factory=LeftOfBackup)

    def stage(self, name: str, work: "Callable[[BackupReading], None]") -> None:
        """Do a stage unless this run has done it. What it could not read counts, also where it was stopped since."""

        def counted(_run: Run) -> dict[str, Any]:
            work(self)
            return self.unread()

        self.before = self.unreadable
        held = self.run.at(name)
        self.unreadable += int(held.get("strange", 0))
        self.backup.other |= held.get("other", {})
        self.run.stage(name, counted)

    def unread(self) -> dict[str, Any]:
        """What could not be read so far in this stage: it is kept with what says how far the stage is."""
        return {"strange": self.unreadable - self.before, "other": self.backup.other}

    def read(self, row: Columns, parse: Callable[[Columns], T]) -> T | None:
        """What a row tells; None where it cannot be read, which is counted."""
        try:
            return parse(row)
        except SURPRISES:
            self.unreadable += 1
            return None

    def unclear(self, page: Page[Any]) -> None:
        """Count what could not be read of a page."""
        self.unreadable += len(page.malformed)

    def together(self, rows: Iterable[T]) -> list[T]:
        """Rows that belong together; those that are beyond all measure are counted."""
        found, beyond = bounded(rows)
        self.unreadable += beyond
        return found


def bounded(rows: Iterable[T]) -> tuple[list[T], int]:
    """Rows that belong together, and how many are beyond all measure."""
    found: list[T] = []
    held = beyond = 0
    for row in rows:
        held += weight(row)
        if held > TOGETHER:
            beyond += 1
        else:
            found.append(row)
    return found, beyond


@lru_cache(maxsize=10_000)
def somebody(ident: int) -> User:
    """Somebody of whom a row tells the number alone: the same people write and like over and over."""
    return User(ident, "")
