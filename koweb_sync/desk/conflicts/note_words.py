"""The comments of a translation's file where somebody decides between two of its texts: said in words, line by line,
and comments again in what they typed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from koweb_sync.desk.conflicts.pieces import ConflictPiece
from koweb_sync.i18n import _
from koweb_sync.posts.side_by_side import BEGIN, END, OUT, SAME, has_notes


def note_words() -> dict[str, str]:
    """What stands for each line of such a comment."""
    return {
        BEGIN: _("[Paragraph of the original:]"),
        OUT: _("[Paragraph of the original, left out of the translation:]"),
        SAME: _("[The same in every language:]"),
        END: _("[Its translation:]"),
    }


def in_words(found: Iterable[ConflictPiece]) -> tuple[ConflictPiece, ...]:
    """The pieces of a file as a page shows them."""
    given = tuple(found)
    if not noted(given):
        return given
    said = note_words()
    return tuple(
        replace(one, text=put(one.text, said), ours=put(one.ours, said), theirs=put(one.theirs, said)) for one in given
    )


def in_comments(found: Iterable[ConflictPiece], typed: str) -> str:
    """What somebody typed on such a page, as the file has it."""
    return put(typed, {said: line for line, said in note_words().items()}) if noted(found) else typed


def noted(found: Iterable[ConflictPiece]) -> bool:
    """Whether a file has such comments."""
    return any(has_notes(one.text + one.ours + one.theirs) for one in found)


def put(text: str, instead: Mapping[str, str]) -> str:
    """A text with other lines instead of some."""
    lines = text.splitlines(keepends=True)
    return "".join(line.replace(bare, instead.get(bare, bare)) if (bare := line.rstrip()) else line for line in lines)
