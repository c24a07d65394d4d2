"""How far something is, on standard error: as a bar on a terminal, as lines for a program that wants them."""

import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Self

from koweb_sync import told_progress
from koweb_sync.cli.output import label, tell_progress, tell_stage

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


PATIENCE = 2.0  # seconds until a bar comes that comes late


class ProgressBar:
    """A bar that appears when it is told to. Use it as a context; leaving it takes the bar away."""

    def __init__(self) -> None:
        self.bar: Progress | None = None
        self.task: TaskID | None = None
        self.told: tuple[int, int] | None = None  # what a program was told last

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar:
            self.bar.stop()

    def start(self, total: int | None, words: str = "", *, guessed: bool = False) -> None:
        """Show the bar, where somebody can see it. `total`: None where nobody knows it: the time so far is shown;
        `guessed`: it may come otherwise, so a program is told only how much is done.
        """
        if total and told_progress.is_wanted():
            self.tell_program(0, 0 if guessed else total)
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
        if self.told:
            done, total = self.told[0] + steps, self.told[1]
            self.tell_program(done, total and max(done, total))
        if self.bar and self.task is not None:
            self.bar.update(self.task, advance=steps, description=None if words is None else label(words))
            completed = self.bar.tasks[0].completed
            if completed > (self.bar.tasks[0].total or 0):
                self.bar.update(self.task, total=completed)

    def tell_program(self, done: int, total: int) -> None:
        """So many steps of so many are done."""
        self.told = (done, total)
        tell_progress(done, total)

    def tell(self, words: str) -> None:
        """Say what is done now."""
        if told_progress.is_wanted():
            tell_stage(words)
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
