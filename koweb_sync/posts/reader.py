"""markdown-it, set up to see what Discourse sees, and telling at which character of the text each link stands.

Discourse cooks with markdown-it, raw HTML allowed, with footnotes and BBCode. markdown-it gives the lines of blocks and
no positions of links, so the link rules are wrapped here: each notes where in its block it matched.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from types import SimpleNamespace

from markdown_it import MarkdownIt, helpers
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.reference import reference
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.autolink import autolink
from markdown_it.rules_inline.backticks import backtick
from markdown_it.rules_inline.html_inline import html_inline
from markdown_it.rules_inline.image import image
from markdown_it.rules_inline.link import link
from markdown_it.rules_inline.text import text
from markdown_it.token import Token

from koweb_sync.posts import bbcode
from koweb_sync.posts.footnotes import definition, inline_footnote
from koweb_sync.posts.link_labels import label_end
from koweb_sync.posts.tables import table

BLOCKS, LONG = 2_048, 2_000  # blocks that stay read, of fewer characters than that; of longer ones as many as texts
KEPT = 8  # texts that stay read: a command asks again and again for the same few of one post

# The signs that each inline rule begins with; everything else is text.
SIGNS = {
    "newline": "\n",
    "escape": "\\",
    "backticks": "`",
    "strikethrough": "~",
    "emphasis": "*_",
    "bbcode_code": "[",
    "link": "[",
    "image": "!",
    "footnote_inline": "^",
    "autolink": "<",
    "html_inline": "<",
    "entity": "&",
    "bbcode_destination": "[",
}

InlineRule = Callable[[StateInline, bool], bool]


@dataclass(frozen=True, slots=True)
class Match:
    """Where an inline rule matched: `start` to `end` in the block's content, `label` to a link's closing bracket. Of
    `[img]` and `[url]` the address alone.

    `plain`: a link's label is text alone, without emphasis, code or images.
    """

    kind: str
    start: int
    end: int
    label: int = 0
    plain: bool = False


@dataclass(slots=True)
class Notes:
    """What the wrapped rules saw: matches per inline token, and reference definitions as (text, positions)."""

    matches: list[tuple[Token, list[Match]]] = field(default_factory=list)
    definitions: list[tuple[str, list[tuple[int, int]]]] = field(default_factory=list)


@cache
def reader() -> MarkdownIt:
    """The one parser. It holds no state between texts."""
    md = MarkdownIt("js-default", {"html": True})
    # A link that no forum makes clickable (`file:`, `javascript:`) must be seen, so that a check can name it.
    vars(md).update(validateLink=lambda _url: True)
    # Addresses are taken as they are written; what markdown-it would make of them takes longer than all the rest.
    vars(md).update(normalizeLink=str, normalizeLinkText=str)
    use_labels(md)
    for name, rule, note in (
        ("link", link, _note_link),
        ("image", image, _note_link),
        ("autolink", autolink, _note_whole),
        ("html_inline", html_inline, _note_whole),
        ("backticks", backtick, _note_code),
    ):
        md.inline.ruler.at(name, _noting(name, rule, note))
    md.inline.ruler.after("image", "footnote_inline", inline_footnote)
    md.inline.ruler.before("link", "bbcode_code", _noting("bbcode_code", bbcode.inline_code, _note_code))
    md.inline.ruler.push("bbcode_destination", _noting("bbcode", bbcode.destination, _note_address))
    md.block.ruler.after("fence", "bbcode", bbcode.block, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    md.block.ruler.at("reference", _reference)
    md.block.ruler.at("table", table, {"alt": ["paragraph", "reference"]})
    md.block.ruler.before("reference", "footnote_def", definition, {"alt": ["paragraph", "reference"]})
    md.core.ruler.at("inline", _inline)
    _by_sign(md)
    return md


def _by_sign(md: MarkdownIt) -> None:
    """Ask at each sign only the inline rules that begin with it, in their order: the others would say no."""
    rules = zip(md.inline.ruler.get_active_rules(), md.inline.ruler.getRules(""), strict=True)
    known: dict[str, list[InlineRule]] = {}
    for name, rule in rules:
        for sign in SIGNS.get(name, ""):
            known.setdefault(sign, []).append(rule)

    def by_sign(state: StateInline, silent: bool) -> bool:
        return any(rule(state, silent) for rule in known.get(state.src[state.pos], (text,)))

    md.inline.ruler.push("by_sign", by_sign)
    md.inline.ruler.enableOnly(["by_sign"])


def use_labels(md: MarkdownIt) -> None:
    """Let a parser find the ends of labels as `koweb_sync.posts.link_labels` does."""
    others = {name: getattr(helpers, name) for name in helpers.__all__}
    vars(md).update(helpers=SimpleNamespace(**{**others, "parseLinkLabel": label_end}))


@lru_cache(maxsize=KEPT)
def read(source: str) -> tuple[list[Token], Notes]:
    """The tokens of a text, and the notes on its links; nobody may change them. Line ends must be single characters."""
    notes = Notes()
    return reader().parse(source, {"notes": notes}), notes


def _inline(state: StateCore) -> None:
    notes: Notes = state.env["notes"]
    defined = frozenset((name, one["href"], one["title"]) for name, one in state.env.get("references", {}).items())
    for token in state.tokens:
        if token.type == "inline":
            kept = _within if len(token.content) < LONG else _within_long
            token.children, matches = kept(Block(token.content, defined))
            notes.matches.append((token, matches))


@dataclass(frozen=True, slots=True)
class Block:
    """What the inside of a block depends on: its content, and the names that are defined, with addresses and titles."""

    content: str
    defined: frozenset[tuple[str, str, str]]


def _read_within(block: Block) -> tuple[list[Token], list[Match]]:
    """The tokens and links inside of a block; nobody may change them. An edit leaves most blocks of a text as they
    were: they are read once.
    """
    notes = Notes()
    children: list[Token] = []
    whole = Token("inline", "", 0, children=children)
    notes.matches.append((whole, []))
    env = {"notes": notes, "references": {name: {"href": href, "title": title} for name, href, title in block.defined}}
    reader().inline.parse(block.content, reader(), env, children)
    return children, _with_plainness(notes.matches[0][1], children)


_within, _within_long = lru_cache(BLOCKS)(_read_within), lru_cache(KEPT)(_read_within)


def forget() -> None:
    """Read everything anew."""
    for kept in (read, _within, _within_long):
        kept.cache_clear()


def _with_plainness(matches: list[Match], children: list[Token]) -> list[Match]:
    """The matches, knowing which links hold text alone: emphasis is only told from text when the block is done."""
    opened = iter([i for i, token in enumerate(children) if token.type == "link_open" and token.markup != "autolink"])
    return [
        replace(match, plain=_plain(children, next(opened))) if match.kind == "link" else match for match in matches
    ]


def _plain(children: list[Token], opening: int) -> bool:
    """Whether the link that opens there holds text alone."""
    while children[opening + 1].type == "text":
        opening += 1
    return children[opening + 1].type == "link_close"


def _noting(name: str, rule: InlineRule, note: Callable[[str, StateInline, int], Match]) -> InlineRule:
    def noting(state: StateInline, silent: bool) -> bool:
        start = state.pos
        found = rule(state, silent)
        if found and not silent:
            token, matches = state.env["notes"].matches[-1]
            # What stands in an image's description is parsed apart and gives no link.
            if state.tokens is token.children:
                matches.append(note(name, state, start))
        return found

    return noting


def _note_whole(kind: str, state: StateInline, start: int) -> Match:
    return Match(kind, start, state.pos)


def _note_code(kind: str, state: StateInline, start: int) -> Match:
    """Backticks that nothing closes are text."""
    return Match("code" if not state.pending and state.tokens[-1].type == "code_inline" else kind, start, state.pos)


def _note_address(_kind: str, state: StateInline, _start: int) -> Match:
    token = state.tokens[-1]
    return Match(token.type, *token.meta["address"])


def _note_link(kind: str, state: StateInline, start: int) -> Match:
    opening = start + (kind == "image")
    label = state.md.helpers.parseLinkLabel(state, opening, kind == "link")
    return Match(kind, start, state.pos, label)


def _reference(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    found = reference(state, start_line, end_line, silent)
    if found and not silent:
        text, positions = "", []
        for line in range(start_line, state.line):
            begin = state.bMarks[line] + state.tShift[line]
            positions.append((len(text), begin))
            text += state.src[begin : state.eMarks[line] + 1]
        state.env["notes"].definitions.append((text, positions))
    return found
