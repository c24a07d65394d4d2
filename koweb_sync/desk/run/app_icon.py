"""An icon among this computer's programs that opens the desk, so that nobody has to type a command for it.

Linux: a desktop entry in the user's own folder (freedesktop.org, Desktop Entry Specification 1.5), which menus read by
themselves. macOS: a file on the desktop that the Terminal opens. Guess: no Mac was at hand; that the Terminal owns
files called “.command” stands in Apple's shell scripting primer. Elsewhere there is none.
"""

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from koweb_sync import safe_files, trusted
from koweb_sync.i18n import _
from koweb_sync.processes import ourselves
from koweb_sync.sandbox.pages.routes import FOLDER as FORUM_PAGES

ENTRY = PurePath("applications", "koweb-desk.desktop")
SCRIPT = PurePath("Desktop", "koweb.command")
PICTURE = FORUM_PAGES / "cup.svg"
QUOTED = str.maketrans({sign: f"\\{sign}" for sign in '"`$\\'})
ESCAPED = str.maketrans({"\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r"})


@dataclass(frozen=True, slots=True)
class AppIcon:
    """Where the icon belongs on this computer: a file below `root`, and what it holds. `told`: that place in words."""

    root: Path
    path: PurePath
    text: str
    mode: int
    told: str

    @property
    def is_there(self) -> bool:
        """Whether somebody put it there."""
        return (self.root / self.path).is_file()

    def put(self) -> None:
        """Put it there, or bring it up to date. Raises InputError for what the disk complains about."""
        safe_files.write(self.root, self.path, self.text, mode=self.mode)

    def remove(self) -> None:
        """Take it away, if it is there. Raises InputError for what the disk complains about."""
        safe_files.remove(self.root, self.path)


def app_icon(system: str = sys.platform) -> AppIcon | None:
    """The icon of this computer; None on a system for which we know none."""
    command = [*ourselves(), "desk", "--browser"]
    if system == "linux":
        menu = _("in this computer's menu of applications")
        return AppIcon(trusted.data_folder().parent, ENTRY, entry(command, Path.home()), 0o644, menu)
    if system == "darwin":
        script = f"#!/bin/sh\ncd ~ && exec {shlex.join(command)}\n"
        return AppIcon(Path.home(), SCRIPT, script, 0o755, _("on the desktop of your Mac"))
    return None


def entry(command: Sequence[str], start: Path) -> str:
    """A desktop entry that runs a command in a folder, without a terminal."""
    facts = {
        "Type": "Application",
        "Version": "1.5",
        "Name": "koweb",
        "Comment": _("Write for your forum, publish, and see who waits"),
        "Exec": " ".join(map(argument, command)),
        "Path": str(start),
        "Icon": str(PICTURE),
        "Terminal": "false",
        "Categories": "Office;",
    }
    lines = [f"{name}={value.translate(ESCAPED)}" for name, value in facts.items()]
    return "\n".join(["[Desktop Entry]", *lines, ""])


def argument(word: str) -> str:
    """A word of a command, quoted so that it stays one; “%” would begin a code."""
    return f'"{word.translate(QUOTED)}"'.replace("%", "%%")
