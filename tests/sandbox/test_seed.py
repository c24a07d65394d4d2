"""What a seed can say of people and polls, as the forum then shows it."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import forum_of


def seed_with(**more: Any) -> dict[str, Any]:
    """A small forum whose first post asks something."""
    seed = forum_of(2, 4, people=5)
    seed["posts"][0]["raw"] = "Quand nous voyons-nous ?\n\n[poll results=always]\n* lundi\n* mardi\n[/poll]"
    return {**seed, **more}


@pytest.fixture(params=["2022", "2025"])
def asking(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A forum where two people voted for Tuesday, and one for Monday."""
    votes = [{"post_id": 1, "user_id": who, "option": option} for who, option in ((2, 2), (3, 2), (4, 1))]
    with Sandbox.start(seed_with(votes=votes), flavour=request.param) as box:
        yield box


def test_votes_of_a_seed_are_counted_in_its_poll(asking: Sandbox) -> None:
    answer = requests.get(f"{asking.url}/posts/1.json", timeout=30).json()
    poll = answer["polls"][0]
    assert [one["votes"] for one in poll["options"]] == [1, 2]
    assert poll["voters"] == 3


@pytest.mark.parametrize("option", [0, 3])
def test_a_vote_for_what_is_not_asked_is_refused_by_its_post(option: int) -> None:
    with pytest.raises(ValueError, match="post 1 has no option"):
        Sandbox.start(seed_with(votes=[{"post_id": 1, "user_id": 2, "option": option}]))


def test_what_somebody_read_is_in_the_directory_and_grows_when_they_come_back(asking: Sandbox) -> None:
    def shown() -> tuple[int, int, int]:
        url = f"{asking.url}/directory_items.json?period=all&order=days_visited"
        entry = next(
            one
            for one in requests.get(url, timeout=30).json()["directory_items"]
            if one["user"]["username"] == "membre3"
        )
        return entry["days_visited"], entry["topics_entered"], entry["posts_read"]

    assert shown() == (0, 0, 0)
    asking.read("membre3", 12)
    assert shown() == (1, 1, 12)
