"""BBCode blocks, as a block rule of markdown-it: quotes, details, spoilers, wraps, grids, code, voting."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from koweb_sync.sandbox.cooking import context, quotes, tokens, voting
from koweb_sync.sandbox.cooking.bbcode import Tag, closing_line, ends_line, tag_at, unquoted

_OPEN = re.compile(r"\s*=\s*([\"“”][^\"“”]*[\"“”]|'[^']*')\s+open\s*")  # the details are open from the start


@dataclass(frozen=True, slots=True)
class Inside:
    """What stands between two tags: whole lines from `first` up to `last`, or the text of a single line."""

    first: int
    last: int
    text: str | None = None


Rule = Callable[[StateBlock, Tag, Inside], None]


def install(md: MarkdownIt) -> None:
    """Read BBCode blocks from now on."""
    md.block.ruler.after("fence", "bbcode", bbcode, {"alt": ["paragraph", "reference", "blockquote", "list"]})


def bbcode(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A block from a tag to its closing tag, on one line or over many."""
    at, stop = state.bMarks[start] + state.tShift[start], state.eMarks[start]
    if state.src[at : at + 1] != "[" or state.is_code_block(start):
        return False
    tag = tag_at(state.src, at, stop)
    rule = None if tag is None or tag.closing else RULES.get(tag.name)
    if tag is None or rule is None or (tag.name == "grid" and context.of(state.env).flavour.markup == "2022"):
        return False
    if silent:
        return True
    inside = one_line(state, tag, start) or many_lines(state, tag, start, end)
    if inside is None:
        return False
    parent, line_max = state.parentType, state.lineMax
    state.lineMax = inside.last
    rule(state, tag, inside)
    state.parentType, state.lineMax, state.line = parent, line_max, inside.last + 1
    return True


def one_line(state: StateBlock, tag: Tag, line: int) -> Inside | None:
    """`[tag]text[/tag]`, and nothing else on the line."""
    first = state.bMarks[line] + state.tShift[line] + tag.length
    text = state.src[first : state.eMarks[line]].rstrip()
    closing = f"[/{tag.name}]"
    if not text.lower().endswith(closing):
        return None
    return Inside(line, line, text[: -len(closing)])


def many_lines(state: StateBlock, tag: Tag, line: int, end: int) -> Inside | None:
    """The lines between a tag that stands alone and its closing tag."""
    at = state.bMarks[line] + state.tShift[line]
    if not ends_line(state.src, at + tag.length, state.eMarks[line]):
        return None
    closing = closing_line(state, tag.name, line, end)
    return None if closing is None else Inside(line + 1, closing)


def read_inside(state: StateBlock, inside: Inside) -> None:
    """The tokens of what stands between the tags."""
    if inside.text is None:
        state.md.block.tokenize(state, inside.first, inside.last)
        return
    state.push("paragraph_open", "p", 1).map = [inside.first, inside.first + 1]
    token = state.push("inline", "", 0)
    token.map, token.content, token.children = [inside.first, inside.first + 1], inside.text, []
    state.push("paragraph_close", "p", -1)


def ordered(state: StateBlock) -> bool:
    """Whether data attributes are written in the order of the alphabet."""
    return context.of(state.env).flavour.markup != "2022"


def quote(state: StateBlock, tag: Tag, inside: Inside) -> None:
    """Somebody's words, with their name and picture."""
    quotes.open_quote(state, tag.value)
    read_inside(state, inside)
    state.push("bbcode_close", "blockquote", -1)
    state.push("bbcode_close", "aside", -1)


def details(state: StateBlock, tag: Tag, inside: Inside) -> None:
    """What one opens by a click."""
    outer = state.push("bbcode_open", "details", 1)
    named = _OPEN.fullmatch(tag.rest) if context.of(state.env).flavour.markup != "2022" else None
    if named:
        outer.attrSet("open", "")
    state.push("bbcode_open", "summary", 1)
    state.push("text", "", 0).content = unquoted(named[1]) if named else tag.value
    state.push("bbcode_close", "summary", -1)
    read_inside(state, inside)
    state.push("bbcode_close", "details", -1)


def wrap(state: StateBlock, tag: Tag, inside: Inside) -> None:
    """A part with names that themes know."""
    tokens.wrap(state.push("wrap_open", "div", 1), tag, ordered=ordered(state))
    read_inside(state, inside)
    state.push("wrap_close", "div", -1)


def code(state: StateBlock, _tag: Tag, inside: Inside) -> None:
    """`[code]`: like a fence."""
    token = state.push("fence", "code", 0)
    if inside.text is None:
        token.content = state.getLines(inside.first, inside.last, state.blkIndent, False)
    else:
        token.content = inside.text


def poll(state: StateBlock, tag: Tag, inside: Inside) -> None:
    """A poll, if a title and a list is all that it holds; else its tags stay to be seen."""
    before = len(state.tokens)
    read_inside(state, inside)
    tokens = state.tokens[before:]
    draft = voting.drafted(tag, tokens) if state.level == 0 else None
    del state.tokens[before:]
    if draft is None:
        state.push("text", "", 0).content = f"[{tag.name}{tag.rest}]"
        state.tokens += tokens
        state.push("text", "", 0).content = f"[/{tag.name}]"
    else:
        state.env.setdefault(voting.KEY, []).append(draft)
        voting.push(state, draft)


def framed(name: str) -> Rule:
    """A rule that only puts a div with a class around."""

    def rule(state: StateBlock, _tag: Tag, inside: Inside) -> None:
        token: Token = state.push("wrap_bbcode", "div", 1)
        token.attrSet("class", name)
        read_inside(state, inside)
        state.push("wrap_bbcode", "div", -1)

    return rule


RULES: dict[str, Rule] = {
    "quote": quote,
    "details": details,
    "spoiler": framed("spoiler"),
    "excerpt": framed("excerpt"),
    "grid": framed("d-image-grid"),
    "wrap": wrap,
    "code": code,
    "poll": poll,
}
