"""How far a report is: an estimate, on a terminal, where it takes more than two seconds."""

import sys
import threading
from types import TracebackType
from typing import Self

from koweb_sync.cli.progress_bar import ProgressBar
from koweb_sync.i18n import _

LEAST = 2.0  # seconds


class ReportBar(ProgressBar):
    """A bar of the seconds that a report is expected to take. It waits before the end if that was too few."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = round(seconds) if seconds > LEAST and sys.stderr.isatty() else 0
        self.label = _("Computing")
        self.over = threading.Event()
        self.clock = threading.Thread(target=self.tick, daemon=True)

    def __enter__(self) -> Self:
        if self.seconds:
            self.start(self.seconds, self.label)
            self.clock.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        if self.seconds:
            self.clock.join()
        super().__exit__(kind, error, trace)

    def tick(self) -> None:
        """One second is over."""
        for _second in range(self.seconds - 1):
            if self.over.wait(1):
                return
            self.advance(self.label)

    def says(self, label: str) -> None:
        """What is done now."""
        self.label = label
