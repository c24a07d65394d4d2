"""The command that reads more of a forum into an archive, as it is typed from here: koweb.toml may name neither."""

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from koweb_sync.archive.place import VARIABLE, placed, within
from koweb_sync.config import Keeping
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from koweb_sync.cli.archive.location import ArchivePlace


def reading_command(place: "ArchivePlace", file: str = "", wishes: "Mapping[str, bool] | None" = None) -> str:
    """What asks the forum; with a `file`, as it is typed, what reads that backup. `wishes`: as it was begun."""
    from koweb_sync.cli.archive.held_forum import configured_here

    words = ["koweb archive"]
    words += [f"--from-backup {file}"] if file else []
    words += typed(place.settings.archive, wishes or {}, pictures=not file)
    words += [] if configured_here() else [f"--url {shlex.quote(place.settings.url)}"]
    return " ".join(words) + at_store(place)


def at_store(place: "ArchivePlace") -> str:
    """The option that names an archive, a space before it and without a password; empty where it is found without."""
    return "" if is_usual(place) else f" --store {shlex.quote(place.shown)}"


def more_to_read(place: "ArchivePlace", *, asked: bool, backup: bool) -> str:
    """What reads what is missing, in sentences. `asked`: the forum gives answers; `backup`: it was read from one."""
    command = reading_command(place)
    if asked:
        return _("“{command}” reads what is missing.").format(command=command)
    found = _("If the forum is still there, “{command}” reads what is missing.").format(command=command)
    if backup:
        file = reading_command(place, as_typed(None))
        found += " " + _("A newer backup, read by “{command}”, may have it, too.").format(command=file)
    return found


def typed(usual: Keeping, wishes: "Mapping[str, bool]", *, pictures: bool) -> list[str]:
    """The options that a reading was begun with, where koweb.toml does not say them. `pictures`: of people, too."""
    names = {"files": "images", "staff": "staff", "messages": "messages"} | ({"avatars": "avatars"} if pictures else {})
    known = {name: wishes[name] for name in names if wishes.get(name) in (True, False)}
    other = {names[name]: wish for name, wish in known.items() if wish != getattr(usual, name)}
    words = [f"--{name}" if wish else f"--no-{name}" for name, wish in other.items()]
    words += ["--public-only"] if wishes.get("public_only") and not usual.public_only else []
    return words + (["--chat"] if wishes.get("chat") else [])


def as_typed(file: Path | None) -> str:
    """A file as it is typed from here; FILE where there is none."""
    if file is None:
        return _("FILE")
    return shlex.quote(str(file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file))


def is_usual(place: "ArchivePlace") -> bool:
    """Whether an archive lies where the commands look for it unless somebody names another place."""
    from koweb_sync.cli.archive.held_forum import configured_here

    if configured_here():
        return place.store == placed(None, place.settings, place.root, lambda _what: True)
    return place.store == within(Path.cwd(), os.environ.get(VARIABLE) or Keeping().store)
