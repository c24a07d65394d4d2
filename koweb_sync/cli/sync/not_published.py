"""The files that a push leaves out although somebody may expect them: not committed ones, those of other names."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from koweb_sync.cli.output import say
from koweb_sync.config import Settings
from koweb_sync.git.repo import Repo, Sha
from koweb_sync.i18n import _
from koweb_sync.sync.work_tree import uncommitted_posts

if TYPE_CHECKING:
    from koweb_sync.sync.publish.actions import Plan


def some(paths: Sequence[str]) -> str:
    """The first of some paths, and how many more there are."""
    more = f" … (+{len(paths) - 5})" if len(paths) > 5 else ""
    return ", ".join(paths[:5]) + more


def name_uncommitted(repo: Repo, settings: Settings) -> tuple[str, ...]:
    """Say which post files are not committed, and which version of them counts: only what is committed is published."""
    paths = uncommitted_posts(repo, settings)
    if paths:
        text = _("Not committed, so not published: {paths}").format(paths=some(paths))
        if not pull_waits(repo, settings) and (last := repo.last_commit()):
            counts = _(
                "What counts is the last commit, “{subject}” ({commit}); “koweb push -m TEXT” publishes the rest."
            )
            text += f"\n{counts.format(subject=last.line, commit=last.short)}"
        say(text, fg="yellow")
    return paths


def name_left_out(repo: Repo, settings: Settings, made: "Plan", uncommitted: Sequence[str]) -> None:
    """Say which files, of the commit that was planned or not committed, are no post files for their names alone."""
    committed = [entry.path for entry in repo.tree(Sha(made.head))] if made.head else []
    name_passed_over(settings, (*committed, *uncommitted))


def name_passed_over(settings: Settings, paths: Sequence[str]) -> None:
    """Say which of some files are no post files for their names alone."""
    if others := sorted({path for path in paths if settings.left_out(path)}):
        from koweb_sync.posts.grouped_problems import passed_over

        say(passed_over(others), fg="yellow")


def name_waiting_pull(repo: Repo, settings: Settings) -> bool:
    """Say that a pull waits for a person. Whether it does."""
    waits = pull_waits(repo, settings)
    if waits:
        say(_("A pull waits for you; posts in conflict are not published. “koweb status” names them."), fg="yellow")
    return waits


def pull_waits(repo: Repo, settings: Settings) -> bool:
    """Whether a pull waits for a person to finish it: until then nothing new may be committed."""
    from koweb_sync.sync.world.pull_note import note

    return note(repo, settings) is not None
