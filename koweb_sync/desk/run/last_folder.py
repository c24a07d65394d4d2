"""The folder in which the desk was open last: who types “koweb desk” anywhere else finds their texts again."""

import os
from contextlib import suppress
from pathlib import Path

from koweb_sync import safe_files
from koweb_sync.config_file import find
from koweb_sync.errors import InputError
from koweb_sync.forum.machine import machine_home
from koweb_sync.sync.setup.repository import repository_at

FILE = "desk-folder"


def remember(folder: Path) -> None:
    """Note where the desk is open; where that cannot be written nobody is led back."""
    with suppress(InputError):
        safe_files.write(machine_home(), FILE, os.fsencode(folder.absolute()), lasting=False)


def remembered() -> Path | None:
    """Where it was open last, if that folder is still set up."""
    try:
        said = safe_files.read(machine_home(), FILE)
    except InputError:
        return None
    folder = Path(os.fsdecode(said))
    return folder if said and folder.is_absolute() and is_set_up(folder) else None


def is_set_up(folder: Path) -> bool:
    """Whether a folder lies in a repository with a koweb.toml."""
    around = repository_at(folder) if folder.is_dir() else None
    return around is not None and find(around.root, folder) is not None
