"""Commands in processes of their own that start at once: forked by a process that has loaded the program already."""

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Event
from typing import Any, NoReturn

from koweb_sync.__main__ import main
from koweb_sync.forum.budget import SystemClock

LOADED = (
    "koweb_sync.cli.root",
    "koweb_sync.cli.sync.sync",
    "koweb_sync.cli.sync.reading_progress",
    "koweb_sync.forum.client",
    "koweb_sync.sync.publish.carry_out_plan",
    "koweb_sync.sync.pull.pull",
    "koweb_sync.sync.recover.settle",
    "koweb_sync.sync.pull.unfinished",
)
GIT = """\
#!/bin/sh
count=$(($(cat "$COUNT" 2>/dev/null || echo 0) + 1))
echo "$count" >"$COUNT"
if [ "$count" = "$AT" ] && [ "$WHEN" = before ]; then kill -9 $PPID; exit 137; fi
"{git}" "$@"
code=$?
if [ "$count" = "$AT" ] && [ "$WHEN" = after ]; then kill -9 $PPID; fi
exit $code
"""


class Forked:
    """A command that runs, one at a time, and that any thread may kill. Everything that it prints is kept in a file."""

    def __init__(self, folder: Path, *words: str, env: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.words = words
        self.env = env or {}
        self.said, self.wrong = (folder.with_name(f"{folder.name}.{end}") for end in ("said", "wrong"))
        self.pid = 0
        self.started, self.ended = Event(), Event()

    def run(self) -> int:
        """Run it in this process's environment and `env`, to its end. The exit code, negative for a killed one."""
        env = {**os.environ, **self.env}
        self.pid = ask(
            {"folder": str(self.folder), "words": self.words, "said": [str(self.said), str(self.wrong)], "env": env}
        )
        self.started.set()
        code = ask(None)
        self.ended.set()
        return code

    def kill(self) -> None:
        """Kill it, and wait until it is dead."""
        assert self.started.wait(60)
        os.kill(self.pid, signal.SIGKILL)
        assert self.ended.wait(60)

    def out(self) -> str:
        """What it printed."""
        return self.said.read_bytes().decode(errors="replace")

    def err(self) -> str:
        """What it said beside that."""
        return self.wrong.read_bytes().decode(errors="replace")

    def text(self) -> str:
        """All that it printed."""
        return self.out() + self.err()


class DeadlyGit:
    """A git that kills the process which calls it, before or after its n-th call; each `env` counts from one again."""

    def __init__(self, folder: Path) -> None:
        self.script = folder / "bin" / "git"
        self.counted = folder / "git-calls"
        self.script.parent.mkdir()
        self.script.write_text(GIT.format(git=shutil.which("git")), encoding="ascii")
        self.script.chmod(0o755)

    def env(self, nth: int, when: str) -> dict[str, str]:
        """For a process that is to die "before" or "after" its n-th call of git."""
        self.counted.unlink(missing_ok=True)
        path = f"{self.script.parent}:{os.environ['PATH']}"
        return {"PATH": path, "COUNT": str(self.counted), "AT": str(nth), "WHEN": when}

    def count(self) -> int:
        """How often git was called."""
        return int(self.counted.read_text(encoding="ascii"))


@cache
def parent() -> "subprocess.Popen[bytes]":
    """The process that forks, as long as this one lives."""
    command = [sys.executable, "-m", __name__]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=Path(__file__).parent.parent, stdin=pipe, stdout=pipe)
    atexit.register(process.communicate)
    return process


def ask(order: dict[str, Any] | None) -> int:
    """Give an order, or wait for the answer to the last one: first the number of the process, then its exit code."""
    process = parent()
    assert process.stdin is not None
    assert process.stdout is not None
    if order is not None:
        process.stdin.write(json.dumps(order).encode() + b"\n")
        process.stdin.flush()
    return int(process.stdout.readline())


# ---- in the process that forks


def serve() -> None:
    """Fork a process for each order on standard input."""
    for name in LOADED:
        import_module(name)
    for line in sys.stdin.buffer:
        pid = os.fork()
        if pid == 0:
            obey(json.loads(line))
        answer(pid)
        _pid, status = os.waitpid(pid, 0)
        answer(os.waitstatus_to_exitcode(status))


def answer(number: int) -> None:
    """One line of standard output."""
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def obey(order: dict[str, Any]) -> NoReturn:
    """What the new process does: the command, in its own folder, environment and words; and then it ends."""
    for number, (place, mode) in enumerate([(os.devnull, "rb"), *((one, "wb") for one in order["said"])]):
        with Path(place).open(mode) as file:
            os.dup2(file.fileno(), number)
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["folder"])
    if "KOWEB_HURRY" in os.environ:  # waiting takes no time
        SystemClock.sleep = nothing_to_wait_for  # type: ignore[assignment, method-assign]
    sys.argv = ["koweb", *order["words"]]
    main()
    sys.exit()


def nothing_to_wait_for(_clock: SystemClock, _seconds: float) -> None:
    """In place of waiting."""


if __name__ == "__main__":
    serve()
