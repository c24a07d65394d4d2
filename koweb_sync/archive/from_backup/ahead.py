"""A second process that reads ahead: it unpacks the posts of a backup and looks through them while this one writes.

It is faster, and nothing else. Where it cannot be started, or ends before the posts do, this process reads on by itself
from there, and says what is wrong with the backup. It ends when nobody takes what it reads.
"""

import marshal
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, Self, cast

from koweb_sync.archive.backups.backup import Backup
from koweb_sync.archive.backups.copying import Values
from koweb_sync.archive.ingest.references import CookedContent, FileReference, PostReference, read
from koweb_sync.archive.store.search_words import IndexEntry, other_forms
from koweb_sync.forum.decode import SURPRISES, whole_in

PART = 200  # posts that are handed over at once
WORTH = 5_000  # posts: of fewer, it takes longer to start than it saves
TO_PARENT = 1  # the pipe to whoever started the other process, and no person's terminal
SIZE = 8  # bytes that say how long a part is


@dataclass(frozen=True, slots=True)
class ReadRow:
    """The row of a post. `place`: the HTML, topic and post answered that it was looked through with; None: it was not.

    `forms`: what else its words are found by.
    """

    values: Values
    place: tuple[str, int, int | None] | None = None
    content: CookedContent | None = None
    forms: str = ""


class Ahead:
    """The posts of a backup from a row on, as another process reads them. `whole`: it came to their end. Raises OSError
    where it cannot be started.
    """

    def __init__(self, file: Path, base: str, done: int) -> None:
        command = [sys.executable, "-P", "-m", __name__, str(file), base, str(done)]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, stdin=quiet, stdout=subprocess.PIPE, stderr=quiet)
        self.said = cast("IO[bytes]", self.process.stdout)
        self.whole = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.communicate()

    def __iter__(self) -> Iterator[ReadRow]:
        """The rows; they may end too early."""
        while len(head := self.said.read(SIZE)) == SIZE:
            said = self.said.read(size := int.from_bytes(head))
            if len(said) < size:
                return
            yield from map(told, marshal.loads(said))  # noqa: S302 - our own process says it
        self.whole = self.process.wait() == 0


def told(said: Any) -> ReadRow:
    """A row as the other process said it."""
    values, place, text, pointers, files, forms = said
    if place is None:
        return ReadRow(values)
    content = CookedContent(
        text, tuple(PostReference(*one) for one in pointers), tuple(FileReference(*one) for one in files)
    )
    return ReadRow(values, place, content, forms)


# ---- in the other process


def say(file: str, base: str, done: str) -> None:
    """Write the posts of a backup from a row on to whoever started this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it
    with Backup(Path(file)) as backup, os.fdopen(TO_PARENT, "wb", closefd=False) as out:
        for table in backup.tables("posts"):
            look, rows = looker(table.columns, base), islice(table.rows, int(done), None)
            while part := list(map(look, islice(rows, PART))):
                said = marshal.dumps(part)
                out.write(len(said).to_bytes(SIZE) + said)


def looker(columns: Sequence[str], base: str) -> Callable[[Values], Any]:
    """What looks through the posts of rows with these columns."""
    html, topic, reply_to = (columns.index(name) for name in ("cooked", "topic_id", "reply_to_post_number"))

    def look(row: Values) -> Any:
        try:
            answered = row[reply_to]
            place = row[html] or "", whole_in(row[topic]), None if answered is None else whole_in(answered)
        except SURPRISES:
            return row, None, "", (), (), ""
        found = read(*place, base)
        pointers = [(one.kind, one.topic, one.number, one.name, one.url) for one in found.pointers]
        files = [(one.url, one.kind, one.name, one.source) for one in found.files]
        return row, place, found.text, pointers, files, " ".join(other_forms(IndexEntry("", "", found.text)))

    return look


if __name__ == "__main__":
    say(*sys.argv[1:])
