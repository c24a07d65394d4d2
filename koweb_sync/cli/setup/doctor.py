"""`koweb doctor`: is everything in place for publishing?"""

import sys
from pathlib import Path

import click

from koweb_sync import config, keys
from koweb_sync.cli.forum_access import connector
from koweb_sync.cli.options import format_option, forum_option
from koweb_sync.cli.output import echo, emit, labelled, painted
from koweb_sync.config_file import FILE
from koweb_sync.errors import InputError, worst
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _


@click.command(help=_("Check the way to the forum: URL, key, scopes, rights, limits, clock, and the git remote."))
@forum_option
@click.option("--save-query", is_flag=True, help=_("Save in Data Explorer the query that reads all posts at once."))
@click.option("--trust-url", is_flag=True, help=_("Agree that the key goes to the address in koweb.toml from now on."))
@format_option()
def doctor(forum: str | None, save_query: bool, trust_url: bool, style: str) -> None:
    from koweb_sync.cli.setup.data_explorer import save
    from koweb_sync.sync.setup.doctor import Finding, Verdict, examine

    repo = repository()
    settings = config.load(repo.root if repo else Path.cwd(), forum=forum)
    if trust_url:
        keys.trust_url(settings)
    signs = {Verdict.GOOD: ("✓", "green"), Verdict.NOTE: ("!", "yellow"), Verdict.BAD: ("✗", "red")}
    found: list[Finding] = []
    for finding in examine(repo, settings, connector(settings), publishing=repo is not None):
        found.append(finding)
        if style == "table":
            sign, colour = signs[finding.verdict]
            echo(painted(sign, fg=colour), f" {labelled(finding.what, finding.detail)}")
    if save_query and not any(finding.verdict is Verdict.BAD for finding in found):
        save(connector(settings)())
    if style == "json":
        emit([{"what": f.what, "verdict": f.verdict.value, "detail": f.detail} for f in found])
    sys.exit(worst(f.exit_code for f in found))


def repository() -> Repo | None:
    """The repository around the current folder; None in a folder with a koweb.toml that is in none: it archives."""
    try:
        return Repo.find(Path.cwd())
    except InputError:
        if (Path.cwd() / FILE).is_file():
            return None
        raise
