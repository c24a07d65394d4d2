"""The server of this computer's pages: on loopback only, until somebody stops it or nobody looks any more."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from koweb_sync.desk.serving.access import AccessRules


class QuietHandler(WSGIRequestHandler):
    """Says nothing in the terminal about requests, and nothing of itself in answers."""

    protocol_version = "HTTP/1.1"
    server_version = "koweb"
    sys_version = ""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's own name
        """Nothing: what goes wrong is shown on the page."""


class LocalServer:
    """Serves an application on a free port, or on the one that is named.

    Raises OSError where that is taken.
    """

    def __init__(self, make: Callable[[AccessRules], Flask], port: int = 0) -> None:
        with socket.create_server(("127.0.0.1", port), backlog=64) as listener:
            self.port: int = listener.getsockname()[1]
            self.access = AccessRules(self.port)
            self.app = make(self.access)
            self.server: BaseWSGIServer = make_server(
                "127.0.0.1", self.port, self.app, threaded=True, request_handler=QuietHandler, fd=listener.fileno()
            )
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)

    def start(self) -> None:
        """Serve from now on."""
        self.thread.start()

    def stop(self) -> None:
        """Serve no more."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(timeout=5)

    def wait(self, idle: Callable[[], bool] | None = None) -> None:
        """Wait until the server ends, or until `idle` says that nobody needs it any more."""
        while self.thread.is_alive() and not (idle and idle()):
            time.sleep(0.2)
