"""The file that a backup is: a tar, a compressed tar, or a compressed dump alone. Members are read where they lie.

No name in it leads anywhere: nothing is written. What no forum's backup holds (links, devices, names that lead out of
the archive, sizes that are not true, content that grows beyond measure) is refused all the same, for it is no backup.
"""

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Self

from koweb_sync.archive.backups.damage import damaged
from koweb_sync.errors import InputError
from koweb_sync.i18n import _
from koweb_sync.safe_text import line

BLOCK = 512
CHUNK = 2**18
GZIP = b"\x1f\x8b"
NAME = 64 * 1024  # bytes of a long name, or of what else a tar says about a member
GROWN, RATIO = 256 * 2**20, 300  # bytes that anything may hold, and how much more than it takes beyond that
FILES = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)
SAID = (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE)  # what stands before a member and says more of it


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a backup: its name, where its content begins, its size, and when it was written, in Unix seconds."""

    name: str
    offset: int
    size: int
    written: float


class Bounded(io.RawIOBase):
    """A part of a stream. `whole`: it must be as long as it says. Raises InputError where it is not."""

    def __init__(self, stream: BinaryIO, member: Member, where: str) -> None:
        super().__init__()
        self.stream, self.where = stream, where
        self.at, self.end = member.offset, member.offset + member.size

    def readable(self) -> bool:
        return True

    def readinto(self, into: "memoryview | bytearray") -> int:  # type: ignore[override]
        wanted = min(len(into), self.end - self.at)
        if wanted <= 0:
            return 0
        if self.stream.tell() != self.at:
            self.stream.seek(self.at)
        found = self.stream.read(wanted)
        if not found:
            raise damaged(self.where, _("it ends too early."))
        into[: len(found)] = found
        self.at += len(found)
        return len(found)

    def tell(self) -> int:
        return self.at


class Unpacked(io.RawIOBase):
    """What a compressed stream holds. Raises InputError where it is broken, or grows beyond measure."""

    def __init__(self, stream: BinaryIO, where: str) -> None:
        super().__init__()
        self.packed, self.where = stream, where
        self.start = stream.tell()
        self.reading = gzip.GzipFile(fileobj=stream, mode="rb")
        self.most = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place, by reading all that stands before it."""
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation
        if offset < self.reading.tell():
            self.reading.seek(0)
        skipped = bytearray(CHUNK)
        while (left := offset - self.reading.tell()) > 0:
            if not self.readinto(memoryview(skipped)[: min(left, CHUNK)]):
                break
        return self.reading.tell()

    def tell(self) -> int:
        return self.reading.tell()

    def readinto(self, into: "memoryview | bytearray") -> int:  # type: ignore[override]
        with broken(self.where):
            found = self.reading.read1(len(into))
        into[: len(found)] = found
        self.most = max(self.most, self.reading.tell())
        if self.most > GROWN and self.most > RATIO * max(1, self.packed.tell() - self.start):
            raise damaged(self.where, _("what it holds is larger than any forum compresses."))
        return len(found)


@contextmanager
def broken(where: str) -> Iterator[None]:
    """What cannot be unpacked within is said to be damaged."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise damaged(where, _("it ends too early, or part of it was changed on its way.")) from error


class Container:
    """An open backup. Its members become known while they are looked for; the list of them is read once."""

    def __init__(self, path: Path) -> None:
        self.where = str(path)
        self.file = opened(path)
        self.stream: BinaryIO = self.file
        self.packed = self.file.peek(2)[:2] == GZIP
        if self.packed:
            self.stream = io.BufferedReader(Unpacked(self.file, self.where), CHUNK)
        self.members: list[Member] = []
        self.next = 0
        self.plain = not self.is_tar()

    def again(self) -> "Container":
        """The same file, open once more: each open file stands at a place of its own. Known members stay known."""
        other = Container(Path(self.where))
        other.members, other.next = list(self.members), self.next
        return other

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def is_tar(self) -> bool:
        """Whether the file, or what it unpacks to, begins as a tar does."""
        self.stream.seek(0)
        first = self.stream.read(BLOCK)
        try:
            tarfile.TarInfo.frombuf(first, "utf-8", "surrogateescape")
        except tarfile.HeaderError:
            return False
        return True

    # ---- members

    def __iter__(self) -> Iterator[Member]:
        """The members, in their order. Raises InputError."""
        n = 0
        while True:
            while n < len(self.members):
                yield self.members[n]
                n += 1
            if not self.more():
                return

    def more(self) -> bool:
        """Read about one more member: whether there is one, or what is none."""
        if self.plain or self.next < 0:
            return False
        name, at = "", self.next
        while True:
            head = self.header(at)
            if head is None:
                self.next = -1
                return False
            at += BLOCK
            if head.type not in SAID:
                break
            if head.size > NAME:
                raise damaged(self.where, _("a name in it is longer than any is."))
            said = self.at(at, head.size)
            name = named(said, head.type) or name
            at += -(-head.size // BLOCK) * BLOCK
        self.take(head, name or head.name, at)
        return True

    def take(self, head: tarfile.TarInfo, name: str, at: int) -> None:
        """Note a member, if it is a file. Raises InputError for what no backup holds."""
        parts = PurePosixPath(name).parts
        if name.startswith("/") or ".." in parts or "\\" in name or "\0" in name:
            raise damaged(self.where, _("a name in it leads out of the backup: {name}").format(name=line(name)))
        if head.type == tarfile.XGLTYPE:
            self.next = at + -(-head.size // BLOCK) * BLOCK
            return
        if head.type not in (*FILES, tarfile.DIRTYPE):
            raise damaged(
                self.where, _("it holds a link or a device, which no backup does: {name}").format(name=line(name))
            )
        size = head.size if head.type in FILES else 0
        if size < 0:
            raise damaged(self.where, _("a size in it cannot be true."))
        self.next = at + -(-size // BLOCK) * BLOCK
        if head.type in FILES:
            self.members.append(Member(str(PurePosixPath(name)), at, size, float(head.mtime)))

    def header(self, at: int) -> tarfile.TarInfo | None:
        """What stands at a place; None at the end."""
        found = self.at(at, BLOCK, whole=False)
        if not found or not found.strip(b"\0"):
            return None
        try:
            return tarfile.TarInfo.frombuf(found, "utf-8", "surrogateescape")
        except tarfile.HeaderError as error:
            raise damaged(self.where, _("what should name a file in it does not.")) from error

    def at(self, place: int, size: int, *, whole: bool = True) -> bytes:
        """Some bytes of the tar."""
        self.stream.seek(place)
        found = self.stream.read(size)
        if len(found) < size and (whole or found):
            raise damaged(self.where, _("it ends too early."))
        return found

    def breaks_off(self) -> bool:
        """Whether the end of the tar is missing, as of a file whose download was cut off. All of it is only unpacked
        where its last bytes look so.
        """
        if self.plain:
            return False
        with opened(Path(self.where)) as file:  # where our own stands is its reader's affair
            size = file.seek(0, io.SEEK_END)
            file.seek(max(0, size - BLOCK))
            last = file.read(BLOCK)
        if int.from_bytes(last[-4:], "little") % BLOCK == 0 if self.packed else not last.strip(b"\0"):
            return False
        try:
            with self.again() as other:
                end = [one.offset + one.size for one in other]
        except InputError:
            return True
        return not self.packed and bool(end) and size <= -(-end[-1] // BLOCK) * BLOCK

    # ---- contents

    def open(self, member: Member) -> io.BufferedReader:
        """What a member holds, as it is there."""
        return io.BufferedReader(Bounded(self.stream, member, self.where), 2**16)

    def open_text(self, member: Member | None) -> io.BufferedReader:
        """What a member holds, unpacked; the whole file where it is no tar."""
        if member is None:
            self.stream.seek(0)
            return io.BufferedReader(Whole(self.stream), CHUNK)
        found = self.open(member)
        if found.peek(2)[:2] == GZIP:
            return io.BufferedReader(Unpacked(found, self.where), CHUNK)
        return found


class Whole(io.RawIOBase):
    """A stream that closing does not close."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self.stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, into: "memoryview | bytearray") -> int:  # type: ignore[override]
        found = self.stream.read(len(into))
        into[: len(found)] = found
        return len(found)


def opened(path: Path) -> io.BufferedReader:
    """The file. Raises InputError."""
    if not path.is_file():
        raise InputError(
            _("This is a folder, not a file.") if path.is_dir() else _("There is no such file."),
            where=str(path),
            remedy=_("Name the backup as it was downloaded from the forum (Admin → Backups)."),
        )
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(_("This file cannot be read."), where=str(path)) from error
    if not file.peek(1):
        file.close()
        raise damaged(str(path), _("the file is empty, its download broke off."))
    return file


def named(said: bytes, kind: bytes) -> str:
    """The name that stands before a member, where its own is too long for its place. Sizes are not taken from there:
    no backup has a file of 8 GB and more that is no part of a dump, and such ones say so in their own place.
    """
    if kind == tarfile.GNUTYPE_LONGNAME:
        return said.rstrip(b"\0").decode("utf-8", "surrogateescape")
    found = ""
    while said:
        length, _space, _rest = said.partition(b" ")
        if not length.isdigit() or not 0 < int(length) <= len(said):
            return found
        key, _equals, value = said[len(length) + 1 : int(length)].rstrip(b"\n").partition(b"=")
        if key == b"path":
            found = value.decode("utf-8", "surrogateescape")
        said = said[int(length) :]
    return found
