"""`koweb listen` as it is typed: it takes events, reads, runs what follows, and ends when it is told to."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from koweb_sync.sandbox import Sandbox
from tests.listen.listening import NAME, SECRET, hook
from tests.workspace import SERVERS, Clone, new_workspace, served

pytestmark = pytest.mark.server("2025")
VARIABLE = "KOWEB_KAFE_WEBHOOK_SECRET"


@pytest.fixture(params=SERVERS)
def box(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """The usual forum, which tells what happens."""
    with served(request.param, webhooks=True) as forum:
        yield forum


@pytest.fixture
def here(box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """A repository for it, with a key and the webhook's secret in the environment."""
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
    monkeypatch.setenv(VARIABLE, SECRET)
    return new_workspace(tmp_path / "work", box)


class Listener:
    """The command in a process of its own."""

    def __init__(self, process: "subprocess.Popen[bytes]", file: Path) -> None:
        self.process, self.file = process, file

    @property
    def said(self) -> list[dict[str, Any]]:
        """What was logged, line by line: each is JSON."""
        return [json.loads(line) for line in self.file.read_text(encoding="ascii").splitlines()]

    @property
    def url(self) -> str:
        """Where it serves."""
        found = self.await_for(lambda: [one["url"] for one in self.said if one["event"] == "listening"])
        return str(found[0]).removesuffix(f"/{NAME}")

    def heard(self, event: str) -> list[dict[str, Any]]:
        """What was logged of an event."""
        return [one for one in self.said if one["event"] == event]

    def await_for(self, what: Callable[[], Any], seconds: float = 60) -> Any:
        """Wait until something is there."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := what():
                return found
            assert self.process.poll() is None, self.file.read_text(encoding="utf-8")
            time.sleep(0.05)
        raise AssertionError(self.file.read_text(encoding="utf-8"))

    def stop(self, sign: int = signal.SIGTERM) -> int:
        """Tell it to end: its exit code."""
        self.process.send_signal(sign)
        return self.process.wait(60)


@contextmanager
def listener(here: Clone, *words: str) -> Iterator[Listener]:
    """The command, which serves at any free port."""
    file = here.folder.parent / f"said-{time.monotonic_ns()}"
    command = [sys.executable, "-m", "koweb_sync", "listen", "--port", "0", *words]
    with file.open("wb") as said, subprocess.Popen(command, cwd=here.folder, stdout=said, stderr=said) as process:
        made = Listener(process, file)
        try:
            yield made
        finally:
            if process.poll() is None:
                process.kill()


def held(here: Clone, topic: int) -> bool:
    """Whether the archive shows a topic."""
    return here.run("archive", "show", str(topic), code=None).code == 0


def as_credentials(folder: Path, monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    """Hand the secrets over as systemd does, as files; others there are none of ours."""
    folder.mkdir()
    for name, value in {VARIABLE: SECRET, **more, "PATH": "/nowhere"}.items():
        (folder / name).write_text(f"{value}\n", encoding="utf-8")
        if name != "PATH":
            monkeypatch.delenv(name)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))


@pytest.mark.server("below")  # on all of them it is followed in test_following.py
def test_a_new_topic_is_in_the_archive_within_seconds_and_what_follows_is_run(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.push()
    published = box.by_id("un").id
    mark = here.folder.parent / "followed"
    with listener(here, "--then", f"touch '{mark}'") as mine:
        hook(box, mine.url)
        mine.await_for(lambda: mine.heard("whole run"))  # the archive is new
        mine.await_for(lambda: requests.get(f"{mine.url}/health", timeout=10).status_code == 200)
        mine.await_for((here.folder / "koweb-archive.sqlite").exists)
        topic = box.new_topic("Un sujet dont on parle tout de suite", "Voici de quoi parler un moment.", category=5)
        mine.await_for(lambda: any(one["topics"] for one in mine.heard("read")))
        assert held(here, topic.id)
        assert not mark.exists(), "this topic is none of git's"
        with box.state.lock:
            post = box.first_post(published)
            box.services.editor.revise(
                box.state.user("claire"), box.topic(published), post, {"raw": f"{post.raw}\n\nEt bien plus encore."}
            )
        mine.await_for(mark.exists)
        assert mine.await_for(lambda: mine.heard("followed"))[0]["well"]
        assert mine.stop() == 0
        assert mine.said[-1]["event"] == "stopped"
        everything = mine.file.read_text(encoding="utf-8")
        assert SECRET not in everything
        assert "parle" not in everything
    assert "koweb-archive.sqlite*" in here.read(".gitignore")


def test_what_was_told_before_a_kill_is_read_by_the_next_process(
    here: Clone, box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.run("archive")
    with listener(here) as mine:
        hook(box, mine.url)
        topic = box.new_topic("Un sujet que personne n’attendait", "Voici de quoi parler un moment.", category=5)
        assert box.courier is not None
        box.courier.settle()
        os.kill(mine.process.pid, signal.SIGKILL)
        mine.process.wait(10)
    as_credentials(tmp_path / "credentials", monkeypatch, KOWEB_KAFE_API_KEY=box.keys["all_users"])
    with listener(here, "--no-daily") as mine:
        mine.await_for(lambda: mine.heard("read"))
        assert mine.stop(signal.SIGINT) == 0
    assert held(here, topic.id)


def test_with_postgresql_what_is_still_to_be_read_lies_here_and_out_of_git(
    here: Clone, box: Sandbox, database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOWEB_ARCHIVE_STORE", database())
    here.run("archive")
    with listener(here, "--no-daily") as mine:
        hook(box, mine.url)
        topic = box.new_topic("Un sujet que personne n’attendait", "Voici de quoi parler un moment.", category=5)
        mine.await_for(lambda: held(here, topic.id))
        assert (here.folder / "koweb-listen.sqlite").exists()
        assert "koweb-listen" not in here.git("status", "--porcelain", "--untracked-files=all")
        assert mine.stop() == 0


def test_where_nobody_reads_its_log_any_more_it_goes_on_and_ends_all_the_same(here: Clone, box: Sandbox) -> None:
    here.run("archive")
    with here.start("listen", "--port", "0", "--no-daily") as process:
        assert process.stderr is not None
        first = json.loads(process.stderr.readline())
        process.stderr.close()
        hook(box, first["url"].removesuffix(f"/{NAME}"))
        topic = box.new_topic("Un sujet que personne n’attendait", "Voici de quoi parler un moment.", category=5)
        until = time.monotonic() + 30
        while not held(here, topic.id) and time.monotonic() < until:
            time.sleep(0.2)
        process.terminate()
        assert process.wait(30) == 0
    assert held(here, topic.id)


def test_without_a_secret_nothing_is_served(here: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "court")
    assert "too short" in here.run("listen", "--port", "0", code=2).err
    monkeypatch.delenv(VARIABLE)
    assert VARIABLE in here.run("listen", "--port", "0", code=2).err


@pytest.mark.parametrize("command", ["", "keine-solche-Datei --x", "'offen"])
def test_what_is_no_command_is_refused(command: str, here: Clone) -> None:
    here.run("listen", "--port", "0", "--then", command, code=2)


def test_a_webhook_is_made_once_and_changed_then(here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "http://127.0.0.1:4400/kafe"
    assert url in here.run("listen", "--install", url, "--dry-run").err
    assert box.state.web_hooks == {}
    here.run("listen", "--install", url, "--yes")
    (made,) = box.state.web_hooks.values()
    assert (made.url, made.secret, made.active, made.everything) == (url, SECRET, True, False)
    assert made.events
    made.active = False
    monkeypatch.delenv(VARIABLE)
    run = here.run("listen", "--install", url, "--yes")
    assert list(box.state.web_hooks) == [made.id]
    changed = box.state.web_hooks[made.id]
    assert (changed.active, len(changed.secret)) == (True, 64)
    assert f"{VARIABLE}={changed.secret}" in run.err
    assert run.out == ""


@pytest.mark.parametrize(
    "url",
    [
        "http://listen.example.org/kafe", "ftp://x/kafe", "kafe", "https://me:word@listen.example.org/kafe",
        "https://listen.example.org/", "https://listen.example.org/the", "https://listen.example.org/kafe/x",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_is_refused_before_anything_is_made(url: str, here: Clone, box: Sandbox) -> None:
    here.run("listen", "--install", url, "--yes", code=2)
    assert box.state.web_hooks == {}


@pytest.mark.parametrize("name", ["health", "metrics"])
def test_a_forum_at_whose_path_we_tell_of_ourselves_is_refused(
    name: str, here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.write("koweb.toml", here.read("koweb.toml").replace("[forum.kafe", f"[forum.{name}"))
    monkeypatch.setenv(f"KOWEB_{name.upper()}_WEBHOOK_SECRET", SECRET)
    assert f"“{name}”" in here.run("listen", "--port", "0", code=2).err
    here.run("listen", "--install", f"https://listen.example.org/{name}", "--yes", code=2)
    assert box.state.web_hooks == {}


def test_who_is_no_administrator_is_told_which_key_is_needed(
    here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.key("narrow", "topics:read"))
    run = here.run("listen", "--install", "https://listen.example.org/kafe", "--yes", code=None)
    assert run.code != 0
    assert "administrator" in run.err
