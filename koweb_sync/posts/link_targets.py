"""What a destination of a file becomes on the forum, and how each place of a text wants it written."""

from dataclasses import dataclass
from enum import Enum, auto

from koweb_sync.posts.paths import base_path, parted

UPLOAD = "upload://"
SHORT = "/uploads/short-url/"


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """What one destination of a file becomes on the forum.

    `url` is `/t/-/12#posture-2` or `upload://abc.png`; `suffix` is what the label gains: `|690x388` for an image,
    `|attachment` for a link to a file that is none.
    """

    url: str
    suffix: str = ""


class Spelling(Enum):
    """How an upload or a topic has to be written at a place.

    Discourse resolves `upload://` in Markdown, in `[img]` and in `<img src>` (upload-protocol.js); its sanitizer drops
    it from any other attribute, where the path of the upload stands well, and counts as a use (Post#each_upload_url).
    `[url]` only takes whole addresses (bbcode-inline.js).
    """

    UPLOAD = auto()
    PATH = auto()
    WHOLE = auto()


def spelled(url: str, spelling: Spelling, home: str) -> str:
    """A target's `url` as a place wants it. `home` is the forum's address."""
    if spelling is Spelling.UPLOAD:
        return url
    if url.startswith(UPLOAD):
        url = f"{base_path(home)}{SHORT}{url.removeprefix(UPLOAD)}"
    return f"{_origin(home)}{url}" if spelling is Spelling.WHOLE and url.startswith("/") else url


def url_at(url: str, spelling: Spelling, home: str) -> str:
    """The inverse: the target's `url` of what stands at a place."""
    if spelling is Spelling.UPLOAD:
        return url
    origin = _origin(home)
    if spelling is Spelling.WHOLE and origin and url.startswith(f"{origin}/"):
        url = url.removeprefix(origin)
    short = f"{base_path(home)}{SHORT}"
    return f"{UPLOAD}{url.removeprefix(short)}" if url.startswith(short) else url


def occurs(url: str, text: str) -> bool:
    """Whether a target's `url` may stand in a text, however it is spelled there."""
    return url.removeprefix(UPLOAD) in text


def _origin(home: str) -> str:
    """`https://forum.example.org`, without a path."""
    parts = parted(home)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
