"""Where we are: the repository around the current folder, its settings, and paths as they were typed."""

import os
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import click

from koweb_sync import config
from koweb_sync.cli.output import say
from koweb_sync.config import Settings
from koweb_sync.errors import InputError
from koweb_sync.git.process import literal
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.posts.paths import folders_of
from koweb_sync.spelling import nearest, nfc


def workspace(forum: str | None = None) -> tuple[Repo, Settings]:
    """The repository around the current folder, and the settings of one forum."""
    repo = Repo.find(Path.cwd())
    settings = config.load(repo.root, forum=forum)
    settings = replace(settings, posts=spelled(repo.root, settings.posts))
    repo.posts = settings.posts
    return repo, settings


def repository_paths(repo: Repo, paths: Iterable[str]) -> tuple[str, ...]:
    """Paths as the user gave them (from the current folder) as paths from the repository's root."""
    found = []
    for path in paths:
        full = Path(os.path.normpath(Path.cwd().resolve() / path))
        if full != repo.root.resolve() and repo.root.resolve() not in full.parents:
            raise click.BadParameter(_("{path} is outside of the repository.").format(path=path))
        relative = spelled(repo.root, full.relative_to(repo.root.resolve()).as_posix())
        found.append("" if relative == "." else relative)
    return tuple(found)


def spelled(root: Path, path: str) -> str:
    """A path as it stands on the disk, where its accents were typed in another form; as it was given elsewhere."""
    place = PurePosixPath()
    for part in PurePosixPath(path).parts:
        names = () if os.path.lexists(root / place / part) or part.isascii() else names_in(root / place)
        place /= next((name for name in names if nfc(name) == nfc(part)), part)
    return place.as_posix()


def names_in(folder: Path) -> list[str]:
    """What a folder holds; nothing where it cannot be read."""
    try:
        return sorted(one.name for one in folder.iterdir())
    except OSError:
        return []


def chosen_paths(repo: Repo, paths: Iterable[str]) -> tuple[str, ...]:
    """The paths of `--only`: of what is there, or once was. Raises a usage error for what git never had: a typo would
    look as if there were nothing new.
    """
    found = repository_paths(repo, paths)
    for given, path in zip(paths, found, strict=True):
        if path and not os.path.lexists(repo.root / path) and not ever_had(repo, path):
            raise click.BadParameter(
                _("There is no {path} here, and git never had it.").format(path=given), param_hint="--only"
            )
    return found


def outside_posts(repo: Repo, settings: Settings, path: str, remedy: str, option: str = "") -> InputError:
    """The error about a path that is not in the folder of the post files. `option`: the one that names a folder, so
    that one of theirs whose name is like that is proposed.
    """
    posts = repo.root / settings.posts
    below = [one.relative_to(repo.root).as_posix() for one in posts.rglob("*") if one.is_dir()] if option else []
    known = [settings.posts, *below, *(f"{settings.posts}/{one}" for one in folders_of(settings.categories))]
    near = nearest(path, known) if option else ""
    return InputError(
        _("{path} is not in the folder of the post files, {posts}.").format(path=path or ".", posts=settings.posts),
        remedy=_("Did you mean “{command}”?").format(command=f"{option} {shlex.quote(near)}") if near else remedy,
    )


def ever_had(repo: Repo, path: str) -> bool:
    """Whether a commit of any branch holds a change of a file or folder, given from the root."""
    return bool(repo.git("log", "--all", "--max-count=1", "--format=%H", "--", literal(path)).strip())


def name_no_branch(repo: Repo, commits: Sequence[str]) -> None:
    """Say that new commits are on no branch, where that is so: git forgets them once something else is checked out."""
    if commits and repo.branch() is None:
        say(_("You are on no branch: “git switch -c NAME” keeps these commits."), fg="yellow")
