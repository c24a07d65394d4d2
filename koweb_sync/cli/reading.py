"""A fetch or pull as it goes: how much is to be read, how long it takes, how far it is; on standard error."""

import math
import sys
from types import TracebackType
from typing import TYPE_CHECKING

from koweb_sync.cli.common import say
from koweb_sync.config import Rates
from koweb_sync.i18n import _, ngettext

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

MANY = 20  # topics; fewer are read before anybody has read an estimate


class Reading:
    """Watches a reading. The bar appears on a terminal only, and only where there is much to read."""

    def __init__(self, rates: Rates) -> None:
        self.rates = rates
        self.bar: Bar | None = None
        self.task: TaskID | None = None

    def __enter__(self) -> "Reading":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar:
            self.bar.stop()

    def reading(self, topics: int, requests: int) -> None:
        """Say how much is coming."""
        if topics < MANY:
            return
        text = ngettext("Reading {n} topic", "Reading {n} topics", topics).format(n=topics)
        rate = self.rates.anonymous_per_minute
        minutes = math.ceil(max(0, requests - rate) / rate) if rate else 0
        about = ngettext("about {n} minute", "about {n} minutes", minutes).format(n=minutes)
        say(f"{text}, {about}." if minutes else f"{text}.")
        if sys.stderr.isatty():
            self.start(topics)

    def start(self, total: int) -> None:
        """Show the bar."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (TextColumn(_("reading")), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self.bar = Bar(*columns, console=Console(stderr=True), transient=True)
        self.task = self.bar.add_task("", total=total)
        self.bar.start()

    def read(self, path: str) -> None:
        """One more is read."""
        if self.bar and self.task is not None:
            self.bar.update(self.task, advance=1, description=path)
