"""Containers between lines of colons: `:::info` of HedgeDoc, Docusaurus and VuePress."""

import re

from koweb_sync.i18n import _
from koweb_sync.importing.dialects.blocks import Blocks, ConvertedBlock
from koweb_sync.importing.dialects.boxes import SIGNS, block_apart, details, quote

_OPENING = re.compile(
    r" {0,3}(?P<colons>:{3,})[ \t]*(?:(?P<kind>[A-Za-z][\w-]*)(?P<rest>[^\n]*)"
    r"|\{[ \t]*\.(?P<class>[\w-]+)(?P<given>[^}\n]*)\}[ \t]*)"
)
_CLOSING = re.compile(r" {0,3}(?P<colons>:{3,})[ \t]*")
_REST = re.compile(r"(?:[ \t]*\{(?P<attributes>[^}\n]*)\})?(?:\[(?P<label>[^\n]*)\]|[ \t]+(?P<title>[^\n]*))?[ \t]*")
_TITLE = re.compile(r"""title=(?:"([^"]*)"|'([^']*)')""")
_FOLDED = frozenset({"spoiler", "details"})


def containers(blocks: Blocks, at: int) -> ConvertedBlock | None:
    """`:::info` to `:::`: a titled quote; `:::spoiler Title`: details. Other kinds stay, and are named."""
    opening = _OPENING.fullmatch(blocks.lines[at].text)
    rest = _REST.fullmatch(opening["rest"] or "") if opening else None
    if opening is None or rest is None:
        return None
    written = opening["kind"] or opening["class"].removeprefix("callout-")  # as Pandoc and Quarto write them
    kind = written.lower()
    end = pairs(blocks).get(at)
    if end is None or not (kind in SIGNS or kind in _FOLDED):
        unclosed = _("“{text}” is never closed. It is left as it is.")
        unknown = _("A forum knows nothing like “{text}”. It is left as it is.")
        blocks.problem(at, (unclosed if end is None else unknown).format(text=blocks.lines[at].text.strip()))
        return None
    named = _TITLE.search(rest["attributes"] or opening["given"] or "")
    title = (named[1] or named[2] if named else "") or rest["label"] or rest["title"] or ""
    made = details if kind in _FOLDED else quote
    lines = made(blocks.lines[at], written, title, blocks.inner(blocks.lines[at + 1 : end]))
    return ConvertedBlock(end + 1, block_apart(lines, blocks.before, blocks.lines[end + 1 : end + 2]))


def pairs(blocks: Blocks) -> dict[int, int]:
    """The line of each opening -> the line that closes it, found once for all of them."""
    if "colons" not in blocks.pairs:
        blocks.pairs["colons"] = _pairs(blocks)
    return blocks.pairs["colons"]


def _pairs(blocks: Blocks) -> dict[int, int]:
    opened: list[tuple[int, int]] = []
    found = {}
    for at, line in enumerate(blocks.lines):
        if at in blocks.code or ":::" not in line.text:
            continue
        if closing := _CLOSING.fullmatch(line.text):
            while opened and opened[-1][1] > len(closing["colons"]):
                opened.pop()
            if opened:
                found[opened.pop()[0]] = at
        elif opening := _OPENING.fullmatch(line.text):
            opened.append((at, len(opening["colons"])))
    return found
