"""The endpoints of the keys that people give to programs by themselves."""

import json
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Response, render_template, request

from koweb_sync.sandbox.model import rsa, user_keys
from koweb_sync.sandbox.model.personal import UserKey
from koweb_sync.sandbox.model.refusals import forbidden, invalid, missing, not_found, words
from koweb_sync.sandbox.request_data import Routes, answer, caller, given, member, state, there
from koweb_sync.sandbox.rules.validations import number_of

routes = Routes("user_keys")
VERSION = 4
PARAMETERS = ("nonce", "scopes", "client_id", "public_key", "application_name")
OLDER = ("public_key", "nonce", "scopes", "client_id", "application_name")


def wished(*names: str) -> tuple[dict[str, Any], rsa.Key]:
    """What a program asks for, and its public key. Raises Refused, 403 for scopes that nobody gives."""
    data = given()
    for name in names:
        if not data.get(name):
            raise missing(name)
    if not set(scopes(data)) <= set(user_keys.SCOPES):
        raise forbidden(state)
    try:
        return data, rsa.public_key(str(data["public_key"]))
    except ValueError:
        raise invalid(state, "public_key") from None


def scopes(data: dict[str, Any]) -> tuple[str, ...]:
    return tuple(one.strip() for one in str(data["scopes"]).split(",") if one.strip())


def needed() -> tuple[str, ...]:
    """What must be said, in the order in which the server looks for it."""
    return OLDER if not state.newer else PARAMETERS


@routes.get("/user-api-key/new")
def new() -> Response:
    """HEAD tells the version. A person with a browser is asked whether the program gets its key."""
    if request.method == "HEAD":
        told = {"Auth-Api-Version": str(VERSION)}
        told |= {"Auth-Api-Device-Code": "true"} if state.flavour.device_login else {}
        return Response(status=200, content_type="application/json", headers=told)
    data, _key = wished(*needed())
    if caller().user is None:
        return Response(status=302, headers={"Location": state.at("/login")})
    title = words(state, "Authorise access for an application")
    asks = words(state, "“{name}” asks for these rights on your account: {scopes}.")
    text = asks.format(name=data["application_name"], scopes=", ".join(scopes(data)))
    hidden = {name: str(data[name]) for name in (*needed(), "auth_redirect", "padding") if data.get(name)}
    page = render_template("program_key.html", title=title, text=text, hidden=hidden, action=state.at("/user-api-key"))
    return Response(page, content_type="text/html; charset=utf-8")


@routes.post("/user-api-key")
def create() -> Response:
    """A key, which the program alone can read: sealed with its public key, in the answer or at its own address."""
    user = member()
    data, key = wished(*needed())
    if data.get("auth_redirect") and not user_keys.may_be_sent(state, str(data["auth_redirect"])):
        raise forbidden(state)
    wish = user_keys.KeyRequest(str(data["client_id"]), str(data["application_name"]), scopes(data))
    made = user_keys.grant(state, user, wish)
    told = {"key": made.key, "nonce": str(data["nonce"]), "push": False, "api": VERSION}
    try:
        payload = rsa.sealed(key, json.dumps(told, separators=(",", ":")).encode(), padding(data))
    except ValueError:
        raise invalid(state, "public_key") from None
    if data.get("auth_redirect"):
        return Response(status=302, headers={"Location": with_payload(str(data["auth_redirect"]), payload)})
    text = words(state, "We have created a new user API key for you to use with “{name}”.")
    return answer({"payload": payload, "instructions": text.format(name=made.application)})


def padding(data: dict[str, Any]) -> Literal["pkcs1", "oaep"]:
    """How the answer is sealed. Guess: sources; servers with codes heed `padding`, older ones know one way."""
    return "oaep" if state.flavour.device_login and data.get("padding") == "oaep" else "pkcs1"


def with_payload(where: str, payload: str) -> str:
    """The program's own address, with its key. Raises Refused for what is no address."""
    try:
        parts = urlsplit(where)
    except ValueError:
        raise forbidden(state) from None
    if not parts.scheme or not where.isascii() or not where.isprintable():
        raise forbidden(state)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), ("payload", payload)])
    return urlunsplit(parts._replace(query=query))


@routes.post("/user-api-key/revoke")
def revoke() -> Response:
    """Take back the key that is named by `id`, or the one that asks."""
    found = there(named() if given().get("id") else state.user_keys.get(request.headers.get("User-Api-Key", "")))
    found.revoked = True
    return answer({"success": "OK"})


@routes.post("/user-api-key/undo-revoke")
def undo() -> Response:
    named().revoked = False
    return answer({"success": "OK"})


def named() -> UserKey:
    """The key of that number, of the caller or for an administrator. Raises Refused."""
    user, number = member(), number_of(given().get("id"))
    found = there(next((one for one in state.user_keys.values() if one.id == number), None))
    if not (user.admin or found.user_id == user.id):
        raise forbidden(state)
    return found


# ---- programs that wish to be known beforehand: newer servers alone


def newer() -> None:
    """Raises Refused on servers that do not know this."""
    if not state.newer:
        raise not_found(state)


@routes.get("/user-api-key-client", only=newer)
def known_client() -> Response:
    if "client_id" not in request.args:
        raise missing("client_id")
    raise invalid(state, "client_id")  # none can be known, as no scopes are allowed for them


@routes.post("/user-api-key-client", only=newer)
def register() -> Response:
    """Refused, as the setting with the scopes of such programs is empty."""
    data = given()
    for name in ("client_id", "application_name", "public_key", "auth_redirect", "scopes"):
        if not data.get(name):
            raise missing(name)
    raise forbidden(state)
