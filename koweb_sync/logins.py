"""Who logged in to which forum on this computer, with a key that the forum made for this person (a user API key).

What is no secret lies in the user's data folder: who it is, and since when, so that nobody has to unlock a keyring for
it. The key itself lies in the system's keyring, or in that same file where the person agreed to it. Both belong to an
address: a koweb.toml that names another forum finds no login.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from typing import Any

from koweb_sync import keyrings, records, safe_files, trusted
from koweb_sync.i18n import _

VERSION = 1
NAME = "logins.json"
READ, WRITE = "read", "write"


@dataclass(frozen=True, slots=True)
class Login:
    """A person's own key of a forum. `client` is the name by which the forum knows this program and this login; `since`
    are Unix seconds; `key` is "" where the keyring holds it.
    """

    username: str
    client: str
    since: float
    writes: bool
    key: str = field(default="", repr=False)


def find(url: str) -> Login | None:
    """The login to a forum on this computer; None without one. Raises KowebError for what is damaged or newer."""
    if not (trusted.data_folder() / NAME).is_file():
        return None
    known = read()
    with undamaged():
        found = known.get("logins", {}).get(trusted.origin(url))
        return login_of(found) if found else None


def login_of(found: Mapping[str, Any]) -> Login:
    """A login as the file holds it. Raises TypeError for what is none, and as numbers do."""
    username, client, key = found["username"], found["client"], found.get("key", "")
    if not all(isinstance(one, str) for one in (username, client, key)):
        raise TypeError
    return Login(username, client, float(found["since"]), bool(found["writes"]), key)


def key_of(url: str, login: Login) -> str:
    """The key of a login; "" where the keyring does not give it."""
    return login.key or keyrings.key(url, login.client)


def keep(url: str, login: Login, key: str, *, in_file: bool) -> tuple[Login, str] | None:
    """Keep a login in the place of an older one, which is given back with its key; the same login twice is one. Raises
    KowebError; then nothing is kept.
    """
    try:
        with changed() as known:
            with undamaged():
                kept = known.setdefault("logins", {})
                older = kept.get(trusted.origin(url))
                before = login_of(older) if older else None
            held = (before, key_of(url, before)) if before and before.client != login.client else None
            if not in_file:
                keyrings.keep(url, login.client, key)
            kept[trusted.origin(url)] = {**asdict(login), "key": key if in_file else ""}
    except BaseException:  # also where somebody ends it here
        if not in_file:
            keyrings.remove(url, login.client)
        raise
    if held:
        keyrings.remove(url, held[0].client)
    return held


def forget(url: str) -> None:
    """Remove a login and its key from this computer. Raises KowebError."""
    with changed() as known, undamaged():
        found = known.get("logins", {}).pop(trusted.origin(url), None)
        older = login_of(found) if found else None
    if older and not older.key:
        keyrings.remove(url, older.client)


# ---- the file


def remedy() -> str:
    """What to do where the file is damaged."""
    return _("Move this file away, then log in again: koweb login")


def undamaged() -> AbstractContextManager[None]:
    """Around what takes the file's content to pieces. Raises KowebError where it is damaged."""
    return records.undamaged(str(trusted.data_folder() / NAME), remedy())


def read() -> dict[str, Any]:
    """What the file holds; empty where there is none. Raises KowebError."""
    path = trusted.data_folder() / NAME
    text = safe_files.read(path.parent, NAME)
    return records.read(text, str(path), VERSION, remedy=remedy()) if text else {}


def changed() -> AbstractContextManager[dict[str, Any]]:
    """What the file holds, to be changed by one process at a time. Only the user may read it. Raises KowebError."""
    failed = _("Your login cannot be written down: {why}.")
    return records.changed(trusted.data_folder() / NAME, VERSION, read, failed)
