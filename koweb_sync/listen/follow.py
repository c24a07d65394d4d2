"""The command that follows, such as `koweb pull --branch`: run where a topic that is published from git may have
changed. One at a time, once for all that was told until then; without a shell.
"""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from koweb_sync.errors import KowebError
from koweb_sync.listen.inbox import Inbox, PendingCommand
from koweb_sync.listen.measures import Measures

TICK = 0.5  # seconds between two looks
LONGEST = 30 * 60.0  # seconds that it may take
TRIES = 4
PAUSE = 60.0  # seconds after the first failure; each further one doubles it
SECRETS = "_WEBHOOK_SECRET"  # what the names of our own secrets end with: the command does not need them


@dataclass
class Follower:
    """Runs the command for one forum, in a thread of its own. `turn` is shared by all forums of one repository."""

    forum: str
    command: Sequence[str]
    folder: str
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
                self.log("failed", forum=self.forum, why=type(error).__name__)

    def step(self) -> bool:
        """Run the command if it is to be run; whether it was."""
        work = self.inbox.work(self.forum)
        if work is None or self.now() < work.wait <= self.now() + PAUSE * 2**TRIES:
            return False
        with self.turn:
            code = self.execute()
        if code is None:  # we are stopped: it is still to be done
            return True
        self.measures.command(self.forum, well=code == 0)
        self.log("command", forum=self.forum, code=code)
        self.inbox.worked(self.forum, work, again=self.again(work, code))
        return True

    def again(self, work: PendingCommand, code: int) -> float | None:
        """When it is run again; None where it has done its work, or failed often enough."""
        if code == 0 or work.tries + 1 >= TRIES:
            return None
        return float(self.now() + PAUSE * 2**work.tries)

    def execute(self) -> int | None:
        """Run the command: its exit code; None where we were stopped meanwhile."""
        environ = {name: value for name, value in os.environ.items() if not name.endswith(SECRETS)}
        environ["KOWEB_FORUM"] = self.forum
        quiet = subprocess.DEVNULL
        try:
            child = subprocess.Popen(
                self.command, cwd=self.folder, env=environ, stdin=quiet, stdout=quiet, stderr=quiet
            )
        except OSError:
            return 127
        ends = time.monotonic() + LONGEST
        with child:
            while child.poll() is None:
                stopped = self.stopped.wait(0.2)
                if stopped or time.monotonic() > ends:
                    child.terminate()
                    try:
                        child.wait(10)
                    except subprocess.TimeoutExpired:
                        child.kill()
                    return None if stopped else 124
            return child.returncode
