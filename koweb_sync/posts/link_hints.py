"""What to write instead of a destination that leads nowhere."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from html import unescape
from urllib.parse import unquote

from koweb_sync.i18n import _
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.file_types import FILES, ending
from koweb_sync.posts.paths import Reason, relative
from koweb_sync.posts.rules import PathEntry
from koweb_sync.spelling import nfc

_MAIL = re.compile(r"[^\s/@:]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_HOST = re.compile(r"(?:[\w-]{1,63}\.){1,8}(?P<end>[A-Za-z]{2,24})(?::[0-9]{1,5})?")
_PAGE = re.compile(r"(?:/?index)?\.html?$|/index$|/$|\.markdown$", re.IGNORECASE)


class Hints:
    """What there is in a repository that a destination may mean."""

    def __init__(self, posts: Mapping[str, PostFile], entries: Mapping[str, PathEntry], root: str) -> None:
        self.posts = posts
        self.entries = entries
        self.root = root
        self.folded: dict[str, str] | None = None
        self.named: dict[str, list[str]] | None = None

    def other_case(self, path: str) -> str | None:
        """The path that differs in capitals alone."""
        if self.folded is None:
            self.folded = {nfc(one).casefold(): one for one in self.entries}
        return self.folded.get(nfc(path).casefold())

    def instead(self, here: str, path: str, url: str) -> str | None:
        """In words, what to write for a `url` whose `path` is not there; None where nothing comes to mind."""
        written = unescape(url).strip()
        place = re.split(r"[?#]", written, maxsplit=1)[0]
        if _MAIL.fullmatch(place):
            return _("“{url}” is an e-mail address. Write mailto:{url}").format(url=url)
        if is_host(place.partition("/")[0]):
            return _("“{url}” looks like an address of the web. Write https://{url}").format(url=url)
        other = next((one for one in self.alike(path) if one in self.posts or self.is_file(one)), None)
        if other is None and place.startswith("/"):
            text = _("“{url}” does not exist, or is not committed: it is counted from {root}.")
            return text.format(url=url, root=self.root or _("the repository's root"))
        if other is None:
            return None
        way = self.rooted_way(other) if place.startswith("/") else relative(here, other)
        fragment = written.partition("#")[2]
        way += f"#{fragment}" if fragment else ""
        return _("“{url}” does not exist, or is not committed. Perhaps {other} is meant.").format(url=url, other=way)

    def rooted_way(self, path: str) -> str:
        """A path as it is written from the root."""
        return f"/{relative(f'{self.root}/x' if self.root else 'x', path)}"

    def alike(self, path: str) -> Iterator[str]:
        """Paths that one may have meant, the likeliest first."""
        stem = _PAGE.sub("", path)
        yield from (f"{stem}.md", f"{path}.md", f"{path}/index.md")
        if self.named is None:
            self.named = {}
            for one in self.entries:
                self.named.setdefault(posixpath.basename(one).casefold(), []).append(one)
        same = self.named.get(posixpath.basename(path).casefold(), [])
        yield from same if len(same) == 1 else ()

    def is_file(self, path: str) -> bool:
        """Whether a file of the repository is there that can be linked to."""
        entry = self.entries.get(path)
        return entry is not None and entry.kind == "file" and ending(path) != "md"

    def in_folder(self, here: str, path: str, url: str) -> str:
        """What to say about a link to a folder."""
        other = next((one for one in (f"{path}/index.md", f"{path}.md") if one in self.posts), None)
        other = other or next((one for one in sorted(self.posts) if one.startswith(f"{path}/")), None)
        if other is None:
            return _("“{url}” is a folder. Link to a file in it.").format(url=url)
        return _("“{url}” is a folder. Link to a file in it, such as {other}.").format(
            url=url, other=relative(here, other)
        )

    def rooted(self, url: str) -> str | None:
        """What to say about `/name` that is no address of the forum, where a post file is meant."""
        other = self.post_at(url)
        return _("“{url}” is no address of the forum. Write {other}").format(url=url, other=other) if other else None

    def page_or_file(self, url: str) -> tuple[str, str] | None:
        """A page of the forum that has the name of a post file, but for its ending."""
        other = self.post_at(url) if url.startswith("/") and not url.startswith("//") else None
        if other is None:
            return None
        text = _("“{url}” is taken for a page of the forum. If the file is meant, write {other}")
        return "page-or-file", text.format(url=url, other=other)

    def post_at(self, url: str) -> str | None:
        """The post file that `/name` means, as it is written from the root."""
        if not url.startswith("/"):
            return None
        name = unquote(re.split(r"[?#]", unescape(url), maxsplit=1)[0]).strip("/")
        found = posixpath.normpath(posixpath.join(self.root, name))
        for one in (f"{found}.md", f"{found}/index.md"):
            if name and one in self.posts:
                return self.rooted_way(one)
        return None


def is_host(name: str) -> bool:
    """Whether a name is one of the web rather than a file's: `www.example.org`, `example.org`."""
    found = _HOST.fullmatch(name)
    return found is not None and (name.lower().startswith("www.") or found["end"].lower() not in FILES)


def missing(url: str, *, image: bool) -> str:
    """What to say about what is not there."""
    if image:
        return _("The image “{url}” does not exist, or is not committed.").format(url=url)
    return _("“{url}” does not exist, or is not committed.").format(url=url)


def refused(reason: Reason, url: str) -> str:
    """Why a destination cannot be used, in words."""
    match reason:
        case Reason.ABSOLUTE:
            text = _(
                "“{url}” is neither an address of the forum nor a file. Write a file's whole name, from this file on "
                "(../images/plan.png) or from the root (/images/plan.png)."
            )
        case Reason.DRIVE | Reason.FILE_URL:
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
