"""`-m`: commit the post files before they are published."""

from collections.abc import Sequence

import click

from koweb_sync.cli.output import say
from koweb_sync.cli.questions import ask_for, can_ask, reason, unless_no
from koweb_sync.cli.sync.not_published import some
from koweb_sync.config import Settings
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.sync.publish.options import PlanOptions
from koweb_sync.sync.work_tree import meant, need_to_commit_here, uncommitted_posts


def commit_first(
    repo: Repo, settings: Settings, given: str | None, options: PlanOptions, *, branch_ok: bool, asks: bool
) -> None:
    """Commit the post files that are to be published, and nothing else, where `-m` says so, or a person who is asked.
    `asks`: a person may be asked for what is missing, if there is one.

    Raises what `need_to_commit_here` and `git.commit.commit_files` raise, UsageError where the message is missing
    and nobody can be asked.
    """
    asks = asks and can_ask()
    if given is None and not asks:
        return
    from koweb_sync.git.commit import commit_files, staged_besides
    from koweb_sync.sync.world.cherry_picks import unfinished

    paths = tuple(path for path in uncommitted_posts(repo, settings) if meant(path, settings, options))
    if given is None and (not paths or unfinished(repo)):
        return  # nobody spoke of a commit, and none is offered
    need_to_commit_here(repo, settings, branch_ok=branch_ok)
    message = given or message_for(paths, given, asks=asks)
    if message is None:
        return
    if asks and paths:
        from koweb_sync.cli.complete_posts import complete

        paths = complete(repo, settings, paths)
    beside = staged_besides(repo, paths)
    if not commit_files(repo, paths, message):
        say(_("Nothing to commit: your posts are as the last commit has them."))
    if beside:
        say(_("Staged, and still there, in no commit of this command: {paths}").format(paths=some(beside)), fg="yellow")


def message_for(paths: Sequence[str], given: str | None, *, asks: bool) -> str | None:
    """The message of a commit that has none yet: `-m` has no text (""), or files were edited and nobody said `-m`
    (None). None for no commit.
    """
    if not asks:
        raise click.UsageError(_('-m wants a text that says why: -m "…".'))
    if not paths:
        return given
    say(_("Not in a commit yet: {paths}").format(paths=some(paths)), fg="yellow")
    if given is None:
        question = _("To publish that too, say in a few words why (Enter leaves it out)")
        return ask_for(question, lambda text: unless_no(text, reason), "") or None
    return ask_for(_("Why, in a few words? The community reads it as the reason of the edit"), reason)
