"""Where the content of a block stands in the text: without quote markers, indentation and escaped pipes it moved."""

import re
from itertools import accumulate

from markdown_it.token import Token

Positions = list[tuple[int, int]]
"""Pairs (offset in a block's content, offset in the text), rising: between two of them both count alike."""

# Stands for a pipe that belongs to a cell's content: a private character, which no table is drawn with.
_PIPE = "\ue000"
_HEADING_END = re.compile(r"\s*(?:#+\s*)?$")


class Lines:
    """The lines of a text, to be asked for one block after the other, in order.

    `cell` tells whether the last block asked for is a cell of a table.
    """

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in self._lines)]
        self._row = -1
        self._column = 0
        self.cell = False

    def positions(self, token: Token) -> Positions:
        """Where the content of `token` stands; nothing if it cannot be told."""
        self.cell = False
        if token.map is None or not token.content:
            return []
        first, last = token.map
        parts = token.content.removesuffix("\n").split("\n")
        for line in range(first, last - len(parts) + 1):
            if found := self._suffixes(parts, line):
                return found
        if len(parts) > 1:
            return []
        return self._heading(token.content, first) or self._cell(token.content, first)

    def _suffixes(self, parts: list[str], line: int) -> Positions:
        """A paragraph's or an HTML block's lines end as the text's lines do; only their beginnings were cut."""
        found: Positions = []
        offset = 0
        for number, part in enumerate(parts):
            text = self._lines[line + number]
            if number == len(parts) - 1 and not text.endswith(part):
                text = text.rstrip()
            bare = part.lstrip(" \t")
            if not text.endswith(bare):
                return []
            begin = offset + len(part) - len(bare)
            found.append((begin, self._starts[line + number] + len(text) - len(bare)))
            offset += len(part) + 1
        return found

    def _heading(self, content: str, line: int) -> Positions:
        """`## content ##`: found from the right, where nothing but the closing marks may follow."""
        text = self._lines[line]
        at = text.rfind(content)
        if at < 0 or not _HEADING_END.match(text, at + len(content)):
            return []
        return [(0, self._starts[line] + at)]

    def _cell(self, content: str, line: int) -> Positions:
        """A cell: the first such content behind the cell before it. `\\|` counts two in the text, one in the cell."""
        if line != self._row:
            self._row, self._column = line, 0
        text = self._lines[line].replace("\\|", _PIPE)
        at = text.find(content.replace("|", _PIPE), self._column)
        if at < 0:
            return []
        self._column = at + len(content)
        self.cell = True
        begin = self._starts[line] + at + text.count(_PIPE, 0, at)
        pipes = [offset for offset, sign in enumerate(content) if sign == "|"]
        return [(0, begin), *((offset + 1, begin + offset + 1 + number) for number, offset in enumerate(pipes, 1))]
