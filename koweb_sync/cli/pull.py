"""`fetch`, `pull` and `sync`: the community's edits."""

import sys
import time
from collections.abc import Callable
from typing import Any

import click

from koweb_sync.cli.common import (
    complain,
    connector,
    emit,
    format_option,
    forum_option,
    only_option,
    repository_paths,
    say,
    table,
    workspace,
)
from koweb_sync.config import Settings
from koweb_sync.errors import HUMAN, worst
from koweb_sync.git import Repo
from koweb_sync.i18n import _, ngettext
from koweb_sync.sync import show_pull
from koweb_sync.sync.news import Pulled
from koweb_sync.sync.plan import Options


def merging(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--ours` and `--theirs`."""
    ours = click.option("--ours", "favour", flag_value="ours", help=_("Where both sides changed the same, keep git's."))
    theirs = click.option(
        "--theirs", "favour", flag_value="theirs", help=_("Where both sides changed the same, take the forum's.")
    )
    return ours(theirs(function))


@click.command(help=_("Look what the community changed. No file and no branch changes."))
@forum_option
@only_option
@format_option()
@click.option("--rebuild", is_flag=True, help=_("Make a lost bookmark again, from git's history and the forum."))
@merging
def fetch(forum: str | None, only: tuple[str, ...], style: str, rebuild: bool, favour: str | None) -> None:
    from koweb_sync.cli.reading import Reading
    from koweb_sync.sync.pull import Wishes
    from koweb_sync.sync.pull import fetch as run

    repo, settings = workspace(forum)
    if rebuild:
        sys.exit(rebuilt(repo, settings, favour or ""))
    wishes = Wishes(Options(only=repository_paths(repo, only)))
    with Reading(settings.rates) as reading:
        result = run(repo, settings, connector(settings), wishes, reading, time.time)
    report(result, style, seen=True)
    sys.exit(result.exit_code)


@click.command(help=_("Bring the community's edits into git: commits by those who wrote, merged with yours."))
@forum_option
@only_option
@format_option()
@merging
@click.option("--branch", metavar="NAME", default="", help=_("Write them to this branch, and touch nothing else."))
@click.option("--download", is_flag=True, help=_("Save images and attachments that people added beside the posts."))
@click.option("--continue", "go_on", is_flag=True, help=_("Go on after you resolved a conflict."))
@click.option("--abort", is_flag=True, help=_("Undo a pull that stopped at a conflict."))
def pull(forum: str | None, only: tuple[str, ...], style: str, favour: str | None, **flags: Any) -> None:
    from koweb_sync.sync import unfinished
    from koweb_sync.sync.pull import Wishes

    repo, settings = workspace(forum)
    if flags["abort"]:
        if unfinished.abort(repo, settings):
            say(_("The branch is as it was before the pull."))
        else:
            say(_("The conflict is undone. What merged stays on the branch, for it is published already."))
        return
    if flags["go_on"]:
        sys.exit(continued(repo, settings))
    wishes = Wishes(Options(only=repository_paths(repo, only)), flags["branch"], favour or "", flags["download"])
    result = bring(repo, settings, wishes)
    report(result, style)
    sys.exit(result.exit_code)


@click.command(help=_("Pull, then push: afterwards git and the forum say the same."))
@forum_option
@only_option
@merging
@click.option("--yes", is_flag=True, help=_("Withdraw many topics at once: yes, I mean it."))
@click.option("-m", "--message", metavar="TEXT", help=_("Commit the post files first, with this message."))
@click.option("--no-bump", is_flag=True, help=_("Do not lift edited topics to the top of the forum's lists."))
@click.option("--resend", is_flag=True, help=_("Send again what moderators have not approved."))
@click.option("--branch-ok", is_flag=True, help=_("Publish although this is not the branch that publishes."))
@click.option("--break-lock", is_flag=True, help=_("Take over the lock of a push that was cut off over an hour ago."))
def sync(forum: str | None, only: tuple[str, ...], favour: str | None, yes: bool, **flags: Any) -> None:
    from koweb_sync.cli import publish
    from koweb_sync.sync.pull import Wishes
    from koweb_sync.sync.push import right_branch
    from koweb_sync.sync.unfinished import note

    repo, settings = workspace(forum)
    right_branch(repo, settings, branch_ok=flags["branch_ok"])
    options = Options(only=repository_paths(repo, only), yes=yes, resend=flags["resend"])
    waits = note(repo, settings) is not None
    if flags["message"] and not waits:
        repo.commit_files(settings.posts, flags["message"])
    codes = []
    if waits:
        say(_("A pull waits for you; posts in conflict are not published."), fg="yellow")
        codes.append(HUMAN)
    else:
        pulled = bring(repo, settings, Wishes(Options(only=options.only), favour=favour or ""))
        report(pulled, "table")
        codes.append(pulled.exit_code)
    result = publish.carry_out(repo, settings, options, flags, None, "table")
    sys.exit(worst([*codes, result.exit_code]))


def bring(repo: Repo, settings: Settings, wishes: Any) -> Pulled:
    """The pull itself, shown as it goes."""
    from koweb_sync.cli.reading import Reading
    from koweb_sync.sync.pull import pull as run

    with Reading(settings.rates) as reading:
        return run(repo, settings, connector(settings), wishes, reading, time.time)


def continued(repo: Repo, settings: Settings) -> int:
    """`pull --continue`: the exit code."""
    from koweb_sync.sync.unfinished import go_on

    paths = go_on(repo, settings)
    if not paths:
        say(_("The pull is finished. “koweb push” publishes the result."))
        return 0
    for path in paths:
        say(_("{path}: both sides changed the same. Resolve the marks in it.").format(path=path), fg="red")
    return HUMAN


def rebuilt(repo: Repo, settings: Settings, favour: Any) -> int:
    """`fetch --rebuild`: the exit code."""
    from koweb_sync.sync.rebuild import rebuild

    result = rebuild(repo, settings, connector(settings), favour, time.time)
    sides = {"ours": _("git's text"), "theirs": _("the forum's text")}
    table(
        [
            *((_("agrees"), path, "") for path in result.agreed),
            *((_("chosen"), path, sides.get(favour, "")) for path in result.chosen),
        ]
    )
    for error in result.left:
        complain(error)
    count = len(result.agreed) + len(result.chosen)
    text = ngettext("{n} post found again.", "{n} posts found again.", count).format(n=count)
    say(f"{text} " + _("“koweb push” writes the bookmark.") if count else text)
    return worst(error.exit_code for error in result.left)


def report(result: Pulled, style: str, *, seen: bool = False) -> None:
    """Print what came."""
    if style == "json":
        emit(show_pull.as_data(result))
        return
    table([show_pull.row(edit) for edit in result.edits])
    for one in result.news:
        say(f"{one.path}: {one.text} {one.url}", fg="red" if one.needs_human else "yellow")
    for refusal in result.refusals:
        complain(refusal)
    if result.conflicts and not seen:
        say(show_pull.what_next(result), fg="red")
    say(show_pull.closing(result, seen=seen))
