"""The one door to files: what posts, people and redirects point at becomes content here, or an error.

What is fetched is a file of the forum: on a route of its own, on a storage that it named, or where a route of its own
sends us. Without the key first; with it only what lies on a route for uploads. A page or data is never a file: that is
how an address that only looks like a file would bring what it should not.
"""

import json
import re
from dataclasses import dataclass

from koweb_sync.errors import AddressRefused, ForumAnswerUnclear, ForumForbidden, ForumKeyRefused
from koweb_sync.forum.addresses import FilePlace, place, read
from koweb_sync.forum.connection import Connection
from koweb_sync.forum.refusals import refusal
from koweb_sync.forum.transport import Call
from koweb_sync.i18n import _

TALK = frozenset(("text/html", "application/xhtml+xml", "application/json", "text/json", "application/x-ndjson"))
PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|title|meta)\b", re.IGNORECASE)
LOOK = 4096  # bytes in which a page says that it is one
MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file's content, its type as the server says, and whether only the key got it."""

    content: bytes
    type: str
    keyed: bool = False


def fetch(forum: Connection, url: str, *, key: bool = True) -> Fetched:
    """The file at an address: one request, and those that the forum's redirects to its storage take; one more with the
    key, if it may be used, where the forum itself wants it for an upload. Raises AddressRefused for what is no file of
    the forum, ForumNotFound, ForumForbidden, ForumKeyRefused, ForumRefused (too big), ForumAnswerUnclear,
    ForumUnreachable, ForumDown.
    """
    try:
        return get(forum, Call("GET", url, file=True))
    except (ForumForbidden, ForumKeyRefused, ForumAnswerUnclear) as error:  # a login page may stand for a refusal
        address = read(url)
        upload = address is not None and place(address, forum.home) is FilePlace.UPLOAD
        if isinstance(error, AddressRefused) or not (key and forum.api_key and upload):
            raise
        return get(forum, Call("GET", url, headers=forum.credentials(None), file=True))


def get(forum: Connection, call: Call) -> Fetched:
    """One way to a file."""
    answer = forum.transport.send(call)
    if answer.status >= 300:
        raise refusal(answer)
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind in TALK or kind.endswith("+json") or is_no_file(answer.content):
        raise ForumAnswerUnclear(_("The forum shows a page where the file should be."), where=answer.where)
    return Fetched(answer.content, kind, call.keyed)


def is_no_file(content: bytes) -> bool:
    """Whether a content is what a forum answers, a page or JSON, and never a file of its own."""
    return is_page(content) or is_data(content)


def is_page(content: bytes) -> bool:
    """Whether a content is a page for a browser, whatever its type says."""
    start = plain(content[:LOOK]).lstrip()
    while start.startswith((b"<?xml", b"<!--")):
        end = b"?>" if start.startswith(b"<?") else b"-->"
        start = start.partition(end)[2].lstrip()
    return PAGE.match(start) is not None


def is_data(content: bytes) -> bool:
    """Whether a content is JSON, whatever its type says: an object or a list."""
    text = plain(content).strip()
    if not (text.startswith((b"{", b"[")) and text.endswith((b"}", b"]"))):
        return False
    try:
        json.loads(text)
    except RecursionError:
        return True
    except ValueError:
        return False
    return True


def plain(content: bytes) -> bytes:
    """A text in UTF-8, if it begins with a mark of how it is written; as it is otherwise."""
    for mark, name in MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, errors="replace").encode()
    return content
