"""What lies in a folder to import: notes, files that they may show, and what is neither, with the reason."""

import io
import os
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath

import imagesize

from koweb_sync import foreign_words, safe_files
from koweb_sync.errors import InputError
from koweb_sync.i18n import _
from koweb_sync.importing.templates import VAULT, templates
from koweb_sync.safe_text import fits_one_line

NOTES = frozenset([".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdwn", ".txt", ".text"])
NOTE_MAX = 1024 * 1024  # bytes; no forum takes a text of a tenth of that
DEEPEST = 64  # folders in each other
FILE_MAX = 256 * 1024 * 1024
LFS = b"version https://git-lfs.github.com/spec/"
POINTER = 1024  # bytes; what is longer is no pointer (git-lfs/docs/spec.md)
# Texts for machines, whatever they end with.
MACHINES = frozenset(["robots.txt", "humans.txt", "ads.txt", "security.txt", "llms.txt", "cname", "requirements.txt"])
BUILT = frozenset(
    ["node_modules", "__pycache__", "_site", "_layouts", "_includes", "_sass", "_data", "_plugins", "venv"]
)
FOREIGN = frozenset([".rst", ".org", ".adoc", ".ipynb", ".html", ".htm", ".docx", ".odt", ".rtf", ".wiki", ".textile"])
HUGO = frozenset(["public", "resources", "themes", "layouts", "archetypes"])
HUGO_FILES = re.compile(r"(?:hugo|config)\.(?:toml|ya?ml|json)")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class NoteFile:
    """A note: its path (POSIX, in the folder) and its bytes."""

    path: str
    data: bytes

    @property
    def digest(self) -> str:
        """Tells this content from any other."""
        return sha256(self.data).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is not imported, and why. A path of a folder ends in a slash. `text`: somebody wrote it, to be read."""

    path: str
    reason: str
    text: bool = False


@dataclass(frozen=True, slots=True)
class FolderContents:
    """Everything in a folder. `files`: path -> bytes; `sizes`: of those that are pictures, in pixels."""

    notes: tuple[NoteFile, ...]
    files: Mapping[str, int]
    left: tuple[LeftOut, ...]
    sizes: Mapping[str, tuple[int, int]]


class Sizes(Mapping[str, tuple[int, int]]):
    """Width and height in pixels of the pictures in a folder. A picture is read when somebody asks for it."""

    def __init__(self, root: Path, files: Mapping[str, int]) -> None:
        self.root = root
        self.files = files

    def __getitem__(self, path: str) -> tuple[int, int]:
        if path not in self.files or path.casefold().endswith(".svg"):  # which is a program to read
            raise KeyError(path)
        try:
            width, height = imagesize.get(io.BytesIO(safe_files.read(self.root, path)))
        except (
            ValueError,
            LookupError,
            ArithmeticError,
            TypeError,
            struct.error,
            InputError,
        ):  # whatever a broken one brings
            raise KeyError(path) from None
        if width <= 0 or height <= 0:
            raise KeyError(path)
        return int(width), int(height)

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)


@dataclass(slots=True)
class Looking:
    """A folder while it is looked through. `apart`: a folder that is not looked into, the one of the post files."""

    root: Path
    apart: Path | None = None
    readmes: bool = True
    notes: list[NoteFile] = field(default_factory=list)
    files: dict[str, int] = field(default_factory=dict)
    left: list[LeftOut] = field(default_factory=list)
    templates: frozenset[str] = frozenset()

    def walk(self, folder: str) -> None:
        """Look at everything in a folder below the root, in the order of names. No link is followed."""
        entries = sorted(os.scandir(self.root / folder), key=lambda one: one.name)
        hugo = any(HUGO_FILES.fullmatch(one.name) for one in entries)
        if any(one.name == VAULT and is_folder(one) for one in entries):
            self.vault(folder)
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if reason := odd(entry, path):
                self.left.append(LeftOut(f"{path}/" if is_folder(entry) else path, reason, text=is_note(path)))
            elif is_folder(entry):
                self.folder(path, hugo=hugo)
            else:
                self.file(path, entry.stat(follow_symlinks=False).st_size)

    def vault(self, path: str) -> None:
        """A vault of Obsidian: its settings name the templates, which are no notes."""
        found, unread = templates(self.root, path)
        self.templates |= found
        unclear = _("Settings of Obsidian that cannot be read: which notes are templates is not known.")
        self.left += (LeftOut(one, unclear) for one in unread)

    def template(self, path: str) -> str:
        """What to say of a template, or of a folder of them; "" for anything else."""
        if path.removesuffix(".md") not in self.templates:
            return ""
        if self.readmes:
            return _("A template, by the settings of Obsidian.")
        return _("A template, by the settings of Obsidian. Move it out: “koweb check” asks for its front matter here.")

    def folder(self, path: str, *, hugo: bool) -> None:
        """A folder: looked into, or named."""
        reason = skipped(path, hugo=hugo) or self.template(path)
        if self.apart is not None and (self.root / path).resolve() == self.apart:
            reason = _("The post files themselves.")
        deep = path.count("/") >= DEEPEST
        if not reason and not deep:
            try:
                self.walk(path)
                return
            except OSError as error:
                reason = _("It cannot be read: {why}.").format(why=foreign_words.reason(error))
        reason = reason or _("More than {n} folders in each other: nothing is read below.").format(n=DEEPEST)
        self.left.append(LeftOut(f"{path}/", reason, text=deep))

    def file(self, path: str, size: int) -> None:
        """A file: a note is read."""
        if not is_note(path):
            if reason := unusable(path, size) or self.pointer(path, size):
                self.left.append(LeftOut(path, reason))
            else:
                self.files[path] = size
            return
        reason = not_a_note(path, size) or self.template(path)
        if not self.readmes and PurePosixPath(path).name.casefold() == "readme.md":
            reason = _("A README.md is no post file. Give it another name, if it is to be published.")
        if not reason:
            try:
                self.notes.append(NoteFile(path, safe_files.read(self.root, path)))
                return
            except InputError as error:
                reason = error.message
        self.left.append(LeftOut(path, reason, text=not self.template(path)))

    def pointer(self, path: str, size: int) -> str:
        """What to say of a file of which only a pointer of Git LFS is there; "" for any other."""
        small = size < POINTER and safe_files.read(self.root, path).startswith(LFS)
        return _("Only a pointer of Git LFS. Fetch the file itself: git lfs pull.") if small else ""


def read_folder(root: Path, apart: Path | None = None, *, readmes: bool = True) -> FolderContents:
    """Everything in a folder. `readmes`: the README.md of a folder is a note, too.

    Raises InputError where the folder cannot be read.
    """
    looking = Looking(root.resolve(), apart.resolve() if apart else None, readmes)
    try:
        looking.walk("")
    except OSError as error:
        raise InputError(
            _("It cannot be read: {why}.").format(why=foreign_words.reason(error)),
            where=str(root),
            remedy=_("May you read it?"),
        ) from error
    return FolderContents(tuple(looking.notes), looking.files, tuple(looking.left), Sizes(looking.root, looking.files))


# ---- what is what


def is_folder(entry: "os.DirEntry[str]") -> bool:
    """Whether it is a folder of its own, no link to one."""
    return entry.is_dir(follow_symlinks=False)


def is_note(path: str) -> bool:
    """Whether a file's name is one of a text."""
    name = PurePosixPath(path).name.casefold()
    return PurePosixPath(name).suffix in NOTES and name not in MACHINES


def odd(entry: "os.DirEntry[str]", path: str) -> str:
    """Why something in a folder is not to be touched at all; "" for a plain file or folder."""
    if not fits_one_line(path):
        return _("Its name is not UTF-8 or holds a control character. Rename it.")
    if entry.is_symlink():
        return _("A link: nothing is read through it. Put the file itself there.")
    if not is_folder(entry) and not entry.is_file(follow_symlinks=False):
        return _("Neither a file nor a folder.")
    return ""


def skipped(path: str, *, hugo: bool) -> str:
    """Why a folder is not looked into; "" for one that is. `hugo`: the settings of a site lie beside it."""
    name = PurePosixPath(path).name
    if name.startswith("."):
        return _("A hidden folder, of a program.")
    if name in BUILT or (hugo and name in HUGO):
        return _("A folder of the program that makes the site.")
    return ""


def not_a_note(path: str, size: int) -> str:
    """Why a file that is called like a note is not read; "" for one that is."""
    if PurePosixPath(path).name.startswith("."):
        return _("A hidden file, of a program.")
    if ".excalidraw." in path:
        return _("A drawing of Excalidraw. Export it as a picture.")
    if size > NOTE_MAX:
        return _("It has {n} kB, which is more than any forum takes.").format(n=size // 1024)
    return ""


def kind(suffix: str) -> str:
    """Why files with such an ending are not imported; "" for those that a post may show."""
    convert = _("Not Markdown. Convert it first, with Pandoc for example.")
    drawing = _("A drawing of Excalidraw. Export it as a picture.")
    others = {
        ".canvas": _("A canvas of Obsidian. Export it as a picture."),
        ".base": _("A table of Obsidian, made of other notes."),
        ".excalidraw": drawing,
        ".mdx": _("Markdown with program code in it (MDX)."),
    }
    return convert if suffix in FOREIGN else others.get(suffix, "")


def unusable(path: str, size: int) -> str:
    """Why a file is nothing that a post can show; "" for one that may be."""
    name = PurePosixPath(path).name
    if name.startswith("."):
        return _("A hidden file, of a program.")
    if not size:
        return _("It is empty.")
    if size > FILE_MAX:
        return _("It has {n} kB, which is more than any forum takes.").format(n=size // 1024)
    return kind(PurePosixPath(name.casefold()).suffix)


# ---- texts


class Unreadable(Exception):
    """The bytes of a note are no text. The message says why, in words."""


def decoded(data: bytes) -> tuple[str, str]:
    """A note's text, and what is to be said about how it was read. Raises Unreadable."""
    if data.startswith(LFS):
        raise Unreadable(_("Only a pointer of Git LFS. Fetch the file itself: git lfs pull."))
    try:
        text, remark = next(readings(data))
    except StopIteration:
        raise Unreadable(_("No text that can be read: it is neither UTF-8 nor Windows-1252.")) from None
    if not text.strip("\ufeff \t\r\n\f\v\u00a0"):
        raise Unreadable(_("It is empty."))
    if found := _CONTROL.search(text):
        raise Unreadable(
            _("It holds a character that no text has, in line {line}.").format(
                line=text.count("\n", 0, found.start()) + 1
            )
        )
    return text, remark


def readings(data: bytes) -> Iterator[tuple[str, str]]:
    """The ways to read a text, the surest first."""
    forms: tuple[str, ...] = ("utf-8-sig", "cp1252")
    if data[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        forms = ("utf-32",)
    elif data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        forms = ("utf-16",)
    for form in forms:
        try:
            text = data.decode(form)
        except UnicodeDecodeError:
            continue
        if form == "cp1252" and _CONTROL.search(text):
            continue
        yield (
            text,
            ""
            if form == "utf-8-sig"
            else _("It is not UTF-8 and was read as {form}: look at the accents.").format(
                form={"cp1252": "Windows-1252"}.get(form, form.upper())
            ),
        )
