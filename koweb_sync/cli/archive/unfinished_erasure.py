"""An erasure that was stopped before its end: which files may still hold what was erased, and what finishes it."""

from typing import TYPE_CHECKING

from koweb_sync.archive.store.rows import first, sql
from koweb_sync.cli.output import say

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable


def say_unfinished(connection: "Readable", forum: int, place: str) -> None:
    """Say so, if there is one."""
    either = "SELECT 1 AS it FROM erasures WHERE forum = ? UNION ALL SELECT 1 FROM tombstones WHERE forum = ? LIMIT 1"
    if first(connection, sql(either, forum, forum)) is None:  # then nothing more is loaded
        return
    from koweb_sync.archive.closing.unfinished import unfinished_erasure

    if left := unfinished_erasure(connection, forum, place):
        say(f"{left.where} {left.again}", fg="yellow")
