"""The forum's things: people, categories, topics, posts, files, keys. Times are Unix seconds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from koweb_sync.sandbox.model.tags_and_words import TagRules

SYSTEM = -1
REGULAR, MODERATOR, SMALL_ACTION, WHISPER = 1, 2, 3, 4
LIKE = 2
WATCHING, TRACKING, NORMAL = 3, 2, 1


@dataclass(slots=True)
class UserRecord:
    """A person, with Discourse's trust level from 0 to 4. `suspended`, or not `active`: no key acts as them.
    `silenced`: they may not write. `staged`: the forum only keeps their e-mail. `held`: what they
    write waits for a moderator. `muted`: categories that they do not want in their lists. `days_visited`,
    `topics_entered`, `posts_read`: what the forum counted of their reading. `locale`: the language in which they
    read, the forum's if it is None; `wants_translations`: whether texts of others come in it, too. `base_path`: the
    forum's, below which their picture is.
    """

    id: int
    username: str
    name: str | None
    admin: bool = False
    moderator: bool = False
    email: str | None = None
    trust_level: int = 1
    created_at: float = 0.0
    suspended: bool = False
    silenced: bool = False
    active: bool = True
    staged: bool = False
    held: bool = False
    muted: set[int] = field(default_factory=set)
    days_visited: int = 0
    topics_entered: int = 0
    posts_read: int = 0
    locale: str | None = None
    wants_translations: bool = True
    base_path: str = ""

    @property
    def called(self) -> str:
        return self.name or self.username

    @property
    def staff(self) -> bool:
        return self.admin or self.moderator


@dataclass(slots=True)
class CategoryRecord:
    """A category. `permissions`: group -> 1 may do everything, 2 may reply, 3 may read; empty for everybody.

    `locale`: the language of its name; `translations`: its name in others.
    `approves_topics`, `approves_replies`: what is written there waits for a moderator first.
    """

    id: int
    name: str
    slug: str
    color: str = "0088CC"
    text_color: str = "FFFFFF"
    parent_id: int | None = None
    topic_id: int | None = None
    read_restricted: bool = False
    position: int = 0
    tag_rules: TagRules = field(default_factory=TagRules)
    permissions: dict[str, int] = field(default_factory=dict)
    description: str | None = None
    locale: str | None = None
    translations: dict[str, str] = field(default_factory=dict)
    approves_topics: bool = False
    approves_replies: bool = False


@dataclass(slots=True)
class Translation:
    """A post in another language. `version`: which version of the post was translated; `by`: the account of who did,
    negative for a machine's.
    """

    id: int
    locale: str
    raw: str
    html: str
    version: int
    by: int = -1


@dataclass(slots=True)
class WaitingPost:
    """What somebody wrote and a moderator must approve first: a topic, or a reply in `topic_id`.

    `given`: what of the request survives the queue; `reason`: why it waits, with the `words` that are watched, if any.
    `status`: 0 while it waits, 1 approved, 2 rejected, 4 taken away; `post_id`: what became of it. `scored`: the number
    of what the queue notes about it.
    """

    id: int
    user_id: int
    raw: str
    at: float
    given: dict[str, Any]
    reason: str
    scored: int
    words: tuple[str, ...] = ()
    title: str | None = None
    category_id: int | None = None
    topic_id: int | None = None
    status: int = 0
    version: int = 0
    post_id: int | None = None
    settled_at: float | None = None
    settled_by: int | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """Who accepted an answer, and when."""

    by: int
    at: float


@dataclass(slots=True)
class TopicRecord:
    """A topic. `post_ids` are in the order of their numbers, deleted ones included. `allowed`: who reads a private
    message. `highest`: the highest post number that was ever given. `answers`: the accepted ones by the ids of their
    posts, the first first. `locale`: the language of its title, if it is known; `translations`: titles in others.
    """

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
    allowed: set[int] = field(default_factory=set)
    answers: dict[int, Accepted] = field(default_factory=dict)
    timer: dict[str, Any] | None = None
    slow_seconds: int = 0
    embed_url: str | None = None
    locale: str | None = None
    translations: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class RevisionRecord:
    """What an edit changed: field -> before and after. Who edited, when and why. Fields: `raw`, `title`,
    `category_id`, `tags`, `user_id`, `wiki`, `type`, `locale`.
    """

    number: int
    user_id: int
    at: float
    reason: str | None
    changes: dict[str, tuple[Any, Any]]
    hidden: bool = False


@dataclass(slots=True)
class PollRecord:
    """A poll in a post. `votes`: person -> ids of options; `options`: id -> HTML, in order. `closes_at`: when it closes
    by itself. `groups`: who may vote, by their names with commas; None for everybody.
    """

    name: str
    options: dict[str, str]
    opened_at: float = 0.0
    id: int = 0
    kind: str = "regular"
    public: bool = False
    results: str = "always"
    status: str = "open"
    title: str | None = None
    least: int | None = None
    most: int | None = None
    step: int | None = None
    chart: str = "bar"
    closes_at: float | None = None
    groups: str | None = None
    votes: dict[int, list[str]] = field(default_factory=dict)

    def closed(self, now: float) -> bool:
        """Whether nobody can vote any more."""
        return self.status == "closed" or (self.closes_at is not None and self.closes_at <= now)


@dataclass(slots=True)
class ReactionRecord:
    """A row of the reactions' plugin: an emoji under one post. `used`: somebody chose it; the main one needs nobody."""

    id: int
    emoji: str
    at: float
    used: bool = False


@dataclass(frozen=True, slots=True)
class Reacted:
    """What one person chose under a post, and when."""

    id: int
    emoji: str
    at: float


@dataclass(slots=True)
class PostRecord:
    """A post. `number` counts in its topic from 1; `type` 1 regular, 2 moderator, 3 small action, 4 whisper.

    `html` is what `cook` made of it, None until somebody reads it. `replies`: ids of the posts that answer or quote it.
    `likes`: who and when, in that order. Where reactions count as likes, they are among them. `reacted`: who chose
    another reaction, or changed from another one to the main one; `reactions`: the rows that hold these together, by
    emoji. `locale`: its language, if it is known. `notice`: what stands above it about its author, new_user or
    returning_user; `staff_notice`: what staff put there instead, in Markdown, and who did. `marks`: who else acted on
    it, with a kind of action that the forum does not know.
    """

    id: int
    topic_id: int
    number: int
    user_id: int
    raw: str
    created_at: float
    updated_at: float
    cook: Callable[["PostRecord"], str]
    html: str | None = None
    type: int = REGULAR
    reply_to: int | None = None
    version: int = 1
    last_version_at: float = 0.0
    last_editor: int = SYSTEM
    edit_reason: str | None = None
    action_code: str | None = None
    deleted_at: float | None = None
    deleted_by: int | None = None
    user_deleted: bool = False
    hidden: bool = False
    locked: bool = False
    wiki: bool = False
    notice: str | None = None
    staff_notice: tuple[str, int] | None = None
    quotes: int = 0
    likes: list[tuple[int, float]] = field(default_factory=list)
    marks: set[tuple[int, int]] = field(default_factory=set)
    reacted: dict[int, Reacted] = field(default_factory=dict)
    reactions: dict[str, ReactionRecord] = field(default_factory=dict)
    revisions: list[RevisionRecord] = field(default_factory=list)
    replies: list[int] = field(default_factory=list)
    polls: list[PollRecord] = field(default_factory=list)
    locale: str | None = None
    translations: dict[str, Translation] = field(default_factory=dict)

    @property
    def cooked(self) -> str:
        if self.html is None:
            self.html = self.cook(self)
        return self.html

    @property
    def alive(self) -> bool:
        return self.deleted_at is None


@dataclass(frozen=True, slots=True)
class UploadRecord:
    """A stored file. `width` and `height` in pixels, None for what is not an image."""

    id: int
    sha1: str
    name: str
    extension: str
    data: bytes
    width: int | None
    height: int | None
    user_id: int = SYSTEM
    at: float = 0.0

    @property
    def short_url(self) -> str:
        """`upload://` and the SHA-1 of the content in base 62."""
        return f"upload://{base62(int(self.sha1, 16))}.{self.extension}"

    @property
    def path(self) -> str:
        """Where it is served, below the forum's own path."""
        return f"/uploads/default/original/1X/{self.sha1}.{self.extension}"


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """An API key: of one user, or of all where `username` is None. `scopes` like `topics:read`, empty for all."""

    name: str
    key: str
    username: str | None
    scopes: tuple[str, ...] = ()
    revoked: bool = False


@dataclass(slots=True)
class WebHook:
    """Whom the forum tells what happens: `events` are kinds by their numbers, all of them if it is for `everything`."""

    id: int
    url: str
    events: list[int]
    content_type: int = 1
    secret: str = ""
    everything: bool = False
    verified: bool = True
    active: bool = False
    categories: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ThemeRecord:
    """A theme or a component of themes; `parents`: the themes that a component is part of. `files`: by their path in
    the bundle that it came in. `settings`: what was set, by name; what was not has its default.
    """

    id: int
    name: str
    component: bool = False
    default: bool = False
    enabled: bool = True
    parents: list[int] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """What somebody said in a channel of the chat."""

    id: int
    channel: int
    user_id: int
    text: str
    at: float


def base62(number: int) -> str:
    """A number in base 62, digits before small letters before capitals."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    out = ""
    while number:
        number, rest = divmod(number, 62)
        out = digits[rest] + out
    return out or "0"
