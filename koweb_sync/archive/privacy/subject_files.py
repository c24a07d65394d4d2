"""Files that “koweb archive subject” wrote: they go on telling of somebody whom the archive forgets, so it is noted
where they lie, beside where the archive's copies do. One about somebody else may name them, too.
"""

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from koweb_sync.archive.privacy import copies
from koweb_sync.archive.privacy.find_names import Sought, Trace, in_file, unless_closed
from koweb_sync.errors import KowebError

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable


def note(connection: "Readable", forum: int, person: int, file: Path) -> None:
    """Note that a file tells of somebody; one about somebody who is forgotten already, as about nobody. Nothing where
    nothing can be kept.
    """
    name, forgotten = copies.key(connection, forum), copies.of_people(connection, forum)
    with suppress(KowebError, OSError), copies.record().changed() as known, copies.record().undamaged():
        mine: dict[str, Any] = known.setdefault("archives", {}).setdefault(name, {"places": [], "forgotten": {}})
        before = {place: one for place, one in mine.get("answers", {}).items() if Path(place).exists()}
        mine["answers"] = {**before, str(file.resolve()): None if person in forgotten else person}


def telling_of(
    connection: "Readable", forum: int, people: Collection[int], names: Sought, closed: list[Path]
) -> list[str]:
    """The files that are still there and are about some people, or say one of their names. What may not be read is
    added to `closed`. Raises KowebError for a damaged record.
    """
    with copies.record().undamaged():
        mine = copies.record().read().get("archives", {}).get(copies.key(connection, forum), {})
        files = {Path(file): one for file, one in mine.get("answers", {}).items()}
    return sorted(
        str(file) for file, one in files.items() if may_be_there(file) and (one in people or says(file, names, closed))
    )


def says(file: Path, names: Sought, closed: list[Path]) -> bool:
    """Whether a file says a name."""
    found: list[Trace] = []
    with unless_closed(file, closed):
        found += in_file(file, None, names)
    return bool(found)


def may_be_there(file: Path) -> bool:
    """Whether a file is there, as far as anybody may look."""
    try:
        return file.exists()
    except OSError:
        return True
