"""A push as it goes: the plan first, then how far it is and how long it takes, on standard error."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING

from koweb_sync.cli.common import complain, say
from koweb_sync.config import Rates
from koweb_sync.sync import show
from koweb_sync.sync.actions import Plan
from koweb_sync.sync.outcome import Outcome

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


class Progress:
    """Watches a push. The bar appears on a terminal only, and only where there is much to do."""

    def __init__(self, rates: Rates) -> None:
        self.rates = rates
        self.bar: Bar | None = None
        self.task: TaskID | None = None

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar:
            self.bar.stop()

    def planned(self, plan: Plan) -> None:
        """Say what is coming, and what is left alone, before anything is written."""
        for refusal in plan.refusals:
            complain(refusal.error)
        if plan.halt:
            complain(plan.halt)
        if plan.actions:
            say(show.summary(plan, self.rates))
        if len(plan.actions) > 3 and sys.stderr.isatty():
            self.start(len(plan.actions))

    def start(self, total: int) -> None:
        """Show the bar."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self.bar = Bar(*columns, console=Console(stderr=True), transient=True)
        self.task = self.bar.add_task("", total=total)
        self.bar.start()

    def outcome(self, outcome: Outcome) -> None:
        """One more is done."""
        if self.bar and self.task is not None:
            self.bar.update(self.task, advance=1, description=outcome.path)
