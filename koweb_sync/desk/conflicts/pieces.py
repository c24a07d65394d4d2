"""A file in conflict as people decide about it: piece by piece, and the file that comes of their choices. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from koweb_sync.desk.texts.text_difference import WordRun, phrases
from koweb_sync.posts.front import front_length

Choice = Literal["ours", "theirs", "both", "edit"]
CHOICES: tuple[Choice, ...] = ("ours", "theirs", "both", "edit")
OPEN, BASE, MIDDLE, CLOSE = "<<<<<<< ", "||||||| ", "=======", ">>>>>>> "
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_GOES_ON = re.compile(r"\s*(?:[-*+>|#]|\d+[.)]|[\w-]+:)")  # a line that is no paragraph that another would join


@dataclass(frozen=True, slots=True)
class FieldSides:
    """What both sides say in a field of the form, as words."""

    name: str
    ours: tuple[WordRun, ...]
    theirs: tuple[WordRun, ...]


@dataclass(frozen=True, slots=True)
class ConflictPiece:
    """A piece of the file: `text` that nobody has to decide about, or what both sides say where `clash`. `front`: it
    belongs to the front matter; `fields`: what a clash there is about, where it can be read.
    """

    text: str = ""
    ours: str = ""
    theirs: str = ""
    clash: bool = False
    front: bool = False
    fields: tuple[FieldSides, ...] = ()

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What may be chosen: a field says one thing, and is written on in the form."""
        return CHOICES[:2] if self.fields else CHOICES

    @property
    def sides(self) -> tuple[tuple[WordRun, ...], tuple[WordRun, ...]]:
        """Both sides as words, with what differs in each from the other one."""
        return phrases(self.ours, self.theirs)


def pieces(text: str, ours: str, theirs: str) -> tuple[ConflictPiece, ...] | None:
    """The pieces of a file with git's marks. `ours`, `theirs`: the files of both sides, which tell a mark from a line
    of the text that looks like one. None where that is not clear.
    """
    found: list[ConflictPiece] = []
    plain: list[str] = []
    inside: list[str] | None = None
    for line in _LINES.findall(text):
        if inside is None and line.startswith(OPEN):
            found.append(ConflictPiece("".join(plain)))
            plain, inside = [], []
        elif inside is not None and line.startswith(CLOSE):
            clash = parted(inside, ours, theirs)
            if clash is None:
                return None
            found.append(clash)
            inside = None
        elif line.startswith((OPEN, CLOSE)):
            return None
        else:
            (plain if inside is None else inside).append(line)
    return None if inside is not None else tuple(cut(*found, ConflictPiece("".join(plain))))


def cut(*found: ConflictPiece) -> Iterator[ConflictPiece]:
    """The pieces, cut where the front matter of both sides ends."""
    sides = [(one.ours, one.theirs) if one.clash else (one.text, one.text) for one in found]
    left = [front_length("".join(side)) for side in zip(*sides, strict=True)]
    for one, (mine, other) in zip(found, sides, strict=True):
        a, b = min(left[0], len(mine)), min(left[1], len(other))
        left = [left[0] - a, left[1] - b]
        if any(left) or (a, b) == (len(mine), len(other)):
            yield replace(one, front=bool(a or b))
            continue
        if a or b:
            yield piece(mine[:a], other[:b], front=True)
        yield piece(mine[a:], other[b:])


def piece(mine: str, other: str, *, front: bool = False) -> ConflictPiece:
    """What both sides say: nothing to decide about where that is the same."""
    if mine == other:
        return ConflictPiece(mine, front=front)
    return ConflictPiece("", mine, other, clash=True, front=front)


def parted(lines: Sequence[str], ours: str, theirs: str) -> ConflictPiece | None:
    """What stands between the marks of one conflict, by side."""
    middles = [number for number, line in enumerate(lines) if line.rstrip("\r\n") == MIDDLE]
    told = []
    for middle in middles:
        mine, other = "".join(lines[:middle]), "".join(lines[middle + 1 :])
        base = next((number for number, line in enumerate(lines[:middle]) if line.startswith(BASE)), middle)
        mine = "".join(lines[:base])
        if len(middles) == 1 or (mine in ours and other in theirs):
            told.append(ConflictPiece(ours=mine, theirs=other, clash=True))
    return told[0] if len(told) == 1 else None


def resolved(found: Sequence[ConflictPiece], choices: Mapping[int, tuple[Choice, str]]) -> str:
    """The file that comes of choices: number of the clash -> the choice, and the text where that is “edit”."""
    end = "\r\n" if any("\r\n" in one.text + one.ours for one in found) else "\n"
    out: list[str] = []
    number = 0
    for one in found:
        if not one.clash:
            out.append(one.text)
            continue
        choice, text = choices[number]
        number += 1
        if choice == "edit":
            out.append(as_lines(text, end))
        else:
            out.append({"ours": one.ours, "theirs": one.theirs, "both": both(one, end)}[choice])
    return "".join(out)


def as_lines(text: str, end: str) -> str:
    """What somebody typed, with the line ends of the file."""
    lines = text.replace("\r\n", "\n").rstrip("\n")
    return lines.replace("\n", end) + end if lines else ""


def both(one: ConflictPiece, end: str) -> str:
    """Ours, then theirs, as paragraphs of their own where they are such."""
    if not one.ours or not one.theirs or one.ours in one.theirs or one.theirs in one.ours:
        return max(one.ours, one.theirs, key=len)
    mine = one.ours if one.ours.endswith("\n") else one.ours + end
    apart = not mine.endswith(f"{end}{end}") and not _GOES_ON.match(one.theirs)
    return mine + (end if apart else "") + one.theirs
