"""The blocks of other dialects, from the outermost to those inside them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from koweb_sync.importing.dialects.page import ConversionProblem, PageFindings, PageLine
from koweb_sync.importing.dialects.verbatim import code_lines

DEEPEST = 8  # blocks in blocks that are looked into; deeper ones wait for the next round


@dataclass(frozen=True, slots=True)
class ConvertedBlock:
    """What a block became: `lines` stand for those up to `end`."""

    end: int
    lines: list[PageLine]


@dataclass(slots=True)
class Blocks:
    """Some lines, and which of them (from 0) are code or HTML. `before` is what has been made of those above."""

    lines: Sequence[PageLine]
    code: frozenset[int]
    found: PageFindings
    depth: int
    readers: Sequence["BlockReader"]
    before: list[PageLine] = field(default_factory=list)
    pairs: dict[str, dict[int, int]] = field(default_factory=dict)

    def inner(self, lines: Sequence[PageLine]) -> list[PageLine]:
        """What becomes of lines inside a block, without its marks or indentation."""
        return converted(lines, self.readers, self.found, self.depth + 1)

    def problem(self, at: int, text: str) -> None:
        """Say what is the matter in a line."""
        self.found.problems.add(ConversionProblem(self.lines[at].number, text))


BlockReader = Callable[[Blocks, int], ConvertedBlock | None]
"""Reads the block that begins in a line, which is no code; None if none of its kind does."""


def converted(
    lines: Sequence[PageLine], readers: Sequence[BlockReader], found: PageFindings, depth: int = 0
) -> list[PageLine]:
    """Lines with all the blocks in them that the readers know."""
    if depth > DEEPEST:
        return list(lines)
    code = code_lines("\n".join(line.text for line in lines))
    blocks = Blocks(lines, code, found, depth, readers)
    at = 0
    while at < len(lines):
        block = None if at in code else next((made for reader in readers if (made := reader(blocks, at))), None)
        blocks.before += block.lines if block else [lines[at]]
        at = block.end if block else at + 1
    return blocks.before
