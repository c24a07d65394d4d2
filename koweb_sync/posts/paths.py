"""From a destination in a post file to a path in the repository, and back. Pure: nothing is looked up on a disk."""

import html
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import PurePosixPath
from urllib.parse import SplitResult, quote, unquote, urlsplit

from koweb_sync.posts.file_types import FILES, ending
from koweb_sync.spelling import nfc

# The first parts of the forum's own paths that people link to; any other `/path` would be one of the reader's machine.
ROUTES = frozenset(
    [
        *("t", "p", "u", "g", "c", "tag", "tags", "uploads", "secure-uploads", "latest", "new", "top", "hot", "unread"),
        *("categories", "badges", "about", "faq", "guidelines", "tos", "privacy", "search", "groups", "users", "posts"),
        *("raw", "docs", "chat", "my", "admin", "wizard", "session", "login", "signup", "invites", "review", "filter"),
    ]
)
# Below these stand names of people, groups and tags, which may hold dots; none ends as a file does (Discourse refuses
# such names of people: UsernameValidator::CONFUSING_EXTENSIONS).
_NAMES = frozenset(["u", "users", "g", "groups", "tag", "tags", "my", "badges", "chat"])
# Discourse's own addresses that end as files do: feeds and JSON of its pages, and its uploads (config/routes.rb).
_FEED = re.compile(
    r"/(?:(?:t|c|raw)/(?:[^/]+/)*[0-9]+|(?:c|u|g|tag|tags)/.+|posts(?:/[0-9]+)?"
    r"|latest|new|top|hot|categories|about|groups|badges|search|site|tags)\.(?:json|rss)",
)
# Of what many repositories have a folder for, the forum has few pages.
_PAGE = re.compile(r"/(?:docs|posts)/?|/posts/(?:[0-9]+|by_number|by-date|[^/]+/(?:deleted|pending|flagged))(?:/.*)?")
# More lists of topics (lib/discourse.rb: Discourse.filters), published pages, the way out of broken themes, and pages
# of plugins that come with Discourse, by their sources: gamification, calendar, cakeday.
_LISTS = re.compile(
    r"/(?:(?:unseen|read|posted|bookmarks|safe-mode)|pub/[^/]+|leaderboard(?:/[0-9]+)?"
    r"|(?:upcoming-events|cakeday)(?:/.*)?)/?"
)
_STORED = re.compile(
    r"/(?:uploads/(?:[^/]+/(?:original|optimized|\d+)/|short-url/)|secure-(?:media-)?uploads/|images/emoji/"
    r"|(?:letter|user)_avatar/)",
)
# `exemple.org:8080/page` has none: what stands before the colon is a host.
_SCHEME = re.compile(r"(?![\w.-]{1,253}\.[A-Za-z]{2,24}:[0-9]{1,5}(?:[/?#]|\Z))[A-Za-z][A-Za-z0-9+.-]+:")
_DRIVE = re.compile(r"[A-Za-z]:")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
# Written as they are; everything else that means something to Markdown, HTML or a URL is percent-encoded.
_PLAIN = "/!$+,;=@~"


class Reason(Enum):
    """Why a destination is refused; the words for a person are the check's business."""

    ABSOLUTE = "absolute"
    OUTSIDE = "outside"
    BACKSLASH = "backslash"
    DRIVE = "drive"
    FILE_URL = "file-url"
    EMPTY = "empty"
    NUL = "nul"


@dataclass(frozen=True, slots=True)
class Local:
    """A file of the repository: its normalised POSIX path there, and the fragment behind `#`, decoded, if any."""

    path: str
    fragment: str | None


@dataclass(frozen=True, slots=True)
class External:
    """Something on the web, on the forum, or an upload that is already there: not ours to change."""


@dataclass(frozen=True, slots=True)
class SelfAnchor:
    """A place in the same post. `fragment` is decoded and may be empty, which is the post's top."""

    fragment: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A destination that no post can have."""

    reason: Reason


Resolved = Local | External | SelfAnchor | Refused


@lru_cache(maxsize=16_384)
def resolve(path: str, url: str, base_path: str = "", root: str = "") -> Resolved:
    """What `url`, as written in the post file at `path` (POSIX, in the repository), leads to. `base_path` is the
    forum's own: what begins with it is on the forum.

    Entities, Markdown's backslashes before punctuation and percent-encoding are undone; NFC and NFD stay as they are.
    `/docs/a.md` is counted from `root`, a folder of the repository, "" for its own root. What has the shape of an
    address of the forum, such as `/t/17`, `/c/slug/4`, `/u/name`, `/uploads/default/…`, is the forum's; what else ends
    as a file does is a file.
    """
    written = html.unescape(url).strip()
    if not written:
        return Refused(Reason.EMPTY)
    if written.startswith("#"):
        return SelfAnchor(unquote(written[1:]))
    if external := _elsewhere(written, base_path):
        return external
    place, hash_sign, fragment = written.partition("#")
    name = unquote(_unescaped(place.partition("?")[0]))
    rooted = place.startswith("/")
    if refused := _refused(name.removeprefix("/") if rooted else name):
        return Refused(refused)
    whole = posixpath.normpath(posixpath.join(root if rooted else posixpath.dirname(path), name.lstrip("/")))
    if whole == ".." or whole.startswith("../"):
        return Refused(Reason.OUTSIDE)
    return Local(whole, unquote(fragment) if hash_sign else None)


def parted(url: str) -> SplitResult:
    """The parts of an address of the web; all empty where nobody can read it."""
    try:
        found = urlsplit(url)
        return found if found.port != 0 else SplitResult("", "", "", "", "")
    except ValueError:
        return SplitResult("", "", "", "", "")


def base_path(url: str) -> str:
    """The path below which the forum at an address is, as its own links begin with it: "/forum", "" for none."""
    parts = (part for part in parted(url).path.split("/") if part)
    return "".join(f"/{quote(unquote(part), safe=_PLAIN)}" for part in parts)


def outside_base_path(url: str, base_path: str) -> bool:
    """Whether a link from the root of the forum's host, `/t/12`, leads out of the forum, which is below a path there:
    Discourse adds its path to what it writes itself, never to what people wrote.
    """
    if not url.startswith("/") or url.startswith("//"):
        return False
    path = posixpath.normpath(unquote(url.partition("#")[0].partition("?")[0]))
    return not f"{path}/".startswith(f"{unquote(base_path)}/")


def relative(from_path: str, to_path: str) -> str:
    """The destination to write into `from_path` so that it leads to `to_path`; both POSIX, in the repository."""
    way = posixpath.relpath(to_path, posixpath.dirname(from_path) or ".")
    # Accents stay readable; what Markdown, HTML or a URL would take for its own is encoded.
    return "".join(
        sign if sign.isprintable() and not sign.isascii() else quote(sign, safe=_PLAIN, errors="surrogatepass")
        for sign in way
    )


def _elsewhere(written: str, base_path: str) -> Resolved | None:
    """The verdict on a URL with a scheme, and on one that begins with a slash."""
    if _DRIVE.match(written):
        return Refused(Reason.DRIVE)
    if written.lower().startswith("file:"):
        return Refused(Reason.FILE_URL)
    if written.startswith("//") or _SCHEME.match(written):
        return External()
    if not written.startswith("/"):
        return None
    on_forum = base_path and not outside_base_path(written, base_path)
    return External() if on_forum else _rooted(re.split(r"[?#]", written, maxsplit=1)[0])


def _rooted(place: str) -> Resolved | None:
    """The verdict on `/…` without what follows `?` or `#`; None for a file."""
    first = re.split(r"[/.]", place[1:], maxsplit=1)[0]
    if place == "/" or _STORED.match(place) or _FEED.fullmatch(place) or _LISTS.fullmatch(place):
        return External()
    end = ending(unquote(_unescaped(place)))
    if end and (end in FILES or first not in _NAMES):
        return None
    folder = first in ("docs", "posts") and not _PAGE.fullmatch(place)
    return External() if first in ROUTES and not folder else Refused(Reason.ABSOLUTE)


def _unescaped(text: str) -> str:
    """Without Markdown's backslashes. One before a letter is a Windows path and stays, to be refused."""
    return _ESCAPED.sub(r"\1", text)


def _refused(name: str) -> Reason | None:
    """Why the decoded path cannot be one of the repository, whatever encoding hid it."""
    if "\0" in name:
        return Reason.NUL
    if _DRIVE.match(name):
        return Reason.DRIVE
    if name.startswith("/"):
        return Reason.ABSOLUTE
    return Reason.BACKSLASH if "\\" in name else None


@lru_cache(maxsize=16_384)  # whoever looks at all files after each save asks again and again
def category_at(categories: tuple[tuple[str, str | int], ...], posts: str, path: str) -> str | int | None:
    """The category of a file below the folder of the posts: of its language where `categories` has that (`*.en` for
    `a.en.md`), else of the nearest folder that it has; None without one. Raises ValueError for a file elsewhere.
    """
    known = {nfc(name): category for name, category in categories}
    inside = PurePosixPath(nfc(path)).relative_to(nfc(posts))
    spoken = f"*{PurePosixPath(inside.stem).suffix}"
    folders = (str(one) for one in inside.parents)
    return next((known[name] for one in (spoken, *folders) if (name := nfc(one)) in known and name != "*"), None)


def plain_folder(text: str) -> str:
    """A folder of the table of categories as it is compared: “.” for that of the posts itself."""
    return str(PurePosixPath(text.strip("/") or "."))


def folders_of(categories: Mapping[str, str | int]) -> dict[str, str | int]:
    """The folders among `categories`, without the languages."""
    return {name: category for name, category in categories.items() if not name.startswith("*.")}
