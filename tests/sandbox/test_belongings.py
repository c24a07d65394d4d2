"""What people keep for themselves on the forum: bookmarks, and drafts of what they write."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from koweb_sync.sandbox import Sandbox
from tests.sandbox.asking import TITLE, Ask, Topic, new
from tests.workspace import TEXT

SOON = (datetime.now(UTC) + timedelta(days=400)).isoformat()
WRITING = json.dumps({"reply": "Un *brouillon* de réponse", "action": "reply", "archetypeId": "regular"})


def listed(ask: Ask, who: str = "amina") -> list[dict[str, Any]]:
    """Somebody's own bookmarks."""
    found = ask("GET", f"/u/{who}/bookmarks.json", who).json()
    kept: list[dict[str, Any]] = found.get("user_bookmark_list", found)["bookmarks"]
    return kept


def test_a_bookmark_is_kept_changed_pinned_and_dropped(ask: Ask, box: Sandbox) -> None:
    post = box.reply(1, TEXT)
    assert ask("GET", "/u/amina/bookmarks.json", "amina").json() == {"bookmarks": []}
    given = {"bookmarkable_id": post.id, "bookmarkable_type": "Post", "name": "à relire", "reminder_at": SOON}
    number = ask("POST", "/bookmarks.json", "amina", json=given).json()["id"]
    topic = ask("POST", "/bookmarks.json", "amina", json={"bookmarkable_id": 2, "bookmarkable_type": "Topic"}).json()
    first, second = listed(ask)
    assert (first["name"], first["bookmarkable_type"], first["linked_post_number"]) == ("à relire", "Post", post.number)
    assert first["reminder_at_ics_start"] < first["reminder_at_ics_end"]
    assert (second["bookmarkable_id"], second["linked_post_number"], "reminder_at_ics_end" in second) == (2, 1, False)
    assert ask("PUT", f"/bookmarks/{number}.json", "amina", json={"name": "relu"}).json() == {"success": "OK"}
    ask("PUT", f"/bookmarks/{topic['id']}/pin.json", "amina")
    pinned, other = listed(ask)
    assert (pinned["id"], other["name"], other["reminder_at"]) == (topic["id"], "relu", None), "not given, so gone"
    shown = ask("GET", f"/posts/{post.id}.json", "amina").json()
    assert (shown["bookmarked"], shown["bookmark_id"], shown["bookmark_name"]) == (True, number, "relu")
    assert "bookmark_id" not in ask("GET", f"/posts/{post.id}.json", "bilal").json()
    dropped = ask("DELETE", f"/bookmarks/{number}.json", "amina").json()
    assert dropped == {"success": "OK", "topic_bookmarked": False}


def test_a_topic_is_bookmarked_by_its_own_address_and_only_once(ask: Ask) -> None:
    answer = ask("PUT", "/t/2/bookmark.json", "bilal", json={})
    assert (answer.status_code, answer.text) == (200, "")
    assert ask("PUT", "/t/2/bookmark.json", "bilal", json={}).status_code == 400
    shown = ask("GET", "/t/2.json", "bilal").json()
    (mark,) = shown["bookmarks"]
    assert (shown["bookmarked"], mark["bookmarkable_type"]) == (True, "Topic")
    assert ask("GET", "/t/2.json", "amina").json()["bookmarked"] is False
    ask("PUT", "/t/2/remove_bookmarks.json", "bilal", json={})
    assert listed(ask, "bilal") == []


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"bookmarkable_id": 999_999}, 403),
        ({"bookmarkable_type": "Planète"}, 400),
        ({"bookmarkable_type": None}, 400),
        ({"reminder_at": "2001-01-01T10:00:00Z"}, 400),
        ({"reminder_at": "2999-01-01T10:00:00Z"}, 400),
        ({"name": "x" * 101}, 400),
    ],
)
def test_what_cannot_be_kept_is_refused(given: dict[str, Any], status: int, ask: Ask) -> None:
    sent = {"bookmarkable_id": 1, "bookmarkable_type": "Post", **given}
    assert ask("POST", "/bookmarks.json", "amina", json=sent).status_code == status


def test_older_servers_take_the_number_of_a_post_alone(ask: Ask, box: Sandbox) -> None:
    assert ask("POST", "/bookmarks.json", "amina", json={"post_id": 1}).status_code == (400 if new(box) else 200)


def test_nobody_touches_somebody_elses_bookmarks(ask: Ask) -> None:
    given = {"bookmarkable_id": 1, "bookmarkable_type": "Post"}
    number = ask("POST", "/bookmarks.json", "amina", json=given).json()["id"]
    for verb in ("PUT", "DELETE"):
        assert ask(verb, f"/bookmarks/{number}.json", "bilal", json={}).status_code == 403
        assert ask(verb, "/bookmarks/99999.json", "amina", json={}).status_code == 404
    read = [ask("GET", "/u/amina/bookmarks.json", who).status_code for who in ("bilal", "admin", None)]
    assert read == [403, 200, 403]


# ---- drafts


def test_a_draft_is_kept_until_something_is_published_there(topic: Topic, ask: Ask, box: Sandbox) -> None:
    made = topic(as_="amina")
    key = f"topic_{made['topic_id']}"
    sent = {"draft_key": key, "sequence": 0, "data": WRITING}
    assert ask("POST", "/drafts.json", "amina", json=sent).json() == {"success": "OK", "draft_sequence": 0}
    assert ask("GET", f"/drafts/{key}.json", "amina").json() == {"draft": WRITING, "draft_sequence": 0}
    (mine,) = ask("GET", "/drafts.json", "amina").json()["drafts"]
    assert (mine["draft_key"], mine["topic_id"], mine["title"]) == (key, made["topic_id"], TITLE)
    assert (mine["excerpt"], mine["archetype"], mine["user_id"]) == ("Un brouillon de réponse", "regular", 4)
    assert ask("GET", f"/t/{made['topic_id']}.json", "amina").json()["draft"] == WRITING
    assert ask("GET", "/drafts.json", "bilal").json() == {"drafts": []}
    edited = ask("PUT", f"/posts/{made['id']}.json", "amina", json={"post": {"raw": f"{TEXT} Encore."}}).json()["post"]
    assert edited["draft_sequence"] == 1
    assert ask("GET", f"/drafts/{key}.json", "amina").json() == {"draft": None, "draft_sequence": 1}
    assert ask("POST", "/drafts.json", "amina", json=sent).status_code == 409, "it is of before"


def test_what_is_no_draft_is_refused(ask: Ask) -> None:
    for sent, status in (({"data": WRITING}, 404), ({"draft_key": "new_topic", "data": "{"}, 400)):
        assert ask("POST", "/drafts.json", "amina", json=sent).status_code == status
    assert ask("POST", "/drafts.json", None, json={}).status_code == 403
    assert ask("GET", "/drafts.json", None).json()["error_type"] == "not_logged_in"


def test_with_a_key_only_administrators_of_newer_servers_delete_drafts(ask: Ask, box: Sandbox) -> None:
    ask("POST", "/drafts.json", "amina", json={"draft_key": "new_topic", "sequence": 0, "data": WRITING})
    mine = ask("DELETE", "/drafts/new_topic.json?sequence=0", "amina")
    assert mine.status_code == (403 if new(box) else 200)
    if new(box):
        assert ask("DELETE", "/drafts/new_topic.json?sequence=0").status_code == 404, "whose"
        theirs = ask("DELETE", "/drafts/new_topic.json?sequence=0&username=amina")
        assert theirs.json() == {"success": "OK"}
    assert ask("GET", "/drafts.json", "amina").json() == {"drafts": []}
