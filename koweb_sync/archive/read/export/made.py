"""Which exports were made on this machine, and of what: when somebody is forgotten, they are made again without them.

A note an export, in the user's data folder (XDG base directory specification). Never in the archive, nor in an export:
it says where things lie on this machine. An export without a note, such as one from elsewhere, is not made again.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from koweb_sync.archive.read.export.folder import MARK, mark
from koweb_sync.archive.read.export.run import STYLES, Style
from koweb_sync.archive.read.records import Wanted

SETS = ("topics", "categories", "tags")


@dataclass(frozen=True, slots=True)
class Made:
    """An export. `to`: its folder or address, `store`: where the archive lies, without a password, `forum`: the forum's
    address. `stale`: something was erased since, and the export may still hold it.
    """

    to: str
    store: str
    forum: str
    style: Style
    language: str
    pseudonyms: bool = False
    wanted: Wanted = field(default_factory=Wanted)
    stale: bool = False

    @property
    def local(self) -> Path | None:
        """Its folder, if it is on this machine."""
        return None if "://" in self.to else Path(self.to)


def folder(environ: Mapping[str, str] | None = None) -> Path:
    """Where the notes are."""
    env = os.environ if environ is None else environ
    return Path(env.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "koweb" / "exports"


def full(to: str) -> str:
    """A place by its whole name, the same from wherever it is named."""
    return to if "://" in to else str(Path(to).expanduser().resolve())


def note(to: str) -> Path:
    """The file of one export's note."""
    return folder() / f"{hashlib.sha256(to.encode()).hexdigest()[:16]}.json"


def secretive(to: str) -> bool:
    """Whether an address may hold a password or a key, which no file should."""
    parts = urlsplit(to) if "://" in to else None
    return parts is not None and bool(parts.query or "@" in parts.netloc)


def remember(made: Made) -> bool:
    """Write down an export; False where it cannot be, since its address may hold a secret, or the disk says no."""
    if secretive(made.to):
        return False
    given = asdict(made)
    given["wanted"] |= {name: sorted(given["wanted"][name]) for name in SETS}
    path = note(made.to)
    beside = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside.write_text(json.dumps(given, ensure_ascii=False, sort_keys=True), encoding="utf-8")
        beside.replace(path)
    except OSError:
        return False
    return True


def begin(made: Made) -> None:
    """Write down an export that begins: what was stale stays so until it is whole."""
    before = read(note(made.to))
    remember(replace(made, stale=before is not None and before.stale))


def made_of(store: str, forum: str) -> list[Made]:
    """The exports of one forum in an archive that are still there, by their names. Notes of others are forgotten."""
    found = []
    for path in sorted(folder().glob("*.json")):
        made = read(path)
        if made is None or (made.store, made.forum) != (store, forum):
            continue
        if there(made):
            found.append(made)
        else:
            path.unlink(missing_ok=True)
    return sorted(found, key=lambda one: one.to)


def read(path: Path) -> Made | None:
    """An export's note; None for what is none."""
    try:
        given: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        given["wanted"] |= {name: frozenset(given["wanted"][name]) for name in SETS}
        made = Made(**{**given, "wanted": Wanted(**given["wanted"])})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return made if made.style in STYLES and note(made.to) == path else None


def there(made: Made) -> bool:
    """Whether the export is still where it was; of what lies elsewhere that is not asked."""
    place = made.local
    if place is None:
        return True
    try:
        return (place / MARK).read_bytes() == mark(made.style, made.forum)
    except OSError:
        return False


def spoil(exports: list[Made]) -> list[Made]:
    """Note that something is erased, before it is: whoever is killed in between finds the note."""
    spoiled = [replace(one, stale=True) for one in exports]
    for one in spoiled:
        remember(one)
    return spoiled
