"""What was told and is still to be read, in a small file of its own beside the archive: kept before a forum gets its
answer, so that nothing is lost, whenever the process ends. It holds numbers and times; no text, no name of a person.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from koweb_sync import safe_files
from koweb_sync.errors import KowebError
from koweb_sync.foreign_words import reason
from koweb_sync.i18n import _
from koweb_sync.listen.events import Hint

VERSION = 1
KEPT = 50_000  # events that are remembered for each forum
SWEEP = 1_000  # events between two sweeps
TABLES = """
CREATE TABLE due (
  forum TEXT NOT NULL, kind TEXT NOT NULL, id INTEGER NOT NULL, post INTEGER NOT NULL, number INTEGER NOT NULL,
  text INTEGER NOT NULL, moved INTEGER NOT NULL, seq INTEGER NOT NULL, first REAL NOT NULL, last REAL NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0, wait REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (forum, kind, id, post)
) WITHOUT ROWID;
CREATE TABLE seen (seq INTEGER PRIMARY KEY AUTOINCREMENT, forum TEXT NOT NULL, event TEXT NOT NULL,
  UNIQUE (forum, event));
CREATE TABLE work (forum TEXT PRIMARY KEY, seq INTEGER NOT NULL, tries INTEGER NOT NULL, wait REAL NOT NULL);
"""
NOTE = """
INSERT INTO due (forum, kind, id, post, number, text, moved, seq, first, last)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (forum, kind, id, post) DO UPDATE SET seq = excluded.seq, last = excluded.last, tries = 0, wait = 0,
  number = max(number, excluded.number), text = max(text, excluded.text), moved = max(moved, excluded.moved)
"""
COLUMNS = ("kind", "id", "post", "number", "text", "moved", "seq", "first", "last", "tries", "wait")


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is to be read. `seq` is the event that told of it last, `first` and `last` are seconds since 1970
    at which the first and the last one came; `tries` in vain so far, and not again before `wait`.
    """

    kind: str
    id: int
    post: int
    number: int
    text: int
    moved: int
    seq: int
    first: float
    last: float
    tries: int
    wait: float


@dataclass(frozen=True, slots=True)
class PendingCommand:
    """What follows: it is to be done for what the events up to `seq` told, after `tries` in vain, not before `wait`."""

    seq: int
    tries: int
    wait: float


class Inbox:
    """The file. It may be used by several threads."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.lock = threading.Lock()
        safe_files.append(file.parent, file.name, b"", mode=0o600, lasting=False)
        self.connection = sqlite3.connect(file, timeout=10, isolation_level=None, check_same_thread=False)
        with self.understood():
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = FULL")
            (version,) = self.connection.execute("PRAGMA user_version").fetchone()
            if version == 0:
                self.connection.executescript(f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
            elif version != VERSION:
                raise KowebError(
                    _("A newer koweb-sync wrote this file."),
                    where=str(file),
                    remedy=_("Upgrade koweb-sync; or remove the file: what it holds is read by the next daily run."),
                )

    def close(self) -> None:
        """Give the file back."""
        with self.lock:
            self.connection.close()

    @contextmanager
    def understood(self) -> Iterator[None]:
        """What SQLite complains about, in words."""
        try:
            yield
        except sqlite3.Error as error:
            raise KowebError(
                _("What the forum told cannot be kept: {why}.").format(why=reason(error)), where=str(self.file)
            ) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction. Raises KowebError where nothing can be written."""
        with self.understood(), self.lock:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")

    # ---- what is told

    def take(self, forum: str, event: str, found: Hint | None, now: float) -> bool:
        """Note an event, by its mark, and where something happened; False for one that was noted before. Raises
        KowebError.
        """
        with self.writing() as connection:
            made = connection.execute("INSERT OR IGNORE INTO seen (forum, event) VALUES (?, ?)", (forum, event))
            if not made.rowcount:
                return False
            seq = int(made.lastrowid or 0)
            if found is not None:
                values = (found.kind, found.id, found.post, found.number, int(found.text), int(found.moved))
                connection.execute(NOTE, (forum, *values, seq, now, now))
            if seq % SWEEP == 0:
                old = "SELECT seq FROM seen WHERE forum = ? ORDER BY seq DESC LIMIT 1 OFFSET ?"
                connection.execute(f"DELETE FROM seen WHERE forum = ? AND seq <= ({old})", (forum, forum, KEPT))  # noqa: S608
            return True

    # ---- what is to be read

    def due(self, forum: str) -> list[Due]:
        """All that is to be read, what was told first comes first."""
        query = f"SELECT {', '.join(COLUMNS)} FROM due WHERE forum = ? ORDER BY first, id, post"  # noqa: S608
        with self.understood(), self.lock:
            rows = self.connection.execute(query, (forum,)).fetchall()
        return [Due(**dict(zip(COLUMNS, row, strict=True))) for row in rows]

    def backlog(self, forum: str) -> tuple[int, float | None]:
        """How many topics and people are due, and when the first of them was told."""
        query = "SELECT count(DISTINCT kind || id), min(first) FROM due WHERE forum = ?"
        with self.understood(), self.lock:
            count, first = self.connection.execute(query, (forum,)).fetchone()
        return int(count), first

    def done(self, forum: str, read: Iterable[Due], *, follow: int = 0, wait: float = 0.0) -> None:
        """Take out what was read, but for what something was told of meanwhile. `follow`: what follows is to be done
        for what was told up to this event, not before `wait`; that does not move while more is told.
        """
        rows = [(forum, one.kind, one.id, one.post, one.seq) for one in read]
        with self.writing() as connection:
            connection.executemany(
                "DELETE FROM due WHERE forum = ? AND kind = ? AND id = ? AND post = ? AND seq = ?", rows
            )
            connection.executemany(  # what was told meanwhile waits its own time
                "UPDATE due SET first = last WHERE forum = ? AND kind = ? AND id = ? AND post = ? AND seq > ?", rows
            )
            if follow:
                connection.execute(
                    "INSERT INTO work VALUES (?, ?, 0, ?) ON CONFLICT (forum) DO UPDATE SET "
                    "seq = max(seq, excluded.seq), tries = 0, "
                    "wait = CASE tries WHEN 0 THEN wait ELSE excluded.wait END",
                    (forum, follow, wait),
                )

    def later(self, forum: str, unread: Iterable[Due], until: float) -> None:
        """Leave for later what the forum failed at."""
        rows = [(until, forum, one.kind, one.id, one.post, one.seq) for one in unread]
        with self.writing() as connection:
            connection.executemany(
                "UPDATE due SET tries = tries + 1, wait = ? WHERE forum = ? AND kind = ? AND id = ? AND post = ? "
                "AND seq = ?",
                rows,
            )

    # ---- what follows

    def work(self, forum: str) -> PendingCommand | None:
        """Whether the command is to be run."""
        with self.understood(), self.lock:
            found = self.connection.execute("SELECT seq, tries, wait FROM work WHERE forum = ?", (forum,)).fetchone()
        return PendingCommand(*found) if found else None

    def worked(self, forum: str, work: PendingCommand, *, again: float | None = None, next_at: float = 0.0) -> None:
        """It was done; once more after `again`, if that is said, and at `next_at` where more was told since."""
        mine = (forum, work.seq)
        with self.writing() as connection:
            if again is None:
                connection.execute("DELETE FROM work WHERE forum = ? AND seq = ?", mine)
                connection.execute("UPDATE work SET wait = ? WHERE forum = ? AND seq > ?", (next_at, *mine))
            else:
                connection.execute(
                    "UPDATE work SET tries = tries + 1, wait = ? WHERE forum = ? AND seq = ?", (again, *mine)
                )
