"""Who logged in to which forum on this computer, with a key that the forum made for this person (a user API key).

What is no secret lies in the user's data folder: who it is, and since when, so that nobody has to unlock a keyring for
it. The key itself lies in the system's keyring, or in that same file where the person agreed to it. Both belong to an
address: a koweb.toml that names another forum finds no login.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from koweb_sync import keyrings, trusted
from koweb_sync.errors import KowebError
from koweb_sync.i18n import _
from koweb_sync.records import RecordFile
from koweb_sync.times import DAY_IN_SECONDS

VERSION = 1
NAME = "logins.json"
READ, WRITE = "read", "write"
UNUSED_DAYS = 180  # Discourse's default (sources: revoke_user_api_keys_unused_days, before expire_user_api_keys_days)
MANY = 100_000  # days: what is more is no time
WARN_DAYS = 14  # before a login ends


@dataclass(frozen=True, slots=True)
class Login:
    """A person's own key of a forum. `client` is the name by which the forum knows this program and this login; `since`
    are Unix seconds; `used`: when it was used here last, to a day, 0 for not since. `unused_days`, `life_days`: after
    how many days without use, or after how many at all, the forum ends it (0: never), None where it did not tell. `key`
    is "" where the keyring holds it.
    """

    username: str
    client: str
    since: float
    writes: bool
    key: str = field(default="", repr=False)
    used: float = 0.0
    unused_days: int | None = None
    life_days: int | None = None

    @property
    def end(self) -> "LoginEnd | None":
        """When the forum ends it, as far as that is known; None where it never does."""
        unused = UNUSED_DAYS if self.unused_days is None else self.unused_days
        rest = LoginEnd(max(self.since, self.used) + unused * DAY_IN_SECONDS, told=self.unused_days is not None)
        life = LoginEnd(self.since + (self.life_days or 0) * DAY_IN_SECONDS, told=True, by_age=True)
        found = [*([rest] if unused else []), *([life] if self.life_days else [])]
        return min(found, key=lambda one: one.at, default=None)


@dataclass(frozen=True, slots=True)
class LoginEnd:
    """When a login ends (Unix seconds): if it is not used until then, or, `by_age`, however often it is. `told`: the
    forum says so, else it is Discourse's default.
    """

    at: float
    told: bool
    by_age: bool = False

    def near(self, now: float) -> bool:
        """Whether it is time to say so."""
        return self.at - now < WARN_DAYS * DAY_IN_SECONDS


def find(url: str) -> Login | None:
    """The login to a forum on this computer; None without one. Raises KowebError for what is damaged or newer."""
    if not (trusted.data_folder() / NAME).is_file():
        return None
    known = record().read()
    with record().undamaged():
        found = known.get("logins", {}).get(trusted.origin(url))
        return login_of(found) if found else None


def login_of(found: Mapping[str, Any]) -> Login:
    """A login as the file holds it. Raises TypeError for what is none, and as numbers do."""
    username, client, key = found["username"], found["client"], found.get("key", "")
    if not all(isinstance(one, str) for one in (username, client, key)):
        raise TypeError
    login = Login(username, client, float(found["since"]), bool(found["writes"]), key, float(found.get("used", 0)))
    return replace(login, unused_days=days(found.get("unused_days")), life_days=days(found.get("life_days")))


def days(value: Any) -> int | None:
    """A number of days; None for none."""
    return value if type(value) is int and 0 <= value < MANY else None


def key_of(url: str, login: Login) -> str:
    """The key of a login; "" where the keyring does not give it."""
    return login.key or keyrings.key(url, login.client)


def keep(url: str, login: Login, key: str, *, in_file: bool) -> tuple[Login, str] | None:
    """Keep a login in the place of an older one, which is given back with its key; the same login twice is one. Raises
    KowebError; then nothing is kept.
    """
    try:
        with record().changed() as known:
            with record().undamaged():
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


def note_use(url: str, login: Login, now: float) -> None:
    """Note that a login is used now, once a day. Where that cannot be written down, nothing else fails."""
    if 0 <= now - max(login.used, login.since) < DAY_IN_SECONDS:
        return
    with suppress(KowebError), record().changed() as known, record().undamaged():
        found = known.get("logins", {}).get(trusted.origin(url))
        if found and found.get("client") == login.client:
            found["used"] = now


def note_rules(url: str, login: Login, unused_days: int, life_days: int) -> Login:
    """Note when the forum says that it ends a login."""
    with suppress(KowebError), record().changed() as known, record().undamaged():
        found = known.get("logins", {}).get(trusted.origin(url))
        if found and found.get("client") == login.client:
            found |= {"unused_days": unused_days, "life_days": life_days}
    return replace(login, unused_days=unused_days, life_days=life_days)


def forget(url: str) -> None:
    """Remove a login and its key from this computer. Raises KowebError."""
    with record().changed() as known, record().undamaged():
        found = known.get("logins", {}).pop(trusted.origin(url), None)
        older = login_of(found) if found else None
    if older and not older.key:
        keyrings.remove(url, older.client)


# ---- the file


def record() -> RecordFile:
    """The file, of which only the user may read anything."""
    remedy, failed = (
        _("Move this file away, then log in again: koweb login"),
        _("Your login cannot be written down: {why}."),
    )
    return RecordFile(trusted.data_folder() / NAME, VERSION, remedy, failed)
