"""What may still hold something that was erased: an erasure was stopped before it came to its end."""

from typing import TYPE_CHECKING

from koweb_sync.archive.closing import kit as kits
from koweb_sync.archive.exports import history
from koweb_sync.archive.store.rows import first, sql, value

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable

UNCOMPACTED = "SELECT 1 AS it FROM cursors WHERE forum = ? AND name = 'compact'"  # as `privacy.forget_everywhere` notes


def unfinished(connection: "Readable", forum: int, place: str) -> list[str]:
    """The places, of which a kit is one: the archive's own file, exports to be made again, kits to be sealed again."""
    address = str(value(connection, sql("SELECT url AS it FROM forums WHERE id = ?", forum)))
    made = [one for one in history.made_of(history.origin(connection, forum)[0], address) if there(one)]
    inside = {one.to: root for one in made if one.local is not None and (root := kits.around(one.local)) is not None}
    stale = {str(inside.get(one.to, one.to)) for one in made if one.spoiled}
    open_kits = {str(root) for root in inside.values() if (kit := kits.read(root)) and kit.whole and not kit.sealed}
    own = [place] if first(connection, sql(UNCOMPACTED, forum)) is not None else []
    return [*own, *sorted(stale | open_kits)]


def there(made: history.MadeExport) -> bool:
    """Whether an export may still be there: nobody asks another computer for it."""
    return made.local is None or history.state(made) != "removed"
