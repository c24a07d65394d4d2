"""What the sandbox does not answer yet, added to its answers on their way out."""

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from koweb_sync.sandbox import Sandbox

Amend = Callable[[str, dict[str, list[str]], dict[str, Any]], None]


def amend(box: Sandbox, change: Amend) -> None:
    """Let `change(path, query, body)` work on every JSON object that the forum answers with 200."""
    app = box.front.app
    inner = app.wsgi_app

    def outer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        held: list[Any] = []

        def later(status: str, headers: list[tuple[str, str]], *_rest: object) -> Callable[[bytes], object]:
            held[:] = [status, headers]
            return lambda _data: None

        content = b"".join(inner(environ, later))
        status, headers = held
        kind = dict(headers).get("Content-Type", "")
        if status.startswith("200") and kind.startswith("application/json"):
            body = json.loads(content)
            if isinstance(body, dict):
                change(environ["PATH_INFO"], parse_qs(environ.get("QUERY_STRING", "")), body)
                content = json.dumps(body, ensure_ascii=False).encode()
        headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
        start(status, [*headers, ("Content-Length", str(len(content)))])
        return [content]

    app.wsgi_app = outer


def show_locks(box: Sandbox) -> None:
    """A post says that staff locked it, as Discourse's does."""

    def change(_path: str, _query: dict[str, list[str]], body: dict[str, Any]) -> None:
        for post in (body.get("post_stream") or {}).get("posts") or ():
            post["locked"] = box.post(post["id"]).locked

    amend(box, change)
