"""`-m`: commit the post files before they are published."""

from collections.abc import Sequence

import click

from koweb_sync.cli.output import say
from koweb_sync.cli.questions import ask, ask_for, can_ask, plain
from koweb_sync.cli.sync.not_published import some, uncommitted_posts
from koweb_sync.config import Settings
from koweb_sync.errors import HumanNeeded
from koweb_sync.git import Repo
from koweb_sync.i18n import _


def message_for(repo: Repo, settings: Settings, given: str | None) -> str | None:
    """The message with which post files are committed; None for no commit. A person is asked for it where it is
    missing: where `-m` has no text (""), and where files were edited and nobody said `-m`.
    """
    if given or (given is None and not can_ask()):
        return given
    if not can_ask():
        raise click.UsageError(_("-m wants a text that says why: -m “…”."))
    paths = uncommitted_posts(repo, settings)
    if not paths:
        return given
    say(_("Not in a commit yet: {paths}").format(paths=some(paths)), fg="yellow")
    if given is None:
        return ask_for(_("To publish that too, say in a few words why (Enter leaves it out)"), plain, "") or None
    return ask(_("Why, in a few words? The community reads it as the reason of the edit"))


def commit_first(repo: Repo, settings: Settings, given: str | None, *, branch_ok: bool, asks: bool) -> None:
    """Commit the post files, and nothing else, where `-m` says so, or a person who is asked (`asks`).

    Raises what `message_for`, `right_branch` and `git_commit.commit_files` raise, and HumanNeeded or InputError where
    something unfinished waits for a person.
    """
    message = message_for(repo, settings, given) if asks or given == "" else given
    if message is None:
        return
    from koweb_sync.git_commit import commit_files, staged_besides
    from koweb_sync.sync.publish.push import right_branch
    from koweb_sync.sync.world.cherry_picks import need_nothing_unfinished
    from koweb_sync.sync.world.pull_note import note

    right_branch(repo, settings, branch_ok=branch_ok)
    if note(repo, settings) is not None:
        raise HumanNeeded(
            _("A pull waits for you, so nothing was committed or published."),
            where=str(repo.root),
            remedy=_("Resolve the marks, then “koweb pull --continue”; “koweb pull --abort” undoes the pull."),
        )
    need_nothing_unfinished(repo)
    paths: Sequence[str] = uncommitted_posts(repo, settings)
    if can_ask() and paths:
        from koweb_sync.cli.complete_posts import complete

        paths = complete(repo, settings, paths)
    beside = staged_besides(repo, paths)
    if not commit_files(repo, paths, message):
        say(_("Nothing to commit: your posts are as the last commit has them."))
    if beside:
        say(_("Staged, and still there, in no commit of this command: {paths}").format(paths=some(beside)), fg="yellow")
