"""`koweb desk`: everything a facilitator does, as pages in the browser."""

import os
import sys
from pathlib import Path

import click

from koweb_sync.cli.options import forum_option
from koweb_sync.cli.output import say
from koweb_sync.cli.preview import serve, show
from koweb_sync.cli.workspace import workspace
from koweb_sync.errors import InputError
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
@click.option(
    "--icon/--no-icon",
    default=None,
    help=_("Only put an icon that opens the desk among this computer's programs, or take it away."),
)
@click.option("--here", "stays", is_flag=True, help=_("Set up this folder, wherever the desk was open last."))
def desk(forum: str | None, port: int, browser: bool | None, icon: bool | None, stays: bool) -> None:
    from koweb_sync.desk.rooms.menu import ROOMS
    from koweb_sync.desk.run.last_folder import is_set_up, remembered
    from koweb_sync.desk.run.session import DeskSession
    from koweb_sync.desk.run.watcher import ChangeWatcher
    from koweb_sync.desk.serving.running_desk import RunningDesk

    if icon is not None:
        change_icon(wanted=icon)
        return
    here = Path.cwd()
    if not stays and not is_set_up(here) and (last := remembered()) is not None:
        say(
            _("The desk opens where it was open last: {folder}. “koweb desk --here” begins in this folder.").format(
                folder=last
            )
        )
        os.chdir(here := last)
    running = RunningDesk(here, forum or "")
    if not port and (address := running.address()):
        say(_("The desk is open already: these are its pages."))
        show(address, browser=browser)
        return
    run = DeskSession(here, ChangeWatcher(here), ends_alone=True, looks_alone=True)
    if is_set_up(here):  # else the desk begins with setting up
        run.opens = lambda: run.open(*workspace(forum)).current()
        if sys.stderr.isatty() or not browser:
            run.open_first()  # what keeps the folder from being read is said here; where nobody reads it, on a page
    serve(run, ROOMS, "/", port=port, browser=browser, running=running)


def change_icon(*, wanted: bool) -> None:
    """Put the icon in its place, or take it away. Raises InputError on a system for which none is known."""
    from koweb_sync.desk.run.app_icon import app_icon

    icon = app_icon()
    if icon is None:
        raise InputError(
            _("koweb knows no icon for this system."), remedy=_("Make a shortcut yourself that runs “koweb desk”.")
        )
    icon.put() if wanted else icon.remove()
    told = _("This icon opens the desk from now on: {file}") if wanted else _("The icon is gone: {file}")
    say(told.format(file=icon.root / icon.path))
