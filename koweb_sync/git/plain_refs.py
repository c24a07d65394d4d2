"""What git's own files say of refs, where they are kept in the oldest way (gitrepository-layout(5)): one file for each,
and one for those that were packed. Of every other repository, and whatever looks strange, git itself has to be asked.
"""

import re
from collections.abc import Iterable
from pathlib import Path

NAME = rb"\w[\w-]*(?:\.[\w-]+)*"
BRANCH = re.compile(rb"ref: refs/heads/(%s(?:/%s)*)\n" % (NAME, NAME))  # git keeps HEAD of newer kinds as “.invalid”


def branch(shared: Path, own: Path) -> str | None:
    """The branch that HEAD is on; None where only git can tell. The folders are those of a `Repo`."""
    head = own / "HEAD"
    if head.is_symlink() or not (shared / "refs" / "heads").is_dir():
        return None
    found = BRANCH.fullmatch(read(head))
    name = found[1].decode("ascii") if found else ""
    leads_on = bool(name) and read(shared / "refs" / "heads" / name).startswith(b"ref:")  # to another branch
    return None if leads_on else name or None


def has_none_below(shared: Path, prefix: str) -> bool:
    """Whether no ref begins so for certain: `prefix` is a folder of refs that all work trees share."""
    if not (shared / "refs" / "heads").is_dir() or any(one.is_file() for one in (shared / prefix).rglob("*")):
        return False
    return f" {prefix}".encode() not in read(shared / "packed-refs")


def folders_there(own: Path, names: Iterable[str]) -> list[str]:
    """Which of some folders of a work tree's own are there (gitrepository-layout(5)), such as that of a rebase."""
    return [name for name in names if (own / name).exists()]


def read(file: Path) -> bytes:
    """What a file holds; nothing where there is none that can be read."""
    try:
        return file.read_bytes()
    except OSError:
        return b""
