"""A page on this computer that takes one answer of the forum, by way of the person's browser, and then is gone."""

import html
import secrets
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import monotonic
from typing import Any
from urllib.parse import parse_qs

from koweb_sync.errors import KowebError
from koweb_sync.i18n import _
from koweb_sync.posts.paths import parted

HOST = "127.0.0.1"


class Loopback(HTTPServer):
    """Waits at `address`, which nobody guesses. What comes is given to `opened`, which raises KowebError for what is no
    answer to us: then it goes on waiting.
    """

    timeout = 1.0
    result = ""

    def __init__(self, opened: Callable[[str], str]) -> None:
        super().__init__((HOST, 0), Visitor)
        self.opened = opened
        self.path = f"/{secrets.token_urlsafe(16)}"
        self.own_name = f"{HOST}:{self.server_port}"
        self.address = f"http://{self.own_name}{self.path}"

    def wait(self, seconds: float) -> str:
        """What `opened` made of the answer; "" where none came in time."""
        until = monotonic() + seconds
        while not self.result and monotonic() < until:
            self.handle_request()
        return self.result

    def handle_error(self, *_about: Any) -> None:
        """A browser that leaves early is nobody's business."""


class Visitor(BaseHTTPRequestHandler):
    """One request of a browser, or of whoever finds the port."""

    server: Loopback
    timeout = 5.0

    def do_GET(self) -> None:
        """Take the answer where it is one."""
        parts = parted(self.path)
        if self.headers.get("Host", "") != self.server.own_name or parts.path != self.server.path:
            self.page(404, _("There is nothing here."))
            return
        try:
            self.server.result = self.server.opened(parse_qs(parts.query).get("payload", [""])[0])
        except KowebError as error:
            self.page(400, error.message)
        else:
            self.page(200, _("koweb has the forum's answer. You can close this page and go back to koweb."))

    def page(self, status: int, text: str) -> None:
        """A sentence in the browser; the address with the answer goes nowhere from here."""
        body = f'<!doctype html><meta charset="utf-8"><title>koweb</title><p>{html.escape(text)}</p>'.encode()
        self.send_response(status)
        for name, value in (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Referrer-Policy", "no-referrer"),
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", "default-src 'none'"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_about: Any) -> None:
        """Nothing is logged."""
