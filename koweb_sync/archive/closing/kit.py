"""What a kit knows of itself, in `koweb-kit.json`: whose it is, what was promised, how far it is, whether it is sealed.

While a kit is not sealed, its manifests may be behind its files: whoever is killed in between finds that here.
"""

import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from koweb_sync import records, safe_files
from koweb_sync.archive.exports import history
from koweb_sync.archive.exports.history import MadeExport
from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.store.location import FILE
from koweb_sync.errors import InputError
from koweb_sync.i18n import _

NOTE = "koweb-kit.json"
VERSION = 1
UNFINISHED = ".unfinished"  # behind the name of a kit: the folder in which it is made
SITE = "data/site"
EXPORTS = {"website": SITE, "jsonl": "data/jsonl", "md": "data/markdown"}
PRIVATE = "data/private"
ARCHIVE = f"{PRIVATE}/{FILE}"
EVENTS = "data/log.jsonl"
LETTER = "letter.md"  # where no repository has it
COPIED = "archive"  # the step that is to be done again when something was erased
CRATE = "data/ro-crate-metadata.json"


@dataclass(frozen=True, slots=True)
class Promises:
    """What is said to whoever reads a kit: whom to ask, until when it is kept, what may be done with the texts."""

    contact: str
    until: str = ""
    rights: str = ""


@dataclass(frozen=True, slots=True)
class Kit:
    """A kit. `archive`: when the forum entered the archive; `done`: the steps of a run that is to go on; `whole`: it
    was finished once; `sealed`: its manifests are those of its files. `public`: its exports hold only what everybody
    could read; `private`: the archive itself is in it; `letter`: the post file of the farewell; `letter_file` and
    `letter_text`: the sums of that file, and of its text, as koweb wrote them. `unfinished`: its archive was not read
    to its end; `incomplete`: something is missing or broken in that, so many posts of it as `lacking` says, and what
    `lacking_besides` names (`Verification.lacking`).
    """

    forum: str
    archive: int
    language: str
    zone: str
    promises: Promises
    public: bool = True
    pseudonyms: bool = False
    private: bool = True
    run: tuple[int, int] = (0, 0)
    done: tuple[str, ...] = ()
    whole: bool = False
    sealed: bool = False
    letter: str = ""
    letter_file: str = ""
    letter_text: str = ""
    unfinished: bool = False
    incomplete: bool = False
    lacking: int = 0
    lacking_besides: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def wanted(self) -> ArchiveFilter:
        """What its exports hold."""
        return ArchiveFilter(public=self.public)

    def same(self, other: "Kit") -> bool:
        """Whether two are made in the same way, so that what was done for one was done for the other."""
        names = ("forum", "archive", "language", "zone", "public", "pseudonyms", "private", "unfinished")
        return all(getattr(self, name) == getattr(other, name) for name in names)

    def export(self, root: Path, style: str) -> MadeExport:
        """One of its exports, as this machine notes it."""
        to = str((root / EXPORTS[style]).resolve())
        made = (self.forum, self.archive, self.run, style, self.language, self.pseudonyms, self.zone, self.wanted)
        return MadeExport(to, *made)


def write(root: Path, kit: Kit) -> Kit:
    """Write down what a kit is."""
    given = {one.name: getattr(kit, one.name) for one in fields(Kit) if one.name not in ("promises", "extra")}
    given |= {"version": VERSION, "promises": asdict(kit.promises), **kit.extra}
    safe_files.write(root, NOTE, json.dumps(given, ensure_ascii=False, sort_keys=True, indent=1) + "\n")
    return kit


def read(root: Path) -> Kit | None:
    """The kit in a folder; None where there is none. Raises KowebError for a damaged one, or a newer koweb's."""
    where = root / NOTE
    if where.is_symlink() or not where.is_file():
        return None
    given = records.read(where.read_bytes(), str(where), VERSION)
    with records.undamaged(str(where)):
        known = {one.name: given.pop(one.name) for one in fields(Kit) if one.name in given and one.name != "extra"}
        number, started = known.pop("run")
        promises = Promises(**known.pop("promises"))
        known |= {name: tuple(map(str, known.get(name, ()))) for name in ("done", "lacking_besides")}
        return Kit(**known, promises=promises, run=(int(number), int(started)), extra=given)


def around(path: Path) -> Path | None:
    """The kit that a file or a folder lies in."""
    return next((one for one in path.parents if one / "data" in (path, *path.parents) and is_noted(one)), None)


def is_noted(folder: Path) -> bool:
    """Whether a folder says that it is a kit; not where nobody may look."""
    try:
        return (folder / NOTE).is_file()
    except OSError:
        return False


def named(folder: Path) -> Path | None:
    """The kit that a folder is, or lies in."""
    whole = folder.resolve()
    return whole if is_noted(whole) else around(whole)


def exports_in(root: Path) -> list[Path]:
    """The exports of a kit that are rewritten where they lie. Raises InputError for a kit with an archive of its own,
    which says names that rewriting its exports would leave there.
    """
    if (root / ARCHIVE).exists():
        raise InputError(
            _("The kit holds an archive, which would go on naming them."),
            where=str(root),
            remedy=_("Erase in that one; the whole kit follows: --store {file}").format(
                file=shlex.quote(str(root / ARCHIVE))
            ),
        )
    return [root / path for path in EXPORTS.values() if (root / path).is_dir()]


def kits_of(exports: Iterable[MadeExport]) -> list[Path]:
    """The kits that some exports are in."""
    places = (around(one.local) for one in exports if one.local is not None)
    return list(dict.fromkeys(one for one in places if one is not None))


def unseal(root: Path) -> None:
    """Note that something is erased of what a kit is made of: its copy of the archive is behind, and its manifests."""
    kit = read(root)
    if kit is not None:
        write(root, replace(kit, sealed=False, done=tuple(one for one in kit.done if one != COPIED)))


def adopt(root: Path, kit: Kit) -> None:
    """Have this machine know the exports of a kit, wherever that was made: else nobody would make them again."""
    for style in EXPORTS:
        made = kit.export(root, style)
        if history.read(history.note(made.to)) is None:
            history.begin(made)
