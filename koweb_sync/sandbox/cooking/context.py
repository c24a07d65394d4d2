"""What a post may refer to while it is cooked: people, groups, categories, tags, topics and uploads of the forum."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import quote, urlsplit

from koweb_sync.i18n import catalog
from koweb_sync.sandbox.model.flavour import OF_2025, Flavour
from koweb_sync.sandbox.model.permissions import permission
from koweb_sync.sandbox.model.records import CategoryRecord, PostRecord, TopicRecord, UploadRecord, UserRecord
from koweb_sync.sandbox.model.state import ForumState

KEY = "context"
MARKS = ("category", "tag")  # what may stand behind `::`


class Stage(Enum):
    """When a post is cooked: before it has an id, when it was saved, or after the job that looks at it again."""

    NEW = "new"
    SAVED = "saved"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Hashtag:
    """What a hashtag leads to. `kind` is category or tag; `text` is the name, `slug` what it is found by."""

    kind: str
    href: str
    slug: str
    text: str
    id: int


@dataclass(frozen=True, slots=True)
class CookingContext:
    """The surroundings of one post; without a forum nothing is known, and everything stays plain text."""

    forum: ForumState | None = None
    post: PostRecord | None = None
    stage: Stage = Stage.LATER
    cook: Callable[[ForumState, PostRecord, Stage], str] | None = None

    @property
    def home(self) -> str:
        """The forum's address, without a slash at the end; "" if it has none."""
        return self.forum.home if self.forum else ""

    def path(self, url: str) -> str | None:
        """The path of an address that lies on this forum, below its own; None for one that lies elsewhere."""
        for home in filter(None, (self.home, *(self.forum.former if self.forum else ()))):
            for start in (home, home.partition(":")[2]):
                if url == start or (url.startswith(start) and url[len(start)] in "/?#"):
                    return url[len(start) :] or "/"
        start = self.at("")
        below = url.startswith("/") and not url.startswith("//") and f"{url}/".startswith(f"{start}/")
        return url[len(start) :] or "/" if below else None

    def at(self, path: str) -> str:
        """A path of the forum as cooked HTML has it; what people write into their posts themselves stays as it is."""
        return self.forum.at(path) if self.forum else path

    def host(self, url: str) -> bool:
        """Whether an address is on the host of this forum, whatever the port."""
        homes = filter(None, (self.home, *(self.forum.former if self.forum else ())))
        try:
            return urlsplit(url).hostname in {urlsplit(home).hostname for home in homes}
        except ValueError:
            return False

    @property
    def flavour(self) -> Flavour:
        return self.forum.flavour if self.forum else OF_2025

    @property
    def locale(self) -> str:
        return str(self.setting("default_locale", "en"))

    @property
    def author(self) -> UserRecord | None:
        return self.forum.users.get(self.post.user_id) if self.forum and self.post else None

    @property
    def trusted(self) -> bool:
        """Whether the author's links may be followed by search engines: staff and trust level 3."""
        return self.author is not None and (self.author.staff or self.author.trust_level >= 3)

    def html(self, other: PostRecord) -> str:
        """Another post's HTML, without what depends on other posts in turn: two that show each other never end."""
        if other.html is None and self.forum is not None and self.cook is not None:
            return self.cook(self.forum, other, Stage.SAVED)
        return other.html or ""

    def setting(self, name: str, default: object = None) -> Any:
        return self.forum.settings.get(name, default) if self.forum else default

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """The form for `n` things in the forum's language."""
        return catalog(self.locale).ngettext(singular, plural, n)

    def user(self, name: str) -> UserRecord | None:
        """A person, whatever the case of the name."""
        return self.forum.names.get(name.lower()) if self.forum else None

    def group(self, name: str) -> str | None:
        """The name of a group that may be mentioned, as the forum writes it."""
        groups = self.forum.groups if self.forum else []
        return next((one["name"] for one in groups if one["name"].lower() == name.lower() and one.get("id")), None)

    def upload(self, short_url: str) -> UploadRecord | None:
        return self.forum.by_short_url.get(short_url) if self.forum else None

    def other_topic(self, number: int | None) -> TopicRecord | None:
        """The topic that a quote was taken from, if it is another one than the post's and everybody may read it."""
        if self.forum is None or self.post is None or number in (None, self.post.topic_id):
            return None
        return self.open_topic(number)

    def open_topic(self, number: int | None) -> TopicRecord | None:
        """A topic that everybody may read."""
        topic = self.forum.topics.get(number or 0) if self.forum else None
        if self.forum is None or topic is None:
            return None
        place = self.forum.categories.get(topic.category_id or 0)
        hidden = topic.deleted_at is not None or topic.archetype == "private_message"
        return None if hidden or (place is not None and permission(None, place) is None) else topic

    def hashtag(self, text: str) -> Hashtag | None:
        """What `#text` leads to: a category by its slug or `parent:child`, else a tag; `::tag` asks for a tag."""
        if self.forum is None:
            return None
        name, mark = parted(text)
        place = None if mark == "tag" else self.category(self.forum, name)
        if place is not None:
            above = self.forum.categories.get(place.parent_id or 0)
            shown = f"{above.name} > {place.name}" if above else place.name
            return Hashtag(
                "category", self.at(f"/c/{self.forum.slug_path(place)}/{place.id}"), place.slug, shown, place.id
            )
        if mark == "category" or name not in self.forum.tags:
            return None
        return Hashtag("tag", self.at(f"/tag/{quote(name)}"), name, name, list(self.forum.tags).index(name) + 1)

    def category(self, forum: ForumState, text: str) -> CategoryRecord | None:
        """The category with a slug, or with the slugs `parent:child`, that the author may see."""
        parent, _, child = text.rpartition(":")
        for one in forum.categories.values():
            above = forum.categories.get(one.parent_id or 0)
            if one.slug == child and (not parent or (above is not None and above.slug == parent)):
                return one if permission(self.author, one) is not None else None
        return None


def parted(text: str) -> tuple[str, str]:
    """What a hashtag names, and which kind it asks for, if any."""
    name, _, mark = text.rpartition("::")
    return (name, mark) if name and mark in MARKS else (text, "")


def of(env: Mapping[str, Any]) -> CookingContext:
    """The context that a rule works in."""
    found: CookingContext = env[KEY]
    return found
