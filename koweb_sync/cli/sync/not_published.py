"""The files that a push leaves out although somebody may expect them: not committed ones, those of other names."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from koweb_sync.cli.output import say
from koweb_sync.config import Settings
from koweb_sync.git import Repo, Sha
from koweb_sync.i18n import ngettext

if TYPE_CHECKING:
    from koweb_sync.sync.publish.actions import Plan


def name_uncommitted(repo: Repo, settings: Settings) -> tuple[str, ...]:
    """Say which post files are not committed: only what is committed is published."""
    paths = tuple(path for path in repo.uncommitted(settings.posts) if not settings.is_hidden(path))
    if paths:
        text = ngettext(
            "Not committed, so not published: {paths}", "Not committed, so not published: {paths}", len(paths)
        )
        more = f" … (+{len(paths) - 5})" if len(paths) > 5 else ""
        say(text.format(paths=", ".join(paths[:5]) + more), fg="yellow")
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
