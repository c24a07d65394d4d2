"""What follows where a topic that is published from git may have changed: commands, such as `koweb pull --branch`, or a
forge that is told. One at a time, once for all that was told until then; commands without a shell.
"""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from koweb_sync.errors import KowebError
from koweb_sync.git.process import SECONDS
from koweb_sync.listen.dispatch import Dispatch, ForgeRefused
from koweb_sync.listen.inbox import Inbox, PendingCommand
from koweb_sync.listen.measures import Measures
from koweb_sync.processes import end

TICK = 0.5  # seconds between two looks
LATER = 10.0  # seconds after which it is tried again to see whether there is something to do
LONGEST = 30 * 60.0  # seconds that a command may take
# A git remote that accepts and then says nothing would hold a command that long, and whoever waits for its turn.
SILENCE = {SECONDS: "300", "GIT_HTTP_LOW_SPEED_LIMIT": "1", "GIT_HTTP_LOW_SPEED_TIME": "60"}  # git(1), git-config(1)
END = 10.0  # seconds that a command gets to end when it is ended
TRIES = 4
PAUSE = 60.0  # seconds after the first failure; each further one doubles it
CALM = 60.0  # seconds in which a forge is told once at most
SECRETS = ("_WEBHOOK_SECRET", "_DISPATCH_TOKEN")  # what names of our own secrets end with: no command needs them


class Deed(Protocol):
    """What is done, for all that was told until then."""

    @property
    def calm(self) -> float:
        """Seconds in which it is done once at most."""

    def do(self, forum: str, stopped: threading.Event) -> str | None:
        """Do it: "" where it was done, else why not, in a word; None where we were stopped meanwhile."""


@dataclass(frozen=True, slots=True)
class Commands:
    """Commands that are run in a folder, one after the other, as long as they end with 0."""

    commands: Sequence[Sequence[str]]
    folder: str
    calm: float = 0.0

    def do(self, forum: str, stopped: threading.Event) -> str | None:
        """Run them."""
        seen = {name: value for name, value in os.environ.items() if not name.endswith(SECRETS)}
        environ = {**SILENCE, **seen, "KOWEB_FORUM": forum}
        for command in self.commands:
            code = self.run(command, environ, stopped)
            if code != 0:
                return None if code is None else f"exit code {code}"
        return ""

    def run(self, command: Sequence[str], environ: dict[str, str], stopped: threading.Event) -> int | None:
        """Run one of them: its exit code; None where we were stopped meanwhile. It ends with all that it started."""
        quiet = subprocess.DEVNULL
        try:
            child = subprocess.Popen(
                command,
                cwd=self.folder,
                env=environ,
                stdin=quiet,
                stdout=quiet,
                stderr=quiet,
                start_new_session=True,
            )
        except OSError:
            return 127
        ends = time.monotonic() + LONGEST
        with child:
            while child.poll() is None:
                ended = stopped.wait(0.2)
                if ended or time.monotonic() > ends:
                    end(child, END)
                    return None if ended else 124
            return child.returncode


@dataclass(frozen=True, slots=True)
class ForgeTold:
    """A forge that is told, and pulls."""

    dispatch: Dispatch
    calm: float = CALM

    def do(self, forum: str, stopped: threading.Event) -> str | None:  # noqa: ARG002 - it takes half a minute at most
        """Tell it."""
        try:
            self.dispatch.tell(forum)
        except ForgeRefused as error:
            return error.kind
        return ""


@dataclass
class Follower:
    """Does it for one forum, in a thread of its own. `turn` is shared by all forums of one repository."""

    forum: str
    deed: Deed
    inbox: Inbox
    measures: Measures
    log: Callable[..., None]
    turn: threading.Lock
    now: Callable[[], float] = time.time
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Look for work until somebody stops us; a command that runs is ended then, and run again next time."""
        while not self.stopped.wait(TICK):
            try:
                self.step()
            except KowebError as error:
                self.log("failed", forum=self.forum, what="following", why=type(error).__name__)
                self.stopped.wait(LATER)
            except Exception as error:
                self.log("failed", forum=self.forum, what="following", why=type(error).__name__, unforeseen=True)
                self.stopped.wait(LATER)

    def step(self) -> bool:
        """Do it if it is to be done; whether it was."""
        work = self.inbox.work(self.forum)
        if work is None or self.now() < work.wait <= self.now() + PAUSE * 2**TRIES:
            return False
        with self.turn:
            why = self.deed.do(self.forum, self.stopped)
        if why is None:  # we are stopped: it is still to be done
            return True
        self.measures.command(self.forum, well=not why)
        self.log("followed", forum=self.forum, well=not why, **({"why": why} if why else {}))
        self.inbox.worked(self.forum, work, again=self.again(work, why), next_at=self.now() + self.deed.calm)
        return True

    def again(self, work: PendingCommand, why: str) -> float | None:
        """When it is done again; None where it is done, or failed often enough."""
        if not why or work.tries + 1 >= TRIES:
            return None
        return float(self.now() + PAUSE * 2**work.tries)
