"""Who may tell us something, and how much of our time and memory somebody else gets."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests

from koweb_sync.listen import server as room
from koweb_sync.listen.inbox import Inbox
from koweb_sync.listen.measures import Measures
from koweb_sync.listen.server import BODY, EventServer, Reception
from tests.listen.listening import NAME, SECRET, event, tell


class Door:
    """A server without an archive behind it."""

    def __init__(self, folder: Path) -> None:
        self.inbox, self.measures, self.log = Inbox(folder / "listen"), Measures([NAME]), list[str]()
        self.now = time.time()
        reception = Reception({NAME: SECRET}, self.inbox, self.measures, self.note, lambda: self.now)
        self.server = EventServer(reception, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.port}"

    def note(self, event: str, **facts: Any) -> None:
        """Keep what is logged."""
        self.log.append(json.dumps({"event": event, **facts}))

    def counted(self, outcome: str) -> float:
        """How many events became that."""
        return (
            self.measures.registry.get_sample_value("koweb_listen_events_total", {"forum": NAME, "outcome": outcome})
            or 0
        )


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """Such a server, which serves."""
    made = Door(tmp_path)
    thread = Thread(target=made.server.serve)
    thread.start()
    made.measures.alive(NAME, yes=True)
    yield made
    made.server.stop()
    thread.join()
    made.inbox.close()


POST = {
    "topic_id": 3,
    "id": 7,
    "post_number": 1,
    "raw": "Texte de Claire",
    "username": "claire",
    "topic_title": "Titre",
}


def test_an_event_is_kept_before_it_is_answered(door: Door) -> None:
    assert tell(door.url, *event(POST)) == 200
    assert [(one.id, one.post) for one in door.inbox.due(NAME)] == [(3, 7)]
    assert door.counted("taken") == 1


def test_a_replay_is_answered_and_not_acted_upon(door: Door) -> None:
    tell(door.url, *event(POST))
    door.inbox.done(NAME, door.inbox.due(NAME))
    assert tell(door.url, *event(POST)) == 200
    assert (door.inbox.due(NAME), door.counted("replayed")) == ([], 1)


def test_a_genuine_event_is_never_taken_for_replayed(door: Door) -> None:
    """Somebody who overheard an event cannot use up the numbers to come, nor say that it is of another kind."""
    body, headers = event(POST, ident="41")
    for ident in ("41", "42", "43"):
        assert tell(door.url, body, {**headers, "X-Discourse-Event-Id": ident}) == 200
    ping = {**event({**POST, "topic_id": 98}, ident="44")[1], "X-Discourse-Event-Type": "ping"}
    assert tell(door.url, event({**POST, "topic_id": 98}, ident="44")[0], ping) == 200
    door.inbox.done(NAME, door.inbox.due(NAME))
    for ident, topic in (("42", 99), ("43", 3), ("44", 98)):
        assert tell(door.url, *event({**POST, "topic_id": topic, "updated_at": "later"}, ident=ident)) == 200
    assert tell(door.url, *event({**POST, "topic_id": 98}, ident="44")) == 200
    assert {one.id for one in door.inbox.due(NAME)} == {3, 98, 99}
    assert door.counted("replayed") == 0


def test_a_forum_that_numbers_its_events_anew_is_heard(door: Door) -> None:
    """It was restored from a backup."""
    for ident in ("7", "8"):
        tell(door.url, *event({**POST, "topic_id": int(ident)}, ident=ident))
    door.inbox.done(NAME, door.inbox.due(NAME))
    assert tell(door.url, *event({**POST, "topic_id": 70}, ident="7")) == 200
    assert [one.id for one in door.inbox.due(NAME)] == [70]


def test_what_is_not_signed_changes_nothing(door: Door) -> None:
    body, headers = event(POST)
    signature = headers.pop("X-Discourse-Event-Signature")
    wrong = (
        None,
        "",
        "sha256=",
        signature.removeprefix("sha256="),
        signature[:-1],
        signature.upper(),
        f"{signature}0",
        "sha1=é",
    )
    for one in wrong:
        more = {} if one is None else {"X-Discourse-Event-Signature": one.encode("utf-8").decode("latin-1")}
        assert tell(door.url, body, {**headers, **more}) == 403
    assert tell(door.url, *event(POST, secret="un-tout-autre-secret")) == 403
    assert (door.inbox.due(NAME), door.counted("forged")) == ([], len(wrong) + 1)


@pytest.mark.parametrize(
    ("kind", "about"), [("ping", "OK"), ("chat", {"id": 3}), ("post", {"topic_id": "x"}), ("group", [])]
)
def test_what_an_archive_does_not_follow_is_answered_and_counted(kind: str, about: Any, door: Door) -> None:
    assert tell(door.url, *event(about, kind=kind)) == 200
    assert (door.inbox.due(NAME), door.counted("unfollowed")) == ([], 1)


def test_an_event_without_an_id_is_none(door: Door) -> None:
    body, headers = event(POST)
    assert tell(door.url, body, {**headers, "X-Discourse-Event-Id": "../.."}) == 400
    assert tell(door.url, body, {**headers, "X-Discourse-Event-Type": ""}) == 400
    assert door.inbox.due(NAME) == []


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [
        ("GET", "/kafe", 405), ("PUT", "/kafe", 405), ("POST", "/", 404), ("POST", "/autre", 404), ("GET", "/", 404),
        ("POST", "/kafe/x", 404), ("POST", "/health", 405), ("DELETE", "/metrics", 405), ("GET", "/health/x", 404),
        ("POST", "/%2e%2e/kafe", 404), ("POST", "/kafe%00", 404), ("HEAD", "/health", 200),
    ],
)  # fmt: skip
def test_other_ways_in_there_are_none(verb: str, path: str, status: int, door: Door) -> None:
    body, headers = event(POST)
    answer = requests.request(verb, door.url + path, data=body if verb == "POST" else None, headers=headers, timeout=10)
    assert answer.status_code == status
    assert ("Allow" in answer.headers) == (status == 405)
    assert door.inbox.due(NAME) == []


def test_what_is_too_large_is_refused_before_it_is_read(door: Door) -> None:
    with socket.create_connection(("127.0.0.1", door.server.port), timeout=10) as way:
        way.sendall(f"POST /{NAME} HTTP/1.1\r\nHost: x\r\nContent-Length: {BODY + 1}\r\n\r\n".encode())
        assert way.recv(100).startswith(b"HTTP/1.1 413")
    with socket.create_connection(("127.0.0.1", door.server.port), timeout=10) as way:
        way.sendall(f"POST /{NAME} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        with pytest.raises(OSError):
            while True:
                way.sendall(chunk)
    assert tell(door.url, *event({**POST, "raw": "x" * (BODY - 1000)})) == 200


def test_who_drips_is_cut_off_and_keeps_nobody_waiting(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "IN_TIME", 1.0)
    ways = [socket.create_connection(("127.0.0.1", door.server.port), timeout=10) for _ in range(20)]
    for way in ways:
        way.sendall(f"POST /{NAME} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n".encode())
    assert tell(door.url, *event(POST)) == 200
    began = time.monotonic()
    while time.monotonic() - began < 20 and ways:
        time.sleep(0.2)
        for way in list(ways):
            try:
                way.sendall(b"x")
            except OSError:
                ways.remove(way)
                way.close()
    assert not ways


def test_a_request_has_its_time_however_old_its_connection_is(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "IN_TIME", 1.0)
    body, headers = event(POST)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection(("127.0.0.1", door.server.port), timeout=10) as way:
        time.sleep(1.2)
        way.sendall(f"POST /{NAME} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{head}\r\n".encode())
        time.sleep(0.5)
        way.sendall(body)
        answer = way.recv(1000)
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"\r\nConnection: close\r\n" in answer, "none is kept open that we would cut a moment later"
        assert way.recv(1000) == b""


def test_health_says_whether_all_is_well(door: Door) -> None:
    answer = requests.get(f"{door.url}/health", timeout=10)
    assert (answer.status_code, answer.json()["well"]) == (200, True)
    tell(door.url, *event(POST))
    door.now += room.PATIENCE + 1
    answer = requests.get(f"{door.url}/health", timeout=10)
    assert (answer.status_code, answer.json()["forums"][NAME]["due"]) == (503, 1)
    door.inbox.done(NAME, door.inbox.due(NAME))
    assert requests.get(f"{door.url}/health", timeout=10).status_code == 200
    door.measures.alive(NAME, yes=False)
    assert requests.get(f"{door.url}/health", timeout=10).status_code == 503


def test_nothing_that_somebody_wrote_and_no_secret_shows_anywhere(door: Door) -> None:
    tell(door.url, *event(POST))
    tell(door.url, *event(POST, ident="2", kind="autre"))
    shown = requests.get(f"{door.url}/metrics", timeout=10)
    assert shown.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert 'koweb_listen_due{forum="kafe"} 1.0' in shown.text
    everything = shown.text + requests.get(f"{door.url}/health", timeout=10).text + "".join(door.log)
    everything += door.inbox.file.read_bytes().decode("latin-1") + repr(
        Reception({NAME: SECRET}, door.inbox, door.measures, door.note)
    )
    for word in ("Claire", "claire", "Titre", SECRET, "sha256"):
        assert word not in everything


def test_where_nothing_can_be_kept_the_forum_hears_it(door: Door) -> None:
    door.inbox.connection.execute("PRAGMA query_only = ON")
    assert tell(door.url, *event(POST)) == 503
    assert door.counted("unkept") == 1
    door.inbox.connection.execute("PRAGMA query_only = OFF")
    assert tell(door.url, *event(POST)) == 200
