"""A git remote that takes a connection and then says nothing holds nobody up: not the reading, not what follows."""

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from koweb_sync.errors import GitSilent
from koweb_sync.git import process as git_process
from koweb_sync.git.repo import Repo
from koweb_sync.listen import follow, reading
from koweb_sync.listen.follow import Commands
from koweb_sync.listen.schedule import batch
from koweb_sync.processes import within
from koweb_sync.sandbox import Sandbox
from tests.listen.listening import NAME, Listening, hook, serving
from tests.workspace import Clone, new_workspace

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="what runs is looked up in /proc")
pytestmark = [pytest.mark.server("2025"), LINUX]
SPOKEN = ("http", "git")
SLEEPER = """\
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(sys.argv[1], "w").write(str(os.getpid()))
time.sleep(60)
"""
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEPER!r}, sys.argv[1]])"


@contextmanager
def silence() -> Iterator[int]:
    """A port that takes every connection, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken: list[socket.socket] = []

        def take() -> None:
            with suppress(OSError):
                while True:
                    taken.append(server.accept()[0])

        thread = threading.Thread(target=take)
        thread.start()
        yield int(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        for one in taken:
            one.close()


@pytest.fixture(params=SPOKEN)
def silent(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a git remote that never answers."""
    with silence() as port:
        yield f"{request.param}://127.0.0.1:{port}/textes.git"


@pytest.fixture
def clone(talking: Sandbox, tmp_path: Path) -> Clone:
    """A repository of the forum's posts."""
    return new_workspace(tmp_path / "work", talking)


def is_there(number: int) -> bool:
    """Whether a process runs, and is not a dead one that nobody took notice of."""
    with suppress(OSError):
        return Path(f"/proc/{number}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
    return False


def children(folder: Path) -> set[str]:
    """The git processes at work in a folder, as the system lists them."""
    found = set()
    for one in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (one / "cmdline").read_bytes().split(b"\0")
            here = (one / "cwd").readlink().is_relative_to(folder)
            if here and Path(words[0].decode()).name.startswith("git") and is_there(int(one.name)):
                found.add(b" ".join(words).decode("utf-8", "replace"))
    return found


def soon(so: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether something is so within a moment."""
    until = time.monotonic() + seconds
    while not so() and time.monotonic() < until:
        time.sleep(0.1)
    return so()


def test_what_asks_it_ends_in_time_with_all_that_it_started(clone: Clone, silent: str) -> None:
    clone.git("remote", "set-url", "origin", silent)
    repo = Repo.find(clone.folder)
    repo.patience = 1.0
    begun = time.monotonic()
    asked: list[Callable[[], object]] = [
        lambda: repo.remote_ref("origin", "HEAD"),
        lambda: repo.push_ref("origin", "HEAD", "refs/heads/main", None),
        lambda: repo.fetch_ref("origin", "refs/koweb/kafe"),
    ]
    for ask in asked:
        with pytest.raises(GitSilent):
            ask()
    assert time.monotonic() - begun < 15
    assert soon(lambda: not children(clone.folder))


def test_the_environment_gives_a_command_its_patience(
    clone: Clone, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone.git("remote", "set-url", "origin", silent)
    monkeypatch.setenv(git_process.SECONDS, "1")
    begun = time.monotonic()
    run = clone.run("pull", "--branch", "forum", code=None)
    assert run.code
    assert "did not answer" in run.text
    assert time.monotonic() - begun < 30
    for told, seconds in (("", None), ("0", None), ("soon", None), ("-3", None), ("90", 90.0)):
        monkeypatch.setenv(git_process.SECONDS, told)
        assert git_process.allowed() == seconds


def test_reading_goes_on_and_the_log_says_why_nobody_knows_what_is_published(
    mine: Listening, clone: Clone, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "ANSWER", 1.0)
    clone.git("remote", "set-url", "origin", silent)
    mine.archive.repo = Repo.find(clone.folder)
    mine.worker.follows = True
    with serving(mine) as url:
        hook(mine.box, url)
        for text in ("Un texte tout autre, bien assez long.", "Encore un autre texte, bien assez long."):
            begun = time.monotonic()
            mine.box.edit(3, raw=text, username="admin")
            mine.catch_up()
            assert time.monotonic() - begun < 20
            assert mine.inbox.work(NAME) is not None  # it is pulled rather once too often
            assert not batch(mine.inbox.due(NAME), mine.clock()).rows
    assert {one["why"] for one in mine.log if one.get("what") == "bookmark"} == {"GitSilent"}


def test_a_command_that_takes_too_long_ends_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "LONGEST", 3.0)
    monkeypatch.setattr(follow, "END", 0.5)
    noted = tmp_path / "number"
    deed = Commands([(sys.executable, "-c", PARENT, str(noted))], str(tmp_path))
    assert deed.do(NAME, threading.Event()) == "exit code 124"
    assert soon(lambda: not is_there(int(noted.read_text(encoding="ascii"))))


def test_a_command_that_is_stopped_ends_the_git_that_it_waits_for(clone: Clone, silent: str, tmp_path: Path) -> None:
    clone.git("remote", "set-url", "origin", silent)
    stopped = threading.Event()
    deed = Commands([(sys.executable, "-m", "koweb_sync", "pull", "--branch", "forum")], str(clone.folder))
    told: list[str | None] = []
    thread = threading.Thread(target=lambda: told.append(deed.do(NAME, stopped)))
    thread.start()
    assert soon(lambda: bool(told or children(clone.folder)), 200)  # a busy machine takes its time to start Python
    assert told == []  # it did not end by itself
    stopped.set()
    thread.join(30)
    assert told == [None]
    assert soon(lambda: not children(clone.folder))


def test_a_command_knows_how_long_git_may_be_silent_and_people_may_say_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_HTTP_LOW_SPEED_TIME", "7")
    shown = tmp_path / "shown"
    program = f"import os; open({str(shown)!r}, 'w').write(' '.join(os.environ[n] for n in {list(follow.SILENCE)}))"
    assert Commands([(sys.executable, "-c", program)], str(tmp_path)).do(NAME, threading.Event()) == ""
    assert shown.read_text(encoding="ascii") == "300 1 7"


def test_what_ends_in_time_is_what_it_was(tmp_path: Path) -> None:
    done = within(30, ["cat"], tmp_path, os.environ, b"bonjour")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"bonjour", b"")
