"""`koweb pull`: the community's edits come into git."""

import functools
import sys
import time
from collections.abc import Callable
from typing import Any

import click

from koweb_sync.cli.forum_access import connector
from koweb_sync.cli.options import all_option, exclusive, format_option, forum_option, only_option
from koweb_sync.cli.output import complain, emit, labelled, say, table
from koweb_sync.cli.workspace import chosen_paths, name_no_branch, workspace
from koweb_sync.config import Settings
from koweb_sync.errors import HUMAN
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.sync.publish.options import PlanOptions
from koweb_sync.sync.pull import show_pull
from koweb_sync.sync.pull.news import Pulled, Side


def side_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--ours` and `--theirs`, given to the function as one `favour`."""

    @functools.wraps(function)
    def with_favour(*args: Any, ours: bool, theirs: bool, **more: Any) -> Any:
        exclusive(ours=ours, theirs=theirs)
        return function(*args, favour="ours" if ours else "theirs" if theirs else "", **more)

    first = click.option("--ours", is_flag=True, help=_("Where both sides changed the same, keep git's."))
    second = click.option("--theirs", is_flag=True, help=_("Where both sides changed the same, take the forum's."))
    return first(second(with_favour))


@click.command(help=_("Bring the community's edits into git: commits by those who wrote, merged with yours."))
@forum_option
@only_option
@format_option()
@all_option
@side_options
@click.option("--branch", metavar="NAME", default="", help=_("Write them to this branch, and touch nothing else."))
@click.option("--push", "share", is_flag=True, help=_("Push that branch to the git remote, for a pull request."))
@click.option("--download", is_flag=True, help=_("Save images and attachments that people added beside the posts."))
@click.option("--continue", "go_on", is_flag=True, help=_("Go on after you resolved a conflict."))
@click.option("--abort", is_flag=True, help=_("Undo a pull that stopped at a conflict."))
def pull(forum: str | None, only: tuple[str, ...], style: str, favour: Side, **flags: Any) -> None:
    from koweb_sync.sync.pull.options import PullOptions
    from koweb_sync.sync.pull.share_branch import begin, share
    from koweb_sync.sync.pull.unfinished import abort

    ending = {"continue_": flags["go_on"], "abort": flags["abort"]}
    for name, value in (("branch", flags["branch"]), ("download", flags["download"]), ("all", flags["every"])):
        exclusive(**ending, **{name: value})
    exclusive(**ending, **{favour: bool(favour)})
    if flags["share"] and not flags["branch"]:
        raise click.UsageError(_("--push needs --branch NAME."))
    repo, settings = workspace(forum)
    if flags["abort"]:
        left = abort(repo, settings)
        kept = _("The pull is undone. Commits that were made since are still on the branch.")
        public = _("The conflict is undone. What merged stays on the branch, for it is published already.")
        say({"nothing": _("The branch is as it was before the pull."), "commits": kept, "published": public}[left])
        return
    if flags["go_on"]:
        sys.exit(continued(repo, settings, style))
    options = PlanOptions(only=chosen_paths(repo, only))
    wishes = PullOptions(options, flags["branch"], favour, flags["download"], flags["every"])
    there = begin(repo, settings, wishes.branch) if flags["share"] else None
    result = run_pull(repo, settings, wishes)
    show_pulled(result, style)
    if flags["share"] and share(repo, settings, wishes.branch, there):
        say(_("“{branch}” is on the git remote.").format(branch=wishes.branch))
    sys.exit(result.exit_code)


def run_pull(repo: Repo, settings: Settings, wishes: Any) -> Pulled:
    """The pull itself, shown as it goes."""
    from koweb_sync.cli.sync.reading_progress import ReadingBar
    from koweb_sync.sync.pull.pull import pull as run

    with ReadingBar(settings.rates) as reading:
        result = run(repo, settings, connector(settings), wishes, reading, time.time)
    name_no_branch(repo, () if wishes.branch else result.commits)
    return result


def continued(repo: Repo, settings: Settings, style: str) -> int:
    """`pull --continue`: the exit code."""
    from koweb_sync.sync.pull.unfinished import go_on

    paths = go_on(repo, settings, time.time())
    if style == "json":
        emit({"version": 1, "exit_code": HUMAN if paths else 0, "conflicts": list(paths)})
    if not paths:
        say(_("The pull is finished. “koweb push” publishes the result."))
        return 0
    for path in paths:
        say(_("{path}: both sides changed the same. Resolve the marks in it.").format(path=path), fg="red")
    return HUMAN


def show_pulled(result: Pulled, style: str, *, seen: bool = False) -> None:
    """Print what came."""
    if style == "json":
        emit(show_pull.as_data(result))
        return
    table([show_pull.row(edit) for edit in result.edits])
    for one in result.news:
        text = labelled(one.path, f"{one.text} {one.url}")
        say(text, fg="red" if one.needs_human else "yellow")
    for refusal in result.refusals:
        complain(refusal.error)
    if result.conflicts and not seen:
        say(show_pull.what_next(result), fg="red")
    say(show_pull.closing(result, seen=seen))
