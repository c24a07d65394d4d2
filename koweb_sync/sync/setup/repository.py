"""A folder on this computer becomes a repository, for people who have never used git."""

from pathlib import Path

from koweb_sync import safe_files
from koweb_sync.config_file import FILE
from koweb_sync.errors import GitError, InputError
from koweb_sync.git.process import run
from koweb_sync.git.repo import Repo
from koweb_sync.git.words import words
from koweb_sync.i18n import _

BRANCH = "main"


def home_of_posts(text: str) -> Path:
    """The folder that somebody typed, where a forum's posts are to lie. Raises InputError for one that cannot be."""
    typed = text.strip()
    folder = Path(typed).expanduser() if typed else Path()
    if not folder.is_absolute():
        raise InputError(_("Write the whole path of the folder."), remedy=example())
    if folder.resolve() in (Path.home().resolve(), Path(folder.anchor)):
        raise InputError(
            _("This folder holds all your files: choose one in it, for the posts alone."),
            remedy=example(),
        )
    if folder.exists() and not folder.is_dir():
        raise InputError(_("This is a file, not a folder."), where=str(folder))
    if (folder / FILE).exists():
        raise InputError(
            _("There is a {file} already.").format(file=FILE),
            where=str(folder / FILE),
            remedy=_("This folder is set up already: start “koweb desk” in it, or choose another one."),
        )
    return folder


def example() -> str:
    """Which folder may be meant."""
    return _("For example: {folder}").format(folder=Path.home() / "forum")


def repository_at(folder: Path) -> Repo | None:
    """The repository around a folder; None where there is none. Raises InputError where git is not installed."""
    above = nearest(folder)
    if run(above, ("rev-parse", "--show-toplevel")).returncode != 0:
        return None
    return Repo.find(above)


def nearest(folder: Path) -> Path:
    """A folder, or the nearest one above it that is there."""
    return next(one for one in (folder, *folder.parents) if one.is_dir())


def identity_known(folder: Path) -> bool:
    """Whether git knows in whose name to commit in a folder, be it a repository or not."""
    return all(run(nearest(folder), ("var", f"GIT_{role}_IDENT")).returncode == 0 for role in ("AUTHOR", "COMMITTER"))


def begin(folder: Path) -> Repo:
    """The repository around a folder, which is made if it has to be. Raises InputError, GitError."""
    safe_files.folder(folder)
    found = repository_at(folder)
    if found is not None:
        return found
    done = run(folder, ("init", "--quiet", f"--initial-branch={BRANCH}"))
    if done.returncode != 0:
        raise GitError(_("git could not be set up here: {why}").format(why=words(done)), where=str(folder))
    return Repo.find(folder)
