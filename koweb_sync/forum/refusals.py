"""What a refusal of the forum means, and in which words it is told. Pure."""

import html
import re

from koweb_sync.errors import (
    EditConflict,
    ForumAnswerUnclear,
    ForumError,
    ForumForbidden,
    ForumKeyRefused,
    ForumNotFound,
    ForumRefused,
)
from koweb_sync.forum.transport import Answer
from koweb_sync.i18n import _
from koweb_sync.posts.fields import SEPARATE

_HALF = re.compile("[\ud800-\udfff]")
_TAG = re.compile(r"<[^<>]*>")


def pattern(path: str) -> str:
    """The beginning of a field's own address as an expression."""
    return path.removesuffix(".json").format(topic=r"\d+", post=r"\d+")


# The scope that a request needs, by what its path begins with; reading asks for global:read where Discourse has no own.
# The fields of the front matter say what their own requests need.
SCOPES = (
    *((one.verb, pattern(one.path), one.scope) for one in SEPARATE),
    ("POST", r"/posts", "topics:write"),
    ("PUT", r"/posts", "posts:edit"),
    ("PUT", r"/t/\d+/recover", "topics:recover"),
    ("PUT", r"/t/-/\d+", "topics:update"),
    ("DELETE", r"/t/", "topics:delete"),
    ("POST", r"/uploads", "uploads:create"),
    ("GET", r"/t/", "topics:read"),
    ("GET", r"/latest", "topics:read_lists"),
    ("GET", r"/posts/\d+/revisions", "revisions:read"),
    ("GET", r"/", "global:read"),
)


def needed_scope(verb: str, path: str) -> str:
    """The scope that a request needs, as Discourse's page for keys names it."""
    found = next((scope for method, start, scope in SCOPES if method == verb and re.match(start, path)), None)
    return found or _("a key without scopes, for Discourse has none for this")


def refusal(answer: Answer) -> ForumError:
    """The error that an answer of 3xx or 4xx means. A 403 may have other reasons than the key: the caller asks."""
    said = sentences(answer)
    words = " ".join(said)
    where = answer.where
    match answer.status:
        case 400 | 413 | 422:
            if answer.status == 413 and not said:
                said = (_("it is too big for the forum, or for the proxy before it"),)
            message = " ".join(said) or _("The forum refused this without saying why.")
            return ForumRefused(message, where=where, reasons=said)
        case 401 | 403:
            if forbidden_by_rights(answer):
                return ForumForbidden(words or _("The forum forbids this."), where=where)
            return ForumKeyRefused(words or _("The forum forbids this."), where=where)
        case 404 | 410:
            return ForumNotFound(words or _("The forum has nothing here, or this user may not see it."), where=where)
        case 409:
            return EditConflict(words or _("Somebody edited the post meanwhile."), where=where)
        case _:
            return ForumAnswerUnclear(
                _("The forum's answer cannot be understood (status {status}).").format(status=answer.status),
                where=where,
                remedy=_("Open the address in a browser: is it the forum's own?"),
            )


def forbidden_by_rights(answer: Answer) -> bool:
    """Whether a 403 speaks of a permission and cannot be about the key."""
    data = answer.peek()
    return data.get("action") == "create_post" or data.get("error_type") == "read_only"


def sentences(answer: Answer) -> tuple[str, ...]:
    """The forum's own sentences, without markup; none where it says something else."""
    errors = answer.peek().get("errors")
    texts = [errors] if isinstance(errors, str) else errors if isinstance(errors, list) else []
    bare = (html.unescape(bare_text(text)).strip() for text in texts if isinstance(text, str))
    return tuple(text for text in bare if text)


def bare_text(markup: str) -> str:
    """A text without its tags and without half characters, which no terminal shows; in one pass, whatever it holds."""
    return _TAG.sub("", _HALF.sub("\ufffd", markup))
