"""The body of a note in Markdown of another tool, made into what Discourse shows. Pure.

Two laws: a converted body is not changed by a second conversion, and a body in plain Markdown not by the first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from koweb_sync.importing.notes import Note, Notes
from koweb_sync.importing.page import Found, Line, Page, Problem
from koweb_sync.importing.wikilinks import wikilinks
from koweb_sync.posts.markdown import LINE_END, with_lf

__all__ = ["Converted", "Note", "Notes", "Problem", "convert"]

INLINE: Sequence[Callable[[Page], None]] = (wikilinks,)
_ROUNDS = 4  # what one round made can be read anew by the next: a link whose destination is now one


@dataclass(frozen=True, slots=True)
class Converted:
    """A converted body. `problems` are in the order of their lines, `files` the other files that the text shows or
    offers, in order, `tags` those that stand in the text as `#tag`.
    """

    body: str
    problems: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def convert(body: str, path: str, notes: Notes) -> Converted:
    """What to publish for the body of the note at `path` (in the folder of `notes`). Every line keeps its end."""
    found = Found()
    lines = tuple(Line(number, text) for number, text in enumerate(with_lf(body).split("\n"), 1))
    for _round in range(_ROUNDS):
        before = lines
        lines = _once(lines, path, notes, found)
        if [line.text for line in before] == [line.text for line in lines]:
            break
    return Converted(_with_ends(lines, body), tuple(sorted(found.problems)), tuple(found.files), tuple(found.tags))


def _once(lines: tuple[Line, ...], path: str, notes: Notes, found: Found) -> tuple[Line, ...]:
    page = Page(lines, path, notes, found)
    for part in INLINE:
        part(page)
    return page.edited()


def _with_ends(lines: tuple[Line, ...], body: str) -> str:
    """The text of some lines, each with the end that the line had which it came from; the last one has none."""
    ends = [*LINE_END.findall(body), ""]
    usual = max(set(ends[:-1]), key=ends.count, default="\n")
    return "".join(line.text + (ends[line.number - 1] or usual) for line in lines[:-1]) + lines[-1].text
