"""What a check of post files is, and what it may look at beside the file. Each check stands in a file of its own in
`posts/checks/`; another package adds one by the entry point `koweb.checks`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from koweb_sync.errors import PostFileError
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.link_check import LinkCheck
from koweb_sync.posts.problem import Problem
from koweb_sync.posts.rules import Around, PathEntry, Rules


@dataclass(frozen=True)
class CheckContext:
    """What a check knows. `posts` are all post files of the repository by path, `broken` why one cannot be read;
    `entries` is every path in it; `rules` what the forum takes, `around` what it has. Without `now`, dates are not
    compared. `translations` are no posts of their own, but links may lead there.
    """

    posts: Mapping[str, PostFile]
    broken: Mapping[str, PostFileError]
    entries: Mapping[str, PathEntry]
    rules: Rules
    around: Around
    now: datetime | None
    translations: Mapping[str, PostFile] = field(default_factory=dict)

    @cached_property
    def links(self) -> LinkCheck:
        """Where links of the repository's files lead."""
        return LinkCheck({**self.posts, **self.translations}, self.broken, self.entries, self.rules, self.around)

    @cached_property
    def same_ids(self) -> Mapping[str, list[PostFile]]:
        """The files by their id; Discourse compares it ignoring case."""
        return grouped(self.posts, lambda post: post.front.id.lower())

    @cached_property
    def same_titles(self) -> Mapping[str, list[PostFile]]:
        """The files that are published by their title, as Discourse compares it."""
        return grouped(self.posts, title_key)


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `find` gives the problems of a file that could be read, in no order."""

    find: Callable[[PostFile, CheckContext], Iterator[Problem]]


def title_key(post: PostFile) -> str:
    """A title as two of them are compared; "" for a file that is not published."""
    return "" if post.front.draft else as_compared(post.front.title)


def as_compared(title: str) -> str:
    """A title without what makes no other one of it."""
    return " ".join(title.casefold().split())


def grouped(posts: Mapping[str, PostFile], key: Callable[[PostFile], str]) -> dict[str, list[PostFile]]:
    """Files by what they have in common."""
    found: dict[str, list[PostFile]] = defaultdict(list)
    for post in posts.values():
        found[key(post)].append(post)
    return found
