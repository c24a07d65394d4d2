"""The rules behind the sandbox's answers, restated in small."""

import pytest
import requests

from koweb_sync.sandbox import Sandbox
from tests.workspace import TEXT


def ask(box: Sandbox, verb: str, path: str, username: str = "admin", **data: object) -> requests.Response:
    """One request with the key for everybody."""
    headers = {"Api-Key": box.keys["all_users"], "Api-Username": username}
    return requests.request(verb, box.url + path, json=data or None, headers=headers, timeout=30)


def test_a_like_counts_once_and_not_for_oneself(box: Sandbox) -> None:
    post = box.first_post(box.new_topic("Un sujet que l'on aime bien", TEXT, category=2, username="amina").id)
    like = {"id": post.id, "post_action_type_id": 2}
    assert ask(box, "POST", "/post_actions.json", "claire", **like).status_code == 200
    assert ask(box, "POST", "/post_actions.json", "claire", **like).status_code == 403
    assert ask(box, "POST", "/post_actions.json", "amina", **like).status_code == 403
    assert ask(box, "POST", "/post_actions.json", "claire", post_action_type_id=2).status_code == 400
    who = f"/post_action_users.json?id={post.id}&post_action_type_id=2"
    assert [one["username"] for one in ask(box, "GET", who).json()["post_action_users"]] == ["claire"]
    undo = f"/post_actions/{post.id}.json?post_action_type_id=2"
    assert ask(box, "DELETE", undo, "claire").status_code == 200
    assert ask(box, "DELETE", undo, "claire").status_code == 404
    assert ask(box, "GET", who).json()["post_action_users"] == []


def test_the_newest_posts_end_and_hide_what_is_private(box: Sandbox) -> None:
    secret = box.new_topic("Un secret de coulisses bien gardé", TEXT, category=7, username="admin")
    seen: list[int] = []
    before = max(post["id"] for post in ask(box, "GET", "/posts.json").json()["latest_posts"])
    while before > 0:
        page = ask(box, "GET", f"/posts.json?before={before}", "bilal").json()["latest_posts"]
        seen += [one["id"] for one in page]
        before -= 50
    assert len(seen) == len(set(seen))
    assert box.first_post(secret.id).id not in seen
    assert seen


@pytest.mark.parametrize("path", ["/c/facilitation-numerique/3.json", "/tag/accueil.json", "/latest.json"])
def test_lists_name_everybody_whom_their_topics_show(box: Sandbox, path: str) -> None:
    data = ask(box, "GET", path).json()
    known = {one["id"] for one in data["users"]}
    assert {poster["user_id"] for topic in data["topic_list"]["topics"] for poster in topic["posters"]} <= known


def test_a_wrong_slug_leads_to_the_right_one(box: Sandbox) -> None:
    answer = ask(box, "GET", "/c/mauvais/3.json")
    assert [one.status_code for one in answer.history] == [301]
    assert answer.url.endswith("/c/facilitation-numerique/3.json")


def test_short_titles_are_for_administrators_own_topics_alone(box: Sandbox) -> None:
    topic = box.new_topic("Un titre comme il faut", TEXT, category=2, username="amina")
    assert ask(box, "PUT", f"/t/-/{topic.id}.json", title="Non").status_code == 422
    own = box.new_topic("Un autre titre comme il faut", TEXT, category=2, username="admin")
    assert ask(box, "PUT", f"/t/-/{own.id}.json", title="Oui bien").status_code == 200


def test_categories_have_names_of_their_own(box: Sandbox) -> None:
    assert ask(box, "POST", "/categories.json", "amina", name="Une nouvelle").status_code == 403
    made = ask(box, "POST", "/categories.json", name="Une nouvelle").json()["category"]
    assert ask(box, "POST", "/categories.json", name="une NOUVELLE").status_code == 422
    changed = ask(box, "PUT", f"/categories/{made['id']}.json", name="Une nouvelle", color="112233").json()
    assert changed["category"]["color"] == "112233"
    assert ask(box, "GET", f"/c/{made['id']}/show.json").json()["category"]["slug"] == "une-nouvelle"
