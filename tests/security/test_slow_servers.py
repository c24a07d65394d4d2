"""No server keeps us for ever: a whole answer has a limit, and so has a way of redirects."""

import gc
import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from koweb_sync.errors import ForumAnswerUnclear, ForumUnreachable
from koweb_sync.forum.client import Forum
from koweb_sync.forum.failures import TooSlow
from koweb_sync.forum.transport import HOPS, Timeouts
from tests.archive.crawling import FREE
from tests.security.servers import Raw

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
STEP = 0.05
QUICK = Timeouts(connect=2, read=2, whole=0.4, rate=1_000_000)


def drips(start: bytes, drop: bytes) -> Callable[[], Iterable[bytes]]:
    """A start, and then something small for ever."""
    return lambda: itertools.chain([start], itertools.repeat(drop))


def forum(server: Raw, folder: Path, timeouts: Timeouts = QUICK, *, scheme: str = "http") -> Forum:
    """A forum there."""
    url = f"{scheme}://127.0.0.1:{server.port}"
    return Forum(url, "admin", "key", limits=FREE, state=folder, timeout=timeouts)


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        (b"", b"H"),  # the first line
        (HEAD, b"X"),  # a header
        (HEAD, b"X: y\r\n"),  # headers
        (HEAD + b"Content-Length: 1000000\r\n\r\n", b" "),
        (HEAD + b"Connection: close\r\n\r\n", b" "),  # ends where the connection does
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),  # a length of a piece
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_a_server_that_drips_is_left(tmp_path: Path, start: bytes, drop: bytes) -> None:
    with Raw(drips(start, drop), STEP) as server, forum(server, tmp_path) as one:
        began = time.monotonic()
        with pytest.raises(TooSlow, match="too slowly"):
            one._get("/latest.json")
        assert time.monotonic() - began < 3
        assert server.asked == 1  # the same again would take as long


@pytest.mark.filterwarnings("ignore:unclosed <ssl:ResourceWarning")  # of a handshake that is cut before it begins
def test_a_handshake_that_drips_is_left(tmp_path: Path) -> None:
    record = b"\x16\x03\x03\x3f\xff"  # a long message of a handshake, which never ends
    with Raw(drips(record, b"\x02"), STEP) as server, forum(server, tmp_path, scheme="https") as one:
        began = time.monotonic()
        with pytest.raises(TooSlow):
            one._get("/latest.json")
        assert time.monotonic() - began < 3
    gc.collect()  # Python leaves such a socket to it, and another test must not be told of that


def test_a_write_to_a_server_that_drips_may_have_been_done(tmp_path: Path) -> None:
    with Raw(drips(HEAD, b"X"), STEP) as server, forum(server, tmp_path) as one:
        with pytest.raises(ForumUnreachable) as raised:
            one._put("/t/-/1.json", json=True, title="x")
        assert raised.value.sent
        assert server.asked == 1


def test_a_slow_line_passes(tmp_path: Path) -> None:
    """Longer than the whole would be allowed, were it not for what comes."""

    def slow() -> Iterator[bytes]:
        yield HEAD + b"Content-Length: 12000\r\n\r\n"
        for _piece in range(11):
            yield b" " * 1000
        yield b"1".rjust(1000)

    patient = Timeouts(connect=2, read=2, whole=0.4, rate=2_000)
    with Raw(slow, 0.1) as server, forum(server, tmp_path, patient) as one:
        began = time.monotonic()
        assert one._get("/latest.json") == 1
        assert time.monotonic() - began > 1


def test_what_is_sent_gives_time_too(tmp_path: Path) -> None:
    answer = [b"", b"", b"", b"", HEAD + b"Content-Length: 1\r\nConnection: close\r\n\r\n1"]
    timeouts = Timeouts(connect=2, read=2, whole=0.01, rate=2_000)
    with Raw(lambda: answer, 0.1) as server, forum(server, tmp_path, timeouts) as one:
        assert one._post("/uploads.json", files={"file": ("a.bin", b"x" * 4_000)}) == 1


def test_ten_redirects_are_enough(tmp_path: Path) -> None:
    count = itertools.count()

    def away() -> Iterable[bytes]:
        where = f"/latest/{next(count)}.json"
        return [f"HTTP/1.1 302 Found\r\nLocation: {where}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()]

    with Raw(away, 0) as server, forum(server, tmp_path) as one:
        with pytest.raises(ForumAnswerUnclear, match="circles"):
            one._get("/latest.json")
        assert server.asked == HOPS + 1 == 11


@pytest.mark.parametrize(
    "location",
    ["http://[::1", "http://[", "//", "http://]", "\x01", "http://x:y/", "é" * 9, "http://\xff/", "//[", "?#"],
)
def test_a_redirect_that_is_no_address_is_an_answer_that_is_none(tmp_path: Path, location: str) -> None:
    answer = b"HTTP/1.1 301 x\r\nLocation: " + location.encode("latin-1") + b"\r\nContent-Length: 0\r\n\r\n"
    with Raw(lambda: [answer], 0) as server, forum(server, tmp_path) as one, pytest.raises(ForumAnswerUnclear):
        one._get("/latest.json")
