"""`fetch`, `pull` and `sync`: the community's edits."""

import functools
import sys
import time
from collections.abc import Callable
from typing import Any

import click

from koweb_sync.cli.common import (
    ask_yes,
    chosen_paths,
    connector,
    format_option,
    forum_option,
    name_no_branch,
    only_option,
    push_options,
    together,
    workspace,
)
from koweb_sync.cli.output import complain, emit, say, table
from koweb_sync.config import Settings
from koweb_sync.errors import HUMAN, worst
from koweb_sync.git import Repo
from koweb_sync.i18n import _, ngettext
from koweb_sync.sync.publish import show
from koweb_sync.sync.publish.actions import as_json
from koweb_sync.sync.publish.plan import PlanOptions
from koweb_sync.sync.pull import show_pull
from koweb_sync.sync.pull.news import Pulled


def merging(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--ours` and `--theirs`, given to the function as one `favour`."""

    @functools.wraps(function)
    def with_favour(*args: Any, ours: bool, theirs: bool, **more: Any) -> Any:
        together(ours=ours, theirs=theirs)
        return function(*args, favour="ours" if ours else "theirs" if theirs else "", **more)

    first = click.option("--ours", is_flag=True, help=_("Where both sides changed the same, keep git's."))
    second = click.option("--theirs", is_flag=True, help=_("Where both sides changed the same, take the forum's."))
    return first(second(with_favour))


@click.command(help=_("Look what the community changed. No file and no branch changes."))
@forum_option
@only_option
@format_option()
@click.option("--rebuild", is_flag=True, help=_("Make a lost bookmark again, from git's history and the forum."))
@merging
def fetch(forum: str | None, only: tuple[str, ...], style: str, rebuild: bool, favour: str) -> None:
    repo, settings = workspace(forum)
    if rebuild:
        sys.exit(rebuilt(repo, settings, favour, style))
    if favour:
        text = _("--{side} goes with --rebuild here; to bring edits in, use “koweb pull”.")
        raise click.UsageError(text.format(side=favour))
    result = look(repo, settings, PlanOptions(only=chosen_paths(repo, only)))
    show_pulled(result, style, seen=True)
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
def pull(forum: str | None, only: tuple[str, ...], style: str, favour: str, **flags: Any) -> None:
    from koweb_sync.sync.pull import unfinished
    from koweb_sync.sync.pull.options import PullOptions

    ending = {"continue_": flags["go_on"], "abort": flags["abort"]}
    for name in ("branch", "download"):
        together(**ending, **{name: flags[name]})
    together(**ending, **{favour: bool(favour)})
    repo, settings = workspace(forum)
    if flags["abort"]:
        left = unfinished.abort(repo, settings)
        kept = _("The pull is undone. Commits that were made since are still on the branch.")
        public = _("The conflict is undone. What merged stays on the branch, for it is published already.")
        say({"nothing": _("The branch is as it was before the pull."), "commits": kept, "published": public}[left])
        return
    if flags["go_on"]:
        sys.exit(continued(repo, settings, style))
    wishes = PullOptions(PlanOptions(only=chosen_paths(repo, only)), flags["branch"], favour, flags["download"])
    result = bring(repo, settings, wishes)
    show_pulled(result, style)
    sys.exit(result.exit_code)


@click.command(help=_("Pull, then push: afterwards git and the forum say the same."))
@forum_option
@only_option
@format_option()
@merging
@ask_yes
@click.option("--dry-run", is_flag=True, help=_("Only show what would come and what would be sent."))
@push_options
def sync(forum: str | None, only: tuple[str, ...], style: str, favour: str, **flags: Any) -> None:
    from koweb_sync.cli.publish import carry_out
    from koweb_sync.sync.publish.push import right_branch
    from koweb_sync.sync.pull.options import PullOptions
    from koweb_sync.sync.pull.unfinished import note

    repo, settings = workspace(forum)
    right_branch(repo, settings, branch_ok=flags["branch_ok"])
    options = PlanOptions(only=chosen_paths(repo, only), yes=flags["yes"], resend=flags["resend"])
    if flags["dry_run"]:
        sys.exit(dry_run(repo, settings, options, style))
    waits = note(repo, settings) is not None
    if flags["message"] and not waits:
        repo.commit_files(settings.posts, flags["message"])
    codes, came = [], None
    if waits:
        say(_("A pull waits for you; posts in conflict are not published."), fg="yellow")
        codes.append(HUMAN)
    else:
        pulled = bring(repo, settings, PullOptions(PlanOptions(only=options.only), favour=favour))
        came = show_pull.as_data(pulled)
        if style == "table":
            show_pulled(pulled, style)
        codes.append(pulled.exit_code)
    result = carry_out(repo, settings, options, flags, None, style)
    code = worst([*codes, result.exit_code])
    if style == "json":
        emit({"version": 1, "exit_code": code, "pull": came, "push": show.as_data(result)})
    sys.exit(code)


def dry_run(repo: Repo, settings: Settings, options: PlanOptions, style: str) -> int:
    """`sync --dry-run`: what the forum has, and what a push would send of what git has now; the exit code."""
    from koweb_sync.cli.publish import fresh_plan, show_plan, worst_of

    seen = look(repo, settings, options)
    made = fresh_plan(repo, settings, options)
    code = worst([seen.exit_code, worst_of(made)])
    if style == "json":
        sent = as_json(made, settings.rates.key_per_minute)
        emit({"version": 1, "exit_code": code, "pull": show_pull.as_data(seen), "push": sent})
        return code
    show_pulled(seen, style, seen=True)
    show_plan(repo, settings, made, style)
    return code


def look(repo: Repo, settings: Settings, options: PlanOptions) -> Pulled:
    """What the community changed; nothing is written."""
    from koweb_sync.cli.reading import ReadingBar
    from koweb_sync.sync.pull.options import PullOptions
    from koweb_sync.sync.pull.pull import fetch as run

    with ReadingBar(settings.rates) as reading:
        return run(repo, settings, connector(settings), PullOptions(options), reading, time.time)


def bring(repo: Repo, settings: Settings, wishes: Any) -> Pulled:
    """The pull itself, shown as it goes."""
    from koweb_sync.cli.reading import ReadingBar
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


def rebuilt(repo: Repo, settings: Settings, favour: Any, style: str) -> int:
    """`fetch --rebuild`: the exit code."""
    from koweb_sync.sync.recover.rebuild import rebuild

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
    text = ngettext("{n} post found again.", "{n} posts found again.", count).format(n=count)
    if result.forgotten and not count:
        return code
    if count:
        say(f"{text} " + _("“koweb push” writes the bookmark."))
    else:
        say(text if result.left else _("The bookmark knows every published post: nothing had to be found again."))
    return code


def show_pulled(result: Pulled, style: str, *, seen: bool = False) -> None:
    """Print what came."""
    if style == "json":
        emit(show_pull.as_data(result))
        return
    table([show_pull.row(edit) for edit in result.edits])
    for one in result.news:
        say(f"{one.path}: {one.text} {one.url}", fg="red" if one.needs_human else "yellow")
    for refusal in result.refusals:
        complain(refusal.error)
    if result.conflicts and not seen:
        say(show_pull.what_next(result), fg="red")
    say(show_pull.closing(result, seen=seen))
