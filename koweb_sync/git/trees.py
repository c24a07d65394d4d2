"""The files of a commit, read from its trees by the git that stays: none is started for them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NewType

from koweb_sync.git.objects import ObjectReader
from koweb_sync.git.words import missing_object, name_printed

Sha = NewType("Sha", str)

TOP = "^{tree}"  # of a commit
FOLDER = "040000"
ENTRY = re.compile(rb"([0-7]+) ([^\0]+)\0")  # then the object's name, in bytes
KINDS = {0o04: FOLDER, 0o10: "100644", 0o12: "120000"}  # by the first bits of a mode; every other one is a submodule


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One path of a commit's tree. `mode` is git's: 100644, 100755, 120000 (a symbolic link), 160000 (a submodule)."""

    path: str
    mode: str
    sha: Sha


def files(objects: ObjectReader, commit: str, root: Path) -> Iterator[TreeEntry]:
    """Every file of a commit, in git's order, as “git ls-tree -r” lists them. Raises GitError where a tree is not
    there, or is none; `root` says of which repository.
    """
    top = f"{commit}{TOP}"
    trees: dict[str, list[TreeEntry]] = {}
    wanted = [top]
    while wanted:
        for name, found in zip(wanted, objects.read(wanted), strict=True):
            if found is None or found.kind != "tree":
                raise missing_object(name.removesuffix(TOP), root)
            trees[name] = entries(found.content, len(found.sha) // 2, name, root)
        below = (one.sha for name in wanted for one in trees[name] if one.mode == FOLDER)
        wanted = [sha for sha in dict.fromkeys(below) if sha not in trees]
    waiting = [("", one) for one in reversed(trees[top])]
    while waiting:  # folders may lie in each other deeper than Python calls itself
        folder, one = waiting.pop()
        if one.mode == FOLDER:
            waiting += [(f"{folder}{one.path}/", each) for each in reversed(trees[one.sha])]
        else:
            yield TreeEntry(f"{folder}{one.path}", one.mode, one.sha)


def entries(content: bytes, size: int, name: str, root: Path) -> list[TreeEntry]:
    """What one tree holds; `size` is how many bytes the name of an object has."""
    found, at = [], 0
    while at < len(content):
        head = ENTRY.match(content, at)
        at = head.end() + size if head else len(content) + 1
        if head is None or at > len(content):
            raise missing_object(name.removesuffix(TOP), root)
        found.append(TreeEntry(name_printed(head[2]), mode(int(head[1], 8)), Sha(content[head.end() : at].hex())))
    return found


def mode(bits: int) -> str:
    """A mode as git lists it: of a file it keeps whether it is a program, and of old repositories nothing else."""
    kind = KINDS.get(bits >> 12, "160000")
    return "100755" if kind == "100644" and bits & 0o100 else kind
