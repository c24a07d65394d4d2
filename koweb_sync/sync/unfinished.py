"""A pull that waits for a person: what it did so far, how it goes on, and how it is undone."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from koweb_sync.bookmark import agreement
from koweb_sync.config import Settings
from koweb_sync.errors import HumanNeeded, InputError
from koweb_sync.git import Repo, Sha
from koweb_sync.i18n import _
from koweb_sync.journal import Journal
from koweb_sync.sync import picks
from koweb_sync.sync.hold import fetch, state_folder
from koweb_sync.sync.settle import replay


def place(repo: Repo, settings: Settings) -> Path:
    """The note about a pull that waits for a person."""
    return state_folder(repo, settings) / "pull.json"


def remember(repo: Repo, settings: Settings, moved: tuple[Sha, Sha], posts: Sequence[Mapping[str, Any]]) -> None:
    """Write down what a pull is about to do, so that it can be shown, finished or undone.

    `moved`: the branch before, and after all that merges. `posts`: those in conflict: path, topic, url, editor.
    """
    before, after = moved
    path = place(repo, settings)
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps({"before": before, "after": after, "posts": posts}), encoding="utf-8")
    beside.replace(path)


def forget(repo: Repo, settings: Settings) -> None:
    """The pull is finished."""
    place(repo, settings).unlink(missing_ok=True)


def note(repo: Repo, settings: Settings) -> Mapping[str, Any] | None:
    """What a pull that waits for a person wrote down; None if none waits."""
    path = place(repo, settings)
    if not path.exists() or not picks.picking(repo):
        return None
    found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def waiting(repo: Repo, settings: Settings) -> None:
    """Raises HumanNeeded while a pull waits for a person."""
    found = note(repo, settings)
    if found is not None:
        open_paths = picks.conflicted(repo)
        raise HumanNeeded(
            _("A pull waits for you: {paths}").format(paths=", ".join(open_paths) or _("everything is resolved")),
            where=str(repo.root),
            remedy=_("Resolve the marks in these files, then “koweb pull --continue”; “koweb pull --abort” undoes it."),
        )


def go_on(repo: Repo, settings: Settings) -> tuple[str, ...]:
    """`pull --continue`: commit what is resolved and go on. Returns the paths in the next conflict."""
    if note(repo, settings) is None:
        raise InputError(_("No pull waits to be continued."), where=str(repo.root))
    paths = picks.conflicted(repo)
    left = picks.marked(repo, paths)
    if left:
        raise HumanNeeded(
            _("These files still hold marks of a conflict: {paths}").format(paths=", ".join(left)),
            where=str(repo.root),
            remedy=_("Keep what is right, delete the marks (<<<<<<<, =======, >>>>>>>), then continue."),
        )
    if paths:
        repo.git("add", "--", *paths)
    more = picks.go_on(repo, settings)
    if not more:
        forget(repo, settings)
    return more


def abort(repo: Repo, settings: Settings) -> bool:
    """`pull --abort`: the branch is as it was before the pull.

    False: a sync has published meanwhile what merged or was resolved; that stays, or the branch would be behind the
    forum, and nothing could be published from it.
    """
    found = note(repo, settings)
    if found is None:
        raise InputError(_("No pull waits to be aborted."), where=str(repo.root))
    before, after = Sha(found["before"]), Sha(found["after"])
    if published(repo, settings, after, repo.head()):
        repo.git("cherry-pick", "--quit")
        repo.git("reset", "--merge", "--quiet", "HEAD")
    else:
        repo.git("cherry-pick", "--abort")
    head = repo.head()
    stays = published(repo, settings, before, head)
    if head == after and after != before and not stays:
        repo.git("reset", "--keep", "--quiet", before)
    forget(repo, settings)
    return not stays


def published(repo: Repo, settings: Settings, old: Sha, new: Sha) -> bool:
    """Whether the forum has, or may have, a file that the newer of two commits holds and the older does not."""
    blobs = {entry.sha for entry in repo.tree(new)} - {entry.sha for entry in repo.tree(old)}
    notes = Journal(state_folder(repo, settings), lambda: 0.0).notes()
    bookmark = fetch(repo, settings, network=False)
    agreed = [*bookmark.agreed.values(), *replay(bookmark, notes)[0].values()]
    agreed += [agreement(n.facts["agreement"].encode()) for n in notes if n.answer is None and "agreement" in n.facts]
    return any(one.blob in blobs for one in agreed)
