"""Which notes of a vault are templates, by the settings of Obsidian that lie in it."""

import json
import posixpath
from pathlib import Path
from typing import Any

from koweb_sync import safe_files
from koweb_sync.errors import InputError

VAULT = ".obsidian"  # the folder that makes a folder a vault
LONGEST = 1024 * 1024  # bytes of a file of settings
# Obsidian's own Templates and Daily notes, and the plugin Templater: file of settings -> key.
SETTINGS = {
    "templates.json": "folder",
    "daily-notes.json": "template",
    "plugins/templater-obsidian/data.json": "templates_folder",
}


def templates(root: Path, vault: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The folders and notes (without `.md`) that a vault's settings name as templates, as paths from `root`; and files
    of settings that nobody can read. `vault`: the vault's path from there, "" for `root` itself.
    """
    found, unread = set[str](), []
    for name, key in SETTINGS.items():
        path = posixpath.join(vault, VAULT, name)
        try:
            said = settings(root, path).get(key)
        except (InputError, ValueError, RecursionError):
            unread.append(path)
            continue
        place = posixpath.normpath(said.strip().strip("/")).removesuffix(".md") if isinstance(said, str) else "."
        if place not in (".", "..") and not place.startswith("../"):
            found.add(posixpath.join(vault, place))
    return frozenset(found), tuple(unread)


def settings(root: Path, path: str) -> dict[str, Any]:
    """A file of settings; nothing where there is none. Raises InputError or ValueError for one that is none."""
    full = root / path
    if not full.is_file():
        return {}
    if full.stat().st_size > LONGEST:
        raise ValueError(path)
    found = json.loads(safe_files.read(root, path))
    if not isinstance(found, dict):
        raise ValueError(path)
    return found
