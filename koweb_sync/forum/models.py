"""The forum's answers, parsed once at the edge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from koweb_sync.posts.ids import CategoryId, PostId, TopicId
from koweb_sync.posts.rules import Bounds
from koweb_sync.safe_text import unbroken, written
from koweb_sync.spelling import compared
from koweb_sync.times import DAY_IN_SECONDS, EPOCH


@dataclass(frozen=True, slots=True)
class NewTopic:
    """A topic to create. `author` is the username to act as, None for the key's user; `created` is in UTC."""

    title: str
    raw: str
    external_id: str
    category: CategoryId | None = None
    tags: tuple[str, ...] = ()
    author: str | None = None
    created: datetime | None = None
    listed: bool = True


@dataclass(frozen=True, slots=True)
class PostView:
    """A post as the forum stores it. `hidden`: by moderation; then `raw` is None unless we are staff. `locked`: staff
    alone may edit it. `name` is the author's display name. `locale`: its language, "" for none, None where the answer
    does not tell; `translated`: it has translations, shown or not; `slug`: of its topic's title, "" if not told.
    """

    id: PostId
    topic: TopicId
    raw: str | None
    username: str
    version: int
    updated: datetime
    deleted: bool
    user_deleted: bool
    hidden: bool
    locked: bool = False
    name: str = ""
    locale: str | None = None
    translated: bool = False
    slug: str = ""

    @property
    def changed(self) -> int:
        """When it was changed, in Unix milliseconds; what is smaller is cut off, as the forum's answers do."""
        return (self.updated - EPOCH) // timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Revision:
    """One edit of a post: its number (from 2), who made it, when (UTC) and why.

    `before` and `after` are the raw on both sides as the diff shows them, None where the text did not change or the
    server does not say. `titles` are the titles on both sides, None if the title did not change. `hidden`: staff hid
    the text that it made, so it is nobody's to show.
    """

    number: int
    username: str
    name: str
    at: datetime
    reason: str
    before: str | None = None
    after: str | None = None
    titles: tuple[str, str] | None = None
    hidden: bool = False

    def __post_init__(self) -> None:
        if self.titles:
            object.__setattr__(self, "titles", tuple(map(unbroken, self.titles)))


@dataclass(frozen=True, slots=True)
class HeldForReview:
    """A create that a moderator must approve first: there is no topic yet. `reason`: its number in the queue, "" if
    the forum did not tell. `sure`: whether it does wait; else nobody tells.
    """

    reason: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class TopicView:
    """A topic with its first post. `tags` are names in the forum's order.

    `private`: it is a personal message. `emptied`: its posts were moved to another topic, and this is what is left.
    A title or tag with signs that no front matter holds is known without them.
    """

    id: TopicId
    title: str
    slug: str
    category: CategoryId | None
    tags: tuple[str, ...]
    created: datetime
    closed: bool
    archived: bool
    visible: bool
    pinned: bool
    deleted: bool
    posts_count: int
    external_id: str | None
    first: PostView
    private: bool = False
    emptied: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", unbroken(self.title))
        object.__setattr__(self, "tags", tuple(unbroken(tag).replace(",", "\ufffd") for tag in self.tags))


@dataclass(frozen=True, slots=True)
class TopicState:
    """What a topic list tells about one topic, thirty for one request. `post` is unknown to lists."""

    id: TopicId
    title: str
    category: CategoryId | None
    tags: tuple[str, ...]
    closed: bool
    archived: bool
    visible: bool
    pinned: bool


@dataclass(frozen=True, slots=True)
class Upload:
    """A stored upload. `width` and `height` in pixels are None for what is not an image."""

    short_url: str
    url: str
    name: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Category:
    """A category as this user sees it. `path` is the slug path (`parent/child`); `may_create`: it may start topics;
    `restricted`: not everybody may read it. `definition`: the topic that says what it is for, 0 for none; None where an
    older koweb-sync remembered the category.
    """

    id: CategoryId
    name: str
    path: str
    may_create: bool
    minimum_tags: int = 0
    restricted: bool = False
    definition: int | None = None

    @property
    def slug(self) -> str:
        """What the last part of its address says."""
        return self.path.rpartition("/")[2]

    @property
    def shown(self) -> str:
        """The slug path as people read and write it: forums may hold accents encoded."""
        plain = unquote(self.path)
        return plain if written(plain) and plain.count("/") == self.path.count("/") else self.path


@dataclass(frozen=True, slots=True)
class Limits(Bounds):
    """The site settings that decide whether a post is refused; Discourse's defaults where the key may not read them.

    `anchors` is "plain" (`slug-N`) or "post-id" (`p-POSTID-slug-N`).
    """

    topics_per_day: int = 20
    uncategorized_allowed: bool = False
    uncategorized: CategoryId | None = None
    anchors: str = "plain"


@dataclass(frozen=True, slots=True)
class Site:
    """The facts of a forum that do not change from one hour to the next. `read_at` is in UTC.

    `plugins` are those that change what a text shows or does, by the names of their settings: poll, solved… `query` is
    the number of our query of first posts in Data Explorer, 0 where it is not there, None before somebody asked.
    """

    title: str
    locale: str
    categories: tuple[Category, ...]
    limits: Limits
    can_tag: bool
    can_create_tags: bool
    tags: frozenset[str]
    user: str
    staff: bool
    read_at: datetime
    plugins: tuple[str, ...] = ()
    query: int | None = None

    def is_fresh(self, max_age: float = DAY_IN_SECONDS) -> bool:
        """Whether it is at most so many seconds old, and tells all that is asked of it today."""
        age = (datetime.now(UTC) - self.read_at).total_seconds()
        return None not in self.definitions and age < max_age

    @property
    def definitions(self) -> frozenset[int | None]:
        """The topics that say what a category is for."""
        return frozenset(category.definition for category in self.categories)

    def category(self, path: str | int) -> Category | None:
        """The category of that slug path or id, or None."""
        return next((c for c in self.categories if path in (c.id, c.path)), None)

    def named(self, text: str | int) -> "Category | None":
        """The category that a person names: by its number, its path, or its slug or name alone; None where none or
        more than one is called so.
        """
        found = self.called(text)
        return found[0] if len(found) == 1 else None

    def called(self, text: str | int) -> "Sequence[Category]":
        """The categories that may be meant: of the ways to name one, the first in which any is called so. Capitals do
        not count, nor how accents are written: in a slug, they may be encoded.
        """
        exact = self.category(text if isinstance(text, int) else text.strip("/"))
        if exact or isinstance(text, int):
            return [exact] if exact else []
        name = compared(text.strip("/"))
        for way in (self.slugs, self.names, number_of, alone):
            if found := [category for category in self.categories if name in way(category)]:
                return found
        return []

    def slugs(self, category: Category) -> list[str]:
        """A category's slug path, as it is compared."""
        return [compared(category.path)]

    def names(self, category: Category) -> list[str]:
        """The path of a category in names, and of its name behind its parents' slugs."""
        above, _slash, _own = category.path.rpartition("/")
        parent = self.category(above) if above else None
        own = compared(category.name)
        return [f"{one}/{own}" for one in (*self.slugs(parent), *self.names(parent))] if parent else [own]


def number_of(category: Category) -> list[str]:
    """A category's number, where somebody typed it as a text."""
    return [str(category.id)]


def alone(category: Category) -> list[str]:
    """What a category is called without its parents."""
    return [compared(category.slug), compared(category.name)]


@dataclass(frozen=True, slots=True)
class Scope:
    """One permission of a key, such as `topics:write`; a key without scopes may do everything that its user may."""

    resource: str
    key: str
    parameters: Mapping[str, str]
