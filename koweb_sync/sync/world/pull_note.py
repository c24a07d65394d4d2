"""The note about a pull that waits for a person: what it did so far. It lies in .git."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from koweb_sync import records, safe_files
from koweb_sync.config import Settings
from koweb_sync.git.repo import Repo, Sha
from koweb_sync.sync.world import cherry_picks

VERSION = 1  # of the note


def place(repo: Repo, settings: Settings) -> Path:
    """The note about a pull that waits for a person: each work tree has its own, as it has its own cherry-pick."""
    return repo.own / "koweb" / settings.name / "pull.json"


def begin(
    repo: Repo, settings: Settings, moved: tuple[Sha, Sha], posts: Sequence[Mapping[str, Any]], commits: Sequence[Sha]
) -> None:
    """Write down what a pull is about to do, so that it can be shown, finished or undone.

    `moved`: the branch before, and after all that merges. `posts`: those in conflict: path, topic, url, editor
    and when they did (Unix seconds). `commits`: those that are brought one by one, for them.
    """
    before, after = moved
    known = {"before": before, "after": after, "posts": posts, "picks": commits, "branch": repo.branch() or ""}
    remember(repo, settings, {**known, "left": commits, "stopped": "", "at": before, "wrote": {}, "ready": False})


def remember(repo: Repo, settings: Settings, known: Mapping[str, Any]) -> None:
    """Write the note about a pull. `left`: commits that are still to be brought; `stopped`: the one that waits for a
    person, on top of the commit `at`; `wrote`: path -> blob that was put into the work tree for that, `shown`: as it
    then was there, whatever filters made of it; `ready`: all of it is there, so that a person can look.
    """
    safe_files.write(repo.own, place(repo, settings), json.dumps({"version": VERSION, **known}))


def forget(repo: Repo, settings: Settings) -> None:
    """The pull is finished."""
    place(repo, settings).unlink(missing_ok=True)


def written(repo: Repo, settings: Settings) -> Mapping[str, Any] | None:
    """The note about a pull, whatever became of that; None without one. Raises KowebError for a newer one."""
    path = place(repo, settings)
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_bytes())
    except ValueError:
        return None  # The disk was full, or the machine lost power: git itself still knows its cherry-pick.
    return records.upgraded(data, str(path), VERSION)


def note(repo: Repo, settings: Settings) -> Mapping[str, Any] | None:
    """What a pull that waits for a person wrote down; None if none waits.

    It waits as long as git has its cherry-pick under way, or somebody has committed that themselves and more is left.
    """
    found = written(repo, settings)
    if found is None or not found.get("ready"):
        return None
    doing = cherry_picks.waits_for(repo)
    if doing:
        return found if doing == found["stopped"] else None
    head = repo.head()
    return found if found["left"] and head != found["at"] and repo.is_ancestor(found["at"], head) else None
