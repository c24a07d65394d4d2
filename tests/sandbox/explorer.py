"""Asking the sandbox's Data Explorer, as an administrator does."""

import json
from collections.abc import Mapping
from typing import Any

import requests

from koweb_sync.sandbox import Sandbox


def ask(
    box: Sandbox, verb: str, path: str, username: str = "admin", *, key: str = "all_users", **more: Any
) -> requests.Response:
    """One request. A `path` without a slash lies below the plugin's own."""
    headers = {"Api-Key": box.keys[key], "Api-Username": username}
    place = path if path.startswith("/") else f"{box.state.flavour.explorer_path}/{path}"
    return requests.request(verb, box.url + place, headers=headers, timeout=30, **more)


def save(box: Sandbox, text: str, name: str = "Une requête", **more: Any) -> int:
    """Save a query; its number."""
    answer = ask(box, "POST", "queries.json", json={"query": {"name": name, "sql": text, **more}})
    assert answer.status_code == 200, answer.text
    number: int = answer.json()["query"]["id"]
    return number


def run(box: Sandbox, text: str, given: Mapping[str, Any] | None = None, **more: str) -> requests.Response:
    """Save a query and run it, with parameters."""
    data = {**({"params": json.dumps(given)} if given else {}), **more}
    return ask(box, "POST", f"queries/{save(box, text)}/run.json", data=data)


def rows(box: Sandbox, text: str, given: Mapping[str, Any] | None = None, **more: str) -> list[list[Any]]:
    """The rows of a query that runs."""
    answer = run(box, text, given, **more)
    assert answer.status_code == 200, answer.text
    found: list[list[Any]] = answer.json()["rows"]
    assert answer.json()["result_count"] == len(found)
    return found


def refusal(box: Sandbox, text: str, given: Mapping[str, Any] | None = None, **more: str) -> str:
    """Why a query does not run."""
    answer = run(box, text, given, **more)
    assert answer.status_code == 422, answer.text
    body = answer.json()
    assert body["success"] is False
    assert len(body["errors"]) == 1
    return str(body["errors"][0])
