"""A push as it goes: the plan first, then how far it is and how long it takes, on standard error."""

from koweb_sync.cli.output import complain, say
from koweb_sync.cli.progress_bar import ProgressBar
from koweb_sync.config import Rates
from koweb_sync.sync.publish import show
from koweb_sync.sync.publish.actions import Plan
from koweb_sync.sync.publish.outcome import Outcome

FEW = 3  # writes that are done before a bar would help


class Progress(ProgressBar):
    """Watches a push. The bar appears only where there is much to do."""

    def __init__(self, rates: Rates) -> None:
        super().__init__()
        self.rates = rates

    def planned(self, plan: Plan) -> None:
        """Say what is coming, and what is left alone, before anything is written."""
        for refusal in plan.refusals:
            complain(refusal.error)
        if plan.halt:
            complain(plan.halt)
        for warning in (*plan.warnings, *plan.notes):
            say(warning, fg="yellow")
        if plan.acts:
            say(show.summary(plan, self.rates))
        if len(plan.actions) + len(plan.translations) > FEW:
            self.start(len(plan.actions) + len(plan.translations))

    def sending(self, path: str, files: int, of: int) -> None:
        """A bar counts the posts."""

    def outcome(self, outcome: Outcome) -> None:
        """One more is done."""
        self.advance(outcome.path)
