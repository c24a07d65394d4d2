"""`koweb init` as a conversation: what is answered, what is asked again, and what is written where."""

import os
import shutil

import keyring
import pytest

from koweb_sync.config import load
from koweb_sync.errors import InputError
from koweb_sync.forum.typed_addresses import forum_address
from koweb_sync.sandbox import Sandbox
from tests.held_keyring import Held
from tests.workspace import Clone


@pytest.fixture
def person(here: Clone, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """A repository without koweb.toml or key, and somebody at its terminal."""
    (here.folder / "koweb.toml").unlink()
    monkeypatch.delenv("KOWEB_KAFE_API_KEY")
    for name in ("KOWEB_KAFE_API_KEY", "KOWEB_API_KEY"):
        monkeypatch.setitem(os.environ, name, "")  # so that what init puts there is taken back
    monkeypatch.setattr("koweb_sync.cli.setup.init.can_ask", lambda: True)
    return here


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (" https://forum.example.org/ ", "https://forum.example.org"),
        ("forum.example.org", "https://forum.example.org"),
        ("//Forum.Example.ORG", "https://forum.example.org"),
        ("http://forum.example.org", "https://forum.example.org"),
        ("<https://forum.example.org/t/un-sujet/12/3?u=claire#x>", "https://forum.example.org"),
        ("example.org/communs/forum/c/outils/4", "https://example.org/communs/forum"),
        ("forum.example.org/latest.json", "https://forum.example.org"),
        ("http:/forum.example.org/", "https://forum.example.org"),
        ("https//forum.example.org", "https://forum.example.org"),
        ("https:forum.example.org", "https://forum.example.org"),
        ("localhost:4200/t/1", "http://localhost:4200"),
        ("http://127.0.0.1:4200/", "http://127.0.0.1:4200"),
        ("https://forum . example.org", "https://forum.example.org"),
        ("https://forêt.example.org/u/claire", "https://forêt.example.org"),
    ],
)
def test_p282_an_address_is_taken_as_people_type_and_paste_it(typed: str, meant: str) -> None:
    assert forum_address(typed) == meant
    assert forum_address(meant) == meant


@pytest.mark.parametrize("typed", ["", "forum", "mailto:a@example.org", "https://", "a b", "https://u:p@example.org"])
def test_p282_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(InputError, match=r"https://forum\.example\.org"):
        forum_address(typed)


def test_p283_only_the_answer_that_was_wrong_is_asked_again(person: Clone, box: Sandbox) -> None:
    topic = next(topic for topic in box.topics() if not topic.deleted_at)
    answers = [
        "oui",  # git init
        "forum",  # no address at all
        f"{box.url}/nulle-part",  # no forum there
        f"  {box.url}/t/{topic.slug}/{topic.id}/2 ",
        "Kafé",  # no name for a part of koweb.toml
        "kafe",
        "@admin",
        "/etc",  # no folder beside koweb.toml
        "",  # posts
        "",  # a login, whose key has no place on this computer
        "une-fausse-cle",
        "",  # the same user
        box.keys["all_users"],
        "n°1",  # no category
        "1, Koweb KAFE",
        "..",  # no folder
        "messages",
        "",
        "oui",  # a commit of koweb.toml
        "non",  # queries in Data Explorer
    ]
    shutil.rmtree(person.folder / ".git")
    run = person.run("init", text="\n".join(answers) + "\n")
    settings = load(person.folder)
    assert (settings.url, settings.username, settings.posts) == (box.url, "admin", "posts")
    assert settings.locale == "fr"  # the forum's: nobody was asked
    assert settings.categories["messages"]
    assert settings.categories["koweb-kafe"] == "koweb-kafe"
    assert (person.folder / "posts" / "messages").is_dir()
    assert person.git("log", "--format=%s", "--name-only").split("\n") == ["Set up koweb", "", "koweb.toml"]
    assert run.err.count("Short name of the forum") == 2
    assert run.err.count("Folder of the post files") == 2
    assert box.keys["all_users"] not in person.read("koweb.toml") + run.text
    assert person.writes() == []  # nothing goes into the forum without a yes
    sent = [one for one in box.log if "une-fausse-cle" in one.headers.values()]
    assert sent, "the key is only ever sent to a forum that answered"


def test_p284_nobody_is_asked_about_what_only_administrators_may(person: Clone, box: Sandbox) -> None:
    answers = [box.url, "kafe", "amina", "", box.key("la-sienne", username="amina"), "", "n"]
    run = person.run("init", text="\n".join(answers) + "\n")
    assert "Data Explorer" not in run.text.replace("data-explorer", "")
    assert "SELECT" not in run.text
    assert load(person.folder).categories == {}


def test_p285_init_without_a_terminal_writes_nothing_into_the_forum(here: Clone, box: Sandbox) -> None:
    (here.folder / "koweb.toml").unlink()
    box.forget()
    here.run("init", "--url", f"{box.url}/latest", "--username", "admin", "--name", "kafe", "--yes")
    assert here.writes() == []
    assert len(box.log) <= 6
    assert load(here.folder).url == box.url


def test_p286_a_typed_key_goes_into_the_keyring_if_the_person_agrees(
    person: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(Held())  # type: ignore[no-untyped-call]
    try:
        answers = [box.url, "kafe", "admin", "", box.keys["all_users"], "3", "", "n", "n", "oui"]
        run = person.run("init", text="\n".join(answers) + "\n")
        assert "in the keyring" in run.err
        assert load(person.folder).categories.keys() == {"."}  # one category alone has the whole folder
        monkeypatch.setitem(os.environ, "KOWEB_KAFE_API_KEY", "")
        person.run("doctor")
    finally:
        keyring.set_keyring(before)


def test_p535_a_key_that_only_reads_is_asked_again(person: Clone, box: Sandbox) -> None:
    answers = [box.url, "kafe", "frederic", "", box.keys["read_only_topics"], "admin", box.keys["all_users"], "3", ""]
    run = person.run("init", text="\n".join([*answers, "n", "n", "n"]) + "\n")
    assert "topics:write" in run.err
    assert "you said frederic" in run.err
    assert run.err.count("Address of the forum") == 1
    assert run.err.count("Username that the key acts as") == 2
    assert load(person.folder).username == "admin"


def test_p536_what_init_left_is_asked_and_nothing_else(
    person: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.commit("There is no koweb.toml")
    answers = [box.url, "kafe", "admin", "", box.keys["all_users"], "3", ""]
    person.run("init", text="\n".join(answers) + "\n", code=1)  # nobody says whether to commit
    before = person.read("koweb.toml")
    for command in ("status", "doctor"):
        assert "koweb.toml: not in git yet" in person.run(command).text
    monkeypatch.setitem(os.environ, "KOWEB_KAFE_API_KEY", "")  # another window
    held = keyring.get_keyring()
    keyring.set_keyring(Held())  # type: ignore[no-untyped-call]
    try:
        again = [box.keys["read_only_topics"], box.keys["all_users"], "oui", "oui"]
        run = person.run("init", text="\n".join(again) + "\n")
        assert "in the keyring" in run.err
        assert run.err.count("API key") == 2
        assert "Address" not in run.err
        assert person.git("log", "-1", "--format=%s", "--name-only").split("\n") == ["Set up koweb", "", "koweb.toml"]
        monkeypatch.setitem(os.environ, "KOWEB_KAFE_API_KEY", "")
        run = person.run("init", text="")
        assert "Everything is set up" in run.err
        assert "koweb new" in run.err
        assert "not in git" not in person.run("status").text + person.run("doctor").text
    finally:
        keyring.set_keyring(held)
    assert person.read("koweb.toml") == before
