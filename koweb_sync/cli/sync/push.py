"""`koweb push`: publish what git says."""

import json
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from koweb_sync import records
from koweb_sync.cli.forum_access import connector
from koweb_sync.cli.options import ask_yes, format_option, forum_option, only_option, push_options
from koweb_sync.cli.output import complain, emit, say, table
from koweb_sync.cli.sync.plan import fresh_plan, name_left_out, name_uncommitted, show_plan, worst_of
from koweb_sync.cli.workspace import chosen_paths, workspace
from koweb_sync.config import Settings
from koweb_sync.errors import HUMAN, InputError, LimitReached
from koweb_sync.git import Repo
from koweb_sync.i18n import _
from koweb_sync.sync.publish import show
from koweb_sync.sync.publish.actions import VERSION
from koweb_sync.sync.publish.outcome import Outcome, Result
from koweb_sync.sync.publish.plan import PlanOptions


@click.command(help=_("Publish what git says. PLAN is a file from “koweb plan -o”."))
@forum_option
@only_option
@ask_yes
@format_option()
@click.argument("saved", metavar="[PLAN]", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help=_("Only show the plan."))
@click.option("--check", is_flag=True, help=_("Only show the plan; exit with 3 if anything would change."))
@push_options
def push(forum: str | None, only: tuple[str, ...], yes: bool, style: str, saved: Path | None, **flags: Any) -> None:
    repo, settings = workspace(forum)
    options = PlanOptions(only=chosen_paths(repo, only), yes=yes, resend=flags["resend"])
    if flags["dry_run"] or flags["check"]:
        made = fresh_plan(repo, settings, options)
        show_plan(repo, settings, made, style)
        drift = HUMAN if flags["check"] and not made.empty else 0
        sys.exit(worst_of(made) or drift)
    reviewed = read_plan(saved, settings) if saved else None
    if reviewed:
        options = PlanOptions(only=tuple(reviewed["options"]["only"]), yes=reviewed["options"]["yes"])
    if flags["message"]:
        repo.commit_files(settings.posts, flags["message"])
    result = carry_out(repo, settings, options, flags, reviewed, style)
    if style == "json":
        emit(show.as_data(result))
    sys.exit(result.exit_code)


def carry_out(
    repo: Repo, settings: Settings, options: PlanOptions, flags: Mapping[str, Any], reviewed: Any, style: str
) -> Result:
    """The push itself, shown as it goes."""
    from koweb_sync.cli.sync.push_progress import Progress
    from koweb_sync.sync.publish.push import PushOptions, push

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a cancelled CI job still releases the lock
    wishes = PushOptions(options, flags["branch_ok"], flags["break_lock"], flags["no_bump"], reviewed)
    uncommitted = name_uncommitted(repo, settings)
    with Progress(settings.rates) as progress:
        result = push(repo, settings, connector(settings), wishes, progress, time.time)
    name_left_out(repo, settings, result.plan, uncommitted)
    if style == "table":
        table([show.done(outcome) for outcome in result.outcomes if outcome.error is None])
    for outcome in result.outcomes:
        if outcome.note:
            say(outcome.note, fg="yellow")
    for error in errors_of(result.outcomes):
        say(error, fg="red")
    if result.stopped:
        complain(result.stopped)
    say(show.closing(result))
    return result


def errors_of(outcomes: tuple[Outcome, ...]) -> list[str]:
    """What went wrong, with the file, and each sentence once: a limit of the day stops many posts for one reason."""
    texts = [
        str(one.error)
        if isinstance(one.error, LimitReached) or one.path in str(one.error)
        else f"{one.path}: {one.error}"
        for one in outcomes
        if one.error
    ]
    return list(dict.fromkeys(texts))


def read_plan(path: Path, settings: Settings) -> dict[str, Any]:
    """A saved plan. Raises InputError for anything else."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            _("This is not a saved plan."),
            where=str(path),
            remedy=_("Make one with “koweb plan -o {path}”.").format(path=path),
        ) from error
    if isinstance(data, dict) and isinstance(data.get("version"), int):
        records.supported(data["version"], str(path), VERSION)
    if not isinstance(data, dict) or data.get("forum") != settings.name or not has_options(data):
        raise InputError(
            _("This is not a plan for the forum “{name}”.").format(name=settings.name),
            where=str(path),
            remedy=_("Make one with “koweb plan -o {path}”.").format(path=path),
        )
    return data


def has_options(data: Mapping[str, Any]) -> bool:
    """Whether a saved plan says with which options it was made."""
    options = data.get("options")
    return isinstance(options, dict) and isinstance(options.get("only"), list) and isinstance(options.get("yes"), bool)
