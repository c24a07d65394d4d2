"""What takes more than two seconds shows on a terminal how far it is, and nothing of that anywhere else."""

import contextlib
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import forum_of
from tests.archive.measuring import settle

BAR = re.compile(r"[━╸╺]{5,}.* \d+/\d+ ")  # how much is done, of how much
ESTIMATE = re.compile(r"\d:\d\d:\d\d")


def seen(folder: Path, key: str, *words: str, terminal: bool = True) -> str:
    """What a command writes about its work, on a terminal or into a file."""
    environment = {**os.environ, "KOWEB_KAFE_API_KEY": key, "TERM": "xterm", "COLUMNS": "100"}
    command = [sys.executable, "-m", "koweb_sync", *words]
    run: Callable[..., Any] = partial(subprocess.Popen, command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    if not terminal:
        with run(stderr=subprocess.PIPE) as process:
            return str(process.communicate()[1].decode())
    ours, theirs = pty.openpty()
    with run(stderr=theirs) as process:
        os.close(theirs)
        written = b""
        with contextlib.suppress(OSError):  # Linux ends a closed terminal with an error
            while part := os.read(ours, 65536):
                written += part
    os.close(ours)
    assert process.returncode == 0, written.decode()
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written.decode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    made = tmp_path / "work"
    made.mkdir()
    return made


@pytest.mark.every
def test_the_long_commands_of_the_archive_show_how_far_they_are(folder: Path) -> None:
    with Sandbox.start(forum_of(40, 2_200, likes=40), flavour="2025") as box:
        settle(folder, box)
        key = box.keys["all_users"]
        assert BAR.search(seen(folder, key, "archive"))
        for words in (("archive", "verify"), ("archive", "export", "--format", "jsonl", "--to", "lines"), ("report",)):
            shown = seen(folder, key, *words)
            assert BAR.search(shown), shown
            assert ESTIMATE.search(shown), shown


@pytest.mark.soak
def test_publishing_an_archive_shows_how_far_it_is(folder: Path) -> None:
    with Sandbox.start(forum_of(4, 30), flavour="2025") as box, Sandbox.start(flavour="2025") as there:
        settle(folder, box)
        seen(folder, box.keys["all_users"], "archive")
        settle(folder, there)
        words = ("archive", "restore", "--into", "koweb-kafe", "--yes", "--from", box.url)
        assert BAR.search(seen(folder, there.keys["all_users"], *words))


@pytest.mark.soak
def test_where_nobody_looks_there_is_no_bar(folder: Path) -> None:
    with Sandbox.start(forum_of(20, 600), flavour="2022") as box:
        settle(folder, box)
        for words in (("archive",), ("archive", "verify"), ("report",)):
            shown = seen(folder, box.keys["all_users"], *words, terminal=False)
            assert "━" not in shown
            assert "\x1b" not in shown
