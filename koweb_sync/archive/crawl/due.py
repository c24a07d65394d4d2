"""Topics of which somebody told that something happened in them: read again at once, between two whole runs.

What the forum answers is kept, whatever was told: it may have been lost, doubled, late or forged. Requests: one for a
topic; one for the list of topics where some moved; one for each hundred posts that a topic's page did not show, each
post whose likes moved, each new edit and each new file; one to three for what is not where it was, and the
categories once, where the public is refused what stands in one that was open.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import delete, select

from koweb_sync.archive.crawl import data_explorer, files, likes, people_and_categories, revisions, topic_lists
from koweb_sync.archive.crawl.explorer_rows import KINDS
from koweb_sync.archive.crawl.ledger import write_ledger
from koweb_sync.archive.crawl.malformed import LATER
from koweb_sync.archive.crawl.repair import needs_key, repair
from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.crawl.skipped import Broken, read_whole
from koweb_sync.archive.store import schema
from koweb_sync.forum.query_parts import SIZE

VIA = data_explorer.PARTS
PAGES = 3  # of the list of topics, at most
POSTS = 500  # that are asked for one by one in a topic; with more of them the topic is read as it comes


@dataclass(frozen=True, slots=True)
class DueTopic:
    """A topic that is to be read again. `posts`: the ids of those that something happened to, as far as they were
    named, and their numbers in the topic, 0 where nobody said it. `moved`: it may be at another place among the topics.
    `opening`: something happened to the topic itself, which is told in the place of an edit of its first post.
    """

    id: int
    posts: Mapping[int, int]
    moved: bool = False
    opening: bool = False

    def why(self) -> dict[str, Any]:
        """What is to be looked at in it."""
        numbers = [number for number in self.posts.values() if number > 0]
        near = {"near": max(numbers)} if numbers else {}
        return {"read": True, "posts": sorted(self.posts)[:POSTS], **near}


def read_due(run: Run, due: Sequence[DueTopic], people: Collection[int] = ()) -> frozenset[int]:
    """Read topics again, and what hangs on them; of `people` a post of each, which tells what they are called now.

    The topics are answered at which the forum failed alone: their next whole run tries again, and so may who asks.
    Raises ForumError where the forum fails as a whole; what was read until then is kept.
    """
    due = with_people(run, with_openings(run, due), people)
    run.begin_part(VIA)
    before = dict(run.found)
    run.talk.keyed = bool(run.state("keyed"))
    run.left_out = people_and_categories.left_out(run)
    topics = [one.id for one in due]
    if moved := {one.id for one in due if one.moved}:
        look_at_list(run, moved)
    with run.page() as writer:
        for one in due:
            writer.todo("topic", [one.id], json.dumps(one.why()))
        writer.done(f"topic{LATER}", topics)
    forget_digests(run, due)
    repair(run)
    revisions.of_new_texts(run, topics)
    likes.likes(run)
    if run.wishes.files:
        files.files(run)
    forget_digests(run, due)
    if run.found != before:
        write_ledger(run, topics)
        with run.page() as writer:
            writer.resolve()
    run.end(schema.PART)
    return frozenset(ident for ident, _why in run.todo(f"topic{LATER}", 10_000)).intersection(topics)


def look_at_list(run: Run, topics: Collection[int]) -> None:
    """When topics were active last: only a list tells that. Those that it does not show, the next whole run sees."""
    with run.page() as writer:
        known = writer.topics_known(sorted(topics))
    left = {one for one in topics if not needs_key(run, known.get(one))}
    waits = bool(run.pending())
    for page in range(PAGES):
        try:
            listed = read_whole(run, partial(run.talk.latest, page, topic_lists.MOST))
        except Broken:
            return
        people_and_categories.read_new_categories(run, (one.category for one in listed.topics if one.id in left))
        found = [one for one in listed.topics if one.id in left and one.category not in run.left_out]
        with run.page() as writer:
            writer.people(listed.people)
            writer.topics([one for one in found if one.archetype in schema.OPEN], "list")
            if waits:  # its lists may be behind these topics already, and would miss them
                writer.todo("seen", [one.id for one in listed.topics])
        left -= {one.id for one in listed.topics}
        if not (left and listed.topics.told):
            return


def with_openings(run: Run, due: Sequence[DueTopic]) -> list[DueTopic]:
    """The topics that are due, with the first posts of those to which something happened themselves."""
    posts = schema.POSTS
    asked = [one.id for one in due if one.opening]
    mine = (posts.c.forum == run.forum, posts.c.topic.in_(asked), posts.c.number == 1)
    with run.store.read() as connection:
        first = {
            int(topic): int(post) for post, topic in connection.execute(select(posts.c.id, posts.c.topic).where(*mine))
        }
    return [replace(one, posts={first[one.id]: 1, **one.posts}) if one.id in first else one for one in due]


def with_people(run: Run, due: Sequence[DueTopic], people: Collection[int]) -> list[DueTopic]:
    """The topics that are due, with the last post of each of some people: who has none is read once a day."""
    found = {one.id: dict(one.posts) for one in due}
    moved = {one.id for one in due if one.moved}
    posts = schema.POSTS
    for person in sorted(set(people)):
        mine = (posts.c.forum == run.forum, posts.c.person == person, posts.c.shown == 1, posts.c.id > 0)
        query = select(posts.c.id, posts.c.topic, posts.c.number).where(*mine).order_by(posts.c.id.desc()).limit(1)
        with run.store.read() as connection:
            last = connection.execute(query).first()
        if last is not None:
            found.setdefault(int(last.topic), {})[int(last.id)] = int(last.number)
    return [DueTopic(topic, named, moved=topic in moved) for topic, named in sorted(found.items())]


def forget_digests(run: Run, due: Sequence[DueTopic]) -> None:
    """Where the archive is read by Data Explorer, what it knows of these topics is not what we hold any more: should
    the forum go back to what it was, it would be taken for nothing new.
    """
    if run.state("explorer") is None:
        return
    posts, cursors = schema.POSTS, schema.CURSORS
    topics = [one.id for one in due]
    mine = (posts.c.forum == run.forum, posts.c.topic.in_(topics))
    with run.page() as writer:
        rows = writer.connection.execute(select(posts.c.id, posts.c.person).where(*mine))
        ids = {*topics, *(ident for one in due for ident in one.posts), *(ident for row in rows for ident in row)}
        buckets = {ident // SIZE for ident in ids if ident is not None and ident >= 0}
        names = [f"{data_explorer.DIGEST}{kind} {bucket}" for kind in KINDS for bucket in sorted(buckets)]
        for start in range(0, len(names), SIZE):
            found = cursors.c.name.in_(names[start : start + SIZE])
            writer.connection.execute(delete(cursors).where(cursors.c.forum == run.forum, found))
