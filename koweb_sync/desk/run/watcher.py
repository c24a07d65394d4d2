"""Tells open pages that files changed: one watcher for all of them, and a queue for each page."""

import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from watchfiles import BaseFilter, Change, watch

from koweb_sync.git.repo import NEW

COMMIT_IN_THE_MAKING = tuple(NEW.strip("/").split("/"))  # a page that asks what would be published makes one, too
STEP = 20  # milliseconds in which changes are gathered
PAUSE = 0.2  # seconds until it watches again
POLL = 500  # milliseconds between two looks, where that is how files are watched
SETTLED = 60  # milliseconds after which a change is told, even if more come


class NoInnards(BaseFilter):
    """Everything but git's own files, except for refs and what koweb notes there: a commit, a fetch and a push move a
    ref. `innards`: the folders of git's own files, which lie elsewhere for a linked work tree.
    """

    def __init__(self, innards: Sequence[Path]) -> None:
        super().__init__()
        self.innards = [str(folder) for folder in innards]

    def __call__(self, _change: Change, path: str) -> bool:
        around = [folder for folder in self.innards if Path(path).is_relative_to(folder)]
        if not around:
            return ".git" not in Path(path).parts
        inside = Path(path).relative_to(max(around, key=len)).parts
        moved = inside[:1] in (("HEAD",), ("refs",), ("packed-refs",)) and inside[:2] != COMMIT_IN_THE_MAKING
        noted = inside[:1] == ("koweb",) and inside[-1] in ("journal", "pull.json")
        return (moved or noted) and not path.endswith(".lock")


class ChangeWatcher:
    """Watches a repository until it is stopped. `count` rises with every change that is told. `root`: the folder of
    its files; `innards`: those of git's own, that of this work tree and the one that all share.
    """

    def __init__(self, root: Path, innards: Sequence[Path] = ()) -> None:
        self.root = root
        self.innards = tuple(innards) or (root / ".git",)
        self.count = 0
        self.stopped = threading.Event()
        self.queues: list[queue.SimpleQueue[int]] = []
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Watch from now on, if it does not yet."""
        if self.thread.ident is None:
            self.thread.start()

    def stop(self) -> None:
        """Watch no more; pages that wait are told so."""
        self.stopped.set()
        self.tell()
        if self.thread.ident is not None:
            self.thread.join(timeout=2)

    def _watch(self) -> None:
        """Tell of changes until it is stopped. A file whose name is not UTF-8 ends the watch with an error
        (WatchfilesRustInternalError, a RuntimeError): that is a change, too. Where the system watches no more files,
        each is looked at again and again.
        """
        polling = False
        while not self.stopped.is_set():
            try:
                for _found in self._changes(polling):
                    self.tell()
            except RuntimeError:
                self.tell()
                self.stopped.wait(PAUSE)
            except OSError:
                polling = True
                self.stopped.wait(PAUSE)

    def _changes(self, polling: bool) -> "Iterator[object]":
        """What changed, gathered; ends when it is stopped. Raises OSError."""
        yield from watch(
            *outermost([self.root, *self.innards]),
            watch_filter=NoInnards(self.innards),
            step=STEP,
            debounce=SETTLED,
            stop_event=self.stopped,
            rust_timeout=500,
            force_polling=polling or None,
            poll_delay_ms=POLL,
            ignore_permission_denied=True,
        )

    def tell(self) -> None:
        """Tell every page that waits."""
        with self.lock:
            self.count += 1
            for one in self.queues:
                one.put(self.count)

    @contextmanager
    def listening(self) -> "Iterator[queue.SimpleQueue[int]]":
        """A queue that gets a number for every change, as long as the context lasts."""
        mine: queue.SimpleQueue[int] = queue.SimpleQueue()
        with self.lock:
            self.queues.append(mine)
        try:
            yield mine
        finally:
            with self.lock:
                self.queues.remove(mine)

    @property
    def listeners(self) -> int:
        """How many pages wait."""
        return len(self.queues)


def outermost(folders: Sequence[Path]) -> list[Path]:
    """Those folders that are there and lie in none of the others."""
    there = [one for one in dict.fromkeys(folders) if one.is_dir()]
    return [one for one in there if not any(other in one.parents for other in there)]
