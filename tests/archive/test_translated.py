"""A forum that shows texts in the reader's language: an archive holds what was said, whoever reads it how."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.archive.crawl import translations
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import Archive, archive_of, forum_of
from tests.archive.exploring import Explored, save_queries
from tests.workspace import translating

ENGLISH = "What was said here, in the language of those who read it in English."


@pytest.fixture(params=["2025", "2026"])
def town(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A French forum where half of what is said was put into English, and the key's user reads English."""
    with Sandbox.start(forum_of(20, 100, likes=10), flavour=request.param) as box:
        translating(box)
        for topic in box.topics():
            if topic.id % 2:
                box.translate(topic.id, "en", f"An English title for topic {topic.id}", ENGLISH)
        box.translate_names("en", tags={"outils": "tools", "été": "summer"}, categories={1: "Place", 2: "Spot"})
        box.state.users[1].locale = "en"
        yield box


def said(town: Sandbox) -> dict[int, tuple[str, str]]:
    """What was said: raw and HTML of every post."""
    return {post.id: (post.raw, post.cooked) for post in town.state.posts.values()}


def tags(archive: Archive) -> set[str]:
    """The tags that topics have in an archive."""
    return {row[0] for row in archive.rows("SELECT DISTINCT tag FROM topic_tags")}


@pytest.mark.parametrize("closed", [False, True])
def test_a81_what_is_held_is_what_was_said_and_in_which_language(town: Sandbox, tmp_path: Path, closed: bool) -> None:
    town.set(login_required=closed)  # everything is read with the key then
    with archive_of(town, tmp_path) as archive:
        archive.run()
        assert archive.texts() == said(town)
        # Where nobody reads without an account, nothing tells the name that fits no address: its slug stands in.
        named = closed and town.state.flavour.name == "2026"
        assert tags(archive) == {"outils", "ete" if named else "été"}
        told = dict(archive.rows("SELECT id, locale FROM posts"))
        assert {post: locale or None for post, locale in told.items()} == {
            post.id: post.locale for post in town.state.posts.values()
        }
        shown = {row[0] for row in archive.rows("SELECT id FROM posts WHERE localised = 1")}
        anew = {post.id for post in town.state.posts.values() if post.translations}
        assert shown == (anew if closed and town.state.flavour.name == "2026" else set())
        assert archive.run().found.get("versions", 0) == 0


@pytest.mark.parametrize("first", ["rest", "explorer"])
def test_a82_both_ways_hold_the_same_in_turn(town: Sandbox, tmp_path: Path, first: str) -> None:
    save_queries(town, tmp_path)
    with archive_of(town, tmp_path) as plain:
        archive = Explored(plain.box, plain.store, plain.folder, plain.wishes, plain.clock, plain.network)
        ways = [archive.crawl, archive.run]
        for way in [*(ways if first == "rest" else reversed(ways)), archive.crawl, archive.run]:
            archive.clock.pass_days(1)
            found = way(rolling=1).found
            assert archive.texts() == said(town)
            assert tags(archive) == {"outils", "été"}
            assert {row[0] for row in archive.rows("SELECT DISTINCT locale FROM posts")} == {"", "fr"}
        assert found.get("versions", 0) == found.get("topics changed", 0) == 0
        assert archive.rows("SELECT MAX(n) FROM topic_versions") == [(1,)]


def test_a83_nothing_more_is_asked_where_nothing_is_translated(town: Sandbox, tmp_path: Path) -> None:
    with archive_of(town, tmp_path) as archive:
        first = archive.run()
    town.set(content_localization_enabled=False)
    (tmp_path / "other").mkdir()
    with archive_of(town, tmp_path / "other") as archive:
        second = archive.run()
    assert not second.paths("/cooked")
    assert first.requests - second.requests <= len(first.paths("/tags")) + len(first.paths("/cooked"))


def test_a84_a_private_category_keeps_its_name_whatever_its_reader_speaks(town: Sandbox, tmp_path: Path) -> None:
    town.state.categories[2].permissions, town.state.categories[2].read_restricted = {"staff": 1}, True
    town.state.users[1].locale = None
    with archive_of(town, tmp_path, staff=True) as archive:
        archive.run()
        town.state.users[1].locale = "en"
        archive.clock.pass_days(2)
        archive.run()
        assert archive.rows("SELECT name FROM categories WHERE id = 2") == [("Lieu 2",)]


def held(archive: Archive) -> set[tuple[str, int, str, str, str]]:
    """The translations that an archive holds."""
    return set(archive.rows("SELECT kind, id, locale, raw, title FROM localisations"))


def told(town: Sandbox) -> set[tuple[str, int, str, str, str]]:
    """The translations that a forum has."""
    posts = {
        ("post", post.id, one.locale, one.raw, "")
        for post in town.state.posts.values()
        for one in post.translations.values()
    }
    titles = {
        ("topic", topic.id, locale, "", title)
        for topic in town.state.topics.values()
        for locale, title in topic.translations.items()
    }
    return posts | titles


def test_translations_are_kept_for_a_request_each_and_once(town: Sandbox, tmp_path: Path) -> None:
    with archive_of(town, tmp_path) as archive:
        plain = archive.run().requests
        assert held(archive) == set()
    (tmp_path / "other").mkdir()
    with archive_of(town, tmp_path / "other", translations=True) as archive:
        first = archive.run()
        many = sum(bool(post.translations) for post in town.state.posts.values())
        assert (held(archive), first.requests) == (told(town), plain + many)
        assert archive.texts() == said(town)
        assert archive.run().requests <= 3
        town.translate(1, "en", "A better title for topic 1", "A better translation.")
        archive.clock.pass_days(31)
        assert len(archive.run().paths("/post_localizations/")) == many
        assert held(archive) == told(town)
        whose = set(archive.rows("SELECT DISTINCT person FROM localisations WHERE kind = 'post'"))
        assert whose != {(None,)} if town.state.flavour.name == "2026" else whose == {(None,)}


def test_a_key_that_may_not_read_translations_is_asked_once_a_day(town: Sandbox, tmp_path: Path) -> None:
    with archive_of(town, tmp_path, translations=True) as archive:
        town.set(content_localization_allowed_groups="999")
        assert [len(archive.run().paths("/post_localizations/")) for _nth in range(2)] == [1, 0]
        town.set(content_localization_allowed_groups="1")
        archive.clock.pass_days(2)
        archive.run()
        assert held(archive) == told(town)


def test_a_forum_without_translations_is_asked_for_none(town: Sandbox, tmp_path: Path) -> None:
    town.set(content_localization_enabled=False)
    with archive_of(town, tmp_path, translations=True) as archive:
        assert archive.run().paths("/post_localizations/") == []


def test_many_translations_come_in_several_runs(town: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translations, "MOST", 3)
    with archive_of(town, tmp_path, translations=True) as archive:
        asked: list[int] = []
        while not asked or asked[-1]:
            asked.append(len(archive.run().paths("/post_localizations/")))
        assert asked == [3, 3, 3, 1, 0]
        assert held(archive) == told(town)
