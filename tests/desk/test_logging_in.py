"""Logging in to the forum from the desk, in the place of typing a key."""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import requests

from koweb_sync import config, logins
from koweb_sync.desk.actions import logging_in
from koweb_sync.forum.login import CodeStatus, poll
from koweb_sync.sandbox import Sandbox
from koweb_sync.sync.setup.login import finish
from tests.desk.open_desk import desk
from tests.desk.test_setting_up import empty
from tests.held_keyring import Held
from tests.logging_in import Person
from tests.workspace import GUESSED, Clone

__all__ = ["empty"]


@pytest.fixture
def member(here: Clone) -> Person:
    """A member of trust level 1, whose browser shows the desk and the forum."""
    return Person(here, "bilal", str)


@pytest.mark.parametrize("box", [GUESSED], indirect=True)
def test_p415_the_desk_shows_a_code_and_waits(
    empty: Path, box: Sandbox, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [time.monotonic()]
    monkeypatch.setattr(logging_in, "monotonic", lambda: now[0])
    with desk(empty) as it:
        refused = it.post("/set-up/", address=box.url, how="login").text
        beside = re.search(r'name="keep"[^>]* aria-describedby=" ?k-error-login".*?value="login"', refused, re.DOTALL)
        assert beside, "what is to be ticked is told beside it"
        assert "Tick the box above" in beside[0]
        assert "k-error-key" not in refused
        page = it.post("/set-up/", address=box.url, how="login", keep="file")
        code = re.findall(r"<bdi>(\w{4}-\w{4})</bdi>", page.text)[0]
        assert 'http-equiv="refresh"' in page.text
        polls = len([one for one in box.log if one.path.endswith("poll.json")])
        it.get("/set-up/login")
        assert len([one for one in box.log if one.path.endswith("poll.json")]) == polls, "not before it is time"
        asked = member.browse("POST", "/user-api-key/activate.json", json={"code": code}).json()
        sent = {"approval_token": asked["approval_token"]}
        member.browse("POST", "/user-api-key/device/authorize.json", json=sent)
        now[0] += 6
        page = it.get("/set-up/login")
        assert page.url.endswith("/set-up/folders"), page.text
        chosen = {"category": ["koweb-kafe"], "folder koweb-kafe": ".", "person": "B", "email": "b@example.org"}
        it.post("/set-up/folders", folder=str(empty), posts="posts", keep="yes", **chosen)
        page = it.get("/set-up/")
        assert "your own, by your login" in page.text
        settings = config.load(empty, start=empty)
        assert settings.login
        assert settings.username == "bilal"
        (key,) = member.held
        assert key not in page.text + "".join(one.read_text("utf-8", "replace") for one in empty.rglob("*.toml"))


@pytest.mark.parametrize("box", [GUESSED], indirect=True)
def test_p415_who_refuses_is_back_at_the_beginning(
    empty: Path, box: Sandbox, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [time.monotonic()]
    monkeypatch.setattr(logging_in, "monotonic", lambda: now[0])
    with desk(empty) as it:
        page = it.post("/set-up/", address=box.url, how="login", keep="file")
        code = re.findall(r"<bdi>(\w{4}-\w{4})</bdi>", page.text)[0]
        asked = member.browse("POST", "/user-api-key/activate.json", json={"code": code}).json()
        sent = {"approval_token": asked["approval_token"]}
        member.browse("POST", "/user-api-key/device/deny.json", json=sent)
        now[0] += 6
        page = it.get("/set-up/login")
        assert "You refused on the forum" in page.text
        assert 'http-equiv="refresh"' not in page.text
    assert logins.find(box.url) is None


def at_once(one: Callable[[], requests.Response]) -> list[requests.Response]:
    """The answers to two requests that a browser sends together, as a double click does."""
    with ThreadPoolExecutor(2) as pool:
        return [each.result() for each in [pool.submit(one) for _nth in range(2)]]


@pytest.mark.parametrize("box", ["2025", GUESSED], indirect=True)
def test_p433_a_double_click_is_one_login_that_works(
    empty: Path, box: Sandbox, member: Person, ring: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [time.monotonic()]
    monkeypatch.setattr(logging_in, "monotonic", lambda: now[0])

    def slowly(*given: Any, **more: Any) -> logins.Login:
        time.sleep(0.5)  # so that both requests meet here, where nothing keeps them apart
        return finish(*given, **more)

    monkeypatch.setattr(logging_in, "finish", slowly)
    with desk(empty) as it:
        page = it.post("/set-up/", address=box.url, how="login")
        if codes := re.findall(r"<bdi>(\w{4}-\w{4})</bdi>", page.text):
            asked = member.browse("POST", "/user-api-key/activate.json", json={"code": codes[0]}).json()
            sent = {"approval_token": asked["approval_token"]}
            member.browse("POST", "/user-api-key/device/authorize.json", json=sent)
            now[0] += 6
            pages = at_once(lambda: it.get("/set-up/login"))
        else:
            address = unescape(re.findall(r'href="(http[^"]+user-api-key/new[^"]+)"', page.text)[0])
            payload = member.agree(address).json()["payload"]
            pages = at_once(lambda: it.post("/set-up/login", text=payload))
            pages.append(it.post("/set-up/login", text=payload))
        pages.append(it.get("/set-up/login"))
        assert {page.url.rpartition("/set-up/")[2] for page in pages} == {"folders"}
    assert [key for (_service, _client), key in ring.held.items()] == member.held
    assert len(member.held) == 1
    login = logins.find(box.url)
    assert login
    assert logins.key_of(box.url, login) == member.held[0]


@pytest.mark.parametrize("box", [GUESSED], indirect=True)
def test_p433_a_login_that_is_over_does_not_end_a_newer_one(
    empty: Path, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [time.monotonic()]
    monkeypatch.setattr(logging_in, "monotonic", lambda: now[0])
    with desk(empty) as it:
        it.post("/set-up/", address=box.url, how="login", keep="file")

        def late(*given: Any) -> Any:
            monkeypatch.setattr(logging_in, "poll", poll)
            it.post("/set-up/", address=box.url, how="login", keep="file")  # in another tab
            return CodeStatus.EXPIRED, ""

        monkeypatch.setattr(logging_in, "poll", late)
        now[0] += 6
        assert "The code is over" in it.get("/set-up/login").text
        assert "k-code" in it.get("/set-up/login").text


def test_p416_a_login_serves_where_a_key_was_typed_before(here: Clone, member: Person) -> None:
    with desk(here.folder) as it:
        page = it.post("/set-up/", how="login", keep="file")
        address = unescape(re.findall(r'href="(http[^"]+user-api-key/new[^"]+)"', page.text)[0])
        page = it.post("/set-up/login", text=member.agree(address).json()["payload"])
        assert "You are logged in as “bilal”" in page.text
        assert it.run.folder is not None
        assert it.run.folder.settings.username == "bilal"
        assert "<dd>your own, by your login</dd>" in page.text


def test_p416_the_desk_takes_the_text_of_an_older_forum(
    here: Clone, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", "")
    here.configure(username="claire")
    with desk(here.folder) as it:
        page = it.post("/set-up/", how="login", keep="file")
        address = unescape(re.findall(r'href="(http[^"]+user-api-key/new[^"]+)"', page.text)[0])
        told = re.sub(r"<details.*?</details>", "", it.post("/set-up/login", text="AAAA").text, flags=re.DOTALL)
        assert re.search(
            r'id="k-error-text">This text is not complete, or is of another try\. [^<]*copy all of it', told
        )
        assert "koweb login" not in told
        page = it.post("/set-up/login", text=member.agree(address).json()["payload"])
        assert "You are logged in as “bilal”" in page.text
        assert it.run.folder is not None
        assert it.run.folder.settings.username == "bilal"
        assert "Your texts stay as they are" in page.text
        assert "Log in to the forum</button>" not in page.text, "who is logged in may log out"
        page = it.post("/set-up/logout")
        assert "this computer forgot it" in page.text
        assert "Log out" not in page.text
        assert logins.find(it.run.folder.settings.url) is None
