"""What is erased from the archive leaves the exports too that this machine made of it."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from koweb_sync import safe_files
from koweb_sync.archive.exports import export as exporting
from koweb_sync.archive.exports import history
from koweb_sync.archive.exports.export import EXPORTS
from koweb_sync.archive.exports.history import MadeExport, begin, made_of, read, writing
from koweb_sync.archive.privacy import find_names
from koweb_sync.archive.privacy.find_names import Sought
from koweb_sync.cli.archive import exports_again
from koweb_sync.errors import InputError, KowebError
from koweb_sync.sandbox import Sandbox
from tests.gate import in_every
from tests.workspace import Clone

pytestmark = pytest.mark.server("below")

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


def test_every_kind_of_export_forgets_them_too(kept: Clone, box: Sandbox) -> None:
    box.new_topic("Un sujet que Claire ouvre", RAW, category=3, username="claire")
    kept.run("archive")
    folders = [exported(kept, style, f"export-{style}") for style in EXPORTS.names()]
    naming = {folder.name for folder in folders if list(find_names.in_folder(folder, NAMES))}
    assert {"export-md", "export-site"} <= naming
    said = forgotten(kept)
    assert all(str(folder) in said for folder in folders)
    for folder, style in zip(folders, EXPORTS.names(), strict=True):
        assert list(find_names.in_folder(folder, NAMES)) == [], style
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


def test_what_was_not_made_here_is_only_rewritten(kept: Clone, tmp_path: Path) -> None:
    shutil.move(exported(kept, "md", "export"), tmp_path / "copy")
    (tmp_path / "copy" / "notes.md").write_text("Claire Moreau, entre nous.", encoding="utf-8")
    said = kept.run("archive", "forget", "claire", "--yes", "--exports", str(tmp_path / "copy"), code=3).err
    assert "Made again" not in said
    assert (tmp_path / "copy" / "notes.md").read_text(encoding="utf-8") == "Claire Moreau, entre nous."


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
        patch.setattr(exports_again, "made_again", broken)
        assert "the disk is full" in forgotten(kept, code=3)
    assert list(find_names.in_folder(folder, NAMES)) != []
    assert str(folder) in kept.run("archive").err
    assert list(find_names.in_folder(folder, NAMES)) == []
    assert str(folder) not in kept.run("archive").err


# Every file, note and mark takes its place by this step: the process is killed before the one or after it.
DYING = """
import os, runpy, signal, sys
nth, after, replace = int(sys.argv.pop(1)), sys.argv.pop(1) == "after", os.replace
def replaced(*given, **more):
    global nth
    nth -= 1
    if nth == 0 and not after:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(*given, **more)
    if nth == 0:
        os.kill(os.getpid(), signal.SIGKILL)
os.replace = replaced
runpy.run_module("koweb_sync", run_name="__main__", alter_sys=True)
"""
FORGET = ("archive", "forget", "claire", "--names", "Claire", "--yes")
EVERY = 1 if os.environ.get("KOWEB_STEPS") else 5  # each fifth moment in the gate, every one by hand


def dying(here: Clone, nth: int, moment: str, *words: str) -> int:
    """Run a command that is killed at a step: its exit code, -9 if it was."""
    command = [sys.executable, "-c", DYING, str(nth), moment, *words]
    return subprocess.run(command, cwd=here.folder, capture_output=True, check=False, timeout=120).returncode


@pytest.mark.parametrize("moment", ["before", in_every("after")])
def test_a_process_that_is_killed_anywhere_leaves_no_name(kept: Clone, moment: str) -> None:
    folder = exported(kept, "md", "export")
    notes = history.folder()
    for name, place in (("archive", kept.folder), ("notes", notes)):
        shutil.copytree(place, kept.folder.parent / name)
    for nth in range(1, 200, EVERY):
        for name, place in (("archive", kept.folder), ("notes", notes)):
            shutil.rmtree(place)
            shutil.copytree(kept.folder.parent / name, place)
        code = dying(kept, nth, moment, *FORGET)
        assert code in (0, -signal.SIGKILL)
        kept.run(*FORGET, code=None)  # where it was killed before anything was erased
        kept.run("archive")
        assert list(find_names.in_folder(folder, NAMES)) == [], nth
        assert all(not one.name.startswith(".koweb") for one in folder.iterdir()), nth
        held = files(folder)
        kept.run("archive", "export", "--format", "md", "--to", "export")
        assert files(folder) == held, nth
        if code == 0:
            break
    assert code == 0
    assert nth > EVERY  # it died at least once


# ---- nothing is lost that only an export holds


def test_a_new_archive_does_not_write_over_an_older_ones_export(kept: Clone, box: Sandbox) -> None:
    folder = exported(kept, "md", "export")
    box.delete(2)
    for file in kept.folder.glob("koweb-archive.sqlite*"):
        file.unlink()
    kept.run("archive")
    before = files(folder)
    kept.run("archive", "forget", "amina", "--yes")
    assert files(folder) == before


def test_an_older_copy_of_the_archive_does_not_write_over_a_newer_export(kept: Clone, box: Sandbox) -> None:
    archive = kept.folder / "koweb-archive.sqlite"
    older = archive.read_bytes()
    box.reply(2, "Ce que seule la copie la plus neuve a lu, un crocodile.", username="amina")
    kept.run("archive")
    folder = exported(kept, "jsonl", "export")
    for file in kept.folder.glob("koweb-archive.sqlite*"):
        file.unlink()
    archive.write_bytes(older)
    assert "newer copy" in forgotten(kept, code=3)
    held = b"".join(files(folder).values())
    assert b"crocodile" in held
    assert b"Claire Moreau" not in held  # its texts were rewritten all the same


def test_an_archive_that_was_moved_still_knows_its_exports(kept: Clone) -> None:
    folder = exported(kept, "parquet", "export")
    (kept.folder / "koweb-archive.sqlite").rename(kept.folder / "other.sqlite")
    forgotten(kept, "--store", "other.sqlite")
    assert list(find_names.in_folder(folder, NAMES)) == []


def test_what_somebody_wrote_into_an_export_stays(kept: Clone) -> None:
    folder = exported(kept, "md", "export")
    page = next(folder.glob("topics/2-*.md"))
    page.write_text(page.read_text(encoding="utf-8") + "\nCe que j’en pense.\n", encoding="utf-8")
    assert f"{page.relative_to(folder)}" in forgotten(kept, code=3)
    for _run in range(2):
        text = page.read_text(encoding="utf-8")
        assert "Ce que j’en pense." in text
        assert "Claire Moreau" not in text
        assert f"{page.relative_to(folder)}" in kept.run("archive", code=3).err
    exported(kept, "md", "export")  # that is a wish to have it as the archive is
    kept.run("archive")


def test_what_cannot_be_written_is_said_and_searched(kept: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = exported(kept, "md", "export")

    write = safe_files.write

    def full(root: Any = None, *given: Any, **more: Any) -> None:
        if isinstance(root, Path) and folder not in (root, *root.parents):
            return write(root, *given, **more)  # notes lie on another disk
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr(exports_again, "written", full)
        patch.setattr("koweb_sync.safe_files.write", full)
        said = forgotten(kept, code=3)
    assert "Read-only file system" in said
    assert str(folder / "topics") in said
    kept.run("archive")
    assert list(find_names.in_folder(folder, NAMES)) == []


@pytest.mark.parametrize("more", [("md", "--topic", "2"), ("jsonl", "--force")])
def test_an_export_that_was_stopped_leaves_the_earlier_one_known(
    kept: Clone, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    folder = exported(kept, "md", "export")
    names = {one for one in files(folder) if one.startswith("topics/")}

    def killed(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "export", killed)
        kept.run("archive", "export", "--to", "export", "--format", *more, code=None)
    forgotten(kept)
    assert {one for one in files(folder) if one.startswith("topics/")} == names
    assert list(find_names.in_folder(folder, NAMES)) == []


# ---- no name stays unsaid


def test_an_export_on_a_disk_that_is_away_is_not_forgotten(kept: Clone) -> None:
    (kept.folder / "disk").mkdir()
    folder = exported(kept, "md", "disk/export")
    shutil.move(folder, kept.folder / "elsewhere")
    said = forgotten(kept, code=3)
    assert str(folder) in said
    assert "nothing is left" not in said
    kept.run("archive", code=3)
    shutil.move(kept.folder / "elsewhere", folder)
    kept.run("archive")
    assert list(find_names.in_folder(folder, NAMES)) == []


def test_who_is_forgotten_while_an_export_is_written_is_not_in_it_for_long(
    kept: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = exporting.export

    def slow(*given: Any) -> Any:
        monkeypatch.setattr(exporting, "export", whole)
        kept.run("archive", "forget", "claire", "--names", "Claire", "--yes", code=None)
        return whole(*given)

    monkeypatch.setattr(exporting, "export", slow)
    said = kept.run("archive", "export", "--format", "md", "--to", "export", code=3).err
    assert "erased meanwhile" in said
    assert list(find_names.in_folder(kept.folder / "export", NAMES)) != []
    kept.run("archive")
    assert list(find_names.in_folder(kept.folder / "export", NAMES)) == []


def test_two_do_not_write_one_export(kept: Clone) -> None:
    folder = exported(kept, "md", "export")
    before = files(folder)
    with writing(str(folder)):
        kept.run("archive", "export", "--format", "md", "--to", "export", code=2)
        assert "Another koweb" in forgotten(kept, code=3)
    assert files(folder).keys() == before.keys()
    kept.run("archive")
    assert list(find_names.in_folder(folder, NAMES)) == []


@pytest.mark.parametrize("step", ["exists", "open"])
def test_an_odd_error_of_one_place_leaves_the_others_their_turn(
    kept: Clone, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, step: str
) -> None:
    folder, place = exported(kept, "parquet", "z"), f"memory://odd/{tmp_path.name}"
    kept.run("archive", "export", "--format", "jsonl", "--to", place)

    class NoCredentialsError(Exception):
        """As of botocore: no OSError."""

    def odd(*_given: Any, **_more: Any) -> None:
        raise NoCredentialsError

    with monkeypatch.context() as patch:
        patch.setattr(MemoryFileSystem, step, odd)
        assert f"{place} could not be made again" in forgotten(kept, code=3)
    assert list(find_names.in_folder(folder, NAMES)) == []
    assert f"Made again: {place}" in kept.run("archive").err


def test_what_the_forum_deleted_leaves_the_exports_as_well(kept: Clone, box: Sandbox) -> None:
    folder = exported(kept, "site", "export")
    box.delete(2)
    kept.run("archive")
    with writing(str(folder)):
        done = kept.run("archive", "purge", "--days", "0", "--yes", "--format", "json", code=3)
    assert json.loads(done.out)["stale"] == [str(folder)]
    kept.run("archive", "purge", "--days", "0", "--yes")
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


def test_an_export_elsewhere_that_was_removed_is_not_published_again(kept: Clone, tmp_path: Path) -> None:
    place = f"memory://again/{tmp_path.name}"
    kept.run("archive", "export", "--format", "jsonl", "--to", place)
    there = fsspec.filesystem("memory")
    there.rm(f"/again/{tmp_path.name}", recursive=True)
    forgotten(kept)
    assert not there.exists(f"/again/{tmp_path.name}")


def test_an_address_of_this_machine_is_a_folder(kept: Clone) -> None:
    kept.run("archive", "export", "--format", "jsonl", "--to", "file://export")
    (kept.folder / "sub").mkdir()
    forgotten(Clone(kept.folder / "sub", kept.box))
    assert list(find_names.in_folder(kept.folder / "export", NAMES)) == []
    assert list((kept.folder / "sub").iterdir()) == []


SECRETIVE = [
    "s3://key:secret@bucket/x",
    "https://files.example/x?token=1",
    "simplecache::ftp://u:p@h/x",
    "https://h/x#t",
]


@pytest.mark.parametrize("to", SECRETIVE)
def test_no_secret_of_an_address_is_noted(to: str) -> None:
    assert begin(MadeExport(to, "https://forum.example", 1, (1, 1), "md", "en")) is None
    assert made_of(1, "https://forum.example") == []


@pytest.mark.parametrize("to", ["memory://key:secret@again", "memory://again/x?token=secret", "nowhere://secret@x/y"])
def test_no_secret_of_an_address_is_said(kept: Clone, to: str) -> None:
    with fsspec.open(f"{to.partition('?')[0].replace('nowhere', 'memory')}/theirs", "wb") as theirs:
        theirs.write(b"Hier.")
    said = kept.run("archive", "export", "--format", "md", "--to", to, code=None).text
    assert said
    assert "secret" not in said


def test_a_name_that_is_no_text_is_noted_too(kept: Clone) -> None:
    folder = kept.folder / "caf\udce9"
    kept.run("archive", "export", "--format", "parquet", "--to", str(folder))
    forgotten(kept)
    assert list(find_names.in_folder(folder, NAMES)) == []


def test_what_cannot_be_noted_is_said(kept: Clone, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    said = kept.run("archive", "export", "--format", "md", "--to", "export").err
    assert "will not reach it" in said


def test_nothing_is_erased_that_would_stay_in_an_export_unnoted(kept: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = exported(kept, "md", "export")

    def full(_made: MadeExport) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(history, "write", full)
        assert "No space left" in forgotten(kept, code=2)
    forgotten(kept)
    assert list(find_names.in_folder(folder, NAMES)) == []


@pytest.mark.parametrize("spoilt", ["", "[]", "{}", '{"to": 1}', "\x00"])
def test_a_broken_note_is_none(kept: Clone, spoilt: str) -> None:
    exported(kept, "md", "export")
    (path,) = history.folder().glob("*.json")
    path.write_text(spoilt, encoding="utf-8")
    assert read(path) is None
    forgotten(kept)


def test_an_export_that_somebody_removed_is_forgotten(kept: Clone) -> None:
    shutil.rmtree(exported(kept, "md", "export"))
    assert "Made again" not in forgotten(kept)
    assert list(history.folder().glob("*.json")) == []


def test_b6_a_note_of_another_version_is_kept_and_one_of_a_newer_koweb_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before: one key that this koweb does not know, and nobody made that export again after an erasure."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    mine = MadeExport(str(tmp_path / "out"), "https://kafe.example.org", 7, (1, 2), "site", "fr")
    assert begin(mine) == 0
    (path,) = history.folder().glob("*.json")
    first = json.loads(path.read_text(encoding="ascii"))
    assert first["version"] == 1
    del first["version"]  # as 0.1.0 wrote it
    path.write_text(json.dumps({**first, "later": [1]}), encoding="ascii")
    assert made_of(7, mine.forum) == [mine]
    history.spoil([mine])
    again = json.loads(path.read_text(encoding="ascii"))
    assert (again["spoiled"], again["later"], again["version"]) == (1, [1], 1)
    path.write_text(json.dumps({**first, "version": 2, "wanted": {"later": 1}}), encoding="ascii")
    with pytest.raises(KowebError, match="newer") as raised:
        made_of(7, mine.forum)
    assert raised.value.where == str(path)
