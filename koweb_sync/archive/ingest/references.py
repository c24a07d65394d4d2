"""What a post points at, and the words that it holds (`post_words`), out of its HTML: pure.

Links to the forum itself become topic and post numbers; images and attachments become uploads. Usernames are folded.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import NamedTuple
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from koweb_sync.archive.store.post_words import LINKS, PLAIN, remove, said, stripped, written
from koweb_sync.archive.store.readable_html import readable
from koweb_sync.forum.addresses import address_below, join, split
from koweb_sync.forum.addresses import read as read_address

_TOPIC = re.compile(r"/t/(?:[^/]+/)?(\d{1,18})(?:/(\d{1,18}))?(?:/|$)")  # below the forum's own path
_TOPIC_BY_NUMBER = re.compile(r"/t/(\d{1,18})/(\d{1,18})$")
SHOWING = {"a", "audio", "image", "img", "video"}  # “image” is read as “img” (HTML, “in body” insertion mode)
# An address that is written in one way alone, so that nobody needs to read it as browsers do: it leads where it says.
_ADDRESS = re.compile(
    r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:/[\w./~%+,@=-]*(?:\?[\w./~%+,@=&-]+)?(?:#[\w./~%=-]+)?)", re.ASCII
)
_SHORT = re.compile(r"/uploads/short-url/([0-9A-Za-z]+(?:\.\w+)?)")
LONGEST = 2000  # bytes of a key; an index of PostgreSQL takes 2,700


class PostReference(NamedTuple):
    """What a post points at. `kind` is reply, quote, mention or link; `name` is a folded username."""

    kind: str
    topic: int | None = None
    number: int | None = None
    name: str = ""
    url: str = ""


class FileReference(NamedTuple):
    """An image or an attachment in a post. `url` names it in the archive, `source` is where it can be fetched."""

    url: str
    kind: str
    name: str
    source: str


class CookedContent(NamedTuple):
    """All that a post's HTML tells: its words without markup and quotes, as they stand between blanks; where it points,
    which files it shows.
    """

    words: list[str]
    pointers: tuple[PostReference, ...]
    files: tuple[FileReference, ...]


def read(cooked: str, topic: int, reply_to: int | None, base: str, *others: str) -> CookedContent:
    """Look through a post's HTML. `base` is the forum's address, against which its links are read; `others` are those
    that it had as well.
    """
    if PLAIN.fullmatch(cooked):
        pointers = reply(topic, reply_to)
        if "<a" in cooked:
            pointers = tuple(dict.fromkeys([*pointers, *written_links(cooked, (base, *others))]))
        return CookedContent(stripped(cooked), pointers, ())
    page = LexborHTMLParser(readable(cooked))
    root = page.body
    if root is None:
        return CookedContent([], reply(topic, reply_to), ())
    tags = written(cooked)
    quoted = list(quotes(root, topic)) if "aside" in tags else ()
    files = {one.url: one for one in pictures(root, base)} if shows(cooked, tags) else {}
    remove(root, "aside.quote", tags)
    # To look for a kind of element takes less than to read a selector; a frameset takes the body out of its page.
    anchors = root.css("a") if "frameset" in tags else page.tags("a")
    leading = links(anchors, (base, *others)) if "a" in tags else ()
    pointers = tuple(dict.fromkeys([*reply(topic, reply_to), *quoted, *leading]))
    return CookedContent(said(root, cooked, tags), pointers, tuple(files.values()))


def shows(cooked: str, tags: Set[str]) -> bool:
    """Whether there may be files in a post. Links to them say so in their class, where `&` may stand for any letter."""
    if tags & SHOWING != {"a"}:
        return bool(tags & SHOWING)
    plain = cooked.lower()
    return "attachment" in plain or "lightbox" in plain or "&" in plain


def reply(topic: int, number: int | None) -> tuple[PostReference, ...]:
    """Whom a post answers."""
    return () if number is None else (PostReference("reply", topic, number),)


def quotes(root: LexborNode, topic: int) -> Iterator[PostReference]:
    """Whom a post quotes. A quote without a topic is one of its own."""
    for node in root.css("aside.quote"):
        facts = node.attributes
        name = (facts.get("data-username") or "").casefold()
        number = number_in(facts.get("data-post"))
        there = number_in(facts.get("data-topic")) or (topic if number else None)
        if name or there:
            yield PostReference("quote", there, number, name)


def links(anchors: Iterable[LexborNode], homes: Sequence[str]) -> Iterator[PostReference]:
    """Whom a post mentions, and where its links lead. Its quotes are gone by then: somebody else said what they say."""
    for node in anchors:
        facts = node.attributes
        if "href" not in facts:
            continue
        found = place(facts.get("href") or "", (facts.get("class") or "").split(), homes)
        yield from (found,) if found else ()


def written_links(cooked: str, homes: Sequence[str]) -> Iterator[PostReference]:
    """The same, where every link is written as Discourse writes it."""
    for before, href, after in LINKS.findall(cooked):
        found = place(href.replace("&amp;", "&"), (before or after).split(), homes)
        yield from (found,) if found else ()


def place(href: str, kinds: Sequence[str], homes: Sequence[str]) -> PostReference | None:
    """Where an element that is a link of some kinds leads; None where that says nothing."""
    if "mention" in kinds or "mention-group" in kinds:
        return PostReference("mention", name=unquote(href.rstrip("/").rpartition("/")[2]).casefold())
    if not href or href.startswith("#") or {"anchor", "lightbox", "attachment", "hashtag"} & set(kinds):
        return None
    return link(href, *homes)


def link(href: str, base: str, *others: str) -> PostReference:
    """Where a link leads: to a topic of this forum, whichever of its addresses stands there, or elsewhere."""
    found = seen_from(base, href)
    return next((one for one in (seen_from(home, href) for home in others if found.topic is None) if one.topic), found)


def seen_from(base: str, href: str) -> PostReference:
    """Where a link leads on a forum at an address."""
    plain = _ADDRESS.fullmatch(href)
    if plain and (home := read_address(base)) and plain[1] != home.host:
        return PostReference("link", url=href)
    full, path = join(base, href), address_below(href, base) or ""
    found = _TOPIC_BY_NUMBER.match(path) or _TOPIC.match(path)
    if found:
        return PostReference("link", int(found[1]), int(found[2]) if found[2] else None, url=full)
    return PostReference("link", url=full)


def pictures(root: LexborNode, base: str) -> Iterator[FileReference]:
    """The images and attachments of a post, without avatars and emoji."""
    for node in root.css("img[src], video source[src], audio source[src], video[src], audio[src]"):
        kinds = (node.attributes.get("class") or "").split()
        if not {"emoji", "avatar", "site-icon"} & set(kinds):
            name = node.attributes.get("data-base62-sha1") or ""
            found = file(node.attributes.get("src") or "", "image", node.attributes.get("alt") or "", base, name)
            yield from (found,) if found else ()
    for node in root.css("a.attachment[href], a.lightbox[href]"):
        kind = "image" if "lightbox" in (node.attributes.get("class") or "") else "file"
        found = file(node.attributes.get("href") or "", kind, node.text(strip=True), base, "")
        yield from (found,) if found else ()


def file(src: str, kind: str, name: str, base: str, sha: str) -> FileReference | None:
    """One file; None for what is no address. A short name of the forum is kept as such: it survives a new host."""
    full = join(base, src)
    if full.partition(":")[0].lower() not in ("http", "https"):
        return None
    path = split(full)[1]
    short = _SHORT.search(path)
    suffix = re.search(r"\.\w+$", path)
    if short:
        return FileReference(keyed(f"upload://{short[1]}"), kind, name, full)
    if sha:
        return FileReference(keyed(f"upload://{sha}{suffix[0] if suffix else ''}"), kind, name, full)
    return FileReference(keyed(full), kind, name, full)


def keyed(url: str) -> str:
    """An address that a database takes as a key: a very long one is cut, and ends with a sum of the whole."""
    if len(url.encode()) <= LONGEST:
        return url
    return f"{url.encode()[:500].decode(errors='ignore')}…{hashlib.sha256(url.encode()).hexdigest()}"


def number_in(text: str | None) -> int | None:
    """A number in an attribute."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else None
