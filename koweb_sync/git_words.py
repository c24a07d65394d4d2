"""What git says where it fails, as an error to show."""

import re
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess

from koweb_sync.errors import GitError
from koweb_sync.i18n import _

# Why a ref was not moved, where the reason is that somebody else moved it.
ELSEWHERE = (
    "stale info",
    "fetch first",
    "non-fast-forward",
    "cannot lock ref",
    "failed to update ref",
    "failed to lock",
)


def words(done: CompletedProcess[bytes]) -> str:
    """What git said on stderr, on one line and without a password that a URL may hold."""
    text = " ".join(done.stderr.decode("utf-8", "replace").split())
    return re.sub(r"\b(\w+://)[^/@\s]+@", r"\1", text)


def failure(args: Sequence[str], done: CompletedProcess[bytes]) -> GitError:
    """The error for a git command that failed."""
    text = words(done) or str(done.returncode)
    before = ("", *args)  # options of git's own stand before the command; -c has a value
    command = next(word for was, word in zip(before, args, strict=False) if was != "-c" and not word.startswith("-"))
    return GitError(
        _("git {command} failed: {why}").format(command=command, why=text),
        remedy=_("Check that git works here: the same command by hand tells more.")
        if command in ("fetch", "push", "ls-remote")
        else "",
    )


def missing_object(sha: str, root: Path) -> GitError:
    """The error for an object that should be in the repository, and is not."""
    return GitError(
        _("git lacks the object {sha}.").format(sha=sha),
        where=str(root),
        remedy=_("This clone is incomplete or damaged: clone the repository anew beside it, and try there."),
    )


def refusal(done: CompletedProcess[bytes]) -> tuple[str, bool]:
    """Why a push of one ref was refused, by its line of --porcelain, and whether the git remote itself refused it.

    What a hook on the git remote prints stands on stderr and decides nothing. "" where no ref was refused.
    """
    rows = (line.split("\t") for line in done.stdout.decode("utf-8", "replace").splitlines() if line.startswith("!\t"))
    reason = next((row[2] for row in rows if len(row) == 3), "")
    return reason.partition("(")[2].removesuffix(")") or reason, reason.startswith("[remote rejected]")


def not_taken(ref: str, remote: str, done: CompletedProcess[bytes]) -> GitError:
    """The error for a ref that the git remote does not take."""
    reason, _theirs = refusal(done)
    said = " ".join(part.strip() for part in re.findall(r"remote: (.*?)(?= remote: | error: |$)", words(done)))
    return GitError(
        _("The git remote does not take the bookmark {ref}: {why}").format(
            ref=ref, why="; ".join(filter(None, (reason, said)))
        ),
        where=remote,
        remedy=_(
            "Ask who runs it to allow that; or keep the bookmark on a branch: write bookmark = "
            '"koweb/NAME" into koweb.toml.'
        ),
    )


def name_printed(printed: bytes) -> str:
    """What git prints of names: their bytes need not be UTF-8."""
    return printed.decode("utf-8", "surrogateescape")
