"""What waits for a moderator, and what they decided: asked as its author, for the review queue is staff's alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from koweb_sync.errors import ForumForbidden, ForumKeyRefused, ForumNotFound
from koweb_sync.forum.decode import Json, clear, each, ident, inner, instant, items, record, text, whole_number
from koweb_sync.forum.models import HeldForReview
from koweb_sync.i18n import _
from koweb_sync.posts.ids import TopicId

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum

CLOSED = (ForumForbidden, ForumKeyRefused, ForumNotFound)  # what says that we may not look
PENDING, APPROVED, REJECTED = 0, 1, 2
PAGES = 20  # of the queue
_NUMBER = re.compile("[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Sent:
    """A topic that was sent and may wait: in whose name, title, text; `number` in the queue, "" if not known."""

    author: str
    title: str
    raw: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """A topic that somebody began, and when."""

    id: TopicId
    title: str
    created: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What a moderator decided, 0 while nobody did; the topic that came of it."""

    status: int
    topic: TopicId | None


@dataclass(frozen=True, slots=True)
class QueuedPost:
    """One topic that waits."""

    number: str
    title: str
    raw: str

    def is_it(self, sent: Sent) -> bool:
        """Whether it is what was sent: by its number, for a moderator may have changed it, else by title and text."""
        same = (self.title.strip(), self.raw.strip()) == (sent.title.strip(), sent.raw.strip())
        return self.number == sent.number if sent.number else same


class ReviewQueue:
    """What waits for a moderator, by author: each is asked about once."""

    def __init__(self, forum: "Forum") -> None:
        self.forum = forum
        self.found: dict[str, list[QueuedPost] | ForumForbidden] = {}

    def waiting(self, sent: Sent) -> HeldForReview | None:
        """What waits of what was sent; None if it does not. One request for each author; where the author may not ask,
        one or more in the review queue. Raises ForumForbidden where nobody tells us.
        """
        author = sent.author.casefold()
        if author not in self.found:
            self.found[author] = self.of(sent.author)
        found = self.found[author]
        if isinstance(found, ForumForbidden):
            raise found
        return next((HeldForReview(one.number) for one in found if one.is_it(sent)), None)

    def of(self, author: str) -> list[QueuedPost] | ForumForbidden:
        """Somebody's topics that wait, or why nobody tells."""
        try:
            return mine(self.forum, author)
        except CLOSED:
            try:
                return list(in_queue(self.forum, author))
            except ForumForbidden as error:
                return error


def mine(forum: "Forum", author: str) -> list[QueuedPost]:
    """Somebody's topics that wait, as they are told themselves: one request."""
    path = f"/posts/{quote(author, safe='')}/pending.json"
    with forum.reading(path):
        return own(forum._request("GET", path, override_request_kwargs={"username": author}))


def in_queue(forum: "Forum", author: str) -> Iterator[QueuedPost]:
    """Somebody's topics in the review queue: one request for ten. Raises ForumForbidden where we may not look."""
    seen = 0
    for _page in range(PAGES):
        with forum.reading("/review.json"):
            try:
                asked = {"type": "ReviewableQueuedPost", "status": "pending", "username": author, "offset": seen}
                data = forum._get("/review.json", **asked)
            except CLOSED as error:
                raise ForumForbidden(
                    _("Nobody tells this key what of “{user}” waits for a moderator.").format(user=author),
                    where=forum.host,
                ) from error
            found = listed(data)
        yield from found
        seen += len(found)
        if not found or seen >= total(data):
            return


def decision(forum: "Forum", number: str) -> Decision | None:
    """What came of something in the queue; None where we may not know, or it is gone: one request."""
    if not _NUMBER.fullmatch(number):  # a bookmark may say anything
        return None
    path = f"/review/{number}.json"
    try:
        with forum.reading(path):
            return decided(forum._get(path))
    except CLOSED:
        return None


def begun_by(forum: "Forum", author: str) -> tuple[Begun, ...]:
    """The newest topics that somebody began: one request. Empty where the forum does not tell."""
    path = f"/topics/created-by/{quote(author, safe='')}.json"
    try:
        with forum.reading(path):
            return begun(forum._get(path, order="created"))
    except CLOSED:
        return ()


# ---- from the forum's JSON


@clear
def own(data: Any) -> list[QueuedPost]:
    """What waits of somebody's, without replies."""
    found = [record(one) for one in items(data or {}, "pending_posts")]
    topics = [one for one in found if one.get("topic_id") is None]
    return [QueuedPost(str(ident(one)), text(one, "title", ""), text(one, "raw_text", "")) for one in topics]


@clear
def begun(data: Any) -> tuple[Begun, ...]:
    """The topics of a list; those that cannot be read are left out."""
    found = items(inner(data or {}, "topic_list"), "topics")
    return tuple(
        each("topic", found, lambda one: Begun(TopicId(ident(one)), text(one, "title", ""), instant(one, "created_at")))
    )


@clear
def listed(data: Any) -> list[QueuedPost]:
    """What a page of the queue shows; who they are is not looked at."""
    return list(each("post", items(data or {}, "reviewables"), entry))


def entry(data: Json) -> QueuedPost:
    """Something in the queue."""
    said = inner(data, "payload")
    return QueuedPost(str(ident(data)), text(said, "title", ""), text(said, "raw", ""))


@clear
def total(data: Any) -> int:
    """How many there are in all."""
    return whole_number(inner(data or {}, "meta"), "total_rows_reviewables", 0)


@clear
def decided(data: Any) -> Decision:
    """What was decided. The topic is named in one of two ways."""
    found = inner(data, "reviewable")
    topic = whole_number(found, "created_post_topic_id", 0) or whole_number(found, "topic_id", 0)
    return Decision(whole_number(found, "status", PENDING), TopicId(topic) if topic else None)
