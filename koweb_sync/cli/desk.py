"""`koweb desk`: everything a facilitator does, as pages in the browser."""

from pathlib import Path

import click

from koweb_sync.cli.options import forum_option
from koweb_sync.cli.preview import serve
from koweb_sync.cli.workspace import workspace
from koweb_sync.config_file import find
from koweb_sync.i18n import _


@click.command(
    help=_(
        "Open the desk in the browser: write, see, publish, bring back, read, report. It ends a while after its last "
        "page is closed, or with Ctrl-C."
    )
)
@forum_option
@click.option(
    "--port", type=click.IntRange(0, 65535), metavar="N", default=0, help=_("Where to serve (default: any free port).")
)
@click.option("--browser/--no-browser", default=None, help=_("Open the browser, or only print the address."))
def desk(forum: str | None, port: int, browser: bool | None) -> None:
    from koweb_sync.desk.rooms import ROOMS
    from koweb_sync.desk.session import DeskSession
    from koweb_sync.desk.watcher import ChangeWatcher
    from koweb_sync.sync.setup.repository import repository_at

    here = Path.cwd()
    run = DeskSession(here, ChangeWatcher(here), ends_alone=True)
    around = repository_at(here)
    if around is not None and find(around.root, here) is not None:  # else the desk begins with setting up
        repo, settings = workspace(forum)
        run.open(repo, settings).current()
    serve(run, ROOMS, "/", port=port, browser=browser)
