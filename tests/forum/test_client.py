"""The forum client: every method, pydiscourse's own included, takes our way out; and what a slow forum may do to us."""

import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import responses

from koweb_sync.errors import ForumAnswerUnclear, ForumKeyRefused, ForumUnreachable, LimitReached
from koweb_sync.forum.budget import Budgets
from koweb_sync.forum.client import Forum
from koweb_sync.forum.models import NewTopic
from koweb_sync.forum.transport import Timeouts
from koweb_sync.posts.ids import CategoryId, TopicId
from koweb_sync.sandbox import Fault, Sandbox
from tests.clocks import Clock
from tests.workspace import TEXT

FREE = Budgets(0, 0, 0)


@pytest.fixture
def forum(box: Sandbox, tmp_path: Path) -> Iterator[Forum]:
    """A client with a key for everybody, without limits."""
    with Forum(box.url, "admin", box.keys["all_users"], limits=FREE, state=tmp_path / "state") as one:
        yield one


@pytest.fixture
def hasty(box: Sandbox, tmp_path: Path) -> Iterator[Forum]:
    """The same, but it waits half a second for an answer."""
    waits = Timeouts(connect=10, read=0.5)
    with Forum(box.url, "admin", box.keys["all_users"], limits=FREE, state=tmp_path / "state", timeout=waits) as one:
        yield one


def topic(title: str = "Un sujet tout neuf ici") -> NewTopic:
    """A topic to create."""
    return NewTopic(title, TEXT, "koweb-x", CategoryId(2), ())


def test_methods_of_pydiscourse_take_our_way_out(forum: Forum, box: Sandbox) -> None:
    assert forum.posts(1)["id"] == 1
    assert forum.categories()
    assert forum.latest_topics()["topic_list"]
    for one in box.log:
        assert one.headers["User-Agent"].startswith("koweb")
        assert one.keyed


def test_an_answer_that_never_comes_is_no_second_topic(forum: Forum, hasty: Forum, box: Sandbox) -> None:
    box.fail(Fault("stall", "POST", r"^/posts", seconds=1.5))
    with pytest.raises(ForumUnreachable) as caught:
        hasty.create(topic())
    assert caught.value.sent
    assert len(box.requests("POST")) == 1
    found = forum.find("koweb-x")
    assert found is not None


def test_a_slow_answer_is_an_answer(forum: Forum, box: Sandbox) -> None:
    box.fail(Fault("slow", "GET", seconds=0.2))
    assert forum.topic(TopicId(1)).id == 1


def test_a_redirect_within_the_forum_is_followed_and_one_to_elsewhere_is_not(forum: Forum, box: Sandbox) -> None:
    box.fail(Fault("status", "GET", status=301, headers={"Location": f"{urlsplit(box.url).path}/t/1.json?a=b"}))
    assert forum.topic(TopicId(1)).id == 1
    box.fail(Fault("status", "GET", status=301, headers={"Location": "http://localhost:1/t/1.json"}, times=4))
    with pytest.raises((ForumUnreachable, ForumAnswerUnclear)) as caught:
        forum.topic(TopicId(2))
    assert "localhost:1" in str(caught.value)


def test_redirects_in_a_circle_end(forum: Forum, box: Sandbox) -> None:
    box.fail(Fault("status", "GET", status=302, headers={"Location": "/t/2.json"}, times=5000))
    with pytest.raises((ForumUnreachable, ForumAnswerUnclear)):
        forum.topic(TopicId(2))


def test_budgets_are_sliding_windows(box: Sandbox, tmp_path: Path) -> None:
    clock = Clock()
    with Forum(box.url, "admin", box.keys["all_users"], limits=Budgets(6, 0, 0), state=tmp_path, clock=clock) as one:
        times = []
        for _request in range(20):
            one.topic(TopicId(1))
            times.append(clock.now())
    assert all(b - a >= 60 for a, b in zip(times, times[6:], strict=False))
    assert times[-1] - times[0] < 60 * 4


def test_a_pause_holds_for_all_clients_of_the_machine(box: Sandbox, tmp_path: Path) -> None:
    clock = Clock()
    key = box.keys["all_users"]
    with (
        Forum(box.url, "admin", key, limits=FREE, state=tmp_path, clock=clock) as one,
        Forum(box.url, "admin", key, limits=FREE, state=tmp_path, clock=clock) as other,
    ):
        one.transport.budget.pause(7)
        begun = clock.now()
        other.topic(TopicId(1))
        assert clock.now() - begun >= 7


def test_a_limit_of_hours_is_reported_and_not_waited_for(box: Sandbox, tmp_path: Path) -> None:
    clock = Clock()
    with Forum(box.url, "admin", box.keys["all_users"], limits=FREE, state=tmp_path, clock=clock) as one:
        box.fail(Fault.too_many(40_000, "json", verb="POST"))
        with pytest.raises(LimitReached) as caught:
            one.create(topic())
    assert caught.value.seconds == 40_000
    assert sum(clock.slept) < 60


def test_many_threads_share_one_client(forum: Forum, box: Sandbox) -> None:
    def read() -> None:
        for _again in range(5):
            forum.topic(TopicId(1))

    threads = [threading.Thread(target=read) for _one in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(box.log) == 40


@responses.activate
def test_an_answer_that_repeats_the_key_is_not_shown(tmp_path: Path) -> None:
    key = "f" * 64
    responses.get("https://forum.example.org/t/1.json", body=f"<html>{key}</html>", content_type="text/html")
    with Forum("https://forum.example.org", "admin", key, limits=FREE, state=tmp_path) as one:
        with pytest.raises(ForumAnswerUnclear) as caught:
            one.topic(TopicId(1))
        assert key not in repr(one)
    assert key not in str(caught.value)


@responses.activate
def test_a_403_is_looked_into(tmp_path: Path) -> None:
    refusal = {"errors": ["You are not permitted to view the requested resource."], "error_type": "invalid_access"}
    responses.get("https://forum.example.org/t/1.json", json=refusal, status=403)
    responses.get("https://forum.example.org/session/scopes.json", json=refusal, status=403)
    with (
        Forum("https://forum.example.org", "admin", "k" * 64, limits=FREE, state=tmp_path) as one,
        pytest.raises(ForumKeyRefused) as caught,
    ):
        one.topic(TopicId(1))
    assert "/admin/api/keys" in str(caught.value)
