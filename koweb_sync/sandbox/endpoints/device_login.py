"""The endpoints by which a program without a browser gets a key: servers of 2026 alone. Guess: their sources."""

from typing import Any

from flask import Response, render_template, request

from koweb_sync.sandbox.endpoints.user_keys import PARAMETERS, VERSION, scopes, wished
from koweb_sync.sandbox.model import devices, user_keys
from koweb_sync.sandbox.model.refusals import invalid, missing, not_found, words
from koweb_sync.sandbox.request_data import Routes, answer, caller, given, member, state


def here() -> None:
    """Raises Refused on servers that do not know this."""
    if not state.flavour.device_login:
        raise not_found(state)


routes = Routes("device_login", only=here)


@routes.post("/user-api-key/device")
def begin() -> Response:
    """A program asks for a code."""
    if not request.is_json:
        raise invalid(state, "base")
    data, key = wished(*PARAMETERS)
    if data.get("padding") != "oaep":
        raise invalid(state, "padding")
    wish = user_keys.KeyRequest(str(data["client_id"]), str(data["application_name"]), scopes(data))
    try:
        secret, made = devices.wait(state, wish, str(data["nonce"]), key)
    except ValueError:
        raise invalid(state, "public_key") from None
    where = f"{request.root_url}user-api-key/activate"
    codes = {"device_code": secret, "user_code": made.code}
    places = {"verification_uri": where, "verification_uri_with_request": f"{where}?request={made.request}"}
    return answer({**codes, **places, "expires_in": int(devices.LIVES), "interval": devices.INTERVAL})


@routes.post("/user-api-key/device/poll")
def poll() -> Response:
    """Whether a person has answered; the key, once they did."""
    if not given().get("device_code"):
        raise missing("device_code")
    return answer(devices.poll(state, str(given()["device_code"])))


@routes.get("/user-api-key/activate")
def ask() -> Response:
    """Where a person types the code."""
    if caller().user is None:
        return Response(status=302, headers={"Location": state.at("/login")})
    title = words(state, "Authorise access for an application")
    page = render_template("program_key.html", title=title, hidden={})
    return Response(page, content_type="text/html; charset=utf-8")


@routes.post("/user-api-key/activate")
def typed() -> Response:
    """A person typed a code: what the program asks for, and what to answer with."""
    member()
    found = devices.typed(state, str(given().get("code") or ""))
    if found is None:
        return answer({"state": "enter_code", "invalid_code": True})
    told = {"application_name": found.wish.application, "scopes": list(found.wish.scopes)}
    return answer({"state": "authorize", **told, "approval_token": found.approval})


@routes.post("/user-api-key/device/<any(authorize, deny):what>")
def decide(what: str) -> Response:
    """A person gives the key, or refuses."""
    user, data = member(), given()
    found = devices.asked(state, str(data.get("approval_token") or ""))
    if found is None:
        return answer({"state": "enter_code", "expired_code": True})
    if what == "deny":
        devices.deny(state, found)
    else:
        devices.allow(state, user, found, VERSION)
    done: dict[str, Any] = {"state": "complete", "denied": what == "deny"}
    return answer(done)
