"""What a reading that was cut off was begun with: the wishes of whoever began it."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from koweb_sync.archive.store.rows import sql, value

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable


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
