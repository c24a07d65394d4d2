"""What the forum fails at by itself is left for later; a forum that fails at everything stops a run."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from koweb_sync.archive.crawl.rest_api import crawl
from koweb_sync.archive.crawl.run import CrawlOptions, Run, Silent
from koweb_sync.archive.crawl.skipped import addresses_left
from koweb_sync.archive.store.store import Store
from koweb_sync.archive.verify.compare import verify, verify_offline
from koweb_sync.errors import ForumDown
from koweb_sync.forum.client import Forum
from koweb_sync.forum.reader import ForumReader
from koweb_sync.sandbox import Fault, Sandbox
from tests.answers import Headers, between, shown
from tests.archive.crawling import FREE, Archive, forum_of
from tests.archive.exploring import explored
from tests.archive.measuring import settle
from tests.archive.test_archiving import started
from tests.clocks import Clock
from tests.workspace import SERVERS, served


@dataclass
class Patient(Archive):
    """An archive whose waits between tries take no time."""

    @contextmanager
    def going(self) -> Iterator[Run]:
        """A run that has not begun."""
        with Forum(self.box.url, "admin", "", limits=FREE, state=self.folder / "machine", clock=Clock()) as forum:
            number = self.store.enter(self.box.url, "kafe", self.clock.micros())
            yield Run(self.store, number, self.box.url, ForumReader(forum), CrawlOptions(), Silent(), self.clock.micros)

    def update(self) -> list[str]:
        """Bring it up to date; what the forum failed at."""
        with self.going() as run:
            crawl(run)
            return addresses_left(run)


@pytest.fixture(params=SERVERS)
def town(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A forum of twelve topics in four windows of posts."""
    with served(request.param, forum_of(12, 180, likes=30)) as box:
        yield box


@pytest.fixture
def kept(town: Sandbox, tmp_path: Path) -> Iterator[Patient]:
    """An empty archive of it."""
    with Store.open(str(tmp_path / "archive.sqlite")) as store:
        yield Patient(town, store, tmp_path, CrawlOptions())


def poison(box: Sandbox, harmful: Callable[[Any], bool]) -> Callable[[], None]:
    """Every answer that shows something harmful is a server error from now on, until the answer is called."""

    def work(_environ: object, status: str, headers: Headers, content: bytes) -> tuple[str, Headers, bytes]:
        told = shown(status, headers, content)
        if told is not None and harmful(told):
            return "500 Internal Server Error", [("Content-Type", "text/html")], b""
        return status, headers, content

    return between(box, work)


def shows(thing: Any, post: int) -> bool:
    """Whether an answer shows a post with its text."""
    if isinstance(thing, dict):
        mine = thing.get("id") == post and "cooked" in thing
        return mine or any(shows(one, post) for one in thing.values())
    return isinstance(thing, list) and any(shows(one, post) for one in thing)


def public(box: Sandbox) -> dict[int, tuple[str, str]]:
    """What everybody may read."""
    return {one.id: (one.raw, one.cooked) for one in box.state.posts.values()}


def test_one_broken_post_keeps_only_its_own_topic_from_being_whole(town: Sandbox, kept: Patient) -> None:
    broken = 90
    topic = town.post(broken).topic_id
    heal = poison(town, lambda answer: shows(answer, broken))
    failed = kept.update()
    lacking = public(town).keys() - kept.texts().keys()
    assert broken in lacking
    assert {town.post(one).topic_id for one in lacking} == {topic}
    assert max(lacking) - min(lacking) < 100
    assert len(failed) == 1
    assert f"/t/{topic}" in failed[0]
    with kept.going() as run:
        report = verify_offline(run)
    assert [one.topic for one in report.entries if not one.complete] == [topic]
    assert kept.update() == failed
    heal()
    assert kept.update() == []
    assert kept.texts() == public(town)
    with kept.going() as run:
        assert verify(run).complete


def test_what_the_api_could_not_show_the_database_shows(town: Sandbox, tmp_path: Path) -> None:
    poison(town, lambda answer: shows(answer, 90))
    with explored(town, tmp_path) as kept:
        with kept.going(CrawlOptions(key=True)) as run:
            run.talk.forum.transport.clock = Clock()
            crawl(run)
            assert len(addresses_left(run)) == 1
        kept.run()
        assert kept.texts() == public(town)
        with kept.going(CrawlOptions(key=True)) as run:
            assert addresses_left(run) == []


def test_a_broken_list_is_read_topic_by_topic(town: Sandbox, kept: Patient) -> None:
    poison(town, lambda answer: len((answer.get("topic_list") or {}).get("topics") or ()) > 2)
    assert kept.update() == []
    assert kept.texts() == public(town)


def test_likes_that_cannot_be_read_are_asked_for_again(town: Sandbox, kept: Patient) -> None:
    heal = poison(town, lambda answer: "post_action_users" in answer or "user_actions" in answer)
    with pytest.raises(ForumDown):
        kept.update()
    heal()
    assert kept.update() == []
    assert kept.likes() == {(post.id, who) for post in town.state.posts.values() for who, _at in post.likes}


def test_posts_are_read_in_their_topics_where_their_windows_fail(town: Sandbox, kept: Patient) -> None:
    town.fail(Fault("status", "GET", r"^/posts\.json", times=8))
    assert kept.update() == []
    assert kept.texts() == public(town)
    town.reply(3, "Une réponse toute neuve pour la suite.", username="membre2")
    town.fail(Fault("status", "GET", r"^/posts\.json", times=8))
    assert kept.update() == []
    assert kept.texts() == public(town)


@pytest.mark.parametrize("path", [r"^/(t|posts)", r"^/latest", r"."])
def test_a_forum_that_fails_at_all_of_a_kind_stops_the_run(town: Sandbox, kept: Patient, path: str) -> None:
    kept.update()
    town.reply(3, "Une réponse toute neuve pour la suite.", username="membre2")
    for topic in range(1, 10):
        town.reply(topic, f"Une réponse toute neuve pour la suite, la {topic}e.", username="membre3")
    town.fail(Fault("status", "GET", path, times=10_000))
    kept.clock.pass_days(2)
    with pytest.raises(ForumDown):
        kept.update()
    town.front.faults.waiting.clear()
    assert kept.update() == []
    assert kept.texts() == public(town)


def test_the_command_names_what_the_forum_fails_at(town: Sandbox, tmp_path: Path) -> None:
    settle(tmp_path, town)
    town.fail(Fault("status", "GET", r"^/posts", times=8), Fault("status", "GET", r"^/t/7\b", times=10_000))
    process = started(tmp_path)
    _out, words = process.communicate(timeout=120)
    assert process.returncode == 3, words
    assert re.search(
        rf"^{town.url}/t/7(/\d+)?\.json: the forum answers with an error of its own\.", words, re.MULTILINE
    )
    assert "Traceback" not in words
