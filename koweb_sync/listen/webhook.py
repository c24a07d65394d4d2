"""The webhook that a forum is given for us: made, or changed where there is one for the same address already."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from koweb_sync.errors import InputError
from koweb_sync.forum import webhooks
from koweb_sync.forum.connection import Connection
from koweb_sync.forum.webhooks import ForumHook
from koweb_sync.i18n import _
from koweb_sync.posts.paths import parted

JSON = 1  # Discourse's number for the form of a body
# Kinds of newer servers, and of those before 2024, which have one for each group.
FOLLOWED = re.compile(r"(?:topic|post)_\w+|post_liked|(?:un)?accepted_solution|user_(?:updated|created)")
GROUPS = frozenset({"topic", "post", "user", "like", "solved"})
LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class WantedHook:
    """What is about to be done: `there` is the webhook that is changed, None for a new one; `kinds` the names of the
    kinds of events that it is for, by their numbers.
    """

    url: str
    there: ForumHook | None
    kinds: Mapping[int, str]


def look(forum: Connection, url: str, name: str) -> WantedHook:
    """What is to be done for the forum that is called so. Raises InputError for what is no address of it, ForumError
    where the key may not.
    """
    parts = parted(url)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.username
        or parts.password
        or parts.fragment
    ):
        raise InputError(
            _("This is no address that the forum can send to."),
            where=url,
            remedy=_("Name the one under which the forum reaches “koweb listen”: https://…/NAME"),
        )
    if parts.scheme == "http" and parts.hostname not in LOCAL:
        raise InputError(
            _("What the forum tells would travel in the clear."), where=url, remedy=_("It must begin with https://.")
        )
    if unquote(parts.path).rstrip("/").rpartition("/")[2] != name:
        raise InputError(
            _("Nothing answers at this address."), where=url, remedy=_("It must end with /{name}.").format(name=name)
        )
    known = webhooks.webhooks(forum)
    there = next((one for one in known.found if one.url.rstrip("/") == url.rstrip("/")), None)
    grouped = not any("_" in name for name in known.kinds.values() if name.startswith(("topic", "post")))
    wanted = {
        number: name
        for number, name in known.kinds.items()
        if (name in GROUPS if grouped else FOLLOWED.fullmatch(name)) and name not in ("topic_upvote", "topic_unvote")
    }
    return WantedHook(url, there, wanted)


def install(forum: Connection, wanted: WantedHook, secret: str) -> ForumHook:
    """Do it. Raises ForumError."""
    wish: dict[str, Any] = {
        "payload_url": wanted.url,
        "content_type": JSON,
        "secret": secret,
        "wildcard_web_hook": False,
        "verify_certificate": True,
        "active": True,
        "web_hook_event_type_ids": sorted(wanted.kinds),
        "category_ids": [],
        "tag_names": [],
        "group_ids": [],
    }
    if wanted.there is None:
        return webhooks.make(forum, wish)
    return webhooks.change(forum, wanted.there.id, wish)


def new_secret() -> str:
    """A secret that nobody guesses."""
    return secrets.token_hex(32)
