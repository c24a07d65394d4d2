"""What git has under way in the branch that is checked out, and how it is told to go on. git itself is asked: how it
keeps such things in its folder differs from one kind of repository to another.
"""

import re
from collections import Counter
from collections.abc import Iterable

from koweb_sync.config import Settings
from koweb_sync.errors import GitError, InputError
from koweb_sync.git.plain_refs import folders_there
from koweb_sync.git.process import literal
from koweb_sync.git.repo import Repo, Sha
from koweb_sync.git.words import meaning, words
from koweb_sync.i18n import _

# What a user's git settings would make of a plain fast-forward: nothing staged only, no stash, no ignored file lost.
FORWARD = ("--ff-only", "--quiet", "--no-squash", "--no-autostash", "--no-verify-signatures", "--no-overwrite-ignore")
MARKS = (b"<<<<<<< ", b"||||||| ", b">>>>>>> ")
WAITING = {"MERGE_HEAD": "merge", "CHERRY_PICK_HEAD": "cherry-pick", "REVERT_HEAD": "revert"}
# Folders of each work tree's own (gitrepository-layout(5)).
FOLDERS = {"rebase-merge": "rebase", "rebase-apply": "rebase", "sequencer": "cherry-pick"}


def need_clean_state(repo: Repo, settings: Settings) -> None:
    """Raises InputError where something unfinished would be mixed with what a pull brings."""
    need_nothing_unfinished(repo)
    staged = repo.git("diff", "--cached", "--name-only", "-z").decode("utf-8", "surrogateescape").split("\0")[:-1]
    if staged:
        posts = all(settings.is_post(path) for path in staged)
        raise InputError(
            _("Changes are staged and not committed: {paths}.").format(paths=", ".join(staged[:5])),
            where=str(repo.root),
            remedy=_('Publish them: koweb sync -m "Why". Or set them aside (git stash), then try again.')
            if posts
            else _("Commit them first (git commit), or set them aside (git stash)."),
        )


def need_nothing_unfinished(repo: Repo) -> None:
    """Raises InputError where a git operation waits for its end."""
    if doing := unfinished(repo):
        raise InputError(
            _("A {what} is under way in this repository.").format(what=doing),
            where=str(repo.root),
            remedy=_("Finish or abort it first; “git status” says how."),
        )


def unfinished(repo: Repo) -> str:
    """What git operation waits for its end, "" for none."""
    noted = waiting(repo)
    doing = next((what for name, what in WAITING.items() if name in noted), "")
    return doing or next((FOLDERS[name] for name in folders_there(repo.own, FOLDERS)), "")


def waiting(repo: Repo) -> dict[str, Sha]:
    """What git's notes of unfinished operations name. A tag or branch of such a name, which a clone brings, is none."""
    found = {name: Sha(sha) for name, sha in zip(WAITING, repo.names_of(tuple(WAITING)), strict=True) if sha}
    if not found:
        return {}
    refs = (f"refs/{folder}{name}" for name in found for folder in ("", "tags/", "heads/", "remotes/"))
    others = set(repo.git("for-each-ref", "--format=%(objectname)", *refs).decode().split())
    return {name: sha for name, sha in found.items() if sha not in others}


def waits_for(repo: Repo) -> Sha | None:
    """The commit whose cherry-pick waits for its end."""
    return waiting(repo).get("CHERRY_PICK_HEAD")


def names(out: bytes) -> tuple[str, ...]:
    """Paths as git prints them with -z."""
    return tuple(path for path in out.decode("utf-8", "surrogateescape").split("\0") if path)


def conflicted(repo: Repo) -> tuple[str, ...]:
    """Paths that a person has to resolve: those that git holds unmerged."""
    return names(repo.git("diff", "--name-only", "--diff-filter=U", "-z"))


def strange(repo: Repo) -> tuple[str, ...]:
    """Staged paths that are none of the commit which is being picked; its files may have moved."""
    picked = waits_for(repo)
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
    return names(repo.git("ls-files", "-z", "--cached", "--others", "--", literal(folder)))


def stored(repo: Repo, path: str) -> Sha | None:
    """A file of the work tree as git would store it, whatever line ends or encoding it has there; None without one."""
    full = repo.root / path
    if full.is_symlink() or not full.is_file():
        return None
    return Sha(repo.git("hash-object", "-w", "--", path).decode().strip())


def at(repo: Repo, commit: str | None, path: str) -> bytes | None:
    """The content that a commit has at a path; None where it has none."""
    found = next((one for one in repo.tree(Sha(commit)) if one.path == path), None) if commit else None
    return repo.blob(found.sha) if found else None


def marked(repo: Repo, paths: Iterable[str]) -> tuple[str, ...]:
    """Those files that hold more of git's marks than either side did, whether they are staged or not."""
    sides = (repo.head(), waits_for(repo))
    found = []
    for path in dict.fromkeys(paths):
        here = stored(repo, path)
        shown = marks(repo.blob(here)) if here else Counter[bytes]()
        if shown and shown - (marks(at(repo, sides[0], path) or b"") | marks(at(repo, sides[1], path) or b"")):
            found.append(path)
    return tuple(found)


_OVERWRITTEN = re.compile(r"would be overwritten by \w+: (.+?) Please ")  # git says so, with the paths


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
        ours, remedy = meaning(why)
        return GitError(ours, where=str(repo.root), remedy=f"{remedy} ({why})")
    if theirs := _OVERWRITTEN.search(why):
        return InputError(
            _("You changed what the forum's edits change, too: {paths}").format(paths=theirs[1]),
            where=str(repo.root),
            remedy=_('Publish yours along with it: koweb sync -m "Why". Or set it aside (git stash), then pull again.'),
        )
    return InputError(
        _("git does not let the edits in: {why}").format(why=why),
        where=str(repo.root),
        remedy=_("Commit or set aside (git stash) what you changed, then pull again."),
    )


def commit(repo: Repo) -> None:
    """Commit what is resolved, in the name of who wrote it; the user's hooks run. Raises GitError."""
    repo.git(
        "-c",
        "core.editor=true",
        "-c",
        "core.commentChar=#",  # no line of a message that we write begins so
        "-c",
        "i18n.commitEncoding=UTF-8",
        *identity(repo),
        *("commit", "--allow-empty", "--no-edit", "--quiet", "--cleanup=strip"),
    )


def identity(repo: Repo) -> tuple[str, ...]:
    """A committer for git where it knows none, as in CI."""
    if repo.git("var", "GIT_COMMITTER_IDENT", fine=(0, 128)):
        return ()
    return ("-c", "user.name=koweb-sync", "-c", "user.email=koweb-sync@localhost")
