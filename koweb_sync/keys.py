"""The key of a forum: where it is found, and where it may go.

A key is bound to the address that it was first used with on this machine, and to KOWEB_<NAME>_URL where that is set, as
in CI: koweb.toml comes with the repository, from whoever may change that, and alone decides nothing about a key.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import time

from koweb_sync import kept_keys, keyrings, logins, trusted
from koweb_sync.config import Settings, variable
from koweb_sync.config_file import FILE
from koweb_sync.errors import ConfigError, InputError, KeyBound
from koweb_sync.foreign_words import reason
from koweb_sync.i18n import _
from koweb_sync.logins import Login
from koweb_sync.redaction import keep_secret

WEBHOOK = "koweb listen"  # whose the secret of a webhook is in the keyring; no username has a space
DISPATCH = "koweb dispatch"  # whose the token is in the keyring with which a forge is told
DISPATCH_TOKEN = "KOWEB_DISPATCH_TOKEN"  # noqa: S105 - the name of a variable
CREDENTIAL = re.compile(r"KOWEB_[A-Z0-9_]*(?:API_KEY|WEBHOOK_SECRET|URL|DISPATCH_TOKEN)")


def key_name(settings: Settings) -> str:
    """The environment variable of this forum's key, such as KOWEB_KAFE_API_KEY."""
    return variable(settings.name)


def url_name(settings: Settings) -> str:
    """The environment variable that says where this forum's key may go, such as KOWEB_KAFE_URL."""
    return key_name(settings).removesuffix("API_KEY") + "URL"


def secret_name(settings: Settings) -> str:
    """The environment variable of the secret of this forum's webhook, such as KOWEB_KAFE_WEBHOOK_SECRET."""
    return key_name(settings).removesuffix("API_KEY") + "WEBHOOK_SECRET"


def webhook_secret(settings: Settings) -> str:
    """The secret of the forum's webhook, from the environment, else from the system's keyring; "" where there is none.
    It never leaves this computer: what the forum signed with it is compared here.
    """
    found = (os.environ.get(secret_name(settings), "") or keyrings.key(settings.url, WEBHOOK)).strip()
    keep_secret(found)
    return found


def dispatch_token(page: str) -> str:
    """The token with which the forge of a repository's page is told, from the environment, else from the system's
    keyring, which holds it for that page alone; "" where there is none.
    """
    found = (os.environ.get(DISPATCH_TOKEN, "") or keyrings.key(page, DISPATCH)).strip()
    keep_secret(found)
    return found


def take_credentials() -> None:
    """Take what systemd, or a container, hands over as files ($CREDENTIALS_DIRECTORY) into the environment: those that
    are called as variables of ours, unless these are set. Raises ConfigError for one that cannot be read.
    """
    place = os.environ.get("CREDENTIALS_DIRECTORY", "")
    if not place or not Path(place).is_dir():
        return
    for file in sorted(Path(place).iterdir()):
        if CREDENTIAL.fullmatch(file.name) and file.name not in os.environ:
            try:
                value = file.read_text(encoding="utf-8").strip()
            except (OSError, ValueError) as error:
                raise ConfigError(
                    _("This credential cannot be read: {why}.").format(why=reason(error)), where=str(file)
                ) from error
            keep_secret(value)
            os.environ[file.name] = value


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key. `goes`: the only address that it may go to, None: it was never used; `why`: who says so.

    `first`: whether this use is to be remembered, so that the key goes nowhere else from then on.
    """

    value: str
    goes: str | None = None
    why: str = ""
    first: bool = False

    def __repr__(self) -> str:
        return f"Key(goes={self.goes!r})"


def find_key(settings: Settings, environ: Mapping[str, str] | None = None) -> str:
    """The API key: from the forum's own variable, from KOWEB_API_KEY where only one forum is configured, else the
    one of the person's login, else from the system's keyring, else from the user's own file of keys. Nothing is
    remembered: that is for `use_key`.

    Raises ConfigError, and KeyBound where the key belongs to another address; never shows the key.
    """
    key = look_for_key(settings, os.environ if environ is None else environ)
    if key.goes is not None and trusted.origin(key.goes) != trusted.origin(settings.url):
        raise elsewhere(settings, key)
    return key.value


def use_key(settings: Settings) -> str:
    """The API key, which is about to be sent: from now on it goes to this address only. Raises as `find_key` does."""
    value = find_key(settings)
    if look_for_key(settings, os.environ).first:
        try:
            trusted.bind(value, settings.url)
        except InputError as error:
            raise ConfigError(
                error.message,
                where=error.where,
                remedy=_("Or say yourself where the key may go: {variable}={url}").format(
                    variable=url_name(settings), url=settings.url
                ),
            ) from error
    if settings.login:
        logins.note_use(settings.url, settings.login, time())
    return value


def trust_url(settings: Settings) -> None:
    """The user agrees that the key goes to this address from now on. Raises ConfigError."""
    key = look_for_key(settings, os.environ)
    if key.why:
        find_key(settings)
    trusted.bind(key.value, settings.url)


def elsewhere(settings: Settings, key: ApiKey) -> KeyBound:
    """The error that names both addresses, and how to agree."""
    if key.why and not key.goes:
        return KeyBound(
            _("{variable} is empty, so the key may go nowhere: nothing was sent.").format(variable=key.why),
            where=f"{FILE} [forum.{settings.name}]",
            may_agree=False,
            remedy=_("Put the address of your forum into {variable}, or remove it. {file} says {url}.").format(
                variable=key.why, file=FILE, url=settings.url
            ),
        )
    if key.why:
        return KeyBound(
            _("{file} wants the key sent to {url}, and {variable} says {address}: nothing was sent.").format(
                file=FILE, url=settings.url, variable=key.why, address=key.goes
            ),
            where=f"{FILE} [forum.{settings.name}]",
            may_agree=False,
            remedy=_("If the forum has moved, change {variable}; else do not trust this {file}.").format(
                variable=key.why, file=FILE
            ),
        )
    return KeyBound(
        _("{file} wants the key sent to {url}, but you used it with {address}: nothing was sent.").format(
            file=FILE, url=settings.url, address=key.goes
        ),
        where=f"{FILE} [forum.{settings.name}]",
        remedy=_(
            "If the forum has moved, agree with “koweb doctor --trust-url”; else do not trust this {file}."
        ).format(file=FILE),
    )


def look_for_key(settings: Settings, env: Mapping[str, str]) -> ApiKey:
    """The key and where it may go. Raises ConfigError where there is none, or it cannot be one."""
    own = env.get(key_name(settings), "").strip()
    plain = env.get("KOWEB_API_KEY", "").strip() if settings.alone else ""
    names = (url_name(settings), *(() if own else ("KOWEB_URL",)))
    said = next((name for name in names if name in env), None)  # also where it is empty: then it may go nowhere
    if settings.login and not own and not plain:
        value = key_of_login(settings, settings.login)
        return ApiKey(value) if said is None else ApiKey(value, env[said].strip(), said)
    value = own or plain or kept_key(settings).strip()
    keep_secret(value)
    if not value:
        raise ConfigError(
            _("There is no API key for the forum “{name}”.").format(name=settings.name),
            where=settings.url,
            remedy=_(
                "Log in with “koweb login”; or put an API key into the environment variable {variable}, never into a "
                "file of the repository."
            ).format(variable=key_name(settings)),
        )
    if not re.fullmatch(r"[!-~]+", value):
        raise ConfigError(
            _("The API key for the forum “{name}” holds characters that no key has.").format(name=settings.name),
            where=key_name(settings),
            remedy=_("Copy it again from the forum's admin pages, without quotes or line breaks."),
        )
    if not settings.username:
        raise ConfigError(
            _("“username” is missing: whom does the key act as?"),
            where=f"{FILE} [forum.{settings.name}]",
            remedy=_('Write below [forum.{name}]: username = "…"').format(name=settings.name),
        )
    if said is not None:
        return ApiKey(value, env[said].strip(), said)
    if not own and not plain:
        return ApiKey(value)  # it is held for this address
    bound = trusted.address_of(value)
    return ApiKey(value, bound, first=bound is None)


def kept_key(settings: Settings) -> str:
    """The key that this computer keeps, in its keyring or in the user's own file; "" for none. Raises KowebError."""
    url, username = settings.url, settings.username
    return keyrings.key(url, username) or kept_keys.key(url, username)


def key_of_login(settings: Settings, login: Login) -> str:
    """The person's own key. Raises ConfigError where the keyring does not give it."""
    value = logins.key_of(settings.url, login)
    keep_secret(value)
    if not value:
        raise ConfigError(
            _("You are logged in as “{user}”, but this computer's keyring does not give the key.").format(
                user=login.username
            ),
            where=settings.url,
            remedy=_("Unlock the keyring; or log in again: koweb login"),
        )
    return value
