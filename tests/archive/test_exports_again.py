"""What is erased from the archive leaves the exports too that this machine made of it."""

import json
import shutil
from pathlib import Path

import fsspec
import pytest

from koweb_sync.archive.read.export import made
from koweb_sync.archive.read.export.made import Made, made_of, remember
from koweb_sync.archive.read.export.run import STYLES
from koweb_sync.archive.rights import privacy, prove
from koweb_sync.archive.rights.prove import Sought
from koweb_sync.cli import archive_again
from koweb_sync.errors import InputError
from koweb_sync.sandbox import Sandbox
from tests.workspace import Clone

RAW = "Bonjour @claire, merci à Claire Moreau, une hippopotame qui sait tout des cartes."
NAMES = Sought(["claire", "Claire Moreau"])


@pytest.fixture
def kept(here: Clone, box: Sandbox) -> Clone:
    """A repository with an archive of a forum in which Amina talks to Claire."""
    box.reply(2, RAW, username="amina")
    here.run("archive")
    return here


def exported(here: Clone, style: str, name: str, *more: str) -> Path:
    """An export, in a folder beside the archive."""
    here.run("archive", "export", "--format", style, "--to", name, *more)
    return here.folder / name


def files(folder: Path) -> dict[str, bytes]:
    """All files of an export."""
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def forgotten(here: Clone, *more: str, code: int | None = 0) -> str:
    """Forget Claire: what is said."""
    return here.run("archive", "forget", "claire", "--names", "Claire", "--yes", "--prove", *more, code=code).err


def test_every_kind_of_export_forgets_them_too(kept: Clone) -> None:
    folders = [exported(kept, style, f"export-{style}") for style in STYLES]
    assert all(list(prove.in_folder(folder, NAMES)) for folder in folders)
    said = forgotten(kept)
    assert all(str(folder) in said for folder in folders)
    for folder, style in zip(folders, STYLES, strict=True):
        assert list(prove.in_folder(folder, NAMES)) == []
        assert files(exported(kept, style, f"fresh-{style}")) == files(folder)


def test_they_stay_what_was_asked_for(kept: Clone) -> None:
    french = kept.folder / "francais"
    words = ("archive", "export", "--format", "site", "--to", "francais", "--topic", "2", "--public-only")
    kept.alone("--lang", "fr", *words)
    disguised = exported(kept, "md", "sans-noms", "--pseudonyms", "--category", "2")
    forgotten(kept)
    assert [one for one in files(french) if one.startswith("topic/")] == ["topic/2.html"]
    assert 'lang="fr"' in (french / "topic" / "2.html").read_text(encoding="utf-8")
    assert files(disguised) == files(exported(kept, "md", "fresh", "--pseudonyms", "--category", "2"))


def test_what_was_not_made_here_of_this_archive_is_only_rewritten(kept: Clone, tmp_path: Path) -> None:
    elsewhere = exported(kept, "md", "export")
    shutil.move(elsewhere, tmp_path / "copy")
    other = exported(kept, "md", "other", "--store", str(shutil.copy(kept.folder / "koweb-archive.sqlite", tmp_path)))
    # The other archive is another: its exports may hold what this one never had.
    (tmp_path / "copy" / "notes.md").write_text("Claire Moreau, entre nous.", encoding="utf-8")
    said = kept.run("archive", "forget", "claire", "--yes", "--exports", str(tmp_path / "copy"), code=3).err
    assert "Made again" not in said
    assert (tmp_path / "copy" / "notes.md").read_text(encoding="utf-8") == "Claire Moreau, entre nous."
    assert list(prove.in_folder(other, NAMES)) != []


def test_a_rehearsal_names_the_exports_and_leaves_them(kept: Clone) -> None:
    folder = exported(kept, "mbox", "export")
    before = files(folder)
    done = kept.run("archive", "forget", "claire", "--dry-run", "--format", "json")
    assert json.loads(done.out)["made_again"] == [{"place": str(folder), "done": False}]
    assert str(folder) in done.err
    assert files(folder) == before


def test_an_export_that_cannot_be_written_now_is_made_again_by_the_next_run(
    kept: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = exported(kept, "parquet", "export")

    def broken(*_given: object) -> list[str]:
        raise InputError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(archive_again, "made_again", broken)
        assert "the disk is full" in forgotten(kept, code=3)
    assert list(prove.in_folder(folder, NAMES)) != []
    assert str(folder) in kept.run("archive").err
    assert list(prove.in_folder(folder, NAMES)) == []
    assert str(folder) not in kept.run("archive").err


def test_a_kill_between_the_archive_and_its_exports_is_made_good(kept: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = exported(kept, "jsonl", "export")
    whole = privacy.perform

    def killed(*given: object) -> None:
        whole(*given)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(privacy, "perform", killed)
        kept.run("archive", "forget", "claire", "--names", "Claire", "--yes", code=None)
    assert list(prove.in_folder(folder, NAMES)) != []
    # Another export, killed on its way, does not make it good.
    remember(next(one for one in made_of(str(kept.folder / "koweb-archive.sqlite"), kept.box.url) if one.stale))
    kept.run("archive", "forget", "--upstream", "--yes")
    assert list(prove.in_folder(folder, NAMES)) == []


def test_what_the_forum_deleted_leaves_the_exports_as_well(kept: Clone, box: Sandbox) -> None:
    folder = exported(kept, "site", "export")
    box.delete(2)
    kept.run("archive")
    kept.run("archive", "purge", "--days", "0")
    assert b"hippopotame" not in b"".join(files(folder).values())


def test_an_export_elsewhere_is_made_again_as_well(kept: Clone, tmp_path: Path) -> None:
    place = f"memory://again/{tmp_path.name}"
    kept.run("archive", "export", "--format", "jsonl", "--to", place)
    there = fsspec.filesystem("memory")

    def held() -> bytes:
        return b"".join(there.cat_file(one) for one in there.find(f"/again/{tmp_path.name}"))

    assert b"Claire Moreau" in held()
    forgotten(kept)
    assert b"Claire" not in held()


@pytest.mark.parametrize(
    "to", ["s3://key:secret@bucket/x", "https://files.example/x?token=secret", "s3://key@bucket/x"]
)
def test_no_secret_of_an_address_is_noted(to: str) -> None:
    assert not remember(Made(to, "a.sqlite", "https://forum.example", "md", "en"))
    assert made_of("a.sqlite", "https://forum.example") == []


@pytest.mark.parametrize("spoilt", ["", "[]", "{}", '{"to": 1}', "\x00"])
def test_a_broken_note_is_none(kept: Clone, spoilt: str) -> None:
    exported(kept, "md", "export")
    (path,) = made.folder().glob("*.json")
    path.write_text(spoilt, encoding="utf-8")
    assert made_of(str(kept.folder / "koweb-archive.sqlite"), kept.box.url) == []
    forgotten(kept)


def test_an_export_that_somebody_removed_is_forgotten(kept: Clone) -> None:
    shutil.rmtree(exported(kept, "md", "export"))
    assert "Made again" not in forgotten(kept)
    assert list(made.folder().glob("*.json")) == []
