"""Posts that are moved: into a new topic, into another one; what stays, and what their old topic says of it."""

from koweb_sync.sandbox import Sandbox
from tests.sandbox.asking import Ask, Topic
from tests.workspace import TEXT

NEW = "Un sujet né d’un déplacement"


def test_a_moved_reply_keeps_its_id_and_a_small_action_has_its_number(topic: Topic, ask: Ask, box: Sandbox) -> None:
    number = topic()["topic_id"]
    first, second, third = (box.reply(number, f"{TEXT} {n}", username="amina") for n in "abc")
    answer = ask(
        "POST", "/posts.json", "bilal", json={"topic_id": number, "raw": TEXT, "reply_to_post_number": 2}
    ).json()
    given = {"title": NEW, "post_ids": [second.id, answer["id"]], "category_id": 3}
    made = ask("POST", f"/t/{number}/move-posts.json", json=given).json()
    target = box.topic(int(made["url"].rpartition("/")[2]))
    assert (made["success"], target.category_id, target.user_id) == (True, 3, second.user_id), (
        "of the first one's author"
    )
    assert target.created_at == second.created_at
    assert [(one.id, one.number, one.reply_to) for one in box.state.posts_of(target)] == [
        (second.id, 1, None),
        (answer["id"], 2, None),
    ], "whom it answered is elsewhere"
    left = ask("GET", f"/t/{number}.json").json()["post_stream"]["posts"]
    assert [(one["post_number"], one["post_type"]) for one in left] == [(1, 1), (2, 1), (3, 3), (4, 1)]
    assert (left[2]["action_code"], left[2]["username"]) == ("split_topic", "admin")
    assert f'href="{box.at("/t")}/{target.slug}/{target.id}"' in left[2]["cooked"]
    assert left[1]["reply_count"] == 0, "its answer is gone"
    assert not box.topic(number).closed
    assert (first.number, third.number) == (2, 4)


def test_who_answered_what_moves_along_still_answers_it(topic: Topic, ask: Ask, box: Sandbox) -> None:
    number = topic()["topic_id"]
    one = box.reply(number, f"{TEXT} a", username="amina")
    answer = ask(
        "POST", "/posts.json", "bilal", json={"topic_id": number, "raw": TEXT, "reply_to_post_number": 2}
    ).json()
    ask("POST", f"/t/{number}/move-posts.json", json={"destination_topic_id": 1, "post_ids": [one.id, answer["id"]]})
    moved = box.post(answer["id"])
    assert (moved.topic_id, moved.reply_to) == (1, one.number)
    assert box.post(one.id).replies == [moved.id]


def test_a_topic_that_all_posts_leave_is_a_closed_stub(topic: Topic, ask: Ask, box: Sandbox) -> None:
    made = topic()
    reply = box.reply(made["topic_id"], f"{TEXT} Une réponse.", username="amina")
    path = f"/t/{made['topic_id']}/merge-topic.json"
    assert ask("POST", path, "frederic", json={"destination_topic_id": 1}).status_code == 403
    assert ask("POST", path, json={"destination_topic_id": 1}).json()["success"]
    assert box.topic(made["topic_id"]).closed
    codes = [one.action_code for one in box.state.posts_of(box.topic(made["topic_id"]))]
    assert codes == [None, "split_topic", "closed.enabled"], "the first post stays, and is copied to a new id"
    assert box.post(reply.id).topic_id == 1
    copies = [one for one in box.state.posts_of(box.topic(1)) if one.raw == TEXT]
    assert [one.id == made["id"] for one in copies] == [False]


def test_what_cannot_be_moved_is_refused(topic: Topic, ask: Ask, box: Sandbox) -> None:
    number = topic()["topic_id"]
    reply = box.reply(number, f"{TEXT} a", username="amina")
    path = f"/t/{number}/move-posts.json"
    cases = [
        ({"title": NEW}, 400),
        ({"title": NEW, "post_ids": [999_999]}, 400),
        ({"title": "x", "post_ids": [reply.id]}, 422),
    ]
    assert [ask("POST", path, "claire", json=given).status_code for given, _status in cases] == [
        one for _given, one in cases
    ]
    assert ask("POST", path, "amina", json={"title": NEW, "post_ids": [reply.id]}).status_code == 403


def test_a_timer_is_set_with_a_time_in_a_zone_and_taken_away(topic: Topic, ask: Ask) -> None:
    path = f"/t/{topic()['topic_id']}/timer.json"
    made = ask("POST", path, json={"time": "2099-12-31 10:00+00:00", "status_type": "close"}).json()
    facts = {"duration_minutes": None, "based_on_last_post": False, "closed": False, "category_id": None}
    assert made == {"success": "OK", "execute_at": "2099-12-31T10:00:00.000Z", **facts}
    assert ask("POST", path, json={"status_type": "close"}).json()["execute_at"] is None
    assert ask("POST", path, "amina", json={"status_type": "close"}).status_code == 403
    assert ask("POST", path, json={"status_type": "danser"}).status_code == 400
