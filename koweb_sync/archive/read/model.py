"""What can be read out of an archive: values that show, search and the exports work on, and never rows.

Times are whole microseconds since 1970 in UTC. A `Disguise` sees every value before a reader does: that is where names
can be taken out of an export.
"""

from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from koweb_sync.archive.names.aliases import former_number


@dataclass(frozen=True, slots=True)
class ArchivedPerson:
    """Somebody with an account, or who had one. `username` is empty where nobody ever told it. `anonymised`: they were
    forgotten here, or made anonymous by the forum.
    """

    id: int
    username: str
    name: str = ""
    created: int | None = None
    admin: bool = False
    moderator: bool = False
    bot: bool = False
    anonymised: bool = False

    @property
    def former(self) -> int | None:
        """Their number, if they were forgotten here."""
        return former_number(self.username, anonymised=self.anonymised)

    @property
    def shown(self) -> str:
        """What people call them."""
        return self.name or self.username


@dataclass(frozen=True, slots=True)
class ArchivedCategory:
    """A category. `path` are its slugs from the top; `restricted`: not everybody may read it."""

    id: int
    name: str
    path: str
    parent: int | None = None
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class ArchivedTranslation:
    """A title of a topic, or a text of a post, in another language: beside what was said, never in its place. `by`: who
    put it into that; `at` is the forum's time. `cooked` is empty where only a backup would tell it.
    """

    locale: str
    title: str
    raw: str
    cooked: str
    by: ArchivedPerson | None
    at: int | None

    @property
    def machine(self) -> bool | None:
        """Whether a machine translated, which is an account of the forum's own; None where nobody tells."""
        return None if self.by is None else self.by.id < 0 or self.by.bot

    @property
    def language(self) -> str:
        """Its language as web pages name it."""
        return self.locale.replace("_", "-")


@dataclass(frozen=True, slots=True)
class ChangedTopic:
    """What a topic was before an edit: which version of its first post that made, who made it and when. What the edit
    left as it was is None.
    """

    n: int
    title: str | None
    category: ArchivedCategory | None
    tags: tuple[str, ...] | None
    editor: ArchivedPerson | None
    at: int | None

    @property
    def told(self) -> bool:
        """Whether anything is told of it."""
        return (self.title, self.category, self.tags) != (None, None, None)


@dataclass(frozen=True, slots=True)
class ArchivedTopic:
    """A topic as it was last seen. `shown`: the forum still shows it; if not, `reason` says why it went.

    `replies` is the forum's own count, of a channel of the chat that of its messages; `known`: not only its posts tell
    that there is one; `accepted` is the number of the post that solved it; `earlier`: what it was before, the oldest
    first; `translations`: its title in other languages.
    """

    id: int
    title: str
    slug: str = ""
    category: ArchivedCategory | None = None
    tags: tuple[str, ...] = ()
    person: ArchivedPerson | None = None
    created: int = 0
    bumped: int | None = None
    last_posted: int | None = None
    closed: bool = False
    archived: bool = False
    visible: bool = True
    pinned: bool = False
    archetype: str = "regular"
    deleted: int | None = None
    shown: bool = True
    reason: str = ""
    accepted: int | None = None
    replies: int = 0
    known: bool = True
    likes: int = 0
    views: int = 0
    earlier: tuple[ChangedTopic, ...] = ()
    translations: tuple[ArchivedTranslation, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A text that a post once had. `placeholder`: what moderation showed in its place. `n` counts what we saw.
    `emptied`: when it was emptied in the archive, and says nothing since.
    """

    n: int
    raw: str
    cooked: str
    observed: int
    edited: int | None = None
    editor: ArchivedPerson | None = None
    reason: str = ""
    placeholder: bool = False
    emptied: int | None = None


@dataclass(frozen=True, slots=True)
class ArchivedLike:
    """A like or another reaction. Where the forum did not tell `at`, it came between `after` and `seen`."""

    person: ArchivedPerson
    kind: str
    at: int | None
    after: int | None
    seen: int
    gone: int | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a poll; `html` is the forum's."""

    id: str
    html: str
    votes: int | None
    people: tuple[ArchivedPerson, ...] = ()


@dataclass(frozen=True, slots=True)
class ArchivedPoll:
    """A poll in a post."""

    name: str
    title: str
    type: str
    status: str
    voters: int | None
    closes: int | None
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class File:
    """An image or an attachment of a post. `sha256` is None where its content is not held; `status` says why. `public`:
    everybody gets it on the forum, as far as is known. `since`: the first time that it was gone.
    """

    url: str
    kind: str
    name: str
    source: str
    status: str
    sha256: str | None = None
    type: str = ""
    bytes: int | None = None
    public: bool = False
    since: int | None = None

    def shown(self) -> "File":
        """It as everybody sees it: without its content, unless everybody gets that."""
        return self if self.public else replace(self, status="refused", sha256=None, type="", bytes=None, since=None)


@dataclass(frozen=True, slots=True)
class ArchivedReference:
    """What a post points at: reply, quote, mention or link."""

    kind: str
    topic: int | None
    number: int | None
    person: ArchivedPerson | None
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class ArchivedPost:
    """A post with the text that counts: the last one that its author wrote, never a placeholder if another is held.

    `type`: 1 regular, 2 moderator's, 3 small action (`action` names it), 4 whisper. `number` and `reply_to` count
    within the topic. `versions` are all texts, oldest first, and empty where there is only one; `locale` is the
    language of the text as far as the forum tells, and `translations` are its text in others. `emptied`: since when the
    archive has no text of it any more.
    """

    id: int
    topic: int
    number: int
    type: int
    created: int
    raw: str
    cooked: str
    action: str = ""
    author: ArchivedPerson | None = None
    updated: int | None = None
    reply_to: int | None = None
    deleted: int | None = None
    user_deleted: bool = False
    hidden: bool = False
    shown: bool = True
    reason: str = ""
    wiki: bool = False
    like_count: int = 0
    n: int = 1
    versions: tuple[Version, ...] = ()
    likes: tuple[ArchivedLike, ...] = ()
    unnamed: tuple[tuple[str, int], ...] = ()  # kind, how many people that the forum does not name
    polls: tuple[ArchivedPoll, ...] = ()
    files: tuple[File, ...] = ()
    pointers: tuple[ArchivedReference, ...] = ()
    locale: str = ""
    translations: tuple[ArchivedTranslation, ...] = ()
    emptied: int | None = None

    @property
    def liked(self) -> tuple[ArchivedLike, ...]:
        """The likes that were not taken back."""
        return tuple(one for one in self.likes if one.gone is None)

    @property
    def earlier(self) -> tuple[Version, ...]:
        """Texts besides the one that counts, oldest first."""
        return tuple(one for one in self.versions if one.n != self.n)

    @property
    def edited(self) -> int | None:
        """When the text that counts was written, if it is not the first one."""
        last = next((one for one in self.versions if one.n == self.n), None)
        return None if last is None or last.n == 1 else (last.edited or last.observed)

    @property
    def gone(self) -> str:
        """Why a reader of the forum does not see it, empty if they do: deleted, taken back, hidden, or a whisper."""
        if not self.shown:
            return self.reason or "deleted"
        if self.user_deleted:
            return "user-deleted"
        if self.hidden:
            return "hidden"
        return "whisper" if self.type == 4 else ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A post that a search found: where it stands, who wrote it when. `row` is its entry in the index; `locale`: in
    which language the words were found, empty where nobody tells.
    """

    row: int
    post: int
    topic: int
    number: int
    title: str
    author: ArchivedPerson | None
    created: int
    shown: bool
    locale: str = ""


@dataclass(frozen=True, slots=True)
class ArchivedForum:
    """The forum that an archive was made of. `until` is when the last run in full began, or the
    last one at all: what was written later may be missing. `closed`: who asked for it closes the forum."""

    number: int
    name: str
    url: str
    title: str
    locale: str
    until: int | None
    known: tuple[str, ...] = ()  # all addresses that it had, the first one first; none where it never moved
    closed: bool = False

    @property
    def homes(self) -> tuple[str, ...]:
        """All addresses that lead to it, first the one against which its texts were read."""
        return self.known or (self.url,)

    @property
    def home(self) -> str:
        """The one under which it was archived first."""
        return self.homes[0]

    @property
    def called(self) -> str:
        """What people call it."""
        return self.title or self.name


class Disguise(Protocol):
    """What readers see of people: everything that leaves the archive goes through these first."""

    def person(self, one: ArchivedPerson) -> ArchivedPerson:
        """Somebody, wherever they stand."""

    def topic(self, one: ArchivedTopic) -> ArchivedTopic:
        """A topic; its people went through `person` already."""

    def post(self, one: ArchivedPost) -> ArchivedPost:
        """A post: names in its texts, mentions, quotes and file names. Its people went through `person` already."""


@dataclass(frozen=True, slots=True)
class NoDisguise:
    """Everything as it is."""

    def person(self, one: ArchivedPerson) -> ArchivedPerson:
        """The same."""
        return one

    def topic(self, one: ArchivedTopic) -> ArchivedTopic:
        """The same."""
        return one

    def post(self, one: ArchivedPost) -> ArchivedPost:
        """The same."""
        return one


class Amount(NamedTuple):
    """How much of an archive there is: topics and posts in them, channels of the chat and messages in them."""

    topics: int
    posts: int
    channels: int = 0
    messages: int = 0

    def beside(self, other: "Amount") -> "Amount":
        """What is left of it besides a part of it."""
        return Amount(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))


@dataclass(frozen=True, slots=True)
class ArchiveFilter:
    """What of an archive is wanted; nothing given means everything.

    `categories`, `tags`, `topics`: any of them. `since` (included) and `until` (not) are about posts, and a topic
    without such a post is not wanted. `public`: only what everybody could read. `chat`: what was said in chat, too.
    """

    topics: frozenset[int] = field(default_factory=frozenset)
    categories: frozenset[int] = field(default_factory=frozenset)
    tags: frozenset[str] = field(default_factory=frozenset)
    author: int | None = None
    since: int | None = None
    until: int | None = None
    public: bool = False
    chat: bool = True
