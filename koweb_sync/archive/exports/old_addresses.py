"""The addresses that a forum had, and where in a site their content stands now: pure.

What a folder with an `index.html` can answer needs nothing of a server; `MovedAddress` are the others, for which each
kind of server has rules (`hosting`).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

from koweb_sync.archive.exports.folder import ours
from koweb_sync.archive.exports.site_links import topic_page
from koweb_sync.archive.exports.site_lists import tag_page
from koweb_sync.archive.names.aliases import FORMER
from koweb_sync.archive.read.model import ArchivedCategory, ArchivedTopic, File
from koweb_sync.forum.addresses import SHORT, UPLOADS, address_below, base62

HALF = 50  # posts on a page of a topic, as the rules of servers know it
HOME = "index.html"
LISTS = (
    *("about", "badges", "categories", "faq", "groups", "guidelines", "hot", "latest", "login", "new", "privacy"),
    *("signup", "tags", "top", "tos", "unread"),
)
_STORED = re.compile(r"/original/.*?([0-9a-f]{40})(\.\w{1,10})$")
_HARMLESS = re.compile(r"/[\w./@+,~=-]+")  # what means nothing in the files of any server


@dataclass(frozen=True, slots=True)
class MovedAddress:
    """An address that no folder can answer, by its decoded path below the forum's, and the page that holds it now."""

    path: str
    to: str

    @property
    def encoded(self) -> str:
        """The path as a request writes it."""
        return quote(self.path)


def folder(address: str) -> str | None:
    """The page that answers an address as a folder, None where its name is not one that any disk and server takes."""
    path = f"{address.strip('/')}/{HOME}"
    return path if ours(path) else None


def up(path: str) -> str:
    """The way from a page to the first page."""
    return "../" * path.count("/")


def of_topic(topic: ArchivedTopic) -> Iterator[str]:
    """The pages at which a topic was found: by its number, and by its title and its number."""
    yield f"t/{topic.id}/{HOME}"
    if topic.slug and not topic.slug.isdecimal() and (named := folder(f"t/{topic.slug}/{topic.id}")):
        yield named


def of_category(category: ArchivedCategory) -> Iterator[str]:
    """The pages at which a category was found."""
    yield f"c/{category.id}/{HOME}"
    for address in (f"c/{category.path}/{category.id}", f"c/{category.path}"):
        if category.path and not category.path.isdecimal() and (named := folder(address)):
            yield named


def of_tag(name: str) -> tuple[str | None, MovedAddress | None]:
    """The page at which a tag was found; if it cannot be one, where the tag has gone."""
    at = folder(f"tag/{name}") if "/" not in name else None
    if at is not None or not _HARMLESS.fullmatch(f"/{name}"):
        return at, None
    return None, MovedAddress(f"/tag/{name}", tag_page(name))


def of_member(username: str) -> Iterator[str]:
    """The pages at which somebody was found. Whoever was forgotten has none."""
    if not username.startswith(FORMER):
        for name in dict.fromkeys((username, username.lower())):
            if named := folder(f"u/{name}"):
                yield named


def member_of(path: str) -> str | None:
    """Whose page a path is."""
    found = re.fullmatch(rf"u/([^/]+)/{HOME}", path)
    return found[1] if found else None


def of_file(file: File, to: str, base: str) -> Iterator[MovedAddress]:
    """Where a file was found, below the forum's own address."""
    path = address_below(file.source, base)
    path = None if path is None else unquote(path)
    if path is None or not path.startswith(UPLOADS) or not _HARMLESS.fullmatch(path):
        return
    yield MovedAddress(path, to)
    if stored := _STORED.search(path):
        yield MovedAddress(f"{SHORT}{base62(int(stored[1], 16))}{stored[2]}", to)


def of_pages(topic: int, pages: frozenset[int]) -> Iterator[tuple[str, str]]:
    """For the posts on the later pages of a topic: what a server can read in the number of a post, and their page.

    Its hundreds and a letter: a for the first half of the hundred, b for the second, z for the hundred itself.
    """
    for page in sorted(pages - {min(pages)}):
        hundreds, second = divmod(page - 1, 2)
        to = topic_page(topic, page, pages)
        yield f"{topic}:{hundreds or ''}{'b' if second else 'a'}", to
        if second:
            yield f"{topic}:{hundreds + 1}z", to


def distinct(moved: Iterable[MovedAddress]) -> list[MovedAddress]:
    """Each address once, sorted."""
    return [MovedAddress(path, to) for path, to in sorted({one.path: one.to for one in moved}.items())]
