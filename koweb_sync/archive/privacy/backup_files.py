"""The backup that an archive is read from: where it lies is noted on this computer alone, beside where the archive's
copies do. The archive itself may be handed on.
"""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from koweb_sync.archive.privacy import copies
from koweb_sync.archive.store.store import Archive
from koweb_sync.errors import KowebError

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable


def note(archive: Archive, file: Path) -> None:
    """Note where the backup lies that is read now. Nothing where nothing can be kept."""
    with archive.store.read() as connection:
        name = copies.key(connection, archive.forum)
    with suppress(KowebError, OSError), copies.record().changed() as known, copies.record().undamaged():
        mine: dict[str, Any] = known.setdefault("archives", {}).setdefault(name, {"places": [], "forgotten": {}})
        mine["backup"] = str(file.resolve())


def last_read(connection: "Readable", forum: int) -> Path | None:
    """The backup that was read last on this computer, if it is still there. A damaged record is told by whoever reads
    it for somebody's sake.
    """
    with suppress(KowebError, OSError), copies.record().undamaged():
        mine = copies.record().read().get("archives", {}).get(copies.key(connection, forum), {})
        file = Path(str(mine.get("backup") or ""))
        return file if file.is_file() else None
    return None
