"""`koweb archive stats`: how much is held, and how sure that is."""

import click

from koweb_sync.cli.archive.filters import reading
from koweb_sync.cli.archive.held_forum import find_to_read, read_options
from koweb_sync.cli.options import format_option
from koweb_sync.cli.output import emit
from koweb_sync.i18n import _


@click.command(help=_("Say what the archive holds, and what the last run cost."))
@read_options
@format_option()
def stats(forum: str | None, store: str | None, style: str) -> None:
    from koweb_sync.archive.read.stats import holdings
    from koweb_sync.archive.store.lost_files import files_gone
    from koweb_sync.cli.archive import lost_files as lost
    from koweb_sync.cli.archive import results as found
    from koweb_sync.cli.archive.next_reading import at_store
    from koweb_sync.cli.archive.unfinished_erasure import say_unfinished

    place = find_to_read(forum, store)
    with reading(place) as reader:
        held = holdings(reader.connection, reader.forum)
        away = files_gone(reader.connection, reader.forum)
        if style == "json":
            held["files"]["gone"] = lost.as_data(away)
            emit({"version": 1, "forum": reader.source().url, **held})
        else:
            found.show_holdings(reader.source(), held, f"koweb archive verify{at_store(place)}")
            lost.say_lost(away, place)
            say_unfinished(reader.connection, reader.forum, place.shown)
