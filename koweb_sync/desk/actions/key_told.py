"""What somebody is told of their key: whether there is one, where it is kept, and whether it has to be typed again."""

from koweb_sync import keyrings
from koweb_sync.config import Settings
from koweb_sync.desk.actions.set_up import has_key, in_file, kept_in
from koweb_sync.i18n import _


def key_told(settings: Settings) -> str:
    """Whether somebody has a key, where it is kept, and why not, in one sentence."""
    if not has_key(settings):
        return _("missing: nothing can be published yet")
    if settings.login:
        return _("your own, by your login")
    if keyrings.key(settings.url, settings.username):
        return _("kept in this computer’s keyring, so that you need not type it again")
    if in_file(settings):
        return _("kept in a file that nobody else on this computer can read, so that you need not type it again")
    if keyrings.usable():
        return _("known until the desk ends, as you did not want it kept in this computer’s keyring")
    if keyrings.library():
        return _("known until the desk ends, as this computer has no keyring, or does not allow it now")
    return _("known until the desk ends, as the part of koweb that uses this computer’s keyring is not installed")


def key_taken(settings: Settings) -> str:
    """That the forum takes a key that was just typed, and whether it has to be typed again."""
    kept = _("The key is kept: you need not type it again.")
    known = _("koweb knows it until you close these pages, and asks for it again afterwards.")
    return " ".join((_("The forum takes this key."), kept if kept_in(settings) else known))
