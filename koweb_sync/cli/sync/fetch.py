"""`koweb fetch`: what the community changed; and a lost bookmark is made again."""

import sys
import time
from typing import Any

import click

from koweb_sync.cli.forum_access import connector
from koweb_sync.cli.options import all_option, exclusive, format_option, forum_option, only_option
from koweb_sync.cli.output import complain, emit, say, table
from koweb_sync.cli.sync.pull import show_pulled, side_options
from koweb_sync.cli.workspace import chosen_paths, workspace
from koweb_sync.config import Settings
from koweb_sync.errors import worst
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.sync.publish.options import PlanOptions
from koweb_sync.sync.pull.news import Pulled


@click.command(help=_("List what the community changed. No file and no branch changes."))
@forum_option
@only_option
@format_option()
@all_option
@click.option("--rebuild", is_flag=True, help=_("Make a lost bookmark again, from git's history and the forum."))
@side_options
def fetch(forum: str | None, only: tuple[str, ...], style: str, favour: str, *, every: bool, rebuild: bool) -> None:
    exclusive(rebuild=rebuild, all=every)
    repo, settings = workspace(forum)
    if rebuild:
        sys.exit(rebuilt(repo, settings, favour, style))
    if favour:
        text = _("--{side} goes with --rebuild here; to bring edits in, use “koweb pull”.")
        raise click.UsageError(text.format(side=favour))
    result = fetch_changes(repo, settings, PlanOptions(only=chosen_paths(repo, only)), every=every)
    show_pulled(result, style, seen=True)
    sys.exit(result.exit_code)


def fetch_changes(repo: Repo, settings: Settings, options: PlanOptions, *, every: bool = False) -> Pulled:
    """What the community changed; nothing is written."""
    from koweb_sync.cli.sync.reading_progress import ReadingBar
    from koweb_sync.sync.pull.options import PullOptions
    from koweb_sync.sync.pull.pull import fetch as run

    with ReadingBar(settings.rates) as reading:
        return run(repo, settings, connector(settings), PullOptions(options, every=every), reading, time.time)


def rebuilt(repo: Repo, settings: Settings, favour: Any, style: str) -> int:
    """`fetch --rebuild`: the exit code."""
    from koweb_sync.sync.rebuild_bookmark import rebuild

    result = rebuild(repo, settings, connector(settings), favour, time.time)
    code = worst(error.exit_code for error in result.left)
    if style == "json":
        facts = {
            "agreed": list(result.agreed),
            "chosen": list(result.chosen),
            "forgotten": list(result.forgotten),
            "left": [str(e) for e in result.left],
        }
        emit({"version": 1, "exit_code": code, **facts})
    else:
        sides = {"ours": _("git's text"), "theirs": _("the forum's text")}
        rows = [(_("agrees"), path, "") for path in result.agreed]
        rows += [(_("chosen"), path, sides.get(favour, "")) for path in result.chosen]
        table([*rows, *((_("not there any more"), path, "") for path in result.forgotten)])
    for error in result.left:
        complain(error)
    if result.forgotten:
        say(_("Topics that are not there any more are forgotten: “koweb push” publishes their files again."))
    count = len(result.agreed) + len(result.chosen)
    text = ngettext("{n} post found again.", "{n} posts found again.", count).format(n=number(count))
    if result.forgotten and not count:
        return code
    if count:
        say(f"{text} " + _("“koweb push” writes the bookmark."))
    else:
        say(text if result.left else _("The bookmark knows every published post: nothing had to be found again."))
    return code
