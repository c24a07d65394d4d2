"""The lines of a YesWiki page: headings, lists by indentation, tables, rules."""

import re
from collections.abc import Sequence

from koweb_sync.importing.dialects.page import PageLine

_ITEM = re.compile(r"(?P<indent>[ \t]+)(?:(?P<mark>-|[0-9A-Za-z]{1,3}\))[ \t]*(?P<text>[^\n]*))?")
_RULE = re.compile(r"[ \t]*-{4,}[ \t]*")
_FENCE = re.compile(r"(`{3,})[^`\n]*")


def heading(text: str) -> tuple[int, str] | None:
    """The level and the words of a line such as `======Title======`; None for other lines."""
    bare = text.strip()
    words = bare.strip("=")
    signs = len(bare) - len(bare.lstrip("="))
    if not words.strip() or not 2 <= signs <= 6 or len(bare) - len(words) != 2 * signs:
        return None
    return 7 - signs, words.strip()


def shaped(lines: Sequence[PageLine]) -> list[PageLine]:
    """Lines of YesWiki, whose inside is Markdown already, as lines of Markdown."""
    made: list[PageLine] = []
    fence, at = "", 0
    indents: list[int] = []
    while at < len(lines):
        line = lines[at]
        opening = _FENCE.fullmatch(line.text)
        if fence or opening:
            fence = "" if fence and line.text.strip() == fence else fence or (opening[1] if opening else "")
            made.append(line)
        elif line.text.strip() == "[|" and (end := _table_end(lines, at)):
            _take(made, _table(lines[at + 1 : end]), indents)
            at = end
        else:
            _take(made, _line(line, indents), indents)
        at += 1
    return made


def _take(made: list[PageLine], new: list[PageLine], indents: list[int]) -> None:
    """Add lines, with a blank one where two kinds of block would run into each other."""
    if made and new and made[-1].text.strip() and new[0].text.strip():
        kinds = (_kind(made[-1].text), _kind(new[0].text))
        if kinds[0] != kinds[1]:
            made.append(PageLine(made[-1].number, ""))
    if new and _kind(new[0].text) != "item":
        indents.clear()
    made += new


def _kind(text: str) -> str:
    bare = text.lstrip()
    if re.match(r"(?:-|\d+[.)]) ", bare):
        return "item"
    if bare.startswith("|"):
        return "table"
    return bare[0] * 2 if bare.startswith("# ") or re.fullmatch(r"#{1,6} .*|-{4,}", bare) else "text"


def _line(line: PageLine, indents: list[int]) -> list[PageLine]:
    if found := heading(line.text):
        return [PageLine(line.number, f"{'#' * found[0]} {found[1]}")]
    if _RULE.fullmatch(line.text):
        return [PageLine(line.number, "----")]
    item = _ITEM.fullmatch(line.text)
    if item is None or item["mark"] is None:
        return [PageLine(line.number, line.text.lstrip(" \t") if line.text.strip() else line.text)]
    width = len(item["indent"].expandtabs(4))
    while indents and indents[-1] > width:
        indents.pop()
    if not indents or indents[-1] < width:
        indents.append(width)
    mark = "-" if item["mark"] == "-" else item["mark"] if item["mark"][:-1].isdigit() else "1)"
    return [PageLine(line.number, f"{'    ' * (len(indents) - 1)}{mark} {item['text']}")]


def _table_end(lines: Sequence[PageLine], at: int) -> int:
    """The line that ends a table, 0 if it is not followed by rows alone."""
    for end in range(at + 1, len(lines)):
        text = lines[end].text.strip()
        if text == "|]":
            return end if end > at + 1 else 0
        if not text.startswith("|"):
            return 0
    return 0


def _table(rows: Sequence[PageLine]) -> list[PageLine]:
    """Rows of cells. Markdown's tables have a head: the first row becomes it."""
    columns = max(row.text.strip().strip("|").count("|") + 1 for row in rows)
    texts = [f"| {' | '.join(cell.strip() for cell in row.text.strip().strip('|').split('|'))} |" for row in rows]
    lines = [PageLine(row.number, text) for row, text in zip(rows, texts, strict=True)]
    first = texts[0].count("|") - 1
    head = PageLine(lines[0].number, lines[0].text + "  |" * (columns - first))
    return [head, PageLine(head.number, "|" + " --- |" * columns), *lines[1:]]
