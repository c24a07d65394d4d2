"""What the commands share: where we are, the way to the forum."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

import click

from koweb_sync import config, keys
from koweb_sync.cli.output import complain, say, trusts
from koweb_sync.config import Settings
from koweb_sync.errors import KeyBound
from koweb_sync.git import Repo
from koweb_sync.git_process import literal
from koweb_sync.i18n import _
from koweb_sync.spelling import whole

if TYPE_CHECKING:
    from koweb_sync.forum.budget import Budgets
    from koweb_sync.forum.client import Forum

Function = TypeVar("Function", bound=Callable[..., Any])

forum_option = click.option(
    "--forum", metavar="NAME", help=_("Which forum of koweb.toml (default: KOWEB_FORUM, else the first).")
)
only_option = click.option(
    "--only", multiple=True, metavar="PATH", help=_("Only this file or folder; may be given several times.")
)


def format_option(*others: str) -> Callable[[Function], Function]:
    """`--format table|json`, and what else a command can print."""
    return click.option(
        "--format",
        "style",
        type=click.Choice(["table", "json", *others]),
        default="table",
        show_default=True,
        help=_("How to print what was found."),
    )


def ask_yes(function: Function) -> Function:
    """`--yes`."""
    return click.option("--yes", is_flag=True, help=_("Withdraw many topics at once: yes, I mean it."))(function)


def push_options(function: Function) -> Function:
    """How a push is carried out."""
    options = (
        click.option("-m", "--message", metavar="TEXT", help=_("Commit the post files first, with this message.")),
        click.option("--no-bump", is_flag=True, help=_("Do not lift edited topics to the top of the forum's lists.")),
        click.option("--resend", is_flag=True, help=_("Send again what moderators have not approved.")),
        click.option("--branch-ok", is_flag=True, help=_("Publish although this is not the branch that publishes.")),
        click.option(
            "--break-lock", is_flag=True, help=_("Take over the lock of a push that was cut off over an hour ago.")
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def together(**options: object) -> None:
    """Raises a usage error where more than one of these options was given. Keys are the options' names without dashes,
    with `_` for the dashes inside.
    """
    given = [f"--{name.rstrip('_').replace('_', '-')}" for name, value in options.items() if value]
    if len(given) > 1:
        raise click.UsageError(_("{options} do not go together.").format(options=", ".join(given)))


def workspace(forum: str | None = None) -> tuple[Repo, Settings]:
    """The repository around the current folder, and the settings of one forum."""
    repo = Repo.find(Path.cwd())
    settings = config.load(repo.root, forum=forum)
    settings = replace(settings, posts=spelled(repo.root, settings.posts))
    repo.posts = settings.posts
    return repo, settings


def budgets_of(rates: config.Rates) -> "Budgets":
    """The budgets of a forum. Where it has no limits, fetching files has none."""
    from koweb_sync.forum.budget import Budgets

    ten = rates.anonymous_per_10_seconds
    return Budgets(rates.key_per_minute, rates.anonymous_per_minute, ten, files_per_10_seconds=2 * ten)


def asks() -> bool:
    """Whether there is somebody who can be asked: a terminal, in both directions."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def key_to_send(settings: Settings) -> str:
    """The key, which is about to be sent. Where it belongs to another address the user is asked, and may agree.

    Raises ConfigError; KeyBound where the user does not agree, or cannot be asked.
    """
    try:
        return keys.use_key(settings)
    except KeyBound as error:
        if not error.may_agree or not asks():
            raise
        complain(error)
        if not trusts(_("Send the key to {url} from now on?").format(url=settings.url)):
            raise
    keys.trust_url(settings)
    return keys.use_key(settings)


def connector(settings: Settings) -> "Callable[[], Forum]":
    """How to reach the forum. The key is looked for only when the forum is."""

    def connect() -> "Forum":
        from koweb_sync.forum.client import Forum

        budgets = budgets_of(settings.rates)
        forum = Forum(settings.url, settings.username, key_to_send(settings), limits=budgets, say=say)
        click.get_current_context().call_on_close(forum.close)
        return forum

    return connect


def repository_paths(repo: Repo, paths: Iterable[str]) -> tuple[str, ...]:
    """Paths as the user gave them (from the current folder) as paths from the repository's root."""
    found = []
    for path in paths:
        full = Path(os.path.normpath(Path.cwd().resolve() / path))
        if full != repo.root.resolve() and repo.root.resolve() not in full.parents:
            raise click.BadParameter(_("{path} is outside of the repository.").format(path=path))
        relative = spelled(repo.root, full.relative_to(repo.root.resolve()).as_posix())
        found.append("" if relative == "." else relative)
    return tuple(found)


def spelled(root: Path, path: str) -> str:
    """A path as it stands on the disk, where its accents were typed in another form; as it was given elsewhere."""
    place = PurePosixPath()
    for part in PurePosixPath(path).parts:
        names = () if os.path.lexists(root / place / part) or part.isascii() else beside(root / place)
        place /= next((name for name in names if whole(name) == whole(part)), part)
    return place.as_posix()


def beside(folder: Path) -> list[str]:
    """What a folder holds; nothing where it cannot be read."""
    try:
        return sorted(one.name for one in folder.iterdir())
    except OSError:
        return []


def chosen_paths(repo: Repo, paths: Iterable[str]) -> tuple[str, ...]:
    """The paths of `--only`: of what is there, or once was. Raises a usage error for what git never had: a typo would
    look as if there were nothing new.
    """
    found = repository_paths(repo, paths)
    for given, path in zip(paths, found, strict=True):
        if path and not os.path.lexists(repo.root / path) and not ever_had(repo, path):
            raise click.BadParameter(
                _("There is no {path} here, and git never had it.").format(path=given), param_hint="--only"
            )
    return found


def ever_had(repo: Repo, path: str) -> bool:
    """Whether a commit of any branch holds a change of a file or folder, given from the root."""
    return bool(repo.git("log", "--all", "--max-count=1", "--format=%H", "--", literal(path)).strip())


def name_no_branch(repo: Repo, commits: Sequence[str]) -> None:
    """Say that new commits are on no branch, where that is so: git forgets them once something else is checked out."""
    if commits and repo.branch() is None:
        say(_("You are on no branch: “git switch -c NAME” keeps these commits."), fg="yellow")
