"""`koweb archive purge`: posts that the forum deleted are emptied."""

import sys
from typing import TYPE_CHECKING

import click

from koweb_sync.cli.archive.after_run import compacted, now, purged
from koweb_sync.cli.archive.exports_again import make_again
from koweb_sync.cli.archive.held_forum import configured_here, find_to_read, read_options
from koweb_sync.cli.archive.location import archive_at, find
from koweb_sync.cli.options import format_option
from koweb_sync.cli.output import echo, emit
from koweb_sync.errors import DONE, HUMAN
from koweb_sync.i18n import _, ngettext
from koweb_sync.times import DAY

if TYPE_CHECKING:
    from koweb_sync.archive.exports.history import MadeExport


@click.command(
    help=_(
        "Empty the posts that the forum deleted some days ago. That there was a post, and why it went, stays. With "
        'deletions = "purge" in koweb.toml every run does it.'
    )
)
@read_options
@format_option()
@click.option(
    "--days",
    type=click.IntRange(0, 10**6),
    metavar="N",
    help=_("How long after it was deleted (default: see koweb.toml)."),
)
@click.option("--dry-run", is_flag=True, help=_("Only say how many."))
def purge(forum: str | None, store: str | None, style: str, days: int | None, dry_run: bool) -> None:
    from koweb_sync.archive.privacy import purge as purging

    # How long texts are kept is koweb.toml's to say: one about another forum decides nothing here.
    place = find(forum, store) if forum is None and configured_here() else find_to_read(forum, store)
    opened = place.open()
    archive = archive_at(place, opened)
    stale: list[MadeExport] = []
    late = False
    before = now() - (place.settings.archive.purge_after_days if days is None else days) * DAY
    if dry_run:
        with opened.read() as connection:
            number = len(purging.due(connection, archive.forum, before))
        words = ngettext("{n} post would be emptied.", "{n} posts would be emptied.", number)
    else:
        with opened.alone():
            done = purged(archive, before)
            number, late = done.rows.get("texts of posts", 0), not compacted(done.late)
            stale = make_again(archive)
        words = ngettext("{n} post emptied.", "{n} posts emptied.", number)
    if style == "json":
        emit({"version": 1, "posts": number, "stale": [one.to for one in stale]})
    else:
        echo(words.format(n=number))
    sys.exit(HUMAN if stale or late else DONE)
