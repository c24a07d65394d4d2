"""The scenarios of publishing once more, with `koweb sync` in the place of `koweb push`.

A sync reads before it writes, so what counts here is what it writes: its reads are left out of the forum's log.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.front.server import Request
from tests.scenarios import (
    test_conflicts,
    test_counts,
    test_failures,
    test_fields,
    test_input,
    test_networks,
    test_publishing,
)
from tests.workspace import Clone, Run, new_workspace

MODULES = (test_conflicts, test_counts, test_failures, test_fields, test_input, test_networks, test_publishing)
READS = re.compile(r"/(t/[^/]+|t/[^/]+/\d+|posts/\d+/revisions/\w+)")
# What is about push alone, and why a sync does something else.
OTHERWISE: dict[str, str] = {}


class Quiet(Sandbox):
    """A forum whose log holds no reads of topics and revisions."""

    @property
    def log(self) -> list[Request]:
        with self.front.lock:
            return [one for one in self.front.log if one.verb != "GET" or not READS.fullmatch(one.path)]


class Syncing(Clone):
    """A clone in which everybody syncs."""

    __slots__ = ()

    def push(self, *words: str, code: int | None = 0) -> Run:
        return self.run("sync", *words, code=code)


@pytest.fixture(params=["2022", "2026"])
def box(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A forum, of either flavour."""
    with Quiet.start(flavour=request.param) as forum:
        yield forum


@pytest.fixture
def here(box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """A repository for that forum."""
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
    plain = new_workspace(tmp_path / "work", box)
    return Syncing(plain.folder, plain.box)


for module in MODULES:
    for name, test in vars(module).items():
        if re.match(r"test_(.*_)?p\d+_", name) and name not in OTHERWISE:
            globals()[name] = test
