"""Headings, and the anchors that an editor and Discourse give them."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from unicodedata import normalize

from markdown_it.token import Token

from koweb_sync.posts.ids import PostId
from koweb_sync.posts.markdown import with_lf
from koweb_sync.posts.reader import read

# As JavaScript's \s and \w, which Discourse's slugs are made with: accented letters are dropped.
_SPACE = re.compile(r"[\s\ufeff]+")
_NO_WORD = re.compile(r"[^0-9A-Za-z_-]+")
_OF_POST = re.compile(r"p-\d+-")
_DASHES = re.compile(r"-{2,}")
# GitHub keeps letters, marks, digits, _, - and the plain space; Python's \w lacks the marks of decomposed accents.
_PUNCTUATION = re.compile(r"[^\w \u0300-\u036f-]+")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its text as read, its line from 1, and the fragment that leads to it in an editor or on GitHub."""

    text: str
    line: int
    fragment: str


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
    A post of style "post-id" that has no id yet has no anchors. Where editors differ (dashes at the ends, no-break
    spaces, composed accents) each form is known, unless it is another heading's own.
    """
    if style == "post-id" and post is None:
        return {}
    prefix = f"p-{post}-" if style == "post-id" else ""
    found = {heading.fragment: f"{prefix}{slug}" for heading, slug in _headings(body) if slug}
    others = {other: anchor for own, anchor in reversed(found.items()) for other in _variants(own)}
    return others | {anchor: anchor for anchor in found.values()} | found


def of_post(anchor: str) -> bool:
    """Whether an anchor of the forum holds the id of its post."""
    return bool(_OF_POST.match(anchor))


def _variants(fragment: str) -> Iterator[str]:
    for form in ("NFC", "NFD"):
        written = normalize(form, fragment)
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
            yield Heading(text, token.map[0] + 1, _fragment(text, seen)), slug


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
