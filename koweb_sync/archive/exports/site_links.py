"""What a post of a site leads to: local files, pages of other topics, the forum, or nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from koweb_sync.archive.exports.files import ExportedFile
from koweb_sync.archive.ingest.references import link
from koweb_sync.archive.read.model import ArchivedPost, File
from koweb_sync.archive.store.chat import at_path, file_name
from koweb_sync.forum.addresses import address_below, join, split

EACH = 50  # post numbers on a page: a post's page follows from its number
_PERSON = re.compile(r"/(?:u|users|g|groups)/")
_SHORT = re.compile(r"/uploads/short-url/([0-9A-Za-z]+(?:\.\w+)?)")
_FRAGMENT = re.compile(r"#footnote[\w:-]+")

PlaceOfPost = tuple[int, int]  # its topic and its number there
PagedTopics = Mapping[int, frozenset[int]]


def page_of(number: int) -> int:
    """Which page of its topic a post stands on, from 1."""
    return max(0, number - 1) // EACH + 1


def topic_page(topic: int, page: int, pages: frozenset[int]) -> str:
    """The path of a page of a topic that has some pages; the first of them bears the topic's number alone."""
    name = file_name(topic)
    return f"topic/{name}.html" if page <= min(pages) else f"topic/{name}-{page}.html"


class Files(Protocol):
    """The files of posts."""

    def keep(self, file: File) -> ExportedFile | None:
        """A file in the export; None if the archive does not hold it."""


@dataclass(slots=True)
class SiteContext:
    """What the page of a topic knows. `pages`: which pages each topic has; `back`: the way up from here;
    `messages`: the places of those messages of the chat that its posts may lead to.
    """

    base: str
    pages: PagedTopics
    pictures: Files
    files: dict[str, File]
    back: str = "../"
    messages: Mapping[int, PlaceOfPost] = field(default_factory=dict)
    homes: tuple[str, ...] = ()  # all addresses that the forum had, if it moved

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses that lead to the forum, first the one at which it is."""
        return self.base, *(one for one in self.homes if one != self.base)

    def file(self, address: str) -> ExportedFile | None:
        """The local file of an address in a post."""
        found = self.named(address)
        return None if found is None else self.pictures.keep(found)

    def since(self, address: str) -> int | None:
        """Since when the file of an address is gone, None if it is not."""
        found = self.named(address)
        return None if found is None else found.since

    def named(self, address: str) -> File | None:
        """What the archive knows of an address in a post."""
        if address.startswith("#"):
            return None
        full = [join(one, address) for one in self.addresses]
        found = next((one for one in map(self.files.get, (address, *full)) if one is not None), None)
        if found is None and (short := _SHORT.search(split(full[0])[1])):
            found = self.files.get(f"upload://{short[1]}")
        return found

    def up(self, path: str) -> str:
        """A path of the export as seen from the page."""
        return self.back + path

    def link(self, address: str) -> str:
        """Where a link leads. Pages about people are not part of an archive, so links to them lead nowhere."""
        if address.startswith("#"):
            return address if _FRAGMENT.fullmatch(address) else ""
        full = join(self.base, address)
        scheme = full.partition(":")[0].lower()
        if scheme == "mailto":
            return full
        if scheme not in ("http", "https"):
            return ""
        below = (address_below(address, one) for one in self.addresses)
        path = next((one for one in below if one is not None), None)
        if path is not None:
            if _PERSON.match(path):
                return ""
            if chat := at_path(path):
                return self.post(*self.messages.get(chat[1] or 0, (chat[0], 1))) or full
            to = link(address, *self.addresses)
            if to.topic is not None:
                return self.post(to.topic, to.number or 1) or full
        return full

    def post(self, topic: int, number: int) -> str:
        """The place of a post in the export, empty if it is not there."""
        pages = self.pages.get(topic)
        if pages is None:
            return ""
        page = page_of(number)
        if page not in pages:
            return self.back + topic_page(topic, 0, pages)
        return f"{self.back}{topic_page(topic, page, pages)}#post-{number}"


def files_of(post: ArchivedPost) -> dict[str, File]:
    """The files of a post by all their addresses."""
    return {**{one.source: one for one in post.files}, **{one.url: one for one in post.files}}
