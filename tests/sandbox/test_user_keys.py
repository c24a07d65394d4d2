"""Keys that people give to programs by themselves, and what the forum makes of keys that are none."""

import base64
import json
from typing import Any

import pytest
import requests

from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.model import rsa
from tests.sandbox.asking import Ask, new
from tests.workspace import TEXT

P, Q, E = 2**521 - 1, 2**607 - 1, 65_537  # two primes of Mersenne: any key will do
N, D = P * Q, pow(65_537, -1, (P - 1) * (Q - 1))
RSA = bytes.fromhex("300d06092a864886f70d0101010500")


def der(tag: int, data: bytes) -> bytes:
    """An element of DER."""
    size = len(data)
    long = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag]) + (bytes([size]) if size < 128 else bytes([0x80 | len(long)]) + long) + data


def integer(value: int) -> bytes:
    """A positive number in DER."""
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def pem(modulus: int = N) -> str:
    """A public key as programs send it."""
    key = der(0x30, integer(modulus) + integer(E))
    text = base64.b64encode(der(0x30, RSA + der(3, b"\0" + key))).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n"


def opened(payload: str) -> Any:
    """What the program reads in an answer."""
    size = (N.bit_length() + 7) // 8
    block = pow(int.from_bytes(base64.b64decode(payload), "big"), D, N).to_bytes(size, "big")
    assert block[:2] == b"\0\2"
    return json.loads(block[2:].partition(b"\0")[2])


def wished(**other: Any) -> dict[str, Any]:
    """What a program asks for."""
    wish = {"application_name": "essai", "client_id": "essai-1", "nonce": "0123", "scopes": "read,session_info"}
    return {**wish, "public_key": pem(), **other}


def got(ask: Ask, **other: Any) -> str:
    """A key that amina gives to a program."""
    answer = ask("POST", "/user-api-key.json", "amina", json=wished(**other)).json()
    told = opened(answer["payload"])
    assert (told["nonce"], told["push"], told["api"], "essai" in answer["instructions"]) == ("0123", False, 4, True)
    key: str = told["key"]
    return key


def by_key(box: Sandbox, key: str, verb: str, path: str, **more: Any) -> requests.Response:
    """A request of a program."""
    return requests.request(verb, box.url + path, headers={"User-Api-Key": key}, timeout=30, **more)


def test_a_program_reads_as_the_person_who_gave_it_a_key(ask: Ask, box: Sandbox) -> None:
    key = got(ask)
    answer = by_key(box, key, "GET", "/session/current.json")
    assert answer.json()["current_user"]["username"] == "amina"
    assert answer.headers["X-Discourse-Username"] == "amina"
    sent = {"topic_id": 1, "raw": TEXT}
    assert by_key(box, key, "POST", "/posts.json", json=sent).status_code == 403, "it may read alone"
    assert by_key(box, got(ask, scopes="write"), "POST", "/posts.json", json=sent).status_code == 200
    assert by_key(box, key, "GET", "/latest.json").status_code == 403, "one program has one key: the older is gone"


def test_a_key_is_seen_by_its_owner_and_revoked(ask: Ask, box: Sandbox) -> None:
    key = got(ask)
    (shown,) = ask("GET", "/u/amina.json", "amina").json()["user"]["user_api_keys"]
    assert (shown["application_name"], len(shown["scopes"])) == ("essai", 2)
    assert not ask("GET", "/u/amina.json", "bilal").json()["user"].get("user_api_keys")
    assert ask("POST", "/user-api-key/revoke.json", "bilal", json={"id": shown["id"]}).status_code == 403
    assert by_key(box, key, "POST", "/user-api-key/revoke.json").json() == {"success": "OK"}
    assert by_key(box, key, "GET", "/latest.json").status_code == 403
    ask("POST", "/user-api-key/undo-revoke.json", "amina", json={"id": shown["id"]})
    assert by_key(box, key, "GET", "/latest.json").status_code == 200


def test_the_version_is_told_to_everybody_and_a_person_is_asked(ask: Ask, box: Sandbox) -> None:
    head = requests.head(f"{box.url}/user-api-key/new", timeout=30)
    assert (head.status_code, head.headers["Auth-Api-Version"]) == (200, "4")
    assert ask("GET", "/user-api-key/new", "amina", params={"nonce": "1"}).status_code == 400
    page = ask("GET", "/user-api-key/new", "amina", params=wished(application_name="<b>essai</b>"))
    assert (page.headers["Content-Type"][:9], "&lt;b&gt;essai" in page.text) == ("text/html", True)
    away = ask("GET", "/user-api-key/new", None, params=wished(), allow_redirects=False)
    assert (away.status_code, away.headers["Location"]) == (302, box.at("/login"))
    sent = wished(auth_redirect="http://127.0.0.1:9/x?a=1")
    assert ask("POST", "/user-api-key", "amina", json=sent).status_code == 403, "no key is sent to just anybody"
    box.state.settings["allowed_user_api_auth_redirects"] = "http://127.0.0.1:*"
    back = ask(
        "POST", "/user-api-key", "amina", json=wished(auth_redirect="http://127.0.0.1:9/x?a=1"), allow_redirects=False
    )
    assert back.headers["Location"].startswith("http://127.0.0.1:9/x?a=1&payload=")


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ({"nonce": ""}, 400),
        ({"scopes": "tout"}, 403),
        ({"public_key": "pas une clé"}, 400),
        ({"public_key": pem(77)}, 400),
    ],
)
def test_what_no_key_is_given_for_is_refused(other: dict[str, Any], status: int, ask: Ask) -> None:
    assert ask("POST", "/user-api-key.json", "amina", json=wished(**other)).status_code == status


def test_nobody_is_known_beforehand(ask: Ask, box: Sandbox) -> None:
    sent = {**wished(), "auth_redirect": "http://127.0.0.1:9/"}
    assert ask("POST", "/user-api-key-client.json", None, json=sent).status_code == (403 if new(box) else 404)
    assert ask("POST", "/user-api-key-client.json", None, json={}).status_code == (400 if new(box) else 404)


@pytest.mark.parametrize("name", ["User-Api-Key", "Api-Key"])
@pytest.mark.parametrize("key", ["0" * 32, ""])
def test_an_unknown_key_and_an_empty_one_are_refused_on_public_pages_too(name: str, key: str, box: Sandbox) -> None:
    answer = requests.get(f"{box.url}/latest.json", headers={name: key}, timeout=30)
    assert (answer.status_code, answer.json()["error_type"]) == (403, "invalid_access")
    assert requests.get(f"{box.url}/latest.json", timeout=30).status_code == 200


def test_keys_of_either_form_are_understood_and_nothing_else() -> None:
    body = der(0x30, integer(N) + integer(E))
    bare = f"-----BEGIN RSA PUBLIC KEY-----\n{base64.b64encode(body).decode()}\n-----END RSA PUBLIC KEY-----"
    assert rsa.public_key(bare) == rsa.public_key(pem()) == (N, E)
    with pytest.raises(ValueError, match=r"\S"):
        rsa.sealed((N, E), b"x" * 140)
    for broken in (bare[:60] + bare[70:], "-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----"):
        with pytest.raises(ValueError, match=r"\S"):
            rsa.public_key(broken)
