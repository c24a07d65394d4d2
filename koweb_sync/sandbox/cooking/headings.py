"""Anchors of headings, named as Discourse names them."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from koweb_sync.sandbox.cooking import context
from koweb_sync.sandbox.cooking.context import Stage

# ECMAScript's white space: what Python's \s means, without the separators U+001C to U+001F and U+0085, with U+FEFF.
_SPACE = re.compile(r"[\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+")


def install(md: MarkdownIt) -> None:
    """Give headings their anchors from now on."""
    md.core.ruler.push("anchors", anchors)


def anchors(state: StateCore) -> None:
    """An anchor in front of every heading's text, except in quotes; N counts the headings of the post."""
    depth = count = 0
    surroundings = context.of(state.env)
    for index, token in enumerate(state.tokens):
        if token.tag in ("blockquote", "aside"):
            depth += token.nesting
        if token.type != "heading_open" or depth > 0:
            continue
        count += 1
        text = state.tokens[index + 1]
        name = f"{slug(text.content)}-{count}"
        if surroundings.flavour.anchors == "post-id" and surroundings.post and surroundings.stage is not Stage.NEW:
            name = f"p-{surroundings.post.id}-{name}"
        anchor = Token("link_open", "a", 1, attrs={"name": name, "class": "anchor", "href": f"#{name}"})
        text.children = [anchor, Token("link_close", "a", -1), *(text.children or ())]


def slug(text: str) -> str:
    """A heading's slug, from its Markdown: small letters, only ASCII word characters and dashes.

    `h` for what has none of them, and `h-` in front of what begins with something else than a letter.
    """
    dashed = _SPACE.sub("-", text.lower())
    plain = re.sub(r"-{2,}", "-", re.sub(r"[^A-Za-z0-9_-]+", "", dashed)).strip("-")
    if plain and not ("a" <= plain[0] <= "z"):
        return f"h-{plain}"
    return plain or "h"
