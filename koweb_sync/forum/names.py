"""How people are called: learnt from every answer that says it, asked for once where none does, and kept."""

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

FILE = "names.json"


class Names:
    """Display names by username. The file may be deleted at any time; what is in it may be old."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.known = kept(self.path)

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
        """Remember the names. Where that cannot be done they are asked for again."""
        beside = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps(self.known, ensure_ascii=False), encoding="utf-8")
            beside.replace(self.path)


def kept(path: Path) -> dict[str, str]:
    """The names that were kept; none where there is nothing to read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(one): str(name) for one, name in found.items()} if isinstance(found, dict) else {}
