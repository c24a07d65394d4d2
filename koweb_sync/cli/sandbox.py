"""`koweb sandbox`: a small Discourse on this computer, to try things on."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from koweb_sync.cli.common import emit, format_option, say
from koweb_sync.errors import InputError
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from koweb_sync.sandbox import Sandbox


@click.command(help=_("Run a small Discourse forum on this computer until Ctrl-C. What happens there is forgotten."))
@click.option("--port", type=click.IntRange(0, 65535), default=4200, show_default=True, help=_("0 for any free one."))
@click.option(
    "--seed",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("Start with the people, topics and keys of this file."),
)
@click.option("--rate-limits", is_flag=True, help=_("Allow 60 requests a minute, as a real forum does."))
@format_option()
def sandbox(port: int, seed: Path | None, rate_limits: bool, style: str) -> None:
    with start(port, seed, rate_limits=rate_limits) as box:
        if style == "json":
            emit({"url": box.url, "keys": dict(box.keys)})
        else:
            click.echo(box.url)
            say(_("Keys of this forum (no other forum knows them):"))
            for name, key in box.keys.items():
                say(f"  {name}: {key}")
            say(_("Stop with Ctrl-C."))
        wait()


def start(port: int, seed: Path | None, *, rate_limits: bool) -> "Sandbox":
    """Start the forum. Raises InputError where the extra is not installed, the port taken or the seed broken."""
    try:
        from koweb_sync.sandbox import Sandbox
    except ImportError as error:
        raise InputError(
            _("The sandbox is not installed ({name} is missing).").format(name=error.name),
            remedy=_("Install it with: pip install 'koweb-sync[sandbox]'"),
        ) from error
    try:
        return Sandbox.start(seed, port=port, rate_limits=rate_limits)
    except FileNotFoundError as error:
        raise InputError(_("There is no such file."), where=str(seed), remedy=_("Check the path.")) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            _("This file is no seed of a forum: {why}.").format(why=error),
            where=str(seed),
            remedy=_("Without --seed the forum starts with people and topics of its own."),
        ) from error
    except OSError as error:
        raise InputError(
            _("The port {port} cannot be used: {why}.").format(port=port, why=error.strerror),
            remedy=_("Choose another one with --port, or 0 for any free one."),
        ) from error


def wait() -> None:
    """Until Ctrl-C."""
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        say(_("Stopped."))
