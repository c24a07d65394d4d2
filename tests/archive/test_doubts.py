"""What a run must not conclude: a key that is gone, a wish that changed, a forum that closed are no deletions."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from koweb_sync.archive.ingest import like_changes
from koweb_sync.errors import ForumKeyRefused, HumanNeeded, InputError
from koweb_sync.forum.models import Like, User
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.gateway.faults import Fault
from tests.archive.crawling import archive_of, forum_of, likes_of
from tests.workspace import SERVERS, served

pytestmark = pytest.mark.server("2022")

STAFF, TEAM = 4, 5


def quarters(posts: int = 90, likes: int = 30, people: int = 30) -> dict[str, Any]:
    """A forum with a category of staff, one of a team, an unlisted topic and some likes."""
    seed = forum_of(12, posts, likes, people, enable_whispers=True, whispers_allowed_groups="3")
    seed["groups"].append({"id": 41, "name": "equipe", "members": [1, 2, 3]})
    seed["categories"] += [
        {"id": STAFF, "name": "Coulisses", "slug": "coulisses", "read_restricted": True, "permissions": {"staff": 1}},
        {"id": TEAM, "name": "Équipe", "slug": "equipe", "read_restricted": True, "permissions": {"equipe": 1}},
    ]
    seed["topics"][3]["category_id"] = STAFF
    seed["topics"][6]["category_id"] = TEAM
    seed["topics"][4]["visible"] = False
    return seed


@pytest.fixture(params=SERVERS)
def town(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Such a forum."""
    with served(request.param, quarters()) as box:
        yield box


def test_a_whisper_is_not_kept_unless_staff_is_asked_for(town: Sandbox, tmp_path: Path) -> None:
    post = next(one for one in town.state.posts.values() if one.topic_id == 7 and one.number > 1)
    post.type = 4
    town.state.changed(7)
    with archive_of(town, tmp_path) as kept:
        kept.run()
        assert kept.rows("SELECT COUNT(*) FROM posts WHERE topic = 7 AND number = 1") == [(1,)]
        assert kept.rows("SELECT COUNT(*) FROM posts WHERE type = 4") == [(0,)]
        kept.run(staff=True)
        kept.clock.pass_days(1)
        town.reply(7, "Une réponse de plus, pour que le sujet soit relu.", username="admin")
        kept.run(staff=True)
        assert kept.rows("SELECT id FROM posts WHERE type = 4") == [(post.id,)]


@pytest.mark.parametrize("later", [{"key": False}, {"staff": False}, {"public_only": True}])
def test_what_we_do_not_look_for_any_more_is_not_gone(town: Sandbox, tmp_path: Path, later: dict[str, bool]) -> None:
    with archive_of(town, tmp_path, staff=True) as kept:
        kept.run()
        assert kept.rows("SELECT COUNT(*) FROM topics WHERE id IN (4, 5, 7)") == [(3,)]
        before = kept.content()
        for _day in range(2):
            kept.clock.pass_days(1)
            kept.run(**later)
        assert kept.tombstones("topic") == {}
        assert kept.content() == before
        kept.clock.pass_days(1)
        assert not kept.run().found


def test_a_wish_that_changes_nothing_is_no_reason_to_read_everything_again(town: Sandbox, tmp_path: Path) -> None:
    with archive_of(town, tmp_path, key=False) as kept:
        kept.run()
        usual = len(kept.run().log)
        assert len(kept.run(public_only=True).log) == usual == 3


def test_a_key_that_is_revoked_during_a_run_stops_it_and_nothing_is_private(town: Sandbox, tmp_path: Path) -> None:
    with archive_of(town, tmp_path, staff=True) as kept:
        kept.run()
        kept.clock.pass_days(1)
        for topic in (4, 7):
            town.reply(topic, "Une réponse de plus, pour que le sujet soit relu.", username="admin")
        keys = dict(town.state.keys)
        town.fail(Fault("call", path=r"^/t/\d+", before=town.state.keys.clear))
        with pytest.raises(ForumKeyRefused):
            kept.run()
        assert kept.tombstones("topic") == {}
        town.state.keys.update(keys)
        kept.run()
        assert kept.tombstones("topic") == {}
        assert kept.rows("SELECT COUNT(*) FROM posts WHERE topic IN (4, 7)") == [
            (sum(one.topic_id in (4, 7) for one in town.state.posts.values()),)
        ]


def test_a_forum_that_closes_during_a_run_without_a_key_loses_nothing(town: Sandbox, tmp_path: Path) -> None:
    with archive_of(town, tmp_path, key=False) as kept:
        kept.run()
        for topic in (1, 2, 3):
            town.reply(topic, "Une réponse de plus, pour que le sujet soit relu.", username="admin")
            town.delete(topic, username="admin")
        town.fail(Fault("call", path=r"^/t/\d+", before=lambda: town.set(login_required=True)))
        with pytest.raises(InputError):
            kept.run()
        assert kept.tombstones("topic") == {}
        town.set(login_required=False)
        kept.run()
        assert kept.tombstones("topic") == dict.fromkeys((1, 2, 3), "unseen")


def test_a_404_to_somebody_who_is_no_administrator_is_no_deletion(town: Sandbox, tmp_path: Path) -> None:
    with archive_of(town, tmp_path) as kept:
        kept.run()
        town.state.users[2].moderator = True
        town.delete(2, username="membre2")
        town.state.users[1].admin = False
        kept.run()
        assert kept.tombstones("topic") == {2: "unseen"}
        assert kept.rows("SELECT deleted FROM topics WHERE id = 2") == [(None,)]


def test_nobody_leaves_a_group_that_we_may_not_look_into(town: Sandbox, tmp_path: Path) -> None:
    with archive_of(town, tmp_path) as kept:
        kept.run()
        members = kept.rows('SELECT person FROM group_members WHERE "group" = 3 AND until IS NULL')
        assert (1,) in members
        town.fail(Fault("status", path="/groups/staff/members", status=403, times=9))
        kept.clock.pass_days(1)
        kept.run()
        assert kept.rows("SELECT COUNT(*) FROM group_members WHERE until IS NOT NULL") == [(0,)]


def test_a_directory_that_ends_with_a_refusal_is_read_so_far(tmp_path: Path) -> None:
    with Sandbox.start(forum_of(5, 20, people=120)) as box, archive_of(box, tmp_path) as kept:
        body = b'{"errors":["page"],"error_type":"invalid_parameters"}'
        box.fail(Fault("status", path="/directory_items", nth=2, times=9, status=400, body=body))
        kept.run()
        assert kept.rows("SELECT COUNT(*) FROM activity") == [(50,)]


def test_likes_in_a_category_of_some_have_their_people(town: Sandbox, tmp_path: Path) -> None:
    with archive_of(town, tmp_path) as kept:
        kept.run()
        inside = {post.id for post in town.state.posts.values() if post.topic_id == 7}
        there = {(post, who) for post in inside for who, _at in town.state.posts[post].likes}
        assert there
        assert {one for one in kept.likes() if one[0] in inside} == there
        assert likes_of(town) <= kept.likes()


def like(person: int, at: int | None = None) -> Like:
    """A like of post 1."""
    return Like(1, User(person, f"membre{person}"), at=at)


def row(person: int, seen: int, at: int | None = None) -> dict[str, Any]:
    """A like of post 1 that we hold."""
    first = {"post": 1, "person": person, "kind": "like", "n": 1, "at": at, "after": None, "seen": seen}
    return {**first, "there": None, "gone": None}


def test_a8_a_like_in_place_of_another_came_nobody_knows_when() -> None:
    gone, new = sorted(
        like_changes.changes([like(3)], [row(2, 100)], {(1, 2, "like"): 1}, now=900, looked=800),
        key=lambda one: one["person"],
    )
    assert (gone["there"], gone["gone"]) == (100, 900)  # it may have gone long before we compared numbers last
    assert (new["after"], new["seen"]) == (None, 900)


def test_a8_a_later_like_of_the_same_person_ends_the_earlier_one_before_it_came() -> None:
    gone, new = like_changes.changes([like(2, at=500)], [row(2, 100, at=50)], {(1, 2, "like"): 1}, now=900, looked=800)
    assert (gone["there"], gone["gone"]) == (100, 500)
    assert (new["n"], new["at"]) == (2, 500)


def test_topics_that_only_the_key_shows_are_not_asked_for_one_by_one(town: Sandbox, tmp_path: Path) -> None:
    with archive_of(town, tmp_path, staff=True) as kept:
        kept.run()
        post = next(one for one in town.state.posts.values() if one.topic_id == 1)
        post.likes.append((next(n for n in range(2, 30) if (post.id, n) not in likes_of(town)), town.state.clock()))
        town.state.changed(1)
        result = kept.run()
        assert not [one for one in result.log if one.keyed]
        assert kept.likes() >= likes_of(town)
        assert kept.run().requests <= 3


def test_a_category_made_today_is_looked_at_before_anything_in_it_is_kept(town: Sandbox, tmp_path: Path) -> None:
    town.set(login_required=True)
    with archive_of(town, tmp_path) as kept:
        kept.run()
        with town.state.lock:
            town.state.categories[9] = replace(town.state.categories[STAFF], id=9, name="Jury", slug="jury")
        title, text = "Les délibérations du jury", "Personne d’autre ne doit lire ceci."
        town.new_topic(title, text, category=2, username="admin").category_id = 9
        town.new_topic("Une question pour tout le monde", "Et voici ma question.", category=2, username="admin")
        kept.run()
        assert b"Personne d\xe2\x80\x99autre" not in (tmp_path / "archive.sqlite").read_bytes()
        assert "Et voici ma question." in {raw for raw, _cooked in kept.texts().values()}
        assert kept.run().requests <= 3


def test_a_forum_restored_from_an_old_backup_is_not_mixed_with_what_was_lost(town: Sandbox, tmp_path: Path) -> None:
    with archive_of(town, tmp_path) as kept:
        kept.run()
        kept.clock.pass_days(0.5)
        last = max(town.state.posts)
        with town.state.lock:  # the number of a post that the backup did not hold is given to another one
            post = town.state.posts[last]
            post.user_id = 2 + post.user_id % 20
            post.created_at += 86_400.0
            post.raw, post.html = "Un tout autre message, de quelqu’un d’autre.", None
            town.state.changed(post.topic_id)
        before = kept.rows("SELECT * FROM posts ORDER BY id"), kept.rows("SELECT * FROM post_versions ORDER BY post, n")
        with pytest.raises(HumanNeeded):
            kept.run()
        after = kept.rows("SELECT * FROM posts ORDER BY id"), kept.rows("SELECT * FROM post_versions ORDER BY post, n")
        assert after == before
