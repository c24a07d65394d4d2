"""The one place where git is run: with no settings of the user's that would change what it prints, and with no key."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from koweb_sync.errors import GitSilent
from koweb_sync.i18n import _
from koweb_sync.processes import within
from koweb_sync.redaction import is_secret

# What a user's settings would change about what git prints, or do besides.
PLAIN = (
    "core.quotePath=false",
    "gc.auto=0",
    "grep.patternType=basic",
    "i18n.logOutputEncoding=UTF-8",
    "log.showSignature=false",
    "maintenance.auto=false",
    "push.followTags=false",
    "push.recurseSubmodules=no",
    "submodule.recurse=false",
    "trailer.separators=:",
)
SECONDS = "KOWEB_GIT_SECONDS"  # the environment variable that says how long a git remote may take
QUIET = tuple(word for setting in PLAIN for word in ("-c", setting))


def run(
    folder: Path, args: Sequence[str], given: bytes = b"", patience: float | None = None
) -> subprocess.CompletedProcess[bytes]:
    """One git process. English messages, for we read them; no prompt where nobody can answer it.

    `patience`: the seconds that what talks with a git remote may take, else as the environment says, else no end.
    Raises GitSilent.
    """
    command = ["git", *QUIET, *args]
    seconds = (patience or allowed()) if talks(args) else None
    if seconds is None:
        return subprocess.run(command, cwd=folder, env=environment(), capture_output=True, check=False, input=given)
    try:
        return within(seconds, command, folder, environment(), given)
    except subprocess.TimeoutExpired:
        raise GitSilent(
            _("The git remote did not answer within {seconds} seconds.").format(seconds=round(seconds)),
            where=f"git {' '.join(args[:1])}",
            remedy=_("Try again in a while."),
        ) from None


def talks(args: Sequence[str]) -> bool:
    """Whether a git command talks with a git remote. Settings may stand before its name."""
    rest = args[2:] if args[:1] == ("-c",) else args
    return rest[0] in ("fetch", "ls-remote", "push")


def allowed() -> float | None:
    """The seconds that the environment allows for that; None for no end."""
    told = os.environ.get(SECONDS, "")
    return float(told) if told.isdecimal() and int(told) else None


def start(folder: Path, args: Sequence[str], errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """The same for a process that goes on: it is asked, and answers, through pipes; what it complains about is kept."""
    return subprocess.Popen(
        ["git", *QUIET, *args],
        cwd=folder,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
    )


def environment() -> dict[str, str]:
    """The environment of a git process."""
    kept = (name for name in os.environ if name not in ("LANGUAGE", "GIT_LITERAL_PATHSPECS") and not is_secret(name))
    env = {name: os.environ[name] for name in kept} | {"LC_ALL": "C"}
    if not os.isatty(2):
        env.setdefault("GIT_TERMINAL_PROMPT", "0")
    return env


def literal(path: str) -> str:
    """A path from the repository's root as git takes it after `--`, whatever signs it holds (gitglossary(7), pathspec):
    to git a plain “*” or “:” means every file.
    """
    return f":(top,literal){path}"
