"""What stands between the network and the application: a log of all requests, and faults on demand."""

import io
import os
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from koweb_sync.sandbox.gateway.faults import Fault, Faults

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LARGEST = 64 * 1024 * 1024  # bytes of a body that are read
HTTP = 80  # the port that is not named
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
STRANGER = Fault("status", "", status=421, content_type="text/plain", body=b"This forum is at home on this computer.")
NOTHING = Fault("status", "", status=404, content_type="text/plain", body=b"The forum is below another path.")
NO_SUFFIX = re.compile(r"^/uploads/(?:short-url|default)/")


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the sandbox saw it. `path`: below the forum's own. `status` is 0 while it is answered, and where
    no answer was given. `beside`: it asked for what is not below the forum's path, which is whole then.
    """

    verb: str
    path: str
    query: str
    status: int
    username: str | None
    keyed: bool
    at: float
    headers: Mapping[str, str] = field(repr=False)  # the key is among them
    body: bytes = field(repr=False)
    beside: bool = False


# What somebody else does at a request: edit or delete a topic, the one with a number or the one that it is about.
Meddle = Callable[[str, Request, int | None], None]


class Gateway:
    """What stands before the application: the log, `.json` endings, and faults."""

    def __init__(self, app: Any, clock: Callable[[], float], meddle: Meddle, base_path: str = "") -> None:
        self.app = app
        self.base_path = base_path
        self.meddle = meddle
        self.clock = clock
        self.lock = threading.Lock()
        self.log: list[Request] = []
        self.faults = Faults()
        self.sockets: WeakSet[socket.socket] = WeakSet()
        self.keeps = True

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        connection: socket.socket = environ["werkzeug.socket"]
        self.sockets.add(connection)
        request, number = self.note(environ)
        if not at_home(request.headers, connection.getsockname()[1]):
            return self.instead(STRANGER, start, (request, number))
        if request.beside:
            return self.instead(NOTHING, start, (request, number))
        fault = self.faults.next(request.verb, request.path)
        if fault is None:
            return self.work(environ, start, request, number)
        return self.failing(fault, environ, start, (request, number))

    def note(self, environ: "WSGIEnvironment") -> tuple[Request, int]:
        """Put a request into the log; the application gets its path without `.json`."""
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        beside = not f"{path}/".startswith(f"{self.base_path}/")
        if not beside:
            path = path.removeprefix(self.base_path) or "/"
            environ["SCRIPT_NAME"], environ["PATH_INFO"] = self.base_path, path.encode().decode("latin-1")
        body = body_of(environ)
        environ["wsgi.input"] = io.BytesIO(body)
        names = [name for name in environ if name.startswith("HTTP_")]
        headers = {name[5:].replace("_", "-").title(): environ[name] for name in names}
        request = Request(
            verb=environ["REQUEST_METHOD"],
            path=path,
            query=environ.get("QUERY_STRING", ""),
            status=0,
            username=headers.get("Api-Username"),
            keyed="Api-Key" in headers,
            at=self.clock(),
            headers=headers,
            body=body,
            beside=beside,
        )
        if path.endswith(".json") and not NO_SUFFIX.match(path):
            environ["PATH_INFO"] = environ["PATH_INFO"].removesuffix(".json")
            environ["koweb.json"] = True
        if not self.keeps:
            return request, -1
        with self.lock:
            self.log.append(request)
            return request, len(self.log) - 1

    def work(
        self, environ: "WSGIEnvironment", start: "StartResponse", request: Request, number: int
    ) -> Iterable[bytes]:
        """Let the application answer, and note its status."""
        seen: list[int] = []

        def noting(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            seen.append(int(status[:3]))
            return start(status, headers, *rest)

        found: Iterable[bytes] = self.app(environ, noting)
        self.answered(request, number, seen[-1] if seen else 0)
        return found

    def answered(self, request: Request, number: int, status: int) -> None:
        """Note what a request was answered with."""
        with self.lock:
            if 0 <= number < len(self.log) and self.log[number] is request:
                self.log[number] = replace(request, status=status)

    def failing(
        self, fault: Fault, environ: "WSGIEnvironment", start: "StartResponse", noted: tuple[Request, int]
    ) -> Iterable[bytes]:
        if fault.before:
            fault.before()
        match fault.kind:
            case "status":
                return self.instead(fault, start, noted)
            case "refuse" | "reset":
                return cut(environ, hard=fault.kind == "reset")
            case "truncate":
                return self.half(environ, start, noted)
            case "drop" | "stall":
                return self.lost(fault, environ, noted)
            case "edit" | "delete":
                self.meddle(fault.kind, noted[0], fault.topic)
            case "slow" | "call":
                time.sleep(fault.seconds)
        return self.answering(fault, environ, start, noted)

    def instead(self, fault: Fault, start: "StartResponse", noted: tuple[Request, int]) -> Iterable[bytes]:
        """Another answer, without the work."""
        self.answered(*noted, fault.status)
        headers = [("Content-Type", fault.content_type), ("Content-Length", str(len(fault.body)))]
        start(f"{fault.status} Fault", [*headers, *fault.headers.items()])
        return [fault.body]

    def lost(self, fault: Fault, environ: "WSGIEnvironment", noted: tuple[Request, int]) -> Iterable[bytes]:
        """The work, and no answer."""
        list(self.work(environ, lambda *_args: lambda _data: None, *noted))
        if fault.after_work:
            fault.after_work()
        time.sleep(fault.seconds)
        return cut(environ)

    def answering(
        self, fault: Fault, environ: "WSGIEnvironment", start: "StartResponse", noted: tuple[Request, int]
    ) -> Iterable[bytes]:
        """The work and its answer, with something done in between or afterwards."""
        answer = self.work(environ, start, *noted)
        if fault.after_work:
            answer = [b"".join(answer)]
            fault.after_work()
        return then(answer, fault.after_answer) if fault.after_answer else answer

    def half(self, environ: "WSGIEnvironment", start: "StartResponse", noted: tuple[Request, int]) -> Iterable[bytes]:
        """Half of an answer, under headers that promise the whole, then the end of the connection."""
        body = b"".join(self.work(environ, start, *noted))
        yield body[: len(body) // 2]
        cut(environ)

    def hang_up(self) -> None:
        """Close the connections that clients keep open."""
        for connection in self.sockets:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # closed long ago
        self.sockets.clear()


def at_home(headers: Mapping[str, str], port: int) -> bool:
    """Whether a request was addressed to this computer, and comes from none of somebody else's web pages.

    A page may give its own name this computer's address (DNS rebinding): the browser then takes the forum for a part of
    that page, which reads and writes with the keys that everybody knows. The name that was asked for gives it away.
    """
    names = [f"{name}:{port}" for name in LOOPBACK] + (list(LOOPBACK) if port == HTTP else [])
    asked, page = headers.get("Host", "").lower(), headers.get("Origin", "").lower()
    return asked in names and page in ("", *(f"http://{name}" for name in names))


def body_of(environ: "WSGIEnvironment") -> bytes:
    """The body of a request, whole or in chunks; empty where its length is no length."""
    stream = environ["wsgi.input"]
    length = length_of(environ)
    if environ.get("wsgi.input_terminated"):
        with suppress(OSError):  # broken chunks
            body: bytes = stream.read()
            environ["CONTENT_LENGTH"] = str(len(body))
            return body
    environ["CONTENT_LENGTH"] = length
    return bytes(stream.read(min(int(length), LARGEST))) if length else b""


def length_of(environ: "WSGIEnvironment") -> str:
    """How long a request says that its body is; empty where it does not, or where that is no length."""
    length = str(environ.get("CONTENT_LENGTH") or "")
    return length if length.isascii() and length.isdigit() and len(length) < 16 else ""


def is_read_whole(environ: "WSGIEnvironment") -> bool:
    """Whether after a request's body, as `body_of` reads it, the next request follows on its connection."""
    said = environ.get("CONTENT_LENGTH") or "0"
    return not environ.get("wsgi.input_terminated") and (length_of(environ) or "0") == said and int(said) <= LARGEST


def cut(environ: "WSGIEnvironment", *, hard: bool = False) -> Iterable[bytes]:
    """Close the connection without a word; `hard`: with a reset."""
    connection: socket.socket = environ["werkzeug.socket"]
    with suppress(OSError):  # the client may have left by itself
        if hard:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(connection.detach())
        else:
            connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError


def then(answer: Iterable[bytes], after: Callable[[], object]) -> Iterable[bytes]:
    """An answer, and something to do once it has been sent."""
    yield from answer
    after()
