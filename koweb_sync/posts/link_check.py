"""What is wrong with links, images, films and anchors in post files. Pure: the caller says which paths there are."""

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import PurePosixPath

from koweb_sync.errors import PostFileError
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.posts import wiki_links
from koweb_sync.posts.anchors import Named, anchors, headings, html_anchors
from koweb_sync.posts.dialect import Destination, Unkept, destinations, files_not_kept
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.dropped_html import dropped
from koweb_sync.posts.file_types import IMAGES, PLAYED, ending
from koweb_sync.posts.ids import PostId
from koweb_sync.posts.link_hints import Hints, missing, refused
from koweb_sync.posts.link_targets import Spelling
from koweb_sync.posts.paths import External, Local, Refused, SelfAnchor, outside_base_path, resolve
from koweb_sync.posts.problem import Problem
from koweb_sync.posts.rules import Around, PathEntry, Rules
from koweb_sync.spelling import nfc

# What is no error: the forum shows something all the same.
HINTS = frozenset(
    [
        *("link-to-draft", "picture-in-html", "page-or-file", "not-kept", "anchor-dropped", "heading-braces"),
        *("wiki-links", "beside-the-forum"),
    ]
)
# What leads nowhere. Where it did before, on the forum too, the post's next edit does not have to wait for it.
DEAD = frozenset(
    [
        *("bad-destination", "missing-link", "missing-image", "missing-anchor", "wrong-case", "symlink"),
        *("link-to-folder", "not-a-post", "not-an-image", "not-a-film"),
    ]
)
GONE = frozenset(["missing-link", "missing-image", "missing-anchor", "wrong-case"])
_WEB = re.compile(r"https?://", re.IGNORECASE)
Found = tuple[str, str]
"""The code of a problem, and its words."""


class LinkCheck:
    """The check of the links of one repository's post files."""

    def __init__(
        self,
        posts: Mapping[str, PostFile],
        broken: Mapping[str, PostFileError],
        entries: Mapping[str, PathEntry],
        rules: Rules,
        around: Around,
    ) -> None:
        self.posts = posts
        self.broken = broken
        self.entries = entries
        self.rules = rules
        self.around = around
        self.known: dict[str, tuple[Mapping[str, str], Named]] = {}
        self.raws: dict[str, frozenset[str]] = {}
        self.composed: dict[str, str] | None = None
        self.hints = Hints(posts, entries, around.root)

    @cached_property
    def folder(self) -> str:
        """The folder that all post files are in."""
        return posixpath.commonpath([posixpath.dirname(path) or "." for path in self.posts]) if self.posts else "."

    def problems(self, post: PostFile) -> Iterator[Problem]:
        """Everything about the links of a post, in no order."""
        for to in destinations(post.body):
            found = self.destination(post, to)
            if found:
                error = found[0] not in HINTS and not self.stands(post, to.url, found[0])
                yield Problem(post.path, post.body_line + to.line - 1, *found, error=error)
            if to.spelling is Spelling.WHOLE and (words := in_bbcode(to, self.resolve(post, to.url))):
                yield Problem(post.path, post.body_line + to.line - 1, "bbcode-url", words, error=False)
        yield from self.html(post)
        yield from self.wiki_links(post)
        yield from self.spaced(post)

    def html(self, post: PostFile) -> Iterator[Problem]:
        """What the forum does not keep, of HTML and of what other tools write into headings."""
        for one in files_not_kept(post.body):
            if isinstance(self.resolve(post, one.url), Local):
                yield Problem(post.path, post.body_line + one.line - 1, "not-kept", not_kept(one), error=False)
        for gone in dropped(post.body):
            if not (gone.url and isinstance(self.resolve(post, gone.url), Local)):  # which is named above
                yield Problem(post.path, post.body_line + gone.line - 1, "html-dropped", gone.words(), error=False)
        for heading in headings(post.body) if "{" in post.body else ():
            if heading.name:
                text = _(
                    'The forum shows “{{#{name}}}” as text. Write <a name="{name}"></a> on a line above the heading.'
                ).format(name=heading.name)
                yield Problem(post.path, post.body_line + heading.line - 1, "heading-braces", text, error=False)

    def wiki_links(self, post: PostFile) -> Iterator[Problem]:
        """Links as wikis and Obsidian write them, which the forum shows as they are typed."""
        found = wiki_links.links(post.body)
        if found:
            text = ngettext(
                "{n} link is written as in a wiki, such as {link}: the forum shows it as it is typed. Write "
                "[text](note.md), or let “koweb import {folder} --in-place --links” do it.",
                "{n} links are written as in a wiki, such as {link}: the forum shows them as they are typed. Write "
                "[text](note.md), or let “koweb import {folder} --in-place --links” do it.",
                len(found),
            ).format(n=number(len(found)), link=found[0].text, folder=shlex.quote(self.folder))
            yield Problem(post.path, post.body_line + found[0].line - 1, "wiki-links", text, error=False)

    def spaced(self, post: PostFile) -> Iterator[Problem]:
        """Paths with blanks that nothing holds together: Markdown makes no link of them. Other words are just words."""
        for one in wiki_links.spaced(post.body):
            where = self.resolve(post, one.path)
            if isinstance(where, Local) and (where.path in self.entries or PurePosixPath(where.path).suffix):
                text = _("“{link}” is no link, for there are blanks in the path. Write {way}")
                text = text.format(link=one.text, way=one.way)
                yield Problem(post.path, post.body_line + one.line - 1, "blank-in-path", text, error=False)

    def stands(self, post: PostFile, url: str, code: str) -> bool:
        """Whether a problem is on the forum already: nobody made it with this edit."""
        shown = self.around.shown.get(post.path)
        if shown is None:
            return code in DEAD and post.front.topic is not None
        if code in GONE and url in shown.used:
            return True
        if code in DEAD and post.path not in self.raws:
            self.raws[post.path] = frozenset(one.url for raw in shown.raws for one in destinations(raw))
        return code in DEAD and url in self.raws[post.path]

    def resolve(self, post: PostFile, url: str) -> External | Local | SelfAnchor | Refused:
        """What a destination leads to, be its accents written in another way."""
        where = resolve(post.path, url, self.rules.base_path, self.around.root)
        if not isinstance(where, Local) or where.path.isascii() or where.path in self.entries:
            return where
        if self.composed is None:
            self.composed = {nfc(path): path for path in self.entries if not path.isascii()}
        return replace(where, path=self.composed.get(nfc(where.path), where.path))

    def destination(self, post: PostFile, to: Destination) -> Found | None:
        """What is wrong with one link or image."""
        match self.resolve(post, to.url):
            case External():
                return astray(to.url, self.rules.base_path) or self.hints.page_or_file(to.url)
            case SelfAnchor(fragment):
                return self.anchor(post, fragment, to.url)
            case Refused(reason):
                return "bad-destination", self.hints.rooted(to.url) or refused(reason, to.url)
            case Local() as where:
                return self.local(post, where, to)

    def local(self, post: PostFile, where: Local, to: Destination) -> Found | None:
        """A destination in the repository: a post file, an image, or an attachment."""
        if where.path in self.broken:
            return None
        there = self.posts.get(where.path)
        if there and (to.image or to.plays):
            return "not-an-image", _("“{url}” is a post file, not an image.").format(url=to.url)
        if there:
            if there.front.draft:
                text = _("“{url}” is a draft: until it is published, the link leads nowhere.").format(url=to.url)
                return "link-to-draft", text
            return self.anchor(there, where.fragment or "", to.url)
        entry = self.entries.get(where.path)
        if entry is None or entry.kind != "file":
            return self.absent(post, where, to, entry)
        return self.file(where.path, to, entry)

    def absent(self, post: PostFile, where: Local, to: Destination, entry: PathEntry | None) -> Found:
        """Why a path cannot be used: a folder, something outside of git, another spelling, or simply missing."""
        kinds = {str(one): self.entries.get(str(one)) for one in (where.path, *PurePosixPath(where.path).parents)}
        odd = next((path for path, one in kinds.items() if one and one.kind in ("symlink", "submodule")), None)
        if odd:
            text = _(
                "“{url}” leads through {path}, which is a symbolic link or a submodule. Put the file itself there."
            )
            return "symlink", text.format(url=to.url, path=odd)
        if entry:
            return "link-to-folder", self.hints.in_folder(post.path, where.path, to.url)
        other = self.hints.other_case(where.path)
        if other:
            text = _("“{url}” does not exist, but {path} does: capitals and small letters count.")
            return "wrong-case", text.format(url=to.url, path=other)
        hint = self.hints.instead(post.path, where.path, to.url)
        return "missing-image" if to.image else "missing-link", hint or missing(to.url, image=to.image)

    def file(self, path: str, to: Destination, entry: PathEntry) -> Found | None:
        """An image, a film, a sound or an attachment that is there."""
        suffix = ending(path)
        if entry.lfs:
            text = _("{path} is only a Git LFS pointer here. Fetch the file (git lfs pull) and commit it as it is.")
            return "lfs-pointer", text.format(path=path)
        if not entry.size:
            return "empty-file", _("{path} is empty.").format(path=path)
        if suffix == "md":
            text = _("“{url}” is Markdown, but no post file: it cannot be linked to.").format(url=to.url)
            return "not-a-post", text
        return self.kind(suffix, to) or self.limits(path, suffix, entry) or self.in_html(to)

    def kind(self, suffix: str, to: Destination) -> Found | None:
        """A file that is not what its place shows."""
        if to.plays and suffix not in PLAYED[to.plays]:
            names = ", ".join(sorted(PLAYED[to.plays]))
            text = _("“{url}” cannot be played: behind “|{mark}” the forum takes {names}.")
            return "not-a-film", text.format(url=to.url, mark=to.plays, names=names)
        if not to.image or to.plays or suffix in IMAGES:
            return None
        mark = next((mark for mark, endings in PLAYED.items() if suffix in endings), "")
        if not mark:
            return "not-an-image", _("“{url}” is not an image.").format(url=to.url)
        text = _("“{url}” is not an image. Say that the forum shall play it: ![text|{mark}]({url})")
        return "not-an-image", text.format(url=to.url, mark=mark)

    def limits(self, path: str, suffix: str, entry: PathEntry) -> Found | None:
        """A file that the forum would not take; it has taken those that it has."""
        images = suffix in IMAGES
        most = self.rules.image_bytes_max if images else self.rules.attachment_bytes_max
        allowed = suffix in self.rules.extensions or "*" in self.rules.extensions
        if (allowed and entry.size <= most) or self.around.held(path):
            return None
        if not allowed:
            text = _("The forum does not take files that end with “.{suffix}”: {path}.")
            return "extension-not-allowed", text.format(suffix=suffix, path=path)
        text = ngettext(
            "{path} has {n} kB; the forum takes at most {most} kB.",
            "{path} has {n} kB; the forum takes at most {most} kB.",
            entry.size // 1024,
        )
        return "file-too-big", text.format(path=path, n=-(-entry.size // 1024), most=most // 1024)

    def in_html(self, to: Destination) -> Found | None:
        """An uploaded picture in HTML, where the forum may leave its place empty."""
        if self.rules.html_pictures or not to.html:
            return None
        text = _("Older forums show no picture for <img> in HTML. Write it in Markdown: ![text]({url})")
        return "picture-in-html", text.format(url=to.url)

    def anchor(self, post: PostFile, fragment: str, url: str) -> Found | None:
        """Whether a heading is there, or a name that the author gave."""
        if not fragment:
            return None
        if post.path not in self.known:
            self.known[post.path] = anchors(post.body, PostId(1), "plain"), html_anchors(post.body)
        known, names = self.known[post.path]
        if fragment in known or re.fullmatch(r"p-\d+-.*-\d+", fragment):
            return None
        if fragment in names.dropped:
            text = _('The forum keeps no id="{name}" there: “{url}” leads to the top. Write <a name="{name}"></a>.')
            return "anchor-dropped", text.format(url=url, name=fragment)
        text = _("“{url}” leads to a heading that is not in {path}.").format(url=url, path=post.path)
        return "missing-anchor", text


def astray(url: str, base_path: str) -> Found | None:
    """A link to a page of the forum that leads past it, where the forum is below a path."""
    if not outside_base_path(url, base_path):
        return None
    text = _("“{url}” leads past the forum, whose addresses begin with {path} there. Write {path}{url}.")
    return "beside-the-forum", text.format(url=url, path=base_path)


def in_bbcode(to: Destination, where: External | Local | SelfAnchor | Refused) -> str:
    """What to write for a `[url]` around a whole address, of which the forum shows the words alone: it makes a link of
    an address of the web (bbcode-inline.js), as files of the repository become, and of nothing else; "" for such a one.
    """
    elsewhere = isinstance(where, External) and not _WEB.match(to.url)
    if not (elsewhere or isinstance(where, SelfAnchor)):
        return ""
    text = _("Of “[url={url}]” the forum makes no link, only words. Write [text]({url})")
    return text.format(url=to.url)


def not_kept(one: Unkept) -> str:
    """What to write for a file where Discourse does not keep it."""
    if one.element in PLAYED:
        text = _("The forum keeps no {attribute} in <{element}>: nothing plays. Write ![text|{element}]({url})")
        return text.format(attribute=one.attribute, element=one.element, url=one.url)
    suffix = ending(re.split(r"[?#]", one.url, maxsplit=1)[0])
    mark = next((f"|{mark}" for mark, endings in PLAYED.items() if suffix in endings), "")
    way = f"{'!' if mark or suffix in IMAGES else ''}[text{mark}]({one.url})"
    text = _("The forum does not keep what {attribute} of <{element}> names. Write {url} in Markdown: {way}")
    return text.format(attribute=one.attribute, element=one.element, url=one.url, way=way)
