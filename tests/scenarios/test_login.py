"""A member logs in with their own account, publishes in their own name, and logs out."""

import base64
import os
import re
import stat
import time
from pathlib import Path
from threading import Thread

import pytest
import requests

from koweb_sync import logins
from koweb_sync.cli.setup import login_ways
from koweb_sync.cli.setup.loopback import Loopback
from koweb_sync.config import load
from koweb_sync.errors import ForumAnswerUnclear, LimitReached
from koweb_sync.forum.budget import Budgets
from koweb_sync.forum.client import Forum
from koweb_sync.forum.key_wish import KeyWish
from koweb_sync.forum.own_key import OwnKey
from koweb_sync.redaction import redact
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.gateway.faults import Fault
from tests.archive.backups.writing import as_sql, dump_of
from tests.clocks import Clock as MovedClock
from tests.held_keyring import Held
from tests.logging_in import Person, files_with, nobody, sits_down
from tests.workspace import GUESSED, PNG, TEXT, Clone

with_codes = pytest.mark.parametrize("box", [GUESSED], indirect=True)
without_codes = pytest.mark.parametrize("box", ["2022", "2025"], indirect=True)


@pytest.fixture
def member(here: Clone, monkeypatch: pytest.MonkeyPatch) -> Person:
    """A member of trust level 1, with a repository and nothing else."""
    (here.folder / "koweb.toml").unlink()
    for name in ("KOWEB_KAFE_API_KEY", "KOWEB_API_KEY"):
        monkeypatch.setenv(name, "")
    here.box.forget()
    return sits_down(here, monkeypatch)


def publishes(member: Person) -> None:
    """From a login to a published post."""
    here = member.here
    here.run("init", text="\n".join([member.box.url, "kafe", "", "koweb kafé", "", "oui"]) + "\n")
    here.run("new", "Ce que je sais du pain")
    path = "posts/ce-que-je-sais-du-pain.md"
    here.write(path, here.read(path).replace("id: ce-que-je-sais-du-pain", "id: pain") + TEXT)
    here.run("push", "-m", "Dire ce que je sais")


@with_codes
def test_p398_a_member_publishes_a_first_post_with_a_code_alone(member: Person, ring: Held) -> None:
    member.does = [nobody, Person.decide]
    run = member.login(text="")
    assert "You are logged in as “bilal”" in run.err
    assert f"koweb init --url {member.box.url}" in run.err, "nobody types the address twice"
    publishes(member)
    assert "You act as “bilal” on the forum" in member.here.run("status").err
    assert member.box.state.users[member.box.by_id("pain").user_id].username == "bilal"
    (key,) = member.held
    keyed = [one for one in member.box.log if one.headers.get("User-Api-Key")]
    assert len(keyed) <= 19, [f"{one.verb} {one.path}" for one in keyed]
    assert not any("Api-Key" in one.headers for one in member.box.log if "/user-api-key/" not in one.path)
    home = Path(os.environ["XDG_DATA_HOME"]).parent
    assert files_with(key, home, member.here.folder, member.here.folder.parent / "remote.git") == []
    assert key not in run.text
    before = len(member.box.log)
    assert "took the key back" in member.here.run("logout").err
    assert [one.path for one in member.box.log[before:]] == ["/user-api-key/revoke.json"]
    assert (member.held, ring.held, logins.find(member.box.url)) == ([], {}, None)
    member.here.reword("pain", "assez", "bien assez", path="posts/ce-que-je-sais-du-pain.md")
    assert "koweb login" in member.here.push(code=2).err


@without_codes
def test_p399_on_older_forums_a_text_is_copied(member: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    real = login_ways.pasted

    def copying(opened):  # type: ignore[no-untyped-def]
        address = re.findall(r"^http\S+", member.errors(), re.MULTILINE)[-1]
        lines = member.agree(address).json()["payload"].splitlines()
        assert len(lines) > 3
        monkeypatch.setattr(login_ways, "ask", lambda *_about: lines.pop(0))
        return real(opened)

    monkeypatch.setattr(login_ways, "pasted", copying)
    member.login()
    place = Path(os.environ["XDG_DATA_HOME"]) / "koweb" / logins.NAME
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    (key,) = member.held
    publishes(member)
    assert files_with(key, place.parent.parent.parent, member.here.folder) == [place], "the one that was agreed to"
    member.here.run("logout")
    assert (member.held, files_with(key, place.parent)) == ([], [])


@pytest.fixture
def logged(member: Person) -> Person:
    """The member, logged in, with the koweb.toml of a team whose key acts as somebody else."""
    member.does = [Person.decide]
    member.login()
    member.here.configure()
    return member


def by_key(box: Sandbox, key: str) -> int:
    """How the forum answers to a key."""
    return requests.get(f"{box.url}/latest.json", headers={"User-Api-Key": key}, timeout=30).status_code


@with_codes
def test_p400_who_refuses_or_lets_the_code_end_has_no_login(member: Person) -> None:
    member.does = [Person.deny]
    assert "You refused on the forum" in member.login(code=3).err
    box, now = member.box, [member.box.state.clock()]
    box.state.clock = lambda: now[0]

    def hours_later(_person: Person, _text: str) -> None:
        now[0] += 3600

    member.does = [nobody, hours_later]
    assert "nobody confirmed it in time" in member.login(code=3).err
    assert (member.held, logins.find(box.url)) == ([], None)


@with_codes
def test_p401_a_new_login_takes_the_place_of_the_old_one(logged: Person) -> None:
    (first,) = logged.held
    logged.does = [Person.decide]
    logged.login()
    (second,) = logged.held
    assert first != second
    assert (by_key(logged.box, first), by_key(logged.box, second)) == (403, 200)


@with_codes
def test_p402_a_login_that_ends_within_another_one_leaves_one_that_works(logged: Person) -> None:
    box = logged.box

    def another(_person: Person, _text: str) -> None:
        logged.does = [Person.decide]
        logged.login()

    def both(person: Person, text: str) -> None:
        another(person, text)
        person.does = []
        person.decide(text)

    logged.does = [both]
    logged.login()
    login = logins.find(box.url)
    assert login is not None
    assert logged.held == [logins.key_of(box.url, login)]


@with_codes
def test_p403_what_ends_in_the_middle_leaves_nothing_here(member: Person) -> None:
    def ends(_person: Person, _text: str) -> None:
        raise KeyboardInterrupt

    member.does = [ends]
    run = member.login(code=None)
    assert "Traceback" not in run.text
    assert logins.find(member.box.url) is None
    member.does = [Person.decide]
    member.login()
    assert len(member.held) == 1


@with_codes
def test_p404_with_a_login_koweb_acts_as_its_owner_alone(logged: Person) -> None:
    here = logged.here
    here.post("sien", author="claire")
    here.commit()
    here.box.forget()
    run = here.push(code=None)
    assert "You are logged in as “bilal”, and cannot publish as “claire”" in run.text
    assert here.writes() == []
    here.post("sien")
    here.commit()
    here.push()
    assert here.box.state.users[here.box.by_id("sien").user_id].username == "bilal"
    found = here.run("doctor", code=None).text
    assert "acts as bilal" in found
    assert "cannot: publish in another name" in found


@with_codes
def test_p405_a_login_that_the_forum_ended_is_told_with_what_to_do(logged: Person) -> None:
    here = logged.here
    here.post("un")
    here.commit()
    here.push()
    for key in here.box.state.user_keys.values():
        key.revoked = True
    here.reword("un", "assez", "bien assez")
    for words in (("push",), ("doctor",)):
        run = here.run(*words, code=None)
        assert run.code
        assert "no longer accepts the login of “bilal”" in run.text
        assert "koweb login" in run.text


@with_codes
def test_p406_a_login_that_only_reads_sends_nothing(member: Person) -> None:
    member.does = [Person.decide]
    member.login("--read-only")
    here = member.here
    here.configure()
    here.post("un")
    here.commit()
    here.box.forget()
    assert "only reads" in here.push(code=None).text
    assert here.writes() == []


@with_codes
def test_p407_no_personal_message_is_read_with_a_login(logged: Person) -> None:
    here = logged.here
    secret = "Ceci ne regarde que nous deux, et personne d'autre."
    sent = {
        "title": "Entre nous deux seulement",
        "raw": secret,
        "archetype": "private_message",
        "target_recipients": "claire",
    }
    made = logged.browse("POST", "/posts.json", json=sent).json()
    here.box.forget()
    here.run("archive")
    run = here.run("adopt", str(made["topic_id"]), code=None)
    assert "no personal messages" in run.text
    asked = [one.path for one in here.box.log if "private" in one.path or "notifications" in one.path]
    assert asked == []
    assert files_with(secret, here.folder) == []
    here.configure("[forum.kafe.archive]\nmessages = true\n")
    assert "no personal messages" in here.run("archive", code=2).text
    file = as_sql(here.folder.parent, dump_of(here.box))
    read = here.run("archive", "--from-backup", str(file), "--moved-from", here.box.url)
    assert "no personal messages" not in read.text, "no login reads a backup"
    assert "among personal messages" not in read.text


@with_codes
def test_p408_logging_out_works_while_the_forum_is_away(logged: Person) -> None:
    logged.box.fail(Fault("refuse", path="/user-api-key/revoke", times=20))
    run = logged.here.run("logout")
    assert "/my/preferences/apps" in run.err
    assert logins.find(logged.box.url) is None
    assert "not logged in" in logged.here.run("logout", code=2).err


@without_codes
def test_p409_a_forum_that_may_sends_the_key_to_this_computer(member: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    box = member.box
    real, told = Loopback.wait, []

    def waiting(self: Loopback, _seconds: float) -> str:
        address = re.findall(r"^http\S+", member.errors(), re.MULTILINE)[-1]
        answer = member.agree(address)
        told.append(answer.status_code)
        if answer.status_code != 302:
            return real(self, 0)
        where, away = answer.headers["Location"], self.address.rpartition("/")[0]
        seen = []
        for one in (f"{away}/else?payload=x", f"{self.address}?payload=AAAA", where):
            asking = Thread(target=lambda one=one: seen.append(requests.get(one, timeout=30).status_code))
            asking.start()
            self.handle_request()
            asking.join()
        assert seen == [404, 400, 200]
        return real(self, 5)

    monkeypatch.setattr(Loopback, "wait", waiting)
    assert "--by text" in member.login("--by", "browser", code=3).err
    box.state.settings["allowed_user_api_auth_redirects"] = "http://127.0.0.1:*"
    member.login("--by", "browser")
    assert told == [403, 302]
    assert len(member.held) == 1


def test_p410_only_the_answer_to_ones_own_request_is_opened(box: Sandbox, here: Clone) -> None:
    person = Person(here, "bilal", str)
    one, other = KeyWish(), KeyWish()
    payload = person.agree(one.address(box.url)).json()["payload"]
    key = one.opened(payload)
    assert by_key(box, key) == 200
    assert key not in redact(f"refused: {key}"), "from the moment on that it is known"
    same_pair = KeyWish(pair=one.pair)
    for wish, text in (
        (other, payload),
        (same_pair, payload),
        (one, payload[:-40]),
        (one, ""),
        (one, "é" * 344),
        (one, base64.b64encode(bytes(256)).decode()),
    ):
        with pytest.raises(ForumAnswerUnclear) as caught:
            wish.opened(text)
        assert key not in str(caught.value)
    assert key not in f"{one!r}{same_pair!r}"


@pytest.mark.parametrize("box", ["2022", "2025", GUESSED], indirect=True)
def test_p411_what_a_member_may_do_works_with_a_login(member: Person, box: Sandbox) -> None:
    here = member.here
    given = KeyWish(writes=True)
    key = given.opened(member.agree(given.address(box.url)).json()["payload"])
    logins.keep(box.url, logins.Login("bilal", given.client, time.time(), writes=True), key, in_file=True)
    here.configure()
    here.post("un", "Une image : ![point](point.png)\n\n" + TEXT)
    here.write("posts/point.png", PNG)
    here.commit()
    here.push()
    here.share()
    here.run("pull")
    here.run("adopt", "2")
    here.run("archive")
    here.run("archive", "verify")
    assert here.run("report", "--watch-list", code=None).code in (0, 3)
    assert {one.headers.get("User-Api-Client-Id") for one in box.log if "User-Api-Key" in one.headers} == {given.client}
    refused = {one.path for one in box.log if one.status == 403 and "User-Api-Key" in one.headers}
    assert refused <= {"/admin/plugins/explorer/queries.json"}, "what only administrators may is tried once"


def test_p412_the_keys_own_limits_are_never_reached() -> None:
    clock = MovedClock()
    with Sandbox.start(clock=clock.now, rate_limits=True) as box:
        box.state.settings["max_user_api_reqs_per_day"] = 70
        person = Person(Clone(Path(), box), "bilal", str)
        wish = KeyWish()
        key = wish.opened(person.agree(wish.address(box.url)).json()["payload"])
        box.forget()
        limits = Budgets(login_per_day=70)
        with Forum(box.url, "bilal", key, own=OwnKey(wish.client, "bilal"), limits=limits, clock=clock) as forum:
            for _nth in range(70):
                forum.me()
            with pytest.raises(LimitReached, match="24 hours"):
                forum.me()
    assert [one.status for one in box.log] == [200] * 70
    assert 180 <= clock.time - box.log[0].at <= 240


def killed_while_it_waits(member: Person) -> str:
    """A login in a process of its own, which is killed once it waits for an answer; what it printed."""
    process = member.here.start("login", member.box.url, "--file", "--no-open", env={"PYTHONUNBUFFERED": "1"})
    until = time.monotonic() + 60
    while not any(one.path.endswith("device.json") for one in member.box.log) and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.3)
    process.kill()
    return "".join(part.decode() for part in process.communicate(timeout=60))


@with_codes
def test_p413_a_login_that_is_killed_leaves_nothing_and_the_next_one_works(member: Person) -> None:
    killed_while_it_waits(member)
    assert [path.name for path in Path(os.environ["XDG_DATA_HOME"]).rglob("logins*")] == []
    member.does = [Person.decide]
    member.login()
    assert len(member.held) == 1


@with_codes
def test_p413_a_key_that_nobody_fetched_ends_with_the_next_login(member: Person) -> None:
    member.decide(killed_while_it_waits(member))
    (lost,) = member.held
    member.here.configure()
    for told in (member.here.run("doctor", code=None).text, member.here.run("logout", code=None).text):
        assert "/my/preferences/apps" in told or "not logged in" in told
    member.does = [Person.decide]
    assert "did not end" in member.login().text
    (key,) = member.held
    assert key != lost
    assert by_key(member.box, lost) == 403
    member.does = [Person.decide]
    assert "did not end" not in member.login().text, "this one did"
    assert "did not end" not in member.here.run("doctor", code=None).text
    assert len(member.held) == 1


@with_codes
def test_p413_who_refuses_is_not_told_of_a_key(member: Person) -> None:
    member.does = [Person.deny]
    member.login(code=3)
    member.does = [Person.decide]
    assert "did not end" not in member.login().text


@with_codes
def test_p414_init_logs_in_where_there_is_no_key(member: Person, ring: Held) -> None:
    member.does = [Person.decide]
    monkey = [member.box.url, "kafe", "bilal", "", "", "non", "koweb kafé", "", "oui"]
    run = member.here.run("init", text="\n".join(monkey) + "\n")
    assert "You are logged in as “bilal”" in run.err
    assert load(member.here.folder).login
    member.here.run("doctor", code=None)


@with_codes
def test_p417_a_login_goes_to_its_own_forum_alone(logged: Person) -> None:
    with Sandbox.start() as other:
        logged.here.write("koweb.toml", logged.here.read("koweb.toml").replace(logged.box.url, other.url))
        logged.here.post("un")
        logged.here.commit()
        assert "There is no API key" in logged.here.push(code=2).err
        logged.here.run("archive", "--dry-run")
        assert not [one for one in other.log if "User-Api-Key" in one.headers]
