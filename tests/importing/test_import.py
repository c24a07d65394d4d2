"""A folder of somebody else's notes, from the first look to the forum and back."""

from pathlib import Path

import pytest

from tests.workspace import PNG, Clone

LONG = "Une phrase entière, assez longue pour que le forum en fasse un message."


def write(folder: Path, path: str, content: str | bytes) -> None:
    """A file of the folder."""
    full = folder / path
    full.parent.mkdir(parents=True, exist_ok=True)
    full.write_bytes(content.encode() if isinstance(content, str) else content)


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder beside the repository."""
    folder = tmp_path / "notes"
    folder.mkdir()
    return folder


def settle(here: Clone) -> None:
    """Check, push, push, pull: published, and nothing to do any more."""
    here.commit("Import")
    assert "0 errors" in here.run("check").err
    here.run("push")
    before = len(here.box.log)
    assert "nothing to do" in here.run("push").err
    assert len(here.box.log) == before
    head = here.git("rev-parse", "HEAD")
    here.run("pull")
    assert here.git("rev-parse", "HEAD") == head
    assert here.git("status", "--porcelain") == ""


def test_p130_a_folder_of_plain_markdown_is_imported_published_and_stays_as_it_is(here: Clone, notes: Path) -> None:
    write(
        notes,
        "README.md",
        f"# Bienvenue dans nos notes\n\n{LONG} Voir [le tour](méthodes/Tour%20de%20table.md#déroulé).\n",
    )
    write(
        notes,
        "méthodes/Tour de table.md",
        f"{LONG}\n\n## Déroulé\n\n![plan](../img/Plan%20A.PNG) [retour](../README.md)\n",
    )
    write(notes, "img/Plan A.PNG", PNG)
    write(notes, "img/autre.png", PNG)
    write(notes, "vide.md", "")
    before = content(notes)
    run = here.run("import", str(notes), "--dry-run", code=3)
    assert "2 notes to import" in run.err
    assert not (here.folder / "posts").exists()
    run = here.run("import", str(notes), "--yes", "--format", "json", code=3)
    assert {one["source"]: one["path"] for one in run.data["notes"]} == {
        "README.md": "posts/bienvenue-dans-nos-notes.md",
        "méthodes/Tour de table.md": "posts/methodes/tour-de-table.md",
    }
    assert {one["path"] for one in run.data["left"]} == {"vide.md", "img/autre.png"}
    assert content(notes) == before
    first = here.read("posts/bienvenue-dans-nos-notes.md")
    assert "title: Bienvenue dans nos notes\n" in first
    assert "# Bienvenue" not in first.split("---")[2]
    assert "(methodes/tour-de-table.md#déroulé)" in first
    assert "(../img/plan-a.png)" in here.read("posts/methodes/tour-de-table.md")
    settle(here)
    again = here.run("import", str(notes), "--yes", code=3)
    assert "0 notes imported. 2 were imported before." in again.err
    assert here.git("status", "--porcelain") == ""
