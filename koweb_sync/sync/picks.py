"""Bringing commits into the branch that is checked out: at once where they merge, else with git's own cherry-pick."""

import os
import shlex
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from koweb_sync.config import Settings
from koweb_sync.errors import GitError, InputError
from koweb_sync.git import Repo, Sha, words
from koweb_sync.i18n import _

# What a user's git settings would make of a plain fast-forward: nothing staged only, no stash, no ignored file lost.
FORWARD = ("--ff-only", "--quiet", "--no-squash", "--no-autostash", "--no-verify-signatures", "--no-overwrite-ignore")
MARKS = (b"<<<<<<< ", b"||||||| ", b">>>>>>> ")


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
            _("Changes are staged and not committed: {paths}.").format(
                paths=", ".join(staged.split("\0")[:5]).strip(", ")
            ),
            where=str(repo.root),
            remedy=_("Commit them first (git commit), or set them aside (git stash)."),
        )


def unfinished(repo: Repo) -> str:
    """What git operation waits for its end, "" for none."""
    names = {"MERGE_HEAD": "merge", "CHERRY_PICK_HEAD": "cherry-pick", "REVERT_HEAD": "revert"}
    folders = {"rebase-merge": "rebase", "rebase-apply": "rebase", "sequencer": "cherry-pick"}
    return next((what for name, what in {**names, **folders}.items() if git_path(repo, name).exists()), "")


def among(repo: Repo, commits: Sequence[str]) -> bool:
    """Whether a cherry-pick waits for its end, and it is the one of these commits."""
    head, todo = git_path(repo, "CHERRY_PICK_HEAD"), git_path(repo, "sequencer") / "todo"
    if head.exists():
        return head.read_text(encoding="ascii").strip() in commits
    lines = todo.read_text(encoding="utf-8", errors="replace").splitlines() if todo.exists() else []
    picks = [words[1] for line in lines if (words := line.split()) and words[0] == "pick"]
    return any(commit.startswith(pick) for pick in picks for commit in commits)


def git_path(repo: Repo, name: str) -> Path:
    """A file of this work tree's own git folder."""
    return repo.root / repo.git("rev-parse", "--git-path", name).decode().rstrip("\n")


def names(out: bytes) -> tuple[str, ...]:
    """Paths as git prints them with -z."""
    return tuple(path for path in out.decode("utf-8", "surrogateescape").split("\0") if path)


def literal(paths: Iterable[str]) -> list[str]:
    """Paths as git takes them from the command line, whatever signs they hold."""
    return [f":(literal){path}" for path in paths]


def conflicted(repo: Repo) -> tuple[str, ...]:
    """Paths that a person has to resolve: those that git holds unmerged."""
    return names(repo.git("diff", "--name-only", "--diff-filter=U", "-z"))


def strange(repo: Repo) -> tuple[str, ...]:
    """Staged paths that are none of the commit which is being picked; its files may have moved."""
    picked = repo.resolve("CHERRY_PICK_HEAD")
    brought = names(repo.git("diff-tree", "-r", "-z", "--name-only", "--no-commit-id", picked)) if picked else ()
    ours = {*brought, *conflicted(repo)}
    return tuple(new for _state, old, new in staged(repo) if not {old, new} & ours)


def gone(repo: Repo, paths: Iterable[str]) -> tuple[str, ...]:
    """Those paths in conflict that have no file any more, and files of the picked commit that are staged as removed."""
    removed = {old for state, old, _new in staged(repo) if state == "D"} - set(strange(repo))
    return (*(path for path in paths if not (repo.root / path).exists()), *sorted(removed))


def staged(repo: Repo) -> list[tuple[str, str, str]]:
    """What the index changes: git's letter, the path before, the path now."""
    words = iter(names(repo.git("diff", "--cached", "--name-status", "--find-renames", "-z", "HEAD")))
    return [(state[0], old, next(words) if state[0] in "RC" else old) for state, old in zip(words, words, strict=False)]


def present(repo: Repo, folder: str) -> tuple[str, ...]:
    """Every file below a folder of the work tree, and those that git ignores too."""
    return names(repo.git("ls-files", "-z", "--cached", "--others", "--", *literal([folder])))


def marked(repo: Repo, paths: Iterable[str]) -> tuple[str, ...]:
    """Those files that hold more of git's marks than either side did, whether they are staged or not."""
    found = []
    for path in dict.fromkeys(paths):
        full = repo.root / path
        here = marks(full.read_bytes()) if full.is_file() else Counter[bytes]()
        sides = [marks(repo.git("show", f"{side}:{path}", fine=(0, 128))) for side in ("HEAD", "CHERRY_PICK_HEAD")]
        if here - (sides[0] | sides[1]):
            found.append(path)
    return tuple(found)


def marks(text: bytes) -> Counter[bytes]:
    """The lines of a text that may be git's marks of a conflict, with how often each is there."""
    lines = (line.rstrip() for line in text.splitlines())
    return Counter(line for line in lines if line == b"=======" or line.startswith(MARKS))


def forward(repo: Repo, new: Sha) -> None:
    """Move the branch, index and work tree to a commit on top of HEAD, in one step of git's."""
    done = repo.run("-c", "core.hooksPath=/dev/null", "merge", *FORWARD, new)
    if done.returncode != 0:
        raise in_the_way(repo, words(done))


def in_the_way(repo: Repo, why: str) -> GitError | InputError:
    """The error for a file of the user's that git does not overwrite; for another git at work, what git says."""
    if "index.lock" in why:
        return GitError(why, where=str(repo.root))
    return InputError(
        _("git does not let the edits in: {why}").format(why=why),
        where=str(repo.root),
        remedy=_("Commit or set aside (git stash) what you changed, then pull again."),
    )


def pick(repo: Repo, settings: Settings, commits: Sequence[Sha]) -> tuple[str, ...]:
    """Cherry-pick commits. Returns the paths in conflict; git's usual state then waits for a person."""
    return picked(repo, settings, "--allow-empty", "--keep-redundant-commits", *commits)


def go_on(repo: Repo, settings: Settings) -> tuple[str, ...]:
    """Finish a cherry-pick whose conflicts are resolved, and those after it. Returns the paths in the next conflict."""
    if git_path(repo, "CHERRY_PICK_HEAD").exists():
        with driver(repo, settings) as flags:
            repo.git(*flags, "commit", "--allow-empty", "--no-edit", "--quiet", "--cleanup=strip")
    return picked(repo, settings, "--continue") if git_path(repo, "sequencer").exists() else ()


def picked(repo: Repo, settings: Settings, *words_of_git: str) -> tuple[str, ...]:
    """One run of cherry-pick. Returns the paths in conflict.

    Raises InputError where a file is in the way: then nothing waits any more, for a pull brings again what is missing.
    """
    with driver(repo, settings) as flags:
        done = repo.run(*flags, "cherry-pick", *words_of_git)
    paths = conflicted(repo)
    if done.returncode == 0 or paths:
        return paths
    if git_path(repo, "CHERRY_PICK_HEAD").exists():
        raise GitError(_("git {command} failed: {why}").format(command="cherry-pick", why=words(done)))
    if git_path(repo, "sequencer").exists():
        repo.git("cherry-pick", "--quit")
    raise in_the_way(repo, words(done))


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
        "-c",
        "core.commentChar=#",  # no line of a message that we write begins so
        "-c",
        "rerere.autoUpdate=false",  # what git resolves as last time is looked at before it is staged
        *identity(repo),
    )


def identity(repo: Repo) -> tuple[str, ...]:
    """A committer for git where it knows none, as in CI."""
    if repo.git("var", "GIT_COMMITTER_IDENT", fine=(0, 128)):
        return ()
    return ("-c", "user.name=koweb-sync", "-c", "user.email=koweb-sync@localhost")
