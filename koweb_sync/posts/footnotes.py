"""Footnotes as Discourse reads them: `[^1]: text` is a block of its own and no link definition, `^[text]` is inline."""

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

DEFINITION = re.compile(r"\[\^[^ \]\n]+\]:[ \t]*")


def definition(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """The block rule for `[^1]: text`: the text, and lines indented by four, are blocks inside the footnote."""
    begin = state.bMarks[start_line] + state.tShift[start_line]
    if state.is_code_block(start_line) or not state.src.startswith("[^", begin):
        return False
    match = DEFINITION.match(state.src, begin, state.eMarks[start_line])
    if not match or silent:
        return bool(match)
    first = (state.bMarks[start_line], state.tShift[start_line], state.sCount[start_line], state.parentType)
    colon = state.src.index("]:", begin) + 2
    state.push("footnote_reference_open", "", 1).map = lines = [start_line, 0]
    state.bMarks[start_line] = colon
    state.tShift[start_line] = match.end() - colon
    state.blkIndent += 4
    state.sCount[start_line] = state.blkIndent
    state.parentType = "footnote"
    state.md.block.tokenize(state, start_line, end_line)
    state.blkIndent -= 4
    state.bMarks[start_line], state.tShift[start_line], state.sCount[start_line], state.parentType = first
    lines[1] = state.line
    state.push("footnote_reference_close", "", -1)
    return True


def inline_footnote(state: StateInline, silent: bool) -> bool:
    """The inline rule for `^[text]`: what follows it in parentheses is no destination of it."""
    start = state.pos
    if not state.src.startswith("^[", start):
        return False
    end = state.md.helpers.parseLinkLabel(state, start + 1)
    if end < 0:
        return False
    if not silent:
        after = state.posMax
        state.pos, state.posMax = start + 2, end
        state.push("footnote_open", "", 1)
        state.md.inline.tokenize(state)
        state.push("footnote_close", "", -1)
        state.posMax = after
    state.pos = end + 1
    return True
