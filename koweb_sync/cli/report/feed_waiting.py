"""`koweb feed waiting`: who waits for an answer, for facilitators' feed readers."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from koweb_sync import safe_files
from koweb_sync.cli.archive.held_forum import find_to_read, read_options
from koweb_sync.cli.out_of_git import keep_out_of_git
from koweb_sync.cli.output import say
from koweb_sync.cli.report.asked import Asked, wished
from koweb_sync.cli.report.feed import address_of, feed_options, write
from koweb_sync.cli.report.window import horizon_option, time_zone_option
from koweb_sync.errors import InputError
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from koweb_sync.letter.feeds import Feed


FEED = "waiting"
UNASKED = {
    "until": None, "category": (), "tag": (), "watch_list": True, "audience": None, "pseudonyms": False, "engine": None,
}  # fmt: skip


@click.command(
    help=_(
        "Write who waits for an answer as a feed. Its name, and so its address, is a secret that stays the same: give "
        "it to those who answer, and to nobody else. --new-address makes another one, and removes the old one."
    )
)
@read_options
@feed_options
@click.option("--new-address", is_flag=True, help=_("Take a new secret, and remove the feed with the old one."))
@click.option("--since", default=_("30d"), show_default=True, metavar="TIME", help=_("30d, 4w, or a day: 2026-10-01."))
@time_zone_option
@horizon_option
def waiting(forum: str | None, store: str | None, folder: Path, address: str, new_address: bool, **given: Any) -> None:
    from koweb_sync.letter.feeds import xml
    from koweb_sync.letter.secret_names import secret_of

    address_of(address, "")
    place = find_to_read(forum, store)
    asked = wished(place, {**given, **UNASKED})
    safe_files.folder(folder)
    # Whoever may read .gitignore must not learn the name.
    keep_out_of_git(folder / f"{FEED}-", ending="*")
    if new_address:  # first what the old one leads to goes: a cut would leave it there, and nobody would know its name
        with suppress(InputError):
            safe_files.remove(folder, named(secret_of(place.settings.url, FEED)))
    name = named(secret_of(place.settings.url, FEED, fresh=new_address))
    keep_out_of_git(folder / name)
    write(folder, name, xml(gathered(asked, address_of(address, name))), address_of(address, name))
    say(_("It names people who wait: give its address to those who answer, and let the web server list no folder."))


def named(secret: str) -> str:
    """The name of the file."""
    return f"{FEED}-{secret}.atom"


def gathered(asked: Asked, address: str) -> "Feed":
    """The feed, out of the archive."""
    from koweb_sync.archive.read.reader import Reader
    from koweb_sync.letter.feeds import waiting as feed_of
    from koweb_sync.report.engine.archive_state import names
    from koweb_sync.report.engine.population import population_of
    from koweb_sync.report.engine.source import opened
    from koweb_sync.report.lists.left_aside import left_aside

    archive = asked.archive
    with opened(archive.store, archive.forum, asked.engine) as source:
        found = left_aside(population_of(source, asked.settings), asked.window)
    with archive.store.read() as connection:
        called = names(connection, archive.forum, found.named)
        return feed_of(Reader(connection, archive.forum).source(), found, called, asked.settings, address)
