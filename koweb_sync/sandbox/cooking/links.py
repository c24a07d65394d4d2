"""Addresses that stand by themselves: a line of its own becomes a onebox, here always a plain link."""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore, linkify
from markdown_it.token import Token

# Words that end in one of these become links without https:// in front; Discourse's default.
DOMAINS = ("com", "net", "org", "io", "onion", "co", "tv", "ru", "cn", "us", "uk", "me", "de", "fr", "fi", "gov", "ddd")
# No address is so long; looking for one in a longer word takes long too.
LONGEST = 4_000
_WEB = re.compile(r"(http|//)", re.IGNORECASE)
_PAGE = re.compile(r"https?://[^/]+[/?].", re.IGNORECASE)


def install(md: MarkdownIt) -> None:
    """Mark bare addresses from now on."""
    if md.linkify is not None:
        md.linkify.tlds(list(DOMAINS))
    md.core.ruler.at("linkify", addresses)
    md.core.ruler.after("linkify", "onebox", oneboxes)


def addresses(state: StateCore) -> None:
    """Make links of the addresses in texts."""
    plain = [
        one for one in state.tokens if one.type == "inline" and max(map(len, one.content.split()), default=0) <= LONGEST
    ]
    linkify(StateCore(state.src, state.md, state.env, plain))


def oneboxes(state: StateCore) -> None:
    """Mark every bare address: alone on its line in a paragraph that is in nothing else, or among words."""
    lines: list[str] | None = None
    for before, token in zip(state.tokens, state.tokens[1:], strict=False):
        if token.type != "inline" or not any(bare(one) for one in token.children or ()):
            continue
        lines = state.src.split("\n") if lines is None else lines
        outer = before.type == "paragraph_open" and before.level == 0
        mark(token.children or [], lines[token.map[0] :] if token.map else [], outer)


def bare(token: Token) -> bool:
    """Whether this begins a link that was found by itself."""
    return token.type == "link_open" and token.markup == "linkify" and token.info == "auto"


def mark(children: Sequence[Token], lines: Sequence[str], outer: bool) -> None:
    """Mark the bare addresses of a paragraph. After one that stands among words none is a onebox."""
    alone = outer
    line = 0
    for index, token in enumerate(children):
        line += token.type in ("softbreak", "hardbreak")
        if not bare(token):
            continue
        around = [*children[index - 1 : index], *children[index + 3 : index + 4]] if index else children[3:4]
        indented = lines[line][:1].isspace() if line < len(lines) else False
        alone = alone and not indented and all(one.tag == "br" for one in around)
        href = str(token.attrGet("href") or "")
        if not _WEB.match(href):
            continue
        if alone:
            token.attrs |= {"class": "onebox", "target": "_blank"}
        elif _PAGE.match(href):
            token.attrSet("class", "inline-onebox-loading")
