"""What is wrong with post files, with the line of each problem. Pure: the caller says which paths there are."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

from koweb_sync.errors import PostFileError
from koweb_sync.i18n import _, ngettext
from koweb_sync.posts.document import MissingId, PostFile
from koweb_sync.posts.doubts import doubts
from koweb_sync.posts.fields import KEYS
from koweb_sync.posts.front import NoFrontMatter
from koweb_sync.posts.link_check import LinkCheck
from koweb_sync.posts.marks import conflict
from koweb_sync.posts.problem import Problem, at_key
from koweb_sync.posts.rules import DISCOURSE, NOWHERE, Around, Entry, Rules, Shown

__all__ = ["UNSURE", "Around", "Checker", "Entry", "Problem", "Rules", "Shown", "check"]

# What only a forum's settings decide: no error while they are not known.
UNSURE = frozenset(["extension-not-allowed", "file-too-big", "too-many-tags", "tag-too-long", "body-too-long"])
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def check(
    files: Sequence[PostFile | PostFileError],
    entries: Mapping[str, Entry],
    rules: Rules = DISCOURSE,
    around: Around = NOWHERE,
    now: datetime | None = None,
) -> tuple[Problem, ...]:
    """Every problem of some post files, by path and line.

    `files` are all post files of the repository, or why one cannot be read; `entries` is every path in it. Without
    `now`, dates are not compared.
    """
    checker = Checker(files, entries, rules, around, now)
    return tuple(sorted(checker.problems(), key=lambda one: (one.path, one.line, one.code)))


class Checker:
    """One check of one repository."""

    def __init__(
        self,
        files: Sequence[PostFile | PostFileError],
        entries: Mapping[str, Entry],
        rules: Rules,
        around: Around,
        now: datetime | None,
    ) -> None:
        self.posts = {one.path: one for one in files if isinstance(one, PostFile)}
        self.broken = {one.path: one for one in files if isinstance(one, PostFileError)}
        self.rules = rules
        self.now = now
        self.links = LinkCheck(self.posts, self.broken, entries, rules, around)

    def problems(self) -> Iterator[Problem]:
        """Everything, in no order."""
        for error in self.broken.values():
            code = "missing-id" if isinstance(error, MissingId) else "front-matter"
            code = "no-front-matter" if isinstance(error, NoFrontMatter) else code
            text = f"{error.message} {error.remedy}".strip()
            yield Problem(error.path, error.line, code, text)
        yield from self.doubles()
        for post in self.posts.values():
            yield from doubts(post, self.now)
            yield from self.keys(post)
            yield from self.fields(post)
            yield from self.lengths(post)
            yield from self.marks(post)
            yield from self.links.problems(post)

    # ---- the front matter

    def doubles(self) -> Iterator[Problem]:
        """Ids and titles that two files have; Discourse compares both ignoring case."""
        ids: dict[str, list[PostFile]] = defaultdict(list)
        titles: dict[str, list[PostFile]] = defaultdict(list)
        for post in self.posts.values():
            ids[post.front.id.lower()].append(post)
            if not post.front.draft:
                titles[" ".join(post.front.title.casefold().split())].append(post)
        for same in ids.values():
            text = _("The id “{value}” is also used by {others}. Give each post file its own id.")
            yield from self.double(same, "id", text)
        for same in titles.values():
            text = _("The title “{value}” is also used by {others}. The forum takes each title once.")
            yield from self.double(same, "title", text)

    def double(self, same: Sequence[PostFile], key: Literal["id", "title"], text: str) -> Iterator[Problem]:
        """One problem for each of several files that say the same."""
        for post in same if len(same) > 1 else ():
            others = ", ".join(other.path for other in same if other is not post)
            value = post.front.id if key == "id" else post.front.title
            yield at_key(post, key, f"duplicate-{key}", text.format(value=value, others=others))

    def keys(self, post: PostFile) -> Iterator[Problem]:
        """Keys that mean nothing here: kept, for another tool may need them, but perhaps a slip."""
        told = {sign.key for sign in post.signs if not sign.at or (self.now and sign.holds(self.now))}
        for name in (one for one in post.unknown if one not in told):
            text = _("The key “{key}” means nothing to koweb. It is kept, and not published.").format(key=name)
            yield at_key(post, name, "unknown-key", text, error=False)

    def fields(self, post: PostFile) -> Iterator[Problem]:
        """What each key of the front matter says about itself."""
        for key in KEYS.values():
            yield from key.check(post, self.rules)

    def lengths(self, post: PostFile) -> Iterator[Problem]:
        """Bodies that the forum refuses for their length."""
        rules, body = self.rules, len(_without_comments(post.body).strip())
        if body < rules.body_min:
            text = ngettext(
                "The text has {n} character; the forum wants at least {least}.",
                "The text has {n} characters; the forum wants at least {least}.",
                body,
            )
            yield Problem(post.path, post.body_line, "body-too-short", text.format(n=body, least=rules.body_min))
        if body > rules.body_max:
            text = ngettext(
                "The text has {n} character; the forum takes at most {most}. Make two posts of it.",
                "The text has {n} characters; the forum takes at most {most}. Make two posts of it.",
                body,
            )
            yield Problem(post.path, post.body_line, "body-too-long", text.format(n=body, most=rules.body_max))

    def marks(self, post: PostFile) -> Iterator[Problem]:
        """A conflict that somebody committed without resolving it."""
        line = conflict(post.body)
        if line:
            text = _(
                "A conflict of git stands here. Keep what is right, and delete the marks (<<<<<<<, =======, >>>>>>>)."
            )
            yield Problem(post.path, post.body_line + line - 1, "conflict-marks", text)


def _without_comments(body: str) -> str:
    """A body as the forum counts it. Behind the last end no comment begins, however often it is opened."""
    closed, end, rest = body.rpartition("-->")
    return _COMMENT.sub("", closed + end) + rest
