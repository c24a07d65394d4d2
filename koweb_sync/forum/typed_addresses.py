"""Addresses of a forum and of its topics as people type and paste them. Pure."""

import re
from urllib.parse import quote

from koweb_sync import trusted
from koweb_sync.errors import InputError
from koweb_sync.forum.addresses import address_below, read
from koweb_sync.i18n import _
from koweb_sync.posts.paths import ROUTES, parted

LOCAL = ("localhost", "127.0.0.1", "::1")  # this computer itself, where nothing travels in the clear


def whole(text: str) -> str:
    """An address with its scheme, and without what stood around it."""
    words = "".join(text.split()).strip("<>\"'«»")
    words = re.sub(r"(?i)^(https?)(?::/{0,2}|;//|//)(?=[^:/])", r"\1://", words)
    if "://" in words:
        return words
    words = words.lstrip("/")
    found = read(f"http://{words}")
    return f"{'http' if found is not None and found.host in LOCAL else 'https'}://{words}"


def forum_address(text: str) -> str:
    """A forum's address as somebody typed or pasted it, be it that of a topic, as koweb.toml wants it.

    Raises InputError for what is no address.
    """
    words = whole(text)
    found, parts = read(words), parted(words)
    local = found is not None and found.host in LOCAL
    if found is None or not (local or "." in found.host or ":" in found.host):
        raise InputError(
            _("“{text}” is not the address of a forum.").format(text=text.strip()),
            remedy=_("It looks like this: https://forum.example.org"),
        )
    steps = found.path.split("/")[1:]
    page = next((number for number, step in enumerate(steps) if step.partition(".")[0] in ROUTES), len(steps))
    below = quote("/".join(["", *steps[:page]]).rstrip("/"), safe="/!$&'()*+,;=:@~-._")
    return f"{found.scheme if local else 'https'}://{parts.netloc.lower().removesuffix('.')}{below}"


def means(text: str, url: str) -> bool:
    """Whether what somebody typed is an address of the forum at `url`, however it is written."""
    if trusted.origin(text) == trusted.origin(url):
        return True
    try:
        return trusted.origin(forum_address(text)) == trusted.origin(url)
    except InputError:
        return False


def path_on_forum(text: str, base: str) -> str | None:
    """The path below the forum's own address of what somebody typed or pasted: the address of a topic, with or without
    its scheme, or only its path. None for what is no address on this forum.
    """
    words = text.strip().strip("<>\"'«»")
    if words.startswith("/"):
        return address_below(words, base)
    return address_below(whole(words), base) if "/" in words else None
