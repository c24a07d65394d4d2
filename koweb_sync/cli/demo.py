"""`koweb demo`: see everything work, on a forum inside this computer."""

import signal
import threading
from pathlib import Path

import click

from koweb_sync.cli.browser import open_in_browser
from koweb_sync.cli.output import say
from koweb_sync.cli.questions import ask_yes_no, can_ask
from koweb_sync.errors import InputError
from koweb_sync.i18n import _, ngettext


@click.command(
    help=_(
        "See everything work: starts a forum on this computer with forty people on it, publishes the guide to it, "
        "archives what they say, and reports who is left aside."
    )
)
@click.option("--once", is_flag=True, help=_("End by itself instead of leaving the forum open."))
@click.option("--open/--no-open", "browser", default=None, help=_("Open the report in the browser (default: ask)."))
@click.option(
    "--port", type=click.IntRange(0, 65535), metavar="N", default=0, help=_("Port of the forum (default: a free one).")
)
def demo(once: bool, browser: bool | None, port: int) -> None:
    if once and browser:
        raise InputError(
            _("With --once the report is gone before a browser has it."), remedy=_("Take one of --once and --open.")
        )
    from koweb_sync.demo.stage import stage
    from koweb_sync.demo.story import play

    with stage(shown, port) as running:
        play(running)
        count = running.published()
        text = ngettext("# {n} post is on the forum: {url}", "# {n} posts are on the forum: {url}", count)
        shown(text.format(n=count, url=running.box.url))
        if not once:
            if running.page.is_file():
                show(running.page, browser)
            shown(_("# Look at it in your browser. Ctrl-C ends the demonstration; nothing is left behind."))
            wait()


def shown(text: str) -> None:
    """A line of the demonstration, before what the commands print themselves."""
    bold = text.startswith("$")
    say(text, bold=bold, fg=None if bold else "cyan")


def show(page: Path, browser: bool | None) -> None:
    """Say where the report is, and open it: if that was asked for, or if somebody at a terminal says yes."""
    address = page.as_uri()
    shown(_("# The report for facilitators: {address}").format(address=address))
    if browser is None:
        browser = can_ask() and ask_yes_no(_("Open it in your browser?"), default=True)
    if browser and not open_in_browser(address):
        shown(_("# No browser could be started here; open that address in one."))


def wait() -> None:
    """Until Ctrl-C, or until the system asks us to end."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()
