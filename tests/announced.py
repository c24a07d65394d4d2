"""What a push announces is what it sends: looked at in every push of every test."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from koweb_sync.cli.sync.push_progress import Progress
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.gateway.gateway import Request
from koweb_sync.sync.publish.actions import Drop, Edit, Plan
from koweb_sync.sync.publish.outcome import Outcome
from koweb_sync.sync.publish.translations import Translate


@dataclass(slots=True)
class Announced:
    """The plans that a command announced, each with how much had been sent before."""

    box: Sandbox
    disturbed: bool
    mutations: int
    plans: list[tuple[Plan, int]] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    def spared(self, plan: Plan, sent: list[Request]) -> int:
        """How many requests were not needed, as was seen once a topic was read: there was nothing to withdraw, or the
        forum showed a field already, as after a push that was cut off.
        """
        left = {one.agreed.path for one in plan.actions if isinstance(one, Drop) and one.how != "keep"}
        spared = sum(one.path in left and one.done == "keep" for one in self.outcomes)
        put = [one.path for one in sent if one.verb == "PUT"]
        for one in plan.actions:
            if isinstance(one, Edit) and one.reads:
                spared += 2 * (one.moves and not any(path.endswith(f"/t/-/{one.agreed.topic}.json") for path in put))
                lone = one.with_text and not one.body
                spared += lone and not any(path.endswith(f"/posts/{one.agreed.post}.json") for path in put)
        told = sum(one.text + one.title for one in plan.translations if isinstance(one, Translate))
        spared += max(0, told - sum("_localizations/" in one.path for one in sent if one.verb != "GET"))
        return spared

    def check(self, told: str, *, done: bool) -> None:
        """Compare; `done`: everything was, else the forum refused something. No number holds where the network fails,
        or somebody meddles in the middle. After an answer that was made up only the most holds: what came of the write
        is looked at.
        """
        if self.disturbed or not self.plans:
            return
        plan, before = self.plans[-1]
        sent = list(self.box.front.log[before:])
        listed = "\n".join(f"{one.status} {one.verb} {one.path} {one.username}" for one in sent)
        text = f"{plan.requests} told, {len(sent)} sent:\n{listed}\n{told}"
        assert len(sent) <= plan.at_most, text
        if done and self.mutations == mutated(self.box) and all(one.status < 300 for one in sent):
            assert plan.requests - self.spared(plan, sent) <= len(sent) <= plan.requests + plan.in_doubt, text


def mutated(box: Sandbox) -> int:
    """How many answers of a forum were mutated by somebody hostile (tests/security/hostile.py)."""
    return len(box.front.app.extensions.get("mutations", ()))


@contextmanager
def announced(box: Sandbox) -> Iterator[Announced]:
    """Hear what commands of this process announce."""
    heard = Announced(box, bool(box.front.faults.waiting), mutated(box))
    planned, outcome = Progress.planned, Progress.outcome

    def listen(progress: Progress, plan: Plan) -> None:
        heard.plans.append((plan, len(box.front.log)))
        planned(progress, plan)

    def see(progress: Progress, one: Outcome) -> None:
        heard.outcomes.append(one)
        outcome(progress, one)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Progress, "planned", listen)
        patch.setattr(Progress, "outcome", see)
        yield heard
