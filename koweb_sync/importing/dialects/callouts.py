"""Call-outs of Obsidian and alerts of GitHub: quotes that begin with `[!note]`."""

import re

from koweb_sync.importing.dialects.blocks import Blocks, ConvertedBlock
from koweb_sync.importing.dialects.boxes import block_apart, details, quote
from koweb_sync.importing.dialects.page import PageLine

_QUOTED = re.compile(r"([ \t]*)>[ ]?(.*)")
_CALL_OUT = re.compile(r"\[!(?P<kind>[^\]|\[\n(]+)(?:\|[^\]\n]*)?\](?P<fold>[+-]?)(?:[ \t]+(?P<title>.*))?[ \t]*")


def call_outs(blocks: Blocks, at: int) -> ConvertedBlock | None:
    """A quote and what is in it: one that begins with a mark becomes a titled quote, with `+` or `-` details."""
    first = _QUOTED.fullmatch(blocks.lines[at].text)
    if first is None:
        return None
    end, content = _run(blocks, at, first[1])
    head = _CALL_OUT.fullmatch(content[0].text)
    if head is None:
        inner = blocks.inner(content) if any(_may_hold(line.text) for line in content) else content
        if inner == content:
            return ConvertedBlock(end, list(blocks.lines[at:end]))
        return ConvertedBlock(end, [PageLine(line.number, f"{first[1]}> {line.text}".rstrip(" ")) for line in inner])
    made = details if head["fold"] else quote
    lines = made(content[0], head["kind"].strip(), head["title"] or "", blocks.inner(content[1:]), first[1])
    # Text right below belongs to the quote, as it did before; details end where their quote ended.
    return ConvertedBlock(
        end, block_apart(lines, blocks.before, blocks.lines[end : end + 1]) if head["fold"] else lines
    )


def _run(blocks: Blocks, at: int, indent: str) -> tuple[int, list[PageLine]]:
    """Where a quote ends, and its lines without their marks."""
    content = []
    while at < len(blocks.lines):
        line = _QUOTED.fullmatch(blocks.lines[at].text)
        if line is None or line[1] != indent:
            break
        content.append(PageLine(blocks.lines[at].number, line[2]))
        at += 1
    return at, content


def _may_hold(text: str) -> bool:
    """Whether a line in a quote can begin a block of another dialect."""
    return bool(re.search(r"\[!|!!!|\?\?\?|===|:::|\{[%{:]|\[\[?_?toc|\*\[|--8<--", text, re.IGNORECASE))
