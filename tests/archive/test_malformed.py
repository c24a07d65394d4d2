"""What cannot be read in an answer is named, left, counted as missing and tried again; everything else is kept."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from koweb_sync.archive.crawl.rest_api import crawl
from koweb_sync.archive.crawl.run import CrawlOptions
from koweb_sync.archive.crawl.skipped import addresses_left, left_for_next_run
from koweb_sync.archive.store.store import Store
from koweb_sync.archive.verify.compare import verify, verify_offline
from koweb_sync.sandbox import Sandbox
from tests.answers import Headers, between, shown
from tests.archive.crawling import forum_of
from tests.archive.exploring import explored
from tests.archive.test_spared import Patient, public

BAD = 90  # the post that cannot be read
WRONG: dict[str, dict[str, Any]] = {
    "no time": {"created_at": None},
    "a word": {"reply_to_post_number": "x"},
    "a large number": {"post_number": 2**63},
    "no number": {"like_count": 1, "reads": float("inf")},
    "half a character": {"cooked": "<p>\ud800</p>", "raw": "\ud800"},
    "no list": {"actions_summary": 5},
    "another topic's": {"topic_id": -1},
}


@pytest.fixture
def town() -> Iterator[Sandbox]:
    """A forum of twelve topics in four windows of posts."""
    with Sandbox.start(forum_of(12, 180, likes=30)) as box:
        yield box


@pytest.fixture
def kept(town: Sandbox, tmp_path: Path) -> Iterator[Patient]:
    """An empty archive of it."""
    with Store.open(str(tmp_path / "archive.sqlite")) as store:
        yield Patient(town, store, tmp_path, CrawlOptions())


def spoil(box: Sandbox, change: Callable[[Any], None]) -> Callable[[], None]:
    """Change every answer, until what is returned is called."""

    def work(_environ: object, status: str, headers: Headers, content: bytes) -> tuple[str, Headers, bytes]:
        told = shown(status, headers, content)
        if told is None:
            return status, headers, content
        each(told, change)
        return status, headers, json.dumps(told).replace("Infinity", "1e999").encode()

    return between(box, work)


def each(thing: Any, change: Callable[[Any], None]) -> None:
    """Every object in a value."""
    if isinstance(thing, dict):
        change(thing)
    for one in thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else ():
        each(one, change)


def post_with(values: dict[str, Any]) -> Callable[[Any], None]:
    """Give one post other values, wherever it is shown."""

    def change(one: Any) -> None:
        if one.get("id") == BAD and "post_number" in one:
            one |= values

    return change


@pytest.mark.parametrize("wrong", WRONG)
def test_a_post_that_cannot_be_read_keeps_nothing_else_away(wrong: str, town: Sandbox, kept: Patient) -> None:
    topic = town.post(BAD).topic_id
    heal = spoil(town, post_with(WRONG[wrong]))
    assert any(f"/t/{topic}" in url for url in kept.update())
    assert public(town).keys() - kept.texts().keys() == {BAD}
    with kept.going() as run:
        assert {one.why != "" for one in left_for_next_run(run)} == {True}
        for offline in (True, False):
            report = (verify_offline if offline else verify)(run)
            assert not report.complete
            assert [one.topic for one in report.entries if one.short] == [topic]
            assert report.unclear
    assert kept.update() != []  # it was tried again
    heal()
    assert kept.update() == []
    assert kept.texts() == public(town)
    with kept.going() as run:
        assert verify(run).complete


def test_topics_people_and_categories_that_cannot_be_read_are_named_and_left(town: Sandbox, kept: Patient) -> None:
    def change(one: Any) -> None:
        if one.get("id") == 5 and "posts_count" in one:
            one["title"] = None
        if one.get("id") == 2 and "color" in one:
            one["parent_category_id"] = 2
        if "days_visited" in one and one["user"]["username"] == "membre7":
            one["days_visited"] = "x"

    heal = spoil(town, change)
    failed = kept.update()
    assert any("/t/5" in url for url in failed)
    assert any("/site.json" in url for url in failed)
    assert any("/directory_items.json" in url for url in failed)
    lacking = public(town).keys() - kept.texts().keys()
    assert {town.post(one).topic_id for one in lacking} <= {5}
    with kept.going() as run:
        assert not verify(run).complete
    heal()
    kept.clock.pass_days(2)
    assert kept.update() == []
    assert kept.texts() == public(town)
    with kept.going() as run:
        assert verify(run).complete


def test_a_like_that_cannot_be_read_takes_no_other_back(town: Sandbox, kept: Patient) -> None:
    assert kept.update() == []
    before = kept.likes()
    liked = next(post for post, _who in sorted(before))
    new = next(one for one in range(20, 31) if (liked, one) not in before and town.post(liked).user_id != one)
    town.like(liked, username=f"membre{new}")

    def change(one: Any) -> None:
        for who in one.get("post_action_users") or ():
            who["id"] = "x"

    heal = spoil(town, change)
    kept.clock.pass_days(2)
    kept.update()
    assert before <= kept.likes()
    heal()
    kept.clock.pass_days(2)
    assert kept.update() == []
    assert kept.likes() == {(post.id, who) for post in town.state.posts.values() for who, _at in post.likes}


def test_a_row_that_cannot_be_read_is_asked_for_again(town: Sandbox, tmp_path: Path) -> None:
    with explored(town, tmp_path) as kept:

        def change(one: Any) -> None:
            columns = one.get("columns") or ()
            if "raw" in columns and "post_number" in columns:
                for row in one["rows"]:
                    if row[columns.index("id")] == BAD:
                        row[columns.index("created_at")] = "0000-00-00"

        heal = spoil(town, change)
        kept.run()
        assert public(town).keys() - kept.texts().keys() == {BAD}
        with kept.going(CrawlOptions(key=True)) as run:
            assert len(addresses_left(run)) == 1
            assert not verify(run).complete
        heal()
        kept.run()
        assert kept.texts() == public(town)
        with kept.going(CrawlOptions(key=True)) as run:
            assert addresses_left(run) == []


def test_answers_of_another_topic_are_none(town: Sandbox, kept: Patient) -> None:
    def work(environ: Any, status: str, headers: Headers, content: bytes) -> tuple[str, Headers, bytes]:
        told = shown(status, headers, content)
        if told is not None and re.match(r"/t/3(/|$)", environ["PATH_INFO"]) and "post_stream" in told:
            told["id"] = 4
            for one in told["post_stream"]["posts"]:
                one["topic_id"] = 4
            content = json.dumps(told).encode()
        return status, headers, content

    spoil_likes = between(town, work)
    kept.update()
    spoil_likes()
    assert {row[0] for row in kept.rows("SELECT topic FROM posts WHERE id IN (3)")} == {3}
    with kept.going() as run:
        crawl(run)
    assert kept.texts() == public(town)
