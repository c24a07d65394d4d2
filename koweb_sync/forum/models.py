"""Discourse's things, each described once, whoever told of them: its API (`parse`) or Data Explorer (`rows`).

Instants are whole microseconds since 1970 in UTC. What an answer does not tell is None, or empty where it says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any

from koweb_sync.forum.decode import Page
from koweb_sync.posts.ids import CategoryId, PostId, TopicId
from koweb_sync.safe_text import unbroken

# ---- people


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with an account, as far as an answer tells: what it does not tell is None."""

    id: int
    username: str
    name: str | None = None
    trust_level: int | None = None
    admin: bool | None = None
    moderator: bool | None = None
    title: str | None = None
    avatar: str | None = None
    created: int | None = None
    staged: bool | None = None
    suspended: bool | None = None
    post_count: int | None = None
    last_posted: int | None = None

    @property
    def tells(self) -> bool:
        """Whether anything is told but the number."""
        return bool(self.username) or told_of(self) != NOTHING


TOLD = tuple(one.name for one in fields(User) if one.name not in ("id", "username"))
NOTHING = (None,) * len(TOLD)
told_of = attrgetter(*TOLD)


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """What the directory says about a person, since the forum began."""

    person: User
    days_visited: int
    topics_entered: int
    posts_read: int
    topic_count: int
    post_count: int
    likes_given: int
    likes_received: int


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A group of people."""

    id: int
    name: str
    full_name: str
    automatic: bool
    members: int | None


# ---- posts


@dataclass(frozen=True, slots=True)
class PollOption:
    """One answer of a poll; `votes` is None where the forum does not tell yet, `people` are those whom it names."""

    id: str
    html: str
    votes: int | None
    people: tuple[User, ...] = ()


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll in a post."""

    name: str
    title: str
    type: str
    status: str
    results: str
    public: bool
    voters: int | None
    closes: int | None
    options: tuple[PollOption, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post. `raw` is None where the forum keeps it from us; `author` is None where the account is gone; `likes` is
    how many people like it. `hidden`: by moderation; `locked`: staff alone may edit it.

    `reactions` counts reactions by their name, the one that is a like among them, and is None where the answer does not
    tell them; `shadow`: how many of its likes are other reactions, None where that is to be concluded from `reactions`.
    `locale`: its language, "" for none, None if that is not told; `translated`: it has translations, shown or not;
    `localised`: `cooked` is one of them, not what was said. `category` and `topic_slug` are its topic's, where told.
    `editor` is the number of who edited it last, `deleted_by` of who deleted it.
    """

    id: PostId
    topic: TopicId
    author: User | None
    raw: str | None
    version: int
    created: int
    updated: int
    number: int = 1
    type: int = 1
    action: str | None = None
    reply_to: int | None = None
    cooked: str = ""
    deleted: int | None = None
    user_deleted: bool = False
    hidden: bool = False
    wiki: bool = False
    locked: bool = False
    likes: int = 0
    reads: int = 0
    reason: str = ""
    accepted: bool | None = None
    reactions: Mapping[str, int] | None = field(default_factory=dict)
    polls: tuple[Poll, ...] = ()
    editor: int | None = None
    category: CategoryId | None = None
    deleted_by: int | None = None
    locale: str | None = None
    translated: bool = False
    localised: bool = False
    shadow: int | None = None
    topic_slug: str = ""

    @property
    def placeholder(self) -> bool:
        """Whether the text is moderation's, or stands for one that its author took back."""
        return self.raw is None or self.user_deleted

    @property
    def username(self) -> str:
        """Who wrote it; empty where nobody tells."""
        return self.author.username if self.author else ""

    @property
    def name(self) -> str:
        """How the author is called."""
        return (self.author.name if self.author else "") or self.username

    @property
    def changed(self) -> int:
        """When it was changed, in Unix milliseconds; what is smaller is cut off, as the forum's answers do."""
        return self.updated // 1_000


@dataclass(frozen=True, slots=True)
class Revision:
    """One edit of a post: its number (from 2), who made it, when and why.

    `before` and `after` are the raw on both sides as the diff shows them, None where the text did not change or the
    server does not say. `titles` are the titles on both sides, None if the title did not change. `category` and `tags`
    are those that the topic had before, None if they did not change. `hidden`: staff hid the text that it made, so it
    is nobody's to show.
    """

    number: int
    username: str
    name: str
    at: int
    reason: str
    before: str | None = None
    after: str | None = None
    titles: tuple[str, str] | None = None
    hidden: bool = False
    category: int | None = None
    tags: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.titles:
            object.__setattr__(self, "titles", tuple(map(unbroken, self.titles)))


@dataclass(frozen=True, slots=True)
class Like:
    """A like, or another reaction: who, on which post, which kind, and when if the forum tells."""

    post: int
    person: User
    kind: str = "like"
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """A reaction as the forum tells it: who, by name, which kind, when; the number of the person where it is told."""

    username: str
    kind: str
    at: int | None
    person: int | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Reactions:
    """Who reacted to a post, likes aside. `whole`: these are all."""

    people: Page[Reaction]
    whole: bool


@dataclass(frozen=True, slots=True)
class AcceptedAnswer:
    """The post that solved a topic: its topic and post number, who accepted it, and when, where that is known."""

    topic: int
    number: int
    by: int | None = None
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A stored upload. `width` and `height` in pixels are None for what is not an image."""

    short_url: str
    url: str
    name: str
    width: int | None
    height: int | None


# ---- topics


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic, from a list or from its own page. `tags` are names in the forum's order. `author` is the number of who
    began it, `highest` the highest number of a post in it, `accepted` the number of the post that solved it.
    `bumped`, `last_posted`, `likes` and `views` may be None: not told here. `fields`: what it is of the flags that
    fields of the front matter read back, by name (`posts.fields`), as far as the answer tells.
    """

    id: TopicId
    title: str
    slug: str
    category: CategoryId | None
    tags: tuple[str, ...]
    created: int
    closed: bool
    archived: bool
    visible: bool
    pinned: bool
    archetype: str
    posts_count: int
    highest: int = 0
    bumped: int | None = None
    last_posted: int | None = None
    likes: int | None = None
    views: int | None = None
    author: int | None = None
    external_id: str | None = None
    deleted: int | None = None
    accepted: int | None = None
    deleted_by: int | None = None
    fields: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def private(self) -> bool:
        """Whether it is a personal message."""
        return self.archetype == "private_message"


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicView(Topic):
    """A topic with its first post, to be compared with a file: a title or tag with signs that no front matter holds is
    known without them. `emptied`: its posts were moved to another topic, and this is what is left.
    """

    first: Post
    emptied: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", unbroken(self.title))
        object.__setattr__(self, "tags", tuple(unbroken(tag).replace(",", "\ufffd") for tag in self.tags))


@dataclass(frozen=True, slots=True)
class QueriedTopic:
    """A topic as our query of first posts tells it, and who edited it last: None if nobody did. The author of its first
    post is whoever wrote what stands there now.
    """

    view: TopicView
    editor: str | None
    editor_name: str
    edited: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class TopicList:
    """A page of a topic list: its topics, the people it names, and whether the forum says that more follow."""

    topics: Page[Topic]
    people: Page[User]
    more: bool


@dataclass(frozen=True, slots=True)
class TopicPage:
    """A topic with some of its posts. `stream` are the ids of all its posts in order; None: the forum does not say.

    `main`: the reaction that is a like; empty where the forum has no others. `people` and `groups`: who takes part in a
    personal message.
    """

    topic: Topic
    posts: Page[Post]
    stream: tuple[int, ...] | None
    main: str = ""
    people: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class RecentEdit:
    """That something was changed in a topic: when, in microseconds, and by whom, "" where it is not told."""

    topic: int
    at: int
    editor: str = ""

    @property
    def name(self) -> str:
        """What tells it from every other."""
        return f"{self.topic} {self.at} {self.editor}"


# ---- publishing


@dataclass(frozen=True, slots=True)
class NewTopic:
    """A topic to create. `author` is the username to act as, None for the key's user; `more`: what else the create
    says, as the fields of the front matter put it.
    """

    title: str
    raw: str
    external_id: str
    category: CategoryId | None = None
    tags: tuple[str, ...] = ()
    author: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HeldForReview:
    """A create that a moderator must approve first: there is no topic yet. `reason`: its number in the queue, "" if
    the forum did not tell. `sure`: whether it does wait; else nobody tells.
    """

    reason: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Scope:
    """One permission of a key, such as `topics:write`; a key without scopes may do everything that its user may."""

    resource: str
    key: str
    parameters: Mapping[str, str]
