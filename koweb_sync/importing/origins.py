"""Where a post file was imported from: a comment in its front matter says it, so that a second run knows. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_LINE = re.compile(rb"^# koweb import: (.+) ([0-9a-f]{16})\r?$", re.MULTILINE)
_CLOSING = re.compile(rb"^---[ \t]*\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class NoteOrigin:
    """A post file at `path` was made of a note whose content had this digest."""

    path: str
    digest: str


def comment(note: str, digest: str) -> str:
    """The line that says where a post file comes from. `note`: the name of its folder, and its path in there."""
    return f"# koweb import: {note} {digest}"


def origins(files: Iterable[tuple[str, bytes]]) -> Mapping[str, tuple[NoteOrigin, ...]]:
    """Of post files (path, content), by the note that each says it was made of."""
    found: dict[str, tuple[NoteOrigin, ...]] = {}
    for path, data in files:
        closing = _CLOSING.search(data, 4)
        said = _LINE.search(data, 0, closing.start()) if closing else None
        if said:
            note = said[1].decode("utf-8", "replace")
            found[note] = (*found.get(note, ()), NoteOrigin(path, said[2].decode()))
    return found
