"""Answers that a forum gives only sometimes: changed on their way out, or with a query saved in it."""

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import requests

from koweb_sync.forum.queries import FIRST_POSTS
from koweb_sync.sandbox import Sandbox

Amend = Callable[[str, dict[str, list[str]], dict[str, Any]], None]


Headers = list[tuple[str, str]]
Work = Callable[[dict[str, Any], str, Headers, bytes], tuple[str, Headers, bytes]]


def between(box: Sandbox, work: Work) -> Callable[[], None]:
    """Let `work(environ, status, headers, content)` make its own of every answer, until what is returned is called."""
    app = box.front.app
    inner = app.wsgi_app

    def outer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        held: list[Any] = []

        def later(status: str, headers: list[tuple[str, str]], *_rest: object) -> Callable[[bytes], object]:
            held[:] = [status, headers]
            return lambda _data: None

        content = b"".join(inner(environ, later))
        status, headers = held
        status, headers, content = work(environ, status, headers, content)
        headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
        start(status, [*headers, ("Content-Length", str(len(content)))])
        return [content]

    def undo() -> None:
        app.wsgi_app = inner

    app.wsgi_app = outer
    return undo


def shown(status: str, headers: Headers, content: bytes) -> Any:
    """The JSON of an answer with 200; None for any other."""
    kind = dict(headers).get("Content-Type", "")
    return json.loads(content) if status.startswith("200") and kind.startswith("application/json") else None


def amend(box: Sandbox, change: Amend) -> None:
    """Let `change(path, query, body)` work on every JSON object that the forum answers with 200."""

    def work(environ: dict[str, Any], status: str, headers: Headers, content: bytes) -> tuple[str, Headers, bytes]:
        body = shown(status, headers, content)
        if isinstance(body, dict):
            change(environ["PATH_INFO"], parse_qs(environ.get("QUERY_STRING", "")), body)
            content = json.dumps(body, ensure_ascii=False).encode()
        return status, headers, content

    between(box, work)


def remember_pages(box: Sandbox, raws: dict[int, str]) -> None:
    """Whoever comes without a key gets the first posts as they were."""
    app = box.front.app
    inner = app.wsgi_app
    keyed: list[bool] = []

    def outer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        keyed[:] = ["HTTP_API_KEY" in environ]
        found: Iterable[bytes] = inner(environ, start)
        return found

    def change(_path: str, _query: dict[str, list[str]], body: dict[str, Any]) -> None:
        for post in (body.get("post_stream") or {}).get("posts") or () if not keyed[0] else ():
            if post["post_number"] == 1 and body["id"] in raws:
                post["raw"] = raws[body["id"]]

    app.wsgi_app = inner
    amend(box, change)
    inner = app.wsgi_app
    app.wsgi_app = outer


def explore(box: Sandbox) -> None:
    """Somebody saves koweb's query of first posts in the forum's Data Explorer."""
    sent = {"query": {"name": FIRST_POSTS.name, "description": FIRST_POSTS.description, "sql": FIRST_POSTS.sql}}
    head = {"Api-Key": box.keys["all_users"], "Api-Username": "admin"}
    url = f"{box.url}{box.state.flavour.explorer_path}/queries.json"
    assert requests.post(url, json=sent, headers=head, timeout=30).status_code == 200
