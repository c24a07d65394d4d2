"""Archiving a forum over Data Explorer: complete, exact, and in few requests."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from koweb_sync.archive.crawl.buckets import TEXT, Bucket, cost, first_buckets, span
from koweb_sync.errors import InputError
from koweb_sync.forum import data_explorer
from koweb_sync.forum.query_parts import SIZE
from koweb_sync.forum.site import Totals
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.model.records import PostRecord, UserRecord
from koweb_sync.sandbox.rules import accounts
from tests.archive.crawling import forum_of, likes_of, public
from tests.archive.exploring import Explored, explored, save_queries
from tests.workspace import SERVERS, served

SIZES = Totals(topics=16, posts=320, likes=80, people=30)


@pytest.fixture(params=SERVERS)
def town(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A forum of some topics, each with pages of posts."""
    with served(request.param, forum_of(SIZES.topics, SIZES.posts, likes=SIZES.likes)) as box:
        yield box


@pytest.fixture
def kept(town: Sandbox, tmp_path: Path) -> Iterator[Explored]:
    """An archive of that forum, which was just made."""
    with explored(town, tmp_path) as archive:
        archive.run()
        yield archive


def test_a1_every_raw_and_cooked_is_the_servers_and_the_plan_holds(town: Sandbox, tmp_path: Path) -> None:
    with explored(town, tmp_path) as archive:
        result = archive.run()
        assert archive.texts() == public(town)
        assert archive.likes() == likes_of(town)
        assert result.requests <= cost(SIZES)
        assert archive.rows("SELECT COUNT(*) FROM reactions WHERE at IS NULL") == [(0,)]


def test_a2_where_nothing_changed_three_requests_are_enough(kept: Explored) -> None:
    before = kept.content()
    result = kept.run()
    assert result.requests <= 3
    assert kept.content() == before
    assert not result.found


def test_a_full_archive_costs_what_is_promised(tmp_path: Path) -> None:
    with (
        Sandbox.start(forum_of(210, 3_000, likes=2_000, people=60), flavour="2025") as box,
        explored(box, tmp_path) as kept,
    ):
        result = kept.run()
        assert kept.texts() == public(box)
        assert kept.likes() == likes_of(box)
        assert result.requests <= 20
    assert cost(Totals(topics=5_000, posts=100_000, likes=75_000, people=1_500)) <= 80


# ---- what changes


def third_post(box: Sandbox) -> PostRecord:
    """The third post of an old topic."""
    return next(post for post in box.state.posts.values() if post.number == 3)


def revise(box: Sandbox, post: PostRecord, raw: str) -> None:
    """The author edits a post."""
    with box.state.lock:
        box.services.editor.revise(box.state.users[post.user_id], box.state.topics[post.topic_id], post, {"raw": raw})


def test_the_plan_expects_what_a_run_takes(kept: Explored, town: Sandbox) -> None:
    now = Totals(50, 1_000, 200, 30)
    assert kept.expected(now) == 1
    town.reply(3, "Une réponse qui est nouvelle, et que l’on garde.", username="membre4")
    likely = kept.expected(replace(now, posts=1_001, likes=201))
    assert kept.run().requests - 2 <= likely <= 3
    kept.crawl()
    assert kept.expected(now) == cost(now)


def test_a_run_that_began_with_a_look_at_the_totals_is_one_of_this_way(kept: Explored) -> None:
    for _ in range(2):
        result = kept.run(looked=True)
        assert result.requests <= 3
        assert not result.found
    assert kept.rows("SELECT DISTINCT via, outcome FROM runs") == [("data-explorer", "done")]


def test_a3_five_hundred_new_posts_are_all_there(kept: Explored, town: Sandbox) -> None:
    for n in range(500):
        who = f"membre{2 + n % 20}"
        town.reply(1 + n % SIZES.topics, f"Encore une réponse, la numéro {n}, avec quelques mots.", username=who)
    result = kept.run()
    assert kept.texts() == public(town)
    assert result.found["posts"] == 500


def test_a5_an_edit_of_an_old_post_is_found_at_once(kept: Explored, town: Sandbox) -> None:
    post, before = third_post(town), third_post(town).raw
    revise(town, post, "Un texte tout à fait différent, écrit bien plus tard.")
    result = kept.run()
    assert kept.versions(post.id) == [before, "Un texte tout à fait différent, écrit bien plus tard."]
    assert result.requests <= 5
    assert kept.texts() == public(town)


def test_a6_an_edit_that_no_number_and_no_time_tells_of_is_a_version(kept: Explored, town: Sandbox) -> None:
    post, before = third_post(town), third_post(town).raw
    with town.state.lock:
        post.raw, post.html = f"{before} !", None
    kept.run()
    assert kept.versions(post.id) == [before, f"{before} !"]


def test_a7_a_like_on_an_old_post_is_found_in_five_requests(kept: Explored, town: Sandbox) -> None:
    with town.state.lock:
        third_post(town).likes.append((29, town.state.clock()))
    result = kept.run()
    assert kept.likes() == likes_of(town)
    assert result.requests <= 5
    assert result.found["likes"] == 1


def test_a8_a_like_that_is_taken_back_is_closed(kept: Explored, town: Sandbox) -> None:
    post = next(one for one in town.state.posts.values() if one.likes)
    who, at = post.likes[0]
    with town.state.lock:
        del post.likes[0]
    assert kept.run().found["unlikes"] == 1
    assert kept.likes() == likes_of(town)
    with town.state.lock:  # given again, and the forum shows the same time as before
        post.likes.insert(0, (who, at))
    assert kept.run().found["likes"] == 1
    query = (
        "SELECT n, at IS NULL, there <= gone, gone IS NULL FROM reactions WHERE post = :p AND person = :w ORDER BY n"
    )
    assert kept.rows(query, p=post.id, w=who) == [(1, 0, 1, 0), (2, 0, None, 1)]


def test_a8_a_like_that_comes_while_another_goes_is_found(kept: Explored, town: Sandbox) -> None:
    post = next(one for one in town.state.posts.values() if one.likes)
    other = next(n for n in range(2, 30) if n not in dict(post.likes) and n != post.user_id)
    with town.state.lock:
        post.likes[0] = (other, post.likes[0][1])
    result = kept.run()
    assert (result.found["likes"], result.found["unlikes"]) == (1, 1)
    assert kept.likes() == likes_of(town)


def test_a9_what_is_deleted_keeps_its_text_and_the_forum_says_when_and_who(kept: Explored, town: Sandbox) -> None:
    post, topic = third_post(town), town.state.topics[7]
    before = kept.texts()
    with town.state.lock:
        town.services.moderation.delete_post(town.state.user("admin"), post)
    town.delete(7, username="admin")
    kept.run()
    assert kept.texts() == before
    query = "SELECT reason, at, by FROM tombstones WHERE kind = :k AND id = :i"
    assert kept.rows(query, k="post", i=post.id) == [("deleted", millis(post.deleted_at), 1)]
    assert kept.rows(query, k="topic", i=7) == [("deleted", millis(topic.deleted_at), 1)]
    with town.state.lock:
        town.services.moderation.recover_post(post)
    town.recover(7)
    assert kept.run().found["recovered"] >= 2
    assert kept.tombstones("topic") == {}
    assert kept.tombstones("post") == {}


def test_a9_what_was_deleted_before_we_came_is_kept_too(town: Sandbox, tmp_path: Path) -> None:
    post = third_post(town)
    with town.state.lock:
        town.services.moderation.delete_post(town.state.user("admin"), post)
    with explored(town, tmp_path) as kept:
        kept.run()
        assert kept.versions(post.id) == [post.raw]
        assert kept.tombstones("post") == {post.id: "deleted"}


def test_a9_what_is_destroyed_or_becomes_a_message_is_not_shown_any_more(kept: Explored, town: Sandbox) -> None:
    post = third_post(town)
    with town.state.lock:
        town.state.topics[9].archetype = "private_message"
        town.state.topics[post.topic_id].post_ids.remove(post.id)
        del town.state.posts[post.id]
    before = kept.texts()
    kept.run()
    assert kept.texts() == before
    assert kept.tombstones("post") == {post.id: "unseen"}
    assert kept.tombstones("topic") == {9: "unseen"}


def test_a10_what_moderation_hides_keeps_its_text(kept: Explored, town: Sandbox) -> None:
    before = town.first_post(5).raw
    town.hide(5)
    kept.run()
    assert kept.versions(town.first_post(5).id) == [before]
    assert kept.rows("SELECT hidden FROM posts WHERE id = :i", i=town.first_post(5).id) == [(1,)]
    town.remove_text(6)
    kept.run()
    first = town.first_post(6)
    assert first.raw != kept.texts()[first.id][0]
    assert kept.tombstones("post") == {first.id: "user-deleted"}


def test_a15_people_of_every_number_are_kept(kept: Explored, town: Sandbox) -> None:
    with town.state.lock:
        for number, name in ((-2, "discobot"), (-1200, "automate")):
            town.state.add_user(UserRecord(number, name, name.title(), trust_level=4))
        posts = list(town.state.posts.values())[:4]
        for post, author in zip(posts, (-1, -2, -1200, None), strict=True):
            setattr(post, "user_id", author)  # noqa: B010 - none: a deleted account, which the sandbox's people cannot be
    kept.run()
    ids = ", ".join(str(post.id) for post in posts)
    found = kept.rows(f"SELECT person FROM posts WHERE id IN ({ids}) ORDER BY id")  # noqa: S608 - our own numbers
    assert found == [(-1,), (-2,), (-1200,), (None,)]
    assert kept.rows("SELECT id, username, bot FROM people WHERE id < 0 ORDER BY id") == [
        (-1200, "automate", 1),
        (-2, "discobot", 1),
        (-1, "system", 1),
    ]
    assert not kept.run().found


STRANGE = (
    "👩‍👩‍👧‍👦 🏳️‍🌈 🇫🇷 – une famille, un drapeau",
    "שלום לכולם, مرحبا بالجميع \u200f\u202b",
    "à côté du NUL \x01\x02\x1f\x7f \ufffd, et de la fin",
    "cafe\u0301 nfd, café nfc, \u1e9b\u0323",
    "a | b ~ c ' d \" e \\ f % g $1 :after -- pas de [params]",
    "x" * 100_000,
    "",
)


def test_a16_every_character_arrives_as_it_is(kept: Explored, town: Sandbox) -> None:
    posts = list(town.state.posts.values())[: len(STRANGE)]
    with town.state.lock:
        for post, raw in zip(posts, STRANGE, strict=True):
            post.raw, post.html = raw, None
    kept.run()
    assert {post.id: kept.versions(post.id)[-1] for post in posts} == {
        post.id: raw for post, raw in zip(posts, STRANGE, strict=True)
    }
    assert kept.texts() == public(town)
    assert not kept.run().found


def test_a20_topics_that_move_split_and_merge_lose_nothing(kept: Explored, town: Sandbox) -> None:
    town.merge(3, 4, username="admin")
    with town.state.lock:
        source = town.state.topics[5]
        numbers = source.post_ids[1:3]
        town.services.moderation.move(
            town.state.user("admin"), source, numbers, {"title": "Un sujet que l’on a séparé d’ici"}
        )
    town.edit(8, username="admin", category=2, tags=["été"], title="Un tout autre titre pour ce sujet ?")
    before = kept.texts()
    kept.run()
    there = kept.texts()
    assert {number: there[number] for number in public(town)} == public(town)
    assert before.items() <= there.items()
    title, category = kept.rows("SELECT title, category FROM topics WHERE id = 8")[0]
    assert (title, category) == (town.state.topics[8].title, 2)
    assert kept.rows("SELECT tag FROM topic_tags WHERE topic = 8") == [("été",)]
    places = dict(kept.rows("SELECT id, topic FROM posts"))
    assert {post.id: post.topic_id for post in town.state.posts.values()}.items() <= places.items()
    assert not kept.run().found


def test_a21_people_who_are_renamed_or_made_anonymous_are_followed(kept: Explored, town: Sandbox) -> None:
    with town.state.lock:
        accounts.rename(town.state, town.state.user("membre5"), "camille")
        accounts.anonymize(town.state, town.state.user("membre6"))
    assert kept.run().found["renamed"] == 2
    assert kept.rows("SELECT username FROM people WHERE id = 5") == [("camille",)]
    assert kept.rows("SELECT name FROM people WHERE id = 6") == [("",)]
    assert kept.tombstones("person") == {6: "anonymised"}


ANSWERS = "\n* Oui\n* Non\n[/poll]"
POLL = f"Qu’en dites-vous ?\n\n[poll name=avis public=true]{ANSWERS}\n\n[poll name=secret]{ANSWERS}"


def test_a_vote_that_changes_is_found_and_a_secret_one_names_nobody(kept: Explored, town: Sandbox) -> None:
    post = town.reply(3, POLL, username="membre4")
    avis, secret = post.polls
    (yes, no), (aye, nay) = list(avis.options), list(secret.options)
    with town.state.lock:
        avis.votes.update({5: [yes], 6: [yes]})
        secret.votes.update({5: [aye]})
    kept.run()
    votes = "SELECT option, person FROM poll_votes WHERE post = :p ORDER BY option, person"
    assert kept.rows(votes, p=post.id) == [(yes, 5), (yes, 6)]
    counts = "SELECT poll, id, votes FROM poll_options WHERE post = :p ORDER BY poll, position"
    assert kept.rows(counts, p=post.id)[2:] == [("secret", aye, 1), ("secret", nay, 0)]
    with town.state.lock:
        avis.votes[6] = [no]
    assert kept.run().requests <= 3
    assert set(kept.rows(votes, p=post.id)) == {(yes, 5), (no, 6)}
    assert [row[2] for row in kept.rows(counts, p=post.id)[:2]] == [1, 1]


# ---- what is nobody's business


def test_a19_messages_staff_and_whispers_are_left_out_unless_wished(tmp_path: Path) -> None:
    with Sandbox.start() as box:
        whispered = box.reply(1, "Entre nous, modérateurs, c’est une bonne question.", username="claire")
        whispered.type = 4
        staff = next(one.id for one in box.state.categories.values() if one.read_restricted)
        inside = {post.id for post in box.state.posts.values() if box.state.topics[post.topic_id].category_id == staff}
        assert inside
        with explored(box, tmp_path) as kept:
            kept.run()
            assert kept.texts() == public(box)
            kept.run(staff=True)
            assert kept.texts().keys() == public(box).keys() | inside | {whispered.id}
            kept.run()
            assert kept.tombstones("post") == {}
            assert kept.texts().keys() == public(box).keys() | inside | {whispered.id}


def test_a_category_that_we_do_not_know_yet_is_left_for_later(kept: Explored, town: Sandbox) -> None:
    known = json.loads(kept.rows("SELECT value FROM cursors WHERE name = 'categories'")[0][0])
    topic = next(one for one in town.topics() if one.category_id == 3)
    before, likes = kept.texts(), kept.likes()
    with kept.store.begin() as connection:  # as if it had been made between two requests of a run
        fewer = json.dumps([one for one in known if one["id"] != 3])
        connection.execute(text("UPDATE cursors SET value = :v WHERE name = 'categories'"), {"v": fewer})
    post = town.reply(topic.id, "Une réponse là où personne ne sait encore qui peut lire.", username="membre9")
    post.likes.append((8, town.state.clock()))
    kept.run()
    assert (kept.texts(), kept.likes()) == (before, likes)
    assert kept.tombstones("topic") == kept.tombstones("post") == {}
    kept.clock.pass_days(1.1)
    kept.run()
    assert kept.texts() == public(town)
    assert kept.likes() == likes_of(town)


# ---- the two ways


@pytest.mark.every
def test_an_archive_may_go_from_one_way_to_the_other_without_new_versions(town: Sandbox, tmp_path: Path) -> None:
    with explored(town, tmp_path) as kept:
        kept.crawl(rolling=2)
        town.hide(5)
        kept.clock.pass_days(1.1)
        kept.crawl(rolling=1)
        first = canonical(kept)
        kept.run()
        assert versions(kept) == versions_of(first)
        town.reply(3, "Une réponse qui est nouvelle, et que l’on garde.", username="membre4")
        kept.run()
        second = canonical(kept)
        kept.clock.pass_days(1.1)
        result = kept.crawl(rolling=1)
        assert {name: n for name, n in result.found.items() if name in CONTENT} == {}
        assert canonical(kept)["post_versions"] == second["post_versions"]
        assert canonical(kept)["topic_versions"] == second["topic_versions"]
        assert canonical(kept)["reactions"] == second["reactions"]


@pytest.mark.parametrize("key", [True, False])
def test_what_the_api_only_misses_the_database_explains(town: Sandbox, tmp_path: Path, key: bool) -> None:
    with explored(town, tmp_path) as kept:
        kept.crawl(key=key)
        town.delete(7, username="admin")
        kept.clock.pass_days(1.1)
        kept.crawl(key=key)
        assert kept.tombstones("topic") == {7: "deleted" if key else "unseen"}
        kept.run()
        query = "SELECT reason, at, by FROM tombstones WHERE kind = 'topic' AND id = 7 AND lifted IS NULL"
        assert kept.rows(query) == [("deleted", millis(town.state.topics[7].deleted_at), 1)]


def test_what_the_api_kept_meanwhile_is_compared_again(kept: Explored, town: Sandbox) -> None:
    post, before = third_post(town), third_post(town).raw
    with town.state.lock:
        post.raw, post.html = f"{before} !", None
    kept.clock.pass_days(1.1)
    kept.crawl(rolling=1)
    with town.state.lock:  # and back again: the digest is the one that we remember
        post.raw, post.html = before, None
    kept.run()
    assert kept.versions(post.id) == [before, f"{before} !", before]


def test_a_fresh_archive_is_the_same_by_either_way(town: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with explored(town, tmp_path / "a") as one, explored(town, tmp_path / "b") as other:
        one.run()
        other.crawl()
        assert canonical(one) == canonical(other)


CONTENT = ("topics", "topics changed", "posts", "versions", "likes", "unlikes", "renamed", "moved", "deleted")
TABLES = {
    "topics": "id, title, slug, category, tags, created, bumped, last_posted, closed, archived, visible, pinned, "
    "archetype, deleted, shown, posts_count, highest, likes, person, n",
    "topic_versions": "topic, n, title, slug, category, tags, closed, archived, visible, pinned, archetype, gone",
    "topic_tags": "topic, tag",
    "posts": "id, topic, number, type, action, person, created, updated, reply_to, version, deleted, hidden, shown, "
    "wiki, likes, n, digest",
    "post_versions": "post, n, raw, cooked, version, edited, reason, placeholder, digest",
    "reactions": "post, person, kind, n, at, gone IS NULL",
    "counts": "post, kind, told, count",
    "tombstones": "kind, id, n, reason, lifted IS NULL",
    "edges": "post, kind, n, to_topic, to_number, to_person, name, url",
    "categories": "id, name, path, restricted, staff",
}


def canonical(kept: Explored) -> dict[str, list[tuple[Any, ...]]]:
    """All that an archive says, but when it was seen, and how."""
    return {name: sorted(kept.rows(f"SELECT {what} FROM {name}"), key=str) for name, what in TABLES.items()}  # noqa: S608


def versions(kept: Explored) -> set[tuple[Any, ...]]:
    """Which versions of posts and topics there are."""
    return versions_of(canonical(kept))


def versions_of(found: dict[str, list[tuple[Any, ...]]]) -> set[tuple[Any, ...]]:
    """Which versions of posts and topics there are in a dump."""
    return {(name, *row[:2]) for name in ("post_versions", "topic_versions") for row in found[name]}


# ---- interruptions


def test_an_answer_that_is_too_large_or_too_late_is_asked_for_in_parts(
    town: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_explorer, "TOP", 60)  # a smaller plugin: its answers hold sixty rows, or fail
    with explored(town, tmp_path) as kept:
        kept.run()
        assert kept.texts() == public(town)
        assert kept.likes() == likes_of(town)
        assert kept.run().requests <= 40
        assert not kept.run().found


def test_queries_that_are_not_saved_are_named(town: Sandbox, tmp_path: Path) -> None:
    with explored(town, tmp_path) as kept:
        queries = town.front.app.extensions["explorer"].queries
        lost = next(one for one in queries.all.values() if one.name == "koweb: likes")
        lost.sql, lost.description = "SELECT 1", "Une autre"
        with pytest.raises(InputError, match="koweb: likes") as refused:
            kept.run()
        assert "doctor --save-query" in refused.value.remedy
        save_queries(town, tmp_path)
        kept.run()
        assert kept.texts() == public(town)
        assert len([one for one in queries.all.values() if one.name == "koweb: likes"]) == 1


def test_wishes_against_this_way_are_refused(town: Sandbox, tmp_path: Path) -> None:
    with explored(town, tmp_path) as kept:
        for wish in ("messages", "public_only"):
            with pytest.raises(InputError, match="Data Explorer"):
                kept.run(**{wish: True})
        with pytest.raises(InputError, match="Data Explorer"):
            kept.run(key=False)


# ---- buckets


@given(st.integers(-(10**6), 10**6), st.integers(-3, 3))
def test_every_id_lies_in_the_span_of_its_bucket_alone(ident: int, other: int) -> None:
    number = int(ident / SIZE)  # cut towards zero, as PostgreSQL divides
    assert span(number).after < ident <= span(number).until
    assert other == 0 or not span(number + other).after < ident <= span(number + other).until


@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 9_000_000)), min_size=1), st.integers(1, 10_000))
def test_pages_hold_whole_buckets_and_no_more_than_fits(sizes: list[tuple[int, int]], rows: int) -> None:
    waiting = [Bucket("posts", n, things, size, "x") for n, (things, size) in enumerate(sizes)]
    page = first_buckets(waiting, rows)
    assert page == waiting[: len(page)]
    assert len(page) == 1 or (sum(one.things for one in page) <= rows and sum(one.size for one in page) <= TEXT)


def millis(moment: float | None) -> int:
    """A time as the forum tells it: in microseconds, cut to thousandths of a second."""
    assert moment is not None
    return int(moment * 1_000) * 1_000
