"""Files that “koweb archive subject” wrote: they go on telling of somebody whom the archive forgets, so it is noted
where they lie, beside where the archive's copies do.
"""

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from koweb_sync.archive.privacy import copies
from koweb_sync.errors import KowebError

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable


def note(connection: "Readable", forum: int, person: int, file: Path) -> None:
    """Note that a file tells of somebody; of somebody who is forgotten already it tells nothing. Nothing where nothing
    can be kept.
    """
    name, forgotten = copies.key(connection, forum), copies.of_people(connection, forum)
    with suppress(KowebError, OSError), copies.record().changed() as known, copies.record().undamaged():
        mine: dict[str, Any] = known.setdefault("archives", {}).setdefault(name, {"places": [], "forgotten": {}})
        before = {place: one for place, one in mine.get("answers", {}).items() if Path(place).exists()}
        before.pop(str(file.resolve()), None)
        told = {} if person in forgotten else {str(file.resolve()): person}
        mine["answers"] = {**before, **told}


def about(connection: "Readable", forum: int, people: Collection[int]) -> list[str]:
    """The files that are still there and tell of some people. Raises KowebError for a damaged record."""
    with copies.record().undamaged():
        mine = copies.record().read().get("archives", {}).get(copies.key(connection, forum), {})
        return sorted(
            file for file, one in mine.get("answers", {}).items() if one in people and may_be_there(Path(file))
        )


def may_be_there(file: Path) -> bool:
    """Whether a file is there, as far as anybody may look."""
    try:
        return file.exists()
    except OSError:
        return True
