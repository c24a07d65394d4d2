"""A bad network between koweb and a forum: of a hundred answers, fifteen are dropped, cut, late, torn or doubled."""

import http.client
import random
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

FAULTS = ("drop", "refuse", "truncate", "double", "delay", "reset")
HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host"})


class Proxy(ThreadingHTTPServer):
    """Passes requests on to the forum at `target`, a share of them badly; `strike` is called at the n-th request."""

    daemon_threads = True

    def __init__(self, target: str, rng: random.Random) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.target = target
        self.rng = rng
        self.share = 0.15
        self.guard = threading.Lock()
        self.count: dict[str, int] = {}
        self.strike: tuple[int, bool, Callable[[], None]] | None = None

    @property
    def url(self) -> str:
        """Where koweb finds it."""
        return f"http://127.0.0.1:{self.server_port}"

    def fate(self) -> tuple[str, Callable[[], None] | None, bool]:
        """What happens to the next request: a fault or "", and whom it kills, before the work or after the answer."""
        with self.guard:
            fault = self.rng.choice(FAULTS) if self.rng.random() < self.share else ""
            kill, late = None, False
            if self.strike:
                nth, late, deed = self.strike
                kill, self.strike = (deed, None) if nth <= 1 else (None, (nth - 1, late, deed))
            for name in (fault, "requests", *(["kills"] if kill else [])):
                self.count[name] = self.count.get(name, 0) + 1
            return fault, kill, late

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that went away are what this is about."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Proxy

    def do_GET(self) -> None:
        """Pass it on, well or badly."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault, kill, late = self.server.fate()
        if kill and not late:
            kill()
        if fault == "refuse":
            return self.hang_up()
        if fault == "delay":
            time.sleep(0.05)
        answer = self.forward(body)
        if fault == "double":
            answer = self.forward(body)
        if kill and late:
            kill()
        if fault in ("drop", "reset"):
            return self.hang_up(reset=fault == "reset")
        self.reply(answer, cut=fault == "truncate")
        return None

    do_POST = do_PUT = do_DELETE = do_HEAD = do_GET  # noqa: N815

    def forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        """The forum's answer."""
        there = urlsplit(self.server.target)
        link = http.client.HTTPConnection(there.hostname or "", there.port, timeout=60)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
            link.request(self.command, self.path, body or None, {**headers, "Host": there.netloc})
            answer = link.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            link.close()

    def reply(self, answer: tuple[int, list[tuple[str, str]], bytes], *, cut: bool) -> None:
        """Give an answer to koweb, or half of it."""
        status, headers, data = answer
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOP:
                self.send_header(name, value.replace(self.server.target, self.server.url))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if cut else data)
        if cut:
            self.hang_up()

    def hang_up(self, *, reset: bool = False) -> None:
        """Close the connection; with `reset`, tear it down."""
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        """Nothing."""


@contextmanager
def between(target: str, rng: random.Random) -> Iterator[Proxy]:
    """A proxy that runs."""
    with Proxy(target, rng) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()
