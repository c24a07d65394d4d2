"""A process that archives a sandbox and dies where it is told to: for tests, run as `python -m tests.archive.killing`.

It reads lines of JSON: the forum's address and key, the store, and after how many answers or pages to die, if at all.
Each is carried out by a fork, so that all modules are loaded once; the answer is "killed" or "done".
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from koweb_sync.archive.crawl.data_explorer import VIA, explore
from koweb_sync.archive.crawl.rest_api import crawl
from koweb_sync.archive.crawl.run import CrawlOptions, Run, Silent
from koweb_sync.archive.store.store import Store
from koweb_sync.forum.budget import Budgets
from koweb_sync.forum.client import Forum
from koweb_sync.forum.reader import ForumReader
from koweb_sync.forum.transport import Answer, Call, Transport
from koweb_sync.forum.wire import Failure


class Doomed:
    """A process that archives, and is killed where a test says."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def archive(self, url: str, key: str, store: Path, *, via: str = "rest", answers: int = 0, pages: int = 0) -> bool:
        """Bring an archive up to date; True if it lived to the end. It dies after so many answers or pages, if any."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        job = {"url": url, "key": key, "store": str(store), "via": via, "answers": answers, "pages": pages}
        self.process.stdin.write(f"{json.dumps(job)}\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline().strip()
        assert said in ("done", "killed"), said
        return said == "done"


@contextmanager
def doomed() -> Iterator[Doomed]:
    """Such a process."""
    command = [sys.executable, "-m", "tests.archive.killing"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Doomed(process)
        assert process.stdin is not None
        process.stdin.close()


def main() -> None:
    """Carry out what comes."""
    for text in sys.stdin:
        child = os.fork()
        if child == 0:
            work(json.loads(text))
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else "done" if status == 0 else f"failed {status}", flush=True)  # noqa: T201


def work(job: dict[str, Any]) -> None:
    """Archive, and die in time."""
    die_after(job["answers"], job["pages"])
    place = Path(job["store"])
    times = iter(range(1_800_000_000_000_000, 1_900_000_000_000_000, 1_000))
    with (
        Store.open(str(place)) as store,
        Forum(job["url"], "admin", job["key"], limits=Budgets(0, 0, 0, 0), state=place.parent / "machine") as forum,
    ):
        number = store.enter(job["url"], "kafe", next(times))
        go = explore if job["via"] == VIA else crawl
        go(Run(store, number, job["url"], ForumReader(forum), CrawlOptions(key=True), Silent(), lambda: next(times)))


def die_after(answers: int, pages: int) -> None:
    """Die when so many answers have arrived and are not kept yet, or so many pages are kept."""
    exchange, put = Transport.exchange, Run.account
    count = {"answers": 0, "pages": 0}

    def exchanged(self: Transport, call: Call) -> Answer | Failure:
        answer = exchange(self, call)
        count["answers"] += 1
        if count["answers"] == answers:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    def accounted(self: Run, connection: Any, **changes: Any) -> None:
        put(self, connection, **changes)
        count["pages"] += 1
        if count["pages"] == pages:
            os.kill(os.getpid(), signal.SIGKILL)  # within the transaction: all of the page is lost

    Transport.exchange = exchanged  # type: ignore[method-assign]
    Run.account = accounted  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
