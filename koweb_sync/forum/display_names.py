"""How people are called: learnt from every answer that says it, asked for once where none does, and kept."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from koweb_sync import records, safe_files
from koweb_sync.errors import InputError

FILE = "names.json"
VERSION = 1


class DisplayNames:
    """Display names by username. The file may be deleted at any time; what is in it may be old."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.known = kept(self.path)
        self.saved = dict(self.known)

    def learn(self, told: Mapping[str, str]) -> None:
        """Take names, by username."""
        self.known |= told

    def of(self, username: str, ask: Callable[[str], str]) -> str:
        """The name of somebody; `ask` is called for nobody twice."""
        if username not in self.known:
            self.known[username] = ask(username)
            self.keep()
        return self.known[username]

    def keep(self) -> None:
        """Remember the names, if there are new ones. Where that cannot be done they are asked for again."""
        if self.known == self.saved:
            return
        with suppress(InputError):
            self.saved = dict(self.known)
            safe_files.write(self.path.parent, FILE, written(self.path, self.known), lasting=False)


def remembered(folder: Path) -> dict[str, str]:
    """The names that were kept in the folder of a forum."""
    return kept(folder / FILE)


def kept(path: Path) -> dict[str, str]:
    """The names that were kept; none where there is nothing to read. Raises KowebError for those of a newer version."""
    names = record(path).get("names")
    return {str(one): str(name) for one, name in names.items()} if isinstance(names, dict) else {}


def written(path: Path, names: Mapping[str, str]) -> bytes:
    """The file with these names in the place of its own."""
    return json.dumps({**record(path), "version": VERSION, "names": names}, ensure_ascii=False).encode()


def record(path: Path) -> records.RecordData:
    """What the file holds. The first ones had nothing but the names, and no version."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    if not isinstance(found.get("names"), dict):
        return {"names": found}
    return records.upgraded(found, str(path), VERSION)
