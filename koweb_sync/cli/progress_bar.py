"""How far something is, as a bar on standard error: on a terminal only."""

import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Self

from koweb_sync.cli.output import label

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


PATIENCE = 2.0  # seconds until a bar comes that comes late


class ProgressBar:
    """A bar that appears when it is told to. Use it as a context; leaving it takes the bar away."""

    def __init__(self) -> None:
        self.bar: Progress | None = None
        self.task: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar:
            self.bar.stop()

    def start(self, total: int | None, words: str = "") -> None:
        """Show the bar, where somebody can see it. `total`: None where nobody knows it: the time so far is shown."""
        if not sys.stderr.isatty():
            return
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        # No markup: the words are names of files, and “[bold]” is one.
        text = TextColumn("{task.description}", markup=False)
        told = (TimeElapsedColumn(),) if total is None else (MofNCompleteColumn(), TimeRemainingColumn())
        self.bar = Progress(text, BarColumn(), *told, console=Console(stderr=True), transient=True)
        self.task = self.bar.add_task(label(words), total=total)
        self.bar.start()

    def advance(self, words: str | None = None, steps: int = 1) -> None:
        """Some more is done; `words` say which. The total was a guess: it moves with what is more than that."""
        if self.bar and self.task is not None:
            self.bar.update(self.task, advance=steps, description=None if words is None else label(words))
            done = self.bar.tasks[0].completed
            if done > (self.bar.tasks[0].total or 0):
                self.bar.update(self.task, total=done)

    def tell(self, words: str) -> None:
        """Say what is done now."""
        if self.bar and self.task is not None:
            self.bar.update(self.task, description=label(words))


class LateBar(ProgressBar):
    """A bar without an end, which appears where something takes more than two seconds. `label`: what is done now."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self.label = label
        self.clock = threading.Timer(PATIENCE, self.appear)
        self.clock.daemon = True

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self.clock.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clock.cancel()
        if self.clock.ident is not None:
            self.clock.join()
        super().__exit__(kind, error, trace)

    def appear(self) -> None:
        """Two seconds are over."""
        self.start(None, self.label)
