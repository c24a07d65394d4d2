"""What is wrong with post files, with the line of each problem. Pure: the caller says which paths there are."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Literal

from koweb_sync.errors import PostFileError
from koweb_sync.i18n import _, ngettext
from koweb_sync.posts.dialect import Destination, anchors, destinations
from koweb_sync.posts.document import MissingId, PostFile
from koweb_sync.posts.doubts import doubts
from koweb_sync.posts.front import NoFrontMatter
from koweb_sync.posts.ids import PostId
from koweb_sync.posts.marks import conflict
from koweb_sync.posts.paths import External, Local, Reason, Refused, SelfAnchor, beside, resolve
from koweb_sync.posts.problem import Problem
from koweb_sync.posts.tags import stored
from koweb_sync.posts.title_emoji import count

__all__ = ["HINTS", "IMAGES", "Checker", "Entry", "Problem", "Rules", "check"]

HINTS = ("link-to-draft", "picture-in-html", "beside-the-forum")  # what is no error
IMAGES = frozenset(["jpg", "jpeg", "png", "gif", "heic", "heif", "webp", "avif", "svg"])
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_DROPPED = re.compile(r"[/?#\[\]@!$&'()*+,;=.%\\^|{}\"<>`]")


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands at a path of the repository: a file, symlink, folder or submodule.

    `size` in bytes; `lfs`: a pointer of Git LFS, not the file itself.
    """

    kind: str
    size: int
    lfs: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """What a forum takes: lengths in characters, sizes in bytes. The defaults are Discourse's. `html_pictures`: whether
    it shows uploaded pictures that stand in HTML. `base_path`: the path below which it is, such as /forum.
    """

    title_min: int = 15
    title_max: int = 255
    body_min: int = 20
    body_max: int = 32_000
    title_emojis: int = 1
    tags_max: int = 5
    tag_length_max: int = 20
    image_bytes_max: int = 4096 * 1024
    attachment_bytes_max: int = 4096 * 1024
    extensions: frozenset[str] = frozenset({"jpg", "jpeg", "png", "gif", "heic", "heif", "webp"})
    html_pictures: bool = True
    base_path: str = ""


def check(
    files: Sequence[PostFile | PostFileError],
    entries: Mapping[str, Entry],
    rules: Rules = Rules(),
    now: datetime | None = None,
) -> tuple[Problem, ...]:
    """Every problem of some post files, by path and line.

    `files` are all post files of the repository, or why one cannot be read; `entries` is every path in it. Without
    `now`, dates are not compared.
    """
    return tuple(sorted(Checker(files, entries, rules, now).problems(), key=lambda one: (one.path, one.line, one.code)))


class Checker:
    """One check of one repository."""

    def __init__(
        self,
        files: Sequence[PostFile | PostFileError],
        entries: Mapping[str, Entry],
        rules: Rules,
        now: datetime | None,
    ) -> None:
        self.posts = {one.path: one for one in files if isinstance(one, PostFile)}
        self.broken = {one.path: one for one in files if isinstance(one, PostFileError)}
        self.entries = entries
        self.rules = rules
        self.now = now
        self.known: dict[str, Mapping[str, str]] = {}
        self.folded: dict[str, str] | None = None

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
            for destination in destinations(post.body):
                yield from self.destination(post, destination)

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
            text = _("The title has {n} characters; the forum wants at least {least}.")
            yield self.at_key(post, "title", "title-too-short", text.format(n=title, least=rules.title_min))
        if title > rules.title_max:
            text = _("The title has {n} characters; the forum takes at most {most}.")
            yield self.at_key(post, "title", "title-too-long", text.format(n=title, most=rules.title_max))
        if (emojis := count(post.front.title)) > rules.title_emojis:
            text = _("The title has {n} emoji. Unless a forum is set otherwise, it takes {most} and refuses more.")
            text = text.format(n=emojis, most=rules.title_emojis)
            yield self.at_key(post, "title", "title-emoji", text, error=False)  # no forum tells how it is set
        body = len(_without_comments(post.body).strip())
        if body < rules.body_min:
            text = _("The text has {n} characters; the forum wants at least {least}.")
            yield Problem(post.path, post.body_line, "body-too-short", text.format(n=body, least=rules.body_min))
        if body > rules.body_max:
            text = _("The text has {n} characters; the forum takes at most {most}. Make two posts of it.")
            yield Problem(post.path, post.body_line, "body-too-long", text.format(n=body, most=rules.body_max))

    def tags(self, post: PostFile) -> Iterator[Problem]:
        """Tags that the forum would refuse, cut or change without a word."""
        tags, rules = post.front.tags or (), self.rules
        if len(tags) > rules.tags_max:
            text = _("The post has {n} tags; the forum takes at most {most}.")
            yield self.at_key(post, "tags", "too-many-tags", text.format(n=len(tags), most=rules.tags_max))
        for tag in tags:
            if len(tag) > rules.tag_length_max:
                text = _("The tag “{tag}” has {n} characters; the forum takes at most {most}.")
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

    # ---- links and images

    def destination(self, post: PostFile, to: Destination) -> Iterator[Problem]:
        """What is wrong with one link or image."""
        line = post.body_line + to.line - 1
        where = resolve(post.path, to.url, self.rules.base_path)
        found: tuple[str, str] | None
        match where:
            case External() if not beside(to.url, self.rules.base_path):
                return
            case External():
                found = ("beside-the-forum", astray(to.url, self.rules.base_path))
            case SelfAnchor(fragment):
                found = self.anchor(post, fragment, to.url)
            case Refused(reason):
                found = ("bad-destination", refused(reason, to.url))
            case Local():
                found = self.local(where, to)
        if found:
            yield Problem(post.path, line, *found, error=found[0] not in HINTS)

    def local(self, where: Local, to: Destination) -> tuple[str, str] | None:
        """A destination in the repository: a post file, an image, or an attachment."""
        if where.path in self.broken:
            return None
        post = self.posts.get(where.path)
        if post and to.image:
            return "not-an-image", _("“{url}” is a post file, not an image.").format(url=to.url)
        if post:
            if post.front.draft:
                text = _("“{url}” is a draft: until it is published, the link leads nowhere.").format(url=to.url)
                return "link-to-draft", text
            return self.anchor(post, where.fragment or "", to.url)
        entry = self.entries.get(where.path)
        if entry is None or entry.kind != "file":
            return self.absent(where, to, entry)
        return self.file(where.path, to, entry)

    def absent(self, where: Local, to: Destination, entry: Entry | None) -> tuple[str, str]:
        """Why a path cannot be used: a folder, something outside of git, another spelling, or simply missing."""
        kinds = {str(one): self.entries.get(str(one)) for one in (where.path, *PurePosixPath(where.path).parents)}
        odd = next((path for path, one in kinds.items() if one and one.kind in ("symlink", "submodule")), None)
        if odd:
            text = _(
                "“{url}” leads through {path}, which is a symbolic link or a submodule. Put the file itself there."
            )
            return "symlink", text.format(url=to.url, path=odd)
        if entry:
            return "link-to-folder", _("“{url}” is a folder. Link to a file in it.").format(url=to.url)
        if self.folded is None:
            self.folded = {path.casefold(): path for path in self.entries}
        other = self.folded.get(where.path.casefold())
        if other:
            text = _("“{url}” does not exist, but {path} does: capitals and small letters count.")
            return "wrong-case", text.format(url=to.url, path=other)
        if to.image:
            return "missing-image", _("The image “{url}” does not exist, or is not committed.").format(url=to.url)
        return "missing-link", _("“{url}” does not exist, or is not committed.").format(url=to.url)

    def file(self, path: str, to: Destination, entry: Entry) -> tuple[str, str] | None:
        """An image or an attachment that is there."""
        suffix = PurePosixPath(path).suffix.lstrip(".").lower()
        if entry.lfs:
            text = _("{path} is only a Git LFS pointer here. Fetch the file (git lfs pull) and commit it as it is.")
            return "lfs-pointer", text.format(path=path)
        if not entry.size:
            return "empty-file", _("{path} is empty.").format(path=path)
        if suffix == "md":
            text = _("“{url}” is Markdown, but no post file: it cannot be linked to.").format(url=to.url)
            return "not-a-post", text
        if to.image and suffix not in IMAGES:
            return "not-an-image", _("“{url}” is not an image.").format(url=to.url)
        if suffix not in self.rules.extensions and "*" not in self.rules.extensions:
            text = _("The forum does not take files that end with “.{suffix}”: {path}.").format(
                suffix=suffix, path=path
            )
            return "extension-not-allowed", text
        most = self.rules.image_bytes_max if suffix in IMAGES else self.rules.attachment_bytes_max
        if entry.size > most:
            text = ngettext(
                "{path} has {n} kB; the forum takes at most {most} kB.",
                "{path} has {n} kB; the forum takes at most {most} kB.",
                entry.size // 1024,
            )
            return "file-too-big", text.format(path=path, n=-(-entry.size // 1024), most=most // 1024)
        return None if self.rules.html_pictures or not (to.image and to.html) else unseen(to.url)

    def anchor(self, post: PostFile, fragment: str, url: str) -> tuple[str, str] | None:
        """Whether a heading is there."""
        if not fragment:
            return None
        if post.path not in self.known:
            self.known[post.path] = anchors(post.body, PostId(1), "plain")
        if fragment in self.known[post.path] or re.fullmatch(r"p-\d+-.*-\d+", fragment):
            return None
        text = _("“{url}” leads to a heading that is not in {path}.").format(url=url, path=post.path)
        return "missing-anchor", text


def astray(url: str, base_path: str) -> str:
    """What to say about a link to a page of the forum that leads past it."""
    text = _("“{url}” leads past the forum, whose addresses begin with {path} there. Write {path}{url}.")
    return text.format(url=url, path=base_path)


def unseen(url: str) -> tuple[str, str]:
    """What to say about an uploaded picture in HTML where the forum may leave its place empty."""
    text = _("Older forums show no picture for <img> in HTML. Write it in Markdown: ![text]({url})")
    return "picture-in-html", text.format(url=url)


def _without_comments(body: str) -> str:
    """A body as the forum counts it. Behind the last end no comment begins, however often it is opened."""
    closed, end, rest = body.rpartition("-->")
    return _COMMENT.sub("", closed + end) + rest


def refused(reason: Reason, url: str) -> str:
    """Why a destination cannot be used, in words."""
    match reason:
        case Reason.ABSOLUTE | Reason.DRIVE | Reason.FILE_URL:
            text = _("“{url}” is a path on one computer. Write it from this file on, such as ../images/plan.png.")
        case Reason.OUTSIDE:
            text = _("“{url}” leads out of the repository. Put the file into the repository.")
        case Reason.BACKSLASH:
            text = _("“{url}” has backslashes. Write / between folders.")
        case Reason.EMPTY:
            text = _("A link or image has no destination.")
        case Reason.NUL:
            text = _("“{url}” holds a sign that no path has.")
    return text.format(url=url)
