"""`koweb archive purge`: posts that the forum deleted are emptied."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from koweb_sync.cli.archive.after_run import compacted, now, purged, say_unclear
from koweb_sync.cli.archive.exports_again import exports_of, make_again, say_exports
from koweb_sync.cli.archive.held_forum import configured_here, find_to_read, read_options
from koweb_sync.cli.archive.location import archive_at, find
from koweb_sync.cli.archive.run_stages import before_anything
from koweb_sync.cli.options import format_option
from koweb_sync.cli.output import echo, emit, say
from koweb_sync.cli.questions import confirm
from koweb_sync.errors import DONE, HUMAN, Stopped
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.times import DAY

if TYPE_CHECKING:
    from koweb_sync.archive.exports.history import MadeExport
    from koweb_sync.archive.store.store import Archive


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
@click.option("--yes", is_flag=True, help=_("Do not ask."))
def purge(forum: str | None, store: str | None, style: str, days: int | None, dry_run: bool, yes: bool) -> None:
    with before_anything(_("Stopped. Nothing was emptied.")):
        from koweb_sync.archive.privacy import purge as purging
        from koweb_sync.cli.archive.forgetting_bar import forgetting_watched

        # How long texts are kept is koweb.toml's to say: one about another forum decides nothing here.
        place = find(forum, store) if forum is None and configured_here() else find_to_read(forum, store)
        opened = place.open()
        archive = archive_at(place, opened)
        before = now() - (place.settings.archive.purge_after_days if days is None else days) * DAY
        with opened.read() as connection:
            count = len(purging.due(connection, archive.forum, before))
        if count and not dry_run and not yes:
            ask(archive, count)
    stale: list[MadeExport] = []
    late = False
    if dry_run:
        words = ngettext("{n} post would be emptied.", "{n} posts would be emptied.", count)
    else:
        with opened.alone(), forgetting_watched(), may_be_stopped(archive, before):
            done = purged(archive, before)
            count, late = done.rows.get("texts of posts", 0), not compacted(done.late)
            stale = make_again(archive)
        words = ngettext("{n} post emptied.", "{n} posts emptied.", count)
    unclear = say_unclear(place, archive)
    if style == "json":
        emit({"version": 1, "posts": count, "unclear": unclear, "stale": [one.to for one in stale]})
    else:
        echo(words.format(n=number(count)))
    sys.exit(HUMAN if stale or late else DONE)


def ask(archive: "Archive", count: int) -> None:
    """Go on only if a person says yes. Raises click.Abort."""
    words = ngettext("{n} post would be emptied.", "{n} posts would be emptied.", count)
    say(words.format(n=number(count)))
    say_exports(exports_of(archive))
    confirm(
        ngettext(
            "Empty it, with all its texts of before? They cannot be brought back.",
            "Empty them, with all their texts of before? They cannot be brought back.",
            count,
        )
    )


@contextmanager
def may_be_stopped(archive: "Archive", before: int) -> Iterator[None]:
    """Say what is done and what is left where somebody stops it. Raises Stopped."""
    from koweb_sync.archive.closing.unfinished import unfinished
    from koweb_sync.archive.privacy import purge as purging

    try:
        yield
    except KeyboardInterrupt:
        with archive.store.read() as connection:
            left = unfinished(connection, archive.forum, archive.store.place)
            waits = purging.due(connection, archive.forum, before)
        if waits or not left:
            raise Stopped(_("Stopped. Nothing was emptied.") if waits else _("Stopped.")) from None
        text = _("Stopped. The archive no longer has these texts. They may still be in: {places}.")
        remedy = _("Type the same command again: it goes on to the end.")
        raise Stopped(text.format(places=", ".join(left)), remedy=remedy) from None
