"""Archiving a forum over Data Explorer: complete, exact, and in few requests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.archive.buckets import cost
from koweb_sync.forum.observed import Totals
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import forum_of, likes_of, public
from tests.archive.exploring import Explored, explored


@pytest.fixture(params=["2022", "2026"])
def town(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A forum of fifty topics and a thousand posts."""
    with Sandbox.start(forum_of(50, 1_000, likes=200), flavour=request.param) as box:
        yield box


@pytest.fixture
def kept(town: Sandbox, tmp_path: Path) -> Iterator[Explored]:
    """An archive of that forum, which was just made."""
    with explored(town, tmp_path) as archive:
        archive.run()
        yield archive


def test_a1_every_raw_and_cooked_is_the_servers_and_the_plan_holds(town: Sandbox, tmp_path: Path) -> None:
    with explored(town, tmp_path) as archive:
        result = archive.run()
        assert archive.texts() == public(town)
        assert archive.likes() == likes_of(town)
        assert result.requests <= cost(Totals(50, 1_000, 200, 30))
        assert archive.rows("SELECT COUNT(*) FROM reactions WHERE at IS NULL") == [(0,)]


def test_a2_where_nothing_changed_three_requests_are_enough(kept: Explored) -> None:
    before = kept.content()
    result = kept.run()
    assert result.requests <= 3
    assert kept.content() == before
    assert not result.found
