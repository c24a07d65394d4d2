"""A request that the forum refuses: the status and the body that Discourse gives."""

from collections.abc import Mapping
from typing import Any

from koweb_sync.i18n import catalog
from koweb_sync.sandbox.model.state import ForumState


class RefusedRequest(Exception):
    """An answer other than 200. `body` becomes JSON."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


def words(state: ForumState, english: str) -> str:
    """A sentence in the forum's own language."""
    return catalog(str(state.settings.get("default_locale", "en"))).gettext(english)


def not_found(state: ForumState) -> RefusedRequest:
    """404: not there, or not for this user."""
    text = words(state, "The requested URL or resource could not be found.")
    return RefusedRequest(404, {"errors": [text], "error_type": "not_found"})


def no_topic(state: ForumState) -> RefusedRequest:
    """404 of a topic: it brings a page for people with it."""
    plain = not_found(state)
    text = words(state, "This page does not exist, or is private.")
    page = f'<div class="page-not-found"><h1 class="title">{text}</h1></div>'
    title = {} if not state.newer else {"title": words(state, "Page not found")}
    return RefusedRequest(404, {**plain.body, "extras": {**title, "html": page, "group": None}})


def forbidden(state: ForumState) -> RefusedRequest:
    """403: the user may not do this."""
    text = words(state, "You are not permitted to view the requested resource.")
    return RefusedRequest(403, {"errors": [text], "error_type": "invalid_access"})


def bad_key(state: ForumState) -> RefusedRequest:
    """403: one answer for a wrong key, a revoked one, a wrong user, and a scope that lacks this route."""
    text = words(state, "You are not permitted to view the requested resource. The API username or key is invalid.")
    return RefusedRequest(403, {"errors": [text], "error_type": "invalid_access"})


def not_logged_in(state: ForumState) -> RefusedRequest:
    """403: one must be logged in."""
    text = words(state, "You need to be logged in to do that.")
    return RefusedRequest(403, {"errors": [text], "error_type": "not_logged_in"})


def invalid(state: ForumState, name: str) -> RefusedRequest:
    """400: a parameter that cannot be."""
    text = words(state, "You supplied invalid parameters to the request: {name}").format(name=name)
    return RefusedRequest(400, {"errors": [text], "error_type": "invalid_parameters"})


def missing(name: str) -> RefusedRequest:
    """400: a parameter that must be there is not."""
    return RefusedRequest(400, {"errors": [f"param is missing or the value is empty: {name}"]})


def unprocessable(errors: list[str], action: str = "") -> RefusedRequest:
    """422: validations."""
    return RefusedRequest(422, {**({"action": action} if action else {}), "errors": errors})


def read_only(state: ForumState) -> RefusedRequest:
    """503: the site is in read-only mode."""
    text = words(state, "The site is in read only mode. Interactions are disabled.")
    return RefusedRequest(503, {"errors": [text], "error_type": "read_only"}, {"Discourse-Readonly": "true"})


def too_many(state: ForumState, seconds: float, code: str = "") -> RefusedRequest:
    """429 of a controller: one user did too much."""
    wait = max(1, round(seconds))
    text = words(state, "You have performed this action too many times. Please wait {n} seconds before trying again.")
    body = {
        "errors": [text.format(n=wait)],
        "error_type": "rate_limit",
        "extras": {"wait_seconds": wait, "time_left": f"{wait} s"},
    }
    headers = {"Retry-After": str(wait), **({"Discourse-Rate-Limit-Error-Code": code} if code else {})}
    return RefusedRequest(429, body, headers)
