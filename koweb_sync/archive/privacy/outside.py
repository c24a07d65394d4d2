"""What lies beside an archive and knows names too: exports within reach, and what this machine remembers of a forum."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from koweb_sync import safe_files
from koweb_sync.archive.names.aliases import Names, folded, plain
from koweb_sync.archive.names.redact import redact
from koweb_sync.errors import InputError
from koweb_sync.forum import names as remembered
from koweb_sync.forum.cache import machine_folder
from koweb_sync.i18n import _

MARK, SUMS = "koweb-export.json", "SHA256SUMS"  # an export is a folder with the first; the second names its files
TEXTS = frozenset({".csv", ".html", ".js", ".json", ".jsonl", ".md", ".svg", ".txt", ".xml"})


@dataclass(slots=True)
class Reached:
    """An export: `rewritten` are the files that were changed. `known` tells whether it is one that koweb made."""

    folder: Path
    known: bool
    rewritten: list[Path] = field(default_factory=list)


def rewrite(folder: Path, names: Names) -> Reached:
    """Put other names into the texts of an export, and the new checksums into its list. Raises InputError.

    Only files of the list are touched, and a folder without the mark not at all: nobody knows whose files those are.
    """
    if not folder.is_dir():
        raise InputError(_("There is no folder of that name."), where=str(folder))
    if not (folder / MARK).is_file() or not (folder / SUMS).is_file():
        return Reached(folder, known=False)
    done = Reached(folder, known=True)
    lines = []
    for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
        before, _gap, name = line.partition("  ")
        path = folder / name
        text = within(path, folder)
        as_noted = text and hashlib.sha256(path.read_bytes()).hexdigest() == before
        after = rewritten(folder, path, names) if text else None
        # What somebody changed since stays known as changed: else the next export would write over it.
        lines.append(f"{after if after and as_noted else before}  {name}")
        if after:
            done.rewritten.append(path)
    if done.rewritten:
        safe_files.write(folder, SUMS, "".join(f"{line}\n" for line in lines))
    return done


def within(path: Path, folder: Path) -> bool:
    """Whether a path of the list is a text inside of the folder."""
    inside = path.is_file() and not path.is_symlink() and folder.resolve() in path.resolve().parents
    return inside and path.suffix in TEXTS


def rewritten(folder: Path, path: Path, names: Names) -> str | None:
    """Put other names into a file of an export: its new checksum, None if nothing changed."""
    before = path.read_bytes()
    after = in_lines(before, names) if path.suffix == ".jsonl" else redacted(before, names)
    if after == before:
        return None
    safe_files.write(folder, path, after)
    return hashlib.sha256(after).hexdigest()


def in_lines(data: bytes, names: Names) -> bytes:
    """JSON lines with other names in them: within JSON's own quotes a name would not be seen."""
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError:
        return data
    return "\n".join(in_line(line, names) if line else line for line in lines).encode()


def in_line(line: str, names: Names) -> str:
    """One line. Where it is not written as we write JSON, it goes the way of any text."""
    try:
        value = json.loads(line)
    except ValueError:
        return redact(line, names)
    for separators in ((",", ":"), (", ", ": ")):
        if json.dumps(value, ensure_ascii=False, separators=separators) == line:
            return json.dumps(named(value, "", names), ensure_ascii=False, separators=separators)
    return redact(line, names)


def named(value: Any, key: str, names: Names) -> Any:
    """A value within JSON, under a key."""
    if isinstance(value, dict):
        return {name: named(one, name, names) for name, one in value.items()}
    if isinstance(value, list):
        return [named(one, key, names) for one in value]
    if not isinstance(value, str):
        return value
    alias = names.account(folded(value)) if key == "username" else None
    alias = names.shown(plain(value)) if key == "name" and alias is None else alias
    if alias is None:
        return redact(value, names)
    return alias.username if key == "username" else alias.name


def redacted(data: bytes, names: Names) -> bytes:
    """A file with other names in it; one that is no text stays as it is."""
    try:
        return redact(data.decode(), names).encode()
    except UnicodeDecodeError:
        return data


def memory(base: str) -> Path:
    """What this machine remembers of a forum."""
    return machine_folder(base)


def forget_remembered(base: str, names: Names) -> int:
    """Take people out of the names that a pull remembers, and say how many."""
    path = memory(base) / remembered.FILE
    known = remembered.kept(path)
    kept = {username: name for username, name in known.items() if not about(username, name, names)}
    if kept != known:
        safe_files.write(path.parent, path.name, remembered.written(path, kept))
    return len(known) - len(kept)


def about(username: str, name: Any, names: Names) -> bool:
    """Whether an entry is about somebody who is looked for."""
    return names.account(folded(username)) is not None or names.shown(plain(str(name))) is not None
