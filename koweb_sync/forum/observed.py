"""What a forum shows of its talk, parsed once at the edge: the archive works on these and never on JSON.

Times are whole microseconds since 1970 in UTC. `person` is a user's number, None where the account is gone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from koweb_sync.forum.decode import Page


@dataclass(frozen=True, slots=True)
class Person:
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


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a poll; `votes` is None where the forum does not tell yet, `people` are those whom it names."""

    id: str
    html: str
    votes: int | None
    people: tuple[Person, ...] = ()


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
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """A post. `raw` is None where the forum keeps it from us; `likes` is how many people like it.

    `placeholder`: what stands there is not what the author wrote. `reactions` counts reactions by their name, the one
    that is a like among them, and is None where the answer does not tell them. `shadow`: how many of its likes are
    other reactions, None where that is to be concluded from `reactions`. `locale`: its language, "" for none, None if
    that is not told; `localised`: `cooked` is a translation, not what was said.
    """

    id: int
    topic: int
    number: int
    type: int
    action: str | None
    author: Person | None
    created: int
    updated: int
    reply_to: int | None
    raw: str | None
    cooked: str
    version: int
    deleted: int | None
    user_deleted: bool
    hidden: bool
    wiki: bool
    likes: int
    reads: int
    reason: str
    accepted: bool | None = None
    reactions: Mapping[str, int] | None = field(default_factory=dict)
    polls: tuple[Poll, ...] = ()
    editor: int | None = None
    category: int | None = None  # of its topic, where the answer tells
    deleted_by: int | None = None
    locale: str | None = None
    localised: bool = False
    shadow: int | None = None

    @property
    def placeholder(self) -> bool:
        """Whether the text is moderation's, or stands for one that its author took back."""
        return self.raw is None or self.user_deleted


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic, from a list or from its own page. `pinned`, `views`, `bumped` and `likes` may be None: not told here."""

    id: int
    title: str
    slug: str
    category: int | None
    tags: tuple[str, ...]
    created: int
    bumped: int | None
    last_posted: int | None
    closed: bool
    archived: bool
    visible: bool
    pinned: bool
    archetype: str
    posts_count: int
    highest: int
    likes: int | None
    views: int | None
    author: int | None
    external_id: str | None = None
    deleted: int | None = None
    accepted: int | None = None
    deleted_by: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a topic list: its topics, the people it names, and whether the forum says that more follow."""

    topics: Page[Topic]
    people: Page[Person]
    more: bool


@dataclass(frozen=True, slots=True)
class Opened:
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
class Like:
    """A like, or another reaction: who, on which post, which kind, and when if the forum tells."""

    post: int
    person: Person
    kind: str = "like"
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An accepted answer: its topic and post number, who accepted it, and when, where that is known."""

    topic: int
    number: int
    by: int | None = None
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Reacted:
    """A reaction as the forum tells it: who, by name, which kind, when; the number of the person where it is told."""

    username: str
    kind: str
    at: int | None
    person: int | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Reactions:
    """Who reacted to a post, likes aside. `whole`: these are all."""

    people: Page[Reacted]
    whole: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """How much there is on a forum by its own count, which may be half an hour old."""

    topics: int
    posts: int
    likes: int
    people: int


@dataclass(frozen=True, slots=True)
class Counters:
    """What the directory says about a person, since the forum began."""

    person: Person
    days_visited: int
    topics_entered: int
    posts_read: int
    topic_count: int
    post_count: int
    likes_given: int
    likes_received: int


@dataclass(frozen=True, slots=True)
class Category:
    """A category. `staff`: only staff may read it, as far as we know; `definition` is the topic that describes it."""

    id: int
    name: str
    slug: str
    path: str
    parent: int | None
    description: str
    colour: str
    position: int
    restricted: bool
    staff: bool = False
    definition: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A group of people."""

    id: int
    name: str
    full_name: str
    automatic: bool
    members: int | None
