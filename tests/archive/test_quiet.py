"""After any changes were archived, the next run finds nothing, writes nothing, and takes three requests at most."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import Archive, archive_of, forum_of, likes_of, public
from tests.archive.test_doubts import quarters
from tests.gate import in_every
from tests.workspace import SERVERS, served

pytestmark = pytest.mark.server("2022")

Change = Callable[[Sandbox, random.Random], None]


def living(box: Sandbox, dice: random.Random) -> int:
    """Some public topic."""
    there = [one.id for one in box.topics() if one.deleted_at is None and one.category_id in (1, 2, 3)]
    return dice.choice(there)


def answer(box: Sandbox, dice: random.Random) -> None:
    """Somebody answers, maybe where only some people read."""
    box.reply(dice.choice([living(box, dice), 4, 7]), f"Encore une réponse, {dice.random()}.", username="admin")


def like(box: Sandbox, dice: random.Random) -> None:
    """Somebody likes a post."""
    post = dice.choice([one for one in box.state.posts.values() if one.alive and one.type == 1])
    who = dice.randrange(2, 30)
    if who not in {one for one, _at in post.likes}:
        post.likes.append((who, box.state.clock()))
        box.state.changed(post.topic_id)


def unlike(box: Sandbox, dice: random.Random) -> None:
    """Somebody takes a like back."""
    liked = [one for one in box.state.posts.values() if one.likes]
    if liked:
        post = dice.choice(liked)
        post.likes.pop(dice.randrange(len(post.likes)))
        box.state.changed(post.topic_id)


def drop(box: Sandbox, dice: random.Random) -> None:
    """A moderator deletes a reply."""
    there = [one for one in box.state.posts.values() if one.number > 1 and one.alive and one.type == 1]
    if there:
        with box.state.lock:
            box.services.moderation.delete_post(box.state.user("admin"), dice.choice(there))


def remove(box: Sandbox, dice: random.Random) -> None:
    """A moderator deletes a topic."""
    if len([one for one in box.topics() if one.deleted_at is None and one.category_id in (1, 2, 3)]) > 2:
        box.delete(living(box, dice), username="admin")


def revive(box: Sandbox, dice: random.Random) -> None:
    """A moderator brings a topic back."""
    gone = [one.id for one in box.topics() if one.deleted_at is not None]
    if gone:
        box.recover(dice.choice(gone))


def merge(box: Sandbox, dice: random.Random) -> None:
    """A moderator merges two topics."""
    one, two = living(box, dice), living(box, dice)
    if one != two:
        box.merge(one, two, username="admin")


def shut(box: Sandbox, dice: random.Random) -> None:
    """A moderator closes a topic."""
    box.close(living(box, dice), username="admin")


def unlist(box: Sandbox, dice: random.Random) -> None:
    """A moderator takes a topic out of the lists."""
    with box.state.lock:
        topic = box.state.topics[living(box, dice)]
        box.services.moderation.status(box.state.user("admin"), topic, "visible", enabled=False)


def move(box: Sandbox, dice: random.Random) -> None:
    """A moderator moves a topic to a category of some people."""
    with box.state.lock:
        there = [one for one in box.topics() if one.deleted_at is None and one.category_id in (1, 2, 3)]
        topic = there[0].id
        box.state.topics[topic].category_id = 2 if len(there) < 3 else dice.choice([4, 5])
        box.state.changed(topic)


def hide(box: Sandbox, dice: random.Random) -> None:
    """Moderation hides a post."""
    box.hide(living(box, dice))


CHANGES: tuple[Change, ...] = (answer, like, unlike, drop, remove, revive, merge, shut, unlist, move, hide)


@pytest.mark.parametrize("chance", [*range(3), *map(in_every, range(3, 6))])
@pytest.mark.parametrize("flavour", ["2022", "2025"])
def test_a2_the_run_after_any_change_is_quiet(flavour: str, chance: int, tmp_path: Path) -> None:
    dice = random.Random(chance)
    wishes = {"key": chance % 3 != 2, "staff": chance % 3 == 1}
    with served(flavour, quarters()) as box, archive_of(box, tmp_path, **wishes) as kept:
        kept.run()
        for _round in range(6):
            done = [dice.choice(CHANGES) for _ in range(dice.randrange(1, 4))]
            for change in done:
                change(box, dice)
            kept.run()
            before = kept.content()
            quiet = kept.run()
            names = [change.__name__ for change in done]
            assert quiet.requests <= 3, (names, [one.path for one in quiet.log])
            assert kept.content() == before, names
        kept.clock.pass_days(1)
        kept.run()
        assert kept.texts() == kept.texts() | visible(box, kept)
        held = visible(box, kept).keys()
        assert {one for one in likes_of(box) if one[0] in held} <= kept.likes()
        assert kept.run().requests <= 3


def visible(box: Sandbox, kept: Archive) -> dict[int, tuple[str, str]]:
    """What everybody may read, without what moderation hid, and without a key also without what no list shows."""
    posts, topics = box.state.posts, box.state.topics
    return {
        post: both
        for post, both in public(box).items()
        if not posts[post].hidden and (kept.wishes.key or topics[posts[post].topic_id].visible)
    }


@pytest.fixture(params=SERVERS)
def crowded(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A forum whose newest hundred posts are personal messages."""
    seed = forum_of(20, 300)
    for post in seed["posts"][200:]:
        post |= {"topic_id": 20, "reply_to_post_number": None}
    for topic in range(1, 21):
        for number, post in enumerate([one for one in seed["posts"] if one["topic_id"] == topic], 1):
            post |= {"post_number": number, "reply_to_post_number": None}
    seed["topics"][19]["archetype"] = "private_message"
    with served(request.param, seed) as box:
        yield box


def test_a2_a_forum_full_of_personal_messages_takes_three_requests(crowded: Sandbox, tmp_path: Path) -> None:
    with archive_of(crowded, tmp_path) as kept:
        kept.run()
        assert kept.texts() == public(crowded)
        assert kept.run().requests <= 3
        crowded.reply(3, "Une réponse publique, après tous ces messages.", username="admin")
        kept.run()
        assert kept.texts() == public(crowded)


def test_a2_a_forum_that_wants_a_login_takes_three_requests(crowded: Sandbox, tmp_path: Path) -> None:
    crowded.set(login_required=True)
    with archive_of(crowded, tmp_path) as kept:
        kept.run()
        assert kept.run().requests <= 3
        crowded.set(login_required=False)
        kept.clock.pass_days(1)
        kept.run()
        assert not any(one.keyed for one in kept.run().log)
