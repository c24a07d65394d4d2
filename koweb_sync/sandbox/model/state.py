"""The whole forum in memory, with the indexes and counts that keep it quick."""

import hashlib
import itertools
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from threading import RLock
from typing import Any

from koweb_sync.sandbox.model.flavour import OF_2025, Flavour
from koweb_sync.sandbox.model.personal import BookmarkRecord, DraftRecord, Follows, Notice, UserKey
from koweb_sync.sandbox.model.records import (
    REGULAR,
    SMALL_ACTION,
    WHISPER,
    CategoryRecord,
    ChatMessage,
    KeyRecord,
    PostRecord,
    ThemeRecord,
    TopicRecord,
    UploadRecord,
    UserRecord,
    WaitingPost,
    WebHook,
)
from koweb_sync.sandbox.model.tags_and_words import Labels


@dataclass(frozen=True, slots=True)
class TopicCounts:
    """What lists say about a topic. `living`: its posts that are neither deleted nor whispers, in order.

    `people`: who wrote regular posts -> how many, the busiest first. `posters`: who opened it, others who wrote, the
    latest one; at most five people. `last_posted_at`: None without a living regular post.
    """

    living: tuple[PostRecord, ...]
    replies: int
    likes: int
    words: int
    last_posted_at: float | None
    people: dict[int, int]
    posters: tuple[int, ...]
    highest: int


class ForumState:
    """The whole forum. Whoever reads or writes holds `lock`. `changes` rises with every write."""

    def __init__(
        self,
        clock: Callable[[], float],
        cook: Callable[["ForumState", PostRecord], str],
        flavour: Flavour = OF_2025,
        base_path: str = "",
    ) -> None:
        self.lock = RLock()
        self.clock = clock
        self.flavour = flavour
        self.base_path = base_path  # below which it is served, such as /forum
        self.labels = Labels()
        self.cook: Callable[[PostRecord], str] = partial(cook, self)
        self.changes = 0
        self.tell: Callable[[str, str, int], None] = lambda _kind, _event, _number: None  # hears what happens
        self.ping: Callable[[WebHook], None] | None = None  # there where webhooks are really told, on this computer
        self.home = ""  # its address, once it has one
        self.former: tuple[str, ...] = ()  # addresses that it had when the posts of its seed were cooked
        self.settings: dict[str, Any] = {}
        self.users: dict[int, UserRecord] = {}
        self.names: dict[str, UserRecord] = {}
        self.groups: list[dict[str, Any]] = []
        self.categories: dict[int, CategoryRecord] = {}
        self.topics: dict[int, TopicRecord] = {}
        self.posts: dict[int, PostRecord] = {}
        self.written: dict[int, list[int]] = defaultdict(list)
        self.uploads: dict[str, UploadRecord] = {}
        self.by_short_url: dict[str, UploadRecord] = {}
        self.tags: dict[str, int] = {}
        self.tag_names: dict[str, tuple[str, dict[str, str]]] = {}  # of translated tags: their language, and others
        self.keys: dict[str, KeyRecord] = {}
        self.user_keys: dict[str, UserKey] = {}
        self.devices: dict[str, Any] = {}  # programs that wait for a key, by what they poll with
        self.web_hooks: dict[int, WebHook] = {}
        self.themes = {1: ThemeRecord(1, "Kafé", default=True), 2: ThemeRecord(2, "Kafé au lait")}
        self.chat_members: dict[int, set[int]] = defaultdict(set)
        self.chat_messages: list[ChatMessage] = []
        self.external: dict[str, int] = {}
        self.titles: dict[str, set[int]] = defaultdict(set)
        self.title_of: dict[int, str] = {}
        self.follows: dict[tuple[int, int], Follows] = {}
        self.notices: dict[int, list[Notice]] = defaultdict(list)
        self.bookmarks: dict[int, dict[tuple[str, int], BookmarkRecord]] = defaultdict(dict)
        self.drafts: dict[tuple[int, str], DraftRecord] = {}
        self.sequences: dict[tuple[int, str], int] = defaultdict(int)  # person, key of drafts
        self.remembered: dict[str, tuple[float, int, Any]] = {}
        self.queue: dict[int, WaitingPost] = {}
        self.recent: dict[int, list[tuple[float, str]]] = defaultdict(list)
        self.ids: dict[str, Iterator[int]] = {}
        self.ballots: list[tuple[int, int, int]] = []  # of a seed: post, person, option, until its polls are read
        self.counted: dict[int, TopicCounts] = {}
        self.described: tuple[int, set[int | None]] = (-1, set())
        self.tagged: tuple[int, dict[str, int]] = (-1, {})

    @property
    def newer(self) -> bool:
        """Whether it answers as servers from 2025 on do."""
        return self.flavour.fields != "2022"

    def settle(self, home: str) -> None:
        """Be at home at an address: what the posts of the seed show of the forum itself is there, too. They were cooked
        for a forum without a path: below one they are cooked anew.
        """
        self.home = home
        for post in self.posts.values():
            post.html = None if self.base_path else post.html
            for former in self.former if post.html else ():
                post.html = (post.html or "").replace(f'"{former[5:]}/', f'"{home[5:]}/')

    def next_id(self, kind: str) -> int:
        """The next number of a kind: topics, posts, uploads…"""
        return next(self.ids.setdefault(kind, itertools.count(1)))

    def at(self, path: str) -> str:
        """A path of the forum as its pages and answers write it: below a path of its own, with that."""
        return self.base_path + path

    # ---- people

    def add_user(self, user: UserRecord) -> None:
        user.base_path = self.base_path
        self.users[user.id] = user
        self.names[user.username.lower()] = user

    def user(self, username: str) -> UserRecord:
        """The person of that name. Raises KeyError."""
        return self.names[username.lower()]

    @property
    def pending(self) -> list[WaitingPost]:
        """What waits for a moderator, oldest first."""
        return [one for one in self.queue.values() if not one.status]

    def following(self, topic: int, user: int) -> Follows:
        """What somebody did in a topic; made if there is nothing yet."""
        return self.follows.setdefault((topic, user), Follows())

    # ---- topics and posts

    def add_topic(self, topic: TopicRecord) -> None:
        """A new topic, its title and external_id known from now on."""
        self.topics[topic.id] = topic
        if topic.external_id:
            self.external[topic.external_id.lower()] = topic.id
        for tag in topic.tags:
            self.tags.setdefault(tag, len(self.tags) + 1)
        self.know_title(topic)

    def know_title(self, topic: TopicRecord) -> None:
        """Keep the index of titles right: topics own theirs, unlisted ones too, until they are deleted.

        Read in the sources of 2022 to 2025 (Topic.listable_topics is all but private messages), not measured.
        """
        old = self.title_of.pop(topic.id, None)
        if old is not None:
            self.titles[old].discard(topic.id)
        if topic.deleted_at is None and topic.archetype != "private_message":
            key = topic.title.casefold()
            self.titles[key].add(topic.id)
            self.title_of[topic.id] = key

    def add_post(self, post: PostRecord) -> None:
        """A new post, at the end of its topic."""
        self.posts[post.id] = post
        self.topics[post.topic_id].post_ids.append(post.id)
        self.written[post.user_id].append(post.id)
        self.changed(post.topic_id)

    def changed(self, topic: int) -> None:
        """Something about a topic or its posts is no longer as it was."""
        self.changes += 1
        self.counted.pop(topic, None)

    def posts_of(self, topic: TopicRecord) -> list[PostRecord]:
        """The posts of a topic, deleted ones included."""
        return [self.posts[number] for number in topic.post_ids]

    def first_post(self, topic: TopicRecord) -> PostRecord:
        """The post that opens a topic."""
        return self.posts[topic.post_ids[0]]

    def numbered(self, topic: TopicRecord, number: int) -> PostRecord | None:
        """The post with a number in a topic; numbers rise, and some are missing."""
        ids = topic.post_ids
        at = bisect_left(ids, number, key=lambda ident: self.posts[ident].number)
        return self.posts[ids[at]] if at < len(ids) and self.posts[ids[at]].number == number else None

    def counts(self, topic: TopicRecord) -> TopicCounts:
        """What lists say about a topic."""
        found = self.counted.get(topic.id)
        if found is None:
            found = self.counted[topic.id] = self.count(topic)
        return found

    def count(self, topic: TopicRecord) -> TopicCounts:
        """Count a topic's posts anew."""
        living = tuple(one for one in self.posts_of(topic) if one.alive and one.type != WHISPER)
        regular = [one for one in living if one.type == REGULAR]
        people: dict[int, int] = defaultdict(int)
        latest: dict[int, float] = {}
        for one in living:
            latest[one.user_id] = max(one.created_at, latest.get(one.user_id, 0.0))
        for one in regular:
            people[one.user_id] += 1
        last = regular[-1].user_id if regular else topic.user_id
        # Others are chosen as a post comes in, before its author is known as the last one; and again when staff act.
        acted = len(regular) < len(topic.post_ids)
        before = last if acted or len(regular) < 2 else regular[-2].user_id
        others = [user for user in people if user not in (topic.user_id, before)]
        busiest = sorted(others, key=lambda user: (-people[user], latest[user]))[:4]
        middle = sorted(busiest, key=latest.__getitem__)
        return TopicCounts(
            living=living,
            replies=sum(one.reply_to is not None for one in living),
            likes=sum(len(one.likes) for one in living),
            words=sum(len(one.raw.split()) for one in living if one.type != SMALL_ACTION),
            last_posted_at=regular[-1].created_at if regular else None,
            people=dict(sorted(people.items(), key=lambda item: (-item[1], item[0]))),
            posters=tuple(dict.fromkeys([topic.user_id, *middle, last])),
            highest=max((one.number for one in living), default=1),
        )

    # ---- categories and tags

    def definitions(self) -> set[int | None]:
        """The topics that describe a category."""
        if self.described[0] != self.changes:
            self.described = (self.changes, {one.topic_id for one in self.categories.values()})
        return self.described[1]

    def slug_path(self, category: CategoryRecord) -> str:
        """`parent/child`."""
        parent = self.categories.get(category.parent_id or 0)
        return f"{self.slug_path(parent)}/{category.slug}" if parent else category.slug

    def tag_counts(self) -> dict[str, int]:
        """How many living topics have each tag."""
        if self.tagged[0] != self.changes:
            self.tagged = (self.changes, self.count_tags())
        return self.tagged[1]

    def count_tags(self) -> dict[str, int]:
        """Count the topics of each tag anew."""
        found = dict.fromkeys(self.tags, 0)
        for topic in self.topics.values():
            if topic.deleted_at is None and topic.archetype != "private_message":
                for tag in topic.tags:
                    found[tag] += 1
        return found

    # ---- files

    def store(self, name: str, data: bytes, size: tuple[int, int] | None, user: int) -> UploadRecord:
        """Store a file; the same content gives the upload that is already there."""
        sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
        known = self.uploads.get(sha1)
        if known is None:
            width, height = size or (None, None)
            extension = name.rpartition(".")[2].lower()
            number = self.next_id("uploads")
            known = UploadRecord(number, sha1, name, extension, data, width, height, user, self.clock())
            self.uploads[sha1] = known
            self.by_short_url[known.short_url] = known
            self.changes += 1
        return known


def iso(moment: float | None) -> str | None:
    """A time as Discourse writes it: UTC, milliseconds, Z."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def unix(text: str | None) -> float | None:
    """A time that Discourse wrote, or a date; None for none. Raises ValueError."""
    if not text:
        return None
    when = datetime.fromisoformat(str(text))
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
