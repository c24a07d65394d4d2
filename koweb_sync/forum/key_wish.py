"""Asking a forum for a key of one's own: what is asked for, and what is read in the answer. Pure.

The forum seals the key with the public half of a key pair that lives as long as this process; nobody else opens it. The
answer repeats a number of ours, so that it is the answer to this request and to no other one.
"""

import base64
import binascii
import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from koweb_sync.errors import ForumAnswerUnclear
from koweb_sync.i18n import _
from koweb_sync.redaction import keep_secret

APPLICATION = "koweb"
BITS = 2048
SIZE = BITS // 8  # bytes of a sealed answer
VERSIONS = range(2, 100)  # of the forum's way to give keys; what we read is the same since 2016
KEY = re.compile(r"[!-~]{16,200}")


def new_pair() -> rsa.RSAPrivateKey:
    """A key pair for one request."""
    return rsa.generate_private_key(65_537, BITS)


def random() -> str:
    """A name or a number that nobody guesses."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class KeyWish:
    """One request for a key. `writes`: it is to publish, too."""

    writes: bool = True
    client: str = field(default_factory=random)
    nonce: str = field(default_factory=random, repr=False)
    pair: rsa.RSAPrivateKey = field(default_factory=new_pair, repr=False)

    @property
    def scopes(self) -> str:
        """What the key may be used for. Discourse has nothing narrower: reading is reading whatever its owner may."""
        return "read,write" if self.writes else "read"

    def parameters(self) -> dict[str, str]:
        """What every way of asking sends."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        pem = self.pair.public_key().public_bytes(serialization.Encoding.PEM, form).decode()
        return {
            "application_name": APPLICATION,
            "client_id": self.client,
            "nonce": self.nonce,
            "scopes": self.scopes,
            "public_key": pem,
            "padding": "oaep",
        }

    def address(self, forum: str, auth_redirect: str = "") -> str:
        """The page where a person agrees. With `auth_redirect` the forum sends the answer there, else it shows it."""
        given = {**self.parameters(), **({"auth_redirect": auth_redirect} if auth_redirect else {})}
        return f"{forum}/user-api-key/new?{urlencode(given)}"

    def opened(self, payload: str, where: str = "") -> str:
        """The key in an answer. Raises ForumAnswerUnclear for what is no answer to this request; its text stays out."""
        told = self.unsealed(payload, where)
        if told.get("nonce") != self.nonce:
            raise ForumAnswerUnclear(
                _("This is the answer to another login."), where=where, remedy=_("Begin again: koweb login")
            )
        if told.get("api") not in VERSIONS:
            raise ForumAnswerUnclear(
                _("The forum gives keys in a way that this version of koweb does not know ({version}).").format(
                    version=told.get("api")
                ),
                where=where,
                remedy=_("A newer version of koweb may know it."),
            )
        key = told.get("key")
        if not isinstance(key, str) or not KEY.fullmatch(key):
            raise unclear(where)
        keep_secret(key)
        return key

    def unsealed(self, payload: str, where: str) -> dict[str, Any]:
        """What the forum sealed: with OAEP, or as servers did before 2026. Raises ForumAnswerUnclear."""
        data = sealed(payload)
        if data is None:
            raise unclear(where)
        sha1 = hashes.SHA1()  # noqa: S303 - what OpenSSL takes for OAEP if nobody says otherwise; nothing hangs on it
        for way in (padding.OAEP(padding.MGF1(sha1), sha1, None), padding.PKCS1v15()):
            try:
                found = json.loads(self.pair.decrypt(data, way))
            except ValueError:
                continue
            if isinstance(found, dict):
                return found
        raise unclear(where)


def sealed(payload: str) -> bytes | None:
    """The bytes of an answer, however it was copied; None for what is not one, or not a whole one."""
    try:
        data = base64.b64decode("".join(payload.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if len(data) == SIZE else None


def unclear(where: str) -> ForumAnswerUnclear:
    """The error about an answer that cannot be read."""
    return ForumAnswerUnclear(
        _("The forum's answer cannot be opened: it is not the answer to this login, or not all of it."),
        where=where,
        remedy=_("Begin again: koweb login"),
    )
