"""The keys that people give to programs by themselves: what they allow, and who asks with one."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from koweb_sync.sandbox.model.personal import UserKey
from koweb_sync.sandbox.model.records import UserRecord
from koweb_sync.sandbox.model.refusals import forbidden
from koweb_sync.sandbox.model.state import ForumState

# What a scope allows: verbs, and the paths; every other request is refused.
SCOPES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "read": (("GET", "HEAD"), r".*"),
    "write": (("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"), r".*"),
    "message_bus": (("POST",), r"/message-bus/.*"),
    "push": ((), r""),
    "one_time_password": ((), r""),
    "notifications": (("GET", "PUT"), r"/notifications(?:/.*)?"),
    "session_info": (("GET", "HEAD"), r"/session/current|/users/toggle-anon"),
}

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """Which key a program wishes for: by what it is known, its name, and what the key shall allow."""

    client: str
    application: str
    scopes: tuple[str, ...]


def grant(state: ForumState, user: UserRecord, wish: KeyRequest) -> UserKey:
    """A new key; the older one of the same program is gone."""
    now = state.clock()
    for known in [one for one in state.user_keys.values() if (one.user_id, one.client) == (user.id, wish.client)]:
        del state.user_keys[known.key]
    number, key = state.next_id("user_keys"), secrets.token_hex(16)
    made = UserKey(number, key, user.id, wish.client, wish.application, wish.scopes, now, now)
    state.user_keys[key] = made
    return made


def may_be_sent(state: ForumState, where: str) -> bool:
    """Whether a key may be sent to an address of a program: a setting has a list, with `*` for anything.

    Guess: sources of 2022 to 2026 (UserApiKeyClient, WildcardUrlChecker); no recording shows it.
    """
    allowed = str(state.settings["allowed_user_api_auth_redirects"]).split("|")
    plain = (re.escape(one).replace(r"\*", r"\S*") for one in allowed if one)
    return any(re.fullmatch(one, where) for one in plain)


def asking(state: ForumState, headers: Mapping[str, str], verb: str, path: str) -> UserRecord | None:
    """Who asks with such a key; None without one. Raises Refused for one that is unknown, revoked or not enough."""
    given = headers.get("User-Api-Key")
    if given is None:
        return None
    key = state.user_keys.get(given)
    user = state.users.get(key.user_id) if key else None
    revoking = (verb, path) == ("POST", "/user-api-key/revoke")
    if key is None or user is None or user.suspended or key.revoked or not (revoking or covers(key, verb, path)):
        raise forbidden(state)
    if ended(state, key):
        key.revoked = True
        raise forbidden(state)
    key.last_used_at = state.clock()
    return user


def ended(state: ForumState, key: UserKey) -> bool:
    """Whether a key's time is over: nobody used it for long, or it is old. Guess: sources, of jobs of once a day."""
    now, rules = state.clock(), state.settings
    unused = int(rules.get("revoke_user_api_keys_unused_days", rules.get("expire_user_api_keys_days", 0)))
    life = int(rules.get("revoke_user_api_keys_maxlife_days", 0))
    return bool(unused and now - key.last_used_at > unused * DAY) or bool(life and now - key.created_at > life * DAY)


def covers(key: UserKey, verb: str, path: str) -> bool:
    """Whether one of a key's scopes allows a request."""
    rules = [SCOPES[name] for name in key.scopes if name in SCOPES]
    return any(verb in verbs and re.fullmatch(pattern, path) for verbs, pattern in rules)


def of_user(state: ForumState, user: UserRecord) -> list[UserKey]:
    """The keys that somebody gave, revoked ones aside."""
    return [one for one in state.user_keys.values() if one.user_id == user.id and not one.revoked]
