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
from koweb_sync.posts.front import NoFrontMatter
from koweb_sync.posts.link_check import LinkCheck
from koweb_sync.posts.marks import conflict
from koweb_sync.posts.problem import Problem
from koweb_sync.posts.rules import DISCOURSE, NOWHERE, Around, Entry, Rules, Shown
from koweb_sync.posts.tags import stored
from koweb_sync.posts.title_emoji import count

__all__ = ["UNSURE", "Around", "Checker", "Entry", "Problem", "Rules", "Shown", "check"]

# What only a forum's settings decide: no error while they are not known.
UNSURE = frozenset(["extension-not-allowed", "file-too-big", "too-many-tags", "tag-too-long", "body-too-long"])
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_DROPPED = re.compile(r"[/?#\[\]@!$&'()*+,;=.%\\^|{}\"<>`]")


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
            yield from self.lengths(post)
            yield from self.tags(post)
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
            yield self.at_key(post, key, f"duplicate-{key}", text.format(value=value, others=others))

    def at_key(self, post: PostFile, key: str, code: str, message: str, *, error: bool = True) -> Problem:
        """A problem at the line of a key."""
        return Problem(post.path, post.key_lines.get(key, 1), code, message, error)

    def keys(self, post: PostFile) -> Iterator[Problem]:
        """Keys that mean nothing here: kept, for another tool may need them, but perhaps a slip."""
        told = {sign.key for sign in post.signs if not sign.at or (self.now and sign.holds(self.now))}
        for name in (one for one in post.unknown if one not in told):
            text = _("The key “{key}” means nothing to koweb. It is kept, and not published.").format(key=name)
            yield self.at_key(post, name, "unknown-key", text, error=False)

    def lengths(self, post: PostFile) -> Iterator[Problem]:
        """Titles and bodies that the forum refuses for their length."""
        rules, title = self.rules, len(post.front.title)
        if title < rules.title_min:
            yield self.at_key(post, "title", "title-too-short", short_title(title, rules.title_min))
        if title > rules.title_max:
            text = ngettext(
                "The title has {n} character; the forum takes at most {most}.",
                "The title has {n} characters; the forum takes at most {most}.",
                title,
            )
            yield self.at_key(post, "title", "title-too-long", text.format(n=title, most=rules.title_max))
        if (emojis := count(post.front.title)) > rules.title_emojis:
            text = _("The title has {n} emoji. Unless a forum is set otherwise, it takes {most} and refuses more.")
            text = text.format(n=emojis, most=rules.title_emojis)
            yield self.at_key(post, "title", "title-emoji", text, error=False)  # no forum tells how it is set
        body = len(_without_comments(post.body).strip())
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

    def tags(self, post: PostFile) -> Iterator[Problem]:
        """Tags that the forum would refuse, cut or change without a word."""
        tags, rules = post.front.tags or (), self.rules
        if len(tags) > rules.tags_max:
            text = ngettext(
                "The post has {n} tag; the forum takes at most {most}.",
                "The post has {n} tags; the forum takes at most {most}.",
                len(tags),
            )
            yield self.at_key(post, "tags", "too-many-tags", text.format(n=len(tags), most=rules.tags_max))
        for tag in tags:
            if len(tag) > rules.tag_length_max:
                text = ngettext(
                    "The tag “{tag}” has {n} character; the forum takes at most {most}.",
                    "The tag “{tag}” has {n} characters; the forum takes at most {most}.",
                    len(tag),
                )
                text = text.format(tag=tag, n=len(tag), most=rules.tag_length_max)
                yield self.at_key(post, "tags", "tag-too-long", text)
            there = stored(tag)
            if there != tag:
                text = (
                    _("The forum makes “{there}” of the tag “{tag}”.")
                    if there
                    else _("The forum drops the tag “{tag}”.")
                )
                code = "tag-punctuation" if _DROPPED.search(tag) else "tag-spelling"
                yield self.at_key(post, "tags", code, text.format(tag=tag, there=there), error=False)

    def marks(self, post: PostFile) -> Iterator[Problem]:
        """A conflict that somebody committed without resolving it."""
        line = conflict(post.body)
        if line:
            text = _(
                "A conflict of git stands here. Keep what is right, and delete the marks (<<<<<<<, =======, >>>>>>>)."
            )
            yield Problem(post.path, post.body_line + line - 1, "conflict-marks", text)


def short_title(length: int, least: int) -> str:
    """What to say about a title of so few characters."""
    text = ngettext(
        "The title has {n} character; the forum wants at least {least}.",
        "The title has {n} characters; the forum wants at least {least}.",
        length,
    )
    return text.format(n=length, least=least)


def _without_comments(body: str) -> str:
    """A body as the forum counts it. Behind the last end no comment begins, however often it is opened."""
    closed, end, rest = body.rpartition("-->")
    return _COMMENT.sub("", closed + end) + rest
