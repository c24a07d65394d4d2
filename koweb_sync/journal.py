"""The journal: the intention before every write, the answer after it, so that no kill loses what was done.

`.git/koweb/<forum>/journal` holds one JSON object a line, each on the disk before the next step. It belongs to this
clone; what is in the bookmark on the git remote is dropped from it. Each line says its version, for several versions of
koweb-sync may write here in turn; what one of them does not know stays on the line.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from koweb_sync import records, safe_files

VERSION = 1


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One write: what was to be done (`do`, about `key`), and the `answer`, None while that is not known.

    `at` is Unix time in seconds.
    """

    number: int
    do: str
    key: str
    at: float
    facts: Mapping[str, Any] = field(default_factory=dict)
    answer: Mapping[str, Any] | None = None


class Journal:
    """The journal of one forum in this clone. Open it only while holding the clone's lock."""

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        safe_files.folder(folder)
        self.path = folder / "journal"
        self.clock = clock
        self.last = max((note.number for note in self.notes()), default=0)
        self.torn = self.ends_torn()

    def notes(self) -> tuple[JournalEntry, ...]:
        """All writes in order. A last line that a kill cut short is an answer or intention that never was."""
        found: dict[int, JournalEntry] = {}
        for row in self.rows():
            with records.undamaged(str(self.path)):
                take(found, row)
        return tuple(found.values())

    def intend(self, do: str, key: str, facts: Mapping[str, Any]) -> int:
        """Write down a write before it is sent; the number is for its answer."""
        self.last += 1
        self.append({"n": self.last, "do": do, "key": key, "at": self.clock(), "facts": dict(facts)})
        return self.last

    def answer(self, number: int, answer: Mapping[str, Any]) -> None:
        """Write down what came of a write: it is settled."""
        self.append({"n": number, "answer": dict(answer)})

    def keep(self, wanted: Callable[[JournalEntry], bool]) -> None:
        """Drop all writes but those wanted, in one atomic step."""
        known = {note.number: wanted(note) for note in self.notes()}
        kept = [row for row in self.rows() if known.get(row.get("n", 0), True)]
        if not kept:
            self.path.unlink(missing_ok=True)
            return
        with safe_files.writing(self.path.parent, self.path.name) as out:
            for row in kept:
                out.write(line(row))
        self.torn = False

    def append(self, row: Mapping[str, Any]) -> None:
        """One line, on the disk when this returns."""
        safe_files.append(self.path.parent, self.path.name, (b"\n" if self.torn else b"") + line(row))
        self.torn = False

    def rows(self) -> Iterator[dict[str, Any]]:
        """The lines that were written to their end. Raises KowebError for those of a newer version."""
        if not self.path.exists():
            return
        for text in self.path.read_bytes().split(b"\n"):
            try:
                row = json.loads(text)
            except ValueError:
                continue  # cut short by a kill: its write was not sent, or its answer counts as lost
            if isinstance(row, dict):
                yield records.upgraded(row, str(self.path), VERSION)

    def ends_torn(self) -> bool:
        """Whether the last line lacks its end."""
        return self.path.exists() and not self.path.read_bytes().endswith(b"\n")


def take(found: dict[int, JournalEntry], row: Mapping[str, Any]) -> None:
    """Put a line to the writes: the intention of one, or its answer. Other lines are another version's."""
    number = row.get("n", 0)
    if "do" in row:
        found[number] = JournalEntry(number, row["do"], row["key"], row["at"], row["facts"])
    elif number in found and "answer" in row:
        found[number] = replace(found[number], answer=row["answer"])


def line(row: Mapping[str, Any]) -> bytes:
    """A row as one line of the file."""
    return json.dumps({"version": VERSION, **row}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
