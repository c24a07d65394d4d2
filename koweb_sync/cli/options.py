"""Options that several commands have."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from koweb_sync.cli.choices import OneOf
from koweb_sync.i18n import _, activate

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Function = TypeVar("Function", bound=Callable[..., Any])


def folders_here(ctx: click.Context, param: click.Parameter, begun: str) -> "list[CompletionItem]":
    """What a shell suggests for a folder: those that it finds."""
    return click.Path(file_okay=False).shell_complete(ctx, param, begun)


def paths_here(ctx: click.Context, param: click.Parameter, begun: str) -> "list[CompletionItem]":
    """What a shell suggests for a file, or for a file or folder."""
    return click.Path().shell_complete(ctx, param, begun)


forum_option = click.option(
    "--forum", metavar="NAME", help=_("Which forum of koweb.toml (default: KOWEB_FORUM, else the first).")
)


held_forum_option = click.option(
    "--forum",
    metavar="NAME",
    help=_("Which forum: its name in koweb.toml or in the archive, its title, or its address."),
)


only_option = click.option(
    "--only",
    multiple=True,
    metavar="PATH",
    shell_complete=paths_here,
    help=_("Only this file or folder; may be given several times."),
)


all_option = click.option(
    "--all", "every", is_flag=True, help=_("Read every topic, not only those that the forum tells edits of.")
)


def spoken_in(_context: click.Context, _option: click.Parameter, style: str) -> str:
    """Data for a program is the same in every language: the sentences in it are English. What is written to git or to
    the forum is in the forum's language whatever is spoken here.
    """
    if style == "json":
        activate("en")
    return style


def format_option(*others: str) -> Callable[[Function], Function]:
    """`--format table|json`, and what else a command can print."""
    return click.option(
        "--format",
        "style",
        type=OneOf(["table", "json", *others]),
        default="table",
        show_default=True,
        callback=spoken_in,
        help=_("How to print what was found."),
    )


uncommitted_option = click.option(
    "--uncommitted", is_flag=True, help=_("As if what is not committed below the posts were committed already.")
)


def ask_yes(function: Function) -> Function:
    """`--yes`."""
    return click.option("--yes", is_flag=True, help=_("Withdraw many topics at once: yes, I mean it."))(function)


def push_options(function: Function) -> Function:
    """How a push is carried out."""
    options = (
        click.option(
            "-m",
            "--message",
            metavar="TEXT",
            is_flag=False,
            flag_value="",
            help=_("Commit the post files first, with this message; without a text, at a terminal, it is asked."),
        ),
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


def exclusive(**options: object) -> None:
    """Raises a usage error where more than one of these options was given. Keys are the options' names without dashes,
    with `_` for the dashes inside.
    """
    given = [f"--{name.rstrip('_').replace('_', '-')}" for name, value in options.items() if value]
    if len(given) > 1:
        raise click.UsageError(_("{options} do not go together.").format(options=", ".join(given)))
