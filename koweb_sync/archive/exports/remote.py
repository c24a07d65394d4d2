"""An export to a place that fsspec knows (`s3://…`, `memory://…`): the same rules as in a folder, as far as they go.

Object stores show a file when it is whole, so nothing is written beside its place first.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any
from urllib.parse import parse_qsl

import fsspec

from koweb_sync.archive.exports.folder import MARK, SUMS, ExportResult, Hashing, checked, mark, summed
from koweb_sync.archive.exports.origins import PageOrigin
from koweb_sync.errors import InputError
from koweb_sync.foreign_words import reason
from koweb_sync.i18n import _
from koweb_sync.posts.paths import parted
from koweb_sync.redaction import keep_secret


def without_secrets(url: str) -> str:
    """An address without what may be a password or a key."""
    return re.sub(r"(?<=//)[^/]*@", "", re.split(r"[?#]", url)[0])


@contextmanager
def understood(url: str) -> Iterator[None]:
    """What the other side complains about, in words."""
    try:
        parts = parted(url)
        if not parts.scheme:
            raise InputError(_("The address of the export cannot be read."))
        keep_secret(parts.password or "")
        for _name, value in parse_qsl(parts.query):
            keep_secret(value)
        yield
    except InputError:
        raise
    except Exception as error:
        # The drivers' errors have nothing in common: botocore's, aiohttp's and Azure's are no OSError.
        raise InputError(
            _("The export cannot be written: {why}.").format(why=reason(error)),
            where=without_secrets(url),
            remedy=_("Is the address right, is its driver installed, and may you write there?"),
        ) from error


def mark_at(url: str) -> bytes:
    """What says whose export is at an address, empty if there is none. Raises InputError where that cannot be seen."""
    with understood(url):
        files, root = fsspec.core.url_to_fs(url)
        place = f"{root.rstrip('/')}/{MARK}"
        return bytes(files.cat_file(place)) if files.exists(place) else b""


class Remote:
    """A place behind an address. Raises InputError where it cannot be reached, or holds something else."""

    def __init__(self, url: str, style: str, forum: str, *, force: bool = False) -> None:
        self.url = url
        self.mark = mark(style, forum)
        self.done = ExportResult()
        self.now: dict[str, bytes] = {}
        with understood(self.url):
            self.files, self.root = fsspec.core.url_to_fs(url)
            self.root = self.root.rstrip("/")
            self.before = self.enter(force=force)
        self.begun = False

    def enter(self, *, force: bool) -> dict[str, bytes]:
        """The files of an earlier export."""
        if not self.files.exists(self.root) or not self.files.ls(self.root, detail=False):
            return {}
        place = f"{self.root}/{MARK}"
        said = self.files.cat_file(place) if self.files.exists(place) else b""
        if said != self.mark and not force:
            raise InputError(
                _("The folder holds another export.") if said else _("The folder is not empty, and holds no export."),
                where=without_secrets(self.url),
                remedy=_("Name another folder, or write into this one with --force; only what is ours is replaced."),
            )
        sums = f"{self.root}/{SUMS}"
        text = self.files.cat_file(sums).decode() if said and self.files.exists(sums) else ""
        return summed(text.splitlines())

    def put(self, name: str, content: bytes) -> None:
        """Write one of our own notes."""
        with self.files.open(f"{self.root}/{name}", "wb") as out:
            out.write(content)

    @contextmanager
    def file(self, path: str) -> Iterator[IO[bytes]]:
        """Write a file."""
        place = f"{self.root}/{checked(path)}"
        with understood(self.url):
            if not self.begun:
                self.files.makedirs(self.root, exist_ok=True)
                self.put(MARK, self.mark)
                self.begun = True
            self.files.makedirs(place.rpartition("/")[0], exist_ok=True)
            with self.files.open(place, "wb") as raw:
                out: Any = Hashing(raw)
                yield out
        self.now[path] = out.sum.digest()
        self.done.bytes += out.size
        self.done.written += self.now[path] != self.before.get(path)

    def kept(self, path: str, content: bytes) -> bool:  # noqa: ARG002 - to look what is there takes as long as to write
        """Keep a file that holds this content already: never, for nobody tells what is there now."""
        return False

    def stays(self, path: str, of: bytes) -> PageOrigin | None:  # noqa: ARG002 - for the same reason
        """Keep a file that an earlier export made of the same: never."""
        return None

    def made(self, path: str, of: bytes, shown: tuple[int, ...] = ()) -> None:
        """Nothing is noted: every file is made again."""

    def has(self, path: str) -> bool:
        """Whether this export has written a file."""
        return path in self.now

    def finish(self) -> ExportResult:
        """Remove what is ours and not in this export, and write down what is."""
        with understood(self.url):
            for path in self.before.keys() - self.now.keys():
                place = f"{self.root}/{path}"
                if self.files.exists(place):
                    self.files.rm_file(place)
                    self.done.removed += 1
            self.put(SUMS, "".join(f"{sum_.hex()}  {path}\n" for path, sum_ in sorted(self.now.items())).encode())
        self.done.files = len(self.now)
        return self.done
