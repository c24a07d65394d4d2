"""Who opens the desk twice on a folder is shown the one that runs; nothing else on this computer is taken for one."""

import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from koweb_sync.desk.serving.access import AccessRules
from koweb_sync.desk.serving.running_desk import RunningDesk, noted
from koweb_sync.forum.machine import machine_home
from tests.desk.test_ends import address, desk_process
from tests.workspace import Clone

ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/\?token=(\S+)")


def second(folder: Path) -> str:
    """What another desk says that is begun in a folder, where it ends by itself."""
    line = [sys.executable, "-m", "koweb_sync", "desk", "--no-browser"]
    done = subprocess.run(line, cwd=folder, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout + done.stderr


def told_port(said: str) -> int:
    """The port of the address that a desk says."""
    found = ADDRESS.search(said)
    assert found, said
    return int(found[1])


def test_p528_a_second_desk_on_a_folder_leads_to_the_pages_of_the_first(here: Clone) -> None:
    here.post("un")
    below = here.folder / "posts"
    with desk_process(here) as first:
        for folder in (here.folder, below):
            said = second(folder)
            assert "The desk is open already" in said
            found = ADDRESS.search(said)
            assert found
            assert first.home.endswith(f":{found[1]}")
            assert "Un sujet nommé un" in requests.get(found[0], timeout=20).text
    with desk_process(here) as again:  # the one before was killed, and its file is there
        assert "already" not in again.process.text()
        assert again.home != first.home


def test_p528_two_that_begin_at_once_are_one_desk(here: Clone) -> None:
    here.post("un")
    first, other = (RunningDesk(here.folder) for _turn in range(2))
    assert first.address() == ""
    with listener() as port:
        found: list[str] = []
        waits = threading.Thread(target=lambda: found.append(other.address()))
        waits.start()
        waits.join(0.3)
        assert waits.is_alive()
        first.note(AccessRules(port, "x"))
        waits.join(20)
        assert found == [""]  # what answers there is no desk
        other.let_begin()


def test_p528_its_file_is_for_this_user_alone_and_goes_with_the_desk(here: Clone) -> None:
    desk, access = RunningDesk(here.folder), AccessRules(1)
    desk.note(access)
    file = machine_home() / desk.path
    assert file.stat().st_mode & 0o777 == 0o600
    assert here.folder not in file.parents
    desk.forget(AccessRules(1))
    assert noted(desk.path) == access
    desk.forget(access)
    assert not file.exists()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"port": 80}', '{"port": "1", "token": "x"}', '{"port": 0, "token": "x"}', "\udcff"],
)
def test_p528_a_file_that_says_something_else_is_none(here: Clone, text: str) -> None:
    desk = RunningDesk(here.folder)
    desk.note(AccessRules(1))
    (machine_home() / desk.path).write_bytes(text.encode("utf-8", "surrogateescape"))
    assert desk.address() == ""
    desk.let_begin()


def test_p528_a_file_that_others_may_read_or_that_is_a_link_is_none(here: Clone, tmp_path: Path) -> None:
    desk = RunningDesk(here.folder)
    desk.note(AccessRules(1))
    file = machine_home() / desk.path
    file.chmod(0o644)
    assert noted(desk.path) is None
    elsewhere = tmp_path / "x.json"
    elsewhere.write_text(json.dumps({"port": 1, "token": "x"}))
    elsewhere.chmod(0o600)
    file.unlink()
    file.symlink_to(elsewhere)
    assert noted(desk.path) is None


def test_p528_another_program_on_that_port_gets_no_token(here: Clone) -> None:
    desk, heard = RunningDesk(here.folder), list[bytes]()
    with listener(heard) as port:
        access = AccessRules(port)
        desk.note(access)
        assert desk.address() == ""
        desk.let_begin()
    assert heard
    assert access.token.encode() not in b"".join(heard)


def test_p528_a_page_elsewhere_and_a_guess_prove_nothing(here: Clone) -> None:
    with desk_process(here) as it:
        found = address(it.process)
        access = AccessRules(told_port(found[0]), found[0].partition("token=")[2])
        said = requests.get(f"{it.home}/running?number=1", timeout=20).text
        assert access.token not in said
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        assert requests.get(f"{it.home}/running?number=1", headers=elsewhere, timeout=20).status_code == 403
        desk = RunningDesk(here.folder)
        desk.note(AccessRules(access.port, "another"))
        assert desk.address() == ""
        desk.let_begin()


@contextmanager
def listener(heard: list[bytes] | None = None) -> Iterator[int]:
    """Another program that listens on a port, and answers as it is asked."""
    with socket.create_server(("127.0.0.1", 0)) as place:

        def answer() -> None:
            while True:
                try:
                    line, _from = place.accept()
                except OSError:
                    return
                with line:
                    asked = line.recv(4096)
                    if heard is not None:
                        heard.append(asked)
                    line.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + asked)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield place.getsockname()[1]
        place.shutdown(socket.SHUT_RDWR)
    thread.join(5)
