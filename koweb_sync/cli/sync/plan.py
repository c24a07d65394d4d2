"""`koweb plan`, and what other commands show of a plan."""

import json
import shlex
import sys
import time
from pathlib import Path

import click

from koweb_sync import safe_files
from koweb_sync.cli import named_file
from koweb_sync.cli.forum_access import connector
from koweb_sync.cli.options import ask_yes, exclusive, format_option, forum_option, only_option, uncommitted_option
from koweb_sync.cli.output import complain, emit, say, table
from koweb_sync.cli.sync.not_published import name_left_out, name_uncommitted, some
from koweb_sync.cli.workspace import chosen_paths, repository_paths, workspace
from koweb_sync.config import Settings
from koweb_sync.errors import InputError
from koweb_sync.git.repo import Repo, Sha
from koweb_sync.i18n import _
from koweb_sync.sync.publish import show
from koweb_sync.sync.publish.actions import Plan, as_json
from koweb_sync.sync.publish.options import PlanOptions
from koweb_sync.sync.publish.outcome import Result


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
@uncommitted_option
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help=_("Save the plan here."))
def plan(
    *, forum: str | None, only: tuple[str, ...], yes: bool, style: str, uncommitted: bool, output: Path | None
) -> None:
    exclusive(uncommitted=uncommitted, output=output)
    from koweb_sync.sync.publish.fresh_plan import fresh_plan

    repo, settings = workspace(forum)
    if output:
        need_place(repo, settings, output)
    at = whole_work_tree(repo, settings) if uncommitted else None
    options = PlanOptions(only=chosen_paths(repo, only), yes=yes, reviewed=output is not None, at=at)
    made = fresh_plan(repo, settings, connector(settings), options)
    if output:
        data = {**as_json(made, settings.rates.key_per_minute), "options": {"only": options.only, "yes": yes}}
        safe_files.output(output, json.dumps(data, ensure_ascii=False, indent=2) + "\n")
        say(_("Saved in {path}. Carry it out with: koweb push {path}").format(path=shlex.quote(str(output))))
    show_plan(repo, settings, made, style, as_it_lies=uncommitted)
    sys.exit(max(made.codes, default=0) and worst_of(made))


def need_place(repo: Repo, settings: Settings, output: Path) -> None:
    """Raises InputError for a place in the folder of the post files, and for a file that is no saved plan."""
    if among_posts(repo, settings, output):
        raise InputError(
            _("This is a place for post files."), where=str(output), remedy=_("Name another file, such as plan.json.")
        )
    if output.is_file() and not safe_files.is_stream(output) and not is_plan(safe_files.direct(output)):
        raise named_file.not_ours(output)


def among_posts(repo: Repo, settings: Settings, path: Path) -> bool:
    """Whether a place is a post file, or the folder of the post files, or in it."""
    try:
        name = repository_paths(repo, [str(path)])[0]
    except click.BadParameter:  # outside of the repository
        return False
    return settings.is_post(name) or (settings.posts != "." and f"{name}/".startswith(f"{settings.posts}/"))


def is_plan(path: Path) -> bool:
    """Whether a file is a saved plan, of whichever forum."""
    try:
        data = json.loads(path.read_bytes())
    except ValueError:
        return False
    return isinstance(data, dict) and {"version", "forum", "digest", "options"} <= data.keys()


def worst_of(made: Plan) -> int:
    """The exit code of a plan's refusals."""
    return Result(made).exit_code


def whole_work_tree(repo: Repo, settings: Settings) -> Sha:
    """The post files as they lie there, as a commit that nothing points at; it is said which differ from HEAD."""
    from koweb_sync.sync.work_tree import as_if_committed

    at, paths = as_if_committed(repo, settings, time.time())
    if paths:
        say(_("As if this were committed: {paths}").format(paths=some(paths)), fg="yellow")
    return at


def show_plan(repo: Repo, settings: Settings, made: Plan, style: str, *, as_it_lies: bool = False) -> None:
    """Print a plan. `as_it_lies`: it is one of the work tree, and nothing is left out of it for lack of a commit."""
    if style == "json":
        emit({**as_json(made, settings.rates.key_per_minute), "uncommitted": list(repo.uncommitted(settings.posts))})
        return
    name_left_out(repo, settings, made, () if as_it_lies else name_uncommitted(repo, settings))
    table(list(show.rows(made)))
    for refusal in made.refusals:
        complain(refusal.error)
    if made.halt:
        complain(made.halt)
    for warning in (*made.warnings, *made.notes):
        say(warning, fg="yellow")
    say(show.summary(made, settings.rates))
