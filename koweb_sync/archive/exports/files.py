"""What the files of an archive really are, whatever their names and servers say, and what is harmless to show.

Files get names of their content's hash. An ending that a browser would run (HTML, SVG as a document) becomes `.bin`; a
picture is shown only if its content is one, and small enough for a browser to unfold.
"""

import io
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

import imagesize

from koweb_sync.archive.exports.folder import ExportTarget, write
from koweb_sync.archive.read.model import File

PIXELS = 50_000_000  # a browser needs four bytes for each
SVG_LARGEST = 1_000_000
REMEMBERED = 20_000
DESCRIBED = 8_000_000  # bytes of files that wait until the page that shows them is made
FOLDER = "files"
# How files begin (Wikipedia, “List of file signatures”).
BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"%PDF-", "pdf"),
    (b"ID3", "mp3"),
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"\x1aE\xdf\xa3", "webm"),
)
# Endings that no browser runs, whatever the content is.
HARMLESS = frozenset({
    "7z", "csv", "doc", "docx", "drawio", "epub", "ggb", "gz", "ics", "m4a", "md", "mov", "odg", "odp", "ods", "odt",
    "ppt", "pptx", "rtf", "tar", "txt", "vcf", "wav", "xls", "xlsx", "zip",
})  # fmt: skip
IMAGES = frozenset(("png", "jpg", "gif", "webp", "avif", "svg"))
SOUNDS = frozenset(("mp3", "ogg", "flac", "m4a", "wav"))
FILMS = frozenset(("mp4", "webm", "mov"))
_BOMB = re.compile(rb"<!ENTITY|<use\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file of the export: its path from the export's folder, its kind, and its size in pixels if it is a picture.

    `why` is why a picture is not shown: "large" or "unclear"; empty if it is.
    """

    path: str
    ending: str
    width: int = -1
    height: int = -1
    why: str = ""

    @property
    def picture(self) -> bool:
        """Whether it can be shown as a picture."""
        return self.ending in IMAGES and not self.why

    @property
    def opens(self) -> bool:
        """Whether a link may lead to it: an SVG opened by itself is a document, and runs its scripts."""
        return self.ending != "svg"


FileKey = tuple[str, str]


class Pictures:
    """Puts the files of posts into an export, each once. `content` reads a file by its hash."""

    def __init__(self, target: ExportTarget, content: Callable[[str], bytes | None]) -> None:
        self.target = target
        self.content = content
        self.known: dict[FileKey, ExportedFile | None] = {}
        self.described: dict[str, bytes] = {}  # contents that were read for it, by path, until they are kept

    def keep(self, file: File) -> ExportedFile | None:
        """A file in the export; None if the archive does not hold it."""
        found, content = self.look(file)
        if found is not None and not self.target.has(found.path):
            content = content or self.described.pop(found.path, None)
            write(self.target, found.path, content or self.content(file.sha256 or "") or b"")
        return found

    def describe(self, file: File) -> ExportedFile | None:
        """What `keep` would answer; nothing is written."""
        found, content = self.look(file)
        if found is not None and content and not self.target.has(found.path):
            self.described[found.path] = content
            while sum(map(len, self.described.values())) > DESCRIBED:
                del self.described[next(iter(self.described))]
        return found

    def look(self, file: File) -> tuple[ExportedFile | None, bytes | None]:
        """What a file is, and its content if it had to be read for that."""
        key = key_of(file)
        if key is None:
            return None, None
        if key in self.known:
            return self.known[key], None
        if len(self.known) >= REMEMBERED:
            self.known.clear()
        content = self.content(key[0])
        self.known[key] = None if content is None else self.placed(file, exported(file, content))
        return self.known[key], content

    def placed(self, _file: File, found: ExportedFile) -> ExportedFile:
        """A file of the export at its place in it."""
        return found


@dataclass(slots=True)
class KnownFiles:
    """Files that somebody else has described, and puts into the export. `shown`: those that were asked for."""

    known: dict[FileKey, ExportedFile | None]
    shown: dict[FileKey, File] = field(default_factory=dict)

    def keep(self, file: File) -> ExportedFile | None:
        """A file in the export; None if the archive does not hold it."""
        key = key_of(file)
        found = None if key is None else self.known[key]
        if key is not None and found is not None:
            self.shown.setdefault(key, file)
        return found


def key_of(file: File) -> FileKey | None:
    """What tells files apart; None for one that no archive holds."""
    if file.sha256 is None or not re.fullmatch(r"[0-9a-f]{64}", file.sha256):
        return None
    return file.sha256, wished(file)


def exported(file: File, content: bytes) -> ExportedFile:
    """What a file is in an export."""
    ending = kind(content, wished(file), file.type)
    if ending == "svg" and file.kind != "image":
        ending = "bin"
    width, height, why = picture_size(content, ending)
    if ending == "svg" and why:
        ending = "bin"
    return ExportedFile(f"{FOLDER}/{file.sha256}.{ending}", ending, width, height, why)


def wished(file: File) -> str:
    """The ending that a file has on the forum."""
    name = file.name if re.search(r"\.\w{1,8}$", file.name.strip()) else file.url
    found = re.search(r"\.([A-Za-z0-9]{1,8})$", name.partition("?")[0].strip())
    if found is None:
        found = re.search(r"\.([A-Za-z0-9]{1,8})$", file.url.partition("?")[0])
    ending = found[1].lower() if found else ""
    return f"{'image' if file.kind == 'image' else 'file'}:{ending}"


def kind(content: bytes, wish: str, told: str) -> str:
    """The ending that fits a content."""
    for beginning, ending in BEGINNINGS:
        if content.startswith(beginning):
            return ending
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content[4:12] in (b"ftypavif", b"ftypavis"):
        return "avif"
    if content[4:8] == b"ftyp":
        return "m4a" if content[8:11] == b"M4A" else "mp4"
    ending = wish.partition(":")[2]
    if (told == "image/svg+xml" or ending == "svg") and b"<svg" in content[:4096].lower():
        return "svg"
    return ending if ending in HARMLESS else "bin"


def picture_size(content: bytes, ending: str) -> tuple[int, int, str]:
    """The size of a picture, and why it is not shown, if it is not."""
    if ending == "svg":
        bomb = len(content) > SVG_LARGEST or len(_BOMB.findall(content)) > 20 or b"<!ENTITY" in content.upper()
        return -1, -1, "large" if bomb else ""
    if ending not in IMAGES:
        return -1, -1, ""
    try:
        width, height = imagesize.get(io.BytesIO(content))
    except (ValueError, OSError, LookupError, ArithmeticError, TypeError, struct.error):  # whatever a broken one brings
        width, height = -1, -1
    if width <= 0 or height <= 0:
        return -1, -1, "unclear"
    return int(width), int(height), "large" if width * height > PIXELS else ""
