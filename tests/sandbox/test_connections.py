"""Connections to the sandbox: open between requests, as at a real forum; and what our client does with them."""

import json
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from koweb_sync.forum.budget import Budgets
from koweb_sync.forum.client import Forum
from koweb_sync.forum.models import NewTopic
from koweb_sync.posts.ids import CategoryId
from koweb_sync.sandbox import Fault, Sandbox
from koweb_sync.sandbox.gateway import gateway
from tests.workspace import TEXT


@pytest.fixture
def connection(box: Sandbox) -> Iterator[HTTPConnection]:
    """A connection that is not made again unless somebody asks for it."""
    with closing(HTTPConnection(urlsplit(box.url).netloc)) as one:
        one.connect()
        one.auto_open = False
        yield one


def asked(connection: HTTPConnection, verb: str, path: str, body: bytes | None = None, **headers: str) -> HTTPResponse:
    """A request's answer, read to its end."""
    connection.request(verb, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer


def test_requests_of_all_kinds_share_a_connection(connection: HTTPConnection, box: Sandbox) -> None:
    keyed = {"Api-Key": box.keys["all_users"], "Api-Username": "amina", "Content-Type": "application/json"}
    box.fail(Fault("status", "GET", "^/about", status=503, body=b"later"))
    post = json.dumps({"raw": TEXT, "title": "Un sujet tout neuf", "category": 2}).encode()
    given = [
        asked(connection, "GET", "/site.json").status,
        asked(connection, "HEAD", "/site.json").status,
        asked(connection, "POST", "/posts.json", post, **keyed).status,
        asked(connection, "GET", "/t/999999.json").status,
        asked(connection, "GET", "/about.json").status,
        asked(connection, "GET", "/latest.json").status,
    ]
    assert given == [200, 200, 200, 404, 503, 200]
    assert connection.sock is not None


def test_what_is_left_of_a_request_is_not_taken_for_the_next(
    connection: HTTPConnection, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "LARGEST", 10)
    assert asked(connection, "POST", "/posts.json", b"x" * 30).getheader("Connection") == "close"
    assert [one.verb for one in box.log] == ["POST"]


def test_a_forum_may_end_a_connection_that_nobody_uses(box: Sandbox, tmp_path: Path) -> None:
    with Forum(box.url, "admin", box.keys["all_users"], limits=Budgets(0, 0, 0), state=tmp_path) as forum:
        for number in range(3):
            forum.create(
                NewTopic(f"Un sujet tout neuf, {number}", f"{TEXT} {number}", f"koweb-{number}", CategoryId(2), ())
            )
            box.front.hang_up()
    assert len(box.requests("POST")) == 3
    assert all(box.by_id(str(number)) for number in range(3))
