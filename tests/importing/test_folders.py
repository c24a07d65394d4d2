"""Whole folders in the manner of the tools that people come from, imported, published, and brought back."""

from pathlib import Path

import pytest

from tests.importing.folders import MANNERS
from tests.importing.test_import import content, settle, write
from tests.workspace import Clone

pytestmark = pytest.mark.server("2022")

FEW, MANY = 12, 300


def imported(here: Clone, notes: Path, manner: str, count: int) -> None:
    """Import such a folder: every file of it is imported or named, and the forum and git agree afterwards."""
    files = MANNERS[manner](count)
    for path, data in files.items():
        write(notes, path, data)
    before = content(notes)
    here.run("doctor", code=None)
    run = here.run("import", str(notes), "--yes", "--format", "json", code=None)
    assert content(notes) == before
    left = {one["path"]: one["reason"] for one in run.data["left"]}
    said = {one["source"] for part in ("notes", "files") for one in run.data[part]} | left.keys()
    folders = tuple(path for path in left if path.endswith("/"))
    assert [path for path in before if path not in said and not path.startswith(folders)] == []
    assert all(left.values())
    assert [path for path in left if path in before and path.endswith(".md") and path != "content/_index.md"] == []
    assert [path for path in left if path.endswith(".png")] == []
    settle(here)
    shown = here.published()
    assert len(shown) == sum(not one["draft"] for one in run.data["notes"]) >= count * 2 // 3
    again = here.run("import", str(notes), "--yes", "--format", "json", code=None)
    assert (again.data["notes"], again.data["files"]) == ([], [])
    assert here.git("status", "--porcelain") == ""


@pytest.mark.parametrize("manner", MANNERS)
def test_p132_a_folder_of_each_tool_is_imported_and_published(here: Clone, tmp_path: Path, manner: str) -> None:
    imported(here, tmp_path / "notes", manner, FEW)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("manner", MANNERS)
def test_many_notes_of_each_tool_are_imported_and_published(here: Clone, tmp_path: Path, manner: str) -> None:
    imported(here, tmp_path / "notes", manner, MANY)
