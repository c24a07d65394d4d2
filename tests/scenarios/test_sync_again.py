"""The scenarios of publishing once more, with `koweb sync` in the place of `koweb push`.

A sync reads before it writes: the reads before the first other request are left out of the forum's log.
"""

import re
from collections.abc import Callable, Iterator
from functools import wraps
from itertools import dropwhile
from pathlib import Path
from typing import ClassVar

import pytest

from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.gateway.gateway import Request
from tests.clocks import Clock
from tests.gate import in_every
from tests.scenarios import (
    test_conflicts,
    test_counts,
    test_failures,
    test_fields,
    test_input,
    test_kills,
    test_networks,
    test_publishing,
)
from tests.workspace import SERVERS, Clone, new_workspace, served

MODULES = (test_conflicts, test_counts, test_failures, test_fields, test_input, test_networks, test_publishing)
IN_THE_GATE = (test_conflicts, test_fields)  # where a sync decides otherwise than a push; the others: by `poe every`
SIGNS = r"latest.json|notifications.json|admin/reports/post_edits.json"
TOPICS = r"t/[^/]+|t/[^/]+/\d+|posts/\d+/revisions/[\w.]+|u/[^/]+|admin/plugins/[\w-]+/queries(\.json)?"
READS = re.compile(f"/({SIGNS}|{TOPICS})")
# What is about push alone, and why a sync does something else.
OTHERWISE = {
    "test_p8_an_edit_that_git_holds_already_is_no_conflict": "a sync merges at once what a push refuses first",
    "test_p36_every_text_that_counts_is_read_with_the_key": "a pull looks without the key, and asks again with it",
    "test_p31_1500_topics_under_control_send_nothing": "what a sync of many topics costs is in test_pull_more",
    "test_p50_the_bookmark_of_many_posts_stays_small": "a pull does not write the bookmark",
    "test_p32_a_saved_plan_is_carried_out_only_if_nothing_moved": "a saved plan is for push",
}
clock, ready, elsewhere = test_networks.clock, test_failures.ready, test_failures.elsewhere
undisturbed = test_kills.undisturbed


class Quiet(Sandbox):
    """A forum whose log begins with the first request that is no look at topics, their revisions and editors, nor for
    signs of edits.
    """

    @property
    def log(self) -> list[Request]:
        with self.front.lock:
            return list(dropwhile(lambda one: one.verb == "GET" and bool(READS.fullmatch(one.path)), self.front.log))


class Syncing(Clone):
    """A clone in which everybody syncs."""

    __slots__ = ()
    verb: ClassVar[str] = "sync"


@pytest.fixture(params=SERVERS)
def box(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A forum, of either flavour, or below a path."""
    with served(request.param, sort=Quiet) as forum:
        yield forum


@pytest.fixture
def here(box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """A repository for that forum."""
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
    plain = new_workspace(tmp_path / "work", box)
    return Syncing(plain.folder, plain.box)


@pytest.fixture(params=SERVERS)
def timed(
    request: pytest.FixtureRequest, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Clone]:
    """A repository and a forum by a clock, with all limits of a real forum."""
    with served(request.param, sort=Quiet, clock=clock.now, rate_limits=True, user_limits=True) as forum:
        monkeypatch.setenv("KOWEB_KAFE_API_KEY", forum.keys["all_users"])
        plain = new_workspace(tmp_path / "work", forum)
        yield Syncing(plain.folder, plain.box)


@pytest.mark.parametrize("again", ["same clone", in_every("new clone")])
@pytest.mark.parametrize("nth", range(1, 19, 4))
def test_p6_a_sync_that_was_killed_is_run_again(
    here: Clone, box: Sandbox, undisturbed: dict[str, test_kills.Undisturbed], nth: int, again: str
) -> None:
    moment = "after the answer" if nth % 8 == 1 else "before the answer"
    test_kills.test_p6_killed_after_each_request_and_run_again(here, box, undisturbed, nth, moment, again)


def apart(test: Callable[..., None]) -> Callable[..., None]:
    """The same test under a mark that the test of a push does not get."""

    @wraps(test)
    def again(*given: object, **named: object) -> None:
        test(*given, **named)

    marked: Callable[..., None] = pytest.mark.every(again)
    return marked


for module in MODULES:
    for name, test in vars(module).items():
        if re.match(r"test_(.*_)?p\d+_", name) and name not in OTHERWISE:
            globals()[name] = test if module in IN_THE_GATE else apart(test)
