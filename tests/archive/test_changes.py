"""What changes on a forum after it was archived: each change is found, within the bound that is stated."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.model.records import Accepted
from tests.archive.crawling import Archive, archive_of, forum_of, likes_of, public
from tests.workspace import SERVERS, served

pytestmark = pytest.mark.server("2022")

DAYS = 30


@pytest.fixture(params=SERVERS)
def town(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A forum of forty topics and four hundred posts."""
    with served(request.param, forum_of(40, 400, likes=60)) as box:
        yield box


@pytest.fixture
def kept(town: Sandbox, tmp_path: Path) -> Iterator[Archive]:
    """An archive of that forum, which was just made."""
    with archive_of(town, tmp_path) as archive:
        archive.run()
        yield archive


def revise(town: Sandbox, post: int, raw: str, **given: object) -> None:
    """The author edits a post."""
    with town.state.lock:
        found = town.state.posts[post]
        topic = town.state.topics[found.topic_id]
        town.services.editor.revise(town.state.users[found.user_id], topic, found, {"raw": raw, **given})


def third_post(town: Sandbox) -> int:
    """The third post of an old topic."""
    return next(post.id for post in town.state.posts.values() if post.number == 3)


def wait_for(kept: Archive, days: int = 2) -> None:
    """Run once a day, for so many days, in which all posts are read again."""
    for _ in range(days):
        kept.clock.pass_days(1)
        kept.run(rolling=days)


def test_a5_an_edit_of_an_old_post_is_found_within_the_declared_days(town: Sandbox, kept: Archive) -> None:
    post = third_post(town)
    before = town.state.posts[post].raw
    revise(town, post, "Un texte tout à fait différent, écrit bien plus tard.", edit_reason="précision")
    assert kept.run().requests <= 3
    wait_for(kept)
    assert kept.versions(post) == [before, "Un texte tout à fait différent, écrit bien plus tard."]


def test_a_solution_that_is_marked_or_not_any_more_is_found_within_the_declared_days(
    town: Sandbox, kept: Archive
) -> None:
    post = town.post(third_post(town))
    for answers, number in (({post.id: Accepted(1, 0.0)}, 3), ({}, None)):
        with town.state.lock:
            town.state.topics[post.topic_id].answers = answers
            town.state.changed(post.topic_id)
        wait_for(kept)
        assert kept.rows("SELECT accepted FROM topics WHERE id = :t", t=post.topic_id) == [(number,)]


def test_a_reply_and_a_deletion_in_an_unlisted_topic_are_found_within_a_day(town: Sandbox, kept: Archive) -> None:
    topic = next(one for one in town.state.topics.values() if len(one.post_ids) > 3)
    with town.state.lock:
        topic.visible = False
        town.state.changed(topic.id)
    kept.clock.pass_days(1)
    kept.run()
    lost = town.post(topic.post_ids[2])
    reply = town.reply(topic.id, "Une réponse là où aucune liste ne mène, tout simplement.", username="membre3")
    with town.state.lock:
        town.services.moderation.delete_post(town.state.user("admin"), lost)
    kept.clock.pass_days(1)
    kept.run()
    assert reply.id in kept.texts()
    assert lost.id in kept.tombstones("post")


def test_a5_the_rolling_reading_keeps_to_its_quota(kept: Archive) -> None:
    asked = []
    for _ in range(DAYS):
        kept.clock.pass_days(1)
        asked.append(len(kept.run().paths("/posts.json")) - 1)
    assert sum(asked) <= 2 * (400 / 50) + DAYS  # a part of a window is a window
    assert all(n <= 1 + 400 / (50 * DAYS) for n in asked)


def test_a6_an_edit_without_a_new_version_number_is_a_version(town: Sandbox, kept: Archive) -> None:
    post = third_post(town)
    number, before = town.state.posts[post].version, town.state.posts[post].raw
    with town.state.lock:  # within the minutes of grace an edit counts no version
        town.state.posts[post].raw = before.replace("question", "interrogation") + " !"
        town.state.posts[post].html = None
    assert town.state.posts[post].version == number
    wait_for(kept)
    assert len(kept.versions(post)) == 2


def test_a7_who_likes_an_old_post_is_found_at_once(town: Sandbox, kept: Archive) -> None:
    post = third_post(town)
    liker = next(n for n in range(2, 30) if (post, n) not in likes_of(town))
    town.state.posts[post].likes.append((liker, town.state.clock()))
    town.state.changed(town.state.posts[post].topic_id)
    assert kept.run().found == {"likes": 1}
    assert kept.likes() == likes_of(town)


def test_a8_a_like_that_was_taken_back_is_closed_with_an_interval(town: Sandbox, kept: Archive) -> None:
    post = next(one for one in town.state.posts.values() if one.likes)
    liker, _at = post.likes.pop()
    town.state.changed(post.topic_id)
    assert kept.run().found["unlikes"] == 1
    assert kept.likes() == likes_of(town)
    rows = kept.rows("SELECT there, gone FROM reactions WHERE post = :p AND person = :w", p=post.id, w=liker)
    assert len(rows) == 1
    there, gone = rows[0]
    assert 0 < there < gone


def test_a8_a_like_and_its_taking_back_between_two_looks_leave_no_trace(town: Sandbox, kept: Archive) -> None:
    post = town.state.posts[third_post(town)]
    post.likes.append((29, town.state.clock()))
    post.likes.pop()
    assert "likes" not in kept.run().found


def test_a8_a_like_that_came_while_another_went_is_found_the_next_day(town: Sandbox, kept: Archive) -> None:
    post = next(one for one in town.state.posts.values() if one.likes)
    new = next(n for n in range(2, 30) if n not in {who for who, _at in post.likes})
    post.likes[0] = (new, town.state.clock())
    town.state.changed(post.topic_id)
    kept.clock.pass_days(1)
    kept.run()
    assert kept.likes() == likes_of(town)


def test_a9_a_deleted_post_keeps_its_text_and_gets_a_tombstone(town: Sandbox, kept: Archive) -> None:
    post = town.state.posts[third_post(town)]
    with town.state.lock:
        town.services.moderation.delete_post(town.state.user("admin"), post)
    kept.run()
    assert kept.tombstones("post") == {post.id: "deleted"}
    assert kept.versions(post.id) == [post.raw]
    with town.state.lock:
        town.services.moderation.recover_post(post)
    kept.run()
    assert kept.tombstones("post") == {}
    assert kept.texts() == public(town)


def test_a9_a_deleted_topic_keeps_its_posts_and_gets_a_tombstone(town: Sandbox, kept: Archive) -> None:
    before = kept.texts()
    town.delete(7, username="admin")
    kept.run()
    assert kept.tombstones("topic") == {7: "deleted"}
    assert kept.texts() == before
    town.recover(7)
    kept.run()
    assert kept.tombstones("topic") == {}


def test_a9_without_a_key_nobody_says_that_something_was_deleted(town: Sandbox, tmp_path: Path) -> None:
    with archive_of(town, tmp_path, key=False) as kept:
        kept.run()
        town.delete(7, username="admin")
        kept.run()
        assert kept.tombstones("topic") == {7: "unseen"}
        assert kept.rows("SELECT deleted FROM topics WHERE id = 7") == [(None,)]


def test_a9_a_topic_that_became_private_is_no_deletion(town: Sandbox, kept: Archive) -> None:
    with town.state.lock:
        town.state.categories[1].read_restricted = True
        town.state.categories[1].permissions = {"staff": 1}
    inside = {topic.id for topic in town.topics() if topic.category_id == 1}
    kept.clock.pass_days(1)
    kept.run()
    assert {number: why for number, why in kept.tombstones("topic").items() if number in inside} == dict.fromkeys(
        inside, "private"
    )
    assert kept.rows("SELECT COUNT(*) FROM topics WHERE deleted IS NOT NULL") == [(0,)]


def test_a10_a_post_that_moderation_hid_keeps_its_text(town: Sandbox, kept: Archive) -> None:
    first = town.first_post(5)
    town.hide(5)
    wait_for(kept)
    assert kept.texts()[first.id] == (first.raw, first.cooked)
    assert kept.rows("SELECT hidden FROM posts WHERE id = :p", p=first.id) == [(1,)]
    with town.state.lock:
        first.hidden = False
        town.state.changed(5)
    wait_for(kept)
    assert kept.texts()[first.id] == (first.raw, first.cooked)
    assert kept.rows("SELECT COUNT(*) FROM post_versions WHERE post = :p AND placeholder = 0", p=first.id) == [(1,)]


def test_a10_a_text_that_its_author_took_back_stays_in_the_archive(town: Sandbox, kept: Archive) -> None:
    first = town.first_post(5)
    before = first.raw
    town.remove_text(5)
    wait_for(kept)
    assert town.first_post(5).raw != before
    assert kept.texts()[first.id][0] == before
    assert kept.tombstones("post") == {first.id: "user-deleted"}


def test_a20_topics_that_are_merged_lose_nothing_and_repeat_nothing(town: Sandbox, kept: Archive) -> None:
    before = {raw for raw, _cooked in public(town).values()}
    town.merge(3, 4, username="admin")
    kept.run()
    wait_for(kept)
    assert kept.texts() == kept.texts() | public(town)
    assert before <= {raw for raw, _cooked in kept.texts().values()}
    places = kept.rows("SELECT topic, number, COUNT(*) FROM posts WHERE shown = 1 GROUP BY 1, 2 HAVING COUNT(*) > 1")
    assert places == []


def test_a21_a_renamed_person_keeps_both_names_over_time(town: Sandbox, kept: Archive) -> None:
    with town.state.lock:
        user = town.state.users[5]
        del town.state.names[user.username.lower()]
        user.username, user.name = "claudine", "Claudine"
        town.state.names["claudine"] = user
    wait_for(kept)
    names = kept.rows("SELECT username, until IS NULL FROM names WHERE person = 5 ORDER BY n")
    assert names == [("membre5", 0), ("claudine", 1)]


def test_fields_of_a_topic_are_kept_over_time(town: Sandbox, kept: Archive) -> None:
    town.edit(9, username="admin", title="Un titre tout à fait nouveau pour ce sujet", category=2)
    town.close(9, username="admin")
    kept.run()
    rows = kept.rows("SELECT title, category, closed FROM topic_versions WHERE topic = 9 ORDER BY n")
    assert rows[0][1:] == (1, 0)
    assert rows[-1] == ("Un titre tout à fait nouveau pour ce sujet", 2, 1)


def test_a_new_topic_brings_its_people_tags_and_category(town: Sandbox, kept: Archive) -> None:
    topic = town.new_topic(
        "Une question qui arrive après tout le reste",
        "Voici ma question, en une phrase.",
        category=2,
        username="membre2",
    )
    assert kept.run().found["topics"] == 1
    assert kept.rows("SELECT category FROM topics WHERE id = :t", t=topic.id) == [(2,)]
    assert kept.texts() == public(town)
