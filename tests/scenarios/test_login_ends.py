"""However a login ends, no key stays alive that nobody holds, and nobody is told what is not so."""

import re
import time
from collections.abc import Callable, Iterator
from threading import Barrier, Thread
from types import SimpleNamespace

import pytest

from koweb_sync import keyrings, logins, safe_files
from koweb_sync.forum.key_wish import KeyWish
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.gateway.faults import JSON, Fault
from koweb_sync.sync.setup import login as login_end
from tests.held_keyring import Held
from tests.logging_in import Person, sits_down
from tests.scenarios.test_login import by_key, logged, member, with_codes
from tests.workspace import Clone

__all__ = ["logged", "member"]
ENDS = {
    "before its owner is known": (login_end, "owner", KeyboardInterrupt()),
    "while the keyring is asked": (Held, "set_password", KeyboardInterrupt()),
    "where the keyring breaks": (Held, "set_password", RuntimeError("no bus")),
    "before the file is written": (safe_files, "write", KeyboardInterrupt()),
    "where the disk is full": (safe_files, "write", OSError(28, "No space left on device")),
}


def failing(error: BaseException, real: Callable[..., None]) -> Callable[..., None]:
    """What fails; of files, only the one with the logins does."""

    def fails(*given: object, **more: object) -> None:
        if real.__name__ == "write" and logins.NAME not in given:
            return real(*given, **more)
        raise error

    return fails


@with_codes
@pytest.mark.parametrize("when", ENDS)
def test_p428_what_ends_after_the_person_agreed_leaves_no_key(
    member: Person, ring: Held, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    place, name, error = ENDS[when]
    member.does = [Person.decide]
    with monkeypatch.context() as patch:
        patch.setattr(place, name, failing(error, getattr(place, name)))
        run = member.login(text="", code=None)
    assert member.does == [], "they agreed"
    assert run.code
    assert not run.unforeseen
    assert (member.held, ring.held, logins.find(member.box.url)) == ([], {}, None)
    member.does = [Person.decide]
    member.login(text="")
    assert len(member.held) == len(ring.held) == 1


@with_codes
@pytest.mark.parametrize("status", [403, 404, 200])
def test_p429_a_key_that_the_forum_keeps_is_not_said_to_be_taken_back(logged: Person, status: int) -> None:
    (key,) = logged.held
    logged.box.fail(Fault("status", "POST", "^/user-api-key/revoke", status=status, times=20))
    run = logged.here.run("logout")
    assert by_key(logged.box, key) == 200
    assert "could not be told" in run.text
    assert "/my/preferences/apps" in run.text
    assert "took the key back" not in run.text
    assert logins.find(logged.box.url) is None


@with_codes
def test_p429_a_key_that_the_forum_ended_before_is_gone(logged: Person) -> None:
    for one in logged.box.state.user_keys.values():
        one.revoked = True
    assert "took the key back" in logged.here.run("logout").text


@with_codes
def test_p429_an_older_login_that_the_forum_keeps_is_named(logged: Person) -> None:
    (first,) = logged.held
    logged.box.fail(Fault("status", "POST", "^/user-api-key/revoke", status=403, times=20))
    logged.does = [Person.decide]
    run = logged.login()
    assert by_key(logged.box, first) == 200
    assert "the older entry koweb" in run.text


START = time.time()


def aged(box: Sandbox, monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    """It is that many days later, here and on the forum."""
    now = START + days * 86_400
    box.state.clock = lambda: now
    for module in ("koweb_sync.keys", "koweb_sync.cli.forum_access", "koweb_sync.sync.setup.doctor"):
        monkeypatch.setattr(f"{module}.time", lambda: now)
    monkeypatch.setattr("koweb_sync.cli.sync.status.time", SimpleNamespace(time=lambda: now))


@with_codes
def test_it_is_told_how_a_login_ends_and_what_is_a_guess(logged: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    here, box = logged.here, logged.box
    assert "unless its administrators chose otherwise" in here.run("doctor", code=None).text
    told = here.run("status").text
    assert "180 days" not in told, "there is time"
    assert re.search(rf"koweb login” of \w+ \d+, {time.localtime(START).tm_year}\.", told)
    aged(box, monkeypatch, 170)
    assert "180 days" in here.run("status").text
    here.run("fetch")
    aged(box, monkeypatch, 171)
    assert "180 days" not in here.run("status").text, "it was used"
    aged(box, monkeypatch, 352)
    assert "no longer accepts the login" in here.run("doctor", code=None).text, "as the sandbox does, too"


@with_codes
def test_an_administrator_is_told_when_a_login_ends(
    here: Clone, box: Sandbox, ring: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("KOWEB_KAFE_API_KEY", "KOWEB_API_KEY"):
        monkeypatch.setenv(name, "")
    person = sits_down(here, monkeypatch, "admin")
    person.does = [Person.decide]
    person.login(text="")
    box.set(revoke_user_api_keys_maxlife_days=60, revoke_user_api_keys_unused_days=30)
    assert "if it is not used until" in here.run("doctor", code=None).text
    aged(box, monkeypatch, 20)
    here.run("fetch")
    aged(box, monkeypatch, 45)
    assert "if it is not used until" in here.run("status").text
    here.run("fetch")
    aged(box, monkeypatch, 50)
    for command in ("status", "fetch", "doctor"):
        assert "however often it is used" in here.run(command, code=None).text, command
    aged(box, monkeypatch, 61)
    assert "no longer accepts the login" in here.run("doctor", code=None).text


@pytest.fixture
def spelled(ring: Held) -> Iterator[Callable[[str, str], tuple[logins.Login, str] | None]]:
    """Keeps a key in the keyring for an address, as somebody writes it."""
    yield lambda url, client: logins.keep(
        url, logins.Login("bilal", client, 1.0, writes=True), client * 9, in_file=False
    )
    assert ring.held == {}, "all of it is gone at the end"


@pytest.mark.parametrize("kept", ["", "koweb-sync https://Forum.example.org:443"])
def test_p430_a_login_is_found_however_its_address_is_spelled(
    spelled: Callable[[str, str], tuple[logins.Login, str] | None], ring: Held, kept: str
) -> None:
    usual, odd = "https://forum.example.org", "https://Forum.example.org:443"
    spelled(odd, "first")
    assert list(ring.held) == [(f"koweb-sync {usual}", "first")], "as the pages about keys write it"
    if kept:  # by a version that took the spelling for the name
        ring.held[kept, "first"] = ring.held.pop((f"koweb-sync {usual}", "first"))
    found = logins.find(odd)
    assert found
    assert logins.key_of(odd, found) == "first" * 9
    before = spelled(odd, "second")
    assert before
    assert before[1] == "first" * 9, "it can be given back"
    assert keyrings.key(usual, "second") == "second" * 9
    logins.forget(usual)


@with_codes
@pytest.mark.parametrize("said", ["", "https://other.example.org"])
def test_p431_a_login_goes_where_the_variable_says_and_nowhere_else(
    logged: Person, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    here = logged.here
    here.post("un")
    here.commit()
    here.box.forget()
    monkeypatch.setenv("KOWEB_KAFE_URL", said)
    assert "KOWEB_KAFE_URL" in here.push(code=None).err
    assert [one.path for one in here.box.log if "User-Api-Key" in one.headers] == []
    monkeypatch.setenv("KOWEB_KAFE_URL", here.box.url)
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", " ")  # as no key at all
    here.push()
    assert here.box.state.users[here.box.by_id("un").user_id].username == "bilal"


@pytest.mark.parametrize("box", ["2022"], indirect=True)
def test_p402_two_logins_at_the_same_moment_leave_one_that_works(here: Clone, box: Sandbox) -> None:
    person, both = Person(here, "bilal", str), Barrier(2)

    def ends() -> None:
        wish = KeyWish()
        key = wish.opened(person.agree(wish.address(box.url)).json()["payload"])
        both.wait(30)
        login_end.finish(box.url, wish, key, in_file=True, say=lambda _text: None)

    threads = [Thread(target=ends) for _nth in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    login = logins.find(box.url)
    assert login is not None
    assert person.held == [logins.key_of(box.url, login)]


@with_codes
def test_p432_times_that_nobody_can_mean_are_left(member: Person) -> None:
    for lives, minutes in ((b"NaN", 10), (b"Infinity", 60), (b"-1e999", 1), (b"1" + b"0" * 400, 60), (b"90", 2)):
        told = b'{"user_code":"ABCD","device_code":"%s","interval":%s,"expires_in":%s}' % (b"x" * 40, lives, lives)
        member.box.fail(Fault("status", path="device.json", status=200, body=told, content_type=JSON))
        run = member.login(code=None)
        assert not run.unforeseen
        assert f"{minutes} minute" in run.text, lives
