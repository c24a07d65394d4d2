"""Work on several cores: processes of their own do it to one thing after another, or read ahead; all in its order.

A helper begins as a copy of this process (fork), so it starts at once, shares most of its memory, and speaks its
language. It reads no database, writes no file and prints nothing, so that no lock or connection of the copied process
matters: it gets what it needs, and hands back what it made. Where copies cannot be trusted (Windows, macOS), or there
is one core, everything is done here.
"""

import gc
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, suppress
from itertools import islice
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any, Generic, TypeVar

from koweb_sync.errors import KowebError
from koweb_sync.i18n import _

Given = TypeVar("Given")
Made = TypeVar("Made")
MOST = 1  # to read and to write a site takes as long as to make its pages; each one more takes 15 MB


def cores() -> int:
    """How many cores this process may use; one where it cannot be copied."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


def possible() -> int:
    """How many helpers are of use here."""
    return min(MOST, cores()) if cores() > 1 else 0


def mapped(work: Callable[[Given], Made], given: Iterable[Given], count: int) -> Generator[Made, None, None]:
    """What `work` makes of each thing, in their order; `count` helpers do it. Their processes end with the iteration,
    however it ends: to be used with contextlib.closing.

    Raises what `work` raises, as if it had been done here, and KowebError where a helper was killed.
    """
    with ExitStack() as after:
        helpers: list[Helper[Given, Made]] = []
        gc.freeze()  # to look at what both processes share would copy it
        after.callback(gc.unfreeze)
        with suppress(OSError):  # no more processes may be started: those that there are do all of it
            for _nth in range(count):
                helpers.append(Helper(work))
                after.callback(helpers[-1].end)
        if not helpers:
            yield from map(work, given)
            return
        busy: deque[tuple[Helper[Given, Made], Given]] = deque()
        for one in given:
            made: list[Made] = []
            if len(busy) < len(helpers):
                helper = helpers[len(busy)]
            else:
                helper, before = busy.popleft()
                made.append(helper.made(before))
            helper.give(one)
            busy.append((helper, one))
            yield from made
        for helper, one in busy:
            yield helper.made(one)


class HelperProcess:
    """A copy of this process, which `serve`s at the other end of a pipe until it is ended."""

    def __init__(self, serve: Callable[..., None], work: Callable[..., object]) -> None:
        copies = multiprocessing.get_context("fork")
        self.here, there = copies.Pipe()
        self.process = copies.Process(target=serve, args=(work, there, self.here), daemon=True)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # Ctrl-C is for us: we end the helpers
        try:
            self.process.start()
        except OSError:
            self.here.close()
            raise
        finally:
            there.close()
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def received(self) -> Any:
        """What it sent. Raises KowebError where it is not there any more."""
        try:
            return self.here.recv()
        except (EOFError, OSError) as error:
            raise self.killed() from error

    def killed(self) -> KowebError:
        """The error for a helper that is not there any more."""
        self.process.join(1)
        return KowebError(
            _("A process that helped with this was ended from outside ({code}).").format(code=self.process.exitcode),
            remedy=_("Most often the memory of this computer is full: close other programs, and try again."),
        )

    def end(self) -> None:
        """Let the process end; it holds nothing that could be lost."""
        self.here.close()
        self.process.kill()
        self.process.join()


class Helper(HelperProcess, Generic[Given, Made]):
    """A process that does some work, one thing at a time."""

    def __init__(self, work: Callable[[Given], Made]) -> None:
        super().__init__(serve, work)
        self.work = work

    def give(self, one: Given) -> None:
        """Give it something to do."""
        try:
            self.here.send(one)
        except OSError as error:
            raise self.killed() from error

    def made(self, one: Given) -> Made:
        """What it made of what it was given last. What it could not do is done here, so that the error that comes of it
        has its cause and its place.
        """
        done, made = self.received()
        return made if done else self.work(one)


def serve(work: Callable[[Any], object], there: Connection, other_end: Connection) -> None:
    """Work for another process until that one ends. Nothing is tidied up then: it is the other one's."""
    other_end.close()
    with suppress(EOFError, OSError):
        while True:
            one = there.recv()
            try:
                answer = ForkingPickler.dumps((True, work(one)))
            except Exception:  # noqa: BLE001 - the other process does this once more, and raises it there
                answer = ForkingPickler.dumps((False, None))
            there.send_bytes(answer)
    os._exit(0)


# ---- reading ahead


def ahead(make: Callable[[], Iterable[Made]], *, helped: bool) -> Generator[Made, None, None]:
    """What `make` gives, one thing after another; where it is `helped`, another process makes the next one meanwhile.
    That ends with the iteration, however it ends: to be used with contextlib.closing.

    Raises what `make` raises, as if it had been done here, and KowebError where the helper was killed.
    """
    came = 0
    with ExitStack() as after:
        gc.freeze()
        after.callback(gc.unfreeze)
        helper = started(make) if helped else None
        if helper is not None:
            after.callback(helper.end)
            while (answer := helper.received())[0] == "made":
                came += 1
                yield answer[1]
            if answer[0] == "done":
                return
    yield from islice(make(), came, None)  # what it could not do is done here: the error has its cause and its place


def started(make: Callable[[], Iterable[Any]]) -> HelperProcess | None:
    """A process that sends what `make` gives; None where no more processes may be started."""
    try:
        return HelperProcess(send_all, make)
    except OSError:
        return None


def send_all(make: Callable[[], Iterable[Any]], there: Connection, other_end: Connection) -> None:
    """Send all that `make` gives to another process, as long as that takes it."""
    other_end.close()
    with suppress(EOFError, OSError):
        answer = ForkingPickler.dumps(("done", None))
        try:
            for one in make():
                there.send_bytes(ForkingPickler.dumps(("made", one)))
        except Exception:  # noqa: BLE001 - the other process does this once more, and raises it there
            answer = ForkingPickler.dumps(("failed", None))
        there.send_bytes(answer)
    os._exit(0)
