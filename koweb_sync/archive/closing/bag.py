"""A bag as BagIt means it (RFC 8493): manifests with the sums of every file, written while the files are read once.

The reference library keeps all sums in memory and moves files into a bag of its own making; a forum of some hundred
thousand pages needs neither.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from koweb_sync import safe_files
from koweb_sync.errors import InputError
from koweb_sync.foreign_words import reason
from koweb_sync.i18n import _

SUMS = ("sha256", "sha512")
PAYLOAD = "data"
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
INFO = "bag-info.txt"
COUNTED = ("Payload-Oxum", "Bag-Size")
PIECE = 2**20
LOGS = ("-wal", "-shm", "-journal")  # what lies beside a SQLite file only while it is open


def seal(root: Path, info: Mapping[str, str], tags: Iterable[str]) -> tuple[int, int]:
    """Write the manifests of a bag: how many files its payload has, and how many bytes. `info` is for bag-info.txt,
    `tags` are further files beside the payload. Raises InputError where a file cannot be read or written.
    """
    files = size = 0
    with ExitStack() as stack:
        manifests = {name: stack.enter_context(safe_files.writing(root, f"manifest-{name}.txt")) for name in SUMS}
        for path in payload(root):
            found, length = sums(root / path)
            for name, out in manifests.items():
                out.write(line(found[name], path))
            files, size = files + 1, size + length
    safe_files.write(root, "bagit.txt", DECLARATION)
    told = {**info, "Payload-Oxum": f"{size}.{files}", "Bag-Size": in_words(size)}
    safe_files.write(root, INFO, "".join(f"{key}: {' '.join(value.split())}\n" for key, value in told.items() if value))
    listed = sorted({"bagit.txt", INFO, *(f"manifest-{name}.txt" for name in SUMS), *tags})
    for name in SUMS:
        text = b"".join(line(sums(root / path)[0][name], path) for path in listed)
        safe_files.write(root, f"tagmanifest-{name}.txt", text)
    return files, size


def info_of(root: Path) -> dict[str, str]:
    """What a bag's bag-info.txt says, without what `seal` counts. Raises InputError where it cannot be read."""
    with understood(root / INFO):
        lines = (root / INFO).read_text(encoding="utf-8", errors="replace").splitlines()
    told = (line.partition(": ") for line in lines)
    return {key: value for key, _colon, value in told if value and key not in COUNTED}


def payload(root: Path) -> Iterator[str]:
    """The files of the payload, by their paths from the bag, sorted within each folder. What a kill left goes."""
    waiting = [PAYLOAD]
    while waiting:
        here = waiting.pop()
        with understood(root / here), os.scandir(root / here) as found:
            entries = sorted((one.name, one.is_dir(follow_symlinks=False)) for one in found)
        waiting += [f"{here}/{name}" for name, folder in reversed(entries) if folder]
        for name, folder in entries:
            if name.startswith(safe_files.PART):
                safe_files.remove(root, f"{here}/{name}")
            elif not folder and not name.endswith(LOGS):
                yield f"{here}/{name}"


def sums(path: Path) -> tuple[dict[str, str], int]:
    """The sums of a file, and its size."""
    found = {name: hashlib.new(name, usedforsecurity=False) for name in SUMS}
    size = 0
    with understood(path), path.open("rb") as content:
        while piece := content.read(PIECE):
            size += len(piece)
            for one in found.values():
                one.update(piece)
    return {name: one.hexdigest() for name, one in found.items()}, size


def line(digest: str, path: str) -> bytes:
    """A line of a manifest (RFC 8493, section 2.1.3)."""
    written = path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")
    return f"{digest}  {written}\n".encode()


def in_words(size: int) -> str:
    """A size as bag-info.txt has it."""
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size //= 1000
    return f"{size} TB"


class understood:  # noqa: N801 - a context manager, cheaper than a generator for each of many files
    """What the disk complains about, in words."""

    def __init__(self, where: Path) -> None:
        self.where = where

    def __enter__(self) -> None:
        """Nothing is prepared."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Raises InputError for an error of the disk."""
        if isinstance(error, OSError):
            why = reason(error)
            raise InputError(_("The kit cannot be read: {why}.").format(why=why), where=str(self.where)) from error
