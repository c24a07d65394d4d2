"""Addresses of topics: as people copy them from a browser, and as posts link to them. Pure."""

import re
from functools import lru_cache

from koweb_sync.config import Settings
from koweb_sync.errors import InputError
from koweb_sync.forum.addresses import address_below
from koweb_sync.forum.typed_addresses import path_on_forum
from koweb_sync.i18n import _
from koweb_sync.posts.ids import TopicId

# A slug is never digits alone (Discourse's lib/slug.rb), so /t/12/3 is the third post of topic 12.
NUMBER = re.compile(r"/t/(?:[^/]*[^/\d][^/]*/)?(\d{1,9})(?:/\d+)?/?", re.ASCII)
# What leads to a topic's first post: with a slug or without, and with the name of whoever shared the address.
TOPIC = re.compile(r"/t/(?:(?!\d+/)[^/]{1,255}/)?(\d{1,15})(?:/1)?/?", re.ASCII)
_SHARED = re.compile(r"u=[\w.-]{1,60}")
_WHOLE = re.compile(r"/|https?://", re.IGNORECASE)


def number(settings: Settings, text: str) -> TopicId:
    """The topic that an address or a number names. Raises InputError."""
    if text.isdecimal() and len(text) < 10:
        return TopicId(int(text))
    path = path_on_forum(text, settings.url)
    if path is not None and (found := NUMBER.fullmatch(path)):
        return TopicId(int(found[1]))
    raise InputError(
        _("“{text}” is not the address of a topic of {url}.").format(text=text, url=settings.url),
        remedy=_("Copy it from the browser: it looks like {url}/t/a-title/123.").format(url=settings.url),
    )


@lru_cache(maxsize=16_384)
def topic_at(url: str, home: str) -> int:
    """The topic whose first post a link in a post leads to, 0 for none; `home` is the forum's address."""
    place, _mark, query = url.partition("?")
    if not _WHOLE.match(place) or "#" in url or (query and not _SHARED.fullmatch(query)):
        return 0
    path = address_below(place, home)
    found = TOPIC.fullmatch(path) if path else None
    return int(found[1]) if found else 0
