"""Headings, and the anchors that an editor and Discourse give them; and those that an author wrote."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from unicodedata import normalize
from urllib.parse import quote

from markdown_it.token import Token

from koweb_sync.posts.ids import PostId
from koweb_sync.posts.markdown import ATTRIBUTE, may_hold, value, with_lf
from koweb_sync.posts.reader import read

# As JavaScript's \s and \w, which Discourse's slugs are made with: accented letters are dropped.
_SPACE = re.compile(r"[\s\ufeff]+")
_NO_WORD = re.compile(r"[^0-9A-Za-z_-]+")
_OF_POST = re.compile(r"p-\d+-")
_DASHES = re.compile(r"-{2,}")
_PLAIN = "!$&'()*+,;=:@/?-._~"  # what a fragment may hold (RFC 3986 §3.5)
# GitHub keeps letters, marks, digits, _, - and the plain space; Python's \w lacks the marks of decomposed accents.
_PUNCTUATION = re.compile(r"[^\w \u0300-\u036f-]+")
# Of Discourse's headings in HTML only such ids stay; anchors of links stay whatever they are called (sanitizer.js).
_OF_HEADING = re.compile(r"heading--[A-Za-z0-9_-]+")
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|textarea)\b.*?(?:</\1|\Z)"
    r"""|<(?P<tag>[a-z][a-z0-9]*)(?=\s)(?P<attributes>(?:"[^"]*"|'[^']*'|[^"'<>]){0,4000}+)>""",
    re.DOTALL | re.IGNORECASE,
)
# `## Title {#id}` of Pandoc, Hugo and MkDocs, and kramdown's `{: #id}`: Discourse shows it as text.
_BRACES = re.compile(r"\{:?\s*#(?P<name>[^\s{}]{1,200})(?:\s[^{}]{0,200})?\}\s*$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its text as read, its line from 1, and the fragment that leads to it in an editor or on GitHub.

    `name` is the one that stands in braces behind it, "" for none.
    """

    text: str
    line: int
    fragment: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """The names that an author gave to places in HTML. `kept` stay on the forum; it drops the `dropped` ones."""

    kept: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()


def html_anchors(body: str) -> Named:
    """The names in `<a name="…">`, and in `id="…"` of any element, outside of code and comments."""
    text = with_lf(body)
    if "<" not in text or not may_hold(text):
        return Named()
    kept, dropped = set[str](), set[str]()
    for token in read(text)[0]:
        for inner in (token, *(token.children or ())):
            if inner.type in ("html_block", "html_inline"):
                for name, stays in _names(inner.content):
                    (kept if stays else dropped).add(name)
    return Named(frozenset(kept), frozenset(dropped - kept))


def _names(html: str) -> Iterator[tuple[str, bool]]:
    """Each name in some HTML, and whether the forum keeps it."""
    for tag in _TAG.finditer(html):
        element = (tag["tag"] or "").lower()
        for attribute in ATTRIBUTE.finditer(html, *tag.span("attributes")) if element else ():
            key, name = attribute["name"].lower(), unescape(value(attribute))
            if name and (key == "id" or (key == "name" and element == "a")):
                heading = bool(re.fullmatch("h[1-6]", element) and _OF_HEADING.fullmatch(name))
                yield name, heading or key == "name"


def headings(body: str) -> tuple[Heading, ...]:
    """The headings of a text, in order."""
    return tuple(heading for heading, _slug in _headings(body))


def fragment_of(heading: str) -> str:
    """The fragment that leads to the first heading with this text, in an editor or on GitHub."""
    return _fragment(heading, Counter())


def anchors(body: str, post: PostId | None, style: str) -> Mapping[str, str]:
    """Fragment in an editor -> anchor on the forum; an anchor of the forum, written by hand, leads to itself.

    `style`: "plain" (`slug-N`) or "post-id" (`p-POSTID-slug-N`), where N counts the post's headings outside quotes.
    Discourse makes the slug from the heading's Markdown, so for a heading with a link in it `body` should be the raw.
    A post of style "post-id" that has no id yet has only the names that its author gave in HTML. Where editors differ
    (dashes at the ends, no-break spaces, composed accents or none), each form is known if no other heading has it.
    """
    mine = {name: quote(name, safe=_PLAIN) for name in html_anchors(body).kept}
    if style == "post-id" and post is None:
        return mine
    prefix = f"p-{post}-" if style == "post-id" else ""
    known = [(heading, f"{prefix}{slug}") for heading, slug in _headings(body) if slug]
    found = {heading.fragment: anchor for heading, anchor in known}
    others = {other: anchor for own, anchor in reversed(found.items()) for other in _variants(own)}
    braced = {heading.name: anchor for heading, anchor in reversed(known) if heading.name}
    return others | {anchor: anchor for anchor in found.values()} | found | braced | mine


def of_post(anchor: str) -> bool:
    """Whether an anchor of the forum holds the id of its post."""
    return bool(_OF_POST.match(anchor))


def _variants(fragment: str) -> Iterator[str]:
    apart = normalize("NFKD", fragment)
    # MkDocs (Python-Markdown's toc.slugify) and Hugo's github-ascii keep the letters without their accents.
    for written in (normalize("NFC", fragment), normalize("NFD", fragment), apart.encode("ascii", "ignore").decode()):
        yield from (written, written.strip("-"), _DASHES.sub("-", written).strip("-"))


def _headings(body: str) -> Iterator[tuple[Heading, str]]:
    """Each heading with Discourse's slug and number; "" for one in a quote."""
    tokens, _notes = read(with_lf(body))
    seen: Counter[str] = Counter()
    depth = number = 0
    for position, token in enumerate(tokens):
        depth += _quotes(token)
        if token.type == "heading_open" and token.map:
            inline = tokens[position + 1]
            number += not depth
            text = _text(inline.children or [])
            slug = f"{_slug(inline.content)}-{number}" if not depth else ""
            braces = _BRACES.search(text) if "{" in text else None
            name = braces["name"] if braces else ""
            yield Heading(text, token.map[0] + 1, _fragment(text, seen), name), slug


def _quotes(token: Token) -> int:
    """Whether a token opens (1) or closes (-1) a quote: `>` or `[quote]`."""
    quote = token.type.startswith("blockquote_") or (token.type.startswith("bbcode_") and token.tag == "quote")
    return token.nesting if quote else 0


def _text(children: list[Token]) -> str:
    return "".join(
        _text(token.children or []) if token.type == "image" else " " if "break" in token.type else token.content
        for token in children
        if token.type != "html_inline"
    )


def _fragment(text: str, seen: Counter[str]) -> str:
    """GitHub's rule: lower case, punctuation dropped, spaces become dashes, and what repeats is numbered."""
    base = _PUNCTUATION.sub("", text.strip().lower()).replace(" ", "-")
    number = seen[base]
    seen[base] += 1
    while number and f"{base}-{number}" in seen:
        number += 1
    fragment = f"{base}-{number}" if number else base
    seen[fragment] += bool(number)
    return fragment


def _slug(content: str) -> str:
    slug = _DASHES.sub("-", _NO_WORD.sub("", _SPACE.sub("-", content.lower()))).strip("-")
    return slug if re.match(r"[a-z]", slug) else f"h-{slug}" if slug else "h"
