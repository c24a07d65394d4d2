"""A program without a browser gets a key by a short code: servers of 2026 alone, as their sources say."""

import base64
import json
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from koweb_sync.sandbox import Sandbox
from tests.sandbox.asking import Ask, on_all
from tests.workspace import GUESSED

only_2026 = pytest.mark.parametrize("box", [GUESSED], indirect=True)


@pytest.fixture(scope="module")
def private() -> rsa.RSAPrivateKey:
    """The program's own key."""
    return rsa.generate_private_key(65537, 2048)


def pem(key: rsa.RSAPrivateKey) -> str:
    """Its public half, as it is sent."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def begin(ask: Ask, key: rsa.RSAPrivateKey, **given: Any) -> requests.Response:
    """The program asks for a code."""
    wish = {"application_name": "koweb", "client_id": "c" * 32, "scopes": "read", "nonce": "n" * 32}
    return ask(
        "POST", "/user-api-key/device.json", None, json={**wish, "public_key": pem(key), "padding": "oaep", **given}
    )


def status(ask: Ask, code: str) -> Any:
    """What the program hears."""
    return ask("POST", "/user-api-key/device/poll.json", None, json={"device_code": code}).json()


def answered(ask: Ask, code: str, what: str) -> Any:
    """A person types the code and answers."""
    typed = ask("POST", "/user-api-key/activate.json", "amina", json={"code": code}).json()
    given = {"approval_token": typed.get("approval_token")}
    return ask("POST", f"/user-api-key/device/{what}.json", "amina", json=given).json()


@on_all
def test_only_newer_servers_say_that_they_know_codes(ask: Ask, box: Sandbox, private: rsa.RSAPrivateKey) -> None:
    knows = box.state.flavour.name == GUESSED
    told = ask("HEAD", "/user-api-key/new", None)
    assert told.headers.get("Auth-Api-Version") == "4"
    assert (told.headers.get("Auth-Api-Device-Code") == "true") == knows
    assert begin(ask, private).status_code == (200 if knows else 404)


@only_2026
def test_the_key_is_the_persons_and_only_the_program_reads_it(
    ask: Ask, box: Sandbox, private: rsa.RSAPrivateKey
) -> None:
    told = begin(ask, private).json()
    assert (told["expires_in"], told["interval"], len(told["device_code"])) == (600, 5, 64)
    assert told["verification_uri_with_request"].startswith(f"{box.url}/user-api-key/activate?request=")
    assert status(ask, told["device_code"]) == {"status": "authorization_pending"}
    assert answered(ask, told["user_code"].lower(), "authorize")["state"] == "complete"
    heard = status(ask, told["device_code"])
    assert heard["status"] == "authorized"
    way = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303 - as the server does
    found = json.loads(private.decrypt(base64.b64decode(heard["payload"]), way))
    assert found["nonce"] == "n" * 32
    me = requests.get(f"{box.url}/session/current.json", headers={"User-Api-Key": found["key"]}, timeout=30)
    assert me.json()["current_user"]["username"] == "amina"


@only_2026
def test_a_person_may_refuse_and_codes_end(ask: Ask, box: Sandbox, private: rsa.RSAPrivateKey) -> None:
    now = [box.state.clock()]
    box.state.clock = lambda: now[0]
    first, second, third = (begin(ask, private).json() for _nth in range(3))
    assert answered(ask, first["user_code"], "deny") == {"state": "complete", "denied": True}
    assert status(ask, first["device_code"]) == {"status": "access_denied"}
    assert answered(ask, first["user_code"], "authorize")["expired_code"], "it is answered"
    answered(ask, second["user_code"], "authorize")
    now[0] += 61
    assert status(ask, second["device_code"]) == {"status": "expired_token"}, "the key is there for a minute"
    assert status(ask, third["device_code"]) == {"status": "authorization_pending"}
    now[0] += 600
    assert status(ask, third["device_code"]) == {"status": "expired_token"}


@only_2026
@pytest.mark.parametrize("given", [{"padding": "pkcs1"}, {"public_key": "none"}, {"nonce": ""}, {"scopes": "all"}])
def test_what_is_not_safe_is_refused(ask: Ask, private: rsa.RSAPrivateKey, given: dict[str, str]) -> None:
    assert begin(ask, private, **given).status_code in (400, 403)
    small = rsa.generate_private_key(65537, 1024)  # noqa: S505 - too short on purpose
    assert begin(ask, small).status_code == 400
