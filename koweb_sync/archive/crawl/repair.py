"""Topics whose posts may not be what we hold: compared by count, and read only where something disagrees.

A topic is looked at when a list shows it new or changed, when a post stands in a topic that no list showed, or when a
list does not show it any more. Where counts, likes and the last activity agree with what we hold, no request is sent.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import func, select

from koweb_sync.archive.crawl.missing import Absence, look_for, ours
from koweb_sync.archive.crawl.people_and_categories import categories_not_asked, read_new_categories
from koweb_sync.archive.crawl.reaction_settings import note_main_reaction
from koweb_sync.archive.crawl.run import WHISPER, Run, chunks
from koweb_sync.archive.crawl.skipped import Broken, leave_for_next_run, read_whole
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.store import schema
from koweb_sync.forum.answers import MANY, NOT_FOR_US
from koweb_sync.forum.models import TopicPage

AT_ONCE = 200
IDLE = 1_000  # requests in a row that bring nothing


@dataclass(frozen=True, slots=True)
class HeldPosts:
    """What we hold of a topic's posts that the forum shows: how many, their likes, highest number, latest creation."""

    count: int
    likes: int
    highest: int
    latest: int


NOTHING = HeldPosts(0, 0, 0, 0)


def repair(run: Run) -> None:
    """Look at every topic that was noted, then for every post that is not where it was, until nothing is left."""
    while True:
        topics(run)
        lost = run.todo("post", AT_ONCE)
        if not lost:
            return
        for post, why in lost:
            # The posts of a topic that was merged into another one were found there by now.
            if is_still_in(run, post, int(why["topic"])):
                with_care(run, Absence("post", post), why, key=bool(why["key"]))
            else:
                with run.page() as writer:
                    writer.done("post", [post])


def is_still_in(run: Run, post: int, topic: int) -> bool:
    """Whether a post stands in a topic as far as we know."""
    posts = schema.POSTS
    mine = (posts.c.forum == run.forum, posts.c.id == post, posts.c.topic == topic, posts.c.shown == 1)
    with run.store.read() as connection:
        return connection.execute(select(posts.c.id).where(*mine)).first() is not None


def topics(run: Run) -> None:
    """Look at every topic that was noted."""
    first = run.last_run() is None
    while found := run.todo("topic", AT_ONCE):
        with run.page() as writer:
            known = writer.topics_known([topic for topic, _why in found])
            held = holdings(writer, [topic for topic, _why in found])
            fine = {
                topic for topic, why in found if agrees(known.get(topic), held.get(topic, NOTHING), why, first=first)
            }
            writer.done("topic", fine)
        for topic, why in found:
            if topic not in fine:
                try:
                    repair_topic(run, topic, known.get(topic), held.get(topic, NOTHING), why)
                except Broken as broken:
                    leave_for_next_run(run, "topic", topic, why, broken)


def with_care(run: Run, what: Absence, why: dict[str, Any], *, key: bool) -> None:
    """Find out where something is; where the forum fails at it, the next run does."""
    try:
        read_whole(run, lambda: look_for(run, what, key=key))
    except Broken as broken:
        leave_for_next_run(run, what.kind, what.id, why, broken)


def agrees(topic: dict[str, Any] | None, held: HeldPosts, why: dict[str, Any], *, first: bool) -> bool:
    """Whether nothing tells that we should read a topic. In a `first` run all posts were read just now."""
    if topic is None or why.get("unseen") or why.get("read"):
        return False
    explained = first or topic["bumped"] is None or topic["bumped"] <= held.latest
    return (topic["posts_count"], topic["likes"]) == (held.count, held.likes) and explained


def holdings(writer: PageWriter, topics: Sequence[int]) -> dict[int, HeldPosts]:
    """What we hold of topics' posts that the forum shows to everybody: without whispers."""
    posts = schema.POSTS
    mine = (posts.c.forum == writer.forum, posts.c.topic.in_(topics), posts.c.shown == 1, posts.c.type != WHISPER)
    columns = (func.count(), func.sum(posts.c.likes), func.max(posts.c.number), func.max(posts.c.created))
    query = select(posts.c.topic, *columns).where(*mine).group_by(posts.c.topic)
    return {int(row[0]): HeldPosts(*map(int, row[1:])) for row in writer.connection.execute(query)}


def repair_topic(run: Run, topic: int, known: dict[str, Any] | None, held: HeldPosts, why: dict[str, Any]) -> None:
    """Read a topic as far as it differs: one request, and one for each hundred posts that are missing or liked anew."""
    if known is not None and known["category"] in categories_not_asked(run):
        with run.page() as writer:
            writer.done("topic", [topic])
        return
    key = (bool(why.get("key")) and run.wishes.uses_key) or needs_key(run, known)
    near = why.get("near")
    if known is not None and near is None:
        near = known["highest"] if known["highest"] > held.highest else gap(run, topic)
    try:
        opened = read_whole(run, lambda: run.talk.topic(topic, near, key=key))
    except NOT_FOR_US:
        run.watch.step()
        with_care(run, Absence("topic", topic), why, key=key)
        return
    run.watch.step()
    read_new_categories(run, [opened.topic.category])
    note_main_reaction(run, opened.main)
    if opened.topic.category in run.left_out or not ours(run, opened):
        with run.page() as writer:
            writer.vanished("topic", topic, "private")
            writer.done("topic", [topic])
        return
    with run.page() as writer:
        writer.topics([opened.topic], "topic")
        writer.posts(run.wanted(opened.posts), "topic")
        writer.todo("topic", [topic], json.dumps({"read": True, "posts": why.get("posts", [])}))
        if why.get("unseen"):
            writer.unlist(topic)
    rest(run, opened, why.get("posts", ()), key=key)


def needs_key(run: Run, topic: dict[str, Any] | None) -> bool:
    """Whether a topic is one that only the key shows, if that is asked for anything."""
    if topic is None or not run.wishes.uses_key:
        return False
    if topic["archetype"] == "private_message":
        return True
    return topic["category"] in {one["id"] for one in run.state("categories") or () if one["restricted"]}


def gap(run: Run, topic: int) -> int | None:
    """The first post number that we miss in a topic; None if there is none."""
    posts = schema.POSTS
    mine = (posts.c.forum == run.forum, posts.c.topic == topic)
    before = 0
    with run.store.read() as connection:
        for number in connection.execute(select(posts.c.number).where(*mine).order_by(posts.c.number)).scalars():
            if number > before + 1:
                return before + 1
            before = number
    return None


def rest(run: Run, opened: TopicPage, asked: Collection[int] = (), *, key: bool) -> None:
    """Read the posts of a topic that its own page did not show and that we miss, that are `asked` for, or whose likes
    do not add up.
    """
    topic, shown = opened.topic, {post.id for post in opened.posts}
    stream = opened.stream if opened.stream is not None else by_numbers(run, opened, key=key)
    with run.page() as writer:
        held = {row["id"]: row for row in writer.known(schema.POSTS, "topic", [topic.id])}
        liked = holdings(writer, [topic.id]).get(topic.id, NOTHING).likes
    here = {ident for ident, row in held.items() if row["shown"]}
    missing = [one for one in stream if one not in here]
    moved = liked != (topic.likes or liked)
    again = [one for one in stream if one not in shown and one in here and (moved or one in asked)]
    for part in chunks([*missing, *again], MANY):
        posts = read_whole(run, partial(run.talk.posts_of, topic.id, part, key=key))
        run.watch.step()
        with run.page() as writer:
            writer.posts(run.wanted(posts), "topic")
    gone = here - set(stream) if opened.stream is not None else set()
    with run.page() as writer:
        lost = [ident for ident in gone if held[ident]["type"] != WHISPER]
        writer.todo("post", lost, json.dumps({"topic": topic.id, "key": key}))
        writer.done("topic", [topic.id])


def by_numbers(run: Run, opened: TopicPage, *, key: bool) -> tuple[int, ...]:
    """The ids of a topic's posts where the server does not list them, as with ten thousand and more.

    Nothing is read for it: the walk over `/posts.json` has found the posts; what is missing nevertheless is read around
    the gaps in their numbers, one request for each.
    """
    topic = opened.topic.id
    posts = schema.POSTS
    tried: set[int] = set()
    idle = 0
    while True:
        mine = (posts.c.forum == run.forum, posts.c.topic == topic)
        with run.store.read() as connection:
            numbers = set(connection.execute(select(posts.c.number).where(*mine)).scalars())
            count = connection.execute(
                select(func.count()).where(*mine, posts.c.shown == 1, posts.c.type != WHISPER)
            ).scalar()
        lacking = (n for n in range(1, opened.topic.highest + 1) if n not in numbers and n not in tried)
        first = next(lacking, None)
        if first is None or (count or 0) >= opened.topic.posts_count or idle >= IDLE:
            break
        around = read_whole(run, partial(run.talk.topic, topic, first, key=key))
        run.watch.step()
        tried |= set(range(first, first + 15)) - {post.number for post in around.posts}
        idle = 0 if {post.number for post in around.posts} - numbers else idle + 1
        with run.page() as writer:
            writer.posts(run.wanted(around.posts), "topic")
    with run.store.read() as connection:
        return tuple(connection.execute(select(posts.c.id).where(*mine)).scalars())
