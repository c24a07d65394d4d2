"""What the pages of an export were made of: where that is the same again, a page stays as it is.

A digest stands for all that a page is made of: what the archive says, for whom, in which language, by which koweb. They
are a note of this machine, beside that of the export (`history`), and never in it; whoever has none makes every page.
"""

import hashlib
import pickle
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import koweb_sync
from koweb_sync import dates, safe_files
from koweb_sync.errors import InputError
from koweb_sync.i18n import active

_LINE = re.compile(r"([0-9a-f]{64}) ([0-9a-f]{64}) ([0-9,]*) (.+)")


@dataclass(frozen=True, slots=True)
class PageOrigin:
    """What a page was made of, and the hash of the page itself. `shown`: which of its posts' files it shows."""

    of: bytes
    digest: bytes
    shown: tuple[int, ...] = ()


@dataclass(slots=True)
class PageOrigins:
    """The origins of an export's pages: those of an earlier one, and those of this one; none without a note."""

    note: Path | None = None
    before: dict[str, PageOrigin] = field(default_factory=dict)
    now: dict[str, PageOrigin] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read what is noted."""
        self.before = dict(noted(self.note)) if self.note is not None else {}

    def keep(self) -> None:
        """Note them. Where that cannot be, the earlier note stays: it is true for each page that is as it says."""
        if self.note is None or not (self.before or self.now):
            return
        with suppress(OSError, InputError), safe_files.writing(self.note.parent, self.note) as out:
            for path, one in self.now.items():
                shown = ",".join(map(str, one.shown))
                out.write(f"{one.of.hex()} {one.digest.hex()} {shown} {path}\n".encode())


def noted(note: Path) -> Iterator[tuple[str, PageOrigin]]:
    """The origins in a note, by the paths of the pages; none where it cannot be read."""
    with suppress(OSError, UnicodeDecodeError), note.open(encoding="utf-8") as lines:
        for line in lines:
            if found := _LINE.fullmatch(line.removesuffix("\n")):
                shown = tuple(map(int, filter(None, found[3].split(","))))
                yield found[4], PageOrigin(bytes.fromhex(found[1]), bytes.fromhex(found[2]), shown)


def digest(*given: object) -> bytes:
    """What stands for some values. Those that are equal have the same one, whether or not they are one in memory."""
    total = hashlib.sha256()
    pickler = pickle.Pickler(SimpleNamespace(write=total.update), pickle.HIGHEST_PROTOCOL)
    pickler.fast = True
    pickler.dump(given)
    return total.digest()


def surroundings(*given: object) -> bytes:
    """What stands for all that is the same for every page of an export: some values, the language, the zone, koweb."""
    return digest(koweb(), active(), str(dates.zone()), dates.minute(0), given)


@cache
def koweb() -> bytes:
    """What stands for this koweb: its own files, for there are many of one version."""
    root = Path(koweb_sync.__file__).parent
    total = hashlib.sha256(koweb_sync.__version__.encode())
    for one in sorted(root.rglob("*")):
        if one.is_file() and one.suffix != ".pyc":
            total.update(f"{one.relative_to(root)}\n".encode() + one.read_bytes())
    return total.digest()
