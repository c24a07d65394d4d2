"""Addresses of topics, as people copy them from a browser. Pure."""

import re

from koweb_sync.config import Settings
from koweb_sync.errors import InputError
from koweb_sync.forum.addresses import read, within
from koweb_sync.i18n import _
from koweb_sync.posts.ids import TopicId

# A slug is never digits alone (Discourse's lib/slug.rb), so /t/12/3 is the third post of topic 12.
NUMBER = re.compile(r"/t/(?:[^/]*[^/\d][^/]*/)?(\d{1,9})(?:/\d+)?/?", re.ASCII)


def number(settings: Settings, text: str) -> TopicId:
    """The topic that an address or a number names. Raises InputError."""
    if text.isdecimal() and len(text) < 10:
        return TopicId(int(text))
    url, home = read(text), read(settings.url)
    path = within(url, home) if url and home else None
    if path is not None and (found := NUMBER.fullmatch(path)):
        return TopicId(int(found[1]))
    raise InputError(
        _("“{text}” is not the address of a topic of {url}.").format(text=text, url=settings.url),
        remedy=_("Copy it from the browser: it looks like {url}/t/a-title/123.").format(url=settings.url),
    )
