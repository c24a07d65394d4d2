"""What names people stays out of git: whatever lies in a repository is shared with everybody who may read that."""

import os
import re
from pathlib import Path

from koweb_sync import safe_files
from koweb_sync.cli.output import say
from koweb_sync.errors import InputError
from koweb_sync.git.process import literal
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _


def keep_out_of_git(path: Path, *, ending: str = "", force: bool = False) -> str:
    """Add a file or folder that names people to the .gitignore of its repository: its name there; "" where no
    repository is around it, or git ignores it already. `ending`: of the pattern, such as * for what lies beside a file.

    Raises InputError where git tracks it already, which no pattern changes; `force` goes on all the same.
    """
    root, inside = safe_files.named(path)
    name = inside.as_posix()
    if not os.path.lexists(root / ".git"):
        return ""
    try:
        repo = Repo.find(root)
    except InputError:  # what git does not take for a repository
        return ""
    if tracked(repo, name):
        if not force:
            raise InputError(
                _("git tracks {path}, so what names people would be read by all who read the repository.").format(
                    path=name
                ),
                where=str(root),
                remedy=_("Name another place."),
            )
        say(_("git tracks {path}, which names people: do not push it.").format(path=name), fg="yellow")
        return ""
    if ignored(repo, name):
        return ""
    return name if safe_files.add_line(root, ".gitignore", f"/{pattern(name)}{ending}") else ""


def keep_private(path: Path, *, force: bool = False) -> None:
    """`keep_out_of_git`, and say so."""
    if name := keep_out_of_git(path, force=force):
        say(
            _("{file} was added to {ignore}: it names people, and belongs in no repository.").format(
                file=name, ignore=".gitignore"
            )
        )


def tracked(repo: Repo, name: str) -> bool:
    """Whether git tracks a file, or anything in a folder."""
    return bool(repo.git("ls-files", "-z", "--cached", "--", literal(name)))


def ignored(repo: Repo, name: str) -> bool:
    """Whether git leaves a file or folder out already."""
    return repo.run("check-ignore", "--quiet", "--no-index", "--", name).returncode == 0


def pattern(name: str) -> str:
    """A path as .gitignore means it literally. Raises InputError for one that no line of it can say."""
    return re.sub(r"([\\*?\[]| $)", r"\\\1", name)
