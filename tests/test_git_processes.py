"""How often git is started: each time takes as long as reading hundreds of files, and on Windows much longer."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.open_desk import OpenDesk, desk
from tests.desk.test_publishing import mark
from tests.desk.test_writing import FILE, fields, sent
from tests.workspace import TEXT, Clone

TYPED = "Un texte que quelqu’un est en train d’écrire, assez long pour le forum."


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder in which every git notes what it does (api-trace2)."""
    folder = tmp_path / "started"
    folder.mkdir()
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(folder))
    yield folder


def count(started: Path) -> int:
    """How many git processes ended since somebody asked last; not those that git itself starts."""
    found = 0
    for note in started.iterdir():
        first = json.loads(note.read_text(encoding="utf-8").partition("\n")[0])
        found += "/" not in first["sid"]
        note.unlink()
    return found


def test_commands_start_few_git_processes(here: Clone, started: Path) -> None:
    for name in ("un", "deux", "trois"):
        here.post(name)
    here.commit()
    here.push()
    here.push()
    count(started)
    here.push()
    assert count(started) <= 5
    here.reword("un", "Un texte", "Ce texte")
    count(started)
    for command, most in (("check", 5), ("status", 5), ("plan", 6), ("push", 13)):
        here.run(command, code=None)
        assert count(started) <= most, command
    here.box.edit(here.box.by_id("deux").id, f"{TEXT} Une phrase du forum.", username="claire")
    here.run("pull")
    assert count(started) <= 12


def test_pages_of_the_desk_start_few_git_processes(here: Clone, started: Path) -> None:
    for name in ("un", "deux", "trois"):
        here.post(name)
    here.commit()
    here.push()
    here.box.edit(here.box.by_id("deux").id, f"{TEXT} Une phrase du forum.", username="claire")
    here.run("pull")
    with desk(here.folder) as it:
        it.get("/preview/")
        form = fields(it, FILE)
        count(started)
        it.get("/preview/")
        assert count(started) <= 5
        it.get("/style.css")
        assert count(started) == 0
        it.get(f"/write/{FILE}")
        assert count(started) <= 1
        it.post(f"/write-preview/{FILE}", **{**form, "body": TYPED, "typed": "1"})
        assert count(started) <= 1
        sent(it, FILE, body=TYPED)
        assert count(started) <= 7
        publishes(it)
        assert count(started) <= 41


def publishes(it: OpenDesk) -> None:
    """Look at what would be sent, and publish it."""
    it.done(it.post("/publish/", mark=mark(it.get("/publish/")), message="Des nouvelles"))
