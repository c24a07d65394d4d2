"""A page while it is converted: its text, what of it is code, what is put in place of what, and what was found."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from koweb_sync.importing.dialects.verbatim import TextSpan, verbatim
from koweb_sync.importing.note_folder import NoteFolder
from koweb_sync.posts.markdown import Links

FILL = "\ue001"
"""Stands in `Page.shown` for every sign that no construct may begin in: a private character, which no text is of."""


@dataclass(frozen=True, slots=True, order=True)
class ConversionProblem:
    """What could not be converted, or is not the same on a forum. `line` counts from 1 in the body; `text` says it."""

    line: int
    text: str


@dataclass(slots=True)
class PageFindings:
    """What was found on the way: problems, the files that are used, the tags in the text."""

    problems: set[ConversionProblem] = field(default_factory=set)
    files: dict[str, None] = field(default_factory=dict)
    tags: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line without its end, and the number of the line of the body that it came from."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class PageEdit:
    """Put `new` in place of what stands from `start` to `end`."""

    start: int
    end: int
    new: str


class NotePage:
    """One text with its edits. `shown` is the text with `FILL` for code, HTML and what has been dealt with: there the
    next construct is looked for, at the same places as in `text`.
    """

    def __init__(
        self, lines: Iterable[PageLine], path: str, notes: NoteFolder, found: PageFindings, *, markdown: bool = True
    ) -> None:
        self.lines = tuple(lines)
        self.path, self.notes, self.found = path, notes, found
        self.text = "\n".join(line.text for line in self.lines)
        self._starts = [0, *accumulate(len(line.text) + 1 for line in self.lines)][:-1]
        self._edits: list[PageEdit] = []
        self._hidden = list(self.text)
        self.shown = self.text
        self.links, spans = verbatim(self.text) if markdown else (Links((), (), ()), [])
        self.hide(spans)

    def matches(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Where a construct stands in what is shown now."""
        return pattern.finditer(self.shown)

    def hide(self, spans: Iterable[TextSpan]) -> None:
        """Let no further construct begin in there. Line ends stay."""
        for start, end in spans:
            for at in range(start, end):
                if self._hidden[at] != "\n":
                    self._hidden[at] = FILL
        self.shown = "".join(self._hidden)

    def replace(self, *edits: tuple[int, int, str]) -> None:
        """Take edits to the list; `hide` what they replace when the construct is done."""
        self._edits += (PageEdit(*edit) for edit in edits)

    def done(self) -> None:
        """Hide all that is replaced."""
        self.hide((edit.start, edit.end) for edit in self._edits)

    def number(self, position: int) -> int:
        """The line of the body that a place came from."""
        return self.lines[bisect_right(self._starts, position) - 1].number

    def problem(self, position: int, text: str) -> None:
        """Say what is the matter there."""
        self.found.problems.add(ConversionProblem(self.number(position), text))

    def uses(self, path: str) -> None:
        """A file that is no note is shown or offered here."""
        if path != self.path and not self.notes.is_note(path):
            self.found.files.setdefault(path)

    def edited(self) -> tuple[PageLine, ...]:
        """The lines with all edits made; of two that overlap, the first. A line more is of the line it came from."""
        parts: list[str] = []
        numbers: list[int] = [self.number(0)]
        at = 0
        for edit in sorted(self._edits, key=lambda one: (one.start, one.end)):
            if edit.start < at:
                continue
            self._take(parts, numbers, at, edit.start)
            parts.append(edit.new)
            numbers += [self.number(edit.start)] * edit.new.count("\n")
            at = edit.end
        self._take(parts, numbers, at, len(self.text))
        lines = "".join(parts).split("\n")
        return tuple(PageLine(number, line) for number, line in zip(numbers, lines, strict=True))

    def _take(self, parts: list[str], numbers: list[int], start: int, end: int) -> None:
        """What stays as it is, and the lines that begin in it."""
        parts.append(self.text[start:end])
        first = bisect_right(self._starts, start)
        last = bisect_right(self._starts, end)
        numbers += (line.number for line in self.lines[first:last])


def label_text(text: str) -> str:
    """Text for a label: a sign that would end it is escaped."""
    return re.sub(r"(?<!\\)([\[\]])", r"\\\1", " ".join(text.split()))
