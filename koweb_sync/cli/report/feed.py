"""`koweb feed`: files for feed readers, to be put on a web server."""

from pathlib import Path

import click

from koweb_sync import safe_files
from koweb_sync.cli import named_file
from koweb_sync.cli.lazy_group import LazyGroup
from koweb_sync.cli.options import Function
from koweb_sync.cli.output import echo, label
from koweb_sync.errors import InputError
from koweb_sync.forum.addresses import read
from koweb_sync.forum.typed_addresses import whole
from koweb_sync.i18n import _

SUBCOMMANDS: dict[str, tuple[str, str]] = {
    # name: (module under koweb_sync.cli, one line of help)
    "waiting": ("report.feed_waiting", _("Write who waits for an answer: for facilitators alone.")),
    "letter": ("report.feed_letter", _("Write the letters that were published: for everybody.")),
}


class FeedGroup(LazyGroup):
    """The group of feeds."""

    modules = SUBCOMMANDS


@click.group(cls=FeedGroup, help=_("Write a feed (Atom) into a folder that a web server shows: from the archive."))
def feed() -> None:
    """Only its commands do something."""


def feed_options(function: Function) -> Function:
    """Where a feed is written, and where people find it."""
    for option in (
        click.option(
            "--address",
            metavar="URL",
            default="",
            help=_("Where that folder is on the web: the feed names its own address, and so is it printed."),
        ),
        click.option(
            "--into",
            "folder",
            metavar="DIR",
            required=True,
            type=click.Path(path_type=Path, file_okay=False),
            help=_("The folder to write into."),
        ),
    ):
        function = option(function)
    return function


def address_of(base: str, name: str) -> str:
    """The address of a feed. Raises InputError for one that is none."""
    if not base:
        return ""
    address = read(whole(base))
    if address is None:
        raise InputError(_("“{url}” is no address of a web server.").format(url=base), where="--address")
    return f"{whole(base).rstrip('/')}/{name}"


def write(folder: Path, name: str, text: str, address: str) -> None:
    """Write a feed, and say where it is."""
    safe_files.folder(folder)
    named_file.write(folder / name, text)
    echo(label(address or str(folder / name)))
