"""Whatever somebody sends, the sandbox answers in kind and goes on: never with 500."""

import contextlib
import io
import json
import socket
import string
import time
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import quote

import pytest
import requests
from flask import Flask
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule

from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.cooking.cook import cook
from koweb_sync.sandbox.endpoints.app import make_app
from koweb_sync.sandbox.model.flavour import FLAVOURS
from koweb_sync.sandbox.model.seed import load
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.rules.limits import Limiter
from tests.gate import fewer
from tests.workspace import PNG

thorough = settings(max_examples=fewer(600), deadline=None)


@cache
def forum(flavour: str) -> Sandbox:
    """One forum for all examples, in which anything may have happened before."""
    return Sandbox.start(flavour=flavour)


@cache
def application(flavour: str) -> tuple[Flask, ForumState]:
    """A forum without a server; errors are raised, not answered."""
    state = load(None, time.time, cook, FLAVOURS[flavour])
    app = make_app(state, Limiter(state, time.time, per_minute=False, per_user=False))
    app.config["PROPAGATE_EXCEPTIONS"] = True
    return app, state


def fresh(flavour: str) -> tuple[Flask, str]:
    """The application of a forum in which nothing has happened yet, and the key for everybody."""
    app, state = application(flavour)
    for name, value in vars(load(None, time.time, cook, FLAVOURS[flavour])).items():
        setattr(state, name, value)
    return app, next(key.key for key in state.keys.values() if key.name == "all_users")


@cache
def rules() -> list[tuple[str, Rule]]:
    """Every method of every route."""
    found = list(fresh("2022")[0].url_map.iter_rules())
    return [(verb, rule) for rule in found for verb in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})]


NAMES = sorted(
    {
        *("raw", "title", "category", "category_id", "tags", "topic_id", "reply_to_post_number", "archetype"),
        *("external_id", "target_recipients", "created_at", "visible", "whisper", "skip_validations", "no_bump", "id"),
        *(
            "post_id",
            "limit",
            "post_action_type_id",
            "post",
            "edit_reason",
            "raw_old",
            "original_text",
            "original_title",
        ),
        *("original_tags", "status", "enabled", "timestamp", "username", "post_ids", "destination_topic_id", "name"),
        *("color", "slug", "parent_category_id", "permissions", "poll_name", "options", "page", "per_page"),
        *("order", "ascending", "before", "topic_ids", "min_posts", "max_posts", "bumped_before", "search"),
        *("q", "term", "filter", "offset", "version", "post_number", "include_raw", "print"),
        *("show_deleted", "username_filters", "best", "period", "type", "url", "upload_type", "short_urls"),
        *(
            "new_username",
            "email",
            "password",
            "muted_category_ids",
            "suspend_until",
            "reason",
            "level",
            "bookmarkable_id",
        ),
        *("bookmarkable_type", "status_type", "time", "duration_minutes", "wiki", "locked", "post_type", "params"),
        *("sql", "after", "option_id", "reaction_value", "read_only", "min_post_length", "value"),
    }
)
BIG = st.sampled_from([0, -1, 1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 10**6, 2**31, 2**63, 10**30])
ODD = (
    *("", "null", "-", "true", "1", "0", "-1", "99999999999999999999", "1e9", "٣", "２", "2026-01-01", "0001-01-01"),
    *("9999-12-31T23:59:59Z", "admin", "AMINA", "claire", "\0", "é", "a" * 300, "[]", "{}", "private_message", "Topic"),
    *("Un titre comme il faut ici", "Un texte assez long pour que le forum l'accepte sans discuter.", "í\xa0\x80"),
)
TEXT = st.text(max_size=12) | st.sampled_from(ODD)
SCALAR = TEXT | BIG | st.booleans() | st.none() | st.floats(allow_nan=False)
VALUE: st.SearchStrategy[Any] = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=6
)
FIELDS = st.dictionaries(st.sampled_from(NAMES) | TEXT, VALUE, max_size=7)
# What would be right, so that what is wrong stands alone.
RIGHT: dict[str, Any] = {
    **dict.fromkeys(("id", "post_id", "bookmarkable_id", "category", "category_id"), 2),
    **dict.fromkeys(("username", "new_username", "target_recipients", "name"), "amina"),
    "raw": "Un texte assez long pour que le forum l'accepte.",
    "title": "Un titre comme il faut ici",
    "post_ids": [2],
    "post_action_type_id": 2,
    "options": ["a"],
    "status": "closed",
    "enabled": "true",
    "timestamp": "1000000000",
    "q": "accueil",
    "term": "accueil",
    "short_urls": ["upload://a.png"],
    "upload_type": "composer",
    "level": 2,
    "wiki": "true",
    "locked": "true",
    "post_type": 1,
    "destination_topic_id": 3,
    "status_type": "close",
    "suspend_until": "2030-01-01",
    "reason": "x",
    "email": "a@b.fr",
    "password": "motdepasse-long",
}
NESTED = (
    st.fixed_dictionaries({"post": FIELDS})
    | FIELDS
    | FIELDS.map(lambda given: {**RIGHT, **given})
    | FIELDS.map(lambda given: {**RIGHT, "post": {**RIGHT, **given}})
)
USERS = st.sampled_from([*["admin"] * 4, "claire", "amina", "bilal", "system", "", "personne", "é", None])
SHAPES = st.sampled_from(["json", "form", "query", "broken", "multipart", "list"])


PARTS = TEXT.filter(lambda one: bool(one) and "/" not in one) | st.sampled_from(
    ["amina", "latest", "2", "accueil", "koweb-kafe", "title", "staff", "heart", "koweb-kafe/2", "active", "system"]
)


@st.composite
def calls(draw: st.DrawFn) -> dict[str, Any]:
    """A request to any route, with anything in it."""
    verb, rule = draw(st.sampled_from(rules()))
    values = {}
    for name in rule.arguments:
        whole = type(rule._converters[name]).__name__ == "IntegerConverter"
        allowed = getattr(rule._converters[name], "items", None)
        text = st.sampled_from(sorted(allowed)) if allowed else PARTS
        values[name] = abs(draw(BIG)) if whole else draw(text)
    path = str(rule.rule)
    for name, value in values.items():
        at = path.index(f"{name}>")
        start = path.rindex("<", 0, at)
        path = path[:start] + quote(str(value)) + path[at + len(name) + 1 :]
    return {"verb": verb, "path": path, "fields": draw(NESTED), "user": draw(USERS), "shape": draw(SHAPES)}


def send(flavour: str, call: dict[str, Any]) -> int:
    """The status of a call to the application itself. Raises whatever goes wrong in there."""
    app, key = fresh(flavour)
    head = {"Accept": "application/json"}
    if call["user"] is not None:
        head |= {"Api-Key": key, "Api-Username": call["user"].encode().decode("latin-1")}
    fields, shape = call["fields"], call["shape"]
    flat = {name: json.dumps(value) if isinstance(value, dict | list) else str(value) for name, value in fields.items()}
    ways: dict[str, dict[str, Any]] = {"query": {"query_string": flat}}
    if call["verb"] != "GET":
        ways |= {
            "json": {"data": json.dumps(fields), "content_type": "application/json"},
            "list": {"data": json.dumps([fields]), "content_type": "application/json"},
            "broken": {"data": json.dumps(fields)[:-1] + "\x00", "content_type": "application/json"},
            "form": {"data": flat},
            "multipart": {"data": {**flat, "file": (io.BytesIO(PNG), "é.png")}},
        }
    more = ways.get(shape, ways["query"])
    return app.test_client().open(call["path"], method=call["verb"], headers=head, **more).status_code


@thorough
@given(calls(), st.sampled_from(["2022", "2025"]))
def test_no_request_is_answered_with_500(call: dict[str, Any], flavour: str) -> None:
    assert send(flavour, call) < (501 if falls(call) else 500), call


def falls(call: dict[str, Any]) -> bool:
    """Whether a real server of 2025 answers such a request with 500: an unknown report, a query's parameter that is no
    text, tags that are objects.
    """
    path, fields = call["path"], call["fields"]
    query = "/queries/" in path and path.endswith(("/run", "/run.csv")) and "params" in fields
    return path.startswith("/admin/reports/") or query or "tags" in fields


@pytest.fixture
def line(box: Sandbox) -> Iterator[socket.socket]:
    """A connection without a client."""
    with socket.create_connection(("127.0.0.1", box.server.port), timeout=30) as connection:
        yield connection


GARBAGE = [
    b"\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"\x00\xff\xfe" * 100 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost\r\n\r\n",
    b"GET /%ff%fe%00 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    b"GET /t/%e2%82 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    b"GET /latest.json?page=%ff&%ff=%ff HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    b"POST /posts.json HTTP/1.1\r\nHost: a\r\nContent-Length: abc\r\nConnection: close\r\n\r\n",
    b"POST /posts.json HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\nConnection: close\r\n\r\n",
    b"POST /posts.json HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 100_000 + b"\r\nConnection: close\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nApi-Key: \xff\xfe\r\nApi-Username: \xff\r\nConnection: close\r\n\r\n",
    b"BREW /pot HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_does_not_stop_the_forum(box: Sandbox, line: socket.socket, garbage: bytes) -> None:
    answer = b""
    with contextlib.suppress(ConnectionError, OSError):  # the forum may have had enough already
        line.sendall(garbage.replace(b"Host: a\r", f"Host: 127.0.0.1:{box.server.port}\r".encode()))
        line.shutdown(socket.SHUT_WR)
        while part := line.recv(65536):
            answer += part
    assert not answer.startswith(b"HTTP/1.1 500"), answer[:300]
    assert requests.get(f"{box.url}/srv/status", timeout=30).text == "ok"


def test_a_body_in_chunks_is_read_whole(box: Sandbox) -> None:
    def parts() -> Iterator[bytes]:
        yield b'{"raw": "Un texte assez long, en deux '
        yield b'morceaux.", "topic_id": 1}'

    head = {"Api-Key": box.keys["all_users"], "Api-Username": "admin", "Content-Type": "application/json"}
    answer = requests.post(f"{box.url}/posts.json", data=parts(), headers=head, timeout=30)
    assert answer.json()["raw"] == "Un texte assez long, en deux morceaux."


@example("x" * 70_000)
@settings(max_examples=30, deadline=None)
@given(st.text(alphabet=string.printable + "é🎉\0"))
def test_any_body_comes_back_as_it_is_stored(raw: str) -> None:
    box = forum("2022")
    box.set(min_post_length=0, body_min_entropy=0, max_consecutive_replies=0, unique_posts_mins=0)
    head = {"Api-Key": box.keys["all_users"], "Api-Username": "admin"}
    answer = requests.post(f"{box.url}/posts.json", json={"raw": raw, "topic_id": 1}, headers=head, timeout=20)
    if answer.status_code == 200:
        ident = answer.json()["id"]
        assert (
            requests.get(f"{box.url}/posts/{ident}.json", headers=head, timeout=20).json()["raw"]
            == answer.json()["raw"]
        )
    else:
        assert answer.status_code in (422, 403)
