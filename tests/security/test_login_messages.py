"""No personal message is read with a person's own key, by whatever number somebody names it."""

import pytest
import requests

from koweb_sync import logins
from koweb_sync.errors import ForumForbidden
from koweb_sync.forum.budget import Budgets
from koweb_sync.forum.client import Forum
from koweb_sync.forum.own_key import OwnKey
from koweb_sync.posts.ids import PostId
from tests.logging_in import Person
from tests.scenarios.test_login import logged, member, with_codes

__all__ = ["logged", "member"]
SECRET = "Ceci ne regarde que nous deux, et personne d'autre."
TEXT = {"text": True}
READS = (
    "/t/{topic}.json",
    "/t/-/{topic}.json",
    "/t/{topic}/1.json",
    "/t/{topic}/posts.json?post_ids[]={post}",
    "/%74/{topic}/posts.json?post_ids[]={post}",
    "/t/{topic}.rss",
    "/raw/{topic}",
    "/raw/{topic}/1",
    "/p/{post}",
    "/posts/{post}.json",
    "/posts/{post}",
    "/posts/{post}.json?version=1",
    "/posts/{post}/raw",
    "/posts/{post}/cooked.json",
    "/posts/{post}/revisions/latest.json",
    "/posts/by_number/{topic}/1.json",
    "/post_localizations/{post}.json",
    "/search.json?q=in:messages%20regarde",
    "/search/query.json?term=in:personal+regarde",
    "/user_actions.json?username=bilal&filter=1,12",
)


def forum_of(member: Person) -> Forum:
    """The forum, as the member's login reads it."""
    login = logins.find(member.box.url)
    assert login
    own = OwnKey(login.client, login.username)
    limits = Budgets(login_per_minute=1_000)  # nobody waits here
    return Forum(member.box.url, login.username, logins.key_of(member.box.url, login), own=own, limits=limits)


def written(member: Person, **more: str) -> dict[str, int]:
    """A new topic of the member, or a message."""
    sent = {"title": "Entre nous deux seulement", "raw": SECRET, **more}
    answer: requests.Response = member.browse("POST", "/posts.json", json=sent)
    return {"topic": answer.json()["topic_id"], "post": answer.json()["id"]}


@with_codes
def test_a_message_is_read_by_no_number(logged: Person) -> None:
    made = written(logged, archetype="private_message", target_recipients="claire")
    for path in READS:
        with forum_of(logged) as forum, pytest.raises(ForumForbidden, match="no personal messages"):
            forum._request("GET", path.format(**made), override_request_kwargs=TEXT if "raw" in path else None)


@with_codes
@pytest.mark.parametrize("kind", [{"category": "4"}, {"archetype": "private_message", "target_recipients": "claire"}])
def test_who_likes_a_message_is_not_read(logged: Person, kind: dict[str, str]) -> None:
    made = written(logged, **kind)
    for path in ("/post_action_users.json?id={post}&{rest}", "/post_action_users?{rest}&id={post}"):
        with forum_of(logged) as forum:
            logged.box.forget()
            asked = path.format(**made, rest="post_action_type_id=2")
            if "archetype" in kind:
                with pytest.raises(ForumForbidden, match="no personal messages"):
                    forum._request("GET", asked)
                assert not [one for one in logged.box.log if one.path.startswith("/post_action_users")]
            else:
                assert forum._request("GET", asked) == {"post_action_users": []}


@with_codes
def test_a_topic_is_read_with_one_question_for_its_kind(logged: Person) -> None:
    made = written(logged, category="4")
    with forum_of(logged) as forum:
        logged.box.forget()
        for path in ("/posts/{post}.json", "/raw/{topic}"):
            found = forum._request("GET", path.format(**made), override_request_kwargs=TEXT if "raw" in path else None)
            assert found is None or SECRET in str(found)
        assert [one.path for one in logged.box.log] == [
            f"/posts/{made['post']}.json",
            f"/t/{made['topic']}.json",
            f"/raw/{made['topic']}",
        ]


@with_codes
def test_what_everybody_reads_and_what_a_list_tells_is_not_asked_for(logged: Person) -> None:
    made = written(logged, category="4")
    for path in ("/latest.json", "/posts.json"):
        with forum_of(logged) as forum:
            forum._get(path)
            logged.box.forget()
            forum._get(f"/t/{made['topic']}/posts.json")
        assert len(logged.box.log) == 1
    with forum_of(logged) as forum:
        forum.read_anonymously(f"/t/{made['topic']}.json")
        logged.box.forget()
        forum.post(PostId(made["post"]))
    assert len(logged.box.log) == 1
