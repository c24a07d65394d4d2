"""The body of a note in Markdown of another tool, made into what Discourse shows. Pure.

Two laws: a converted body is not changed by a second conversion, and a body in plain Markdown not by the first.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from koweb_sync.importing.dialects import yeswiki
from koweb_sync.importing.dialects.admonitions import admonitions
from koweb_sync.importing.dialects.attributes import abbreviations, attributes, attributes_alone, snippets
from koweb_sync.importing.dialects.blocks import BlockReader, converted
from koweb_sync.importing.dialects.callouts import call_outs
from koweb_sync.importing.dialects.code import drawings
from koweb_sync.importing.dialects.containers import containers
from koweb_sync.importing.dialects.contents import contents, tag_heading
from koweb_sync.importing.dialects.destinations import destinations
from koweb_sync.importing.dialects.inline import (
    added,
    comments,
    formulas,
    icons,
    marked,
    names_of_paragraphs,
    signatures,
    tags,
)
from koweb_sync.importing.dialects.liquid import liquid, liquid_blocks
from koweb_sync.importing.dialects.page import ConversionProblem, NotePage, PageFindings, PageLine
from koweb_sync.importing.dialects.shortcodes import paired, short_codes
from koweb_sync.importing.dialects.wikilinks import wikilinks
from koweb_sync.importing.note_folder import LinkableNote, NoteFolder

__all__ = ["ConversionProblem", "Converted", "LinkableNote", "NoteFolder", "convert"]

# What begins a block, in the order in which it is asked.
BLOCKS: Sequence[BlockReader] = (
    *(call_outs, admonitions, containers, liquid_blocks, paired, contents, tag_heading),
    *(attributes_alone, abbreviations, snippets),
)
# What stands in lines. First what hides its inside from the others.
INLINE: Sequence[Callable[[NotePage], None]] = (
    *(drawings, comments, short_codes, liquid, formulas, wikilinks, destinations),
    *(attributes, marked, added, names_of_paragraphs, signatures, icons, tags),
)
_LINE_END = re.compile(r"\r*\n|\r")  # Markdown's: a lone CR too ends a line
_ROUNDS = 4  # what one round made can be read anew by the next: a link whose destination is now one


@dataclass(frozen=True, slots=True)
class Converted:
    """A converted body. `problems` are in the order of their lines, `files` the other files that the text shows or
    offers, in order, `tags` those that stand in the text as `#tag`, or in a line of their own.
    """

    body: str
    problems: tuple[ConversionProblem, ...] = ()
    files: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def convert(body: str, path: str, notes: NoteFolder) -> Converted:
    """What to publish for the body of the note at `path` (in the folder of `notes`). Every line keeps its end."""
    found = PageFindings()
    lines = _lines(body)
    if yeswiki.is_yeswiki("\n".join(line.text for line in lines)):
        lines = tuple(yeswiki.converted(NotePage(lines, path, notes, found, markdown=False)))
    for _round in range(_ROUNDS):
        before = lines
        lines = _once(lines, path, notes, found)
        if [line.text for line in before] == [line.text for line in lines]:
            break
    return Converted(_with_ends(lines, body), tuple(sorted(found.problems)), tuple(found.files), tuple(found.tags))


def links_alone(body: str, path: str, notes: NoteFolder) -> Converted:
    """A body of which nothing is converted but `[[note]]` and `![[picture.png]]`."""
    found = PageFindings()
    page = NotePage(_lines(body), path, notes, found)
    wikilinks(page)
    return Converted(_with_ends(page.edited(), body), tuple(sorted(found.problems)), tuple(found.files))


def _lines(body: str) -> tuple[PageLine, ...]:
    return tuple(PageLine(number, text) for number, text in enumerate(_LINE_END.split(body), 1))


def _once(lines: tuple[PageLine, ...], path: str, notes: NoteFolder, found: PageFindings) -> tuple[PageLine, ...]:
    page = NotePage(converted(lines, BLOCKS, found), path, notes, found)
    for part in INLINE:
        part(page)
    return page.edited()


def _with_ends(lines: tuple[PageLine, ...], body: str) -> str:
    """The text of some lines, each with the end that the line had which it came from; the last one has none."""
    ends = [*_LINE_END.findall(body), ""]
    usual = max(set(ends[:-1]), key=ends.count, default="\n")
    return "".join(line.text + (ends[line.number - 1] or usual) for line in lines[:-1]) + lines[-1].text
