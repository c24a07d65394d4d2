"""The server that takes events: it looks at the signature, keeps what was told, and answers; the work is done behind.

A forum is at the path of its name. Whoever knows no secret gets nothing done: a body is read up to a bound, within some
seconds, and dropped. Besides there are `/health` and `/metrics`.
"""

import json
import logging
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import WSGITask

from koweb_sync.errors import KowebError
from koweb_sync.listen.events import EVENT, EVENT_ID, KIND, OWN, SIGNATURE, hint, mark, plain_id, signed
from koweb_sync.listen.inbox import Inbox
from koweb_sync.listen.measures import Measures

BODY = 1024 * 1024  # bytes of an event at most
HEADERS = 32 * 1024
CONNECTIONS = 64
IN_TIME = 10.0  # seconds within which a request has to be there
PATIENCE = 15 * 60.0  # seconds after which something waits for too long
TEXT = "text/plain; charset=utf-8"
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
WORDS = {
    200: "200 OK",
    400: "400 Bad Request",
    403: "403 Forbidden",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    413: "413 Content Too Large",
    503: "503 Service Unavailable",
}
Start = Callable[[str, list[tuple[str, str]]], Any]
Answer = tuple[int, bytes, str]


@dataclass
class Reception:
    """The application. `secrets` are those of the webhooks, by the names of their forums."""

    secrets: Mapping[str, str] = field(repr=False)
    inbox: Inbox
    measures: Measures
    log: Callable[..., None]
    now: Callable[[], float] = time.time
    patience: float = PATIENCE

    def __call__(self, environ: Mapping[str, Any], start: Start) -> Iterable[bytes]:
        """Answer a request (WSGI)."""
        verb, path = str(environ["REQUEST_METHOD"]), str(environ.get("PATH_INFO", ""))
        status, body, kind = self.answer(verb, path, environ)
        headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        if status == 405:
            headers.append(("Allow", "POST" if path.strip("/") in self.secrets else "GET, HEAD"))
        start(WORDS[status], headers)
        return [b"" if verb == "HEAD" else body]

    def answer(self, verb: str, path: str, environ: Mapping[str, Any]) -> Answer:
        """Status, body and type of an answer."""
        name = path.strip("/")
        if name in self.secrets:
            status = self.event(name, environ) if verb == "POST" else 405
            return status, b"", TEXT
        if path not in [f"/{one}" for one in OWN]:
            return 404, b"", TEXT
        if verb not in ("GET", "HEAD"):
            return 405, b"", TEXT
        try:
            return self.health() if path == "/health" else (200, self.measures.text(self.inbox, self.now()), PROMETHEUS)
        except KowebError:
            return 503, b"", TEXT

    def health(self) -> Answer:
        """Whether all is well, and what waits."""
        found = self.measures.health(self.inbox, self.now(), self.patience)
        told = {one.forum: {"well": one.well, "due": one.due, "oldest": round(one.oldest, 1)} for one in found}
        well = all(one.well for one in found)
        return 200 if well else 503, json.dumps({"well": well, "forums": told}).encode() + b"\n", "application/json"

    def event(self, forum: str, environ: Mapping[str, Any]) -> int:
        """Take an event: the status of the answer."""
        body = environ["wsgi.input"].read(BODY + 1)
        if len(body) > BODY:
            return 413
        signature = header(environ, SIGNATURE)
        if not signed(self.secrets[forum], body, signature):
            return self.noted(forum, "forged", 403)
        ident, kind, event = plain_id(header(environ, EVENT_ID)), header(environ, KIND), header(environ, EVENT)
        if not ident or not kind:
            return self.noted(forum, "unreadable", 400)
        found = hint(kind, event, body)
        try:
            new = self.inbox.take(forum, mark(ident, kind, event, signature), found, self.now())
        except KowebError:
            return self.noted(forum, "unkept", 503)
        return self.noted(forum, "replayed" if not new else "unfollowed" if found is None else "taken", 200)

    def noted(self, forum: str, outcome: str, status: int) -> int:
        """The status of an answer, which is counted and logged."""
        self.measures.event(forum, outcome)
        self.log("event", forum=forum, outcome=outcome)
        return status


def header(environ: Mapping[str, Any], name: str) -> str:
    """A header of a request; "" where it is not there."""
    return str(environ.get(f"HTTP_{name.upper().replace('-', '_')}", ""))


class LastTask(WSGITask):  # type: ignore[misc]
    """An answer that ends its connection: none is kept that we would close while the next event is on its way."""

    def build_response_header(self) -> bytes:
        """The head of the answer."""
        self.request.headers["CONNECTION"] = "close"
        return bytes(super().build_response_header())


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection for one request, that ends where this is not there in time, however steadily it drips."""

    task_class = LastTask
    began: float | None = None  # when the first of it came

    def received(self, data: bytes) -> bool:
        """Take what came."""
        self.began = self.began or time.time()
        return bool(super().received(data))

    def readable(self) -> bool:
        """Whether more may come. The server's loop asks before each wait."""
        late = self.began is not None and time.time() - self.began > IN_TIME
        if late and not self.requests and not self.total_outbufs_len:
            self.will_close = True
        return bool(super().readable())


class EventServer:
    """Serves until somebody stops it. Raises OSError where the place is taken, or none."""

    def __init__(self, app: Reception, host: str, port: int) -> None:
        logging.getLogger("waitress").setLevel(logging.CRITICAL)  # it would print of requests that are none
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.create_server((host, port), family=family, backlog=128)
        self.port = int(self.socket.getsockname()[1])
        self.map: dict[Any, Any] = {}
        self.ended = False
        self.server = create_server(
            app,
            map=self.map,
            sockets=[self.socket],
            threads=4,
            ident="koweb",
            connection_limit=CONNECTIONS,
            channel_timeout=int(IN_TIME),
            cleanup_interval=2,
            max_request_body_size=BODY,
            max_request_header_size=HEADERS,
            inbuf_overflow=2 * BODY,  # what comes stays in memory: nothing has to be written
            clear_untrusted_proxy_headers=True,
        )
        self.server.channel_class = Channel

    def serve(self) -> None:
        """Answer requests."""
        try:
            while not self.ended:
                wasyncore.loop(timeout=0.2, map=self.map, count=1)
        finally:
            self.server.task_dispatcher.shutdown(cancel_pending=True, timeout=5)
            wasyncore.close_all(self.map)

    def stop(self) -> None:
        """Take no more; who is being answered is answered still."""
        self.ended = True
