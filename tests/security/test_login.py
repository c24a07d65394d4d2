"""A forum that answers wrongly to a login: said in words, and nothing is kept."""

import json
from pathlib import Path

import pytest

from koweb_sync import logins, trusted
from koweb_sync.forum.client import Forum
from koweb_sync.forum.key_wish import KeyWish
from koweb_sync.forum.login import begin
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.gateway.faults import JSON, Fault
from tests.logging_in import Person, sits_down
from tests.workspace import GUESSED, Clone

pytestmark = pytest.mark.parametrize("box", [GUESSED], indirect=True)

BROKEN = (b"", b"null", b"[]", b"{", b"\xff\xfe")
WRONG = {
    "device.json": (*BROKEN, b'{"user_code":5,"device_code":[]}'),
    "poll.json": (*BROKEN, b'{"status":5}', b'{"status":"authorized"}', b'{"status":"authorized","payload":{"a":1}}'),
    "session/current": (*BROKEN, b'{"current_user":null}', b'{"current_user":{"username":7}}'),
}


@pytest.mark.parametrize("path", WRONG)
def test_wrong_answers_leave_no_login(here: Clone, box: Sandbox, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    member = sits_down(here, monkeypatch)
    for body in WRONG[path]:
        member.does = [Person.decide] if path != "device.json" else []
        box.fail(Fault("status", path=path, status=200, body=body, content_type=JSON))
        assert member.login(code=None).code, body
        assert logins.find(box.url) is None
        if path != "poll.json":  # there it stays sealed, and nobody can open it
            assert member.held == [], "what is not kept is given back"


def test_a_forum_sends_nobody_elsewhere_with_a_code(here: Clone, box: Sandbox) -> None:
    told = {"user_code": "\x1b[31mABCD", "device_code": "x" * 40, "interval": -5, "expires_in": 1e300}
    for where in ("https://evil.example.org/", f"{box.url}@evil.example.org", "file:///etc/passwd", "javascript:1", 7):
        body = json.dumps({**told, "verification_uri": where, "verification_uri_with_request": where}).encode()
        box.fail(Fault("status", path="device.json", status=200, body=body, content_type=JSON))
        with Forum(box.url, "", "") as forum:
            code = begin(forum, KeyWish())
        assert code.address == code.whole == f"{box.url}/user-api-key/activate"
        assert (code.interval, code.lives) == (1.0, 3600.0)


def damaged(url: str) -> list[str]:
    """Files of logins that nobody can use for a forum."""
    entries = (1, "x", [1], {"username": "x"}, {"username": [], "client": "c", "since": 1, "writes": True})
    times = ({"username": "x", "client": "c", "since": since, "writes": True} for since in ("x", None, 10**400))
    each = [json.dumps({"version": 1, "logins": {trusted.origin(url): one}}) for one in (*entries, *times)]
    return ["{", "[]", '{"version":99}', '{"version":1,"logins":[]}', '{"version":1,"logins":null}', *each]


def test_a_damaged_file_of_logins_is_named_before_the_forum_is_asked_for_a_key(
    here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = sits_down(here, monkeypatch)
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", "")
    place = Path(trusted.data_folder()) / logins.NAME
    place.parent.mkdir(parents=True, exist_ok=True)
    for text in damaged(box.url):
        place.write_text(text, encoding="utf-8")
        for words in (("login", "kafe"), ("login", box.url), ("logout", "kafe"), ("doctor",), ("push",)):
            run = here.run(*words, code=None)
            assert run.code, (text, words)
            assert not run.unforeseen, (text, words)
            assert str(place) in run.text, (text, words)
        assert place.read_text(encoding="utf-8") == text
    assert [one.path for one in box.log if "user-api-key" in one.path] == []
    other = {"https://other.example.org:443": 1}
    place.write_text(json.dumps({"version": 1, "logins": other}), encoding="utf-8")
    member.does = [Person.decide]
    member.login()
    kept = json.loads(place.read_text(encoding="utf-8"))["logins"]
    assert {**other, trusted.origin(box.url): kept[trusted.origin(box.url)]} == kept, "what is not its business"
