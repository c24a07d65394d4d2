"""Keys that the system's own keyring holds. Its library is an extra, and there is not a keyring on every machine.

What holds the keys is a program of the system, reached in as many ways as there are systems: what fails there is raised
as whatever that way raises, and not as the library's own errors alone.
"""

from contextlib import suppress
from types import ModuleType

from koweb_sync import trusted
from koweb_sync.errors import KowebError
from koweb_sync.foreign_words import reason
from koweb_sync.i18n import _
from koweb_sync.install import needing

SYSTEM = 1  # the least priority of a backend that is the system's own: below are none, and plain files


def key(url: str, username: str) -> str:
    """The API key that the system's keyring holds for somebody on a forum, or "" where there is none."""
    keyring = library() if username else None
    if keyring is None:
        return ""
    try:
        found = (keyring.get_password(name, username) for name in services(url))
        return next((one for one in found if one), "")
    except Exception:  # noqa: BLE001 - see above; without a running keyring the environment is the other way
        return ""


def keep(url: str, username: str, value: str) -> None:
    """Keep a key of somebody on a forum. Raises KowebError where the keyring does not take it, or is not there."""
    with needing("keyring", _("Keeping a key in this computer's keyring")):
        import keyring
    name, *older = services(url)
    try:
        keyring.set_password(name, username, value)
    except Exception as error:
        raise KowebError(
            _("The keyring does not take the key: {why}.").format(why=reason(error)),
            remedy=_("Unlock it and try again, or put the key into the environment."),
        ) from error
    for one in older:
        delete(one, username)


def remove(url: str, username: str) -> None:
    """Remove a key, if the keyring holds it."""
    for name in services(url):
        delete(name, username)


def delete(service: str, username: str) -> None:
    """Remove one entry, if it is there."""
    keyring = library()
    if keyring is None:
        return
    with suppress(Exception):  # it is gone, or the keyring is: the key is revoked on the forum, too
        keyring.delete_password(service, username)


def library() -> ModuleType | None:
    """The library for keyrings, if it is there."""
    try:
        import keyring
    except ImportError:
        return None
    return keyring


def usable() -> bool:
    """Whether this computer has a keyring of its own that can be used now."""
    keyring = library()
    try:
        return keyring is not None and keyring.get_keyring().priority >= SYSTEM
    except Exception:  # noqa: BLE001 - see above: one that cannot be asked is none
        return False


def services(url: str) -> list[str]:
    """The names under which a forum's keys may lie: first the one that every spelling of its address has, then the one
    with the address as it is written, as keys were kept before.
    """
    return list(dict.fromkeys(f"koweb-sync {one}" for one in (trusted.usual(url), url)))
