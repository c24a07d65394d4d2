"""`koweb preview`: post files as the forum will show them, in the browser."""

import gc
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from koweb_sync.cli.browser import open_in_browser
from koweb_sync.cli.options import forum_option
from koweb_sync.cli.output import disclose, say
from koweb_sync.cli.workspace import repository_paths, workspace
from koweb_sync.errors import InputError
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from koweb_sync.desk.run.session import DeskSession
    from koweb_sync.desk.serving.app import DeskRoom
    from koweb_sync.desk.serving.running_desk import RunningDesk


@click.command(
    help=_(
        "Show post files in the browser as the forum will show them, renewed with every save, until Ctrl-C. Uses no "
        "network. PATH is the file to begin with."
    )
)
@click.argument("path", required=False, metavar="[PATH]", type=click.Path(path_type=Path))
@forum_option
@click.option(
    "--port", type=click.IntRange(0, 65535), metavar="N", default=0, help=_("Where to serve (default: any free port).")
)
@click.option("--browser/--no-browser", default=None, help=_("Open the browser, or only print the address."))
def preview(path: Path | None, forum: str | None, port: int, browser: bool | None) -> None:
    from koweb_sync.desk.rooms.preview import PREVIEWS
    from koweb_sync.desk.run.session import DeskSession
    from koweb_sync.desk.run.watcher import ChangeWatcher

    repo, settings = workspace(forum)
    start = first_page(repo, path) if path else PREVIEWS.path
    run = DeskSession(Path.cwd(), ChangeWatcher(repo.root))
    run.open(repo, settings).current()  # what keeps the folder from being read is said here, not on a page
    serve(run, [PREVIEWS], start, port=port, browser=browser)


def serve(
    run: "DeskSession",
    rooms: "Sequence[DeskRoom]",
    start: str,
    *,
    port: int,
    browser: bool | None,
    running: "RunningDesk | None" = None,
) -> None:
    """Serve pages until Ctrl-C, and open the browser at one. `running`: where others find this desk. Raises InputError
    where the port is taken.
    """
    from koweb_sync.desk.serving.app import make_app
    from koweb_sync.desk.serving.server import LocalServer

    try:
        server = LocalServer(lambda access: make_app(access, run, rooms), port)
    except OSError as error:
        raise InputError(
            _("Port {port} is taken.").format(port=port), remedy=_("Choose another one, or leave --port out.")
        ) from error
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    gc.freeze()  # what was loaded stays: to look through it for garbage again takes as long as to show a list anew
    server.start()
    if running is not None:
        running.note(server.access)
        run.until_end.callback(running.forget, server.access)
    try:
        show(server.access.address(start), browser=browser)
        say(_("Stop with Ctrl-C."))
        server.wait(run.nobody_needs_it if run.ends_alone else None)
        if run.ends_alone:
            say(_("No page is open any more: koweb stopped."))
    except KeyboardInterrupt:
        run.end_work(say)
        say(_("Stopped."))
    finally:
        run.end_work(say)
        run.watcher.stop()
        run.until_end.close()
        server.stop()


def show(address: str, *, browser: bool | None) -> None:
    """Print the address of a page, and open the browser there; without a wish, where somebody reads what we say."""
    disclose(address)
    if sys.stderr.isatty() if browser is None else browser:
        open_in_browser(address)


def first_page(repo: Repo, path: Path) -> str:
    """The address of the page of a file. Raises InputError where there is none."""
    from koweb_sync.desk.previews.local_html import path_in_address

    found = repository_paths(repo, [os.fspath(path)])[0]
    if not (repo.root / found).is_file():
        raise InputError(
            _("There is no such file."), where=os.fspath(path), remedy=_("Without a name, all post files are listed.")
        )
    return f"/preview/{path_in_address(found)}"
