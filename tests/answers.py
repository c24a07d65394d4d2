"""What the sandbox does not answer yet, added to its answers on their way out."""

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.core.state import iso

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
    """The forum has Data Explorer, with koweb's query of first posts saved in it."""
    app = box.front.app
    inner = app.wsgi_app

    def outer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"].removesuffix(".json")
        if not path.startswith("/admin/plugins/explorer/queries"):
            found: Iterable[bytes] = inner(environ, start)
            return found
        if path.endswith("/run"):
            size = int(environ.get("CONTENT_LENGTH") or 0)
            sent = parse_qs(environ["wsgi.input"].read(size).decode())
            body = first_posts(box, json.loads(sent["params"][0]))
        else:
            body = {"queries": [{"id": 3, "name": "koweb: first posts"}]}
        content = json.dumps(body, ensure_ascii=False).encode()
        headers = [("Content-Type", "application/json; charset=utf-8"), ("Content-Length", str(len(content)))]
        start("200 OK", headers)
        return [content]

    app.wsgi_app = outer

    def change(path: str, _query: dict[str, list[str]], body: dict[str, Any]) -> None:
        body |= {"data_explorer_enabled": True} if path.startswith("/site/settings") else {}

    amend(box, change)


def first_posts(box: Sandbox, params: dict[str, str]) -> dict[str, Any]:
    """The rows of that query."""
    wanted = {int(number) for number in params["topics"].split(",")}
    found = []
    for topic in box.topics():
        if topic.id not in wanted or topic.archetype == "private_message":
            continue
        post = box.first_post(topic.id)
        last = post.revisions[-1] if post.revisions else None
        editor = box.state.users[post.last_editor]
        found.append(
            {
                "topic_id": topic.id,
                "external_id": topic.external_id,
                "title": topic.title,
                "slug": topic.slug,
                "category_id": topic.category_id,
                "tags": "|".join(sorted(topic.tags)) or None,
                "archetype": topic.archetype,
                "closed": topic.closed,
                "archived": topic.archived,
                "visible": topic.visible,
                "pinned_at": topic.pinned_at,
                "created_at": iso(topic.created_at),
                "deleted_at": iso(topic.deleted_at),
                "posts_count": len(topic.post_ids),
                "post_id": post.id,
                "raw": post.raw,
                "version": post.version,
                "updated_at": iso(post.updated_at),
                "hidden": post.hidden,
                "user_deleted": post.user_deleted,
                "post_deleted_at": iso(post.deleted_at),
                "locked_by_id": -1 if post.locked else None,
                "last_editor_username": editor.username,
                "last_editor_name": editor.name,
                "edited_at": iso(last.at) if last else None,
                "edit_reason": post.edit_reason,
            }
        )
    columns = list(found[0]) if found else []
    return {"success": True, "columns": columns, "rows": [list(one.values()) for one in found]}
