"""The one place where git is run: with no settings of the user's that would change what it prints, and with no key."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO

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
QUIET = tuple(word for setting in PLAIN for word in ("-c", setting))


def run(folder: Path, args: Sequence[str], given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """One git process. English messages, for we read them; no prompt where nobody can answer it."""
    return subprocess.run(
        ["git", *QUIET, *args], cwd=folder, env=environment(), capture_output=True, check=False, input=given
    )


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
