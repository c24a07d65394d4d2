"""An icon among the computer's programs opens the desk: nobody has to type a command for it."""

import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from koweb_sync.desk.run.app_icon import app_icon, entry
from koweb_sync.errors import InputError
from tests.desk.test_ends import desk_process
from tests.workspace import Clone

gio = pytest.mark.skipif(shutil.which("gio") is None, reason="gio, which opens desktop entries, is not installed")
ODD = ("plain", "two words", 'a "quote"', "back\\slash", "$HOME `id`", "100 %f", "é’")


@gio
def test_a_desktop_entry_hands_over_each_word_as_it_is(tmp_path: Path) -> None:
    told = tmp_path / "told"
    write = f"import sys; open({str(told)!r}, 'w').write(chr(10).join([*sys.argv[1:], '.']))"
    file = tmp_path / "it.desktop"
    file.write_text(entry([sys.executable, "-c", write, *ODD], tmp_path), encoding="utf-8")
    subprocess.run(["gio", "launch", str(file)], check=True, timeout=30, env={**os.environ, "LANG": "C.UTF-8"})
    for _turn in range(200):
        if told.exists() and told.read_text(encoding="utf-8").endswith("."):
            break
        time.sleep(0.05)
    assert told.read_text(encoding="utf-8").split("\n") == [*ODD, "."]


def test_the_icon_lies_where_the_menus_of_linux_look_and_goes_again(tmp_path: Path) -> None:
    icon = app_icon("linux")
    assert icon is not None
    assert icon.root == Path(os.environ["XDG_DATA_HOME"])
    file = icon.root / "applications/koweb-desk.desktop"
    icon.put()
    icon.put()
    assert icon.is_there
    lines = file.read_text(encoding="utf-8").splitlines()
    facts = dict(line.split("=", 1) for line in lines[1:])
    assert facts["Terminal"] == "false"
    assert Path(facts["Icon"]).is_file()
    icon.remove()
    icon.remove()
    assert not file.exists()


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    icon = app_icon("linux")
    assert icon is not None
    (other := tmp_path / "other").write_text("mine", encoding="utf-8")
    (icon.root / icon.path).parent.mkdir(parents=True)
    (icon.root / icon.path).symlink_to(other)
    with pytest.raises(InputError):
        icon.put()
    assert other.read_text(encoding="utf-8") == "mine"


def test_on_a_mac_it_is_a_file_that_can_be_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "executable", "/Users/é/my tools/python")
    icon = app_icon("darwin")
    assert icon is not None
    icon.put()
    file = tmp_path / "Desktop/koweb.command"
    assert stat.S_IMODE(file.stat().st_mode) == 0o755
    assert subprocess.run(["sh", "-n", str(file)], check=False).returncode == 0
    assert "'/Users/é/my tools/python' -P -m koweb_sync desk --browser" in file.read_text(encoding="utf-8")


def test_who_opens_the_desk_by_an_icon_reads_on_a_page_what_keeps_it_from_opening(
    here: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER", "true")  # any program that is there: it opens nothing
    file = here.folder / "koweb.toml"
    whole = file.read_text(encoding="utf-8")
    file.write_text("[forum", encoding="utf-8")
    with desk_process(here, None, "--browser") as it:
        assert "koweb.toml" in (refused := it.get("/")).text
        assert refused.status_code == 409
        file.write_text(whole, encoding="utf-8")
        assert it.get("/").status_code == 200


def test_elsewhere_there_is_none() -> None:
    assert app_icon("win32") is None
