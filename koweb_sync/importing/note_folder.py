"""Which file of a folder a name means. Pure: the caller says which files there are."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

_NOTE = re.compile(r"\.(?:md|markdown|mdown|mkdn?|mdwn|txt|text)$", re.IGNORECASE)
_PAGE = re.compile(r"\.html?$", re.IGNORECASE)
_PERMALINK = re.compile(r"^.*?(\d{4})/(\d\d)/(\d\d)/([^/]+)$")
_DATED = re.compile(r"(.+)_\d{14}_\d{14}(\.\w+?)_?")  # how YesWiki keeps a file: with when it and its page were saved
_FRONTS = ("index", "_index", "readme")  # the page of a folder, where a site makes one of it


@dataclass(frozen=True, slots=True)
class LinkableNote:
    """A note: its path (POSIX, in the folder), and the names that it can be linked by.

    `names` are titles and aliases; one that ends like a note (`Été/Notes.markdown`) is a path that the note had before.
    """

    path: str
    names: tuple[str, ...] = ()


class NoteFolder:
    """The notes and other files of a folder. `sizes`: width and height of pictures in pixels, where they are known.
    `left`: files that are there and are not imported.
    """

    def __init__(
        self,
        notes: Iterable[LinkableNote],
        files: Iterable[str] = (),
        sizes: Mapping[str, tuple[int, int]] | None = None,
        left: Sequence[str] = (),
    ) -> None:
        self.sizes = sizes or {}
        self._left = NoteFolder(map(LinkableNote, left)) if left else None
        self._notes: set[str] = set()
        self._wholes: dict[str, list[str]] = defaultdict(list)
        self._ends: dict[str, list[str]] = defaultdict(list)
        self._names: dict[str, list[str]] = defaultdict(list)
        for note in notes:
            self._notes.add(note.path)
            for path in dict.fromkeys([note.path, *(name for name in note.names if _NOTE.search(name))]):
                self._add(path, note.path)
                self._add(_NOTE.sub("", path), note.path)
            for name in note.names:
                self._names[folded(name)].append(note.path)
        for file in files:
            if file not in self._notes:
                self._add(file, file)
                if dated := _DATED.fullmatch(folded(file.rpartition("/")[2])):
                    self._names[dated[1] + dated[2]].append(file)

    def find(self, name: str, from_path: str) -> str | None:
        """The file that `name` means in a note at `from_path`, as Obsidian finds it; None if there is none.

        A path from the folder's root or from the note, the end of a path, a file name with its ending or, for a note,
        without; then a title or an alias. Case and normalisation are ignored. Of several the
        nearest is meant; of several in one folder the one that is spelt so.
        """
        found = self.candidates(name, from_path)
        return found[0] if found else None

    def left_out(self, name: str, from_path: str) -> str | None:
        """The file that a name means where that one is not imported; None if there is none."""
        return self._left.find(name, from_path) if self._left else None

    def candidates(self, name: str, from_path: str) -> list[str]:
        """Every file that `name` can mean, the likeliest first."""
        wanted = folded(name.strip().replace("\\", "/"))
        beside = _joined(posixpath.dirname(from_path), wanted)
        if wanted.startswith(("./", "../")):
            return _nearest(self._wholes.get(beside, ()), from_path, name)
        wanted = wanted.lstrip("/")
        for known in (self._wholes.get(wanted), self._wholes.get(beside), self._ends.get(wanted)):
            if known:
                return _nearest(known, from_path, name)
        return _nearest(self._names.get(wanted, ()), from_path)

    def leads_to(self, name: str, from_path: str) -> str | None:
        """The file that the destination of a Markdown link means: decoded, without fragment; None if there is none.

        Also what sites make of files: `.html`, no ending at all, a folder for its page, a path from the site's root, a
        path from where the page is served (one folder deeper than its file lies).
        """
        wanted = folded(name)
        if wanted.startswith("/"):
            places = [wanted.strip("/")]
        else:
            places = [_joined(folder, wanted) for folder in (posixpath.dirname(from_path), _NOTE.sub("", from_path))]
        for place in filter(None, places):
            for form in _forms(place):
                if found := self._wholes.get(form):
                    return _nearest(found, from_path, name)[0]
        return self._by_end(wanted.strip("/"), from_path, name)

    def _by_end(self, wanted: str, from_path: str, name: str) -> str | None:
        """A file whose path ends so: `/images/a.png` in `static/`, `/2024/05/02/bilan.html` in `_posts/`."""
        if wanted.startswith("."):
            return None
        dated = _PERMALINK.sub(r"\1-\2-\3-\4", wanted)
        for form in (*_forms(wanted), *(_forms(dated) if dated != wanted else ())):
            if found := self._ends.get(form):
                return _nearest(found, from_path, name)[0]
        return None

    def is_note(self, path: str) -> bool:
        """Whether a path is one of a note."""
        return path in self._notes

    def _add(self, path: str, now: str) -> None:
        whole = folded(path)
        self._wholes[whole].append(now)
        parts = whole.split("/")
        for start in range(len(parts)):
            self._ends["/".join(parts[start:])].append(now)


def folded(name: str) -> str:
    """A name without its case and its way to write accents."""
    return normalize("NFC", normalize("NFC", name).casefold())


def _forms(place: str) -> list[str]:
    """How the file may be called that a site shows at a place."""
    bare = _PAGE.sub("", place)
    return list(dict.fromkeys([place, bare, *(f"{bare}/{front}" for front in _FRONTS)]))


def _joined(folder: str, name: str) -> str:
    """A relative path seen from a folder, normalised; "" where it leads out of it all, or to nothing in it."""
    whole = posixpath.normpath(posixpath.join(folded(folder), name))
    return "" if whole.startswith("../") or whole in ("..", ".") else whole


def _nearest(paths: Iterable[str], from_path: str, name: str = "") -> list[str]:
    """Some files, the nearest to a note first: in its folder, spelt as `name` is, then the least deep, the shortest,
    the first in order.
    """
    folder, last = posixpath.dirname(from_path), posixpath.basename(name.strip())
    return sorted(
        set(paths),
        key=lambda one: (posixpath.dirname(one) != folder, not _spelt(one, last), one.count("/"), len(one), one),
    )


def _spelt(path: str, name: str) -> bool:
    """Whether a file is called exactly so, with its ending or without."""
    return name in (posixpath.basename(path), _NOTE.sub("", posixpath.basename(path)))
