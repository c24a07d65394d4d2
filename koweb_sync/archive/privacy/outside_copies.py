"""What lies beside an archive and knows names too: exports within reach, and what this machine remembers of a forum."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from koweb_sync import safe_files
from koweb_sync.archive.exports.export import ATTACHED, EXPORTS, FileKind, about_nobody, kinds_in
from koweb_sync.archive.exports.folder import MARK, SUMS, format_of
from koweb_sync.archive.names.aliases import ReplacedNames, folded, plain_name
from koweb_sync.archive.privacy.forgetting_progress import ForgettingSteps
from koweb_sync.errors import InputError, KowebError
from koweb_sync.foreign_words import reason
from koweb_sync.forum import display_names as remembered
from koweb_sync.forum.machine import machine_folder
from koweb_sync.i18n import _
from koweb_sync.registry import BrokenUnit, UnknownUnit


@dataclass(slots=True)
class Reached:
    """An export: `rewritten` are the files that were changed. `known` tells whether it is one that koweb made.

    `unclear` is why not all of it was changed: nobody here knows its format, or it may not be written.
    """

    folder: Path
    known: bool
    rewritten: list[Path] = field(default_factory=list)
    unclear: KowebError | None = None


def reached(folder: Path, names: ReplacedNames) -> Reached:
    """Put other names into an export, as far as it may be read and written. Raises InputError for no folder."""
    try:
        return rewrite(folder, names)
    except OSError as error:
        why = InputError(_("Not all of it can be read and written: {why}.").format(why=reason(error)))
        return Reached(folder, known=True, unclear=why)


def rewrite(folder: Path, names: ReplacedNames) -> Reached:
    """Put other names into the files of an export, and the new checksums into its list. Raises InputError.

    Only files of the list are touched, and a folder without the mark not at all: nobody knows whose files those are.
    """
    if not folder.is_dir():
        raise InputError(_("There is no folder of that name."), where=str(folder))
    if not (folder / MARK).is_file() or not (folder / SUMS).is_file():
        return Reached(folder, known=False)
    done = Reached(folder, known=True)
    try:
        kinds = kinds_in(folder)
    except (UnknownUnit, BrokenUnit) as error:
        kinds, done.unclear = {kind.suffix: kind for kind in ATTACHED}, error
    about = about_of(folder)
    lines = []
    noted = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    steps = ForgettingSteps("rewriting exports", len(noted))
    for line in steps.through(noted):
        before, _gap, name = line.partition("  ")
        path = folder / name
        if about(name, names) and within(path, folder):
            safe_files.remove(folder, name)
            with suppress(OSError):  # something else is in its folder
                path.parent.rmdir()
            done.rewritten.append(path)
            continue
        kind = kinds.get(path.suffix) if within(path, folder) else None
        as_noted = kind and hashlib.sha256(path.read_bytes()).hexdigest() == before
        after = rewritten(folder, path, kind, names) if kind else None
        # What somebody changed since stays known as changed: else the next export would write over it.
        lines.append(f"{after if after and as_noted else before}  {name}")
        if after:
            done.rewritten.append(path)
    steps.end()
    if done.rewritten:
        safe_files.write(folder, SUMS, "".join(f"{line}\n" for line in lines))
    return done


def is_folder(path: Path) -> bool:
    """Whether there is a folder, as far as anybody may look."""
    try:
        return path.is_dir()
    except OSError:
        return False


def about_of(folder: Path) -> Callable[[str, ReplacedNames], bool]:
    """What tells which files of an export are about one person alone."""
    with suppress(UnknownUnit, BrokenUnit):
        if (style := format_of(folder)) is not None:
            return EXPORTS.get(style).about
    return about_nobody


def within(path: Path, folder: Path) -> bool:
    """Whether a path of the list is a file inside of the folder."""
    return path.is_file() and not path.is_symlink() and folder.resolve() in path.resolve().parents


def rewritten(folder: Path, path: Path, kind: FileKind, names: ReplacedNames) -> str | None:
    """Put other names into a file of an export: its new checksum, None if nothing changed, or nothing can be."""
    before = path.read_bytes()
    after = before if kind.renamed is None else kind.renamed(before, names)
    if after == before:
        return None
    safe_files.write(folder, path, after)
    return hashlib.sha256(after).hexdigest()


def memory(base: str) -> Path:
    """What this machine remembers of a forum."""
    return machine_folder(base)


def forget_remembered(base: str, names: ReplacedNames) -> int:
    """Take people out of the names that a pull remembers, and say how many."""
    path = memory(base) / remembered.FILE
    known = remembered.kept(path)
    kept = {username: name for username, name in known.items() if not about(username, name, names)}
    if kept != known:
        safe_files.write(path.parent, path.name, remembered.written(path, kept))
    return len(known) - len(kept)


def about(username: str, name: Any, names: ReplacedNames) -> bool:
    """Whether an entry is about somebody who is looked for."""
    return names.account(folded(username)) is not None or names.shown(plain_name(str(name))) is not None
