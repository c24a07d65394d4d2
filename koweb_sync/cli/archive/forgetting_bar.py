"""How far forgetting somebody is: a bar for each stage, once it all takes longer than two seconds."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from koweb_sync.archive.privacy.forgetting_progress import ForgettingStage, watcher
from koweb_sync.cli.progress_bar import PATIENCE, ProgressBar
from koweb_sync.i18n import _


class ForgettingBar(ProgressBar):
    """Is told how far each stage is, of how many steps; None: nobody knows. Between two of them there is no bar, so
    that others may show theirs.
    """

    def __init__(self) -> None:
        super().__init__()
        self.began = time.monotonic()
        self.stage = ""
        self.shown = 0
        self.clock: threading.Timer | None = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def __call__(self, stage: ForgettingStage, done: int, total: int | None) -> None:
        """So many steps of a stage are done."""
        if stage != self.stage or total is None or done < self.shown or done >= total:
            self.end()
            self.stage = stage
        if total is None:
            self.wait(stage)
            return
        if done >= total:
            return
        if self.bar is None and self.told is None and time.monotonic() - self.began > PATIENCE:
            self.start(total, words(stage))
        if self.bar or self.told:
            self.advance(steps=done - self.shown)
            self.shown = done

    def wait(self, stage: ForgettingStage) -> None:
        """Show a bar without an end once it is time: nothing is told meanwhile."""
        left = max(0.0, PATIENCE - (time.monotonic() - self.began))
        self.clock = threading.Timer(left, self.start, (None, words(stage)))
        self.clock.daemon = True
        self.clock.start()

    def end(self) -> None:
        """Take the bar of a stage away."""
        if self.clock is not None:
            self.clock.cancel()
            self.clock.join()
            self.clock = None
        if self.bar:
            self.bar.stop()
        self.bar, self.task, self.told, self.shown = None, None, None, 0


@contextmanager
def forgetting_watched() -> Iterator[None]:
    """Show how far it is whenever something is erased within."""
    with ForgettingBar() as bar:
        before = watcher.set(bar)
        try:
            yield
        finally:
            watcher.reset(before)


def words(stage: ForgettingStage) -> str:
    """What is done now."""
    return {
        "rewriting": _("going through the texts"),
        "searching": _("searching the texts"),
        "searching file": _("searching the archive’s file"),
        "searching exports": _("searching the exports"),
        "rewriting exports": _("rewriting the exports"),
        "writing anew": _("writing the archive anew, without what was erased"),
    }[stage]
