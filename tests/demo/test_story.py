"""The demonstration: what it shows is true, in both languages."""

import json
import re
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from koweb_sync import i18n
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from koweb_sync.demo import story
from koweb_sync.demo.cast import PEOPLE
from koweb_sync.demo.stage import Demo, stage
from koweb_sync.demo.story import anniversary, keep
from tests.archive.crawling import likes_of, public
from tests.gate import in_every


def held(place: Path, demo: Demo) -> tuple[dict[int, str], set[tuple[int, int]], int]:
    """What the demonstration's archive holds: posts with their texts, likes, and who does not want to be counted."""
    posts, texts, given = schema.POSTS, schema.POST_VERSIONS, schema.REACTIONS
    with Store.open(str(place)) as store, store.read() as connection:
        assert store.forum(demo.box.url) is not None
        same = (texts.c.post == posts.c.id) & (texts.c.n == posts.c.n)
        rows = connection.execute(select(posts.c.id, texts.c.raw).join_from(posts, texts, same))
        likes = connection.execute(select(given.c.post, given.c.person).where(given.c.gone.is_(None)))
        wishes = connection.execute(select(func.count()).select_from(schema.CONSENTS)).scalar_one()
        return {int(post): str(raw) for post, raw in rows}, {(post, who) for post, who in likes}, wishes


@pytest.mark.parametrize("language", ["fr", in_every("en")])
@pytest.mark.every
def test_the_archive_of_the_demonstration_holds_all_that_was_said_and_what_came_later(
    language: str, capfd: pytest.CaptureFixture[str]
) -> None:
    i18n.activate(language)
    said: list[str] = []
    with stage(said.append, 0) as demo:
        topic = anniversary(demo)
        before = demo.box.first_post(topic.id).raw
        keep(demo)
        posts, likes, wishes = held(demo.folder / "koweb-archive.sqlite", demo)
        there = public(demo.box)
        assert {post: posts[post] for post in there} == {post: raw for post, (raw, _cooked) in there.items()}
        assert posts[topic.post_ids[0]].startswith(before)
        assert posts[topic.post_ids[0]] != before
        assert likes == likes_of(demo.box)
        assert wishes == len(demo.month.not_counted) == 1
        runs = [place for place, line in enumerate(said) if line == "$ koweb archive"]
        assert len(runs) == 2
        told = [int(word) for word in said[runs[-1] + 1].split() if word.isdecimal()]
        assert len(told) == 1
        assert told[0] <= 6
    out = capfd.readouterr().out
    assert ("announced my *silences*" in out, "j’annonce mes *silences*" in out) == (language == "en", language == "fr")


def test_it_plays_the_whole_story_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    monkeypatch.setattr(story, "publish", lambda _demo: called.append("publish"))
    monkeypatch.setattr(story, "keep", lambda _demo: called.append("keep"))
    monkeypatch.setattr(story, "follow", lambda _demo: called.append("follow"))
    monkeypatch.setattr(story, "tell", lambda _demo: called.append("tell"))
    with stage(called.append, 0) as demo:
        story.play(demo)
    assert called == ["publish", "keep", "follow", "tell"]


def test_what_is_said_while_it_listens_is_in_the_archive(capfd: pytest.CaptureFixture[str]) -> None:
    i18n.activate("fr")
    said: list[str] = []
    with stage(said.append, 0) as demo:
        demo.run("koweb", "archive")
        before = len(said)
        story.follow(demo)
        posts, _likes, _wishes = held(demo.folder / "koweb-archive.sqlite", demo)
        topic = anniversary(demo)
        assert posts[topic.post_ids[0]].endswith("Bravo !")  # as a forum writes spaces
    assert [line.split()[:3] for line in said[before:] if line.startswith("$")] == [["$", "koweb", "listen"]] * 2
    out, err = capfd.readouterr()
    assert demo.env["KOWEB_DEMO_WEBHOOK_SECRET"] not in out + err


def test_without_the_extra_of_the_archive_it_says_how_to_see_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    monkeypatch.setattr(story, "publish", lambda _demo: called.append("publish"))
    monkeypatch.setattr(story, "keep", lambda _demo: called.append("keep"))
    monkeypatch.setitem(sys.modules, "koweb_sync.archive.store.store", None)
    with stage(called.append, 0) as demo:
        story.play(demo)
    assert called[0] == "publish"
    assert "koweb-sync[demo]" in called[1]
    assert len(called) == 2


# ---- the report


@pytest.mark.soak
@pytest.mark.parametrize("language", ["fr", in_every("en")])
def test_its_page_names_exactly_those_left_aside_and_its_post_none_of_them(
    language: str, capfd: pytest.CaptureFixture[str]
) -> None:
    i18n.activate(language)
    with stage(lambda _line: None, 0) as demo:
        keep(demo)
        story.tell(demo)
        capfd.readouterr()
        demo.run("koweb", "report", "--watch-list", "--format", "json", ok=(3,))
        listed = json.loads(capfd.readouterr().out)
        page = demo.page.read_text(encoding="utf-8")
        files = list((demo.folder / "posts" / "rapports").glob("*.md"))
        pushed = [one for one in demo.box.topics() if (one.external_id or "").startswith("koweb-")]
        post = demo.box.first_post(pushed[0].id)
        shared = [files[0].read_text(encoding="utf-8"), post.raw, post.cooked]
    month = demo.month
    assert len(files) == len(pushed) == 1
    assert {one["username"] for one in listed["people"]} == set(month.left_aside)
    assert {one["topic"] for one in listed["topics"]} == set(month.unanswered)
    for name in month.left_aside:
        assert name in page
    for person in PEOPLE:
        assert not [text for text in shared if person.name and person.name in text]
    titles = [one["title"] for one in month.seed["topics"] if one["id"] in month.unanswered]
    for words in (*month.left_aside, *month.not_counted, *titles):
        assert not [text for text in shared if re.search(rf"\b{re.escape(words)}", text, re.IGNORECASE)]
    for words in month.not_counted:
        assert words not in page
