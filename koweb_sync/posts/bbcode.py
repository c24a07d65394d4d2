"""The BBCode of Discourse that decides what is a block and what is code, and that leads somewhere: `[quote]`,
`[details]`, `[code]`, `[img]`, `[url]`.
"""

import re
from functools import lru_cache

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

_OPENING = re.compile(
    r"\[(quote|details|poll|wrap|spoiler|grid|policy|event|code)(?:[= ][^\]\n]*)?\][ \t]*$", re.IGNORECASE
)
# Deeper nesting is an attack, which must not cost a look at every line for every line.
_DEEPEST = 50
_INLINE = re.compile(r"\[code(?:=[^\]\n]*)?\]", re.IGNORECASE)
_CLOSED = re.compile(r"\[/code\]", re.IGNORECASE)
LINKS = ("bbcode_img", "bbcode_url")
_IMG = re.compile(r"\[img(?:[= ][^\[\]\n]{0,200})?\]\s{0,20}([^\[\]\s]{1,2000}+)\s{0,20}\[/img\]", re.IGNORECASE)
_URL = re.compile(r"\[url\]\s{0,20}([^\[\]\s]{1,2000}+)\s{0,20}\[/url\]", re.IGNORECASE)
_URL_OF = re.compile(r"""\[url=(?:"([^"\[\]\n]+)"|'([^'\[\]\n]+)'|“([^”\[\]\n]+)”|([^\[\]\s"'“”]+))\]""", re.IGNORECASE)


def block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """The block rule: a tag alone on its line, up to its closing tag. What is inside are blocks, in `[code]` code."""
    opening = None if state.is_code_block(start_line) else _OPENING.match(_line(state, start_line))
    closing = _closing(state, start_line, end_line, opening[1].lower()) if opening else None
    if opening is None or closing is None or silent:
        return opening is not None and closing is not None
    name = opening[1].lower()
    if name == "code":
        token = state.push("fence", "code", 0)
        token.content = state.getLines(start_line + 1, closing, state.blkIndent, True)
        token.map = [start_line, closing + 1]
    else:
        state.push("bbcode_open", name, 1).map = [start_line, closing + 1]
        limit, state.lineMax = state.lineMax, closing
        state.md.block.tokenize(state, start_line + 1, closing)
        state.lineMax = limit
        state.push("bbcode_close", name, -1)
    state.line = closing + 1
    return True


def inline_code(state: StateInline, silent: bool) -> bool:
    """The inline rule for `[code]…[/code]`."""
    if not state.src.startswith("[", state.pos):
        return False
    opening = _INLINE.match(state.src, state.pos, state.posMax)
    closing = _CLOSED.search(state.src, opening.end(), state.posMax) if opening else None
    if opening is None or closing is None:
        return False
    if not silent:
        state.push("code_inline", "code", 0).content = state.src[opening.end() : closing.start()]
    state.pos = closing.end()
    return True


def destination(state: StateInline, silent: bool) -> bool:
    """The inline rule for `[img]…[/img]`, `[url]…[/url]`, and where `[url=…]…[/url]` begins. The token's `meta` says
    where in the block the address stands. As in Discourse, it sees nothing while a label's end is looked for.
    """
    if silent or not state.src.startswith("[", state.pos):
        return False
    found = next(
        (one for rule in (_IMG, _URL, _URL_OF) if (one := rule.match(state.src, state.pos, state.posMax))), None
    )
    if found is None or (found.re is _URL_OF and _last_closing(state.src, "url") < found.end()):
        return False
    token = state.push("bbcode_img" if found.re is _IMG else "bbcode_url", "", 0)
    token.content = found[0]
    token.meta = {"address": found.span(found.lastindex or 0)}
    state.pos = found.end()
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _closing(state: StateBlock, start_line: int, end_line: int, name: str) -> int | None:
    """The line of the closing tag that belongs to the tag on `start_line`, or None."""
    if _last_closing(state.src, name) < state.eMarks[start_line]:
        return None
    depth = 1
    for line in range(start_line + 1, end_line):
        text = _line(state, line)
        if text and state.sCount[line] < state.blkIndent:
            return None
        depth += _step(text, name)
        if not depth:
            return line
        if depth > _DEEPEST:
            return None
    return None


@lru_cache(maxsize=32)
def _last_closing(source: str, name: str) -> int:
    """Where the last closing tag stands, or -1; known for the text, as thousands of opening ones may ask for it."""
    return max((tag.start() for tag in re.finditer(rf"\[/{name}\]", source, re.IGNORECASE)), default=-1)


def _step(text: str, name: str) -> int:
    """1 for a line that opens one more such block, -1 for one that closes one; `[code]` holds no blocks."""
    if text.rstrip().lower() == f"[/{name}]":
        return -1
    nested = _OPENING.match(text) if name != "code" else None
    return int(nested is not None and nested[1].lower() == name)
