"""What is refused with a person's own key (a user API key) before anything is sent. Pure.

Such a key may be used for everything that its owner may see: Discourse has no scope that leaves personal messages out.
So this is the one place that does: no request for messages passes, and no answer that says to be one. What is read by
a number, and does not say it, is let through where `open_talk` knows it as no message.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

from koweb_sync.config import Settings
from koweb_sync.errors import ForumForbidden, ForumKeyRefused, KowebError
from koweb_sync.forum.open_talk import MESSAGE
from koweb_sync.i18n import _

READS = ("GET", "HEAD")
REVOKE = "/user-api-key/revoke.json"
# Lists and posts of personal messages and of chats; what a person was told; their drafts; everything that they hold.
MESSAGES = re.compile(
    r"/(?:topics/private-messages|private-posts|u(?:sers)?/[^/]+/(?:messages|private-messages|notifications)"
    r"|posts/[^/]+/private|notifications|message-bus|chat|user_export|export_csv|drafts)(?!\w)",
    re.IGNORECASE,
)
SEARCH = re.compile(r"\bin:(?:messages|personal|private|all)|\b(?:group|personal)_messages:", re.IGNORECASE)
ACTIONS = ("12", "13")  # of /user_actions: messages sent and received


class OwnKey(NamedTuple):
    """A person's own key: `client` is the name by which the forum knows the login, `user` its owner."""

    client: str
    user: str
    writes: bool = True

    def refused(
        self, verb: str, path: str, params: Mapping[str, Any], data: Mapping[str, Any], username: str | None
    ) -> KowebError | None:
        """Why a request is not sent with this key; None where it may be."""
        if username and username.casefold() != self.user.casefold():
            return ForumKeyRefused(
                _("You are logged in as “{user}”, and cannot act as “{other}”: nothing was sent.").format(
                    user=self.user, other=username
                ),
                remedy=_(
                    "Take “author” out of the post file, so that it is published in your name; or let it be published "
                    "with an administrator's API key."
                ),
            )
        if is_message(path, params, data):
            return no_message()
        if not self.writes and verb not in READS and path != REVOKE:
            return ForumKeyRefused(
                _("Your login only reads, as you chose: nothing was sent."),
                remedy=_("To publish, log in again: koweb login"),
            )
        return None

    def headers(self, key: str) -> dict[str, str]:
        """What is sent with a request."""
        return {"User-Api-Key": key, "User-Api-Client-Id": self.client}


def own_key(settings: Settings) -> OwnKey | None:
    """How the key of these settings is sent, where it is a person's own; None for an API key."""
    login = settings.login
    return OwnKey(login.client, login.username, login.writes) if login else None


def is_message(path: str, params: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """Whether a request asks for personal messages, or writes one."""
    place, _mark, query = path.partition("?")
    plain = unquote(place)
    asked = [*parse_qsl(query, keep_blank_values=True), *((name, str(value)) for name, value in params.items())]
    return bool(
        MESSAGES.match(plain)
        or any(SEARCH.search(value) for name, value in asked if name in ("q", "term"))
        or (
            plain.startswith("/user_actions")
            and any(set(v.split(",")) & set(ACTIONS) for n, v in asked if n == "filter")
        )
        or data.get("archetype") == MESSAGE
        or data.get("target_recipients")
        or data.get("target_usernames")
    )


def shows_message(answer: Any) -> bool:
    """Whether an answer is a personal message."""
    return isinstance(answer, dict) and answer.get("archetype") == MESSAGE


def no_message() -> ForumForbidden:
    """The error about personal messages."""
    return ForumForbidden(
        _("koweb reads and writes no personal messages with your login."),
        remedy=_("An archive of messages needs an API key: an administrator of the forum makes it."),
    )


def no_longer(user: str, where: str) -> ForumKeyRefused:
    """The error about a key that the forum does not know any more."""
    return ForumKeyRefused(
        _("The forum no longer accepts the login of “{user}”: it was revoked, or the forum let it expire.").format(
            user=user
        ),
        where=where,
        remedy=_("Log in again: koweb login"),
    )


def may_not(user: str, where: str) -> ForumForbidden:
    """The error about what a person may not do on the forum."""
    return ForumForbidden(
        _("“{user}” may not do this on the forum.").format(user=user),
        where=where,
        remedy=_("A login allows what you may do there yourself. Ask an administrator of the forum for the right."),
    )
