"""Getting and giving back a key of one's own. No request here carries another key."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from koweb_sync.errors import (
    AnswerMalformed,
    ForumAnswerUnclear,
    ForumForbidden,
    ForumKeyRefused,
    ForumNotFound,
    HumanNeeded,
)
from koweb_sync.forum.addresses import path_within, read
from koweb_sync.forum.client import Forum
from koweb_sync.forum.decode import clear, items, record, text
from koweb_sync.forum.own_key import REVOKE
from koweb_sync.i18n import _
from koweb_sync.redaction import keep_secret

if TYPE_CHECKING:
    from koweb_sync.forum.key_wish import KeyWish  # it loads what only an extra brings

NEW, BEGIN, POLL = "/user-api-key/new", "/user-api-key/device.json", "/user-api-key/device/poll.json"
# The second is the first one's name before 2023; the third is younger.
RULES = ("revoke_user_api_keys_unused_days", "expire_user_api_keys_days", "revoke_user_api_keys_maxlife_days")
SHORTEST, LONGEST = 1.0, 3600.0  # seconds that we believe a forum


class LoginDenied(HumanNeeded):
    """The person refused on the forum: it made no key."""


class CodeStatus(StrEnum):
    """What a program hears that waits for its key."""

    WAITING = "authorization_pending"
    SLOWER = "slow_down"
    GIVEN = "authorized"
    DENIED = "access_denied"
    EXPIRED = "expired_token"


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """A code that a person types on the forum, at `address`, or confirms at `whole`, within `lives` seconds. `secret`
    is what we ask with, every `interval` seconds.
    """

    code: str
    address: str
    whole: str
    secret: str = field(repr=False)
    interval: float = 5.0
    lives: float = 600.0


def gives_codes(forum: Forum) -> bool:
    """Whether the forum gives keys by a code: one request. Raises HumanNeeded where it gives none at all."""
    answer = forum.told_before(NEW)
    if answer.status >= 400:
        raise HumanNeeded(
            _("This forum gives no keys to people themselves."),
            where=forum.host,
            remedy=_("Ask an administrator of the forum for an API key, then run: koweb init"),
        )
    return answer.headers.get("Auth-Api-Device-Code", "").lower() == "true"


def begin(forum: Forum, wish: "KeyWish") -> DeviceCode:
    """Ask for a code: one request. Raises HumanNeeded where the forum does not give such a key."""
    try:
        told = forum._post(BEGIN, json=True, **wish.parameters())
    except (ForumForbidden, ForumKeyRefused) as error:
        raise HumanNeeded(
            _("The forum gives no such key: {why}").format(why=error.message),
            where=forum.host,
            remedy=_("An administrator of the forum decides who may have one; or ask for an API key."),
        ) from None
    if not isinstance(told, dict) or not all(isinstance(told.get(one), str) for one in ("user_code", "device_code")):
        raise ForumAnswerUnclear(_("The forum's answer holds no code."), where=forum.host + BEGIN)
    keep_secret(told["device_code"])
    address = at_home(forum, told.get("verification_uri")) or f"{forum.host}/user-api-key/activate"
    whole = at_home(forum, told.get("verification_uri_with_request")) or address
    interval, lives = seconds(told.get("interval"), 5.0), seconds(told.get("expires_in"), 600.0)
    return DeviceCode(told["user_code"], address, whole, told["device_code"], interval, lives)


def at_home(forum: Forum, address: Any) -> str:
    """An address that the forum named, if it is one of its own; else ""."""
    found = read(address) if isinstance(address, str) else None
    home = forum.home
    return address if found and found.origin == home.origin and path_within(found, home) is not None else ""


def seconds(value: Any, default: float) -> float:
    """A time that the forum named, within reason; the default for what is no time."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # noqa: PLR0124 - NaN
        return default
    return float(min(max(value, SHORTEST), LONGEST))  # compared first: no float holds an integer of 400 digits


def poll(forum: Forum, code: DeviceCode) -> tuple[CodeStatus, str]:
    """Whether the person answered, and the sealed key once they did: one request."""
    sent = {"device_code": code.secret}
    told = forum._request("POST", POLL, json=sent, override_request_kwargs={"harmless": True})
    try:
        status = CodeStatus(told["status"])
    except (TypeError, KeyError, ValueError):
        raise ForumAnswerUnclear(_("The forum's answer does not say whether you agreed."), where=forum.host) from None
    return status, str(told.get("payload") or "") if status is CodeStatus.GIVEN else ""


def owner(forum: Forum) -> str:
    """Whose the forum's key is: one request. Raises ForumAnswerUnclear where it is nobody's."""
    user = forum.me()
    if user is None:
        raise ForumAnswerUnclear(_("The forum does not say whose key this is."), where=forum.host)
    return user.username


def login_rules(forum: Forum) -> tuple[int, int] | None:
    """After how many days without use, and after how many at all, the forum ends a login; 0 for never. None where it
    does not tell, as to all but administrators. One request, two where it refuses. Names read in sources alone.
    """
    path = "/admin/site_settings.json"
    try:
        data = forum._get(path, names=",".join(RULES))
        with forum.reading(path):
            return rules_in(data)
    except (ForumForbidden, ForumKeyRefused, ForumNotFound, AnswerMalformed):
        return None


@clear
def rules_in(data: object) -> tuple[int, int] | None:
    """What the settings of a forum say of that."""
    told = {text(one, "setting"): one.get("value") for one in map(record, items(data, "site_settings"))}
    unused, older, life = (told.get(name) for name in RULES)
    said = unused if unused is not None else older
    return None if said is None else (int(str(said)), int(str(life or 0)))


def revoke(forum: Forum) -> bool:
    """Give the key back: one request, two where the forum refuses. False where the key is not known any more. Raises
    KowebError where the forum keeps it, or where that cannot be told.
    """
    try:
        told = forum._post(REVOKE, json=True)
    except ForumKeyRefused:
        return False
    if not isinstance(told, dict) or told.get("success") != "OK":
        raise ForumAnswerUnclear(_("The forum's answer does not say whether it took the key back."), where=forum.host)
    return True
