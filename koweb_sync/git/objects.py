"""Reading objects of a repository by one git process that stays: to start one for each question takes longer than all
else, above all on Windows.
"""

import subprocess
import tempfile
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, cast

from koweb_sync.git.process import start
from koweb_sync.git.words import failure

AT_ONCE = 200  # names asked for before their objects are read; more would wait for each other for ever
PATIENCE = 5.0  # seconds until a process that does not end by itself is ended
COMMAND = ("cat-file", "--batch")


@dataclass(frozen=True, slots=True)
class GitObject:
    """An object: its name, its kind (blob, tree, commit, tag) and its content."""

    sha: str
    kind: str
    content: bytes


class ObjectReader:
    """`git cat-file --batch` in a folder, from the first question until nobody can ask any more. Threads take turns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.errors: IO[bytes] | None = None
        self.end: weakref.finalize[..., ObjectReader] | None = None

    def read(self, names: Iterable[str]) -> Iterator[GitObject | None]:
        """The objects that revisions name, in their order; None for one that is not there. Raises GitError."""
        asked = iter(names)
        while some := list(islice(asked, AT_ONCE)):
            yield from self.some(some)

    def some(self, names: Sequence[str]) -> list[GitObject | None]:
        """The same for a few."""
        with self.lock:
            source, answers = self.pipes()
            try:
                source.write("".join(map(one_line, names)).encode("utf-8", "surrogateescape"))
                source.flush()
                return [one_object(answers) for _name in names]
            except (BrokenPipeError, EOFError):
                done = self.stopped()
                raise failure(COMMAND, done) from None
            except BaseException:
                self.stopped()  # an answer that was read in part would be taken for the next one
                raise

    def pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        """Where to ask and where answers come; of a new process where there is none, or somebody ended it."""
        if self.process is None or self.process.poll() is not None:
            self.stopped()
            self.errors = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
            self.process = start(self.folder, COMMAND, self.errors)
            self.end = weakref.finalize(self, stop, self.process, self.errors)
        return cast("IO[bytes]", self.process.stdin), cast("IO[bytes]", self.process.stdout)

    def stopped(self) -> subprocess.CompletedProcess[bytes]:
        """End the process, if there is one; how it went, and what it complained about."""
        process, self.process = self.process, None
        said = b""
        if process is not None and self.errors is not None and self.end is not None:
            finish(process)
            self.errors.seek(0)
            said = self.errors.read()
            self.end()
        return subprocess.CompletedProcess(COMMAND, process.returncode if process else 0, b"", said)


def one_line(name: str) -> str:
    """A name as git is asked for it; one with a line's end in it would be two questions, and names nothing."""
    return "\n" if "\n" in name else f"{name}\n"


def one_object(answers: IO[bytes]) -> GitObject | None:
    """The next object that git prints. Raises EOFError where it ends in the middle."""
    head = answers.readline()
    fields = head.decode("utf-8", "surrogateescape").rstrip("\n").rsplit(" ", 2)
    if not head.endswith(b"\n"):
        raise EOFError
    if fields[-1] in ("missing", "ambiguous"):
        return None
    sha, kind, size = fields
    content = answers.read(int(size) + 1)
    if len(content) != int(size) + 1:
        raise EOFError
    return GitObject(sha, kind, content[:-1])


def stop(process: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
    """End a process that nobody asks any more."""
    finish(process)
    errors.close()


def finish(process: subprocess.Popen[bytes]) -> None:
    """Let a process end: it does where no more questions come, and nobody takes an answer."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:  # it asks a git remote for what a partial clone lacks
        process.kill()
        process.wait()
