"""Archiving a forum over its own API: complete, exact, and in few requests."""

from collections.abc import Iterator
from math import ceil
from pathlib import Path

import pytest

from koweb_sync.archive.crawl.costs import KnownCounts, by_rest
from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import put
from koweb_sync.forum.site import Totals
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import Archive, archive_of, forum_of, likes_of, public
from tests.workspace import SERVERS, served

PAGES = {"2022": 30, "2025": 100, "below": 100}


@pytest.fixture(params=SERVERS)
def flavour(request: pytest.FixtureRequest) -> str:
    """The kind of server."""
    return str(request.param)


@pytest.fixture
def town(flavour: str) -> Iterator[Sandbox]:
    """A forum of fifty topics and a thousand posts."""
    with served(flavour, forum_of(50, 1_000, likes=200)) as box:
        yield box


@pytest.fixture
def kept(town: Sandbox, tmp_path: Path) -> Iterator[Archive]:
    """An archive of that forum, which was just made."""
    with archive_of(town, tmp_path) as archive:
        archive.run()
        yield archive


def test_p158_a_crawl_asks_for_nothing_below_the_first_post_and_never_below_nought(tmp_path: Path) -> None:
    """Newer servers take `before=0` for no bound: whoever steps down to it begins again at the top. Before: on 2025
    a first run ended with an empty page, below the first post.
    """
    for flavour in ("2022", "2025"):
        folder = tmp_path / flavour
        folder.mkdir()
        with served(flavour, forum_of(3, 120)) as box, archive_of(box, folder) as kept:
            first = kept.run()
            kept.clock.pass_days(1)
            later = kept.run()
            asked = [one.query for one in (*first.log, *later.log) if one.path == "/posts.json"]
            assert sum(one.path == "/posts.json" for one in first.log) == 3
            assert not any("before=0" in one or "before=-" in one for one in asked)
            assert kept.texts() == public(box)


def test_a1_every_raw_and_cooked_is_the_servers_and_the_plan_holds(town: Sandbox, tmp_path: Path) -> None:
    plan = by_rest(Totals(50, 1_000, 200, 30), KnownCounts(first=True, daily=True, key=True))
    with archive_of(town, tmp_path) as archive:
        result = archive.run()
        assert archive.texts() == public(town)
        assert archive.likes() == likes_of(town)
        assert result.requests <= plan.requests.most


def test_a_full_archive_costs_what_is_promised(flavour: str, tmp_path: Path) -> None:
    topics, posts, likes, people = 210, 3_000, 2_000, 60
    with (
        served(flavour, forum_of(topics, posts, likes, people)) as box,
        archive_of(box, tmp_path) as kept,
    ):
        result = kept.run()
        assert kept.texts() == public(box)
        assert kept.likes() == likes_of(box)
        by_person: dict[int, int] = {}
        for _post, who in likes_of(box):
            by_person[who] = by_person.get(who, 0) + 1
        repairs = len(result.paths("/t/"))
        promised = topics / PAGES[flavour] + posts / 50 + repairs + sum(ceil(n / 100) for n in by_person.values()) + 20
        assert repairs <= topics / 10
        assert result.requests <= promised
        assert kept.rows("SELECT COUNT(*) FROM reactions WHERE at IS NULL") == [(0,)]


def test_a_banner_is_a_topic_that_everybody_may_read(flavour: str, tmp_path: Path) -> None:
    """Before: lists left it out, a look at it called it private, and no export of what is public had it."""
    with served(flavour, forum_of(9, 20, likes=30)) as box, archive_of(box, tmp_path) as kept:
        with box.state.lock:
            box.state.topics[7].archetype = "banner"
        kept.run()
        assert (kept.texts(), kept.likes()) == (public(box), likes_of(box))
        look = {"forum": kept.forum, "kind": "topic", "id": 7, "detail": '{"read": true}'}
        for wishes in ({"key": True}, {"key": False}):
            box.reply(7, "Une réponse de plus, avec quelques mots de plus.", username="membre3")
            with kept.store.begin() as connection:
                put(connection, schema.AGENDA, [look])
            kept.run(**wishes)
            assert kept.texts() == public(box)
        assert kept.rows("SELECT archetype, shown, listed FROM topics WHERE id = 7") == [("banner", 1, 1)]
        assert kept.tombstones("topic") == {}
        with kept.store.read() as connection:
            reader = Reader(connection, kept.forum)
            assert 7 in {topic.id for topic, _posts in reader.walk(ArchiveFilter(public=True))}


def test_a2_where_nothing_changed_three_requests_are_enough(kept: Archive) -> None:
    before = kept.content()
    result = kept.run()
    assert result.requests <= 3
    assert kept.content() == before
    assert not result.found


def test_a3_five_hundred_new_posts_are_all_there(kept: Archive, town: Sandbox) -> None:
    for n in range(500):
        town.reply(
            1 + n % 50, f"Encore une réponse, la numéro {n}, avec quelques mots.", username=f"membre{2 + n % 20}"
        )
    result = kept.run()
    assert kept.texts() == public(town)
    assert result.found["posts"] == 500


def test_a7_a_like_on_an_old_post_is_found(kept: Archive, town: Sandbox, flavour: str) -> None:
    town.state.posts[3].likes.append((29, town.state.clock()))
    town.state.changed(town.state.posts[3].topic_id)
    result = kept.run()
    assert kept.likes() == likes_of(town)
    assert result.requests <= ceil(50 / PAGES[flavour]) + 4
