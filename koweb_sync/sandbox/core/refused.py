"""A request that the forum refuses: the status and the body that Discourse gives."""

from collections.abc import Mapping
from typing import Any

from koweb_sync.i18n import catalog
from koweb_sync.sandbox.core.state import State


class Refused(Exception):
    """An answer other than 200. `body` becomes JSON."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


def words(state: State, english: str) -> str:
    """A sentence in the forum's own language."""
    return catalog(str(state.settings.get("default_locale", "en"))).gettext(english)


def not_found(state: State) -> Refused:
    """404: not there, or not for this user."""
    text = words(state, "The requested URL or resource could not be found.")
    return Refused(404, {"errors": [text], "error_type": "not_found"})


def no_topic(state: State) -> Refused:
    """404 of a topic: it brings a page for people with it."""
    plain = not_found(state)
    text = words(state, "This page does not exist, or is private.")
    page = f'<div class="page-not-found"><h1 class="title">{text}</h1></div>'
    title = {} if state.flavour.fields == "2022" else {"title": words(state, "Page not found")}
    return Refused(404, {**plain.body, "extras": {**title, "html": page, "group": None}})


def forbidden(state: State) -> Refused:
    """403: the user may not do this."""
    text = words(state, "You are not permitted to view the requested resource.")
    return Refused(403, {"errors": [text], "error_type": "invalid_access"})


def bad_key(state: State) -> Refused:
    """403: one answer for a wrong key, a revoked one, a wrong user, and a scope that lacks this route."""
    text = words(state, "You are not permitted to view the requested resource. The API username or key is invalid.")
    return Refused(403, {"errors": [text], "error_type": "invalid_access"})


def not_logged_in(state: State) -> Refused:
    """403: one must be logged in."""
    text = words(state, "You need to be logged in to do that.")
    return Refused(403, {"errors": [text], "error_type": "not_logged_in"})


def invalid(state: State, name: str) -> Refused:
    """400: a parameter that cannot be."""
    text = words(state, "You supplied invalid parameters to the request: {name}").format(name=name)
    return Refused(400, {"errors": [text], "error_type": "invalid_parameters"})


def missing(name: str) -> Refused:
    """400: a parameter that must be there is not."""
    return Refused(400, {"errors": [f"param is missing or the value is empty: {name}"]})


def unprocessable(errors: list[str], action: str = "") -> Refused:
    """422: validations."""
    return Refused(422, {**({"action": action} if action else {}), "errors": errors})


def read_only(state: State) -> Refused:
    """503: the site is in read-only mode."""
    text = words(state, "The site is in read only mode. Interactions are disabled.")
    return Refused(503, {"errors": [text], "error_type": "read_only"}, {"Discourse-Readonly": "true"})


def too_many(state: State, seconds: float, code: str = "") -> Refused:
    """429 of a controller: one user did too much."""
    wait = max(1, round(seconds))
    text = words(state, "You have performed this action too many times. Please wait {n} seconds before trying again.")
    body = {
        "errors": [text.format(n=wait)],
        "error_type": "rate_limit",
        "extras": {"wait_seconds": wait, "time_left": f"{wait} s"},
    }
    headers = {"Retry-After": str(wait), **({"Discourse-Rate-Limit-Error-Code": code} if code else {})}
    return Refused(429, body, headers)
