"""koweb.toml comes with a repository, and decides alone neither where a key goes nor where a password does."""

import json
import os
import socket
import stat
import webbrowser
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from koweb_sync import trusted
from koweb_sync.cli.browser import open_in_browser
from koweb_sync.errors import KowebError
from koweb_sync.sandbox import Sandbox
from tests.workspace import Clone

KEY = "3f9a7c1e5b8d2046" * 4


@pytest.fixture
def box() -> Iterator[Sandbox]:
    """A forum; its flavour does not matter here."""
    with Sandbox.start() as forum:
        yield forum


def issue(box: Sandbox) -> None:
    """Give a forum a key that is nobody else's."""
    key = next(one for one in box.state.keys.values() if one.key == box.keys["all_users"])
    box.state.keys[KEY] = replace(key, key=KEY)


@pytest.fixture
def mine(here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """A repository whose forum's key was used once."""
    issue(box)
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", KEY)
    here.post("un")
    here.commit()
    here.push()
    return here


@pytest.fixture
def other() -> Iterator[Sandbox]:
    """Another forum, which would take the key."""
    with Sandbox.start() as box:
        issue(box)
        yield box


def lead(here: Clone, box: Sandbox) -> None:
    """koweb.toml names another forum, as a branch that somebody proposes may."""
    here.write("koweb.toml", here.read("koweb.toml").replace(here.box.url, box.url))
    here.post("deux")
    here.commit()


COMMANDS = (
    ("plan",),
    ("push", "--dry-run"),
    ("push", "--check"),
    ("push",),
    ("fetch",),
    ("pull",),
    ("sync",),
    ("adopt", "2"),
    ("doctor",),
    ("archive", "--dry-run"),
    ("archive",),
)


def test_a_key_goes_to_no_other_address(mine: Clone, other: Sandbox) -> None:
    lead(mine, other)
    for words in COMMANDS:
        run = mine.run(*words, code=3)
        assert other.url in run.text, words
        assert mine.box.url in run.text.replace(":80/", "/"), words
        assert "--trust-url" in run.text, words
        assert KEY not in run.text
    assert other.log == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "HTTP://127.0.0.1:{port}"], ids=["slash", "capitals"])
def test_the_same_address_in_other_letters_is_the_same(mine: Clone, url: str) -> None:
    same = url.format(port=mine.box.url.rpartition(":")[2])
    mine.write("koweb.toml", mine.read("koweb.toml").replace(mine.box.url, same))
    mine.commit()
    mine.run("doctor")


def test_http_another_port_or_another_path_is_another_address() -> None:
    one = trusted.origin("https://kafe.example.org")
    assert one == trusted.origin("https://KAFE.example.org.:443/")
    others = ["http://kafe.example.org", "https://kafe.example.org:444", "https://kafe.example.org/forum"]
    others += ("https://kafe.example.org.evil.example", "https://forum.example.org", "https://127.0.0.1")
    assert one not in {trusted.origin(url) for url in others}


def test_the_user_agrees_to_a_forum_that_moved_and_the_old_address_is_another_one(mine: Clone, other: Sandbox) -> None:
    before = mine.read("koweb.toml")
    lead(mine, other)
    mine.run("doctor", "--trust-url")
    assert other.log
    mine.write("koweb.toml", before)
    mine.commit()
    mine.box.forget()
    mine.run("doctor", code=3)
    assert mine.box.log == []


def test_on_a_terminal_the_user_is_asked(mine: Clone, other: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    lead(mine, other)
    monkeypatch.setattr("koweb_sync.cli.forum_access.can_ask", lambda: True)
    for answer in ("\n", "n\n", ""):
        assert "Send the key to" in mine.run("plan", code=None, text=answer).err
        assert other.log == []
    mine.run("plan", text="y\n")
    assert other.log
    mine.run("plan")


def test_what_uses_no_network_binds_no_key(here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    issue(box)
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", KEY)
    here.post("un")
    here.commit()
    for words in (("check",), ("status",), ("diff",)):
        here.run(*words)
    assert trusted.address_of(KEY) is None
    here.run("plan")
    assert trusted.address_of(KEY) == trusted.origin(box.url)


def test_the_variable_of_the_address_decides(mine: Clone, other: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    before = mine.read("koweb.toml")
    lead(mine, other)
    monkeypatch.setenv("KOWEB_KAFE_URL", other.url)
    mine.run("doctor")
    assert other.log
    for wrong in ("https://kafe.example.org", "", mine.box.url):
        other.forget()
        monkeypatch.setenv("KOWEB_KAFE_URL", wrong)
        for words in (("doctor",), ("archive",)):
            assert "KOWEB_KAFE_URL" in mine.run(*words, code=3).text
        assert "KOWEB_KAFE_URL" in mine.run("doctor", "--trust-url", code=3).text
        assert other.log == []
    monkeypatch.setenv("KOWEB_KAFE_URL", "")  # what CI gives where nobody has set its variable
    assert "Put the address of your forum into KOWEB_KAFE_URL" in mine.run("doctor", code=3).text
    monkeypatch.delenv("KOWEB_KAFE_API_KEY")
    monkeypatch.delenv("KOWEB_KAFE_URL")
    monkeypatch.setenv("KOWEB_API_KEY", KEY)
    monkeypatch.setenv("KOWEB_URL", "https://kafe.example.org")
    assert "KOWEB_URL" in mine.run("doctor", code=3).text
    mine.write("koweb.toml", before)
    monkeypatch.setenv("KOWEB_URL", mine.box.url)
    mine.run("doctor")


def test_a_url_on_the_command_line_takes_no_key_along(
    mine: Clone, other: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KOWEB_KAFE_API_KEY")
    monkeypatch.setenv("KOWEB_API_KEY", KEY)
    mine.run("archive", "--url", other.url, "--store", "other.sqlite", code=3)
    assert other.log == []


# ---- the record


def test_the_record_holds_no_key_and_only_the_user_reads_it(mine: Clone) -> None:
    path = trusted.data_folder() / trusted.NAME
    assert KEY not in path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text(encoding="utf-8"))["version"] == 1
    assert mine.folder not in path.parents


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"version": 1}', '{"version": 2, "salt": "00"}', '{"version": 1, "salt": 5}']
)
def test_a_record_that_is_broken_or_newer_is_refused_in_words(mine: Clone, text: str) -> None:
    (trusted.data_folder() / trusted.NAME).write_text(text, encoding="utf-8")
    mine.box.forget()
    said = mine.run("doctor", code=1).text
    assert str(trusted.data_folder() / trusted.NAME) in said
    assert mine.box.log == []


def test_unknown_entries_of_the_record_are_kept(mine: Clone) -> None:
    path = trusted.data_folder() / trusted.NAME
    known = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**known, "more": {"a": 1}}), encoding="utf-8")
    trusted.bind("b" * 64, "https://kafe.example.org")
    after = json.loads(path.read_text(encoding="utf-8"))
    assert after["more"] == {"a": 1}
    assert len(after["keys"]) == 2
    assert trusted.address_of(KEY) == trusted.origin(mine.box.url)


def test_where_nothing_can_be_written_down_no_key_is_sent(
    here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    issue(box)
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", KEY)
    assert "KOWEB_KAFE_URL" in here.run("doctor", code=2).text
    assert box.log == []
    monkeypatch.setenv("KOWEB_KAFE_URL", box.url)
    here.run("doctor")


# ---- what git starts


def test_what_git_starts_sees_no_key(mine: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {"KOWEB_API_KEY": "s3cret-1", "KOWEB_ARCHIVE_STORE": "s3cret-2", "KOWEB_ARCHIVE_SECRET": "s3cret-3"}
    secrets |= {"KOWEB_FORUM_2_API_KEY": "s3cret-4", "PGPASSWORD": "s3cret-5"}
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("KOWEB_GIT_TOKEN", "for git itself")
    seen = mine.folder.parent / "seen"
    hook = mine.folder / ".git" / "hooks" / "post-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nenv > {seen}\n", encoding="utf-8")
    hook.chmod(0o755)
    mine.post("deux")
    mine.run("push", "-m", "Write")
    text = seen.read_text(encoding="utf-8")
    assert "KOWEB_GIT_TOKEN=for git itself" in text
    assert KEY not in text
    assert "s3cret" not in text


def test_a_browser_sees_no_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Before: what koweb starts inherited all of its environment."""
    seen, program = tmp_path / "seen", tmp_path / "browser"
    program.write_text(f"#!/bin/sh\nenv > {seen}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(webbrowser, "_tryorder", ["koweb-test"])
    monkeypatch.setattr(
        webbrowser, "_browsers", {"koweb-test": [None, webbrowser.GenericBrowser([str(program), "%s"])]}
    )
    for name in ("KOWEB_KAFE_API_KEY", "KOWEB_ARCHIVE_SECRET", "KOWEB_ARCHIVE_STORE", "PGPASSWORD"):
        monkeypatch.setenv(name, f"s3cret of {name}")
    assert open_in_browser("https://example.org")
    assert "s3cret" not in seen.read_text(encoding="utf-8")
    assert os.environ["KOWEB_KAFE_API_KEY"] == "s3cret of KOWEB_KAFE_API_KEY"


def test_an_address_that_nobody_can_read_gets_no_key(mine: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOWEB_KAFE_URL", "https://x:abc")
    mine.box.forget()
    assert "KOWEB_KAFE_URL" in mine.run("doctor", code=3).text
    assert mine.box.log == []


# ---- an archive's place


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A database server of somebody else's, which notes whether anybody comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


ARCHIVES = (
    ("archive",),
    ("archive", "list"),
    ("archive", "stats"),
    ("archive", "search", "x"),
    ("archive", "verify", "--offline"),
    ("archive", "export", "--format", "md", "--to", "out"),
    ("archive", "subject", "claire"),
    ("archive", "forget", "claire", "--yes"),
    ("report", "--dry-run"),
)


@pytest.mark.parametrize(
    "store",
    [
        "postgresql://127.0.0.1:{port}/db",
        "postgresql:///db?host=127.0.0.1&port={port}",
        "postgresql:///db?hostaddr=127.0.0.1&port={port}",
        "postgresql:///db?service=evil",
        "postgresql:///db?passfile=/etc/passwd",
        "postgresql:///db?host=/run/evil",
        "postgresql://ada@/db",
    ],
)
def test_no_password_goes_to_a_database_that_koweb_toml_names(
    here: Clone, listening: socket.socket, monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    monkeypatch.setenv("PGPASSWORD", "s3cret")
    place = store.format(port=listening.getsockname()[1])
    here.write("koweb.toml", f'{here.read("koweb.toml")}\n[forum.kafe.archive]\nstore = "{place}"\n')
    for words in ARCHIVES if "{port}/db" in store else ARCHIVES[:2]:
        said = here.run(*words, code=3).err
        assert "--store" in said
        assert "KOWEB_ARCHIVE_STORE" in said
    with pytest.raises(TimeoutError):
        listening.accept()


def test_a_new_file_outside_of_the_repository_is_made_only_where_the_user_agrees(
    here: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Path.home() / ".profile.sqlite"
    here.write("koweb.toml", f'{here.read("koweb.toml")}\n[forum.kafe.archive]\nstore = "~/{place.name}"\n')
    here.run("archive", code=3)
    assert not place.exists()
    assert here.box.log == []
    monkeypatch.setattr("koweb_sync.cli.archive.location.can_ask", lambda: True)
    with pytest.raises(AssertionError, match="exit 3"):
        here.run("archive", "--dry-run", text="n\n")
    here.run("archive", "--no-images", text="y\n")
    assert place.exists()
    monkeypatch.undo()


@pytest.mark.parametrize("store", [".git/hooks/x", "../x.sqlite", ".git/config", "a/../../x.sqlite"])
def test_no_archive_lies_in_git_or_beside_the_repository(here: Clone, store: str) -> None:
    here.write("koweb.toml", f'{here.read("koweb.toml")}\n[forum.kafe.archive]\nstore = "{store}"\n')
    before = {path for path in here.folder.parent.rglob("*") if "objects" not in path.parts}
    assert here.run("archive", code=None).code in (2, 3)
    assert {path for path in here.folder.parent.rglob("*") if "objects" not in path.parts} == before
    assert here.box.log == []


def test_a_file_of_the_users_is_never_taken_for_an_archive(here: Clone) -> None:
    mine = Path.home() / ".bashrc"
    mine.write_text("echo\n", encoding="utf-8")
    here.write("koweb.toml", f'{here.read("koweb.toml")}\n[forum.kafe.archive]\nstore = "~/.bashrc"\n')
    here.run("archive", code=2)
    assert mine.read_text(encoding="utf-8") == "echo\n"
    assert [one.name for one in Path.home().iterdir()] == [".bashrc"]


def test_no_record_names_a_key_in_its_errors() -> None:
    with pytest.raises(KowebError) as raised:
        trusted.data_folder().mkdir(parents=True)
        (trusted.data_folder() / trusted.NAME).write_text(KEY, encoding="utf-8")
        trusted.address_of(KEY)
    assert KEY not in str(raised.value)
