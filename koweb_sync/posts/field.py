"""What a key of the front matter says about itself. Each key stands in a file of its own in `posts/fields/`, and all
that koweb does with keys asks them: reading, checking, planning, sending, reading back, merging, documenting.

A `Key` is anything that may stand in a front matter. A `Field` is a key that a topic on the forum has, too: what git
says of it is sent, and what the forum says comes back. Nothing here does any I/O: a field describes a request, and the
caller sends it.
"""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from koweb_sync.posts.front_reading import FrontReader
from koweb_sync.posts.front_writing import Value

if TYPE_CHECKING:
    from koweb_sync.posts.document import PostFile
    from koweb_sync.posts.problem import Problem
    from koweb_sync.posts.rules import Rules

Json = Mapping[str, Any]


class KnownCategory(Protocol):
    """A category, as the forum knows it."""

    @property
    def id(self) -> int: ...
    @property
    def shown(self) -> str: ...


class KnownCategories(Protocol):
    """The forum's categories: `named` as people write them, `category` by number or slug path."""

    def named(self, text: str | int) -> KnownCategory | None: ...
    def category(self, path: str | int) -> KnownCategory | None: ...


class ShownTopic(Protocol):
    """A topic that was read. `fields`: what it is of the flags that fields read back, by name; what the reader does not
    tell is not there.
    """

    @property
    def title(self) -> str: ...
    @property
    def category(self) -> int | None: ...
    @property
    def tags(self) -> tuple[str, ...]: ...
    @property
    def fields(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """A request that sends one field alone: how, where, and what goes with it as a form."""

    verb: str
    path: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FieldTarget:
    """Where a field is sent to: the topic, its first post, and the user name that the key acts as."""

    topic: int
    post: int
    username: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A topic as it was just read, beside what was agreed on about it.

    `title` and `tags` are as the forum stored what was sent. `exact`: what was agreed on was itself read from the
    forum; else a title counts as changed only beyond what the forum's prettifying does. `author`: who the author is on
    the forum, "" where the reader does not tell. `new`: nobody changed the topic since it was created.
    """

    topic: ShownTopic
    places: KnownCategories | None
    title: str
    tags: tuple[str, ...]
    exact: bool = False
    author: str = ""
    new: bool = False


class ChangedThere(Exception):
    """The same field was changed in git and on the forum, which says `theirs` now."""

    def __init__(self, theirs: str) -> None:
        super().__init__(theirs)
        self.theirs = theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWords:
    """What is said about a key, in the user's language: what people call it in a sentence; for the reference what may
    stand behind it, what it means, and who may change it on the forum ("": whoever may edit the topic).
    """

    called: str = ""
    takes: str
    meaning: str
    who: str = ""


class FrontMatterKey(ABC):
    """A key of the front matter. `order`: where it stands in lists of all keys; `is_set`: a list whose order means
    nothing, so that both sides may add to it.
    """

    name: ClassVar[str]
    order: ClassVar[int]
    is_set: ClassVar[bool] = False

    @abstractmethod
    def parse(self, reader: FrontReader) -> Any:
        """What a file says, as it is kept in records: a text, a number, a flag, a tuple. None: it says nothing.

        Raises PostFileError for what cannot be published.
        """

    @abstractmethod
    def words(self) -> KeyWords:
        """What is said about it to people."""

    def comparable(self, text: str) -> Hashable:
        """What of a text behind it counts where git's and the forum's are compared: how a forum spells a value is
        nobody's change.
        """
        return text

    def check(self, post: "PostFile", rules: "Rules") -> Iterator["Problem"]:
        """What the forum would refuse, or change without a word; the file itself was readable."""
        yield from ()


class Field(FrontMatterKey):
    """A key that a topic has, too.

    `kind`: how records hold its value. It is sent in one of three ways:
    - `together`: the topic is read first, the two sides are merged, and it goes with the other such fields in one
      `PUT /t/-/ID` under the name `sent_as`; `with_text`: or with the text, where that changes, too;
    - with a request of its own: `verb` and `path`, in which {topic} and {post} stand for the numbers. `scope`: what a
      key with scopes needs for it, "" where Discourse has no scope for it;
    - with the create (`in_create`). `after_create`: no create can say it, so that a new topic costs that request, too.

    `born`: what every new topic has of it, None where that depends on what is sent. `renamed`: the forum may store
    something else for it, such as a tag's synonym. `state`: what a pull calls a topic of which the forum changed it by
    itself; "" says nothing of that. `shuts`: what is written to a topic of which it is true, nobody may see.
    """

    kind: ClassVar[Any] = bool
    together: ClassVar[bool] = False
    with_text: ClassVar[bool] = False
    sent_as: ClassVar[str] = ""
    renamed: ClassVar[bool] = False
    verb: ClassVar[str] = ""
    path: ClassVar[str] = ""
    scope: ClassVar[str] = ""
    after_create: ClassVar[bool] = False
    born: ClassVar[bool | None] = None
    state: ClassVar[str] = ""
    shuts: ClassVar[bool] = False

    def loaded(self, value: Any) -> Any:
        """A value from JSON, which knows no tuples."""
        return value

    # ---- comparing git with what was agreed on

    def differs(self, wanted: Any, sent: Any, places: KnownCategories | None) -> bool:
        """Whether a file asks for something else than what was sent."""
        return wanted not in (None, sent)

    def mark(self, value: Any) -> list[Any]:
        """What stands for a value in the mark of a topic's fields, which commits and notes carry: what is not sent or
        compared adds nothing. What a mark holds never changes.
        """
        return [] if value is None else [[self.name, value]]

    # ---- creating

    def in_create(self, value: Any) -> Mapping[str, Any]:
        """What a create says of it, besides title, category, tags and author."""
        return {}

    def left_to_send(self, value: Any) -> bool:
        """Whether a new topic lacks what a file wants: then it costs one more request."""
        return self.after_create and value not in (None, self.born)

    def through_queue(self, sent: Any, topic: ShownTopic) -> Any:
        """What counts as sent of a topic that came through the review queue, which forgets some of it."""
        return sent

    # ---- sending

    def in_topic(self, value: Any, places: KnownCategories | None) -> Any:
        """A value as the topic's own route takes it; None where there is nothing that could be sent."""
        return value

    def merged(self, ours: Any, sent: Any, there: Compared) -> Any:
        """What is to be sent, as the route takes it; None if the forum shows it already. Raises ChangedThere."""
        raise NotImplementedError

    def sends_again(self, ours: Any, sent: Any, stored: tuple[str, ...]) -> bool:
        """Whether anything is sent if the forum shows what it `stored`: what a plan counts."""
        return True

    def arrived(self, value: Any, topic: ShownTopic) -> bool:
        """Whether the forum shows what was sent."""
        raise NotImplementedError

    def theirs(self, topic: ShownTopic, places: KnownCategories | None) -> str:
        """What the forum shows, for a person."""
        raise NotImplementedError

    def form(self, value: Any, to: FieldTarget) -> Mapping[str, Any]:
        """What goes with the request of its own."""
        raise NotImplementedError

    def request(self, value: Any, to: FieldTarget) -> OwnRequest:
        """The request of its own."""
        return OwnRequest(self.verb, self.path.format(topic=to.topic, post=to.post), self.form(value, to))

    # ---- reading back

    def read(self, topic: Json, post: Json) -> Any:
        """What the forum tells: of a topic, or of a topic and its first post, as JSON names things. None: nothing."""
        return None

    def read_row(self, row: Json) -> Any:
        """The same of a row of our query in Data Explorer, whose columns are those of the database."""
        return self.read(row, row)

    def brought(self, says: Any, sent: Any, there: Compared) -> Value | None:
        """What the file is to say from now on, where the forum changed it; None where it did not. `says`: what the file
        that was agreed on says; `sent`: what was sent.
        """
        return None

    def adopted(self, topic: ShownTopic) -> Value | None:
        """What the file of an adopted topic says; None where it need not say anything."""
        return None

    def unasked(self, sent: Any, topic: ShownTopic) -> bool:
        """Whether the forum changed it by itself, so that the topic is in its `state`."""
        return False

    def state_words(self) -> str:
        """That {topic} is in its `state`, as a sentence."""
        raise NotImplementedError


class Flag(Field):
    """A field that is true or false, with a request of its own, and that the forum tells. Every new topic has the one,
    unless a file of its own says otherwise, and no create can say the other.
    """

    after_create = True
    born = False

    @abstractmethod
    def form(self, value: bool, to: FieldTarget) -> Mapping[str, Any]:
        """What goes with its request."""

    @abstractmethod
    def read(self, topic: Json, post: Json) -> Any:
        """What the forum tells: what nobody reads would be published and never come back."""

    def parse(self, reader: FrontReader) -> bool | None:
        """true or false."""
        return reader.get(self.name, reader.flag)

    def through_queue(self, sent: bool | None, topic: ShownTopic) -> bool | None:
        """Lost, unless a moderator gave the topic what was asked for; what it has anyhow was not lost."""
        lost = sent not in (None, self.born) and topic.fields.get(self.name) == self.born
        return None if lost else sent

    def brought(self, says: bool | None, sent: bool | None, there: Compared) -> bool | None:
        """What the forum shows, for a file that says something."""
        shown, known = there.topic.fields.get(self.name), self.born if sent is None else sent
        return None if says is None or shown in (None, known) else bool(shown)

    def adopted(self, topic: ShownTopic) -> bool | None:
        """What is not so of every new topic."""
        shown = topic.fields.get(self.name)
        return None if shown in (None, self.born) else bool(shown)

    def unasked(self, sent: bool | None, topic: ShownTopic) -> bool:
        """What is not so of every new topic, and was not sent."""
        return self.state != "" and topic.fields.get(self.name) not in (None, self.born) and sent in (None, self.born)


class Status(Flag):
    """A flag of a topic, set by `PUT /t/ID/status`. `status`: what that calls it."""

    status: ClassVar[str]
    verb = "PUT"
    path = "/t/{topic}/status"
    scope = "topics:update"

    def form(self, value: bool, to: FieldTarget) -> Mapping[str, Any]:
        """On or off."""
        return {"status": self.status, "enabled": "true" if value else "false"}
