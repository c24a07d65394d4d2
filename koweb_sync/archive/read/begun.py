"""What a reading that was cut off was begun with: the wishes of whoever began it, and the backup that it read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from koweb_sync.archive.store.rows import sql, value

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable


@dataclass(frozen=True, slots=True)
class BegunWith:
    """The wishes by the names that `CrawlOptions` gives them; where the backup lies, as seen from the archive's folder
    ("" where none was read). An older koweb noted neither.
    """

    wishes: Mapping[str, bool] = field(default_factory=dict)
    backup: str = ""


def begun_with(connection: "Readable", forum: int) -> BegunWith:
    """What the last reading of a forum was begun with, as long as it is not finished; as `crawl.run` notes it."""
    names = "('at:begun', 'aside:begun')"  # the second while some things are read between two runs
    found = sql(f"SELECT value AS it FROM cursors WHERE forum = ? AND name IN {names} ORDER BY name LIMIT 1", forum)
    try:
        told = json.loads(value(connection, found) or "{}")
    except ValueError:
        told = {}
    wishes, backup = (told.get("wishes"), told.get("backup")) if isinstance(told, dict) else ({}, "")
    return BegunWith(wishes if isinstance(wishes, dict) else {}, backup if isinstance(backup, str) else "")
