"""Processes of other programs that nobody sits beside: each with all that it started, ended when it takes too long."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE = 5.0  # seconds to end by itself once it was asked to


def ourselves() -> tuple[str, ...]:
    """The command koweb, for a process in any folder: of modules that lie there, Python runs none."""
    return (sys.executable, "-P", "-m", "koweb_sync")


def within(
    seconds: float, command: Sequence[str], folder: Path, env: Mapping[str, str], given: bytes
) -> subprocess.CompletedProcess[bytes]:
    """What a program printed. It, and all that it started, is ended after so many seconds, or when we are.

    Raises subprocess.TimeoutExpired.
    """
    pipe = subprocess.PIPE
    with (
        exiting_when_asked(),
        subprocess.Popen(
            command, cwd=folder, env=env, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
        ) as child,
    ):
        try:
            out, err = child.communicate(given, timeout=seconds)
        except BaseException:
            end(child)
            raise
    return subprocess.CompletedProcess(command, child.returncode, out, err)


def end(child: "subprocess.Popen[bytes]", patience: float = PATIENCE) -> None:
    """End a process that leads a session of its own, and all that it started: they are asked first, then made to."""
    send(child, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        child.wait(patience)
    send(child, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    child.wait()


def send(child: "subprocess.Popen[bytes]", sign: signal.Signals) -> None:
    """Send a signal to a process and all that it started, as far as they are there. On Windows to it alone."""
    if sys.platform == "win32":
        child.terminate()
    else:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, sign)


@contextmanager
def exiting_when_asked() -> Iterator[None]:
    """Whoever asks us to end gets an orderly end meanwhile, with what we have to tidy up."""
    unset = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    if unset:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        yield
    finally:
        if unset:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
