"""Requests to the sandbox for the time of a test."""

from typing import Any

import pytest
import requests

from koweb_sync.sandbox import Sandbox
from tests.sandbox.asking import TITLE, Ask, Topic
from tests.workspace import TEXT


@pytest.fixture
def ask(box: Sandbox) -> Ask:
    """One request with the key for everybody; `as_` names who asks, None for nobody."""

    def send(verb: str, path: str, as_: str | None = "admin", **more: Any) -> requests.Response:
        head = {"Api-Key": box.keys["all_users"], "Api-Username": as_} if as_ else {}
        return requests.request(verb, box.url + path, headers={**head, **more.pop("headers", {})}, timeout=30, **more)

    return send


@pytest.fixture
def topic(ask: Ask) -> Topic:
    """Create a topic; its first post."""

    def create(**given: Any) -> dict[str, Any]:
        data = {"title": TITLE, "raw": TEXT, "category": 2, **given}
        found: dict[str, Any] = ask("POST", "/posts.json", data.pop("as_", "admin"), json=data).json()
        return found

    return create
