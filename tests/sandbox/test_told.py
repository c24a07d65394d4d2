"""What people are told: of likes, of badges, of those who quote them."""

from typing import Any

from koweb_sync.sandbox import Sandbox
from tests.sandbox.asking import Ask, new, on_all
from tests.workspace import TEXT

LIKED, BADGE = 5, 12


def told(ask: Ask, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask("GET", f"/notifications.json?username={name}").json()["notifications"]
    return found


@on_all
def test_the_first_like_is_told_and_what_is_left_of_them(ask: Ask, box: Sandbox) -> None:
    made = box.reply(1, TEXT, username="bilal")
    post = made.id

    def likes() -> list[dict[str, Any]]:
        mine = (one for one in told(ask, "bilal") if one["notification_type"] == LIKED)
        return [one for one in mine if one["post_number"] == made.number]

    for name in ("amina", "claire"):
        ask("POST", "/post_actions.json", name, json={"id": post, "post_action_type_id": 2})
    first = likes()
    assert [one["data"]["display_username"] for one in first] == ["amina"], (
        "of the second nobody is told until it is read"
    )
    ask("DELETE", f"/post_actions/{post}.json?post_action_type_id=2", "amina")
    (left,) = likes()
    assert left["id"] > first[0]["id"]
    assert (left["data"]["username"], left["data"]["count"]) == ("claire", 1)
    ask("DELETE", f"/post_actions/{post}.json?post_action_type_id=2", "claire")
    assert likes() == []


@on_all
def test_the_first_emoji_is_a_badge(ask: Ask, box: Sandbox) -> None:
    def badges() -> list[dict[str, Any]]:
        return [one for one in told(ask, "bilal") if one["notification_type"] == BADGE]

    before = len(badges())
    box.reply(1, f"{TEXT} :tada:", username="bilal")
    box.reply(1, f"{TEXT} 🎉", username="bilal")
    (badge,) = badges()
    assert before <= 1
    assert (badge["topic_id"], badge["post_number"], badge["slug"]) == (None, None, None)
    assert (badge["data"]["badge_id"], badge["data"]["username"]) == (41, "bilal")


@on_all
def test_an_emoji_in_a_quote_is_somebody_elses(ask: Ask, box: Sandbox) -> None:
    quote = f'[quote="claire, post:1, topic:1"]\nMerci :tada:\n[/quote]\n\n{TEXT}'
    box.reply(1, quote, username="bilal")
    assert all(one["notification_type"] != BADGE for one in told(ask, "bilal"))


def test_who_is_quoted_is_told_on_older_servers(ask: Ask, box: Sandbox) -> None:
    mine = box.reply(1, TEXT, username="bilal")
    before = len(told(ask, "bilal"))
    box.reply(1, f'[quote="bilal, post:{mine.number}, topic:1"]\nun mot\n[/quote]\n\n{TEXT}', username="amina")
    assert len(told(ask, "bilal")) - before == (0 if new(box) else 1)
