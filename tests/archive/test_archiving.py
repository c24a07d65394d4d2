"""`koweb archive` as somebody meets it who never used it: without koweb.toml, without a key, stopped in the middle."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from koweb_sync.config import load
from koweb_sync.errors import ConfigError
from koweb_sync.keys import find_key
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.gateway.faults import Fault
from tests.archive.crawling import forum_of
from tests.workspace import TEXT, Clone


@pytest.fixture
def town() -> Iterator[Sandbox]:
    """A small forum."""
    with Sandbox.start(forum_of(10, 120, likes=10)) as box:
        yield box


def started(folder: Path, *words: str) -> "subprocess.Popen[str]":
    """`koweb archive` in a folder that is no repository."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("KOWEB_")}
    environment = known | {"XDG_CACHE_HOME": str(folder / "cache"), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "koweb_sync", "archive", "--lang", "en", *words]
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_run_that_is_stopped_by_hand_says_so_and_goes_on_later(town: Sandbox, tmp_path: Path) -> None:
    process = started(tmp_path, "--url", town.url)

    def stop() -> None:
        process.send_signal(signal.SIGINT)

    town.fail(Fault("call", path="/posts.json", before=stop))
    out, words = process.communicate(timeout=120)
    assert process.returncode == 1
    assert out == ""
    assert "Try again: it goes on" in words
    assert "Traceback" not in words
    out, words = started(tmp_path, "--url", town.url, "--format", "json").communicate(timeout=120)
    assert json.loads(out)["found"]["posts"] == 120
    assert "Going on with the run that was stopped." in words


def test_what_was_archived_without_koweb_toml_is_compared_without_it(town: Sandbox, tmp_path: Path) -> None:
    assert started(tmp_path, "--url", town.url, "--store", "kafe.sqlite").communicate(timeout=120)[0]
    seen = len(town.requests())
    assert "Nothing is missing" in started(tmp_path, "verify", "--store", "kafe.sqlite").communicate(timeout=120)[0]
    assert len(town.requests()) > seen
    assert not any(one.keyed for one in town.requests())


def test_a_name_for_the_key_is_asked_for_only_where_there_is_a_key(
    town: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "koweb.toml").write_text(f'[forum.kafe]\nurl = "{town.url}"\n', encoding="utf-8")
    out, _words = started(tmp_path, "--format", "json").communicate(timeout=120)
    assert json.loads(out)["found"]["posts"] == 120
    assert started(tmp_path, "list").communicate(timeout=120)[0].count("question") == 10
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", "a" * 64)
    with pytest.raises(ConfigError, match="username") as caught:
        find_key(load(tmp_path))
    assert caught.value.where == "koweb.toml [forum.kafe]"


def test_an_address_that_is_none_is_not_blamed_on_a_file(tmp_path: Path) -> None:
    process = started(tmp_path, "--url", "kafe")
    _out, words = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "--url: “kafe” is not the address of a forum" in words
    assert "koweb.toml:" not in words


def test_a_place_that_is_no_forum_does_not_ask_for_a_key(town: Sandbox, tmp_path: Path) -> None:
    page = b"<html><body>Maintenance</body></html>"
    town.fail(Fault("status", status=200, body=page, times=99))
    process = started(tmp_path, "--url", town.url)
    _out, words = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "not what a Discourse forum gives" in words


def test_a_forum_that_wants_a_login_asks_for_a_key(town: Sandbox, tmp_path: Path) -> None:
    town.set(login_required=True)
    process = started(tmp_path, "--url", town.url)
    _out, words = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "Give koweb a key for it." in words


def test_what_the_team_whispers_is_in_no_archive_that_was_not_asked_for_it(here: Clone, box: Sandbox) -> None:
    box.set(enable_whispers=True, whispers_allowed_groups="3")
    topic = box.new_topic("Un sujet où l'équipe se parle aussi", TEXT, category=2)
    head = {"Api-Key": box.keys["all_users"], "Api-Username": "claire"}
    said = {"topic_id": topic.id, "raw": "Entre nous seulement, dans l'équipe.", "whisper": "true"}
    made = requests.post(f"{box.url}/posts.json", json=said, headers=head, timeout=30).json()
    assert made["post_type"] == 4
    here.run("archive")
    assert "Entre nous" not in here.run("archive", "show", str(topic.id)).text
    here.run("archive", "verify")
    here.run("archive", "export", "--to", "all", "--format", "jsonl")
    written = b"".join(one.read_bytes() for one in (here.folder / "all").rglob("*") if one.is_file())
    assert b"se parle aussi" in written
    assert b"Entre nous" not in written


@pytest.mark.parametrize("way", ["auto", "rest"])
def test_a_first_run_that_is_refused_leaves_nothing_and_says_how_to_name_another_user(
    town: Sandbox, way: str, tmp_path: Path
) -> None:
    known = {name: value for name, value in os.environ.items() if not name.startswith("KOWEB_")}
    environment = known | {"XDG_CACHE_HOME": str(tmp_path / "cache"), "XDG_DATA_HOME": str(tmp_path / "data")}
    environment |= {"KOWEB_API_KEY": "a" * 64, "KOWEB_FORUM_URL": town.url}
    command = [sys.executable, "-m", "koweb_sync", "archive", "--lang", "en", "--url", town.url, "--via", way]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "KOWEB_API_USERNAME" in done.stderr
    assert not list(tmp_path.glob("*.sqlite*")), done.stderr
    out, words = started(tmp_path, "--url", town.url).communicate(timeout=120)
    assert "Going on" not in words
    assert "New: " in out
