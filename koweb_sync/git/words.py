"""What git says where it fails, as an error to show."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from subprocess import CompletedProcess

from koweb_sync.errors import GitError, InputError
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
    """The error for a git command that failed: what it means in our words, then what git says itself."""
    text = words(done) or str(done.returncode)
    before = ("", *args)  # options of git's own stand before the command; -c has a value
    command = next(word for was, word in zip(before, args, strict=False) if was != "-c" and not word.startswith("-"))
    ours, remedy = meaning(text)
    said = _("git {command} says: {why}").format(command=command, why=text)
    return GitError(ours or _("git cannot do what is needed here."), remedy=f"{remedy} ({said})".strip())


def meaning(text: str) -> tuple[str, str]:
    """What the commonest words of git's errors mean, and what to do; empty for what we do not know."""
    for signs, ours, remedy in reasons():
        if any(sign in text for sign in signs):
            return ours, remedy
    return "", ""


def reasons() -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Words of git and of the programs that it starts (git 2.30 to 2.51, OpenSSH, curl), what they mean, what to do."""
    yield (
        (".lock': File exists", "Another git process seems to be running"),
        _("Another git command is at work in this repository, or one was cut off."),
        _("Wait until it ends. If none runs, delete the file with .lock that is named here."),
    )
    yield (
        ("Could not resolve host", "Failed to connect", "timed out", "Network is unreachable", "Connection refused"),
        _("The git remote cannot be reached."),
        _("Are you online? Try again later."),
    )
    yield (
        ("Authentication failed", "could not read Username", "could not read Password", "Permission denied (publickey"),
        _("The git remote does not let you in."),
        _("“git pull” by hand asks for your name and password, or says which key is missing."),
    )
    yield (
        ("Repository not found", "does not appear to be a git repository", "Could not read from remote repository"),
        _("There is no repository at the address of the git remote, or you may not see it."),
        _("“git remote -v” shows the address."),
    )
    yield (
        ("No space left on device", "Disk quota exceeded"),
        _("The disk is full. Make room, then try again."),
        "",
    )
    yield (
        ("Permission denied", "Read-only file system"),
        _("git may not read or write here."),
        _("Look at who owns the folder, and its permissions."),
    )


def no_repository(start: str, text: str) -> InputError:
    """The error for a folder that git takes for no repository."""
    if found := re.search(r"safe\.directory (.+)$", text):
        return InputError(
            _("This repository belongs to somebody else on this computer, so git does not open it."),
            where=start,
            remedy=_("If you trust what is in it, type: git config --global --add safe.directory {path}").format(
                path=found[1]
            ),
        )
    return InputError(
        _("This folder is not in a git repository."),
        where=start,
        remedy=_("Go to your repository, or make one with “git init”."),
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
