"""`koweb demo`: see everything work, on a forum inside this computer."""

import signal
import threading

import click

from koweb_sync.cli.common import say
from koweb_sync.errors import InputError
from koweb_sync.i18n import _


@click.command(
    help=_(
        "See everything work: starts a forum on this computer with forty people on it, publishes the guide to it, and "
        "archives what they say."
    )
)
@click.option("--once", is_flag=True, help=_("End by itself instead of leaving the forum open."))
@click.option("--port", type=click.IntRange(0, 65535), default=0, help=_("Port of the forum (default: a free one)."))
def demo(once: bool, port: int) -> None:
    try:
        from koweb_sync.demo.stage import stage
        from koweb_sync.demo.story import play
    except ImportError as error:
        raise InputError(
            _("The demonstration needs the extra “demo”, which is not installed."),
            remedy=_("Install it with: pip install 'koweb-sync[demo]'"),
        ) from error
    with stage(shown, port) as running:
        play(running)
        shown(_("# {n} posts are on the forum: {url}").format(n=running.published(), url=running.box.url))
        if not once:
            shown(_("# Look at it in your browser. Ctrl-C ends the demonstration; nothing is left behind."))
            wait()


def shown(text: str) -> None:
    """A line of the demonstration, before what the commands print themselves."""
    bold = text.startswith("$")
    say(text, bold=bold, fg=None if bold else "cyan")


def wait() -> None:
    """Until Ctrl-C, or until the system asks us to end."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()
