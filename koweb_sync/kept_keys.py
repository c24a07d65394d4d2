"""API keys that a file of the user's own holds, where this computer has no keyring and the person agreed to it.

It lies beside the file of logins, in the user's data folder, and is written and read through the same doors. Each key
belongs to one address and one person there: a koweb.toml that names another forum finds none.
"""

from koweb_sync import trusted
from koweb_sync.i18n import _
from koweb_sync.records import RecordFile

VERSION = 1
NAME = "keys.json"


def key(url: str, username: str) -> str:
    """The key of somebody on a forum, or "" where there is none. Raises KowebError for what is damaged or newer."""
    if not (trusted.data_folder() / NAME).is_file():
        return ""
    known = record().read()
    with record().undamaged():
        found = known.get("keys", {}).get(trusted.origin(url), {}).get(username, "")
        if not isinstance(found, str):
            raise TypeError
        return found


def keep(url: str, username: str, value: str) -> None:
    """Keep a key of somebody on a forum. Raises KowebError."""
    with record().changed() as known, record().undamaged():
        known.setdefault("keys", {}).setdefault(trusted.origin(url), {})[username] = value


def forget(url: str, username: str) -> None:
    """Remove a key, if the file holds it. Raises KowebError."""
    if key(url, username):
        with record().changed() as known, record().undamaged():
            del known["keys"][trusted.origin(url)][username]


def record() -> RecordFile:
    """The file, of which only the user may read anything."""
    remedy = _("Move this file away: koweb then asks for your key again.")
    return RecordFile(trusted.data_folder() / NAME, VERSION, remedy, _("Your key cannot be written down: {why}."))
