"""Attributes in braces: `{: .lead }`, `{#name}`, `{ width=300 }`, of kramdown and Python-Markdown."""

import re
from collections.abc import Sequence

from koweb_sync.i18n import _
from koweb_sync.importing.dialects.blocks import Blocks, ConvertedBlock
from koweb_sync.importing.dialects.boxes import block_apart
from koweb_sync.importing.dialects.page import FILL, ConversionProblem, NotePage, PageLine
from koweb_sync.importing.dialects.wikilinks import picture_size
from koweb_sync.posts.markdown import Label, Reference

_ONE = r"""(?:[.#][\w:.-]{1,100}+|[\w:-]{1,100}+=(?:"[^"\n{}]{0,300}+"|'[^'\n{}]{0,300}+'|[^\s"'{}]{1,100}+))"""
_LIST = rf"\{{:?[ \t]*{_ONE}(?:[ \t]+{_ONE})*+[ \t]*\}}"
_ALONE = re.compile(r"[ \t]*\{:(?!toc\b)[^{}\n]*\}[ \t]*")
_COMMENT = re.compile(r"[ \t]*\{::comment\}[ \t]*")
_COMMENTED = re.compile(r"[ \t]*\{:/(?:comment)?\}[ \t]*")
_HEADING = re.compile(rf"(?P<heading>#{{1,6}}[ \t]+[^\n]*?\S)[ \t]*(?P<list>{_LIST})[ \t]*#*[ \t]*")
_BEHIND = re.compile(rf"(?<=[)\]*_~{FILL}]){_LIST}")
_ID = re.compile(r"#([\w:.-]+)")
_SIDE = re.compile(r"""\b(width|height)=["']?(\d{1,4})(?:px)?["']?(?=[\s}])""")
_ABBREVIATION = re.compile(r" {0,3}\*\[(?P<short>[^\]\n]+)\]:[ \t]*(?P<long>\S[^\n]*)")
_SNIPPET = re.compile(r"[ \t]*(?:--8<--|-{1,}8<-{1,})[ \t]*(?P<file>[\"'][^\n]*)?")


def attributes_alone(blocks: Blocks, at: int) -> ConvertedBlock | None:
    """A line of attributes goes; an id of a heading becomes a place that links can lead to."""
    text = blocks.lines[at].text
    if "{" not in text:
        return None
    if _COMMENT.fullmatch(text):
        return _commented(blocks, at)
    if _ALONE.fullmatch(text):
        _left_out(blocks, at)
        return ConvertedBlock(at + 1, [])
    heading = _HEADING.fullmatch(text)
    if heading is None:
        return None
    number = blocks.lines[at].number
    lines = [PageLine(number, heading["heading"])]
    if name := _ID.search(heading["list"]):
        if not any(line.text.strip() for line in blocks.before):
            return None  # It becomes the title, and a link to it leads to the post.
        lines = [PageLine(number, f'<a name="{name[1]}"></a>'), PageLine(number, ""), *lines]
        lines = block_apart(lines, blocks.before, blocks.lines[at + 1 : at + 2])
    else:
        _left_out(blocks, at)
    return ConvertedBlock(at + 1, lines)


def _commented(blocks: Blocks, at: int) -> ConvertedBlock | None:
    """kramdown's comment, up to its end."""
    if "comment" not in blocks.pairs:
        blocks.pairs["comment"] = _comments(blocks.lines)
    end = blocks.pairs["comment"].get(at)
    if end is None:
        return None
    inner = blocks.lines[at + 1 : end]
    return ConvertedBlock(
        end + 1, [PageLine(blocks.lines[at].number, "<!--"), *inner, PageLine(blocks.lines[end].number, "-->")]
    )


def _comments(lines: Sequence[PageLine]) -> dict[int, int]:
    """Where each comment begins -> where it ends; none that HTML would end before. Each line is looked at once."""
    found: dict[int, int] = {}
    end = arrow = len(lines)
    for at in range(len(lines) - 1, -1, -1):
        text = lines[at].text
        if _COMMENTED.fullmatch(text):
            end = at
        elif "-->" in text:
            arrow = at
        elif end < len(lines) and end < arrow and _COMMENT.fullmatch(text):
            found[at] = end
    return found


def _left_out(blocks: Blocks, at: int) -> None:
    problem = ConversionProblem(blocks.lines[at].number, attributes_go())
    if not any(one.text == problem.text for one in blocks.found.problems):
        blocks.found.problems.add(problem)


def attributes_go() -> str:
    """What is said once of a text whose attributes go."""
    return _("Attributes in braces, such as {: .lead}, mean nothing to a forum. They are left out.")


def attributes(page: NotePage) -> None:
    """Attributes right behind a picture, a link or words: a picture's size stays, the rest goes."""
    pictures = _pictures(page)
    for found in page.matches(_BEHIND):
        page.replace((found.start(), found.end(), ""))
        sides = {side: int(value) for side, value in _SIDE.findall(found[0])}
        label = pictures.get(found.start())
        if label is not None and "width" in sides:
            _sized(page, found.start(), label, sides)
        elif not any(one.text == attributes_go() for one in page.found.problems):
            page.problem(found.start(), attributes_go())
    page.done()


def _pictures(page: NotePage) -> dict[int, Label]:
    """Where each picture ends, behind its `)`."""
    places = iter(page.links.places)
    found = {}
    for label in page.links.labels:
        if label.image and label.reference is Reference.INLINE:
            place = next((one for one in places if one.start > label.end), None)
            end = page.text.find(")", place.end) if place else -1
            if end >= 0:
                found[end + 1] = label
    return found


def _sized(page: NotePage, position: int, label: Label, sides: dict[str, int]) -> None:
    path = page.notes.leads_to(label.url, page.path) or label.url
    size = picture_size(page, position, path, sides["width"], sides.get("height", 0))
    if size and "|" not in page.text[label.start : label.end]:
        page.replace((label.end, label.end, ("\\|" if label.cell else "|") + size))


def abbreviations(blocks: Blocks, at: int) -> ConvertedBlock | None:
    """`*[CR]: compte rendu` becomes an entry of a list, where readers see it."""
    found = _ABBREVIATION.fullmatch(blocks.lines[at].text)
    if found is None:
        return None
    line = PageLine(blocks.lines[at].number, f"- **{found['short']}** – {found['long']}")
    return ConvertedBlock(at + 1, [line])


def snippets(blocks: Blocks, at: int) -> ConvertedBlock | None:
    """`--8<-- "file.md"` stays, and is named."""
    if "8<" in blocks.lines[at].text and _SNIPPET.fullmatch(blocks.lines[at].text):
        text = _("“{text}” takes in another file; a forum cannot. It is left as it is.")
        blocks.problem(at, text.format(text=blocks.lines[at].text.strip()))
    return None
