"""`koweb login`: a key of one's own, without an administrator."""

import os
import shlex
from pathlib import Path

import click

from koweb_sync import config
from koweb_sync.cli.choices import OneOf
from koweb_sync.cli.output import say
from koweb_sync.cli.questions import ask_for, can_ask
from koweb_sync.cli.setup.doctor import repository
from koweb_sync.config import Settings
from koweb_sync.config_file import find
from koweb_sync.errors import InputError
from koweb_sync.i18n import _


@click.command(
    help=_(
        "Log in to the forum with your own account, without an administrator: you agree on the forum, in the browser. "
        "FORUM is its name in koweb.toml, or its address."
    )
)
@click.argument("forum", required=False, metavar=_("FORUM"))
@click.option("--read-only", is_flag=True, help=_("Ask for a key that only reads: for an archive or a report."))
@click.option(
    "--by",
    "way",
    type=OneOf(["code", "browser", "text"]),
    help=_("By a code that you confirm, by your browser, or by a text that you copy (default: what the forum knows)."),
)
@click.option("--file", "in_file", is_flag=True, help=_("Where there is no keyring, keep the key in a file of yours."))
@click.option(
    "--open/--no-open", "browser", default=None, help=_("Open the forum's page in the browser (default: ask).")
)
def login(forum: str | None, read_only: bool, way: str | None, in_file: bool, browser: bool | None) -> None:
    from koweb_sync.cli.setup.logging_in import log_in
    from koweb_sync.sync.setup.init import reached

    settings = configured(forum)
    url = settings.url if settings else reached(address(forum), say)[0]
    log_in(url, writes=not read_only, way=way, in_file=in_file, browser=browser)
    if settings is None:
        say(_("Next: “koweb init --url {url}” in the folder of your posts.").format(url=shlex.quote(url)))
    elif before := key_before(settings):
        say(_("{variable} is set, and comes before your login: unset it to use that.").format(variable=before))
    else:
        say(_("Next: “koweb doctor” says what you may do with it."))


def configured(forum: str | None) -> Settings | None:
    """The forum of koweb.toml that is meant; None for an address, and where no koweb.toml is. Raises ConfigError."""
    if forum and any(sign in forum for sign in ".:/"):
        return None
    try:
        repo = repository()
    except InputError:
        return None
    root = repo.root if repo else Path.cwd()
    return config.load(root, forum=forum) if forum or find(root, Path.cwd()) else None


def address(given: str | None) -> str:
    """The forum's address: as given, or as somebody answers. Raises InputError where nobody can be asked."""
    from koweb_sync.forum.typed_addresses import forum_address

    if given:
        return given
    if not can_ask():
        raise InputError(_("Which forum?"), remedy=_("Give its address: koweb login https://forum.example.org"))
    return ask_for(_("Address of the forum"), forum_address)


def key_before(settings: Settings) -> str:
    """The environment variable whose key comes before a login; "" without one."""
    names = (config.variable(settings.name), *(("KOWEB_API_KEY",) if settings.alone else ()))
    return next((name for name in names if os.environ.get(name, "").strip()), "")
