"""What staff and trusted people do with single posts: wikis, locks, notices, new owners; each as Discourse notes it."""

import pytest

from koweb_sync.sandbox import Sandbox
from tests.sandbox.asking import Ask, Topic, new
from tests.workspace import TEXT


def test_a_wiki_is_a_version_and_everybody_but_newcomers_edits_it(topic: Topic, ask: Ask, box: Sandbox) -> None:
    post = topic(as_="amina")["id"]
    answer = ask("PUT", f"/posts/{post}/wiki.json", json={"wiki": "true"})
    assert (answer.status_code, answer.text, answer.headers["Content-Type"][:10]) == (200, "", "text/plain")
    found = ask("GET", f"/posts/{post}.json").json()
    assert (found["wiki"], found["version"], found["last_wiki_edit"] is not None) == (True, 2, True)
    edit = {"post": {"raw": f"{TEXT} Et encore un mot.", "edit_reason": "un mot"}}
    edited = ask("PUT", f"/posts/{post}.json", "bilal", json=edit).json()["post"]
    assert (edited["version"], edited["edit_reason"], edited["username"]) == (3, "un mot", "amina")
    box.state.user("bilal").trust_level = 0
    assert ask("PUT", f"/posts/{post}.json", "bilal", json={"post": {"raw": f"{TEXT} Non."}}).status_code == 403
    changes = ask("GET", f"/posts/{post}/revisions/2.json").json()
    assert (changes["username"], changes["wiki_changes"]) == ("admin", {"previous": False, "current": True})
    assert changes.get("acting_user_name") == (box.state.user("admin").name if new(box) else None)


def test_trusted_people_make_a_wiki_of_their_own_post_alone(topic: Topic, ask: Ask, box: Sandbox) -> None:
    mine, theirs = topic(as_="frederic")["id"], topic(as_="amina", title="Un autre sujet comme il en faut")["id"]
    statuses = [
        ask("PUT", f"/posts/{one}/wiki.json", "frederic", json={"wiki": "true"}).status_code for one in (mine, theirs)
    ]
    assert statuses == [200, 403]
    assert ask("PUT", f"/posts/{theirs}/wiki.json", "amina", json={"wiki": "true"}).status_code == 403, "at level 2"
    assert box.post(mine).version == 1, "within the first minutes nothing tells of it"
    box.state.user("frederic").trust_level = 4
    assert ask("PUT", f"/posts/{theirs}/wiki.json", "frederic", json={"wiki": "true"}).status_code == 200


@pytest.mark.parametrize(("sent", "locked"), [("true", True), (True, False), ("1", False), ("false", False)])
def test_only_the_text_true_locks_a_post(sent: object, locked: bool, topic: Topic, ask: Ask) -> None:
    post = topic(as_="amina")["id"]
    assert ask("PUT", f"/posts/{post}/locked.json", json={"locked": sent}).json() == {"locked": locked}
    edit = {"post": {"raw": f"{TEXT} Corrigé."}}
    assert ask("PUT", f"/posts/{post}.json", "amina", json=edit).status_code == (403 if locked else 200)
    assert ask("PUT", f"/posts/{post}/locked.json", "amina", json={"locked": "false"}).status_code == 403


def test_a_post_becomes_a_moderators_one_as_an_edit(topic: Topic, ask: Ask, box: Sandbox) -> None:
    post = topic(as_="amina")["id"]
    assert ask("PUT", f"/posts/{post}/post_type.json", json={"post_type": "2"}).text == ""
    assert (box.post(post).type, box.post(post).version) == (2, 2)
    assert ask("PUT", f"/posts/{post}/post_type.json", json={"post_type": "3"}).status_code == 400
    assert ask("PUT", f"/posts/{post}/post_type.json", "amina", json={"post_type": "1"}).status_code == 403


def test_staff_put_a_notice_above_a_post_which_is_no_edit(topic: Topic, ask: Ask, box: Sandbox) -> None:
    post = topic(as_="amina")["id"]
    path = f"/posts/{post}/notice.json"
    answer = ask("PUT", path, json={"notice": "À lire avec **soin**."})
    assert (answer.status_code, answer.text) == (200, "")
    shown = ask("GET", f"/posts/{post}.json", None).json()
    author = {"created_by_user_id": 1} if new(box) else {}
    text = {"raw": "À lire avec **soin**.", "cooked": "<p>À lire avec <strong>soin</strong>.</p>"}
    assert shown["notice"] == {"type": "custom", **text, **author}
    assert shown["version"] == 1
    assert ask("PUT", path, "amina", json={"notice": "La mienne"}).status_code == 404
    ask("PUT", path, json={"notice": ""})
    assert "notice" not in ask("GET", f"/posts/{post}.json").json()


def test_a_rebake_changes_the_html_alone(topic: Topic, ask: Ask, box: Sandbox) -> None:
    made = topic()
    box.post(made["id"]).html = "<p>vieux</p>"
    assert ask("PUT", f"/posts/{made['id']}/rebake.json", json={}).text == ""
    found = ask("GET", f"/posts/{made['id']}.json").json()
    assert (found["version"], found["updated_at"], "vieux" in found["cooked"]) == (1, made["updated_at"], False)


# ---- another owner


def test_a_new_owner_is_a_version_with_its_reason_in_the_forums_language(topic: Topic, ask: Ask, box: Sandbox) -> None:
    made = topic(as_="frederic")
    number, post = made["topic_id"], made["id"]
    box.like(post, username="amina")
    box.like(post, username="bilal")
    given = {"username": "Amina", "post_ids": [post]}
    assert ask("POST", f"/t/{number}/change-owner.json", json=given).json() == {"success": "OK"}
    found = ask("GET", f"/t/{number}.json").json()["post_stream"]["posts"][0]
    facts = (found["username"], found["version"], found["edit_reason"], found["actions_summary"][0].get("count"))
    assert facts == ("amina", 2, "Propriété transférée", 1), "nobody likes what is their own"
    latest = ask("GET", f"/posts/{post}/revisions/latest.json").json()
    assert (latest["username"], latest["edit_reason"]) == ("admin", "Propriété transférée")
    names = {when: latest["user_changes"][when]["username"] for when in ("previous", "current")}
    assert names == {"previous": "frederic", "current": "amina"}
    ask("POST", f"/t/{number}/change-owner.json", json=given)
    assert box.post(post).version == 2, "who owns it already is no new owner"


def test_only_administrators_hand_posts_over(topic: Topic, ask: Ask, box: Sandbox) -> None:
    made = topic()
    path, given = f"/t/{made['topic_id']}/change-owner.json", {"username": "amina", "post_ids": [made["id"]]}
    assert [ask("POST", path, who, json=given).status_code for who in ("amina", "claire")] == [403, 403]
    box.set(moderators_change_post_ownership=True)
    assert ask("POST", path, "claire", json=given).status_code == 200
    assert ask("POST", path, json={**given, "username": "inconnue"}).json() == {"failed": "FAILED"}
    assert ask("POST", path, json={"username": "amina"}).status_code == 400
    assert ask("POST", path, json={**given, "post_ids": [1]}).status_code == 404, "a post of another topic"
