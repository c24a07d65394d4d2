"""Keys for programs without a browser: such a program shows a short code, and a person types it into the forum.

All of this is a guess: sources of 2026 (user_api_keys_controller and the services behind it); no recording shows it.
"""

import json
import secrets
from dataclasses import dataclass
from typing import Literal

from koweb_sync.sandbox.model import rsa, user_keys
from koweb_sync.sandbox.model.records import UserRecord
from koweb_sync.sandbox.model.state import ForumState

LIVES, FETCHED, INTERVAL = 600.0, 60.0, 5  # seconds: of a request; of its answer; between two polls
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
SMALLEST = 2048  # bits of the program's key
Status = Literal["authorization_pending", "authorized", "access_denied", "expired_token"]


@dataclass(slots=True)
class Device:
    """A program that waits for its key. `code` is what a person types, `request` stands in the address that they open,
    `approval` is what they answer with. `until`: when it is over, in Unix seconds.
    """

    code: str
    request: str
    wish: user_keys.KeyRequest
    nonce: str
    key: rsa.Key
    until: float
    approval: str = ""
    status: Status = "authorization_pending"
    payload: str = ""


def wait(state: ForumState, wish: user_keys.KeyRequest, nonce: str, key: rsa.Key) -> tuple[str, Device]:
    """A program begins to wait: the secret with which it polls, and what is known of it. Raises ValueError for a key
    that is too short.
    """
    if key[0].bit_length() < SMALLEST:
        raise ValueError(key[0].bit_length())
    code = "-".join("".join(secrets.choice(LETTERS) for _sign in range(4)) for _half in range(2))
    made = Device(code, secrets.token_urlsafe(16), wish, nonce, key, state.clock() + LIVES)
    secret = secrets.token_hex(32)
    state.devices[secret] = made
    return secret, made


def living(state: ForumState) -> list[Device]:
    """The programs that wait; those whose time is over are forgotten."""
    now = state.clock()
    for secret in [secret for secret, one in state.devices.items() if one.until < now]:
        del state.devices[secret]
    return list(state.devices.values())


def typed(state: ForumState, code: str) -> Device | None:
    """The program that shows a code, however somebody typed it; it may be answered from now on."""
    plain = code.upper().replace("-", "").strip()
    found = next((one for one in living(state) if one.code.replace("-", "") == plain and waits(one)), None)
    if found is not None:
        found.approval = secrets.token_urlsafe(16)
    return found


def asked(state: ForumState, approval: str) -> Device | None:
    """The program that somebody answers."""
    return next((one for one in living(state) if approval and one.approval == approval and waits(one)), None)


def waits(one: Device) -> bool:
    """Whether nobody answered yet."""
    return one.status == "authorization_pending"


def allow(state: ForumState, user: UserRecord, one: Device, version: int) -> None:
    """The person gives the key; the program has a minute to fetch it."""
    made = user_keys.grant(state, user, one.wish)
    told = {"key": made.key, "nonce": one.nonce, "push": False, "api": version}
    one.payload = rsa.sealed(one.key, json.dumps(told, separators=(",", ":")).encode(), "oaep")
    one.status, one.until = "authorized", state.clock() + FETCHED


def deny(state: ForumState, one: Device) -> None:
    one.status, one.until = "access_denied", state.clock() + FETCHED


def poll(state: ForumState, secret: str) -> dict[str, str]:
    """What a program hears."""
    living(state)
    found = state.devices.get(secret)
    if found is None:
        return {"status": "expired_token"}
    return {"status": found.status, **({"payload": found.payload} if found.status == "authorized" else {})}
