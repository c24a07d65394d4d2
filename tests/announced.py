"""What a push announces is what it sends: looked at in every push of every test."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from koweb_sync.cli.progress import Progress
from koweb_sync.sandbox import Sandbox
from koweb_sync.sync.actions import Drop, Plan
from koweb_sync.sync.outcome import Outcome


@dataclass(slots=True)
class Announced:
    """The plans that a command announced, each with how much had been sent before."""

    box: Sandbox
    disturbed: bool
    plans: list[tuple[Plan, int]] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    def spared(self, plan: Plan) -> int:
        """How many withdrawals turned out to have nothing to withdraw: such a topic is only read."""
        left = {one.agreed.path for one in plan.actions if isinstance(one, Drop) and one.how != "keep"}
        return sum(one.path in left and one.done == "keep" for one in self.outcomes)

    def check(self, told: str, *, done: bool) -> None:
        """Compare; `done`: everything was, else the forum refused something. No number holds where the network fails,
        or somebody meddles in the middle.
        """
        if self.disturbed or not self.plans:
            return
        plan, before = self.plans[-1]
        sent = self.box.log[before:]
        listed = "\n".join(f"{one.status} {one.verb} {one.path} {one.username}" for one in sent)
        text = f"{plan.requests} told, {len(sent)} sent:\n{listed}\n{told}"
        assert len(sent) <= plan.at_most, text
        if done and all(one.status < 300 for one in sent):
            assert plan.requests - self.spared(plan) <= len(sent) <= plan.requests + plan.in_doubt, text


@contextmanager
def announced(box: Sandbox) -> Iterator[Announced]:
    """Hear what commands of this process announce."""
    heard = Announced(box, bool(box.front.faults.waiting))
    planned, outcome = Progress.planned, Progress.outcome

    def listen(progress: Progress, plan: Plan) -> None:
        heard.plans.append((plan, len(box.log)))
        planned(progress, plan)

    def see(progress: Progress, one: Outcome) -> None:
        heard.outcomes.append(one)
        outcome(progress, one)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Progress, "planned", listen)
        patch.setattr(Progress, "outcome", see)
        yield heard
