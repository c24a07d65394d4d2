"""What the random histories share: a repository beside a forum, and how many steps are taken.

The same histories are played every time, so that the gate says the same twice; `KOWEB_SEED=7` plays others, and
`KOWEB_STEPS=5000` more of them.
"""

import math
import os
import shutil
import tempfile
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, run_state_machine_as_test

from koweb_sync.forum.budget import SystemClock
from koweb_sync.sync.pull import readers
from tests.workspace import new_workspace, served

# The same histories each time means none of those that failed before, and a busy machine is slow.
NO_HURRY = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
SEED = os.environ.get("KOWEB_SEED", "")


class Machine(RuleBasedStateMachine):
    """A repository and a forum. Waiting takes no time in this process, and topics are read one after the other.

    What is drawn must not depend on what a command did: a command that is killed, or reads at once what a fault counts,
    does not do the same twice, and then the rules that can be drawn would not be the same either.
    """

    flavour: ClassVar[str]
    steps: ClassVar[int]

    def __init__(self) -> None:
        super().__init__()
        self.top = Path(tempfile.mkdtemp())
        self.patch = pytest.MonkeyPatch()
        self.patch.setenv("XDG_CACHE_HOME", str(self.top / "cache"))
        self.patch.setattr(SystemClock, "sleep", lambda _clock, _seconds: None)
        self.patch.setattr(readers, "AT_ONCE", 1)
        self.box = served(self.flavour)
        self.patch.setenv("KOWEB_KAFE_API_KEY", self.box.keys["all_users"])
        self.here = new_workspace(self.top / "work", self.box)

    @invariant()
    def one_more(self) -> None:
        type(self).steps += 1

    def teardown(self) -> None:
        self.box.stop()
        self.patch.undo()
        shutil.rmtree(self.top)


def play(machine: type[Machine], flavour: str, *, part: int = 0, steps: int, long: int) -> None:
    """At least so many steps, in histories of `long` steps each; fails where one does. Parts have other histories."""
    case: type[Machine] = type(machine.__name__, (machine,), {"flavour": flavour, "steps": 0})
    while case.steps < steps:
        histories = 1 + math.ceil((steps - case.steps) / (long - 1))  # the first one is the shortest that there is
        played = settings(NO_HURRY, max_examples=histories, stateful_step_count=long)
        run_state_machine_as_test(seed(f"{SEED} {flavour} {part} {case.steps}")(case), settings=played)
