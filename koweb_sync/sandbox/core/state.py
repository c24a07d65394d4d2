"""What the sandbox's forum holds: users, categories, topics, posts, uploads, and the indexes that keep it quick."""

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from threading import RLock
from typing import Any

from koweb_sync.sandbox.core.flavour import OF_2022, Flavour

SYSTEM = -1


@dataclass(slots=True)
class User:
    """A person, with Discourse's trust level from 0 to 4. `suspended`: their key works no more."""

    id: int
    username: str
    name: str
    admin: bool = False
    moderator: bool = False
    email: str | None = None
    trust_level: int = 1
    created_at: float = 0.0
    suspended: bool = False
    held: bool = False

    @property
    def staff(self) -> bool:
        """Whether this is an administrator or a moderator."""
        return self.admin or self.moderator


@dataclass(slots=True)
class Category:
    """A category. `permissions`: group -> 1 may do everything, 2 may reply, 3 may read; empty for everybody."""

    id: int
    name: str
    slug: str
    color: str = "0088CC"
    text_color: str = "FFFFFF"
    parent_id: int | None = None
    topic_id: int | None = None
    read_restricted: bool = False
    position: int = 0
    permissions: dict[str, int] = field(default_factory=dict)
    description: str | None = None


@dataclass(slots=True)
class Topic:
    """A topic. Times are Unix seconds; `post_ids` are in the order of their numbers, deleted ones included."""

    id: int
    title: str
    slug: str
    user_id: int
    category_id: int | None
    created_at: float
    bumped_at: float
    archetype: str = "regular"
    external_id: str | None = None
    visible: bool = True
    closed: bool = False
    archived: bool = False
    pinned_at: float | None = None
    pinned_globally: bool = False
    views: int = 0
    tags: list[str] = field(default_factory=list)
    deleted_at: float | None = None
    deleted_by: int | None = None
    post_ids: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Revision:
    """What an edit changed: everything as it was before, who edited, when and why."""

    number: int
    user_id: int
    at: float
    reason: str | None
    raw: str
    title: str
    category_id: int | None
    tags: tuple[str, ...]


@dataclass(slots=True)
class Post:
    """A post. `number` counts in its topic from 1; `type` 1 regular, 3 small action, 4 whisper.

    `html` is what `cook` made of it, None until somebody reads it.
    """

    id: int
    topic_id: int
    number: int
    user_id: int
    raw: str
    created_at: float
    updated_at: float
    cook: Callable[["Post"], str]
    html: str | None = None
    type: int = 1
    reply_to: int | None = None
    version: int = 1
    last_version_at: float = 0.0
    last_editor: int = SYSTEM
    edit_reason: str | None = None
    action_code: str | None = None
    deleted_at: float | None = None
    user_deleted: bool = False
    hidden: bool = False
    locked: bool = False
    wiki: bool = False
    likes: list[tuple[int, float]] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)

    @property
    def cooked(self) -> str:
        """Its HTML."""
        if self.html is None:
            self.html = self.cook(self)
        return self.html


@dataclass(frozen=True, slots=True)
class Upload:
    """A stored file. `width` and `height` in pixels, None for what is not an image."""

    id: int
    sha1: str
    name: str
    extension: str
    data: bytes
    width: int | None
    height: int | None

    @property
    def short_url(self) -> str:
        """`upload://` and the SHA-1 of the content in base 62."""
        return f"upload://{base62(int(self.sha1, 16))}.{self.extension}"

    @property
    def path(self) -> str:
        """Where it is served."""
        return f"/uploads/default/original/1X/{self.sha1}.{self.extension}"


@dataclass(frozen=True, slots=True)
class Key:
    """An API key: of one user, or of all where `username` is None. `scopes` like `topics:read`, empty for all."""

    name: str
    key: str
    username: str | None
    scopes: tuple[str, ...] = ()
    revoked: bool = False


class State:
    """The whole forum. Whoever reads or writes holds `lock`."""

    def __init__(
        self, clock: Callable[[], float], cook: Callable[["State", Post], str], flavour: Flavour = OF_2022
    ) -> None:
        self.lock = RLock()
        self.clock = clock
        self.flavour = flavour
        self.cook: Callable[[Post], str] = partial(cook, self)
        self.settings: dict[str, Any] = {}
        self.users: dict[int, User] = {}
        self.names: dict[str, User] = {}
        self.groups: list[dict[str, Any]] = []
        self.categories: dict[int, Category] = {}
        self.topics: dict[int, Topic] = {}
        self.posts: dict[int, Post] = {}
        self.uploads: dict[str, Upload] = {}
        self.by_short_url: dict[str, Upload] = {}
        self.tags: dict[str, int] = {}
        self.keys: dict[str, Key] = {}
        self.external: dict[str, int] = {}
        self.titles: dict[str, set[int]] = defaultdict(set)
        self.title_of: dict[int, str] = {}
        self.remembered: dict[str, tuple[float, int, Any]] = {}
        self.pending: list[dict[str, Any]] = []
        self.recent: dict[int, list[tuple[float, str]]] = defaultdict(list)
        self.ids: dict[str, Iterator[int]] = {}

    def next_id(self, kind: str) -> int:
        """The next number of a kind: topics, posts, uploads…"""
        return next(self.ids.setdefault(kind, itertools.count(1)))

    def add_user(self, user: User) -> None:
        """A new person."""
        self.users[user.id] = user
        self.names[user.username.lower()] = user

    def user(self, username: str) -> User:
        """The person of that name. Raises KeyError."""
        return self.names[username.lower()]

    def add_topic(self, topic: Topic) -> None:
        """A new topic, its title and external_id known from now on."""
        self.topics[topic.id] = topic
        if topic.external_id:
            self.external[topic.external_id.lower()] = topic.id
        self.know_title(topic)

    def know_title(self, topic: Topic) -> None:
        """Keep the index of titles right; only listed, living topics own theirs."""
        old = self.title_of.pop(topic.id, None)
        if old is not None:
            self.titles[old].discard(topic.id)
        if topic.visible and topic.deleted_at is None and topic.archetype == "regular":
            key = topic.title.casefold()
            self.titles[key].add(topic.id)
            self.title_of[topic.id] = key

    def add_post(self, post: Post) -> None:
        """A new post, at the end of its topic."""
        self.posts[post.id] = post
        self.topics[post.topic_id].post_ids.append(post.id)

    def posts_of(self, topic: Topic) -> list[Post]:
        """The posts of a topic, deleted ones included."""
        return [self.posts[number] for number in topic.post_ids]

    def first_post(self, topic: Topic) -> Post:
        """The post that opens a topic."""
        return self.posts[topic.post_ids[0]]

    def slug_path(self, category: Category) -> str:
        """`parent/child`."""
        parent = self.categories.get(category.parent_id or 0)
        return f"{self.slug_path(parent)}/{category.slug}" if parent else category.slug

    def store(self, name: str, extension: str, data: bytes, size: tuple[int, int] | None) -> Upload:
        """Store a file; the same content gives the upload that is already there."""
        sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
        known = self.uploads.get(sha1)
        if known is None:
            width, height = size or (None, None)
            known = Upload(self.next_id("uploads"), sha1, name, extension, data, width, height)
            self.uploads[sha1] = known
            self.by_short_url[known.short_url] = known
        return known


def base62(number: int) -> str:
    """A number in base 62, digits before small letters before capitals."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    out = ""
    while number:
        number, rest = divmod(number, 62)
        out = digits[rest] + out
    return out or "0"


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
