"""The errors about a backup: what is wrong with it, and what to do next."""

from koweb_sync.errors import InputError
from koweb_sync.i18n import _


def damaged(where: str, why: str) -> InputError:
    """The error about a file that is not as a backup is."""
    return InputError(
        _("This backup cannot be read: {why}").format(why=why),
        where=where,
        remedy=_("Download it again from the forum (Admin → Backups), and compare its size with what the forum says."),
    )


def unknown(where: str, why: str) -> InputError:
    """The error about a backup in a form that nobody here knows."""
    return InputError(
        _("This backup has a form that koweb does not know: {why}").format(why=why),
        where=where,
        remedy=_("A newer koweb may know it; until then, archive over the forum's API: “koweb archive”."),
    )


def no_backup(where: str) -> InputError:
    """The error about a file that is something else."""
    return InputError(
        _("This is no backup of Discourse: there is neither “dump.sql.gz” nor “toc.dat” in it."),
        where=where,
        remedy=_("Name the backup as it was downloaded from the forum (Admin → Backups)."),
    )
