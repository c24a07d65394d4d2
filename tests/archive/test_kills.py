"""An archive whose process is killed anywhere: taken up again, it is the archive of a run that nobody disturbed."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.archive.crawl.data_explorer import VIA
from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import forum_of
from tests.archive.dump import lines
from tests.archive.exploring import save_queries
from tests.archive.killing import Doomed, doomed
from tests.gate import RUN, in_every
from tests.workspace import SERVERS, served

# How many requests one page may take, which are asked for again: that of the categories takes four by Data Explorer.
TWICE = {"rest": 1, VIA: 4}
EVERY = 1 if os.environ.get("KOWEB_STEPS") else 4  # each fourth moment in the gate, every one by hand


@pytest.fixture(scope="module")
def reaper() -> Iterator[Doomed]:
    """A process that can be killed."""
    with doomed() as process:
        yield process


@pytest.fixture(params=SERVERS)
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sandbox]:
    """A forum with a little of everything, that either way may be read."""
    seed = forum_of(35, 180, likes=40, people=12)
    with served(request.param, seed) as box:
        box.close(3, username="admin")
        box.close(9, username="admin")
        save_queries(box, tmp_path)
        yield box


@pytest.fixture(params=["rest", in_every(VIA)])
def via(request: pytest.FixtureRequest) -> str:
    """How the forum is read."""
    return str(request.param)


def dumped(place: Path) -> list[str]:
    """What an archive holds, whenever it was seen."""
    with Store.open(str(place), create=False) as store, store.read() as connection:
        return list(lines(connection, lasting=True))


def undisturbed(reaper: Doomed, town: Sandbox, tmp_path: Path, via: str = "rest") -> tuple[list[str], int]:
    """What an archive is that nobody disturbed, and how many requests it took."""
    place = tmp_path / "whole" / "archive.sqlite"
    place.parent.mkdir()
    town.forget()
    assert reaper.archive(town.url, town.keys["all_users"], place, via=via)
    return dumped(place), len(town.log)


def asked(town: Sandbox) -> Counter[tuple[str, str, bool, bytes]]:
    """What was asked, and how often: without what makes an address new each time."""
    return Counter((one.path, one.query.rpartition("_=")[0], one.keyed, one.body) for one in town.log)


def test_a4_killed_after_each_answer_the_archive_is_the_same(
    reaper: Doomed, town: Sandbox, tmp_path: Path, via: str
) -> None:
    whole, requests = undisturbed(reaper, town, tmp_path, via)
    for n in range(1, requests + 1, EVERY):
        place = tmp_path / str(n) / "archive.sqlite"
        place.parent.mkdir()
        town.forget()
        assert not reaper.archive(town.url, town.keys["all_users"], place, via=via, answers=n)
        assert reaper.archive(town.url, town.keys["all_users"], place, via=via)
        assert dumped(place) == whole, n
        assert len(town.log) <= requests + TWICE[via], n
        assert sum(times - 1 for times in asked(town).values()) <= TWICE[via], n


def test_a4_killed_within_each_transaction_the_archive_is_the_same(
    reaper: Doomed, town: Sandbox, tmp_path: Path, via: str
) -> None:
    whole, requests = undisturbed(reaper, town, tmp_path, via)
    pages = 1 - EVERY
    while True:
        pages += EVERY
        place = tmp_path / str(pages) / "archive.sqlite"
        place.parent.mkdir()
        town.forget()
        if reaper.archive(town.url, town.keys["all_users"], place, via=via, pages=pages):
            break
        assert reaper.archive(town.url, town.keys["all_users"], place, via=via)
        assert dumped(place) == whole, pages
        assert len(town.log) <= requests + TWICE[via], pages
    assert pages > EVERY


def test_a4_killed_again_and_again_it_comes_to_an_end(reaper: Doomed, town: Sandbox, tmp_path: Path) -> None:
    whole, requests = undisturbed(reaper, town, tmp_path)
    place = tmp_path / "often.sqlite"
    town.forget()
    while not reaper.archive(town.url, town.keys["all_users"], place, answers=6 if RUN.gate else 3):
        assert len(town.log) <= 3 * requests
    assert dumped(place) == whole
