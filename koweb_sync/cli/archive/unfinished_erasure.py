"""An erasure that was stopped before its end: which files may still hold what was erased, and what finishes it."""

from typing import TYPE_CHECKING

from koweb_sync.archive.store.rows import first, sql
from koweb_sync.cli.output import say
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable


def say_unfinished(connection: "Readable", forum: int, place: str) -> None:
    """Say so, if there is one."""
    somebody = first(connection, sql("SELECT 1 AS it FROM erasures WHERE forum = ?", forum)) is not None
    deleted = sql("SELECT 1 AS it FROM tombstones WHERE forum = ?", forum)
    if not somebody and first(connection, deleted) is None:  # then nothing more is loaded
        return
    from koweb_sync.archive.closing.unfinished import unfinished

    if places := unfinished(connection, forum, place):
        text = _("An erasure is not finished. What was erased may still be in: {places}.")
        again = _("Type the same “koweb archive forget” or “koweb archive purge” again: it goes on to the end.")
        if not somebody:
            again = _("Type “koweb archive purge” again: it goes on to the end.")
        say(f"{text.format(places=', '.join(places))} {again}", fg="yellow")
