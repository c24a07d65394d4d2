"""An erasure that was stopped before its end: what may still hold what was erased, and what goes on with it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from koweb_sync.archive.closing import kit as kits
from koweb_sync.archive.exports import history
from koweb_sync.archive.store.rows import first, home, sql
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable

UNCOMPACTED = "SELECT 1 AS it FROM cursors WHERE forum = ? AND name = 'compact'"  # as `privacy.forget_everywhere` notes


@dataclass(frozen=True, slots=True)
class UnfinishedErasure:
    """`places` may still hold what was erased. `people`: it may be somebody, and not only what the forum deleted."""

    places: tuple[str, ...]
    people: bool

    @property
    def where(self) -> str:
        """What there is to know, in a sentence."""
        text = _("An erasure is not finished. What was erased may still be in: {places}.")
        return text.format(places=", ".join(self.places))

    @property
    def again(self) -> str:
        """What goes on with it, in a sentence."""
        if self.people:
            return _("Type the same “koweb archive forget” or “koweb archive purge” again: it goes on to the end.")
        return _("Type “koweb archive purge” again: it goes on to the end.")


def unfinished_erasure(connection: "Readable", forum: int, place: str) -> UnfinishedErasure | None:
    """The one that was stopped, if there is one."""
    people = first(connection, sql("SELECT 1 AS it FROM erasures WHERE forum = ?", forum)) is not None
    deleted = first(connection, sql("SELECT 1 AS it FROM tombstones WHERE forum = ?", forum)) is not None
    found = unfinished(connection, forum, place) if people or deleted else []
    return UnfinishedErasure(tuple(found), people) if found else None


def unfinished(connection: "Readable", forum: int, place: str) -> list[str]:
    """The places, of which a kit is one: the archive's own file, exports to be made again, kits to be sealed again."""
    made = [one for one in history.made_of(history.origin(connection, forum)[0], home(connection, forum)) if there(one)]
    inside = {one.to: root for one in made if one.local is not None and (root := kits.around(one.local)) is not None}
    stale = {str(inside.get(one.to, one.to)) for one in made if one.spoiled}
    open_kits = {str(root) for root in inside.values() if (kit := kits.read(root)) and kit.whole and not kit.sealed}
    own = [place] if first(connection, sql(UNCOMPACTED, forum)) is not None else []
    return [*own, *sorted(stale | open_kits)]


def there(made: history.MadeExport) -> bool:
    """Whether an export may still be there: nobody asks another computer for it."""
    return made.local is None or history.state(made) != "removed"
