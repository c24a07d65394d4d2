"""What takes more than two seconds shows on a terminal how far it is, and nothing of that anywhere else."""

import contextlib
import gzip
import os
import pty
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from tests.archive.backups.writing import as_sql, dump_of
from tests.archive.crawling import forum_of
from tests.archive.exhibits import friendly
from tests.archive.measuring import settle

BAR = re.compile(r"[━╸╺]{5,}.* \d+/\d+ ")  # how much is done, of how much
ESTIMATE = re.compile(r"\d:\d\d:\d\d")


def seen(folder: Path, key: str, *words: str, terminal: bool = True) -> str:
    """What a command writes about its work, on a terminal or into a file."""
    environment = {"KOWEB_KAFE_API_KEY": key, "TERM": "xterm", "COLUMNS": "100"}
    command = [sys.executable, "-m", "koweb_sync", *words]
    if terminal:
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", on_terminal(command, folder, environment))
    done = subprocess.run(command, cwd=folder, env={**os.environ, **environment}, capture_output=True, check=False)
    return done.stderr.decode()


def on_terminal(command: list[str], folder: Path, environment: dict[str, str], *, both: bool = False) -> str:
    """All that a command sends to a terminal, where its words go there alone, or `both` words and data."""
    ours, theirs = pty.openpty()
    data = theirs if both else subprocess.DEVNULL
    with subprocess.Popen(
        command, cwd=folder, env={**os.environ, **environment}, stdout=data, stderr=theirs
    ) as process:
        os.close(theirs)
        written = b""
        with contextlib.suppress(OSError):  # Linux ends a closed terminal with an error
            while part := os.read(ours, 65536):
                written += part
    os.close(ours)
    assert process.returncode == 0, written.decode()
    return written.decode()


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
        for words in (("archive", "verify"), ("archive", "export", "--format", "jsonl", "--to", "lines")):
            shown = seen(folder, key, *words)
            assert BAR.search(shown), shown
            assert ESTIMATE.search(shown), shown


SOON = """
import sys
from koweb_sync.__main__ import main
from koweb_sync.cli import progress_bar as progress
progress.PATIENCE = 0.01
sys.argv[0] = "koweb"
main()
"""


def test_p233_a_report_shows_for_how_long_it_works_and_nothing_of_that_stands_below_its_result(folder: Path) -> None:
    (folder / "koweb.toml").write_text('[forum.kafe]\nurl = "https://kafe.example.org"\n', encoding="utf-8")
    with Store.open(str(folder / "koweb-archive.sqlite")) as store:
        friendly(store)
    shown = on_terminal([sys.executable, "-c", SOON, "report"], folder, {"TERM": "xterm", "COLUMNS": "100"}, both=True)
    work, result = shown.rsplit("\x1b[2K", 1)
    assert re.search(r"Computing.*━.*\d:\d\d:\d\d", work)
    assert not BAR.search(work)
    assert "koweb-report.html" not in work
    assert result.strip() == "koweb-report.html"


def test_looking_whether_a_backup_is_whole_shows_for_how_long_it_works(folder: Path) -> None:
    with Sandbox.start(forum_of(2, 10)) as box:
        box.edit(1, raw="Un texte que l’on vient de reprendre.", username="admin")
        path = as_sql(folder, dump_of(box), {"uploads/default/original/1X/a.png": random.Random(1).randbytes(2**25)})
    whole = gzip.decompress(path.read_bytes())  # as “cat” puts two parts together: the last one is no number of blocks
    path.write_bytes(gzip.compress(whole[:-700]) + gzip.compress(whole[-700:]))
    words = ("archive", "--from-backup", str(path), "--url", "https://kafe.example.org", "--dry-run")
    shown = on_terminal([sys.executable, "-c", SOON, *words], folder, {"TERM": "xterm", "COLUMNS": "100"})
    assert re.search(r"checking the end of the backup.*━.*\d:\d\d:\d\d", shown), shown
    assert "is missing" not in shown


def test_writing_the_archive_anew_shows_for_how_long_it_works(folder: Path) -> None:
    (folder / "koweb.toml").write_text('[forum.kafe]\nurl = "https://kafe.example.org"\n', encoding="utf-8")
    with Store.open(str(folder / "koweb-archive.sqlite")) as store:
        friendly(store)
        with store.begin() as connection:
            person = connection.exec_driver_sql("SELECT max(id) FROM people").scalar()
    words = ("archive", "forget", f"#{person}", "--yes")
    slow = SOON.replace("progress.PATIENCE = 0.01", SLOW)
    shown = on_terminal([sys.executable, "-c", slow, *words], folder, {"TERM": "xterm", "COLUMNS": "100"})
    assert re.search(r"writing the archive anew.*━.*\d:\d\d:\d\d", shown), shown


SLOW = """
from koweb_sync.cli.archive import forgetting_bar
from koweb_sync.archive.privacy import compact
import time
forgetting_bar.PATIENCE = 0.01
rewrite = compact.rewrite
compact.rewrite = lambda connection, place: (time.sleep(0.5), rewrite(connection, place))
"""


def test_what_is_held_about_somebody_is_told_in_lines_on_a_terminal_and_is_a_page_elsewhere(folder: Path) -> None:
    (folder / "koweb.toml").write_text('[forum.kafe]\nurl = "https://kafe.example.org"\n', encoding="utf-8")
    with Store.open(str(folder / "koweb-archive.sqlite")) as store:
        friendly(store)
        with store.begin() as connection:
            query = "SELECT person FROM posts WHERE person > 0 GROUP BY person ORDER BY count(*) DESC"
            person = connection.exec_driver_sql(query).scalar()
    command = [sys.executable, "-m", "koweb_sync", "archive", "subject", f"#{person}"]
    shown = on_terminal(command, folder, {"TERM": "xterm", "COLUMNS": "100"}, both=True)
    assert "<" not in shown
    assert re.search(r"The account\r?\n  Number: \d+ · Username: ", shown)
    assert re.search(r"Posts(?: \(\d+\))?\r?\n  https://kafe.example.org/t/", shown)
    assert "--output FILE" in shown
    assert "<html" in on_terminal([*command, "--format", "html"], folder, {"TERM": "xterm"}, both=True)
    piped = subprocess.run(command, cwd=folder, capture_output=True, check=True)
    assert piped.stdout.startswith(b"<!doctype html>")


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
