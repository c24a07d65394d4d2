"""Logins that were begun on this computer and did not end: their keys, if the person agreed, are ended by the next one.

A program that is killed while a person agrees never gets the key, and nobody can give back what nobody holds. But a
forum that gives a key ends the one that it gave the same person under the same client name before. So that name, which
is no secret, is noted before the forum is asked, and the next login takes it over. While a login is under way it holds
a lock, so that two at a time do not share one.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from koweb_sync import safe_files, trusted
from koweb_sync.errors import KowebError
from koweb_sync.i18n import _
from koweb_sync.records import RecordFile

if TYPE_CHECKING:
    from filelock import BaseFileLock

VERSION = 1
NAME = "login-attempts.json"
CLIENT = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """A login that is under way. `left`: when the one was begun whose place it takes, in Unix seconds; 0 for none."""

    client: str
    left: float
    lock: "BaseFileLock" = field(repr=False)


def begin(url: str, client: str, now: float) -> LoginAttempt:
    """Note a login before the forum is asked: under the name of an earlier one that did not end, else as `client`.
    Raises KowebError.
    """
    with record().changed() as known, record().undamaged():
        begun = known.setdefault("begun", {}).setdefault(trusted.origin(url), {})
        for name, since in list(of(begun).items()):
            if lock := locked(name):
                return LoginAttempt(name, since, lock)
        begun[client] = now
        lock = locked(client)
    if lock is None:
        raise KowebError(_("Another login is under way on this computer: end that one first."))
    return LoginAttempt(client, 0.0, lock)


def end(url: str, client: str) -> None:
    """Forget a login that is kept now, or of which the forum has nothing. Where that cannot be written down, the next
    login takes a name over that nobody holds any more, which does no harm.
    """
    with suppress(KowebError):
        if not (trusted.data_folder() / NAME).is_file():
            return
        with record().changed() as known, record().undamaged():
            begun = known.get("begun", {}).get(trusted.origin(url), {})
            begun.pop(client, None)
    with suppress(KowebError):
        safe_files.remove(trusted.data_folder(), lock_of(client).name)


def left(url: str) -> float:
    """When the newest login to a forum was begun that did not end and is not under way; 0 for none. Raises KowebError
    for what is damaged or newer.
    """
    if not (trusted.data_folder() / NAME).is_file():
        return 0.0
    newest = 0.0
    with record().undamaged():
        begun = of(record().read().get("begun", {}).get(trusted.origin(url), {}))
    for name, since in begun.items():
        if lock := locked(name):
            lock.release()
            newest = max(newest, since)
    return newest


# ---- the file


def of(begun: Mapping[str, Any]) -> dict[str, float]:
    """The names, with when they were begun; a name becomes a path."""
    return {name: float(since) for name, since in begun.items() if CLIENT.fullmatch(name) and type(since) is not str}


def lock_of(client: str) -> Path:
    """Where a login that is under way is locked."""
    return trusted.data_folder() / f"login-{client}.lock"


def locked(client: str) -> "BaseFileLock | None":
    """The lock of a login; None where it is under way. The system lets it go with the process."""
    from filelock import FileLock, Timeout

    lock = FileLock(lock_of(client), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return None
    return lock


def record() -> RecordFile:
    """The file, of which only the user may read anything."""
    remedy, failed = (
        _("Remove this file, then log in again: koweb login"),
        _("Your login cannot be written down: {why}."),
    )
    return RecordFile(trusted.data_folder() / NAME, VERSION, remedy, failed)
