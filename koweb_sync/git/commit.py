"""Commits in the user's own name: of the files that are named, and of nothing else that lies or is staged there."""

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from koweb_sync import safe_files
from koweb_sync.errors import GitError, IdentityUnknown
from koweb_sync.git.process import literal
from koweb_sync.git.repo import Repo
from koweb_sync.git.words import name_printed, words
from koweb_sync.i18n import _

try:
    import pwd
except ImportError:  # on Windows
    pwd = None  # type: ignore[assignment]

LISTED = ("--pathspec-from-file=-", "--pathspec-file-nul")


def commit_files(repo: Repo, paths: Sequence[str], message: str) -> bool:
    """Commit what the work tree has at these paths, as the user; their hooks run. Whether there was anything to commit.

    Where it fails, what was staged is staged as before. Raises IdentityUnknown, or GitError for anything else.
    """
    if not paths:
        return False
    need_identity(repo)
    listed = pathspecs(paths)
    index = Path(repo.root, name_printed(repo.git("rev-parse", "--git-path", "index")).rstrip("\n"))
    before = content(index)
    stage(repo, paths)
    if not set(staged(repo)) & set(paths):
        return False  # only line ends, or times, are other ones
    ours, made = content(index), False
    try:
        done = repo.run("commit", "--quiet", "--message", message, "--only", *LISTED, given=listed)
        made = done.returncode == 0
    finally:
        if not made and content(index) == ours:  # else somebody else staged something meanwhile
            put_back(index, before)
    if made:
        return True
    raise GitError(
        _("The commit was not made, so nothing was published. git, or a hook of this repository, says: {why}").format(
            why=words(done)
        ),
        where=str(repo.root),
        remedy=_("Your files and what you had staged are as they were."),
    )


def stage(repo: Repo, paths: Sequence[str]) -> None:
    """Stage what the work tree has at these paths. What somebody took out of git already (git rm) is staged so."""
    tracked = set(name_printed(repo.git("ls-files", "-z")).split("\0"))
    there = [path for path in paths if path in tracked or os.path.lexists(repo.root / path)]
    if there:
        repo.git("add", "--all", *LISTED, given=pathspecs(there))


def pathspecs(paths: Sequence[str]) -> bytes:
    """Paths as git reads them from a list."""
    return b"\0".join(literal(path).encode("utf-8", "surrogateescape") for path in paths)


def content(file: Path) -> bytes | None:
    """What a file holds; None where there is none."""
    return file.read_bytes() if file.exists() else None


def put_back(file: Path, before: bytes | None) -> None:
    """A file as it was."""
    if before is None:
        file.unlink(missing_ok=True)
    else:
        safe_files.write(file.parent, file.name, before)


def need_identity(repo: Repo) -> None:
    """Raises IdentityUnknown, with the two commands to type, where git does not know in whose name to commit."""
    if knows_identity(repo):
        return
    name = configured(repo, "user.name") or full_name() or _("Your Name")
    email = configured(repo, "user.email") or _("you@example.org")
    raise IdentityUnknown(
        _("git does not know in whose name to commit. Nothing was committed, and nothing published."),
        remedy="\n".join(
            (
                _("Type these two lines, once, with your own name and address; then the same command again:"),
                f"  git config --global user.name {shlex.quote(name)}",
                f"  git config --global user.email {shlex.quote(email)}",
            )
        ),
    )


def knows_identity(repo: Repo) -> bool:
    """Whether git knows in whose name to commit."""
    return all(repo.run("var", f"GIT_{role}_IDENT").returncode == 0 for role in ("AUTHOR", "COMMITTER"))


def is_address(email: str) -> bool:
    """Whether a text may be somebody's e-mail address."""
    name, _at, host = email.rpartition("@")
    return bool(name and host) and not any(sign.isspace() for sign in email)


def set_identity(repo: Repo, name: str, email: str) -> None:
    """Tell git in whose name to commit in this repository."""
    repo.git("config", "--local", "user.name", name)
    repo.git("config", "--local", "user.email", email)
    repo.person = name.strip()


def configured(repo: Repo, name: str) -> str:
    """A setting of git; "" where it is not set."""
    return repo.git("config", "--get", name, fine=(0, 1)).decode("utf-8", "replace").strip()


def full_name() -> str:
    """How this computer calls its user; "" where it says no more than their login."""
    try:
        person = pwd.getpwuid(os.getuid())
    except (AttributeError, KeyError):  # Windows has no such list; a container may lack its user
        return ""
    name = person.pw_gecos.partition(",")[0].strip()
    return "" if name.casefold() == person.pw_name.casefold() else name


def staged_besides(repo: Repo, paths: Sequence[str]) -> tuple[str, ...]:
    """What somebody staged beside these paths: it stays staged, and in no commit of ours."""
    ours = set(paths)
    return tuple(path for path in staged(repo) if path not in ours)


def staged(repo: Repo) -> list[str]:
    """The paths whose content in the index is another one than in HEAD."""
    out = name_printed(repo.git("diff", "--cached", "--name-only", "--no-renames", "-z"))
    return [path for path in out.split("\0") if path]
