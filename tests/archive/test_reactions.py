"""Reactions and accepted answers over the forum's own API: who reacted and when, and no like that does not exist."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.archive.crawl.run import Run, Silent
from koweb_sync.archive.verify.compare import verify
from koweb_sync.forum.client import Forum
from koweb_sync.forum.reader import ForumReader
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.gateway.faults import Fault
from tests.archive.crawling import FREE, Archive, archive_of, forum_of, likes_of
from tests.workspace import SERVERS, served

EMOJI = ("clap", "hugs", "laughing")


@pytest.fixture(params=SERVERS)
def town(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A forum of ten topics and sixty posts, with likes and other reactions."""
    with served(request.param, forum_of(10, 60, likes=40)) as box:
        react(box, 39)
        yield box


def react(box: Sandbox, most: int) -> None:
    """So many reactions, none by an author, who would not like their own post."""
    done = 0
    for post in list(box.state.posts.values()):
        for user in (7, 8):
            if done < most and user != post.user_id and all(user != liker for liker, _at in post.likes):
                box.react(post.id, EMOJI[done % 3], username=f"membre{user}")
                done += 1
    assert done == most


def reacted(box: Sandbox) -> set[tuple[int, int, str]]:
    """Who reacted how on the forum, likes aside."""
    posts = box.state.posts.values()
    return {(post.id, user, one.emoji) for post in posts for user, one in post.reacted.items() if one.emoji != "heart"}


def held(kept: Archive) -> set[tuple[int, int, str]]:
    """The reactions that an archive holds."""
    query = "SELECT post, person, kind FROM reactions WHERE kind <> 'like' AND gone IS NULL"
    return {(post, person, kind) for post, person, kind in kept.rows(query)}


def likes_checked(kept: Archive) -> tuple[int, int, int, int]:
    """What a comparison with the forum says of likes: as the forum counts, named, missing, and too many."""
    with Forum(kept.box.url, "admin", kept.box.keys["all_users"], limits=FREE, state=kept.folder / "machine") as forum:
        run = Run(kept.store, kept.forum, kept.box.url, ForumReader(forum), kept.wishes, Silent(), kept.clock.micros)
        likes = [one.likes for one in verify(run).entries]
    return tuple(sum(getattr(one, name) for one in likes) for name in ("expected", "named", "short", "surplus"))


def test_who_reacted_is_found_by_name_and_no_reaction_becomes_a_like(town: Sandbox, tmp_path: Path) -> None:
    with archive_of(town, tmp_path) as kept:
        first = kept.run()
        assert held(kept) == reacted(town)
        assert kept.likes() == likes_of(town)
        assert kept.rows("SELECT COUNT(*) FROM reactions WHERE kind <> 'like' AND at IS NULL") == [(0,)]
        assert (first.found["reactions"], first.found["likes"]) == (39, len(likes_of(town)))
        assert not first.paths("/u/"), "the directory names everybody"
        assert len(first.paths("/site/settings")) == 1, "which reaction is a like is asked once"
        count = len(likes_of(town))
        assert likes_checked(kept) == (count, count, 0, 0)
        assert kept.run().requests <= 3
        kept.clock.pass_days(1)
        later = kept.run()
        assert not {"likes", "unlikes", "reactions", "reactions gone", "recounted"} & later.found.keys()


def test_somebody_whom_no_directory_names_is_asked_for(town: Sandbox, tmp_path: Path) -> None:
    town.fail(Fault("status", path="/directory_items", status=403, times=100))
    with archive_of(town, tmp_path) as kept:
        kept.run()
        assert held(kept) == reacted(town)


def test_a_like_that_becomes_another_reaction_and_back_is_told_as_that(town: Sandbox, tmp_path: Path) -> None:
    post = next(post for post in town.state.posts.values() if not post.likes and post.user_id not in (9, 10))
    town.like(post.id, username="membre9")
    # At an earlier second: a reaction and a like of one second are one act.
    post.likes[-1] = (post.likes[-1][0], post.likes[-1][1] - 60)
    with archive_of(town, tmp_path) as kept:
        kept.run()
        town.react(post.id, "clap", username="membre9")
        kept.clock.pass_days(31)
        found = kept.run().found
        assert (found["reactions"], found["unlikes"]) == (1, 1)
        assert (post.id, 9, "clap") in held(kept)
        assert kept.likes() == likes_of(town)
        town.react(post.id, "heart", username="membre9")
        kept.clock.pass_days(31)
        found = kept.run().found
        assert (found["likes"], found["reactions gone"]) == (1, 1)
        assert held(kept) == reacted(town)
        assert kept.likes() == likes_of(town)


def test_another_setting_of_which_reactions_are_likes_is_no_unlike(town: Sandbox, tmp_path: Path) -> None:
    with archive_of(town, tmp_path) as kept:
        kept.run()
        before = (held(kept), kept.likes())
        exclude(town, "clap|hugs")
        kept.clock.pass_days(1)
        found = kept.run().found
        assert not {"likes", "unlikes", "reactions", "reactions gone"} & found.keys()
        assert found.get("recounted", 0) == (0 if town.state.flavour.name == "2022" else recounted(town))
        assert (held(kept), kept.likes()) == before
        exclude(town, "")
        kept.clock.pass_days(1)
        assert not {"likes", "unlikes"} & kept.run().found.keys()
        assert (held(kept), kept.likes()) == before


def exclude(box: Sandbox, emoji: str) -> None:
    """Some reactions are no likes from now on: what the forum's job makes of it."""
    box.set(discourse_reactions_excluded_from_like=emoji)
    if not box.state.flavour.shadow_likes:
        return
    out = set(emoji.split("|"))
    for post in box.state.posts.values():
        plain = [one for one in post.likes if one[0] not in post.reacted]
        post.likes = plain + [(user, one.at) for user, one in post.reacted.items() if one.emoji not in out]
        box.state.changed(post.topic_id)


def recounted(box: Sandbox) -> int:
    """How many posts have reactions that are no likes any more."""
    posts = box.state.posts.values()
    return sum(any(one.emoji in ("clap", "hugs") for one in post.reacted.values()) for post in posts)


def test_reactions_that_are_switched_off_and_on_again_are_told_as_a_setting(town: Sandbox, tmp_path: Path) -> None:
    with archive_of(town, tmp_path) as kept:
        kept.run()
        before = (held(kept), kept.likes())
        for on in (False, True):
            town.set(discourse_reactions_enabled=on)
            for topic in town.state.topics:
                town.state.changed(topic)
            kept.clock.pass_days(31)
            found = kept.run().found
            assert found["reaction settings"] == 1
            assert not {"likes", "unlikes", "reactions gone"} & found.keys()
            assert (held(kept), kept.likes()) == before


def test_another_main_reaction_later_is_told_as_a_setting_and_no_like_becomes_a_reaction(
    town: Sandbox, tmp_path: Path
) -> None:
    with archive_of(town, tmp_path) as kept:
        kept.run()
        before = (held(kept), kept.likes())
        town.set(discourse_reactions_reaction_for_like="+1")
        kept.clock.pass_days(1)
        later = kept.run()
        assert later.found == {"reaction settings": 1}
        assert len(later.paths("/site/settings")) == 1
        assert (held(kept), kept.likes()) == before
        kept.clock.pass_days(31)
        later = kept.run()
        assert later.found == {}
        assert later.paths("/site/settings") == []


@pytest.mark.parametrize("flavour", ["2022", "2025"])
def test_a_like_in_place_of_another_in_its_topic_is_not_taken_back_by_an_older_count(
    flavour: str, tmp_path: Path
) -> None:
    """Before: the topic's count stood still, and the like that its person's list named was closed at once."""
    with served(flavour, forum_of(8, 60, likes=30)) as box, archive_of(box, tmp_path) as kept:
        kept.run()
        posts = list(box.state.posts.values())
        old = next(post for post in posts[:9] if not post.likes and post.user_id != 9)
        other = next(post for post in posts if post.topic_id == old.topic_id and post.likes)
        with box.state.lock:
            box.services.likes.drop_like(box.state.users[other.likes[0][0]], other)
        box.like(old.id, username="membre9")
        kept.clock.pass_days(1)
        kept.run()
        mine = kept.rows("SELECT n, gone FROM reactions WHERE post = :p AND person = 9", p=old.id)
        assert mine == [(1, None)]


def test_another_main_reaction_is_the_like(tmp_path: Path) -> None:
    seed = forum_of(5, 30, likes=20, discourse_reactions_reaction_for_like="+1")
    with Sandbox.start(seed) as box, archive_of(box, tmp_path) as kept:
        react(box, 10)
        kept.run()
        assert kept.likes() == likes_of(box)
        assert held(kept) == reacted(box)


def test_a_first_run_keeps_all_accepted_answers_whatever_the_order(tmp_path: Path) -> None:
    for flavour in ("2022", "2025"):
        with served(flavour, forum_of(15, 150)) as box:
            expected = {}
            for topic in box.state.topics.values():
                if len(topic.post_ids) > 1:
                    post = box.state.posts[topic.post_ids[-1]]
                    box.accept(post.id)
                    expected[topic.id] = post.number
            folder = tmp_path / flavour
            folder.mkdir()
            with archive_of(box, folder) as kept:
                kept.run()
                assert dict(kept.rows("SELECT id, accepted FROM topics WHERE accepted IS NOT NULL")) == expected
                one, number = next(iter(expected.items()))
                others = (box.state.posts[post] for post in box.state.topics[one].post_ids)
                other = next(post.id for post in others if post.number not in (1, number))
                box.accept(other)
                kept.clock.pass_days(31)
                kept.run()
                found = kept.rows("SELECT accepted FROM topics WHERE id = :t", t=one)
                assert found == [(box.state.posts[other].number,)]
