"""The one door through which files are written: whole or not at all, and never through a link.

Whoever gives us a repository decides what lies in it, also where its links lead. So a file is written below a folder
that the user chose, `root`, and every step below it is taken without following a link: folder by folder, by their open
handles, so that nobody can put a link there in between (openat(2), O_NOFOLLOW). What is written goes to a name that
nobody can guess, beside its place, and takes that place when it is whole.
Where the system has no such handles, as on Windows, each folder is looked at first.
"""

import os
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO

from koweb_sync.errors import InputError
from koweb_sync.foreign_words import reason, what_to_do
from koweb_sync.i18n import _

PART = ".koweb-part-"  # what the name of a file begins with that is not whole yet; a kill may leave one
NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | NO_LINK
HANDLES = hasattr(os, "O_NOFOLLOW") and {os.open, os.mkdir, os.stat, os.unlink, os.rename} <= os.supports_dir_fd


@dataclass(frozen=True, slots=True)
class Spot:
    """A name in a folder. `handle`: of the open folder; None where the system has none, and `folder` is used."""

    folder: Path
    name: str
    handle: int | None

    @property
    def path(self) -> Path:
        """The whole path."""
        return self.folder / self.name

    def at(self, name: str) -> str | Path:
        """A name in the folder, as the functions of `os` take it together with `handle`."""
        return name if self.handle is not None else self.folder / name

    def look(self) -> os.stat_result | None:
        """What is there now; a link is not followed. None: nothing."""
        try:
            return os.stat(self.at(self.name), dir_fd=self.handle, follow_symlinks=False)
        except FileNotFoundError:
            return None


def write(
    root: Path,
    path: str | PurePath,
    data: bytes | str,
    *,
    mode: int | None = None,
    fresh: bool = False,
    lasting: bool = True,
) -> None:
    """Write a file, whole or not at all, into its place below `root`; missing folders are made.

    `mode`: its permissions; None keeps those of the file that is replaced, and gives a new one the user's usual ones.
    `fresh`: there must be nothing yet. `lasting`: on the disk when this returns. Raises InputError, in words and with
    the place: for a link or a folder on the way or in its place, for a path that leads out of `root`, and for what the
    disk complains about.
    """
    with writing(root, path, mode=mode, fresh=fresh, lasting=lasting) as out:
        out.write(data.encode() if isinstance(data, str) else data)


def output(path: Path, data: bytes | str, *, mode: int | None = None) -> None:
    """Write to a place that the user named, as `write` does. Within a repository its links are not followed, elsewhere
    they are the user's own, up to the file's folder. What is no file of a disk, as /dev/stdout, is just written to.
    """
    if is_stream(path):
        with understood(path), os.fdopen(os.open(path, os.O_WRONLY), "wb") as out:
            out.write(data.encode() if isinstance(data, str) else data)
        return
    write(*named(path), data, mode=mode)


def is_stream(path: Path) -> bool:
    """Whether it is a pipe, a terminal or another open end; what lies in memory below /dev is a file as any other."""
    full = path.absolute()
    end = full.parent in (Path("/dev"), Path("/dev/fd")) and path.is_symlink() and path.exists()
    return end or path.is_fifo() or (Path("/dev") in full.parents and path.is_char_device())


def named(path: Path) -> tuple[Path, PurePath]:
    """The folder below which no link is followed, of a place that the user named, and the way from there: the
    outermost repository around it, else the folder that it is in.
    """
    full = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
    around = [above for above in full.parents if os.path.lexists(above / ".git")]
    root = around[-1] if around else full.parent
    return root, full.relative_to(root)


def direct(path: Path) -> Path:
    """A place that the user named, to which no link within a repository leads. Raises InputError for another."""
    root, way = named(path)
    if os.path.lexists(root / ".git"):
        inside(root, way)
    return root / way


def inside(root: Path, path: str | PurePath) -> None:
    """Raises InputError where a way below `root` leads out of it, into .git, or over a link."""
    here = root
    for name in steps(root, path):
        here /= name
        if here.is_symlink():
            raise a_link(here)


class AlreadyThere(InputError):
    """Something is there already where there must be nothing yet."""


class PartialFile:
    """A file that is not in its place yet, to be written to."""

    def __init__(self, out: IO[bytes], place: Path) -> None:
        self.out = out
        self.place = place
        self.dropped = False

    def write(self, data: bytes) -> int:
        """Write more. Raises InputError for what the disk complains about."""
        with understood(self.place):
            return self.out.write(data)

    def flush(self) -> None:
        """Pass on what was written."""
        with understood(self.place):
            self.out.flush()

    def drop(self) -> None:
        """What was written is not wanted: what is in the place stays."""
        self.dropped = True


@contextmanager
def writing(
    root: Path, path: str | PurePath, *, mode: int | None = None, fresh: bool = False, lasting: bool = True
) -> Iterator[PartialFile]:
    """A file to be written piece by piece; see `write`. It takes its place when the context ends without an error.

    `lasting`: on the disk before it has its name. Without, only a crash of the whole machine can lose it.
    """
    full, part = Path(root) / path, f"{PART}{os.urandom(8).hex()}"
    with ExitStack() as after:
        with understood(full):
            place = after.enter_context(spot(root, path))
            before = allowed(place, fresh=fresh)
            keeps = before if mode is None else mode
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINK
            handle = os.open(place.at(part), flags, 0o666 if keeps is None else 0o600, dir_fd=place.handle)
            out = os.fdopen(handle, "wb")
            after.callback(end, out, place, part)
        made = PartialFile(out, full)
        yield made
        if made.dropped:
            return
        with understood(full):
            out.flush()
            if keeps is not None and hasattr(os, "fchmod"):
                os.fchmod(handle, keeps)
            if lasting:
                os.fsync(handle)
            out.close()
            put(place, part, fresh=fresh)


def put(place: Spot, part: str, *, fresh: bool) -> None:
    """Give a whole file its name; with `fresh`, only if nothing has that name by now. Raises OSError."""
    if fresh and place.handle is not None:
        try:
            os.link(part, place.name, src_dir_fd=place.handle, dst_dir_fd=place.handle, follow_symlinks=False)
        except FileExistsError:
            raise
        except OSError:  # a disk without hard links, as many USB sticks are
            allowed(place, fresh=True)
        else:
            return
    move = os.rename if fresh and place.handle is None else os.replace  # Windows' rename replaces nothing
    move(place.at(part), place.at(place.name), src_dir_fd=place.handle, dst_dir_fd=place.handle)


def end(out: IO[bytes], place: Spot, name: str) -> None:
    """Take away what has not got its place by now; a disk that complained of it may do so again where it is closed."""
    with suppress(OSError):
        out.close()
    with suppress(FileNotFoundError):
        os.unlink(place.at(name), dir_fd=place.handle)


def allowed(place: Spot, *, fresh: bool = False) -> int | None:
    """The permissions of the file that is there; None without one. Raises InputError for what is no plain file."""
    found = place.look()
    if found is None:
        return None
    if stat.S_ISLNK(found.st_mode):
        raise a_link(place.path)
    if not stat.S_ISREG(found.st_mode):
        raise something_else(_("A file should be here, but something else is."), place.path)
    if fresh:
        raise AlreadyThere(_("This file is there already."), where=str(place.path))
    return stat.S_IMODE(found.st_mode) & 0o777


def append(root: Path, path: str | PurePath, data: bytes, *, mode: int = 0o666, lasting: bool = True) -> None:
    """Add to the end of a file, as to a log, on the disk when this returns; made where it is missing.

    Raises InputError as `write` does.
    """
    with understood(Path(root) / path), spot(root, path) as place:
        allowed(place)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | NO_LINK
        with os.fdopen(os.open(place.at(place.name), flags, mode, dir_fd=place.handle), "ab") as out:
            out.write(data)
            out.flush()
            if lasting:
                os.fsync(out.fileno())


def add_line(root: Path, path: str | PurePath, line: str) -> bool:
    """Add a line to a text, such as .gitignore, unless it is there. Whether it had to be added.

    Raises InputError as `write` does, and for a line that is more than one: it would say what nobody meant.
    """
    if len(line.splitlines()) != 1 or any(unicodedata.category(sign) == "Cc" for sign in line):
        raise InputError(
            _("This is not one plain line: {line}.").format(line=ascii(line)), where=str(Path(root) / path)
        )
    before = read(root, path)
    if os.fsencode(line) in before.splitlines():
        return False
    gap = b"" if before.endswith(b"\n") or not before else b"\n"
    write(root, path, before + gap + os.fsencode(line) + b"\n")
    return True


def read(root: Path, path: str | PurePath) -> bytes:
    """The content of a file below `root`, no link followed; nothing where there is none. Raises InputError."""
    try:
        with understood(Path(root) / path, reading=True), spot(root, path, make=False) as place:
            if allowed(place) is None:
                return b""
            handle = os.open(place.at(place.name), os.O_RDONLY | NO_LINK, dir_fd=place.handle)
            with os.fdopen(handle, "rb") as content:
                return content.read()
    except Missing:
        return b""


def led_by_link(root: Path, path: str | PurePath) -> bool:
    """Whether a file below `root` is a link, or lies behind one."""
    here = Path(root)
    return any((here := here / name).is_symlink() for name in PurePath(path).parts)


def folder(root: Path, path: str | PurePath = "", *, mode: int = 0o777) -> Path:
    """Make a folder below `root`, and those above it; no link is followed. `root` itself is made, too.

    Raises InputError as `write` does. `mode`: of what is made.
    """
    full = Path(root) / path
    with understood(full), spot(root, PurePath(path) / "x", mode=mode):
        return full


def remove(root: Path, path: str | PurePath) -> None:
    """Take a file below `root` away, if it is there; of a link, the link itself. Raises InputError."""
    gone = suppress(FileNotFoundError)
    with suppress(Missing), understood(Path(root) / path), spot(root, path, make=False) as place, gone:
        os.unlink(place.at(place.name), dir_fd=place.handle)


# ---- the way there


class Missing(InputError):
    """A folder on the way is not there, and none is to be made."""


@contextmanager
def spot(root: Path, path: str | PurePath, *, make: bool = True, mode: int = 0o777) -> Iterator[Spot]:
    """The place of a file below `root`. Only `root` itself may be reached over links: the user named it."""
    parts = steps(Path(root), path)
    if make:
        Path(root).mkdir(parents=True, exist_ok=True, mode=mode)
    elif not Path(root).is_dir():
        raise Missing(_("There is no folder of that name."), where=str(root))
    if not HANDLES:
        here = Path(root)
        for name in parts[:-1]:
            here = checked(here / name, make=make, mode=mode)
        yield Spot(here, parts[-1], None)
        return
    where, handle = Path(root), os.open(root, FOLDER & ~getattr(os, "O_NOFOLLOW", 0))
    try:
        for name in parts[:-1]:
            where /= name
            below = entered(handle, where, make=make, mode=mode)
            os.close(handle)
            handle = below
        yield Spot(where, parts[-1], handle)
    finally:
        os.close(handle)


def steps(root: Path, path: str | PurePath) -> tuple[str, ...]:
    """The names on the way from `root` to a file. Raises InputError for a way that leads out, or into a .git."""
    given = PurePath(path)
    inside = given.relative_to(root) if given.is_absolute() and given.is_relative_to(root) else given
    odd = ".." in inside.parts or "\0" in str(inside) or any(part.casefold() == ".git" for part in inside.parts)
    if not inside.parts or inside.is_absolute() or odd:
        raise InputError(
            _("{path} leads out of the folder.").format(path=ascii(str(path))[1:-1]),
            where=str(root),
            remedy=_("Choose a place inside that folder."),
        )
    return inside.parts


def entered(handle: int, where: Path, *, make: bool, mode: int) -> int:
    """The handle of a folder in an open one. Raises InputError for a link or a file in its place."""
    for attempt in (make, False):
        try:
            return os.open(where.name, FOLDER, dir_fd=handle)
        except FileNotFoundError:
            if not attempt:
                raise Missing(_("There is no folder of that name."), where=str(where)) from None
            with suppress(FileExistsError):
                os.mkdir(where.name, mode, dir_fd=handle)
        except OSError as error:
            raise in_the_way(where, error) from error
    raise Missing(_("There is no folder of that name."), where=str(where))


def in_the_way(where: Path, error: OSError) -> Exception:
    """The error for what stands where a folder should; the disk's own complaint for anything else."""
    if where.is_symlink():
        return a_link(where)
    if where.exists() and not where.is_dir():
        return something_else(_("A folder should be here, but something else is."), where)
    return error


def checked(where: Path, *, make: bool, mode: int) -> Path:
    """A folder, on a system without handles. Raises InputError for a link or a file in its place."""
    real = where.parent.resolve() / where.name
    if where.is_symlink() or (where.exists() and where.resolve() != real.resolve(strict=False)):
        raise a_link(where)
    if where.exists():
        if not where.is_dir():
            raise something_else(_("A folder should be here, but something else is."), where)
        return where
    if not make:
        raise Missing(_("There is no folder of that name."), where=str(where))
    where.mkdir(exist_ok=True, mode=mode)
    return where


def something_else(text: str, where: Path) -> InputError:
    """The error for what is neither a file nor a folder as it should be."""
    return InputError(text, where=str(where), remedy=_("Move away what is there, or choose another place."))


def a_link(where: Path) -> InputError:
    """The error that names a link, and where it leads."""
    try:
        target = str(where.readlink())
    except OSError:
        target = "?"
    return InputError(
        _("This is a link to {target}: nothing is written or read through it.").format(target=ascii(target)[1:-1]),
        where=str(where),
        remedy=_("Remove the link and put a file or folder of its own there, if you trust who made it."),
    )


@contextmanager
def understood(where: Path, *, reading: bool = False) -> Iterator[None]:
    """What the disk complains about, in words."""
    try:
        yield
    except FileExistsError as error:
        raise AlreadyThere(_("This file is there already."), where=str(where)) from error
    except OSError as error:
        what = _("The file cannot be read: {why}.") if reading else _("The file cannot be written: {why}.")
        raise InputError(
            what.format(why=reason(error)),
            where=str(error.filename if isinstance(error.filename, str) and os.sep in error.filename else where),
            remedy=_("May you read it?") if reading else what_to_do(error),
        ) from error
