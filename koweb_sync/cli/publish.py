"""`status`, `diff`, `plan` and `push`."""

import json
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from koweb_sync import records, safe_files
from koweb_sync.cli.common import (
    ask_yes,
    chosen_paths,
    connector,
    format_option,
    forum_option,
    only_option,
    push_options,
    workspace,
)
from koweb_sync.cli.output import complain, echo, emit, label, painted, say, table
from koweb_sync.config import Settings
from koweb_sync.errors import HUMAN, InputError, LimitReached
from koweb_sync.git import Repo, Sha
from koweb_sync.i18n import _, ngettext
from koweb_sync.posts.changes import unified
from koweb_sync.posts.fields import FIELDS
from koweb_sync.sync.publish import show
from koweb_sync.sync.publish.actions import VERSION, Create, Edit, Plan, as_json
from koweb_sync.sync.publish.outcome import Outcome, Result
from koweb_sync.sync.publish.plan import PlanOptions


@click.command(help=_("Say what a push would do, compared with what this clone knows. Uses no network."))
@forum_option
@only_option
@format_option()
def status(forum: str | None, only: tuple[str, ...], style: str) -> None:
    from koweb_sync.sync.publish.push import known_site, preview

    repo, settings = workspace(forum)
    options = PlanOptions(only=chosen_paths(repo, only), yes=True)
    _world, plan = preview(repo, settings, options, known_site(settings), time.time(), network=False)
    show_plan(repo, settings, plan, style)
    sys.exit(unresolved(repo, settings))


def unresolved(repo: Repo, settings: Settings) -> int:
    """Name the posts whose conflicts wait for a person; the exit code."""
    from koweb_sync.sync.pull.picks import conflicted
    from koweb_sync.sync.pull.unfinished import note

    waits = note(repo, settings)
    if waits is None:
        return 0
    paths = conflicted(repo)
    for post in waits["posts"]:
        if post["path"] in paths:
            text = _("{path}: in conflict with what {editor} wrote: {url}")
            say(text.format(path=post["path"], editor=post["editor"], url=post["url"]), fg="red")
    say(_("Resolve the marks, then “koweb pull --continue”; “koweb pull --abort” undoes the pull."), fg="yellow")
    return HUMAN


@click.command(help=_("Show what would change on the forum, line by line. Uses no network."))
@forum_option
@only_option
def diff(forum: str | None, only: tuple[str, ...]) -> None:
    from koweb_sync.sync.compose import compose
    from koweb_sync.sync.publish.push import known_site, preview

    repo, settings = workspace(forum)
    options = PlanOptions(only=chosen_paths(repo, only), yes=True)
    world, plan = preview(repo, settings, options, known_site(settings), time.time(), network=False)
    for action in plan.actions:
        if isinstance(action, Create | Edit):
            was = action.agreed if isinstance(action, Edit) else None
            before = world.before.get(action.source.ident)
            raw = (
                compose(action.post, world.atlas, settings, was, before).raw if action.post else was.raw if was else ""
            )
            show_diff(action, was.raw if was else "", raw)


def show_diff(action: Create | Edit, old: str, new: str) -> None:
    """One post as a unified diff, after its fields that change."""
    verb, path, details = show.row(action)
    echo(painted(label(f"{verb} {path}: {details}"), bold=True))
    if isinstance(action, Edit):
        for name in sorted(action.fields):
            field = FIELDS[name].words().called
            echo(painted(f"-{field}: {value(action.agreed.sent.get(name))}", fg="red"))
            echo(painted(f"+{field}: {value(action.wants.get(name))}", fg="green"))
    lines = list(unified(old.splitlines(), new.splitlines()))
    sides = _("forum"), _("git")
    for line in [f"--- {sides[0]}", f"+++ {sides[1]}", *lines] if lines else ():
        echo(painted(line, fg={"+": "green", "-": "red", "@": "cyan"}.get(line[:1])))


def value(thing: object) -> str:
    """A field's value as a person reads it."""
    return ", ".join(map(str, thing)) if isinstance(thing, tuple) else "" if thing is None else str(thing)


@click.command(
    help=_(
        "Show what a push would send, and how long it takes; what the forum refuses may take some requests more. -o "
        "saves the plan for review."
    )
)
@forum_option
@only_option
@ask_yes
@format_option()
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help=_("Save the plan here."))
def plan(forum: str | None, only: tuple[str, ...], yes: bool, style: str, output: Path | None) -> None:
    repo, settings = workspace(forum)
    options = PlanOptions(only=chosen_paths(repo, only), yes=yes, reviewed=output is not None)
    made = fresh_plan(repo, settings, options)
    if output:
        data = {**as_json(made, settings.rates.key_per_minute), "options": {"only": options.only, "yes": yes}}
        safe_files.output(output, json.dumps(data, ensure_ascii=False, indent=2) + "\n")
        say(_("Saved in {path}. Carry it out with: koweb push {path}").format(path=output))
    show_plan(repo, settings, made, style)
    sys.exit(max(made.codes, default=0) and worst_of(made))


def worst_of(made: Plan) -> int:
    """The exit code of a plan's refusals."""
    return Result(made).exit_code


def fresh_plan(repo: Repo, settings: Settings, options: PlanOptions) -> Plan:
    """The plan with the git remote's bookmark and the forum's facts; nothing is written anywhere but in caches."""
    from koweb_sync.sync.publish.push import asked_again, asks_anchors, known_site, needs_site, preview

    connect = connector(settings)
    site = known_site(settings) or connect().site()
    world, made = preview(repo, settings, options, site, time.time(), network=True)
    fresh = asked_again(connect, site, made)
    if needs_site(made) and not fresh.is_fresh():
        fresh = connect().site()
    if asks_anchors(world, fresh, made):
        connect().ask_anchors()
        fresh = known_site(settings) or fresh
    return made if fresh == site else preview(repo, settings, options, fresh, time.time(), network=True)[1]


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
    from koweb_sync.cli.progress import Progress
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


def name_left_out(repo: Repo, settings: Settings, made: Plan, uncommitted: Sequence[str]) -> None:
    """Say which files, of the commit that was planned or not committed, are no post files for their names alone."""
    from koweb_sync.posts.together import passed_over

    committed = [entry.path for entry in repo.tree(Sha(made.head))] if made.head else []
    if others := sorted({path for path in (*committed, *uncommitted) if settings.left_out(path)}):
        say(passed_over(others), fg="yellow")


def show_plan(repo: Repo, settings: Settings, made: Plan, style: str) -> None:
    """Print a plan."""
    if style == "json":
        emit({**as_json(made, settings.rates.key_per_minute), "uncommitted": list(repo.uncommitted(settings.posts))})
        return
    name_left_out(repo, settings, made, name_uncommitted(repo, settings))
    table(list(show.rows(made)))
    for refusal in made.refusals:
        complain(refusal.error)
    if made.halt:
        complain(made.halt)
    say(show.summary(made, settings.rates))
