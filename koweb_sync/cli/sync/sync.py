"""`koweb sync`: a pull, then a push."""

import sys
from dataclasses import replace
from typing import Any

import click

from koweb_sync.cli.options import ask_yes, format_option, forum_option, only_option, push_options
from koweb_sync.cli.output import emit
from koweb_sync.cli.sync.commit_first import commit_first
from koweb_sync.cli.sync.fetch import fetch_changes
from koweb_sync.cli.sync.not_published import name_waiting_pull
from koweb_sync.cli.sync.pull import run_pull, show_pulled, side_options
from koweb_sync.cli.workspace import chosen_paths, workspace
from koweb_sync.config import Settings
from koweb_sync.errors import HUMAN, worst
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.sync.publish import show
from koweb_sync.sync.publish.actions import as_json
from koweb_sync.sync.publish.options import PlanOptions, PushOptions
from koweb_sync.sync.pull import show_pull
from koweb_sync.sync.pull.news import Side


@click.command(help=_("Pull, then push: afterwards git and the forum say the same."))
@forum_option
@only_option
@format_option()
@side_options
@ask_yes
@click.option("--dry-run", is_flag=True, help=_("Only show what would come and what would be sent."))
@push_options
def sync(forum: str | None, only: tuple[str, ...], style: str, favour: Side, **flags: Any) -> None:
    from koweb_sync.cli.sync.push_run import carry_out
    from koweb_sync.sync.publish.push import right_branch
    from koweb_sync.sync.pull.options import PullOptions

    repo, settings = workspace(forum)
    right_branch(repo, settings, branch_ok=flags["branch_ok"])
    options = PlanOptions(only=chosen_paths(repo, only), yes=flags["yes"], resend=flags["resend"])
    if flags["dry_run"]:
        sys.exit(dry_run(repo, settings, options, style, lies=flags["message"] is not None))
    waits = name_waiting_pull(repo, settings)
    if not waits:
        commit_first(repo, settings, flags["message"], options, branch_ok=flags["branch_ok"], asks=style == "table")
    codes, came = [], None
    if waits:
        codes.append(HUMAN)
    else:
        pulled = run_pull(repo, settings, PullOptions(PlanOptions(only=options.only), favour=favour))
        came = show_pull.as_data(pulled)
        if style == "table":
            show_pulled(pulled, style)
        codes.append(pulled.exit_code)
    wishes = PushOptions(options, flags["branch_ok"], flags["break_lock"], flags["no_bump"])
    result = carry_out(repo, settings, wishes, style)
    code = worst([*codes, result.exit_code])
    if style == "json":
        emit({"version": 1, "exit_code": code, "pull": came, "push": show.as_data(result)})
    sys.exit(code)


def dry_run(repo: Repo, settings: Settings, options: PlanOptions, style: str, *, lies: bool) -> int:
    """`sync --dry-run`: what the forum has, and what a push would send of what git has now; the exit code. `lies`: of
    what lies there, as it would be committed first.
    """
    from koweb_sync.cli.forum_access import connector
    from koweb_sync.cli.sync.plan import show_plan, whole_work_tree, worst_of
    from koweb_sync.sync.publish.fresh_plan import fresh_plan

    options = replace(options, at=whole_work_tree(repo, settings) if lies else None)
    before_any_commit = repo.resolve("HEAD") is None
    seen = fetch_changes(repo, settings, options if before_any_commit else replace(options, at=None))
    made = fresh_plan(repo, settings, connector(settings), options)
    code = worst([seen.exit_code, worst_of(made)])
    if style == "json":
        sent = as_json(made, settings.rates.key_per_minute)
        emit({"version": 1, "exit_code": code, "pull": show_pull.as_data(seen), "push": sent})
        return code
    show_pulled(seen, style, seen=True)
    show_plan(repo, settings, made, style, as_it_lies=lies)
    return code
