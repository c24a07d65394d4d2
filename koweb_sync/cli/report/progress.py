"""That a report is being made, and since when: on a terminal, where it takes more than two seconds.

How long it will take depends on the machine more than on the forum, so nothing is said about that.
"""

import sys
import threading
from types import TracebackType
from typing import Self

from koweb_sync.cli.progress_bar import ProgressBar
from koweb_sync.i18n import _

PATIENCE = 2.0  # seconds


class ReportBar(ProgressBar):
    """A bar without an end, and the time since it appeared."""

    def __init__(self) -> None:
        super().__init__()
        self.label = _("Computing")
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

    def says(self, label: str) -> None:
        """What is done now."""
        self.label = label
        self.tell(label)
