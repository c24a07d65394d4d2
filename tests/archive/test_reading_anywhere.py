"""Reading an archive needs no configuration: its place is enough, in any folder."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from koweb_sync.archive.place import HeldForum, chosen
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store, put
from koweb_sync.cli.archive.command import SUBCOMMANDS
from koweb_sync.cli.root import koweb
from koweb_sync.errors import InputError
from tests.archive.exhibits import START, URL, crowd, friendly

EACH = {
    "list": (), "show": ("10",), "search": ("pad",), "stats": (), "export": ("--format", "md", "--to", "out"),
    "verify": ("--offline",), "subject": ("claire",), "consent": ("claire", "--quoted", "never"),
    "purge": ("--forum", URL, "--yes"), "close": ("--to", "kit", "--dry-run"), "forget": ("claire", "--dry-run"),
    "drop": (URL, "--dry-run"), "restore": ("--as", "intermediate", "--to", "moved"),
}  # fmt: skip
REPORTS = [("--output", "report.html"), ("--watch-list",), ("--format", "json"), ("--dry-run",)]
TOMLS = {
    "none": "",
    "another": '[forum.autre]\nurl = "https://autre.example"\nusername = "system"\n',
    "wrong": '[forum.kafe]\nurl = "kafe"\nusername = 3\n',
    "no toml": "[forum.kafe\n",
    "of another time": f'[forum.kafe]\nurl = "{URL}"\nusername = "system"\n\n[forum.kafe.archive]\nroling_days = 3\n',
}
EVERY = [*(("archive", name, *words) for name, words in EACH.items()), *(("report", *words) for words in REPORTS)]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive in a folder, beside an empty one, where we are."""
    (tmp_path / "there").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with Store.open(str(tmp_path / "there" / "memory.sqlite")) as store:
        friendly(store)
    return tmp_path / "there" / "memory.sqlite"


def names(folder: Path) -> set[str]:
    """What lies in a folder."""
    return {one.name for one in folder.iterdir()}


def typed(*words: str) -> Result:
    """A command, as somebody types it."""
    return CliRunner().invoke(koweb, words)


def refused(*words: str) -> str:
    """What somebody reads who typed what cannot be done."""
    done = typed(*words)
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    return " ".join(done.stderr.split())


@pytest.mark.parametrize("toml", TOMLS)
def test_all_that_needs_no_forum_needs_only_the_place(place: Path, toml: str) -> None:
    if TOMLS[toml]:
        Path("koweb.toml").write_text(TOMLS[toml], encoding="utf-8")
    before = names(place.parent)
    for words in EVERY if toml in ("none", "another") else EVERY[:2]:
        done = typed(*words, "--store", "../there/memory.sqlite")
        assert done.exit_code == (3 if "--offline" in words else 0), (
            words,
            done.output,
            done.exception,
        )
    assert {one for one in names(place.parent) if not one.startswith("memory.sqlite-")} == before
    assert {"koweb.toml"} >= {one for one in names(Path()) if one.endswith((".toml", ".sqlite"))}
    listed = json.loads(typed("archive", "list", "--format", "json", "--store", str(place)).stdout)
    assert [one["id"] for one in listed["topics"]] == [10, 12, 11]


def test_no_command_is_left_out() -> None:
    assert EACH.keys() == SUBCOMMANDS.keys()


def test_an_archive_that_was_made_here_is_read_here(place: Path) -> None:
    assert "no koweb-archive.sqlite here, and no koweb.toml" in refused("archive", "list")
    place.rename("koweb-archive.sqlite")
    for words in EVERY:
        done = typed(*words)
        assert done.exit_code == (3 if "--offline" in words else 0), (words, done.output)
    assert typed("archive", "purge", "--yes").exit_code == 0
    Path("koweb.toml").write_text(TOMLS["another"], encoding="utf-8")
    assert "The archive holds nothing of https://autre.example" in refused("archive", "purge")
    assert "The archive holds nothing of https://autre.example" in refused("archive", "list")  # it says what is meant


def test_of_several_forums_one_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(str(place)) as store:
        crowd(store, 20, url="https://autre.example")
        with store.begin() as connection:  # nothing is held of what was only mistyped
            put(connection, schema.FORUMS, [{"id": 9, "url": "https://tort.example", "name": "tort", "added": START}])
    said = refused("archive", "list", "--store", str(place))
    assert f"--forum: {URL}, https://autre.example." in said
    for named, title in (
        (URL, "Choisir un outil"),
        (f"{URL.upper()}/", "Choisir"),
        ("https://autre.example", "Sujet 1"),
    ):
        assert title in typed("archive", "list", "--store", str(place), "--forum", named).stdout
    assert "is not clear" in refused("archive", "list", "--store", str(place), "--forum", "kafe")
    assert f"one of these: {URL}, https://autre.example" in refused("archive", "drop", "kafe", "--store", str(place))
    Path("koweb.toml").write_text(f'[forum.kafe]\nurl = "{URL}"\nusername = "system"\n', encoding="utf-8")
    assert "Choisir un outil" in typed("archive", "list", "--store", str(place)).stdout
    monkeypatch.setenv("KOWEB_ARCHIVE_STORE", str(place))
    for forum in ("kafe", URL, f"{URL.removeprefix('https://')}/latest"):
        assert "Choisir un outil" in typed("archive", "list", "--forum", forum).stdout
        assert typed("archive", "purge", "--yes", "--forum", forum).exit_code == 0


def nothing(place: Path) -> None:
    place.unlink()


def text(place: Path) -> None:
    place.write_text("Ceci n’est pas une archive.", encoding="utf-8")


def strange(place: Path) -> None:
    place.unlink()
    sqlite3.connect(place).execute("CREATE TABLE notes (id)").connection.close()


def newer(place: Path) -> None:
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.execute("UPDATE koweb_archive SET version_num = '9999'")


def folder(place: Path) -> None:
    place.unlink()
    place.mkdir()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (nothing, "There is no archive"),
        (text, "not an archive"),
        (strange, "not an archive"),
        (newer, "newer"),
        (folder, "This is a folder"),
    ],
)
def test_what_is_no_archive_is_said_and_left_alone(place: Path, spoil: Callable[[Path], None], said: str) -> None:
    spoil(place)
    before = place.read_bytes() if place.is_file() else names(place.parent)
    for words in (*EVERY[:4], EVERY[5], ("report", "--watch-list")):
        assert said in refused(*words, "--store", str(place)), words
    assert (place.read_bytes() if place.is_file() else names(place.parent)) == before


def test_a_person_reads_what_went_wrong_outside_of_a_repository(place: Path) -> None:
    words = [sys.executable, "-m", "koweb_sync", "archive", "list", "--store", "nulle-part.sqlite"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env={**os.environ, "LANG": "C"})
    assert done.returncode == 2
    assert "There is no archive" in done.stderr
    assert "nulle-part.sqlite" in done.stderr
    assert names(Path()) == set()
    assert place.is_file()


def test_a_name_of_koweb_toml_counts_before_one_of_the_archive() -> None:
    held = [HeldForum("a", "https://a.example"), HeldForum("b", "https://b.example")]
    assert chosen(held, "x", "a", "https://b.example/").name == "b"
    assert chosen(held, "x", "a", None).name == "a"
    assert chosen(held[:1], "x", None, "https://c.example").name == "a"
    for wrong in ("c", "https://c.example"):
        with pytest.raises(InputError, match="holds no forum"):
            chosen(held[:1], "x", wrong, None)
    for configured, typed_next in ((None, "koweb archive --url https://…”"), ("https://b.example", "“koweb archive”")):
        with pytest.raises(InputError, match="nothing yet") as raised:
            chosen([], "x", None, configured)
        assert typed_next in raised.value.remedy


@pytest.mark.parametrize("words", ["Le Koweb", "le koweb", "LE KÓWEB", "koweb-2"])
@pytest.mark.parametrize("toml", ["none", "another", "its own"])
def test_a_forum_is_named_by_its_title_too(words: str, toml: str, place: Path) -> None:
    with Store.open(str(place)) as store, store.begin() as connection:
        connection.execute(update(schema.FORUMS).values(title="Le Koweb", name="koweb-2"))
    own = f'[forum.kafe]\nurl = "{URL}"\nusername = "system"\n\n[forum.kafe.archive]\nstore = "{place}"\n'
    if text := own if toml == "its own" else TOMLS[toml]:
        Path("koweb.toml").write_text(text, encoding="utf-8")
    named = () if toml == "its own" else ("--store", str(place))
    done = typed("archive", "list", "--forum", words, *named)
    assert done.exit_code == 0, done.output
    assert typed("archive", "list", "--forum", "Le Pad", *named).exit_code == 2
    done = typed("archive", "drop", words, "--dry-run", *named)
    assert done.exit_code == 0, done.output
