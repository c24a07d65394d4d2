"""An erasure that was stopped before its end: which files may still hold what was erased, and what finishes it."""

from typing import TYPE_CHECKING

from koweb_sync.archive.store.rows import first, sql
from koweb_sync.cli.output import say
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable


def say_unfinished(connection: "Readable", forum: int, place: str) -> None:
    """Say so, if there is one."""
    anybody = sql("SELECT 1 AS it FROM erasures WHERE forum = ?", forum)
    if first(connection, anybody) is None:  # then nothing more is loaded
        return
    from koweb_sync.archive.closing.unfinished import unfinished

    if places := unfinished(connection, forum, place):
        text = _("An erasure is not finished. What was erased may still be in: {places}.")
        again = _("Type the same “koweb archive forget” again: it goes on to the end.")
        say(f"{text.format(places=', '.join(places))} {again}", fg="yellow")
