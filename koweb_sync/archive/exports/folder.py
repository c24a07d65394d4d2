"""The folder of an export: every file whole or not at all, none outside of it, and nobody else's files touched.

`koweb-export.json` says that the folder is ours, `SHA256SUMS` (as sha256sum writes it) which files are. What an earlier
export left and this one no longer has is removed, unless somebody changed it since. A killed export is repaired by
running it again: what it wrote so far stands in `.koweb-writing`.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol, cast

from koweb_sync import safe_files
from koweb_sync.archive.exports.origins import PageOrigin, PageOrigins
from koweb_sync.errors import InputError
from koweb_sync.foreign_words import reason
from koweb_sync.i18n import _

MARK, SUMS, WRITING = "koweb-export.json", "SHA256SUMS", ".koweb-writing"
OURS = frozenset((MARK, SUMS, WRITING))
NAMED = r"[A-Za-z0-9_][A-Za-z0-9_.=-]*"
PLAIN = re.compile(rf"(?:{NAMED}/)*{NAMED}|\.htaccess|\.nojekyll")  # two that web servers want by these names
LINE = re.compile(r"([0-9a-f]{64})  (.+)")


@dataclass(slots=True)
class ExportResult:
    """What an export did: how many files there are, how many of them are new or changed, how many were removed; `kept`
    are files of an earlier export that somebody changed since, and that this one no longer has; `stayed` is how many
    were not even made, since an earlier export made them of the same. `unled`: addresses of before the forum from which
    nothing leads on, for no file of a server can hold them.
    """

    files: int = 0
    stayed: int = 0
    written: int = 0
    removed: int = 0
    bytes: int = 0
    kept: list[str] = field(default_factory=list)
    unled: int = 0


class ExportTarget(Protocol):
    """Where an export goes."""

    done: ExportResult

    def file(self, path: str) -> Any:
        """A context that gives a binary file, which is there under `path` once the context ends without an error."""

    def kept(self, path: str, content: bytes) -> bool:
        """Keep a file that holds this content already, as an earlier export wrote it; False: it is to be written."""

    def stays(self, path: str, of: bytes) -> PageOrigin | None:
        """Keep a file that an earlier export made of the same, for which `of` stands; None: it is to be made."""

    def made(self, path: str, of: bytes, shown: tuple[int, ...] = ()) -> None:
        """Note what a file was made of that this export has written."""

    def has(self, path: str) -> bool:
        """Whether this export has written a file."""

    def finish(self) -> ExportResult:
        """The export is whole."""


def write(target: ExportTarget, path: str, content: bytes | str) -> None:
    """Write a whole file."""
    data = content.encode() if isinstance(content, str) else content
    if target.kept(path, data):
        return
    with target.file(path) as out:
        out.write(data)


def mark(style: str, forum: str) -> bytes:
    """The file that says whose folder it is."""
    return json.dumps({"version": 1, "format": style, "forum": forum}, sort_keys=True).encode() + b"\n"


def format_of(root: Path) -> str | None:
    """The format that a folder says it is an export of; None where it says none."""
    try:
        said = json.loads((root / MARK).read_bytes())
    except (OSError, ValueError):
        return None
    name = said.get("format") if isinstance(said, dict) else None
    return name if isinstance(name, str) else None


def checked(path: str) -> str:
    """A path that cannot lead anywhere else. All of them are made by us, so anything else is our mistake."""
    if not ours(path):
        raise ValueError(path)
    return path


class Folder:
    """A folder on this computer. Raises InputError where there is something else already and `force` is off.
    `origins`: the note of what its pages were made of.
    """

    def __init__(self, root: Path, style: str, forum: str, *, force: bool = False, origins: Path | None = None) -> None:
        self.root = root
        self.origins = PageOrigins(origins)
        self.mark = mark(style, forum)
        self.before = enter(root, self.mark, force=force)
        self.now: dict[str, bytes] = {}
        self.done = ExportResult()
        self.begun = False

    def begin(self) -> None:
        """Say that the folder is ours, before anything is in it."""
        if self.begun:
            return
        safe_files.folder(self.root)
        with understood(self.root):
            for above, _folders, names in os.walk(self.root):
                for name in names:
                    if name.startswith(safe_files.PART):
                        safe_files.remove(self.root, Path(above) / name)
        safe_files.write(self.root, MARK, self.mark)
        self.begun = True

    def note(self, path: str) -> None:
        """Remember that a file is ours, in case that we are killed before the end."""
        safe_files.append(self.root, WRITING, f"{path}\n".encode(), lasting=False)

    @contextmanager
    def file(self, path: str) -> Iterator[IO[bytes]]:
        """Write a file beside its place, and put it there when it is whole. What did not change is not touched."""
        self.begin()
        with safe_files.writing(self.root, checked(path), lasting=False) as raw:
            out = Hashing(raw)
            yield cast("IO[bytes]", out)  # all that writers need of a file
            digest = out.sum.digest()
            self.done.bytes += out.size
            if self.before.get(path) == digest and sha(self.root / path) == digest:
                raw.drop()
            else:
                self.note(path)
                self.done.written += 1
        self.before.pop(path, None)  # a forum has hundreds of thousands of files: none is kept twice
        self.now[path] = digest

    def kept(self, path: str, content: bytes) -> bool:
        """Keep a file that holds this content already, as an earlier export wrote it; False: it is to be written."""
        return self.same(path, hashlib.sha256(content).digest())

    def stays(self, path: str, of: bytes) -> PageOrigin | None:
        """Keep a file that an earlier export made of the same, for which `of` stands; None: it is to be made."""
        known = self.origins.before.get(path)
        if known is None or known.of != of or not self.same(path, known.digest):
            return None
        self.origins.now[path] = known
        self.done.stayed += 1
        return known

    def made(self, path: str, of: bytes, shown: tuple[int, ...] = ()) -> None:
        """Note what a file was made of that this export has written."""
        self.origins.now[path] = PageOrigin(of, self.now[path], shown)

    def same(self, path: str, digest: bytes) -> bool:
        """Keep a file with this hash, if an earlier export wrote it so, and it still is."""
        place = self.root / checked(path)
        if self.before.get(path) != digest or sha(place) != digest:
            return False
        self.begin()
        del self.before[path]
        self.now[path] = digest
        self.done.bytes += place.stat().st_size
        return True

    def has(self, path: str) -> bool:
        """Whether this export has written a file."""
        return path in self.now

    def finish(self) -> ExportResult:
        """Remove what is ours and not in this export, and write down what is."""
        self.begin()
        with understood(self.root):
            for path, digest in self.before.items():
                self.remove(path, digest)
            with safe_files.writing(self.root, SUMS) as out:
                for path in sorted(self.now):
                    out.write(f"{self.now[path].hex()}  {path}\n".encode())
            (self.root / WRITING).unlink(missing_ok=True)
        self.origins.keep()
        self.done.files = len(self.now)
        return self.done

    def remove(self, path: str, digest: bytes) -> None:
        """Remove a file of an earlier export, and its folder if that is empty then."""
        place = self.root / path
        if any(above.is_symlink() for above in place.parents if self.root in above.parents) or not os.path.lexists(
            place
        ):
            return
        if digest and (place.is_symlink() or sha(place) != digest):
            self.done.kept.append(path)
            return
        place.unlink()
        self.done.removed += 1
        for above in place.parents:
            if above == self.root or any(above.iterdir()):
                break
            above.rmdir()


class Hashing:
    """A file that notes its own hash."""

    def __init__(self, out: "IO[bytes] | safe_files.PartialFile") -> None:
        self.out = out
        self.sum = hashlib.sha256()
        self.size = 0
        self.closed = False

    def write(self, content: bytes) -> int:
        """Write, and add to the hash."""
        self.sum.update(content)
        self.size += len(content)
        return self.out.write(content)

    def tell(self) -> int:
        """How much was written."""
        return self.size

    def flush(self) -> None:
        """Pass on what was written."""
        self.out.flush()

    def close(self) -> None:
        """Whoever opened the file closes it."""

    def writable(self) -> bool:
        """Yes."""
        return True

    def readable(self) -> bool:
        """No."""
        return False

    def seekable(self) -> bool:
        """No."""
        return False


def enter(root: Path, mine: bytes, *, force: bool) -> dict[str, bytes]:
    """The files of an earlier export with their hashes; an empty hash where only a killed export knows the file."""
    with understood(root):
        if not root.exists():
            return {}
        if not root.is_dir():
            raise InputError(_("An export needs a folder, and this is a file."), where=str(root))
        there = {one.name for one in root.iterdir() if not one.name.startswith(safe_files.PART)}
        if not there:
            return {}
        said = (root / MARK).read_bytes() if MARK in there and not (root / MARK).is_symlink() else b""
    if said != mine and not force:
        raise InputError(
            _("The folder holds another export.") if said else _("The folder is not empty, and holds no export."),
            where=str(root),
            remedy=_("Name another folder, or write into this one with --force; only what is ours is replaced."),
        )
    return earlier(root) if said else {}


def earlier(root: Path) -> dict[str, bytes]:
    """Which files an earlier export says that it wrote."""
    found = summed(lines(root / SUMS))
    # A killed export may have replaced a file since: then its hash says nothing.
    found.update(dict.fromkeys(filter(ours, lines(root / WRITING)), b""))
    return found


def summed(notes: Iterable[str]) -> dict[str, bytes]:
    """The files and hashes in the lines of sums."""
    found = (match for line in notes if (match := LINE.fullmatch(line)))
    return {match[2]: bytes.fromhex(match[1]) for match in found if ours(match[2])}


def ours(path: str) -> bool:
    """Whether a path is one that an export can have written: others lead elsewhere, whoever noted them."""
    return PLAIN.fullmatch(path) is not None and ".." not in path and path not in OURS


def lines(path: Path) -> Iterator[str]:
    """The lines of a note, none if it is not there."""
    if path.is_symlink() or not path.is_file():
        return
    with path.open(encoding="utf-8", errors="replace") as found:
        for line in found:
            yield line.removesuffix("\n")


def put_instead(root: Path, path: str, content: str) -> None:
    """Put another content in the place of a file of a whole export, and of its sum."""
    digest = hashlib.sha256(content.encode()).digest()
    if sha(root / checked(path)) == digest:
        return
    with understood(root):
        safe_files.write(root, path, content)
        with safe_files.writing(root, SUMS) as out:
            for line in lines(root / SUMS):
                here = (found := LINE.fullmatch(line)) is not None and found[2] == path
                out.write(f"{digest.hex()}  {path}\n".encode() if here else f"{line}\n".encode())


def sha(path: Path) -> bytes:
    """The hash of a file, empty if it is not there."""
    if not path.is_file():
        return b""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").digest()


@contextmanager
def understood(where: Path) -> Iterator[None]:
    """What the disk complains about, in words."""
    try:
        yield
    except OSError as error:
        raise InputError(
            _("The export cannot be written: {why}.").format(why=reason(error)), where=str(where)
        ) from error
