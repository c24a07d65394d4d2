"""A note, read and converted: what a post file will say, before it has its place among the others. Pure."""

from dataclasses import dataclass
from datetime import datetime

from koweb_sync.i18n import _
from koweb_sync.importing.convert import ConversionProblem, Converted, LinkableNote, NoteFolder, convert
from koweb_sync.importing.folder import NoteFile, Unreadable, decoded
from koweb_sync.importing.metadata import split
from koweb_sync.importing.proposals import Proposal, propose
from koweb_sync.importing.titles import TitleHeading, folded, heading, readable, with_anchor
from koweb_sync.posts.lint import Rules

DRAWINGS = ("excalidraw-plugin", "kanban-plugin", "tldraw-file")  # keys of Obsidian's notes that hold no text


@dataclass(frozen=True, slots=True)
class ReadNote:
    """A note as it was read. `body` begins at the line `body_line` of the file, from 1; `comments` are lines of its
    front matter that are no keys.
    """

    source: NoteFile
    said: Proposal
    body: str
    body_line: int
    comments: tuple[str, ...]
    problems: tuple[ConversionProblem, ...]

    @property
    def path(self) -> str:
        """Its path in the folder."""
        return self.source.path

    @property
    def linkable(self) -> LinkableNote:
        """How others can link to it."""
        names = filter(None, (self.said.title, *self.said.names))
        return LinkableNote(self.path, tuple(dict.fromkeys(names)))


def read_note(source: NoteFile, now: datetime) -> ReadNote:
    """Read a note. Raises Unreadable for what is none."""
    text, remark = decoded(source.data)
    said = split(text)
    if any(key in said.values for key in DRAWINGS):
        raise Unreadable(_("A drawing or a board of a plugin of Obsidian. Export it as a picture."))
    if not said.body.strip():
        raise Unreadable(_("It has no text, only a front matter."))
    remarks = (ConversionProblem(1, remark),) if remark else ()
    proposal = propose(source.path, said, now)
    return ReadNote(source, proposal, said.body, said.body_line, said.notes, (*remarks, *proposal.problems))


@dataclass(frozen=True, slots=True)
class ConvertedNote:
    """A converted note. `title` is what it is called, as long or short as it may be; `lost` the heading that was taken
    out of the body because it is that title. `tags` stand in the text. `skipped`: how many of its first lines are gone.
    """

    title: str
    body: str
    lost: TitleHeading | None
    tags: tuple[str, ...]
    problems: tuple[ConversionProblem, ...]
    skipped: int


def converted(note: ReadNote, others: NoteFolder, rules: Rules) -> ConvertedNote:
    """Convert a note, and find out what it is called."""
    made: Converted = convert(note.body, note.path, others)
    problems = tuple(ConversionProblem(one.line + note.body_line - 1, one.text) for one in made.problems)
    top = heading(made.body)
    title = note.said.title or (top.words if top else "") or readable(note.path)
    body = without_heading(made.body, top, title, rules)
    lost = top if body != made.body else None
    body = with_anchor(body, top) if top and top.opens and top.anchor and not lost else body
    skipped = made.body.count("\n") - body.count("\n")
    return ConvertedNote(" ".join(title.split()), f"{body.rstrip()}\n", lost, made.tags, problems, skipped)


def without_heading(body: str, top: TitleHeading | None, title: str, rules: Rules) -> str:
    """A body without the heading that says what the title says. It stays where it holds more than
    words, where the title would be cut, or where the text would be too short without it.
    """
    if top is None or not (top.opens and top.plain) or folded(top.words) != folded(title):
        return body
    rest = "\n".join(body.split("\n")[top.last :]).lstrip("\n")
    if len(title) > rules.title_max or len(rest.strip()) < rules.body_min:
        return body
    return rest
