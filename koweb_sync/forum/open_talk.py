"""What is known to be no personal message: asked before something is read by its number alone. Pure.

The answer about a topic says of which kind it is. The one about a post does not, nor do a topic's further posts, an old
version or a text alone. So each topic is known by an answer that tells its kind, or by one that everybody gets, and
each post by its topic.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

MESSAGE = "private_message"
PLAIN = re.compile(r"[0-9]{1,18}")
NUMBER = r"(\d{1,18})(?!\w)"
SHOWN = re.compile(rf"/t/(?:[^/]+/)?{NUMBER}(?:/\d+)?(?:\.json)?/?", re.IGNORECASE)
BY_TOPIC = re.compile(rf"/(?:t|raw|posts/by_number|t/[^/]+)/{NUMBER}", re.IGNORECASE)
BY_POST = re.compile(
    rf"/(?:posts|p|post_localizations|discourse-reactions/posts)/{NUMBER}(\.json)?(?P<more>/)?", re.IGNORECASE
)


BY_ID = re.compile(r"/post_action_users(?:\.json)?/?", re.IGNORECASE)  # which takes a post's number as `id`


class AskedByNumber(NamedTuple):
    """What a request reads by its number: a topic or a post. `tells`: the answer itself says which topic that is."""

    topic: int | None
    post: int | None = None
    tells: bool = False


def wanted(path: str, given: Sequence[tuple[str, str]] = ()) -> AskedByNumber | None:
    """What a request reads by a number alone; None where it reads nothing so, or where the answer tells its kind.
    `given`: what it says behind its path.
    """
    if SHOWN.fullmatch(path):
        return None
    if BY_ID.fullmatch(path):
        said = [value for name, value in given if name == "id"]
        return AskedByNumber(None, int(said[0]) if len(said) == 1 and PLAIN.fullmatch(said[0]) else None)
    if found := BY_POST.match(path):
        alone = path.lower().startswith("/posts/") and found["more"] is None
        return AskedByNumber(None, int(found[1]), tells=alone)
    if found := BY_TOPIC.match(path):
        return AskedByNumber(int(found[1]))
    return None


@dataclass(slots=True)
class OpenTalk:
    """Topics and posts that are no messages, as answers of this run told."""

    topics: set[int] = field(default_factory=set)
    posts: set[int] = field(default_factory=set)

    def knows(self, what: AskedByNumber) -> bool:
        """Whether it is no message."""
        return what.topic in self.topics or what.post in self.posts

    def learn(self, data: Any, *, public: bool = False) -> None:
        """Take in an answer. `public`: everybody gets it."""
        if not isinstance(data, Mapping):
            return
        topic, stream = number(data.get("id")), data.get("post_stream")
        if isinstance(stream, Mapping) and topic and (public or is_open(data)):
            self.topics.add(topic)
            self.posts |= numbers(
                [*entries(stream.get("posts")), *({"id": one} for one in listed(stream.get("stream")))]
            )
        elif isinstance(stream, Mapping):
            self.learn_posts(entries(stream.get("posts")), public=public)
        if isinstance(lists := data.get("topic_list"), Mapping):
            self.topics |= numbers(one for one in entries(lists.get("topics")) if is_open(one))
        self.learn_posts(entries(data.get("latest_posts")), public=True)  # the server's list of what is no message
        if public and "topic_id" in data:
            self.learn_posts([data], public=True)

    def learn_posts(self, posts: Iterable[Mapping[str, Any]], *, public: bool) -> None:
        """Posts of which the topic is known, or that everybody gets."""
        for one in posts:
            post, topic = number(one.get("id")), number(one.get("topic_id"))
            if post and topic and (public or topic in self.topics):
                self.posts.add(post)
                self.topics.add(topic)


def is_open(topic: Mapping[str, Any]) -> bool:
    """Whether a topic says of itself that it is no message."""
    kind = topic.get("archetype")
    return isinstance(kind, str) and kind != MESSAGE


def number(value: Any) -> int | None:
    """A number of a topic or a post."""
    return value if type(value) is int and value > 0 else None


def numbers(found: Iterable[Mapping[str, Any]]) -> set[int]:
    """The numbers of what an answer lists."""
    return {one for each in found if (one := number(each.get("id")))}


def listed(value: Any) -> list[Any]:
    """A list of an answer; an empty one for anything else."""
    return value if isinstance(value, list) else []


def entries(value: Any) -> list[Mapping[str, Any]]:
    """The records of a list."""
    return [one for one in listed(value) if isinstance(one, Mapping)]
