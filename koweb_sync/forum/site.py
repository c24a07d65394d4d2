"""What a forum says of itself: its categories, what it takes, how much there is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote

from koweb_sync.posts.ids import CategoryId
from koweb_sync.posts.rules import Bounds
from koweb_sync.safe_text import fits_one_line
from koweb_sync.spelling import called_so, compared
from koweb_sync.times import DAY_IN_SECONDS


@dataclass(frozen=True, slots=True)
class Category:
    """A category. `path` is the slug path (`parent/child`); `restricted`: not everybody may read it; `staff`: only
    staff may, as far as we know. `definition`: the topic that says what it is for, 0 for none; None if not known.
    `may_create`: this user may start topics there, with `minimum_tags` at least.
    """

    id: CategoryId
    name: str
    path: str
    slug: str = ""
    parent: int | None = None
    description: str = ""
    colour: str = ""
    position: int = 0
    restricted: bool = False
    staff: bool = False
    definition: int | None = None
    may_create: bool = False
    minimum_tags: int = 0

    @property
    def shown(self) -> str:
        """The slug path as people read and write it: forums may hold accents encoded."""
        plain = unquote(self.path)
        return plain if fits_one_line(plain) and plain.count("/") == self.path.count("/") else self.path


@dataclass(frozen=True, slots=True)
class ColourScheme:
    """The colours of a forum's pages, six hexadecimal digits each: of text, of what is behind it, and of links."""

    primary: str
    secondary: str
    tertiary: str

    def __post_init__(self) -> None:
        """Raises ValueError for what is no colour: they go into the style of pages."""
        for name in self.__slots__:
            if not re.fullmatch(r"[0-9a-f]{6}", str(getattr(self, name))):
                raise ValueError(name)


@dataclass(frozen=True, slots=True)
class Totals:
    """How much there is on a forum by its own count, which may be half an hour old."""

    topics: int
    posts: int
    likes: int
    people: int


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
    `light` and `dark` are the forum's own colours; None where they are Discourse's, or the server does not tell.
    `translates`: whether it keeps translations of posts; None where an earlier koweb-sync read the facts.
    `names_first`: whether its pages show people by the names that they gave themselves, None as before; `person`: the
    name that the key's user gave, "" for none.
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
    light: ColourScheme | None = None
    dark: ColourScheme | None = None
    translates: bool | None = None
    names_first: bool | None = None
    person: str = ""

    def is_fresh(self, max_age: float = DAY_IN_SECONDS) -> bool:
        """Whether it is at most so many seconds old, and tells all that is asked of it today."""
        age = (datetime.now(UTC) - self.read_at).total_seconds()
        return None not in self.definitions and age < max_age

    @property
    def definitions(self) -> frozenset[int | None]:
        """The topics that say what a category is for."""
        return frozenset(category.definition for category in self.categories)

    def user_name(self, username: str) -> str:
        """A user name as the forum writes it, where it is that of the key's user."""
        return self.user if self.user.casefold() == username.casefold() else username

    def user_shown(self, username: str) -> str:
        """Somebody with that user name as the forum's pages call them, where it is the key's user."""
        own = self.user.casefold() == username.casefold()
        return person_shown(self, self.user_name(username), self.person if own else "")

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
        not count, nor how accents are written: in a slug, they may be encoded; nor accents, where no name is just so.
        """
        exact = self.category(text if isinstance(text, int) else text.strip("/"))
        if exact or isinstance(text, int):
            return [exact] if exact else []
        name = compared(text.strip("/"))
        for way in (self.slugs, self.names, number_of, alone):
            if found := [category for category in self.categories if name in way(category)]:
                return found
        return called_so(name, self.categories, lambda one: (*self.slugs(one), *self.names(one), *alone(one)))

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
    return [compared(category.path.rpartition("/")[2]), compared(category.name)]


def person_shown(site: Site | None, username: str, name: str) -> str:
    """Somebody as the forum's pages call them, as far as it is known what those show."""
    by_username = site is not None and site.names_first is False
    return username if username and (by_username or not name.strip()) else name.strip()
