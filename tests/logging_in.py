"""Somebody at a terminal who logs in, and their browser on the forum."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import requests

from koweb_sync.forum.budget import SystemClock
from koweb_sync.sandbox import Sandbox
from tests.workspace import Clone, Run

ASKED = ("login", "login_ways", "logging_in", "init")


@dataclass
class Person:
    """Somebody of the forum. `answers` is done, in turn, while koweb waits; each gets what was printed so far."""

    here: Clone
    name: str
    errors: Callable[[], str]
    does: list[Callable[["Person", str], object]] = field(default_factory=list)
    waited: float = 0.0

    @property
    def box(self) -> Sandbox:
        return self.here.box

    def browse(self, verb: str, path: str, **more: Any) -> requests.Response:
        """A request of the browser, which is logged in."""
        headers = {"Api-Key": self.box.keys["all_users"], "Api-Username": self.name}
        return requests.request(verb, self.box.url + path, headers=headers, timeout=30, **more)

    def wait(self, seconds: float) -> None:
        """What happens while koweb waits."""
        self.waited += seconds
        if self.does:
            self.does.pop(0)(self, self.errors())

    def decide(self, text: str, what: str = "authorize") -> None:
        """Type the code that the terminal shows, and answer."""
        code = re.findall(r"│\s+((?:\w ){4}- (?:\w ?){4})\s+│", text)[-1].replace(" ", "")
        asked = self.browse("POST", "/user-api-key/activate.json", json={"code": code}).json()
        given = {"approval_token": asked.get("approval_token")}
        self.browse("POST", f"/user-api-key/device/{what}.json", json=given)

    def deny(self, text: str) -> None:
        self.decide(text, "deny")

    def agree(self, address: str) -> requests.Response:
        """Open a page of the forum, and press its button."""
        page = self.browse("GET", address.removeprefix(self.box.url))
        hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
        sent = {name: unescape(value) for name, value in hidden.items()}
        return self.browse("POST", "/user-api-key.json", json=sent, allow_redirects=False)

    @property
    def held(self) -> list[str]:
        """The keys of theirs that the forum takes."""
        state = self.box.state
        return [
            one.key
            for one in state.user_keys.values()
            if not one.revoked and state.users[one.user_id].username == self.name
        ]

    def login(self, *words: str, text: str = "oui\n", code: int | None = 0) -> Run:
        return self.here.run("login", self.box.url, "--no-open", *words, text=text, code=code)


def nobody(_person: Person, _text: str) -> None:
    """Nothing is done yet."""


def sits_down(here: Clone, monkeypatch: pytest.MonkeyPatch, name: str = "bilal") -> Person:
    """Somebody at a terminal without koweb.toml, key or keyring."""
    said: list[str] = []
    person = Person(here, name, lambda: "\n".join(said))
    for module in ASKED:
        monkeypatch.setattr(f"koweb_sync.cli.setup.{module}.can_ask", lambda: True)
    monkeypatch.setattr(SystemClock, "sleep", lambda _self, seconds: person.wait(seconds))
    for module in ("login_ways", "logging_in"):
        real = __import__(f"koweb_sync.cli.setup.{module}", fromlist=["say"]).say

        def heard(text: str, *, real: Callable[..., None] = real, **style: Any) -> None:
            said.append(text)
            real(text, **style)

        monkeypatch.setattr(f"koweb_sync.cli.setup.{module}.say", heard)
    return person


def files_with(secret: str, *folders: Path) -> list[Path]:
    """The files that hold a text, and the repositories with an object that does."""
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and secret.encode() in path.read_bytes():
                found.append(path)
            if path.name == "objects" and path.is_dir():
                words = ["git", "--git-dir", str(path.parent), "cat-file", "--batch-all-objects", "--batch"]
                if secret.encode() in subprocess.run(words, capture_output=True, check=True).stdout:
                    found.append(path)
    return found
