"""The addresses that a forum had, and where in a site their content stands now: pure.

What a folder with an `index.html` can answer needs nothing of a server; `MovedAddress` are the others, for which each
kind of server has rules (`hosting`).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote, unquote

from koweb_sync.archive.exports.folder import ours
from koweb_sync.archive.exports.site_links import PagedTopics, page_of, topic_page
from koweb_sync.archive.exports.site_lists import tag_page
from koweb_sync.archive.read.model import ArchivedCategory, ArchivedTopic, File
from koweb_sync.archive.store.chat import is_chat
from koweb_sync.forum.addresses import SHORT, UPLOADS, address_below, base62

HALF = 50  # posts on a page of a topic, as the rules of servers know it
HOME = "index.html"
ABOUT = f"about/{HOME}"
LISTS = (
    *("badges", "categories", "faq", "filter", "g", "groups", "guidelines", "hot", "latest", "login", "new", "posts"),
    *("privacy", "signup", "tags", "top", "tos", "unread"),
)
# What the rules of servers begin with: they go before a page that stands at an address of before the forum.
RULED = frozenset(
    ("badges", "c", "categories", "chat", "g", "groups", "hot", "latest", "my", "new", "t", "tags", "top", "unread")
)
CHAT = f"chat/{HOME}"
HUNDRED = 100  # posts whose addresses by their ids share a page: any server can cut two digits off
LONGEST = 200  # signs of a path that every disk takes
_STORED = re.compile(r"/original/.*?([0-9a-f]{40})(\.\w{1,10})$")
# A file has one dot and a folder none, nothing but an X is a capital: so no disk takes two of them for one.
_STAYS = re.compile(
    r"/((?:secure-(?:media-)?)?uploads/(?!short-url/)(?:[a-z0-9_-]+/|\dX/)+[a-z0-9_-]+\.([a-z0-9]{1,10}))"
)
_SAME = frozenset(("avif", "gif", "jpeg", "jpg", "png", "webp"))  # browsers look at the content of these
# Written at the end.
_OURS = frozenset(("404.html", "servers", "_redirects", "before.js", "SHA256SUMS", "koweb-export.json"))
_NUMBERED = re.compile(r"/(?:(t)/(?:(?!\d+(?:/|$))[^/]*/)?|(c)/(?:.*/)?)(\d+)(?:[/.].*)?", re.ASCII)
# What Windows takes for a device, or writes without its last dot.
_REFUSED = re.compile(r"/(?:con|prn|aux|nul|(?:com|lpt)\d)(?:[./]|$)|\.(?:/|$)", re.IGNORECASE)
# What means nothing in the files of any server, and can be asked for.
_HARMLESS = re.compile(r'/[^\x00-\x1f\x7f"\\{}?\ufffd]+')
# The same of a query, as a browser writes it: other signs it encodes, or there is no rule.
_ASKED = re.compile(r"[\w!$%&()*+,./:;=?@\[\]~-]+", re.ASCII)
_LEFT = r"!$%&()*+,/:;=?@[]\^`{|}#"  # what it does not encode
_PARAMETER = re.compile(r"([A-Za-z]\w{0,30})=([\w.,~-]+)", re.ASCII)  # which reads the same decoded


@dataclass(frozen=True, slots=True)
class MovedAddress:
    """An address that no folder can answer, by its decoded path below the forum's, and the page that holds it now, or
    a place in that page (`#post-3`). `query`: what it asks of a program, as a browser writes it (`t=10`).

    Discourse compares path and query as they were asked (`Permalink.find_by_url` of `request.fullpath`), after the
    `permalink_normalizations` of the forum, which no archive holds. Those that its importers set find the one parameter
    of a permalink among others (phpBB: `viewtopic.php?f=2&t=10&sid=…`), that of a post before that of a topic: so do
    the rules; but for Netlify's, they take a semicolon between them, too (SMF: `index.php?topic=4.0;wap2`). A query of
    several parameters, or of none (`showthread.php?5-Titre`), is compared whole.
    """

    path: str
    to: str
    query: str = ""

    @property
    def encoded(self) -> str:
        """The path as a browser writes it, but for signs that rules give a meaning."""
        return quote(self.path, safe="/!$&'()+,;=@[]:").replace("/:", "/%3A")

    @property
    def parameter(self) -> tuple[str, str]:
        """Name and value of the only parameter that it asks for; empty where the query is compared whole."""
        found = _PARAMETER.fullmatch(self.query)
        return (found[1], found[2]) if found else ("", "")

    @property
    def parameters(self) -> list[str] | None:
        """The parameters that it asks for; None where something of the query is none."""
        found = self.query.split("&")
        return found if all(map(_PARAMETER.fullmatch, found)) else None


def folder(address: str) -> str | None:
    """The page that answers an address as a folder, None where its name is not one that any disk and server takes."""
    path = f"{address.strip('/')}/{HOME}"
    return path if ours(path) and not _REFUSED.search(f"/{path}") else None


def of_permalink(url: str) -> tuple[str | None, str | None]:
    """An address of before the forum, without its query: its decoded path, and the page at which it was found, where it
    can be one. Both are None for one that means something in the files of servers, is ours, or is never asked for
    (`a/../b`).
    """
    path = f"/{unquote(url).strip('/')}"
    parts = path[1:].split("/")
    if not _HARMLESS.fullmatch(path) or len(path) > LONGEST or parts[0] in _OURS or {"", ".", ".."} & set(parts):
        return None, None
    if any("." in one for one in parts[:-1]):
        return path, None
    if "." not in parts[-1]:
        return path, folder(path)
    page = path.endswith(".html") and ours(path[1:]) and not _REFUSED.search(path)
    return path, path[1:] if page else None


def asked(query: str) -> str | None:
    """A query as a browser writes it; None for one that means something in the files of servers."""
    written = quote(query, safe=_LEFT)
    return written if _ASKED.fullmatch(written) and len(written) <= LONGEST else None


def numbered(path: str) -> tuple[str, int]:
    """Of what kind an address is, and of which number, as a forum reads it: `t` for topics, `c` for categories."""
    found = _NUMBERED.fullmatch(path)
    return (found[1] or found[2], int(found[3])) if found else ("", 0)


def up(path: str) -> str:
    """The way from a page to the first page."""
    return "../" * path.count("/")


def of_topic(topic: ArchivedTopic) -> Iterator[str]:
    """The pages at which a topic was found: by its number, and by its title and its number."""
    if is_chat(topic.id):
        yield from (found for slug in ("-", topic.slug) if slug and (found := folder(f"chat/c/{slug}/{-topic.id}")))
        return
    yield f"t/{topic.id}/{HOME}"
    if topic.slug and not topic.slug.isdecimal() and (named := folder(f"t/{topic.slug}/{topic.id}")):
        yield named


def of_category(category: ArchivedCategory) -> Iterator[str]:
    """The pages at which a category was found."""
    yield f"c/{category.id}/{HOME}"
    for address in (f"c/{category.path}/{category.id}", f"c/{category.path}"):
        if category.path and not category.path.isdecimal() and (named := folder(address)):
            yield named


def by_name(category: ArchivedCategory, to: str) -> Iterator[MovedAddress]:
    """Where a category has gone whose address without its number can be no page, for it is not written in ASCII."""
    path = f"/c/{unquote(category.path)}"
    if category.path and folder(path) is None and _HARMLESS.fullmatch(path) and len(path) <= LONGEST:
        yield MovedAddress(path, to)


def of_tag(name: str) -> tuple[str | None, MovedAddress | None]:
    """The page at which a tag was found; if it cannot be one, where the tag has gone."""
    at = folder(f"tag/{name}") if "/" not in name else None
    if at is not None or not _HARMLESS.fullmatch(f"/{name}"):
        return at, None
    return None, MovedAddress(f"/tag/{name}", tag_page(name))


def of_member(username: str) -> Iterator[str]:
    """The pages at which somebody was found."""
    for name in dict.fromkeys((username, username.lower())):
        if named := folder(f"u/{name}"):
            yield named


def member_of(path: str) -> str | None:
    """Whose page a path is."""
    found = re.fullmatch(rf"u/([^/]+)/{HOME}", path)
    return found[1] if found else None


def place_of(file: File, ending: str, *homes: str) -> str | None:
    """Where a site keeps a file so that its old address answers on any server: at that very address. None where it had
    none on the forum, or one that a server may take for something else than a file of that ending.
    """
    found = _STAYS.fullmatch(upload_path(file, *homes) or "")
    if found is None or len(found[1]) > LONGEST or not ours(found[1]):
        return None
    return found[1] if found[2] == ending or {found[2], ending} <= _SAME else None


def of_file(file: File, to: str, *homes: str) -> Iterator[MovedAddress]:
    """The other addresses of a file that a site keeps at `to`: where it was, and its short one."""
    path = upload_path(file, *homes)
    if path is None or not _HARMLESS.fullmatch(path) or len(path) > LONGEST:
        return
    if path != f"/{to}":
        yield MovedAddress(path, to)
    if stored := _STORED.search(path):
        yield MovedAddress(f"{SHORT}{base62(int(stored[1], 16))}{stored[2]}", to)


def upload_path(file: File, *homes: str) -> str | None:
    """The decoded path of an upload below one of the forum's own addresses; None for what is none."""
    path = next((one for one in (address_below(file.source, home) for home in homes) if one is not None), None)
    path = None if path is None else unquote(path)
    return path if path is not None and path.startswith(UPLOADS) else None


def of_posts(
    places: Iterable[tuple[int, int, int]], pages: PagedTopics
) -> Iterator[tuple[str, int, list[tuple[int, str]]]]:
    """Where posts are whose address tells nothing of their place, a page for each hundred of ids: its path, its first
    id, the ids with the places of their posts. `places`: id, topic and number of posts, by id. Messages of the chat
    bear the numbers of their forum there.
    """
    for (chat, hundred), each in groupby(places, key=lambda one: (is_chat(one[1]), abs(one[0]) // HUNDRED)):
        found = [
            (abs(post), f"{topic_page(topic, page_of(number), pages[topic])}#post-{number}")
            for post, topic, number in each
            if topic in pages
        ]
        if found:
            yield f"{'chat' if chat else 'p'}/{hundred or ''}xx.html", hundred * HUNDRED, sorted(found)


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
    """Each address once, in the order in which rules are to be tried: those whose query is compared whole, those with a
    parameter that leads to a post, others with a query, and those without.
    """
    once = {(one.path, one.query): one for one in moved}
    return sorted(once.values(), key=rank)


def rank(one: MovedAddress) -> tuple[bool, bool, bool, str, str]:
    """Where the rule of an address stands among all."""
    alone = bool(one.parameter[0])
    return not one.query, alone, alone and "#" not in one.to, one.path, one.query
