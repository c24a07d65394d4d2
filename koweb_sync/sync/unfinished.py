"""A pull that waits for a person: what it did so far, how it goes on, and how it is undone.

A person may use git in between. So the note says which commits are picked, on which branch: a cherry-pick of their own
is none of a pull's, and what they committed or staged meanwhile is neither undone nor taken for the forum's.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from koweb_sync.config import Settings
from koweb_sync.errors import HumanNeeded, InputError
from koweb_sync.git import Repo, Sha, words
from koweb_sync.i18n import _
from koweb_sync.sync import picks
from koweb_sync.sync.seen import TRAILER


def place(repo: Repo, settings: Settings) -> Path:
    """The note about a pull that waits for a person: each work tree has its own, as it has its own cherry-pick."""
    return picks.git_path(repo, f"koweb/{settings.name}/pull.json")


def remember(
    repo: Repo, settings: Settings, moved: tuple[Sha, Sha], posts: Sequence[Mapping[str, Any]], commits: Sequence[Sha]
) -> None:
    """Write down what a pull is about to do, so that it can be shown, finished or undone.

    `moved`: the branch before, and after all that merges. `posts`: those in conflict: path, topic, url, editor.
    `commits`: those that are picked for them.
    """
    before, after = moved
    known = {"before": before, "after": after, "posts": posts, "picks": commits, "branch": repo.branch() or ""}
    path = place(repo, settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(known), encoding="utf-8")
    beside.replace(path)


def forget(repo: Repo, settings: Settings) -> None:
    """The pull is finished."""
    place(repo, settings).unlink(missing_ok=True)


def note(repo: Repo, settings: Settings) -> Mapping[str, Any] | None:
    """What a pull that waits for a person wrote down; None if none waits."""
    path = place(repo, settings)
    if not path.exists():
        return None
    try:
        found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None  # The disk was full, or the machine lost power: git itself still knows its cherry-pick.
    return found if picks.among(repo, found["picks"]) else None


def waiting(repo: Repo, settings: Settings) -> None:
    """Raises HumanNeeded while a pull waits for a person."""
    if note(repo, settings) is None:
        return
    paths = ", ".join(picks.conflicted(repo))
    if not paths:
        raise HumanNeeded(
            _("A pull waits for you; everything is resolved."),
            where=str(repo.root),
            remedy=_("“koweb pull --continue” finishes it; “koweb pull --abort” undoes it."),
        )
    raise HumanNeeded(
        _("A pull waits for you: {paths}.").format(paths=paths),
        where=str(repo.root),
        remedy=_("Resolve the marks in these files, then “koweb pull --continue”; “koweb pull --abort” undoes it."),
    )


def at_hand(repo: Repo, settings: Settings, message: str) -> Mapping[str, Any]:
    """The pull that waits here. Raises InputError, with `message` where none waits, or away from its branch."""
    found = note(repo, settings)
    if found is None:
        forget(repo, settings)
        raise InputError(
            message, where=str(repo.root), remedy=_("“koweb pull” shows whether anything is left to bring in.")
        )
    if found["branch"] != (repo.branch() or ""):
        raise InputError(
            _("This pull belongs to the branch “{branch}”.").format(branch=found["branch"] or "HEAD"),
            where=str(repo.root),
            remedy=_("Go back to it (git checkout {branch}), then try again.").format(
                branch=found["branch"] or found["after"][:12]
            ),
        )
    return found


def go_on(repo: Repo, settings: Settings) -> tuple[str, ...]:
    """`pull --continue`: commit what is resolved and go on. Returns the paths in the next conflict."""
    found = at_hand(repo, settings, _("No pull waits to be continued."))
    paths = picks.conflicted(repo)
    left = picks.marked(repo, [*paths, *(post["path"] for post in found["posts"])])
    if left:
        raise HumanNeeded(
            _("These files still hold marks of a conflict: {paths}.").format(paths=", ".join(left)),
            where=str(repo.root),
            remedy=_("Keep what is right, delete the marks (<<<<<<<, =======, >>>>>>>), then continue."),
        )
    gone = picks.gone(repo, paths)
    if gone:
        raise HumanNeeded(
            _("These files of the pull are gone: {paths}.").format(paths=", ".join(gone)),
            where=str(repo.root),
            remedy=_("Put them back (git checkout HEAD -- FILE), continue, and remove them afterwards."),
        )
    strange = picks.strange(repo)
    if strange:
        raise InputError(
            _("These staged changes are none of the pull's: {paths}.").format(paths=", ".join(strange)),
            where=str(repo.root),
            remedy=_("Take them out for now (git restore --staged), continue, then commit them in your own name."),
        )
    if paths:
        repo.git("add", "--", *picks.literal(paths))
    more = picks.go_on(repo, settings)
    if not more:
        forget(repo, settings)
    return more


def abort(repo: Repo, settings: Settings) -> bool:
    """`pull --abort`. Whether the branch is as it was before the pull: commits that were made since stay on it, and so
    does everything in the work tree that is none of the pull's.
    """
    found = at_hand(repo, settings, _("No pull waits to be aborted."))
    unstage(repo)
    if own_commits(repo, found["after"]):
        repo.git("reset", "--merge", "--quiet")
        repo.git("cherry-pick", "--quit")
        forget(repo, settings)
        return False
    repo.git("cherry-pick", "--abort")
    if repo.head() == found["after"] != found["before"]:
        done = repo.run("reset", "--keep", "--quiet", found["before"])
        if done.returncode != 0:
            forget(repo, settings)
            raise HumanNeeded(
                _("The conflict is undone, but the edits that merged are still on the branch: {why}").format(
                    why=words(done)
                ),
                where=str(repo.root),
                remedy=_("Keep them, or commit your changes and undo them with “git revert”."),
            )
    forget(repo, settings)
    return bool(repo.head() == found["before"])


def own_commits(repo: Repo, since: Sha) -> bool:
    """Whether somebody committed since, besides what was picked."""
    picked = set(repo.trailers("HEAD", TRAILER, since).values())
    return bool(set(repo.git("rev-list", f"{since}..HEAD").decode().split()) - picked)


def unstage(repo: Repo) -> None:
    """Take out of the index what is none of the pull's: undoing a cherry-pick would throw it away.

    Raises InputError where the work tree has another text than the index, for then one of them would be lost.
    """
    paths = picks.strange(repo)
    if not paths:
        return
    literal = picks.literal(paths)
    differ = picks.names(repo.git("diff", "--name-only", "-z", "--", *literal))
    if differ:
        raise InputError(
            _("Undoing the pull would lose what is staged here: {paths}.").format(paths=", ".join(differ)),
            where=str(repo.root),
            remedy=_("Stage all of it (git add) or nothing (git restore --staged), then try again."),
        )
    repo.git("reset", "--quiet", "--", *literal)
