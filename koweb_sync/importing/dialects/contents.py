"""Lines for a program: `[TOC]`, `[[_TOC_]]`, `{:toc}` for a table of contents, and HedgeDoc's line of tags."""

import re

from koweb_sync.i18n import _
from koweb_sync.importing.dialects.blocks import Blocks, ConvertedBlock
from koweb_sync.importing.dialects.boxes import block_apart
from koweb_sync.importing.dialects.page import PageLine

_MARK = re.compile(r" {0,3}(?:\[toc\]|\[\[_?toc_?\]\]|@\[toc\](?:\([^)\n]*\))?|\$\{toc\})[ \t]*", re.IGNORECASE)
_KRAMDOWN = re.compile(r"[ \t]*\{:\s?toc\b[^{}\n]*\}[ \t]*")
_ITEM = re.compile(r" {0,3}(?:[*+-]|\d+\.)[ \t]+\S[^\n]*")
# docs.hedgedoc.org/references/yaml-metadata/#tags: a heading of any rank, each tag in the marks of code.
_TAGS = re.compile(r" {0,3}#{1,6}[ \t]+tags:(?:[ \t,]*`[ \t]*[^`\s][^`\n]{0,200}`)+[ \t]*#*[ \t]*", re.IGNORECASE)
# What the official theme component DiscoTOC looks for; where that is missing, nothing is shown.
SHOWN = '<div data-theme-toc="true"></div>'


def contents(blocks: Blocks, at: int) -> ConvertedBlock | None:
    """The mark becomes the one that a forum knows."""
    line = blocks.lines[at]
    following = blocks.lines[at + 1].text if at + 1 < len(blocks.lines) else ""
    end = at + 1
    if _ITEM.fullmatch(line.text) and _KRAMDOWN.fullmatch(following):
        end = at + 2
    elif not (_MARK.fullmatch(line.text) or _KRAMDOWN.fullmatch(line.text)):
        return None
    blocks.problem(at, _("A forum shows a table of contents only where it has the theme component DiscoTOC."))
    return ConvertedBlock(end, block_apart([PageLine(line.number, SHOWN)], blocks.before, blocks.lines[end : end + 1]))


def tag_heading(blocks: Blocks, at: int) -> ConvertedBlock | None:
    """A heading with the tags of the note: they go into the front matter, and it leaves the text."""
    if not _TAGS.fullmatch(blocks.lines[at].text):
        return None
    blocks.found.tags.update(dict.fromkeys(name.strip() for name in blocks.lines[at].text.split("`")[1::2]))
    following = blocks.lines[at + 1 : at + 2]
    return ConvertedBlock(at + 2 if following and not following[0].text.strip() else at + 1, [])
