"""Which exports were made on this machine, and of what: when somebody is forgotten, they are made again without them.

A note an export, in the user's data folder (XDG base directory specification). Never in the archive, nor in an export:
it says where things lie on this machine. An export without a note, such as one from elsewhere, is not made again.

An export may hold what an archive does not: so it is made again only of the archive that it came from, wherever that
lies now, and only if the archive knows the run that the export shows; and not if somebody changed files in it.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from koweb_sync import records, safe_files
from koweb_sync.archive.exports.folder import MARK, earlier, sha
from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.store.rows import first, sql, value
from koweb_sync.errors import InputError
from koweb_sync.foreign_words import reason
from koweb_sync.i18n import _
from koweb_sync.posts.paths import parted
from koweb_sync.trusted import data_folder

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable

VERSION = 1  # of a note
SETS = ("topics", "categories", "tags")
SECRETIVE = "@?#"  # what an address has where it may hold a password or a key
ExportState = Literal["there", "removed", "away"]


@dataclass(frozen=True, slots=True)
class MadeExport:
    """An export. `to`: its folder or address, `forum`: the forum's address, `style`: its format.

    `archive`: when the forum entered the archive, in microseconds, which no other archive of it shares. `run`: number
    and start of the newest run that the export shows. `zone`: in which its readers read times. `spoiled`: how often
    something was erased since it was made. `extra`: what its note says that this koweb does not know; it stays there.
    """

    to: str
    forum: str
    archive: int
    run: tuple[int, int]
    style: str
    language: str
    pseudonyms: bool = False
    zone: str = "UTC"
    wanted: ArchiveFilter = field(default_factory=ArchiveFilter)
    spoiled: int = 0
    extra: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def local(self) -> Path | None:
        """Its folder, if it is on this machine."""
        return None if "://" in self.to else Path(self.to)


KEYS = tuple(one.name for one in fields(MadeExport) if one.name not in ("wanted", "extra"))

# ---- where an export comes from


def origin(connection: "Readable", forum: int) -> tuple[int, tuple[int, int]]:
    """The archive, and its newest run, as `Made` names them."""
    added = value(connection, sql("SELECT added AS it FROM forums WHERE id = ?", forum))
    run = first(connection, sql("SELECT n, started FROM runs WHERE forum = ? ORDER BY n DESC LIMIT 1", forum))
    return int(added), (0, 0) if run is None else (int(run["n"]), int(run["started"]))


def shows(connection: "Readable", forum: int, made: MadeExport) -> bool:
    """Whether an archive holds all that an export can show: it is the same, and not an older copy."""
    added, _newest = origin(connection, forum)
    number, started = made.run
    known = sql("SELECT 1 AS it FROM runs WHERE forum = ? AND n = ? AND started = ?", forum, number, started)
    return added == made.archive and (not number or first(connection, known) is not None)


# ---- notes


def folder() -> Path:
    """Where the notes are."""
    return data_folder() / "exports"


def full(to: str) -> str:
    """A place by its whole name, the same from wherever it is named."""
    if parted(to).scheme in ("file", "local"):
        import fsspec

        return str(Path(fsspec.core.url_to_fs(to)[1]).resolve())
    return to if "://" in to else str(Path(to).expanduser().resolve())


def note(to: str) -> Path:
    """The file of one export's note."""
    return folder() / f"{hashlib.sha256(os.fsencode(to)).hexdigest()[:16]}.json"


def origins(to: str) -> Path:
    """The note of what the pages of an export were made of."""
    return note(to).with_suffix(".origins")


@contextmanager
def alone() -> Iterator[None]:
    """Nobody else changes notes meanwhile. Raises OSError or InputError where none can be kept."""
    from filelock import FileLock

    safe_files.folder(folder(), mode=0o700)
    with FileLock(folder() / "lock"):
        yield


@contextmanager
def writing(to: str) -> Iterator[None]:
    """Nobody else writes this export meanwhile. Raises InputError if somebody does."""
    from filelock import FileLock, Timeout

    try:
        safe_files.folder(folder(), mode=0o700)
        lock = FileLock(note(to).with_suffix(".lock"))
        lock.acquire(blocking=False)
    except Timeout as error:
        raise InputError(
            _("Another koweb is writing this export."), where=to, remedy=_("Wait until it is done, then try again.")
        ) from error
    except (OSError, InputError):  # no data folder: then nothing is noted, and nobody makes this export again
        yield
        return
    try:
        yield
    finally:
        lock.release()


def write(made: MadeExport) -> None:
    """Write a note, whole or not at all."""
    wanted = asdict(made.wanted)
    wanted |= {name: sorted(wanted[name]) for name in SETS}
    given = {name: getattr(made, name) for name in KEYS} | {"version": VERSION, "wanted": wanted, **made.extra}
    safe_files.write(folder(), note(made.to), json.dumps(given, sort_keys=True))


def read(path: Path) -> MadeExport | None:
    """An export's note; None for what is none. Raises KowebError for one that a newer koweb wrote: that export would
    keep what is to be forgotten.
    """
    try:
        given: dict[str, Any] = json.loads(path.read_bytes())
        records.supported(given.pop("version", records.FIRST), str(path), VERSION)
        asked = given.pop("wanted")
        wanted = ArchiveFilter(**{**asked, **{name: frozenset(asked[name]) for name in SETS}})
        number, started = given.pop("run")
        known = {name: given.pop(name) for name in KEYS if name in given}
        made = MadeExport(**known, wanted=wanted, run=(int(number), int(started)), extra=given)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return made if note(made.to) == path else None


def begin(made: MadeExport) -> int | None:
    """Note an export before it is written, and answer how often it was spoiled until now; None: it cannot be noted,
    since its address may hold a secret, or there is no data folder.

    An earlier note stays until the export is whole: who kills us leaves the earlier export, or some of both.
    """
    if "://" in made.to and any(sign in made.to for sign in SECRETIVE):
        return None
    try:
        with alone():
            before = read(note(made.to))
            if before is None:
                write(made)
    except (OSError, InputError):
        return None
    return before.spoiled if before else 0


def finish(made: MadeExport, spoiled: int) -> bool:
    """Note that an export is whole. False if something was erased while it was written: it stays spoiled.

    Where that cannot be noted, the earlier note stays.
    """
    late = False
    with suppress(OSError, InputError), alone():
        before = read(note(made.to))
        late = before is not None and before.spoiled > spoiled
        write(replace(made, spoiled=before.spoiled if before and late else 0))
    return not late


def keep(made: MadeExport) -> None:
    """Note an export as it is. Nothing where no note can be kept."""
    with suppress(OSError, InputError), alone():
        write(made)


def move(made: MadeExport, to: str) -> None:
    """Note an export where it will be, too."""
    keep(replace(made, to=to))
    with suppress(OSError, InputError):
        safe_files.write(folder(), origins(to), origins(made.to).read_bytes())


def spoil(exports: Iterable[MadeExport]) -> None:
    """Note that something is being erased that exports may hold: whoever is killed in between finds the note.

    Raises InputError if that cannot be: nothing may be erased that would stay there unknown.
    """
    try:
        with alone():
            for one in exports:
                now = read(note(one.to))
                if now is not None:
                    write(replace(now, spoiled=now.spoiled + 1))
    except (OSError, InputError) as error:
        why = error.message.rstrip(".") if isinstance(error, InputError) else reason(error)
        raise InputError(
            _("It cannot be noted which exports are to be made again: {why}.").format(why=why),
            where=str(folder()),
            remedy=_("See that you may write there, then try again."),
        ) from error


def made_of(archive: int, forum: str) -> list[MadeExport]:
    """The exports of one forum in an archive, by their names, wherever they are now."""
    notes = (read(path) for path in folder().glob("*.json"))
    mine = (one for one in notes if one and (one.archive, one.forum) == (archive, forum))
    return sorted(mine, key=lambda one: one.to)


def drop(made: MadeExport) -> None:
    """Forget an export that is no more."""
    with suppress(OSError, InputError), alone():
        safe_files.remove(folder(), note(made.to))
        safe_files.remove(folder(), origins(made.to))


# ---- exports as they are now


def state(made: MadeExport) -> ExportState:
    """Whether an export is there, was removed, or cannot be seen now: its disk or its server may come back."""
    place = made.local
    try:
        if place is None:
            from koweb_sync.archive.exports.remote import mark_at

            return "there" if ours(mark_at(made.to), made.forum) else "removed"
        if place.is_dir():
            mark = place / MARK
            return "there" if mark.is_file() and ours(mark.read_bytes(), made.forum) else "removed"
        # Where a disk is to be mounted, nothing else lies.
        return "removed" if place.parent.is_dir() and any(place.parent.iterdir()) else "away"
    except (InputError, OSError):
        return "away"


def ours(mark: bytes, forum: str) -> bool:
    """Whether a folder's mark is that of an export of this forum, of whatever kind."""
    try:
        said = json.loads(mark)
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("forum") == forum


def changed(made: MadeExport) -> list[str]:
    """The files of an export that somebody changed since."""
    place = made.local
    if place is None:
        return []
    return [path for path, digest in earlier(place).items() if digest and sha(place / path) not in (digest, b"")]
