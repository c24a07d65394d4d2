"""The sandbox as a web application: who asks, what they sent, and how an answer leaves."""

import json
import re

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from koweb_sync.sandbox.acts.changing import Editor
from koweb_sync.sandbox.acts.limits import Limiter, Window
from koweb_sync.sandbox.acts.writing import Writer
from koweb_sync.sandbox.core.people import Caller, identify
from koweb_sync.sandbox.core.refused import Refused, not_found, not_logged_in, read_only
from koweb_sync.sandbox.core.state import State
from koweb_sync.sandbox.explorer.run import Explorer
from koweb_sync.sandbox.given import Desk, answer
from koweb_sync.sandbox.pages import routes as pages
from koweb_sync.sandbox.web import categories, explorer, people, posts, reading, writing

BODY_MAX = 64 * 1024 * 1024
STAYS_OPEN = re.compile(r"/(site/basic-info|srv/status|session/.*|login)$")


def make_app(state: State, limits: Limiter) -> Flask:
    """The web application of one forum."""
    app = Flask("koweb_sync.sandbox", static_folder=None, template_folder=str(pages.FOLDER))
    app.config["MAX_CONTENT_LENGTH"] = BODY_MAX
    app.url_map.strict_slashes = False
    writer = Writer(state, limits)
    app.extensions["forum"] = Desk(state, writer, Editor(writer))
    app.extensions["explorer"] = Explorer(state)
    app.extensions["explorer_runs"] = Window(0, explorer.WINDOW)
    app.before_request(lambda: enter(state, limits))
    app.after_request(lambda response: leave(state, response))
    app.register_error_handler(Refused, refused)
    app.register_error_handler(HTTPException, lambda error: http_error(state, error))
    for blueprint in (
        reading.routes,
        posts.routes,
        people.routes,
        categories.routes,
        writing.routes,
        explorer.routes,
        pages.routes,
    ):
        app.register_blueprint(blueprint)
    return app


def enter(state: State, limits: Limiter) -> None:
    """Before every request: limits, who asks, and what is closed. Raises Refused."""
    with state.lock:
        refusal = limits.request(keyed="Api-Key" in request.headers)
        if refusal:
            raise refusal
        g.caller = identify(state, dict(request.headers), request.method, request.path)
        reads = request.method in ("GET", "HEAD", "OPTIONS")
        if reads and request.content_length:
            raise Refused(413, "")
        if state.settings["read_only"] and not reads:
            raise read_only(state)
        if state.settings["login_required"] and g.caller.user is None and not STAYS_OPEN.search(request.path):
            raise not_logged_in(state)


def leave(state: State, response: Response) -> Response:
    """After every request: the headers of every answer."""
    caller: Caller | None = g.get("caller")
    if caller and caller.user:
        response.headers["X-Discourse-Username"] = caller.user.username.encode().decode("latin-1")
    if state.settings["read_only"]:
        response.headers["Discourse-Readonly"] = "true"
    response.headers["Cache-Control"] = "no-cache, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; img-src 'self' https: http:; style-src 'self'; base-uri 'self'; form-action 'self'",
    )
    return response


def refused(error: Refused) -> Response:
    """An answer other than 200."""
    if isinstance(error.body, str):
        kind = error.headers.get("Content-Type", "text/plain; charset=utf-8")
        return Response(error.body, error.status, {**error.headers, "Content-Type": kind})
    if isinstance(error.body, list):
        return Response(json.dumps(error.body), error.status, content_type="text/plain; charset=utf-8")
    made = answer(error.body, error.status)
    made.headers.update(error.headers)
    return made


def http_error(state: State, error: HTTPException) -> Response:
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
