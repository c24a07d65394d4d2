"""Chat, as far as it can be read over the API: who may, who is in, what was said."""

from collections.abc import Iterator

import pytest
import requests

from koweb_sync.sandbox import Sandbox
from tests.sandbox.asking import Ask

API = "/chat/api/channels"


@pytest.fixture
def box() -> Iterator[Sandbox]:
    """A forum with chat."""
    with Sandbox.start(flavour="2025") as forum:
        yield forum


def test_older_servers_have_no_chat() -> None:
    with Sandbox.start(flavour="2022") as older:
        head = {"Api-Key": older.keys["all_users"], "Api-Username": "admin"}
        assert requests.get(f"{older.url}{API}.json", headers=head, timeout=30).status_code == 404


def test_channels_are_those_of_categories_that_one_may_see(ask: Ask) -> None:
    titles = {
        who: [one["title"] for one in ask("GET", f"{API}.json", who).json()["channels"]] for who in ("claire", "amina")
    }
    assert titles == {"claire": ["Staff", "General"], "amina": ["General"]}
    assert ask("GET", f"{API}/1.json", "amina").status_code == 404
    assert ask("GET", f"{API}/2.json", "amina").json()["channel"]["chatable_type"] == "Category"


def test_members_alone_say_something_and_everybody_with_the_right_reads_it(ask: Ask, box: Sandbox) -> None:
    said = {"message": "Bonjour @claire, **ceci** est du bavardage."}
    assert ask("POST", "/chat/2.json", "amina", json=said).status_code == 404, "not a member"
    assert ask("GET", "/chat/api/me/channels.json", "amina").json()["public_channels"] == []
    joined = ask("POST", f"{API}/2/memberships/me.json", "amina", json={}).json()["membership"]
    assert (joined["following"], joined["user"]["username"]) == (True, "amina")
    assert ask("POST", "/chat/2.json", "amina", json=said).json() == {"success": "OK", "message_id": 1}
    (mine,) = ask("GET", "/chat/api/me/channels.json", "amina").json()["public_channels"]
    assert (mine["memberships_count"], mine["last_message"]["id"]) == (1, 1)
    (read,) = ask("GET", f"{API}/2/messages.json?page_size=20", "bilal").json()["messages"]
    assert (read["excerpt"], "<strong>ceci</strong>" in read["cooked"]) == (
        "Bonjour @claire, ceci est du bavardage.",
        True,
    )
    assert [one["username"] for one in read["mentioned_users"]] == ["claire"]
    assert "Z" in read["created_at"] and "." not in read["created_at"]
    ask("DELETE", f"{API}/2/memberships/me.json", "amina")
    assert ask("POST", "/chat/2.json", "amina", json=said).status_code == 404


def test_pages_of_messages_go_back_and_forth(ask: Ask) -> None:
    ask("POST", f"{API}/2/memberships/me.json", json={})
    for n in range(5):
        ask("POST", "/chat/2.json", json={"message": f"mot {n}"})
    last = ask("GET", f"{API}/2/messages.json?page_size=2").json()
    assert [one["message"] for one in last["messages"]] == ["mot 3", "mot 4"]
    assert (last["meta"]["can_load_more_past"], last["meta"]["can_load_more_future"]) == (True, False)
    back = ask("GET", f"{API}/2/messages.json?page_size=2&target_message_id=4&direction=past").json()
    assert [one["id"] for one in back["messages"]] == [2, 3]
    on = ask("GET", f"{API}/2/messages.json?page_size=2&target_message_id=1&direction=future").json()
    assert [one["id"] for one in on["messages"]] == [2, 3]
    assert ask("POST", "/chat/2.json", json={"message": " "}).status_code == 422


def test_chat_is_for_people_whom_the_forum_knows_a_little(ask: Ask, box: Sandbox) -> None:
    page = f"{API}/2/messages.json"
    assert ask("GET", page, None).json()["error_type"] == "not_logged_in"
    box.state.user("bilal").trust_level = 0
    assert ask("GET", page, "bilal").status_code == 403
    box.set(chat_enabled=False)
    assert ask("GET", page).status_code == 404
