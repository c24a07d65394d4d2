"""Keys that the system's own keyring holds. Its library is an extra, and there is not a keyring on every machine."""

from contextlib import suppress

from koweb_sync.errors import KowebError
from koweb_sync.i18n import _

SYSTEM = 1  # the least priority of a backend that is the system's own: below are none, and plain files


def key(url: str, username: str) -> str:
    """The API key that the system's keyring holds for somebody on a forum, or "" where there is none."""
    if not username:
        return ""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return keyring.get_password(service(url), username) or ""
    except KeyringError:
        return ""  # A machine without a running keyring is no error: the environment is the other way.


def keep(url: str, username: str, value: str) -> None:
    """Keep a key of somebody on a forum. Raises KowebError where the keyring does not take it."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(service(url), username, value)
    except KeyringError as error:
        raise KowebError(
            _("The keyring does not take the key: {why}.").format(why=error),
            remedy=_("Unlock it and try again, or put the key into the environment."),
        ) from error


def remove(url: str, username: str) -> None:
    """Remove a key, if the keyring holds it."""
    if not installed():
        return
    import keyring
    from keyring.errors import KeyringError

    with suppress(KeyringError):  # it is gone, or the keyring is: the key is revoked on the forum, too
        keyring.delete_password(service(url), username)


def installed() -> bool:
    """Whether the library for keyrings is there."""
    try:
        import keyring
    except ImportError:
        return False
    return bool(keyring)


def usable() -> bool:
    """Whether this computer has a keyring of its own that can be used now."""
    if not installed():
        return False
    import keyring

    return keyring.get_keyring().priority >= SYSTEM


def service(url: str) -> str:
    """The name under which a forum's keys are kept."""
    return f"koweb-sync {url}"
