"""Whether a backup may begin a forum of its own in a file that holds other forums: what was erased never comes back
under a second address, and nothing is put beside another forum unless somebody asks for it.
"""

import os
import shlex
from contextlib import suppress
from typing import TYPE_CHECKING

from koweb_sync.archive.from_backup.other_forum import NamedForum, neighbours, same_address, told_by
from koweb_sync.archive.place import VARIABLE
from koweb_sync.cli.archive.held_forum import configured_here
from koweb_sync.cli.archive.location import ArchivePlace
from koweb_sync.cli.archive.next_reading import at_store
from koweb_sync.errors import HumanNeeded, NoArchive
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from koweb_sync.archive.backups.backup import Backup
    from koweb_sync.archive.from_backup.staged_tables import StagedTables


def beside(
    place: ArchivePlace, backup: "Backup", staged: "StagedTables", where: tuple[str | None, str | None, str | None]
) -> list[NamedForum]:
    """The other forums of the file that a backup goes into, where it begins a forum there. `where`: --forum, --store
    and --url.

    Raises HumanNeeded where one of them is the very forum of the backup, under another address; and where nobody named
    the file or the forum, so that somebody may not know what the file holds.
    """
    with suppress(NoArchive):
        found = neighbours(place.open(), place.settings.url, staged)
        for one in found:
            if one.is_it:
                raise held_already(place, backup, told_by(staged), one.forum)
        others = [one.forum for one in found]
        if others and not any(where) and not os.environ.get(VARIABLE) and not configured_here():
            raise unasked(place, backup, told_by(staged), others)
        return others
    return []


def held_already(place: ArchivePlace, backup: "Backup", theirs: NamedForum, ours: NamedForum) -> HumanNeeded:
    """The error about a forum that its archive holds under another address."""
    words = ["koweb", "archive", "--from-backup", shlex.quote(backup.where)]
    if configured_here() or not same_address(theirs.url, ours.url):
        words += ["--url", shlex.quote(ours.url)]
    return HumanNeeded(
        _("The archive holds this forum already: {forum}.").format(forum=ours),
        where=place.shown,
        remedy=_(
            "Read the backup under that address, even if the forum has moved: “{command}”. Under another one, people"
            " who were erased from the archive would come back."
        ).format(command=" ".join(words) + at_store(place)),
    )


def unasked(place: ArchivePlace, backup: "Backup", theirs: NamedForum, ours: list[NamedForum]) -> HumanNeeded:
    """The error about a file that holds other forums, where nobody said that this one goes there, too."""
    return HumanNeeded(
        _("This backup is of {theirs}, and the archive here is of {ours}.").format(
            theirs=theirs, ours=", ".join(map(str, ours))
        ),
        where=backup.where,
        remedy=_("For an archive of its own: --store FILE. To add it to this one on purpose: --url {url}.").format(
            url=shlex.quote(place.settings.url)
        ),
    )
