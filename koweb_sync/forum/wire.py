"""Connections that go where we say, and end when we say.

A socket's own time-out ends a silence, not a server that sends one byte every few seconds. So each answer has a limit
for the whole of it, from the handshake to the last byte: some time for the forum to think, and then a slowest pace.
"""

import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from typing import Any, Self

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError

from koweb_sync.i18n import _
from koweb_sync.times import HOUR_IN_SECONDS

LONGEST = HOUR_IN_SECONDS  # of any answer
BIGGEST = 64 * 1024 * 1024  # bytes of an answer
AGAIN = 0.2  # seconds until a connection that is only being made is looked at again
_running = threading.local()


class Deadlines:
    """One thread that looks at what runs when its time comes: to begin one for each answer takes longer than most."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.due: dict[Limit, float] = {}
        self.next = inf
        self.thread: threading.Thread | None = None

    def set(self, one: "Limit", seconds: float) -> None:
        """Look at it then."""
        with self.changed:
            self.due[one] = at = time.monotonic() + seconds
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self.run, daemon=True)
                self.thread.start()
            elif at < self.next:
                self.changed.notify()

    def drop(self, one: "Limit") -> None:
        """It is over."""
        with self.changed:
            self.due.pop(one, None)

    def run(self) -> None:
        """Wait for the next time, and look."""
        while True:
            with self.changed:
                now = time.monotonic()
                late = [one for one, at in self.due.items() if at <= now]
                for one in late:
                    del self.due[one]
                if not late:
                    self.next = min(self.due.values(), default=inf)
                    self.changed.wait(None if self.next == inf else self.next - now)
            for one in late:
                one.look()


DEADLINES = Deadlines()


class Limit:
    """The limit of one answer: `grace` seconds, and one more for every `rate` bytes that were sent or came."""

    def __init__(self, grace: float, rate: int, sent: int) -> None:
        self.grace = grace
        self.rate = rate
        self.moved = sent
        self.began = time.monotonic()
        self.over = False
        self.done = False
        self.lock = threading.Lock()
        self.connection: HTTPConnection | None = None
        self.sock: Any = None

    def __enter__(self) -> Self:
        _running.limit = self
        with self.lock:
            self.arm(self.left())
        return self

    def __exit__(self, *_error: object) -> None:
        _running.limit = None
        with self.lock:
            self.done = True
            DEADLINES.drop(self)

    def left(self) -> float:
        """Seconds that are left."""
        return self.began + min(LONGEST, self.grace + self.moved / self.rate) - time.monotonic()

    def arm(self, seconds: float) -> None:
        """Look again then."""
        DEADLINES.set(self, max(seconds, 0.01))

    def look(self) -> None:
        """End the connection if it is time."""
        with self.lock:
            if self.done:
                return
            if (left := self.left()) > 0:
                self.arm(left)
                return
            self.over = True
            sock = self.sock or (self.connection.sock if self.connection is not None else None)
            if sock is not None:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
            self.arm(AGAIN)  # one that was only being made has perhaps become another

    def watch(self, connection: HTTPConnection) -> None:
        """This is the connection."""
        with self.lock:
            self.connection, self.sock = connection, connection.sock


class WatchedConnection(HTTPConnection):
    """A connection of which its thread's limit knows."""

    def connect(self) -> None:
        self.tell()
        super().connect()
        self.tell()

    def request(self, *args: Any, **kwargs: Any) -> None:
        self.tell()
        super().request(*args, **kwargs)

    def tell(self) -> None:
        """Tell the limit which connection it is, and which socket by now."""
        limit: Limit | None = getattr(_running, "limit", None)
        if limit is not None:
            limit.watch(self)


class WatchedTlsConnection(WatchedConnection, HTTPSConnection):
    """The same, encrypted."""


class PlainPool(HTTPConnectionPool):
    """Connections to one place."""

    ConnectionCls = WatchedConnection


class SecretPool(HTTPSConnectionPool):
    """The same, encrypted."""

    ConnectionCls = WatchedTlsConnection


POOLS = {"http": PlainPool, "https": SecretPool}


class Door(HTTPAdapter):
    """The way out of one thread. `pin`: the numeric address that the next request goes to, whoever the name says;
    certificate, handshake and `Host` stay the name's.
    """

    pin: str | None = None

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        found = super().proxy_manager_for(proxy, **kwargs)
        found.pool_classes_by_scheme = POOLS
        return found

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        host, tls = super().build_connection_pool_key_attributes(request, verify, cert)
        if self.pin is None:
            return host, tls
        named = {"server_hostname": host["host"], "assert_hostname": host["host"]}
        return {**host, "host": self.pin}, {**tls, **(named if host["scheme"] == "https" else {})}


class Session(requests.Session):
    """A session that does not even look where an answer sends us: requests reads that address at once, and stops where
    nobody can. It looks through the environment once for each server, and not for each request.
    """

    def __init__(self) -> None:
        super().__init__()
        self.servers: dict[str, Any] = {}

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        server = str(url).split("/", 3)[2]
        if server not in self.servers:
            self.servers[server] = super().merge_environment_settings(url, proxies, stream, verify, cert)
        return {**self.servers[server], "stream": stream}

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002
        return None


def session() -> tuple[requests.Session, Door]:
    """A session whose connections are kept open between requests, and its way out."""
    found, door = Session(), Door()
    found.auth = leave_alone  # or a ~/.netrc would add its own credentials
    for scheme in POOLS:
        found.mount(f"{scheme}://", door)
    return found, door


def post_once(url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> "int | Failure":
    """Send one POST to an address that the user named, which is no forum's: the status of the answer, or why there is
    none. It is sent once, and followed nowhere else; nobody looks at what was answered.
    """
    with Limit(seconds, 4_000, len(body)) as limit:
        try:
            with (
                session()[0] as way,
                way.post(
                    url, data=body, headers=dict(headers), timeout=seconds, allow_redirects=False, stream=True
                ) as response,
            ):
                return response.status_code
        except (requests.RequestException, HTTPError) as error:
            return failure(error) if not limit.over else Failure(_("the answer did not come in time"), sent=True)


def leave_alone(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No credentials but the key."""
    return request


def proxied(one: requests.Session, url: str) -> bool:
    """Whether a proxy of the environment stands between."""
    settings: Mapping[str, Any] = one.merge_environment_settings(url, {}, None, None, None)
    return select_proxy(url, settings["proxies"]) is not None


# ---- what came, or why nothing did


class TooBig(requests.exceptions.ContentDecodingError):
    """An answer that is larger than any forum's."""


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer: why, in words, whether the request may have been done nevertheless, and whether it came too slowly."""

    why: str
    sent: bool
    slow: bool = False


def read_all(response: requests.Response, limit: Limit) -> bytes:
    """The whole body. Raises TooBig for one that no forum sends."""
    content = bytearray()
    while piece := response.raw.read1(64 * 1024, decode_content=True):  # what is there, so that a limit hears of it
        content += piece
        limit.moved += len(piece)
        if len(content) > BIGGEST:
            raise TooBig(_("the answer is larger than 64 MB"))
    return bytes(content)


def failure(error: Exception) -> Failure:
    """What went wrong on the way, in words, without the exception itself."""
    reason = innermost(error)
    kinds: tuple[tuple[type[BaseException], str], ...] = (
        (requests.exceptions.SSLError, _("the certificate of the connection is not valid")),
        (requests.exceptions.ProxyError, _("the proxy does not let us through")),
        (requests.exceptions.ConnectTimeout, _("nobody answered in time")),
        (requests.exceptions.ReadTimeout, _("the answer did not come in time")),
        (requests.exceptions.InvalidURL, _("the address is not valid")),
    )
    why = next((text for kind, text in kinds if isinstance(error, kind)), "")
    if not why:
        why = _("the name is not known, or nobody listens there") if is_new(reason) else _("the connection broke off")
    early = (requests.exceptions.ConnectTimeout, requests.exceptions.SSLError, requests.exceptions.InvalidURL)
    return Failure(why, sent=not (isinstance(error, (*early, requests.exceptions.ProxyError)) or is_new(reason)))


def innermost(error: BaseException) -> object:
    """What the HTTP libraries wrapped."""
    inner: object = error
    for _depth in range(10):
        args = getattr(inner, "args", ())
        below = getattr(inner, "reason", None) or (args[0] if args else None)
        if not isinstance(below, BaseException):
            return inner
        inner = below
        if isinstance(inner, NewConnectionError):
            return inner
    return inner


def is_new(reason: object) -> bool:
    """Whether there never was a connection."""
    return isinstance(reason, NewConnectionError)
