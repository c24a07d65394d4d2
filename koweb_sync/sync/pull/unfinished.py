"""A pull that waits for a person: what it did so far, how it goes on, and how it is undone.

A person may use git in between. So the note says which commits are picked, on which branch: a cherry-pick of their own
is none of a pull's, and what they committed or staged meanwhile is neither undone nor taken for the forum's.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from koweb_sync.agreements import agreement
from koweb_sync.config import Settings
from koweb_sync.errors import HumanNeeded, InputError, PullWaits
from koweb_sync.git.process import literal
from koweb_sync.git.repo import Repo, Sha
from koweb_sync.git.words import words
from koweb_sync.i18n import _
from koweb_sync.journal import Journal
from koweb_sync.sync.lock.hold import fetch
from koweb_sync.sync.lock.state import state_folder
from koweb_sync.sync.pull import apply_commit
from koweb_sync.sync.recover.settle import replay
from koweb_sync.sync.world import cherry_picks
from koweb_sync.sync.world.pull_note import forget, note, remember, written
from koweb_sync.sync.world.trailers import TRAILER

SHOWN = 200  # signs of a line that an error quotes


# What of a pull that was undone is still on the branch.
LeftOnBranch = Literal["nothing", "commits", "published"]


def advance(repo: Repo, settings: Settings, at: float) -> tuple[str, ...]:
    """Bring the commits that are left, up to the next conflict. Returns the paths in conflict; () once all are brought.

    Raises InputError where a file is in the way: then nothing waits any more, for a pull brings again what is missing.
    """
    known = written(repo, settings) or {}
    while known.get("left"):
        commit, *left = known["left"]
        files = apply_commit.brought(repo, settings, commit)
        known = {**known, "left": left, "at": repo.head(), "stopped": commit, "ready": False}
        paths = tuple(one.path for one in files if one.merged.conflicts)
        if paths:
            work, wrote = apply_commit.shown(repo, files, at)
            known = {**known, "wrote": wrote}
            remember(repo, settings, known)
            try:
                apply_commit.stop(repo, commit, files, work)
            except InputError:
                forget(repo, settings)
                raise
            shown = {path: cherry_picks.stored(repo, path) for path in paths}
            remember(repo, settings, {**known, "shown": shown, "ready": True})
            return paths
        apply_commit.take(repo, commit, files, at)
        known = {**known, "stopped": "", "wrote": {}}
        remember(repo, settings, known)
    forget(repo, settings)
    return ()


def tidy(repo: Repo, settings: Settings) -> None:
    """Take back what a pull that was cut off left half done: the next one does it again."""
    found = written(repo, settings)
    if found is None or found.get("ready", True):
        return
    if found["stopped"] and repo.head() == found["at"]:
        apply_commit.undo(repo, found["stopped"], found["wrote"])
    forget(repo, settings)


def waiting(repo: Repo, settings: Settings) -> None:
    """Raises PullWaits while a pull waits for a person."""
    tidy(repo, settings)
    if note(repo, settings) is None:
        return
    paths = ", ".join(cherry_picks.conflicted(repo))
    if not paths:
        raise PullWaits(
            _("A pull waits for you; everything is resolved."),
            where=str(repo.root),
            remedy=_("“koweb pull --continue” finishes it; “koweb pull --abort” undoes it."),
        )
    raise PullWaits(
        _("A pull waits for you: {paths}.").format(paths=paths),
        where=str(repo.root),
        remedy=_("Resolve the marks in these files, then “koweb pull --continue”; “koweb pull --abort” undoes it."),
    )


def at_hand(repo: Repo, settings: Settings, message: str) -> Mapping[str, Any]:
    """The pull that waits here. Raises InputError, with `message` where none waits, or away from its branch."""
    tidy(repo, settings)
    here = repo.branch() or ""
    found = written(repo, settings)
    if found and found["branch"] != here:
        raise InputError(
            _("This pull belongs to the branch “{branch}”.").format(branch=found["branch"] or "HEAD"),
            where=str(repo.root),
            remedy=_("Go back to it (git checkout {branch}), then try again.").format(
                branch=found["branch"] or found["after"][:12]
            ),
        )
    found = note(repo, settings)
    if found is None:
        forget(repo, settings)
        raise InputError(
            message, where=str(repo.root), remedy=_("“koweb pull” shows whether anything is left to bring in.")
        )
    return found


def go_on(repo: Repo, settings: Settings, at: float) -> tuple[str, ...]:
    """`pull --continue`: commit what is resolved and go on. Returns the paths in the next conflict."""
    found = at_hand(repo, settings, _("No pull waits to be continued."))
    paths = cherry_picks.conflicted(repo)
    left = cherry_picks.marked(repo, [*paths, *(post["path"] for post in found["posts"])])
    if left:
        raise HumanNeeded(
            _("These files still hold marks of a conflict: {paths}.").format(paths=", ".join(left)),
            where=str(repo.root),
            remedy=_("Keep what is right, delete the marks (<<<<<<<, =======, >>>>>>>), then continue."),
        )
    need_somebody(repo, found, paths)
    gone = cherry_picks.gone(repo, paths)
    if gone:
        raise HumanNeeded(
            _("These files of the pull are gone: {paths}.").format(paths=", ".join(gone)),
            where=str(repo.root),
            remedy=_("Put them back (git checkout HEAD -- FILE), continue, and remove them afterwards."),
        )
    strange = cherry_picks.strange(repo)
    if strange:
        raise InputError(
            _("These staged changes are none of the pull's: {paths}.").format(paths=", ".join(strange)),
            where=str(repo.root),
            remedy=_("Take them out for now (git restore --staged), continue, then commit them in your own name."),
        )
    if paths:  # also those outside of a sparse checkout, which “git add” passes over
        repo.git("update-index", "--add", "-z", "--stdin", given=b"".join(map(ended, paths)))
    if cherry_picks.waits_for(repo):
        cherry_picks.commit(repo)
    return advance(repo, settings, at)


def need_somebody(repo: Repo, found: Mapping[str, Any], paths: Sequence[str]) -> None:
    """Raises HumanNeeded where a file is as the pull left it, without marks, and lacks what one side says: some filter
    of git's took it away, and nobody has looked.
    """
    for path in paths:
        sha = cherry_picks.stored(repo, path)
        if sha is None or sha != found.get("shown", {}).get(path):
            continue
        lost = missing(
            repo.blob(sha),
            cherry_picks.at(repo, repo.head(), path),
            cherry_picks.at(repo, cherry_picks.waits_for(repo), path),
        )
        if lost:
            raise HumanNeeded(
                _("Nobody has resolved this file, and it lacks what one side wrote: {sentences}").format(
                    sentences=" / ".join(lost)
                ),
                where=path,
                remedy=_("Put in what is right, or say “git add” if the file is right as it is; then continue."),
            )


def missing(text: bytes, *sides: bytes | None) -> list[str]:
    """The first lines of both sides that a text lacks."""
    here = set(text.splitlines())
    lines = (line for side in sides if side for line in side.splitlines() if line.strip() and line not in here)
    return [line.decode("utf-8", "replace")[:SHOWN] for line in dict.fromkeys(lines)][:3]


def ended(path: str) -> bytes:
    """A path as git reads it with -z."""
    return path.encode("utf-8", "surrogateescape") + b"\0"


def abort(repo: Repo, settings: Settings) -> LeftOnBranch:
    """`pull --abort`. The branch is as it was before the pull, and the work tree keeps all that is none of the pull's.
    The answer says what stays on the branch: commits that somebody made since; or what merged or was resolved, where a
    sync has published of it, for else the branch would be behind the forum, and nothing could be published from it.
    """
    found = at_hand(repo, settings, _("No pull waits to be aborted."))
    before, after = Sha(found["before"]), Sha(found["after"])
    unstage(repo)
    own = own_commits(repo, after)
    kept = own or published(repo, settings, after, repo.head())
    repo.git("reset", "--merge", "--quiet", *(() if kept else (after,)))  # ends git's cherry-pick too
    stays = published(repo, settings, before, repo.head())
    if repo.head() == after != before and not stays:
        undo_merged(repo, settings, before)
    forget(repo, settings)
    if repo.head() == before:
        return "nothing"
    return "published" if stays and not own else "commits"


def undo_merged(repo: Repo, settings: Settings, before: Sha) -> None:
    """Take the edits that merged off the branch. Raises HumanNeeded where git would lose something of the user's."""
    done = repo.run("reset", "--keep", "--quiet", before)
    if done.returncode != 0:
        forget(repo, settings)
        raise HumanNeeded(
            _("The conflict is undone, but the edits that merged are still on the branch: {why}").format(
                why=words(done)
            ),
            where=str(repo.root),
            remedy=_("Keep them, or commit your changes and undo them with “git revert”."),
        )


def own_commits(repo: Repo, since: Sha) -> bool:
    """Whether somebody committed since, besides what was picked."""
    picked = set(repo.trailers("HEAD", TRAILER, since).values())
    return bool(set(repo.git("rev-list", f"{since}..HEAD").decode().split()) - picked)


def unstage(repo: Repo) -> None:
    """Take out of the index what is none of the pull's: undoing a cherry-pick would throw it away.

    Raises InputError where the work tree has another text than the index, for then one of them would be lost.
    """
    paths = cherry_picks.strange(repo)
    if not paths:
        return
    strange = [literal(path) for path in paths]
    differ = cherry_picks.names(repo.git("diff", "--name-only", "-z", "--", *strange))
    if differ:
        raise InputError(
            _("Undoing the pull would lose what is staged here: {paths}.").format(paths=", ".join(differ)),
            where=str(repo.root),
            remedy=_("Stage all of it (git add) or nothing (git restore --staged), then try again."),
        )
    repo.git("reset", "--quiet", "--", *strange)


def published(repo: Repo, settings: Settings, old: Sha, new: Sha) -> bool:
    """Whether the forum has, or may have, a file that the newer of two commits holds and the older does not."""
    blobs = {entry.sha for entry in repo.tree(new)} - {entry.sha for entry in repo.tree(old)}
    notes = Journal(state_folder(repo, settings), lambda: 0.0).notes()
    bookmark = fetch(repo, settings, network=False)
    agreed = [*bookmark.agreed.values(), *replay(bookmark, notes)[0].values()]
    agreed += [agreement(n.facts["agreement"].encode()) for n in notes if n.answer is None and "agreement" in n.facts]
    told = {each.blob for one in agreed for each in one.translations.values()}
    return bool(told & blobs) or any(one.blob in blobs for one in agreed)
