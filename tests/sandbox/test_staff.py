"""What staff do on a Discourse, and what plugins and files add."""

import re
from urllib.parse import urljoin

import requests

from koweb_sync.sandbox import Sandbox
from tests.sandbox.asking import Ask, Topic, new, on_all
from tests.workspace import PNG, TEXT

# ---- staff


def test_closing_leaves_a_small_action_and_shuts_the_door(topic: Topic, ask: Ask) -> None:
    made = topic()
    number = made["topic_id"]
    ask("PUT", f"/t/{number}/status.json", json={"status": "closed", "enabled": "true"})
    last = ask("GET", f"/t/{number}.json").json()["post_stream"]["posts"][-1]
    assert (last["post_type"], last["action_code"], last["cooked"]) == (3, "closed.enabled", "")
    reply = {"topic_id": number, "raw": f"{TEXT} Trop tard."}
    assert ask("POST", "/posts.json", "amina", json=reply).status_code == 422
    assert ask("POST", "/posts.json", "claire", json=reply).status_code == 200
    assert (
        ask("PUT", f"/t/{number}/status.json", "amina", data={"status": "closed", "enabled": "false"}).status_code
        == 403
    )


def test_what_is_deleted_is_there_for_staff_and_comes_back(topic: Topic, ask: Ask, box: Sandbox) -> None:
    number = topic()["topic_id"]
    reply = box.reply(number, f"{TEXT} Réponse.", username="amina")
    assert ask("DELETE", f"/posts/{box.first_post(number).id}.json").status_code == 403, "not a first post"
    assert ask("DELETE", f"/t/{number}.json", "bilal").status_code == 422
    assert ask("DELETE", f"/t/{number}.json").status_code == 200
    assert ask("GET", f"/t/{number}.json").json()["deleted_by"]["username"] == "admin"
    assert ask("GET", f"/posts/{reply.id}.json", "amina").status_code == 404, "replies go with their topic"
    assert (
        ask("PUT", f"/posts/{box.first_post(number).id}.json", json={"post": {"raw": f"{TEXT} x"}}).status_code == 200
    )
    assert ask("PUT", f"/t/{number}/recover.json").status_code == 200
    assert ask("GET", f"/posts/{reply.id}.json", "amina").status_code == 200


def test_an_authors_own_text_is_replaced_and_can_come_back(ask: Ask, box: Sandbox) -> None:
    reply = box.reply(1, f"{TEXT} Mes mots.", username="amina")
    assert ask("DELETE", f"/posts/{reply.id}.json", "amina").status_code == 200
    gone = ask("GET", f"/posts/{reply.id}.json", "amina").json()
    assert gone["user_deleted"]
    assert "Mes mots" not in gone["raw"]
    assert "Mes mots" in ask("PUT", f"/posts/{reply.id}/recover.json", "amina").json()["raw"]


def test_moved_posts_keep_their_ids_but_a_first_one_is_copied(topic: Topic, ask: Ask, box: Sandbox) -> None:
    made = topic()
    reply = box.reply(made["topic_id"], f"{TEXT} Réponse.", username="amina")
    path = f"/t/{made['topic_id']}/merge-topic"
    answer = ask("POST", path, json={"destination_topic_id": 1}).json()
    assert answer["success"]
    assert reply.topic_id == 1
    stub = box.topic(made["topic_id"])
    assert (stub.closed, stub.post_ids[0]) == (True, made["id"])
    assert any(box.post(one).raw == TEXT for one in box.topic(1).post_ids)
    assert ask("POST", path, json={"destination_topic_id": 10**9}).status_code == 400


def test_a_new_owner_a_new_date_a_lock(topic: Topic, ask: Ask, box: Sandbox) -> None:
    made = topic()
    number, post = made["topic_id"], made["id"]
    ask("POST", f"/t/{number}/change-owner.json", json={"username": "amina", "post_ids": [post]})
    assert ask("GET", f"/posts/{post}.json").json()["username"] == "amina"
    ask("PUT", f"/t/{number}/change-timestamp.json", data={"timestamp": "1577836800"})
    found = ask("GET", f"/t/{number}.json").json()
    assert found["created_at"].startswith("2020-01-01")
    assert found["post_stream"]["posts"][0]["updated_at"].startswith("2020-01-01"), "updated_at moves along"
    ask("PUT", f"/posts/{post}/locked.json", data={"locked": "true"})
    edit = {"post": {"raw": f"{TEXT} Encore."}}
    assert ask("PUT", f"/posts/{post}.json", "amina", json=edit).status_code == 403
    assert ask("PUT", f"/posts/{post}.json", "claire", json=edit).status_code == 200


def test_a_new_name_rewrites_mentions_without_a_version(topic: Topic, ask: Ask, box: Sandbox) -> None:
    made = topic(raw=f'[quote="amina, post:1, topic:1"]\nBonjour\n[/quote]\n\n{TEXT} Merci @amina, pas @aminata.')
    before = box.post(made["id"])
    version, moment = before.version, before.updated_at
    ask("PUT", "/u/amina/preferences/username.json", json={"new_username": "amina.c"})
    after = box.post(made["id"])
    assert "@amina.c, pas @aminata" in after.raw
    assert '[quote="amina.c, post:1' in after.raw
    assert (after.version, after.updated_at) == (version, moment)
    ask("PUT", f"/admin/users/{box.state.user('amina.c').id}/anonymize.json")
    assert "amina.c" not in after.raw


# ---- plugins


def test_reactions_and_likes(ask: Ask, box: Sandbox) -> None:
    post = box.reply(1, f"{TEXT} Bravo.", username="amina")
    path = f"/discourse-reactions/posts/{post.id}/custom-reactions"
    assert ask("PUT", f"{path}/heart/toggle.json", "claire").json()["current_user_reaction"]["id"] == "heart"
    assert ask("PUT", f"{path}/clap/toggle.json", "claire").json()["reactions"] == [
        {"id": "clap", "type": "emoji", "count": 1}
    ], "one person, one reaction"
    who = ask("GET", f"/post_action_users.json?id={post.id}&post_action_type_id=2").json()["post_action_users"]
    assert who == [], "another emoji is no like"
    assert ask("PUT", f"{path}/inconnu/toggle.json", "claire").status_code == 422
    users = ask("GET", f"/discourse-reactions/posts/{post.id}/reactions-users.json").json()["reaction_users"]
    assert [(one["id"], one["users"][0]["username"]) for one in users] == [("clap", "claire")]


def test_the_first_like_comes_first_and_older_servers_give_all(ask: Ask, box: Sandbox) -> None:
    post = box.reply(1, f"{TEXT} Aimé.", username="admin")
    for name in ("claire", "amina", "bilal"):
        ask("POST", "/post_actions.json", name, json={"id": post.id, "post_action_type_id": 2})
    path = f"/post_action_users.json?id={post.id}&post_action_type_id=2"
    assert [one["username"] for one in ask("GET", path).json()["post_action_users"]] == ["claire", "amina", "bilal"]
    second = ask("GET", f"{path}&limit=2&page=1").json()
    assert ([one["username"] for one in second["post_action_users"]], second["total_rows_post_action_users"]) == (
        ["bilal"],
        3,
    )
    assert ask("GET", f"{path}&limit=1000").status_code == (400 if new(box) else 200)


@on_all
def test_an_answer_is_accepted(ask: Ask, box: Sandbox) -> None:
    one, two = (box.reply(1, f"{TEXT} {n}", username=name) for n, name in enumerate(("amina", "bilal")))
    for post in (one, two):
        assert ask("POST", "/solution/accept.json", json={"id": post.id}).status_code == 200
    found = ask("GET", "/t/1.json").json()
    many = box.state.flavour.many_answers
    shown = found["accepted_answers"] if many else [found["accepted_answer"]]
    assert [answer["post_number"] for answer in shown] == ([one.number, two.number] if many else [two.number])
    assert ask("POST", "/solution/accept.json", "bilal", json={"id": one.id}).status_code == 403


# ---- files


def test_files_are_kept_once_and_found_again(ask: Ask, box: Sandbox) -> None:
    def upload(name: str, data: bytes, **more: str) -> requests.Response:
        return ask("POST", "/uploads.json", "amina", data={"type": "composer", **more}, files={"file": (name, data)})

    first, again = upload("café.png", PNG).json(), upload("autre.png", PNG).json()
    assert (first["id"], again["original_filename"]) == (again["id"], "café.png")
    assert re.fullmatch(r"upload://[0-9A-Za-z]+\.png", first["short_url"])
    assert (first["width"], first["height"]) == (3, 2)
    found = ask("POST", "/uploads/lookup-urls.json", json={"short_urls": [first["short_url"], "upload://x.png"]}).json()
    assert [one["short_url"] for one in found] == [first["short_url"]]
    assert requests.get(urljoin(box.url, found[0]["short_path"]), timeout=30).content == PNG
    assert requests.get(urljoin(box.url, found[0]["url"]), timeout=30).headers["Content-Type"] == "image/png"
    assert upload("faux.png", b"\x89PNG").status_code == 422
    assert upload("script.exe", b"x").status_code == 422
    assert upload("vide.png", b"").status_code in (400, 422)
