"""Tables as markdown-it reads them, without the empty cells that it fills rows up with.

A header of thousands of columns over short rows makes 65,536 of those out of a text of 32,000 characters. Nothing can
stand in them, and no text is rendered from what is read here.
"""

from markdown_it.common.utils import mdTrim
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import MAX_AUTOCOMPLETED_CELLS, escapedSplit, getLine
from markdown_it.rules_block.table import table as with_all_cells


def table(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """The block rule for tables. The head is read by markdown-it; a row of the body has the cells that hold text."""
    begin = len(state.tokens)
    if not with_all_cells(state, start_line, min(end_line, start_line + 2), silent):
        return False
    if not silent:
        opening, closing = state.tokens[begin], state.tokens.pop()
        state.level += 1
        columns = sum(token.type == "th_open" for token in state.tokens[begin:])
        state.line = _body(state, start_line + 2, end_line, columns)
        state.push(closing.type, closing.tag, closing.nesting)
        opening.map = [start_line, state.line]
    return True


def _body(state: StateBlock, first: int, end_line: int, columns: int) -> int:
    """The rows from a line on; the line after the last one."""
    before, state.parentType = state.parentType, "table"
    filled, line = 0, first
    while line < end_line and (cells := _row(state, line, end_line)) is not None:
        # Where markdown-it stops filling up, the table ends: what follows are other blocks.
        filled += columns - len(cells)
        if filled > MAX_AUTOCOMPLETED_CELLS:
            break
        _push(state, line, cells[:columns])
        line += 1
    state.parentType = before
    return line


def _row(state: StateBlock, line: int, end_line: int) -> list[str] | None:
    """The cells of a line, or None where the table ends."""
    # markdown-it too asks those rules that can end a quote.
    enders = state.md.block.ruler.getRules("blockquote")
    if state.sCount[line] < state.blkIndent or any(rule(state, line, end_line, True) for rule in enders):
        return None
    text = mdTrim(getLine(state, line))
    if not text or state.is_code_block(line):
        return None
    cells = escapedSplit(text)
    if cells and not cells[0]:
        cells.pop(0)
    if cells and not cells[-1]:
        cells.pop()
    return cells


def _push(state: StateBlock, line: int, cells: list[str]) -> None:
    state.push("tr_open", "tr", 1).map = [line, line + 1]
    for cell in cells:
        if content := mdTrim(cell):
            state.push("td_open", "td", 1)
            token = state.push("inline", "", 0)
            token.map, token.content, token.children = [line, line + 1], content, []
            state.push("td_close", "td", -1)
    state.push("tr_close", "tr", -1)
