"""The sandbox as a web application: who asks, what they sent, and how an answer leaves."""

import json
import re
from dataclasses import replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from flask import Blueprint, Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from koweb_sync.sandbox import endpoints
from koweb_sync.sandbox.endpoints import explorer
from koweb_sync.sandbox.endpoints.cache import Cache
from koweb_sync.sandbox.explorer.run_query import Explorer
from koweb_sync.sandbox.model.languages import reading as in_language
from koweb_sync.sandbox.model.permissions import Caller, identify
from koweb_sync.sandbox.model.refusals import RefusedRequest, not_found, not_logged_in, read_only
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.pages import routes as pages
from koweb_sync.sandbox.request_data import Services, answer
from koweb_sync.sandbox.rules.edits import Editor
from koweb_sync.sandbox.rules.likes import PostLikes
from koweb_sync.sandbox.rules.limits import EventWindow, Limiter
from koweb_sync.sandbox.rules.moderation import Moderation
from koweb_sync.sandbox.rules.new_posts import Creator

BODY_MAX = 64 * 1024 * 1024
STAYS_OPEN = re.compile(r"/(site/basic-info|srv/status|session/.*|login|style\.css|favicon\.\w+)$")


def make_app(state: ForumState, limits: Limiter) -> Flask:
    """The web application of one forum."""
    app = unrouted()
    app.config["MAX_CONTENT_LENGTH"] = BODY_MAX
    known = routed()
    app.url_map, app.view_functions, app.blueprints = known.url_map, known.view_functions, known.blueprints
    writer = Creator(state, limits)
    writer.notifier.recall()
    editor = Editor(writer)
    app.extensions["forum"] = Services(state, writer, editor, Moderation(editor), PostLikes(state, limits))
    app.extensions["explorer"] = Explorer(state)
    app.extensions["explorer_runs"] = EventWindow(0, explorer.WINDOW)
    cache = Cache()
    app.before_request(lambda: enter(state, limits, cache))
    app.after_request(lambda response: leave(state, response, cache))
    app.register_error_handler(RefusedRequest, lambda error: refusal_page(state, error))
    app.register_error_handler(HTTPException, lambda error: http_error(state, error))
    return app


def unrouted() -> Flask:
    """An application without addresses."""
    return Flask("koweb_sync.sandbox", static_folder=None, template_folder=str(pages.FOLDER))


@cache
def routed() -> Flask:
    """All addresses and what answers there, which all forums share: to compile them takes longer than all else."""
    app = unrouted()
    app.url_map.strict_slashes = False
    names = (room.name for room in iter_modules(endpoints.__path__, f"{endpoints.__name__}."))
    for room in (pages, *map(import_module, sorted(names))):
        if isinstance(known := getattr(room, "routes", None), Blueprint):
            app.register_blueprint(known)
    return app


def enter(state: ForumState, limits: Limiter, cache: Cache) -> Response | None:
    """Before every request: limits, who asks, what is closed, and what anonymous readers were told before.

    Raises Refused.
    """
    with state.lock:
        keyed = "Api-Key" in request.headers
        refusal = limits.request(keyed=keyed, own=request.headers.get("User-Api-Key", ""))
        mine = keyed or "User-Api-Key" in request.headers
        if refusal:
            raise refusal
        caller = identify(state, dict(request.headers), request.method, request.path)
        locale, originals = in_language(state, caller.user, request.headers.get("Accept-Language", ""), request.cookies)
        g.caller = replace(caller, locale=locale, originals=originals)
        reads = request.method in ("GET", "HEAD", "OPTIONS")
        if reads and request.content_length:
            raise RefusedRequest(413, "")
        refuse_write(state, reads=reads)
        if state.settings["login_required"] and g.caller.user is None and not STAYS_OPEN.fullmatch(request.path):
            if pages.wanted():
                return Response(status=302, headers={"Location": state.at("/login")})
            raise not_logged_in(state)
        return cache.find(state, anonymous=reads and not mine)


def refuse_write(state: ForumState, *, reads: bool) -> None:
    """In read-only mode nobody writes; in staff-writes mode the team alone. Raises Refused."""
    closed = state.settings["read_only"] or (state.settings["staff_writes_only"] and not g.caller.staff)
    if closed and not reads:
        raise read_only(state)


def leave(state: ForumState, response: Response, cache: Cache) -> Response:
    """After every request: the headers of every answer."""
    cache.keep(state, response)
    caller: Caller | None = g.get("caller")
    if caller and caller.user:
        response.headers["X-Discourse-Username"] = caller.user.username.encode().decode("latin-1")
    if state.settings["read_only"] or state.settings["staff_writes_only"]:
        response.headers["Discourse-Readonly"] = "true"
    response.headers["Cache-Control"] = "no-cache, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; img-src 'self' https: http:; style-src 'self'; base-uri 'self'; form-action 'self'",
    )
    return response


def refusal_page(state: ForumState, error: RefusedRequest) -> Response:
    """An answer other than 200: for people with a browser, a page where something is not there or private."""
    if pages.browsing() and error.status in (403, 404) and request.method in ("GET", "HEAD"):
        return pages.lost(state, error.status)
    return refused(error)


def refused(error: RefusedRequest) -> Response:
    """An answer other than 200."""
    if isinstance(error.body, str):
        kind = error.headers.get("Content-Type", "text/plain; charset=utf-8")
        return Response(error.body, error.status, {**error.headers, "Content-Type": kind})
    if isinstance(error.body, list):
        return Response(json.dumps(error.body), error.status, content_type="text/plain; charset=utf-8")
    made = answer(error.body, error.status)
    made.headers.update(error.headers)
    return made


def http_error(state: ForumState, error: HTTPException) -> Response:
    """What the framework refuses, in Discourse's words."""
    if error.code == 404:
        return pages.lost(state) if pages.wanted() else refused(not_found(state))
    if error.code == 413:
        return Response("<html><body>Request Entity Too Large</body></html>", 413, content_type="text/html")
    if error.code == 400:
        return answer({"status": 400, "error": "Bad Request"}, 400)
    if error.code == 405:
        return refused(not_found(state))
    return Response(error.description or "", error.code or 500, content_type="text/plain; charset=utf-8")
