"""Which readings were begun at all, and what one that was cut off was begun with: the wishes of whoever began it."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from koweb_sync.archive.store.rows import first, sql, value

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable, Row

# Of `runs`: what was no part of one; a run that got no answer at all does not count, for nothing of it was read.
WHOLE = "outcome <> 'part' AND (outcome <> '' OR via = 'backup' OR keyed + anonymous > 0)"


def newest_state(connection: "Readable", forum: int) -> "Row | None":
    """The way of the whole run whose state of the forum is the newest, and when that was: a backup may be read after a
    newer one. None where there was none.
    """
    query = f"SELECT via, started, ended, outcome FROM runs WHERE forum = ? AND {WHOLE}"
    return first(connection, sql(f"{query} ORDER BY started DESC, n DESC LIMIT 1", forum))


def begun_with(connection: "Readable", forum: int) -> Mapping[str, bool]:
    """The wishes of the last reading of a forum, as long as it is not finished, by the names that `CrawlOptions` gives
    them; as `crawl.run` notes it. An older koweb noted none.
    """
    names = "('at:begun', 'aside:begun')"  # the second while some things are read between two runs
    found = sql(f"SELECT value AS it FROM cursors WHERE forum = ? AND name IN {names} ORDER BY name LIMIT 1", forum)
    try:
        told = json.loads(value(connection, found) or "{}")
    except ValueError:
        told = {}
    wishes = told.get("wishes") if isinstance(told, dict) else {}
    return wishes if isinstance(wishes, dict) else {}
