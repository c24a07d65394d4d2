"""Whispers: what the team says among itself within a topic; who may say it, who reads it, and how it goes wrong."""

from typing import Any

import pytest

from koweb_sync.sandbox import Sandbox
from tests.sandbox.asking import Ask, new
from tests.workspace import TEXT

RAW = f"{TEXT} Entre nous."


def whisper(ask: Ask, as_: str = "claire", **given: Any) -> Any:
    """The answer to a reply in the first topic that is meant for the team."""
    return ask("POST", "/posts.json", as_, json={"topic_id": 1, "raw": RAW, "whisper": "true", **given})


@pytest.fixture
def allowed(box: Sandbox) -> None:
    """The team may whisper."""
    box.set(enable_whispers=True, whispers_allowed_groups="3")


def test_nobody_whispers_unless_a_setting_says_who(ask: Ask, box: Sandbox) -> None:
    refused = whisper(ask)
    assert (refused.status_code, refused.json()["error_type"]) == (403, "invalid_access")
    box.set(**({"whispers_allowed_groups": "3"} if new(box) else {"enable_whispers": True}))
    assert whisper(ask).json()["post_type"] == 4
    assert whisper(ask, "amina").status_code == 403


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(("said", "kind"), [("true", 4), (True, 1), ("1", 1), ("True", 1), ("false", 1), (None, 1)])
def test_only_the_text_true_makes_a_whisper_anything_else_is_public(said: object, kind: int, ask: Ask) -> None:
    made = whisper(ask, whisper=said)
    assert made.json()["post_type"] == kind
    assert (ask("GET", f"/posts/{made.json()['id']}.json", None).status_code == 200) == (kind == 1)


@pytest.mark.usefixtures("allowed")
def test_a_whisper_is_no_post_that_the_topic_counts_or_rises_for(ask: Ask, box: Sandbox) -> None:
    before, bumped = ask("GET", "/t/1.json").json(), box.topic(1).bumped_at
    made = whisper(ask).json()
    assert (made["post_number"], box.topic(1).bumped_at) == (before["highest_post_number"] + 1, bumped)
    for who, sees in (("admin", True), ("claire", True), ("amina", False), (None, False)):
        found = ask("GET", "/t/1.json", who).json()
        assert found["posts_count"] == before["posts_count"]
        assert (made["id"] in found["post_stream"]["stream"]) == sees
        assert (ask("GET", f"/posts/{made['id']}.json", who).status_code == 200) == sees
    assert (
        ask("POST", "/posts.json", "amina", json={"topic_id": 1, "raw": TEXT}).json()["post_number"]
        == 1 + made["post_number"]
    )


@pytest.mark.usefixtures("allowed")
def test_who_reads_whispers_sees_them_counted_among_what_people_wrote(ask: Ask) -> None:
    whisper(ask)
    whisper(ask, raw=f"{RAW} Encore.")
    wrote = {
        who: {
            one["username"]: one["post_count"] for one in ask("GET", "/t/1.json", who).json()["details"]["participants"]
        }
        for who in ("admin", "amina")
    }
    assert wrote["admin"]["claire"] == wrote["amina"].get("claire", 0) + 2


@pytest.mark.usefixtures("allowed")
def test_nobody_is_told_of_a_whisper_that_they_cannot_read(ask: Ask, box: Sandbox) -> None:
    whisper(ask, raw=f"{TEXT} Que fait @amina ? Et @admin ?")
    told = {name: [one.kind for one in box.state.notices[box.state.user(name).id]] for name in ("amina", "admin")}
    assert (1 in told["amina"], 1 in told["admin"]) == (False, True)


def test_on_newer_servers_groups_read_whispers_and_staff_outside_of_them_does_not(ask: Ask, box: Sandbox) -> None:
    box.set(enable_whispers=True, whispers_allowed_groups="1|13")
    post = box.reply(1, RAW, username="admin")
    post.type = 4
    box.state.changed(1)
    reads = {
        who: ask("GET", f"/posts/{post.id}.json", who).status_code == 200 for who in ("admin", "claire", "frederic")
    }
    assert reads == {"admin": True, "claire": not new(box), "frederic": new(box)}
    box.set(whispers_allowed_groups="")
    assert (ask("GET", f"/posts/{post.id}.json").status_code == 200) == (not new(box)), "an empty setting: nobody"
