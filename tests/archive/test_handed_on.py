"""What is handed on says nothing of the computer that it was made on: no folder, no user, no host."""

import platform
from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.archive.exports.export import EXPORTS
from koweb_sync.archive.from_backup import texts
from koweb_sync.sandbox import Sandbox
from tests.archive.backups.taking import URL
from tests.archive.backups.writing import as_sql, dump_of
from tests.archive.crawling import forum_of
from tests.archive.test_drop import STORE, run
from tests.archive.test_unfinished_reading import CLOSE, interrupted

MINE = "zarathoustra"


@pytest.fixture
def backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A backup in a folder that only this computer has, where we are; user and host are called so, too."""
    here = tmp_path / f"chez {MINE}"
    (here / f"sauvegardes de {MINE}").mkdir(parents=True)
    monkeypatch.chdir(here)
    for name in ("USER", "LOGNAME", "USERNAME", "HOSTNAME"):
        monkeypatch.setenv(name, MINE)
    monkeypatch.setattr(platform, "node", lambda: MINE)
    with Sandbox.start(forum_of(3, 20, likes=5)) as box:
        yield as_sql(here / f"sauvegardes de {MINE}", dump_of(box))


def telling(folder: Path) -> list[str]:
    """The files in a folder whose name or bytes say what only this computer knows."""
    every = [one for one in sorted(folder.rglob("*")) if one.is_file()]
    assert every
    return [one.name for one in every if MINE in one.name or MINE.encode() in one.read_bytes()]


def test_an_archive_whose_reading_was_cut_off_and_its_kit_say_nothing_of_this_computer(
    backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(texts, "posts", interrupted)
        assert run("archive", "--from-backup", str(backup), "--url", URL).exit_code == 1
    assert f"--from-backup 'sauvegardes de {MINE}" in run("archive", "list").stderr.replace("\n", " ")
    assert run(*CLOSE, "--incomplete").exit_code == 3
    assert telling(Path("kit")) == []
    assert MINE.encode() not in Path(STORE).read_bytes()


@pytest.mark.parametrize("style", EXPORTS.names())
def test_no_export_says_anything_of_this_computer(backup: Path, style: str) -> None:
    assert run("archive", "--from-backup", str(backup), "--url", URL).exit_code == 0
    assert run("archive", "export", "--format", style, "--to", "out").exit_code == 0
    assert telling(Path("out")) == []


def test_neither_does_a_whole_kit_what_is_known_of_somebody_nor_a_report(backup: Path) -> None:
    assert run("archive", "--from-backup", str(backup), "--url", URL).exit_code == 0
    assert run(*CLOSE).exit_code == 0
    assert telling(Path("kit")) == []
    Path("others").mkdir()
    assert run("archive", "subject", "#1", "--output", "others/page.html").exit_code == 0
    assert run("report", "--output", "others/report.html").exit_code == 0
    assert run("archive", "restore", "--as", "intermediate", "--to", "others/moved").exit_code == 0
    assert telling(Path("others")) == []
