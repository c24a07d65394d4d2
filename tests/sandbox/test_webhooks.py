"""Webhooks as administrators set them up; nothing is ever delivered."""

from typing import Any

import pytest

from koweb_sync.sandbox import Sandbox
from tests.sandbox.asking import Ask, new

pytestmark = pytest.mark.server("2022")

HOOKS = "/admin/api/web_hooks"


@pytest.fixture
def wish(box: Sandbox) -> dict[str, Any]:
    """A webhook for new topics and changed posts."""
    kinds = [101, 202] if new(box) else [1, 2]
    url = {"payload_url": "https://8.8.8.8/koweb", "content_type": 1, "secret": "un-secret-bien-long"}
    return {**url, "active": False, "wildcard_web_hook": False, "web_hook_event_type_ids": kinds}


def test_a_webhook_is_made_listed_changed_and_deleted(wish: dict[str, Any], ask: Ask, box: Sandbox) -> None:
    made = ask("POST", f"{HOOKS}.json", json={"web_hook": wish}).json()["web_hook"]
    names = ["topic_created", "post_edited"] if new(box) else ["topic", "post"]
    assert [one["name"] for one in made["web_hook_event_types"]] == names
    assert (made["last_delivery_status"], made["secret"]) == (4, "un-secret-bien-long"), "disabled, as it is not active"
    listed = ask("GET", f"{HOOKS}.json").json()
    assert (listed["web_hooks"], listed["total_rows_web_hooks"]) == ([made], 1)
    assert ("grouped_event_types" in listed["extras"]) == new(box)
    assert len(listed["extras"]["default_event_types"]) == (4 if new(box) else 1)
    changed = ask("PUT", f"{HOOKS}/{made['id']}.json", json={"web_hook": {"active": "true"}}).json()["web_hook"]
    assert changed == {**made, "active": True, "last_delivery_status": 1}
    assert ask("GET", f"{HOOKS}/{made['id']}.json").json()["web_hook"] == changed
    happened = ask("GET", f"/admin/api/web_hook_events/{made['id']}.json").json()
    assert (happened["web_hook_events"], happened["extras"]) == ([], {"web_hook_id": made["id"]})
    assert ask("POST", f"{HOOKS}/{made['id']}/ping.json").json() == {"success": "OK"}
    assert ask("DELETE", f"{HOOKS}/{made['id']}.json").json() == {"success": "OK"}
    assert ask("GET", f"{HOOKS}/{made['id']}.json").status_code == 404


@pytest.mark.parametrize(
    "other",
    [{"payload_url": "ftp://8.8.8.8/"}, {"payload_url": ""}, {"secret": "court"}, {"web_hook_event_type_ids": []}],
)
def test_a_webhook_that_cannot_be_is_refused(other: dict[str, Any], wish: dict[str, Any], ask: Ask) -> None:
    assert ask("POST", f"{HOOKS}.json", json={"web_hook": {**wish, **other}}).status_code == 422
    assert ask("GET", f"{HOOKS}.json").json()["web_hooks"] == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.1.2.3", "[::1]"])
def test_newer_servers_send_nothing_into_their_own_network(
    host: str, wish: dict[str, Any], ask: Ask, box: Sandbox
) -> None:
    answer = ask("POST", f"{HOOKS}.json", json={"web_hook": {**wish, "payload_url": f"http://{host}:3000/x"}})
    assert answer.status_code == (422 if new(box) else 200)


def test_webhooks_do_not_exist_for_others(wish: dict[str, Any], ask: Ask) -> None:
    for who in ("amina", "claire", None):
        assert ask("GET", f"{HOOKS}.json", who).status_code == 404
        assert ask("POST", f"{HOOKS}.json", who, json={"web_hook": wish}).status_code == 404
    assert ask("POST", f"{HOOKS}.json", json={}).status_code == 400
