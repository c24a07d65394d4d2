"""What waits for a moderator on a Discourse: who is told what, what survives the queue, what becomes of it."""

import pytest

from koweb_sync.sandbox import Sandbox
from tests.sandbox.asking import TITLE, Ask, Topic, new, on_all
from tests.workspace import TEXT

pytestmark = pytest.mark.server("2022")

HELD = {"title": TITLE, "raw": TEXT, "category": 2, "external_id": "koweb-attend", "tags": ["outils"]}


@on_all
def test_a_create_that_waits_is_answered_as_each_server_does(ask: Ask, box: Sandbox) -> None:
    box.hold("bilal")
    plain = ask("POST", "/posts.json", "bilal", json=HELD)
    assert plain.status_code == 200
    if new(box):
        assert (plain.json()["action"], set(plain.json()["pending_post"])) == ("enqueued", {"id", "raw", "created_at"})
    else:
        assert plain.json() is None, "a bare null"
    nested = ask("POST", "/posts.json", "bilal", json={**HELD, "nested_post": True, "raw": f"{TEXT} Deux."}).json()
    assert (nested["action"], nested["success"], nested["pending_count"]) == ("enqueued", True, 2)
    assert nested["pending_post"]["raw"] == f"{TEXT} Deux."


def test_a_create_that_does_not_wait_is_nested_where_that_was_asked_for(ask: Ask) -> None:
    made = ask("POST", "/posts.json", "bilal", json={**HELD, "nested_post": True}).json()
    assert (made["action"], made["success"], made["post"]["raw"]) == ("create_post", True, TEXT)


def test_staff_see_the_queue_and_authors_what_of_theirs_waits(ask: Ask, box: Sandbox) -> None:
    box.hold("bilal")
    ask("POST", "/posts.json", "bilal", json=HELD)
    ask("POST", "/posts.json", "bilal", json={"topic_id": 1, "raw": f"{TEXT} Réponse."})
    answer = ask("GET", "/review.json", "claire").json()
    second, first = answer["reviewables"]
    assert (first["payload"]["title"], first["payload"]["tags"], first["topic_id"]) == (TITLE, ["outils"], None)
    assert (second["topic_id"], "title" in second["payload"]) == (1, False)
    assert answer["meta"]["total_rows_reviewables"] == 2
    assert ask("GET", "/review.json?username=amina").json()["reviewables"] == []
    assert ask("GET", "/review.json", "bilal").status_code == 403
    mine = ask("GET", "/posts/bilal/pending.json", "bilal").json()["pending_posts"]
    assert [(one["title"], one["raw_text"]) for one in mine][1] == (TITLE, TEXT)
    assert ask("GET", "/posts/bilal/pending.json", "amina").status_code == 404
    assert len(ask("GET", "/posts/bilal/pending.json").json()["pending_posts"]) == 2


def test_only_ten_of_the_queue_are_shown_at_once(ask: Ask, box: Sandbox) -> None:
    box.hold("bilal")
    for number in range(12):
        ask("POST", "/posts.json", "bilal", json={**HELD, "raw": f"{TEXT} {number}"})
    assert len(ask("GET", "/review.json").json()["reviewables"]) == 10
    assert len(ask("GET", "/review.json?offset=10").json()["reviewables"]) == 2
    assert len(ask("GET", "/posts/bilal/pending.json", "bilal").json()["pending_posts"]) == 12


def test_approval_forgets_id_date_and_that_nobody_should_see_it(ask: Ask, box: Sandbox) -> None:
    box.hold("bilal")
    given = {**HELD, "created_at": "2020-01-01T00:00:00Z", "unlist_topic": "true"}
    ask("POST", "/posts.json", "bilal", json=given)
    assert ask("GET", "/t/external_id/koweb-attend.json").status_code == 404
    (one,) = box.state.pending
    path = f"/review/{one.id}/perform/approve_post.json"
    assert ask("PUT", path).status_code == 422, "a version is needed"
    assert ask("PUT", f"{path}?version=3").status_code == 409
    done = ask("PUT", f"{path}?version=0").json()["reviewable_perform_result"]
    assert (done["transition_to"], done["version"], done["reviewable_count"]) == ("approved", 1, 0)
    topic = box.topic(done["created_post_topic_id"])
    assert (topic.external_id, topic.visible, topic.tags) == (None, True, ["outils"])
    assert topic.created_at > 1_700_000_000
    assert ask("GET", "/t/external_id/koweb-attend.json").status_code == 404
    shown = ask("GET", f"/review/{one.id}.json").json()["reviewable"]
    assert (shown["status"], shown["topic_id"]) == (1, topic.id)
    assert ask("PUT", f"{path}?version=1").status_code == 403, "once"


def test_the_same_external_id_is_free_while_its_first_owner_waits(ask: Ask, box: Sandbox) -> None:
    box.hold("bilal")
    ask("POST", "/posts.json", "bilal", json=HELD)
    second = {**HELD, "title": "Un tout autre sujet, par erreur", "raw": f"{TEXT} Autre."}
    other = ask("POST", "/posts.json", "claire", json=second)
    assert other.status_code == 200
    topic = box.approve()
    assert (topic.external_id, box.by_id("attend").id) == (None, other.json()["topic_id"])


def test_a_rejected_post_is_gone_and_a_moderator_may_change_one_first(ask: Ask, box: Sandbox) -> None:
    box.hold("bilal")
    for text in (TEXT, f"{TEXT} Deux."):
        ask("POST", "/posts.json", "bilal", json={**HELD, "raw": text})
    first, second = box.state.pending
    done = ask("PUT", f"/review/{first.id}/perform/reject_post.json?version=0").json()["reviewable_perform_result"]
    assert (done["transition_to"], "created_post_id" in done) == ("rejected", False)
    change = {"reviewable": {"payload": {"raw": f"{TEXT} Relu.", "title": f"{TITLE} relu"}}, "version": 0}
    assert ask("PUT", f"/review/{second.id}.json", json=change).json()["version"] == 1
    done = ask("PUT", f"/review/{second.id}/perform/approve_post.json?version=1").json()["reviewable_perform_result"]
    assert box.first_post(done["created_post_topic_id"]).raw == f"{TEXT} Relu."
    assert box.topic(done["created_post_topic_id"]).title == f"{TITLE} relu"


@pytest.mark.parametrize("what", ["topic", "reply"])
def test_in_a_category_with_approval_all_but_staff_wait(ask: Ask, box: Sandbox, what: str) -> None:
    rights = {"require_topic_approval": "true", "require_reply_approval": "true"}
    key = "category_setting_attributes" if new(box) else "custom_fields"
    made = ask(
        "POST", "/categories.json", json={"name": "Relue", "color": "AA5500", "text_color": "FFFFFF", key: rights}
    )
    number = made.json()["category"]["id"]
    topic = box.new_topic("Un sujet de l'équipe elle-même", TEXT, category=number)
    given = {**HELD, "category": number} if what == "topic" else {"topic_id": topic.id, "raw": f"{TEXT} Réponse."}
    before = len(box.topics())
    assert ask("POST", "/posts.json", "amina", json={**given, "nested_post": "true"}).json()["action"] == "enqueued"
    assert (len(box.topics()), len(box.state.pending)) == (before, 1)
    assert (
        "id"
        in ask(
            "POST",
            "/posts.json",
            "claire",
            json={**given, "raw": f"{TEXT} De l'équipe.", "title": "Autre chose encore"},
        ).json()
    )


def test_a_closed_topic_and_a_title_that_is_taken_are_refused_before_anything_waits(
    topic: Topic, ask: Ask, box: Sandbox
) -> None:
    number = topic()["topic_id"]
    box.hold("bilal")
    refused = ask("POST", "/posts.json", "bilal", json={**HELD, "title": box.topic(number).title})
    assert (refused.status_code, refused.json()["action"]) == (422, "enqueued")
    box.close(number)
    assert ask("POST", "/posts.json", "bilal", json={"topic_id": number, "raw": f"{TEXT} Tard."}).status_code == 422
    assert box.state.pending == []
