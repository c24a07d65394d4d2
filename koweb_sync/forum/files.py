"""Fetching the files that posts show: without the key, wherever the forum says that they lie."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from koweb_sync.errors import ForumAnswerUnclear, ForumError, ForumForbidden, ForumKeyRefused
from koweb_sync.forum.lane import Lane
from koweb_sync.forum.refusals import refusal
from koweb_sync.forum.transport import Call
from koweb_sync.i18n import _


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file's content, and its type as the server says."""

    content: bytes
    type: str


def fetch(forum: Lane, url: str) -> Fetched:
    """The file at an address: one request, and those that the forum's redirects to its storage take; one more with the
    key where the forum itself wants it. Raises ForumNotFound, ForumForbidden, ForumKeyRefused, ForumRefused (too big),
    ForumAnswerUnclear, ForumUnreachable, ForumDown.
    """
    try:
        return get(forum, Call("GET", url, file=True))
    except (ForumForbidden, ForumKeyRefused, ForumAnswerUnclear):  # a login page may stand for a refusal
        ours, theirs = urlsplit(forum.host), urlsplit(url)
        if not forum.api_key or (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise
        return get(forum, Call("GET", url, headers=forum.credentials(None), file=True))


def get(forum: Lane, call: Call) -> Fetched:
    """One way to a file."""
    with forum.scrubbed():
        answer = forum.transport.send(call)
    if answer.status >= 300:
        error: ForumError = refusal(answer, forum.api_key)
        raise error
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind == "text/html" and not urlsplit(call.url).path.lower().endswith((".html", ".htm")):
        raise ForumAnswerUnclear(_("The forum shows a page where the file should be."), where=answer.where)
    return Fetched(answer.content, kind)
