"""Connections to the sandbox: they stay open between requests, as a real forum's do."""

from collections.abc import Iterable
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler
from werkzeug.test import run_wsgi_app
from werkzeug.wsgi import ClosingIterator

from koweb_sync.sandbox.gateway.gateway import Gateway, is_read_whole

if TYPE_CHECKING:
    from werkzeug.datastructures import Headers

NO_BODY = (204, 304)


class Handler(WSGIRequestHandler):
    """Keeps connections open, says nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave together

    def handle(self) -> None:
        """Answer until the connection ends, from whichever side."""
        with suppress(OSError):
            super().handle()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()

    def run_wsgi(self) -> None:
        """Answer one request. werkzeug's own way ends the connection after each, so that it need not know where a
        request ends; the gateway reads each whole.
        """
        environ = self.make_environ()
        try:
            pieces, status, headers = run_wsgi_app(self.server.app, environ)
            with closing(ClosingIterator(pieces, getattr(pieces, "close", None))):
                self.send_head(status, headers, whole=is_read_whole(environ))
                self.send_pieces(pieces)
        except OSError:  # somebody has left
            self.close_connection = True

    def send_head(self, status: str, headers: "Headers", *, whole: bool) -> None:
        """Send status and headers. Where nothing says how long the answer is, the end of the connection does."""
        code, _blank, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for key, value in headers:
            self.send_header(key, value)
        ends = "Content-Length" in headers or self.command == "HEAD" or int(code) in NO_BODY
        if not ends or not whole:
            self.send_header("Connection", "close")
        self.end_headers()

    def send_pieces(self, pieces: Iterable[bytes]) -> None:
        """Send the body; each piece has left before the next is asked for."""
        for piece in pieces:
            self.wfile.write(piece)
            self.wfile.flush()

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The header Date: the forum's own time."""
        front = self.server.app
        now = front.clock() if isinstance(front, Gateway) else None
        return super().date_time_string(now if timestamp is None else timestamp)

    def log(self, _type: str, _message: str, *_args: object) -> None:
        """Nothing: the sandbox keeps its own log."""
