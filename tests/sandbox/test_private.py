"""What is not for everybody is nowhere, whichever way one asks; and nobody stops the forum by what they send."""

import time
from collections.abc import Callable

import pytest
import requests

from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.model.records import PostRecord
from tests.sandbox.asking import Ask, Topic
from tests.workspace import TEXT

pytestmark = pytest.mark.server("2022")

SECRET = "Des mots que tout le monde ne doit pas lire"


def whispered(ask: Ask, box: Sandbox) -> PostRecord:
    """A whisper of the team, edited and liked."""
    box.set(enable_whispers=True, whispers_allowed_groups="3")
    made = ask(
        "POST", "/posts.json", "claire", json={"topic_id": 1, "raw": f"{TEXT} {SECRET}.", "whisper": "true"}
    ).json()
    ask("PUT", f"/posts/{made['id']}.json", json={"post": {"raw": f"{TEXT} {SECRET}, encore."}})
    ask("POST", "/post_actions.json", json={"id": made["id"], "post_action_type_id": 2})
    return box.post(made["id"])


def hidden(ask: Ask, box: Sandbox) -> PostRecord:
    """A reply with a poll that moderation hid, after it was accepted as the answer."""
    raw = f"{TEXT} {SECRET}.\n\n[poll public=true]\n# {SECRET}\n* oui\n* non\n[/poll]"
    made = box.reply(1, raw, username="amina")
    ask("PUT", f"/posts/{made.id}.json", "amina", json={"post": {"raw": f"{raw} !", "edit_reason": SECRET}})
    ask("POST", "/solution/accept.json", json={"id": made.id})
    made.hidden = True
    box.state.changed(1)
    return made


def deleted(ask: Ask, box: Sandbox) -> PostRecord:
    """A reply that a moderator deleted, after it was accepted as the answer."""
    made = box.reply(1, f"{TEXT} {SECRET}.", username="amina")
    ask("POST", "/solution/accept.json", json={"id": made.id})
    ask("DELETE", f"/posts/{made.id}.json", "claire")
    return made


def secret(ask: Ask, box: Sandbox) -> PostRecord:
    """A topic of the team's own category, moved there after somebody was mentioned in it."""
    made = box.new_topic("Un sujet pour commencer ici", f"{TEXT} @bilal", category=2, username="claire")
    ask("PUT", f"/t/-/{made.id}.json", json={"category_id": 7, "title": SECRET, "tags": ["étiquette-secrète"]})
    ask("PUT", f"/posts/{box.first_post(made.id).id}.json", json={"post": {"raw": f"{TEXT} {SECRET}."}})
    return box.first_post(made.id)


@pytest.mark.parametrize("reader", [None, "bilal"])
@pytest.mark.parametrize("kind", [whispered, hidden, deleted, secret])
def test_no_address_shows_it(
    ask: Ask, box: Sandbox, kind: Callable[[Ask, Sandbox], PostRecord], reader: str | None
) -> None:
    post = kind(ask, box)
    topic = post.topic_id
    paths = [
        *(f"/posts/{post.id}{end}" for end in (".json", "/raw", "/cooked.json", "/replies.json", ".json?version=1")),
        *(f"/posts/{post.id}/revisions/{which}.json" for which in ("latest", 2)),
        *(f"/posts/by_number/{topic}/{post.number}.json", f"/raw/{topic}/{post.number}", f"/raw/{topic}"),
        *(f"/t/{topic}.json{more}" for more in ("?include_raw=1", "?print=true&include_raw=1", "?show_deleted=true")),
        *(f"/t/{topic}/posts.json?include_raw=true&post_ids[]={post.id}", f"/t/{topic}/wordpress.json?best=50"),
        f"/posts.json?before={post.id + 1}",
        *(f"/user_actions.json?username={name}&filter=1,2,4,5" for name in ("amina", "claire", "admin")),
        f"/post_action_users.json?id={post.id}&post_action_type_id=2",
        f"/discourse-reactions/posts/{post.id}/reactions-users.json",
        f"/polls/voters.json?post_id={post.id}&poll_name=poll",
        *(
            "/latest.json",
            "/top.json",
            "/new.json",
            "/categories.json",
            "/site.json",
            "/tags.json",
            "/notifications.json",
        ),
        *("/search.json?q=mots", "/tags/filter/search.json?q=tiquette", "/tag/étiquette-secrète.json"),
        *("/c/koweb-kafe/2.json", "/c/coulisses/7.json", "/u/amina.json", "/u/amina/summary.json", "/about.json"),
    ]
    for path in paths:
        answer = ask("GET", path, reader).text
        assert SECRET not in answer, path
        assert "étiquette-secrète" not in answer, path
    for path in ("/", f"/t/-/{topic}", "/u/amina", "/search?q=mots", "/c/koweb-kafe/2", "/c/coulisses/7"):
        page = requests.get(box.url + path, headers={"Accept": "text/html"}, timeout=30).text
        assert SECRET not in page, path
    for verb, path in (("POST", "/post_actions.json"), ("POST", "/bookmarks.json")):
        data = {"id": post.id, "bookmarkable_id": post.id, "post_action_type_id": 2}
        assert SECRET not in ask(verb, path, reader, json=data).text


def test_members_only_means_every_address(ask: Ask, box: Sandbox) -> None:
    box.new_topic("Session", f"{TEXT} Une session.", category=2, username="admin")
    box.set(login_required=True)
    for path in ("/c/session/2", "/c/session/2/l/latest.json", "/tag/login.json", "/t/session/1.json", "/site.json"):
        answer = ask("GET", path, None, allow_redirects=False)
        assert answer.status_code in (302, 403), path


def test_a_hidden_post_stays_hidden_where_it_is_moved(ask: Ask, topic: Topic, box: Sandbox) -> None:
    made = topic(raw=f"{TEXT} {SECRET}.")
    box.hide(made["topic_id"])
    ask("POST", f"/t/{made['topic_id']}/merge-topic.json", "claire", json={"destination_topic_id": 1})
    assert SECRET not in ask("GET", "/t/1.json?include_raw=1", None).text


def test_a_key_belongs_to_a_person_and_not_to_a_name(box: Sandbox) -> None:
    key = next(key for key in box.state.keys.values() if key.username and key.username != "admin")
    head = {"Api-Key": key.key}
    change = f"{box.url}/u/{key.username}/preferences/username.json"
    assert requests.put(change, json={"new_username": "nouveau.nom"}, headers=head, timeout=30).status_code == 200
    who = requests.get(f"{box.url}/session/current.json", headers=head, timeout=30).json()["current_user"]
    assert who["username"] == "nouveau.nom"


def test_a_poll_shows_its_votes_when_it_says(ask: Ask, box: Sandbox) -> None:
    post = box.reply(1, "On vote ?\n\n[poll results=on_vote public=true]\n* oui\n* non\n[/poll]")
    vote = {"post_id": post.id, "poll_name": "poll", "options": [next(iter(post.polls[0].options))]}
    ask("PUT", "/polls/vote.json", "amina", json=vote)
    for who, sees in (("amina", True), ("bilal", False)):
        option = ask("GET", f"/posts/{post.id}.json", who).json()["polls"][0]["options"][0]
        assert ("votes" in option) == sees


HEAVY = {
    "comments": {"raw": "<!--" * 60_000},
    "quotes": {"raw": "[quote" * 5_300},
    "spaces": {"title": "a" + " " * 100_000 + "b"},
    "dots": {"title": "a" + "." * 100_000 + "b"},
    "brackets": {"raw": "[" * 31_000},
    "notes": {"raw": "^[" * 15_000},
}


@pytest.mark.parametrize("name", HEAVY)
def test_nothing_that_somebody_sends_stops_the_forum(ask: Ask, box: Sandbox, name: str) -> None:
    begun = time.monotonic()
    ask(
        "POST", "/posts.json", "amina", json={"title": "Un titre assez long", "raw": TEXT, "category": 2, **HEAVY[name]}
    )
    assert ask("GET", "/latest.json").status_code == 200
    assert time.monotonic() - begun < 29, "what is quadratic takes minutes"


def test_the_difference_of_long_texts_does_not_stop_the_forum(ask: Ask, topic: Topic) -> None:
    made = topic(raw="abcdefg " + "a b " * 7_900)
    ask("PUT", f"/posts/{made['id']}.json", "claire", json={"post": {"raw": "abcdefg " + "a c b " * 5_200}})
    begun = time.monotonic()
    shown = ask("GET", f"/posts/{made['id']}/revisions/latest.json").json()
    assert "<ins>" in shown["body_changes"]["side_by_side_markdown"]
    assert time.monotonic() - begun < 29


@pytest.mark.parametrize(
    "body",
    [
        b'{"title": "Un titre assez long\\ud800", "raw": "Un texte assez long pour le forum.", "category": 2}',
        b'{"title": "Un titre assez long", "raw": "Un texte assez long pour le forum\\udfff", "category": 2}',
        b'{"title": "Un titre assez long", "raw": "Un texte assez long.", "created_at": "0001-01-01T00:00:00+23:59"}',
        b"[" * 200_000,
        b'{"title": "Un titre assez long", "raw": "Un texte assez long.", "category": 2, "external_id": 5}',
        b'{"title": "Un titre assez long", "raw": "Un texte assez long.", "category": 2, "tags": [{"id": 1}]}',
    ],
)
def test_what_is_odd_leaves_the_lists_whole(ask: Ask, box: Sandbox, body: bytes) -> None:
    head = {"Content-Type": "application/json"}
    known = (200, 400, 422, 500) if b'"tags": [{' in body else (200, 400, 422)  # 500: as the real servers do
    assert ask("POST", "/posts.json", data=body, headers=head).status_code in known
    for path in ("/latest.json", "/posts.json", "/"):
        assert ask("GET", path).status_code == 200


def test_a_permission_that_is_none_opens_nothing(ask: Ask) -> None:
    assert ask("PUT", "/categories/7.json", json={"permissions": {"staff": "full"}}).status_code == 400
    assert ask("GET", "/c/coulisses/7.json", "bilal").status_code == 404


@pytest.mark.parametrize(
    ("seed", "why"),
    [
        ({"topics": [{"id": 1, "title": "x", "slug": "x", "user_id": 9}]}, "topics, entry 1: user_id 9"),
        ({"users": [{"id": 1}]}, "users, entry 1: username"),
        ({"user": []}, "“user”"),
        ({"posts": {}}, "posts"),
    ],
)
def test_a_seed_that_is_none_says_what_is_wrong(seed: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why), Sandbox.start(seed):
        raise AssertionError
