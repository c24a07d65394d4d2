"""An import carried out: files first, then notes, so that whatever is there is whole. A run that is cut off anywhere is
simply run again: what is there already is not written twice.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from koweb_sync import safe_files
from koweb_sync.errors import InputError
from koweb_sync.i18n import _
from koweb_sync.importing.plan import ImportPlan


def write(plan: ImportPlan, folder: Path, root: Path, watch: Callable[[str], None] = lambda _path: None) -> None:
    """Write everything below `root`, the repository, from `folder`. `watch` hears each path once it is there.

    Raises InputError where something is in the way, or where a note is not any more what was planned: what was written
    until then stays, and the next run goes on from there.
    """
    for copy in plan.copies:
        safe_files.write(root, copy.path, safe_files.read(folder, copy.source), fresh=True)
        watch(copy.path)
    for over in plan.over:
        unchanged(folder, over.source, over.digest)
        safe_files.remove(folder, over.source)
    for one in plan.relinked:
        unchanged(folder, one.source, one.digest)
        safe_files.write(root, one.path, one.data)
        watch(one.path)
    for item in plan.items:
        if item.replaced or item.removed:
            unchanged(folder, item.source, item.digest)
        # `B.MD` and `B.md` are one file where capitals do not count: that one takes the new name and text at once.
        place = root / item.path
        same = item.removed and place.exists() and place.samefile(folder / item.source)
        safe_files.write(root, item.path, item.data, fresh=not (item.replaced or same))
        if item.removed and not same:
            safe_files.remove(folder, item.source)
        watch(item.path)


def unchanged(folder: Path, note: str, digest: str) -> None:
    """Raises InputError for a note that somebody changed since it was read: it must not be written over."""
    if sha256(safe_files.read(folder, note)).hexdigest()[:16] != digest:
        raise InputError(
            _("This note was changed while it was imported; it was left as it is."),
            where=str(folder / note),
            remedy=_("Try again."),
        )
