"""Bringing commits into the branch that is checked out: at once where they merge, else with git's own cherry-pick."""

import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from koweb_sync.config import Settings
from koweb_sync.errors import GitError, InputError
from koweb_sync.git import Repo, Sha, words
from koweb_sync.i18n import _


def ready(repo: Repo) -> None:
    """Raises InputError where something unfinished would be mixed with what a pull brings."""
    doing = unfinished(repo)
    if doing:
        raise InputError(
            _("A {what} is under way in this repository.").format(what=doing),
            where=str(repo.root),
            remedy=_("Finish or abort it first; “git status” says how."),
        )
    staged = repo.git("diff", "--cached", "--name-only", "-z").decode("utf-8", "surrogateescape")
    if staged:
        raise InputError(
            _("Changes are staged and not committed: {paths}").format(
                paths=", ".join(staged.split("\0")[:5]).strip(", ")
            ),
            where=str(repo.root),
            remedy=_("Commit them first (git commit), or set them aside (git stash)."),
        )


def unfinished(repo: Repo) -> str:
    """What git operation waits for its end, "" for none."""
    names = {"MERGE_HEAD": "merge", "CHERRY_PICK_HEAD": "cherry-pick", "REVERT_HEAD": "revert"}
    folders = {"rebase-merge": "rebase", "rebase-apply": "rebase", "sequencer": "cherry-pick"}
    return next((what for name, what in {**names, **folders}.items() if (repo.own / name).exists()), "")


def picking(repo: Repo) -> bool:
    """Whether a cherry-pick waits for its end."""
    return unfinished(repo) == "cherry-pick"


def conflicted(repo: Repo) -> tuple[str, ...]:
    """Paths that a person has to resolve: those that git holds unmerged."""
    out = repo.git("diff", "--name-only", "--diff-filter=U", "-z").decode("utf-8", "surrogateescape")
    return tuple(path for path in out.split("\0") if path)


def marked(repo: Repo, paths: Sequence[str]) -> tuple[str, ...]:
    """Those files that still hold git's marks."""
    found = []
    for path in paths:
        full = repo.root / path
        text = full.read_bytes() if full.is_file() else b""
        if any(line.startswith((b"<<<<<<< ", b">>>>>>> ")) for line in text.splitlines()):
            found.append(path)
    return tuple(found)


def forward(repo: Repo, new: Sha) -> None:
    """Move the branch, index and work tree to a commit on top of HEAD, in one step of git's."""
    done = repo.run("-c", "core.hooksPath=/dev/null", "merge", "--ff-only", "--quiet", new)
    if done.returncode != 0:
        text = words(done)
        raise InputError(
            _("git does not let the edits in: {why}").format(why=text),
            where=str(repo.root),
            remedy=_("Commit or set aside (git stash) what you changed, then pull again."),
        )


def pick(repo: Repo, settings: Settings, commits: Sequence[Sha]) -> tuple[str, ...]:
    """Cherry-pick commits. Returns the paths in conflict; git's usual state then waits for a person."""
    with driver(repo, settings) as flags:
        done = repo.run(*flags, "cherry-pick", "--allow-empty", "--keep-redundant-commits", *commits)
    paths = conflicted(repo)
    if done.returncode != 0 and not paths:
        raise GitError(_("git {command} failed: {why}").format(command="cherry-pick", why=words(done)))
    return paths


def go_on(repo: Repo, settings: Settings) -> tuple[str, ...]:
    """Finish a cherry-pick whose conflicts are resolved, and those after it. Returns the paths in the next conflict."""
    with driver(repo, settings) as flags:
        if (repo.own / "CHERRY_PICK_HEAD").exists():
            repo.git(*flags, "commit", "--allow-empty", "--no-edit", "--quiet", "--cleanup=strip")
        if (repo.own / "sequencer").exists():
            done = repo.run(*flags, "cherry-pick", "--continue")
            paths = conflicted(repo)
            if done.returncode != 0 and not paths:
                raise GitError(_("git {command} failed: {why}").format(command="cherry-pick", why=words(done)))
            return paths
    return ()


@contextmanager
def driver(repo: Repo, settings: Settings) -> Iterator[tuple[str, ...]]:
    """git's options for our merge of post files, so that nobody has to configure anything."""
    out = repo.git("config", "--type=path", "--get", "core.attributesFile", fine=(0, 1)).decode().rstrip("\n")
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    theirs = Path(out) if out else home / "git" / "attributes"
    folder = repo.shared / "koweb"
    folder.mkdir(exist_ok=True)
    ours = folder / "attributes"
    where = "" if settings.posts == "." else f"{settings.posts}/"
    lines = theirs.read_text(encoding="utf-8", errors="surrogateescape") if theirs.is_file() else ""
    ours.write_text(f'{lines}\n"{where}**/*.md" merge=koweb\n', encoding="utf-8", errors="surrogateescape")
    command = f"{shlex.quote(sys.executable)} -m koweb_sync merge-driver %O %A %B %P"
    yield (
        "-c",
        f"core.attributesFile={ours}",
        "-c",
        "merge.koweb.name=koweb",
        "-c",
        f"merge.koweb.driver={command}",
        "-c",
        "core.editor=true",
        *identity(repo),
    )


def identity(repo: Repo) -> tuple[str, ...]:
    """A committer for git where it knows none, as in CI."""
    if repo.git("var", "GIT_COMMITTER_IDENT", fine=(0, 128)):
        return ()
    return ("-c", "user.name=koweb-sync", "-c", "user.email=koweb-sync@localhost")
