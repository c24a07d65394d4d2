"""`koweb push`: publish what git says."""

import json
import shlex
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from koweb_sync.cli.options import ask_yes, format_option, forum_option, only_option, push_options
from koweb_sync.cli.output import emit, say
from koweb_sync.cli.sync.commit_first import commit_first
from koweb_sync.cli.sync.not_published import name_passed_over, name_uncommitted, name_waiting_pull
from koweb_sync.cli.workspace import chosen_paths, workspace
from koweb_sync.config import Settings
from koweb_sync.errors import DONE, HUMAN, InputError
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.sync.publish.nothing_new import NOTHING, nothing_to_do, same_as_last
from koweb_sync.sync.publish.options import PlanOptions, PushOptions

# What reads posts is imported where it is used: a push without news does not pay for it.


@click.command(help=_("Publish what git says. PLAN is a file from “koweb plan -o”."))
@forum_option
@only_option
@ask_yes
@format_option()
@click.argument("saved", metavar="[PLAN]", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help=_("Only show the plan; with -m, of all that would be committed."))
@click.option("--check", is_flag=True, help=_("Only show the plan; exit with 3 if anything would change."))
@push_options
def push(forum: str | None, only: tuple[str, ...], yes: bool, style: str, saved: Path | None, **flags: Any) -> None:
    repo, settings = workspace(forum)
    options = PlanOptions(only=chosen_paths(repo, only), yes=yes, resend=flags["resend"])
    if flags["dry_run"] or flags["check"]:
        from koweb_sync.cli.forum_access import connector
        from koweb_sync.cli.sync.plan import show_plan, whole_work_tree, worst_of
        from koweb_sync.sync.publish.fresh_plan import fresh_plan

        lies = flags["message"] is not None
        options = replace(options, at=whole_work_tree(repo, settings) if lies else None)
        made = fresh_plan(repo, settings, connector(settings), options)
        show_plan(repo, settings, made, style, as_it_lies=lies)
        drift = HUMAN if flags["check"] and not made.empty else 0
        sys.exit(worst_of(made) or drift)
    if saved:
        need_no_post(repo, settings, saved)
    reviewed = read_plan(saved, settings) if saved else None
    if reviewed:
        options = PlanOptions(only=tuple(reviewed["options"]["only"]), yes=reviewed["options"]["yes"])
    message = flags["message"]
    waits = message is None and name_waiting_pull(repo, settings)
    if message is not None or not (reviewed or waits):
        commit_first(repo, settings, message, options, branch_ok=flags["branch_ok"], asks=style == "table")
    wishes = PushOptions(options, flags["branch_ok"], flags["break_lock"], flags["no_bump"], reviewed)
    if wishes.plain and same_as_last(repo, settings):
        name_passed_over(settings, name_uncommitted(repo, settings))
        say(nothing_to_do())
        code, done = DONE, NOTHING
    else:
        from koweb_sync.cli.sync.push_run import carry_out
        from koweb_sync.sync.publish import show

        result = carry_out(repo, settings, wishes, style)
        code, done = result.exit_code, show.as_data(result)
    if style == "json":
        emit(done)
    sys.exit(code)


def need_no_post(repo: Repo, settings: Settings, path: Path) -> None:
    """Raises InputError for a post file or a folder of them, which somebody took for what is to be published."""
    from koweb_sync.cli.sync.plan import among_posts

    if among_posts(repo, settings, path):
        raise InputError(
            _("This is no saved plan: post files are published from their commits."),
            where=str(path),
            remedy=_("“koweb push --only {path}” publishes this alone.").format(path=shlex.quote(str(path))),
        )


def read_plan(path: Path, settings: Settings) -> dict[str, Any]:
    """A saved plan. Raises InputError for anything else."""
    from koweb_sync import records
    from koweb_sync.sync.publish.actions import VERSION

    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            _("This is not a saved plan."),
            where=str(path),
            remedy=_("“koweb plan -o FILE” saves one."),
        ) from error
    if isinstance(data, dict) and isinstance(data.get("version"), int):
        records.supported(data["version"], str(path), VERSION)
    if not isinstance(data, dict) or data.get("forum") != settings.name or not has_options(data):
        raise InputError(
            _("This is not a plan for the forum “{name}”.").format(name=settings.name),
            where=str(path),
            remedy=_("“koweb plan -o FILE” saves one."),
        )
    return data


def has_options(data: Mapping[str, Any]) -> bool:
    """Whether a saved plan says with which options it was made."""
    options = data.get("options")
    return isinstance(options, dict) and isinstance(options.get("only"), list) and isinstance(options.get("yes"), bool)
