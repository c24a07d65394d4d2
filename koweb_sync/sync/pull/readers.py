"""The ways to read many topics: one query where Data Explorer is there, else one request a topic."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from koweb_sync.errors import AnswerMalformed, ForumNotFound
from koweb_sync.forum.cache import keep_site
from koweb_sync.forum.data_explorer import MOST, first_posts, saved_query
from koweb_sync.forum.models import QueriedTopic
from koweb_sync.forum.site import Site
from koweb_sync.posts.ids import TopicId
from koweb_sync.sync.world.incoming import Look
from koweb_sync.sync.world.seen import LastEdit
from koweb_sync.times import seconds

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum

AT_ONCE = 8
UNCLEAR = Look(None, unclear=True)
FEW = 5  # topics that are read as quickly without Data Explorer


@dataclass(frozen=True, slots=True)
class TopicToRead:
    """A topic to read. `group` are topics that the same people may read, such as a category's."""

    topic: TopicId
    group: str = ""


class TopicReader(Protocol):
    """Reads topics with their first posts; a text that differs from what we know has to be confirmed with the key."""

    def requests(self, count: int) -> int:
        """How many requests so many topics take, at most a few more."""

    def read(self, wanted: Sequence[TopicToRead]) -> Iterator[tuple[TopicId, Look]]:
        """Each topic as soon as it is read, in any order."""


@dataclass(slots=True)
class ByTopic:
    """One request a topic, eight at a time: without a key what everybody may read, with it what is left.

    Once a topic of a group turns out not to be public, the others of its group are read with the key at once; all of
    them where nobody reads anything without an account, which says nothing about a topic.
    """

    forum: "Forum"
    closed: set[str] = field(default_factory=set)
    open: bool = True

    def requests(self, count: int) -> int:
        """One for each topic."""
        return count

    def read(self, wanted: Sequence[TopicToRead]) -> Iterator[tuple[TopicId, Look]]:
        """Every topic; the first error ends it."""
        return at_once(self.one, wanted)

    def one(self, wanted: TopicToRead) -> tuple[TopicId, Look]:
        """One topic: one request, two for the first of a group that is not public, one more for the first of all."""
        if self.open and wanted.group not in self.closed:
            try:
                view = self.forum.public_topic(wanted.topic)
            except AnswerMalformed:
                return wanted.topic, UNCLEAR
            if view is not None:
                return wanted.topic, Look(view, public=True)
        look = keyed(self.forum, wanted.topic)
        if self.open and look.view is not None and not look.view.deleted and wanted.group not in self.closed:
            self.open = bool(self.closed) or self.forum.open_to_all()
            self.closed.add(wanted.group)
            return wanted.topic, Look(look.view, public=False if self.open else None)
        return wanted.topic, look


def at_once(
    read: Callable[[TopicToRead], tuple[TopicId, Look]], wanted: Sequence[TopicToRead]
) -> Iterator[tuple[TopicId, Look]]:
    """Topics, eight at a time; the first error ends it."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            yield from pool.map(read, wanted)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True, slots=True)
class ByKey:
    """One request with the key for each of a few topics, eight at a time."""

    forum: "Forum"

    def requests(self, count: int) -> int:
        """One for each topic."""
        return count

    def read(self, wanted: Sequence[TopicToRead]) -> Iterator[tuple[TopicId, Look]]:
        """Every topic; the first error ends it."""
        return at_once(lambda one: (one.topic, keyed(self.forum, one.topic)), wanted)


def keyed(forum: "Forum", topic: TopicId) -> Look:
    """A topic as the key's user sees it: one request."""
    try:
        return Look(forum.topic(topic))
    except ForumNotFound:
        return Look(None)
    except AnswerMalformed:
        return UNCLEAR


@dataclass(frozen=True, slots=True)
class ByQuery:
    """One query for a thousand topics. What it does not give, such as a private message, is asked for with the key."""

    forum: "Forum"
    site: Site

    def requests(self, count: int) -> int:
        """One for each thousand."""
        return -(-count // MOST)

    def read(self, wanted: Sequence[TopicToRead]) -> Iterator[tuple[TopicId, Look]]:
        """Every topic."""
        left = {one.topic for one in wanted}
        try:
            for row in first_posts(self.forum, self.site.query or 0, sorted(left)):
                if row.view.id in left:
                    left.discard(row.view.id)
                    yield row.view.id, Look(row.view, edit=edit_of(row), brief=True)
        except ForumNotFound:  # it is not saved any more
            remember(self.forum, self.site, None)
            yield from ByTopic(self.forum).read([one for one in wanted if one.topic in left])
            return
        for topic in sorted(left):
            yield topic, keyed(self.forum, topic)


def edit_of(row: QueriedTopic) -> LastEdit | None:
    """Who edited last; None where only the revisions tell."""
    if row.editor is None or row.edited is None:
        return None
    return LastEdit(row.editor, row.editor_name, seconds(row.edited), row.reason)


def choose(forum: "Forum", site: Site, count: int) -> TopicReader:
    """The cheapest way that this forum offers. Where the plugin is on and there is much, one request finds it out, as
    often as the forum's facts are read.
    """
    if "data-explorer" not in site.plugins or count <= FEW:
        return ByTopic(forum)
    if site.query is None:
        site = remember(forum, site, saved_query(forum) or 0)
    return ByQuery(forum, site) if site.query else ByTopic(forum)


def remember(forum: "Forum", site: Site, query: int | None) -> Site:
    """The facts of a forum with the number of our query, which are kept."""
    found = replace(site, query=query)
    keep_site(forum.host, forum.api_username, found, forum.state)
    return found
