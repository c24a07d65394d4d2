"""Which topic a post file is bound to: the one that it names, else the one that was published under its id. Pure.

What is agreed on stands under a *key*: the id that the file had when its topic was published or adopted. A file's own
id is only the identity of what it creates. Once there is a topic the file is bound to its key, whatever it is called
since.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from koweb_sync.agreements import Agreement
from koweb_sync.bookmark import Bookmark
from koweb_sync.i18n import _
from koweb_sync.posts.document import FrontMatter, PostFile
from koweb_sync.posts.lint import Problem


@dataclass(frozen=True, slots=True)
class BookmarkNames:
    """The bookmark, and what files can name of it. `topics`: topic -> key; `ids`: id in a file, in lower case -> key;
    `paths`: files of which git's history tells their key. `alone`: no other forum is configured, so that the numbers
    in the files are this one's.
    """

    bookmark: Bookmark
    topics: Mapping[int, str] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)
    alone: bool = True

    def key(self, path: str, front: FrontMatter) -> str:
        """The key of a file; its own id where nothing is agreed about it."""
        own = front.id.lower()
        named = self.topics.get(front.topic) if front.topic else None
        return named or self.ids.get(own) or self.paths.get(path) or own

    def keys(self, fronts: Mapping[str, FrontMatter], taken: Container[str] = ()) -> dict[str, str]:
        """The keys of files, by path; `taken` are those of others. Where a number may be another forum's, it binds a
        file only to a key that no file has the id of.
        """
        if self.alone:
            return {path: self.key(path, front) for path, front in fronts.items()}
        plain = replace(self, topics={})
        found = {path: plain.key(path, front) for path, front in fronts.items()}
        here = set(found.values())
        named = {path: self.key(path, front) for path, front in fronts.items()}
        return {path: found[path] if key in here or key in taken else key for path, key in named.items()}

    def agreed(self, post: PostFile) -> Agreement | None:
        """What is agreed on about a file's topic."""
        return self.bookmark.agreed.get(self.key(post.path, post.front))

    def with_bookmark(self, bookmark: Bookmark) -> "BookmarkNames":
        """These names, and what is agreed on besides."""
        fresh = names(bookmark, alone=self.alone)
        return replace(fresh, topics={**self.topics, **fresh.topics}, paths=self.paths)


def names(bookmark: Bookmark, adopted: Mapping[int, str] = {}, *, alone: bool = True) -> BookmarkNames:
    """What files can name. `adopted`: topics that were adopted here and not published since -> key."""
    agreed = bookmark.agreed
    aliases = {one.alias.lower(): key for key, one in agreed.items() if one.alias}
    topics = {**adopted, **{int(one.topic): key for key, one in agreed.items()}}
    return BookmarkNames(bookmark, topics, {**aliases, **{key: key for key in agreed}}, alone=alone)


def shared(posts: Iterable[PostFile], known: BookmarkNames) -> Iterator[Problem]:
    """An error in each of several files that are bound to one topic: a topic has one file."""
    found: dict[str, list[PostFile]] = defaultdict(list)
    files = {post.path: post for post in posts}
    for path, key in known.keys({path: post.front for path, post in files.items()}).items():
        topic = files[path].front.topic
        if key in known.bookmark.agreed or topic in known.topics:
            found[key].append(files[path])
        elif topic is not None and known.alone:
            found[f"topic {topic}"].append(files[path])
    for several in found.values():
        if len({post.front.id.lower() for post in several}) > 1:  # the same id is a problem of its own
            for post in several:
                others = ", ".join(other.path for other in several if other is not post)
                line = post.key_lines.get("topic", post.key_lines.get("id", 1))
                yield Problem(post.path, line, "duplicate-topic", f"{one_topic(others)} {one_file()}")


def one_topic(others: str) -> str:
    """What is wrong with a file whose topic other files have, too."""
    return _("The topic of this file is also the one of {others}.").format(others=others)


def one_file() -> str:
    """What to do about it."""
    return _(
        "A topic has one file. Delete the other, or make a new post of it: without the line “topic:”, and with an id "
        "of its own."
    )


def misnamed(posts: Iterable[PostFile], known: BookmarkNames) -> Iterator[Problem]:
    """An error in each file that names another topic than the one that it was published as; several files for one
    topic are `shared`.
    """
    files = {post.path: post for post in posts} if known.alone else {}
    keys = known.keys({path: post.front for path, post in files.items()})
    count = Counter(keys.values())
    for path, post in files.items():
        agreed = known.bookmark.agreed.get(keys[path])
        if agreed is None or post.front.draft or count[keys[path]] > 1:
            continue
        topic = other_topic(post, agreed, known.bookmark, count)
        if topic is not None:
            yield Problem(path, post.key_lines["topic"], "other-topic", " ".join(not_that(post, topic)))


def other_topic(post: PostFile, agreed: Agreement, bookmark: Bookmark, keys: Container[str]) -> int | None:
    """The topic that a file was published as, where it names another one and no other file is bound to its own; None if
    it does not. `keys` are those of all files.
    """
    own = post.front.id.lower()
    if post.front.topic is None:
        return None
    if post.front.topic == agreed.topic:
        other = bookmark.agreed.get(own, agreed)
        return None if other.topic == agreed.topic or other.withdrawn or own in keys else int(other.topic)
    return int(agreed.topic)


def not_that(post: PostFile, known: int) -> tuple[str, str]:
    """What is wrong with a file that names another topic than its own, and what to do about it."""
    return (
        _("The file says that it is topic {topic}, but it was published as topic {known}.").format(
            topic=post.front.topic, known=known
        ),
        _(
            "Write “topic: {known}”, or remove the line. If it is topic {topic} from now on, give it another id, too: "
            "then “koweb fetch --rebuild” binds it."
        ).format(topic=post.front.topic, known=known),
    )
