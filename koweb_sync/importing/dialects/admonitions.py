"""Admonitions, details and tabs of MkDocs and Python-Markdown: a line with a mark, and indented lines."""

import re

from koweb_sync.importing.dialects.blocks import Blocks, ConvertedBlock
from koweb_sync.importing.dialects.boxes import block_apart, details, quote
from koweb_sync.importing.dialects.page import PageLine

_HEAD = re.compile(
    r"""(?P<indent>[ \t]*)(?:(?P<mark>!!!|\?\?\?\+?)[ \t]+(?P<kind>[\w-]+)?(?:[ \t]+[\w-]+)*+"""
    r"""(?:[ \t]*"(?P<title>[^\n]*)")?|===[+!]*[ \t]+"(?P<tab>[^"\n]+)")[ \t]*"""
)


def admonitions(blocks: Blocks, at: int) -> ConvertedBlock | None:
    """`!!! note "Title"`, `??? tip`, `=== "Tab"`: a titled quote, or details. Without indented lines it is text."""
    head = _HEAD.fullmatch(blocks.lines[at].text)
    if head is None or not (head["kind"] or head["title"] or head["tab"]):
        return None
    end = _end(blocks, at + 1, len(head["indent"].expandtabs(4)) + 4)
    if end == at + 1:
        return None
    width = len(head["indent"].expandtabs(4)) + 4
    content = blocks.inner([PageLine(line.number, _dedented(line.text, width)) for line in blocks.lines[at + 1 : end]])
    made = quote if head["mark"] == "!!!" else details
    kind = head["kind"] or ("tab" if head["tab"] else "note")
    lines = made(blocks.lines[at], kind, head["tab"] or head["title"] or "", content, head["indent"])
    return ConvertedBlock(end, block_apart(lines, blocks.before, blocks.lines[end : end + 1]))


def _end(blocks: Blocks, at: int, width: int) -> int:
    """Where the lines end that are indented so far; blank ones at the end do not belong to them."""
    end = at
    while at < len(blocks.lines):
        text = blocks.lines[at].text.expandtabs(4)
        if text.strip() and len(text) - len(text.lstrip(" ")) < width:
            break
        at += 1
        end = at if text.strip() else end
    return end


def _dedented(text: str, width: int) -> str:
    """A line without so much of its indentation. Tabs behind that stay."""
    column = at = 0
    while at < len(text) and column < width and text[at] in " \t":
        column = column + 4 - column % 4 if text[at] == "\t" else column + 1
        at += 1
    return " " * (column - width) + text[at:]
