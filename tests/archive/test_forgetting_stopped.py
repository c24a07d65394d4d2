"""An erasure that somebody stops: it says what is left, and the same command again goes on to the end."""

import errno
import json
import os
import shutil
from pathlib import Path

import pytest

from koweb_sync.archive.closing import kit as kits
from koweb_sync.archive.exports import export as exporting
from koweb_sync.archive.privacy import find_names, forget_everywhere
from koweb_sync.archive.privacy import purge as purging
from koweb_sync.archive.privacy.find_names import Sought
from koweb_sync.cli.archive.forgetting_bar import ForgettingBar
from koweb_sync.sandbox import Sandbox
from tests.archive import bags
from tests.workspace import Clone

pytestmark = pytest.mark.server("below")

RAW = "Bonjour @claire, merci à Claire Moreau, une hippopotame qui sait tout des cartes."
NAMES = Sought(["claire", "Claire Moreau"])
FORGET = ("archive", "forget", "claire", "--yes")


@pytest.fixture
def kept(here: Clone, box: Sandbox) -> Clone:
    """A repository with an archive of a forum in which Amina talks to Claire, and an export of it."""
    box.reply(2, RAW, username="amina")
    here.run("archive")
    here.run("archive", "export", "--format", "md", "--to", "texts")
    return here


def stopped(kept: Clone, monkeypatch: pytest.MonkeyPatch, where: object, name: str, *words: str) -> str:
    """Run a command in which somebody presses Ctrl-C as a function is called: what it says."""

    def pressed(*_given: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(where, name, pressed)
        return kept.run(*(words or FORGET), code=1).err


def named_in(folder: Path) -> list[str]:
    """Where a folder names Claire."""
    return [one.where for one in find_names.in_folder(folder, NAMES)]


def test_a_stop_says_what_is_left_and_the_same_command_goes_on(kept: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = kept.folder / "texts"
    said = stopped(kept, monkeypatch, exporting, "export")
    assert "Aborted" not in said
    assert "Stopped" in said
    assert str(texts) in said
    assert "same command" in said
    assert named_in(texts)
    to_copy = ("export", "--format", "jsonl", "--to", "lines")
    told_of = (("archive", "stats"), ("archive", "list"), ("archive", "show", "2"), ("archive", *to_copy))
    for words in (*told_of, ("archive", "verify", "--offline"), ("archive", "subject", "amina"), ("report",)):
        told = kept.run(*words).err
        assert "not finished" in told, words
        assert str(texts) in told
    again = kept.run(*FORGET, "--prove")
    assert "was erased from this archive already" in again.err
    assert "1 account" not in again.out, "it went the first time"
    assert named_in(texts) == []
    assert "not finished" not in kept.run("archive", "stats").err


def test_a_stop_before_anything_was_erased_says_so(kept: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    said = stopped(kept, monkeypatch, forget_everywhere, "carry_out")
    assert "Nothing was erased" in said
    assert "claire" in kept.run("archive", "subject", "claire").out
    kept.run(*FORGET)
    assert named_in(kept.folder / "texts") == []


def test_a_stop_while_looking_for_what_is_left_says_that_all_is_done(
    kept: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = stopped(kept, monkeypatch, forget_everywhere, "search", *FORGET, "--prove")
    assert "is erased" in said
    assert str(kept.folder / "texts") not in said.partition("Stopped")[2]


def test_a_kit_that_was_left_open_is_sealed_by_the_same_command(kept: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    contact = "Amina, amina@example.org"
    kept.run("archive", "close", "--to", "kit", "--contact", contact, "--yes", "--offline")
    kit = kept.folder / "kit"
    shutil.rmtree(kept.folder / "texts")
    assert str(kit) in stopped(kept, monkeypatch, exporting, "export").partition("Stopped")[2]
    held = kits.read(kit)
    assert held is not None
    assert not held.sealed
    kept.run(*FORGET)
    assert named_in(kit) == []
    assert bags.flaws(kit) == []


def test_emptying_that_is_stopped_says_what_is_left_too(
    kept: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = box.new_topic("Un sujet qui ne restera pas", "Un hippocampe de passage.", category=2)
    kept.run("archive")
    box.delete(topic.id)
    kept.run("archive")
    purge, texts = ("archive", "purge", "--days", "0", "--yes"), str(kept.folder / "texts")
    assert "Nothing was emptied" in stopped(kept, monkeypatch, purging, "purge", *purge)
    assert texts in stopped(kept, monkeypatch, exporting, "export", *purge).partition("Stopped")[2]
    told = kept.run("archive", "stats").err
    assert texts in told
    assert "Type “koweb archive purge” again" in told
    kept.run(*FORGET)
    assert "not finished" not in kept.run("archive", "stats").err


@pytest.mark.parametrize("typed", ["claire", "@Claire", "Claire Moreau"])
def test_an_erased_name_is_known_again_and_nobody_else_is_offered(kept: Clone, typed: str) -> None:
    kept.run(*FORGET)
    said = kept.run("archive", "forget", typed, "--dry-run").err
    assert "was erased from this archive already: #3" in said
    assert "Names to be forgotten: \n" not in said
    unknown = kept.run("archive", "forget", "amin", "--yes", code=2).err
    assert "amina" not in unknown
    assert "koweb archive list --author amin" in unknown, "which tells who is called like that, and erases nobody"


def test_what_is_held_about_an_erased_name_is_about_that_person_and_nobody_like_them(kept: Clone) -> None:
    kept.run(*FORGET)
    said = kept.run("archive", "subject", "claire", "--format", "json")
    assert "was erased from this archive already: #3" in said.err
    assert json.loads(said.out)["person"]["id"] == 3


def test_a_rehearsal_tells_what_goes_from_what_is_rewritten(kept: Clone) -> None:
    said = kept.run("archive", "forget", "claire", "--dry-run").out
    goes, rewritten = said.split("What is rewritten without the name:")
    assert "text that said a name" not in goes
    assert "that said a name" in rewritten.partition("What stays:")[0]


def test_texts_that_are_gone_are_not_said_to_go_or_to_stay(kept: Clone) -> None:
    first = kept.run(*FORGET, "--text", "remove").out
    assert "1 text of a post" in first
    for more in ((), ("--text", "remove")):
        said = kept.run("archive", "forget", "claire", "--dry-run", *more).out
        goes, stays = said.split("What stays:")
        assert goes == "What goes:\n  nothing\n"
        assert "empty post" in stays and "with its text" not in stays


# ---- what lies beside


@pytest.mark.parametrize("where", ["texts", ""])
def test_a_folder_that_may_not_be_listed_is_named_and_all_else_is_said(
    kept: Clone, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    folder, listed = kept.folder / where, os.scandir

    def refusing(path: object = ".") -> object:
        if str(path) == str(folder):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return listed(path)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "scandir", refusing)
    done = kept.run(*FORGET, "--prove", code=3)
    assert "1 account" in done.out
    assert f"was not searched:\n  {folder}\n" in done.err
    assert "Out of koweb's reach" in done.err
    assert "nothing is left" not in done.err


def test_a_copy_that_lies_beside_the_archive_is_named_and_stays_as_it_is(kept: Clone) -> None:
    beside = kept.folder / "sauvegarde.sqlite"
    shutil.copy(kept.folder / "koweb-archive.sqlite", beside)
    (kept.folder / "other.sqlite").write_bytes(b"SQLite format 3\0 and nothing else")
    held = beside.read_bytes()
    said = kept.run(*FORGET, "--prove", code=3).err
    assert f'koweb archive forget "#3" --store {beside}' in said
    assert "Nor do they stand" not in said
    assert beside.read_bytes() == held
    assert not beside.with_name(f"{beside.name}-wal").exists()
    kept.run("archive", "forget", "#3", "--store", str(beside), "--yes")
    again = kept.run(*FORGET, "--prove").err
    assert "nothing is left" in again
    assert "Nor do they stand" in again


def test_a_page_about_somebody_or_one_that_names_them_is_said_until_it_is_gone(kept: Clone) -> None:
    page, naming = kept.folder / "page.html", kept.folder / "naming.html"
    kept.run("archive", "subject", "claire", "--output", "page.html")
    kept.run("archive", "subject", "amina", "--output", "naming.html")
    kept.run("archive", "subject", "bilal", "--output", "other.html")
    said = kept.run(*FORGET, code=3).err
    assert str(page) in said and str(naming) in said
    assert "other.html" not in said
    page.unlink()
    said = kept.run(*FORGET, "--prove", code=3).err
    assert "page.html" not in said and str(naming) in said
    naming.unlink()
    assert ".html" not in kept.run(*FORGET, "--prove").err
    kept.run("archive", "subject", "#3", "--output", "page.html")
    assert "page.html" not in kept.run(*FORGET).err, "it tells nothing of her"


def test_exports_that_a_copy_cannot_make_again_are_said_once(kept: Clone) -> None:
    kept.run("archive", "export", "--format", "jsonl", "--to", "data")
    shutil.copy(kept.folder / "koweb-archive.sqlite", kept.folder / "copy.sqlite")
    kept.run(*FORGET, code=3)
    said = kept.run("archive", "forget", "amina", "--yes", "--store", "copy.sqlite", code=3).err
    assert said.count("Forget this person here, too") == 1
    assert "still holds what was erased" not in said
    assert str(kept.folder / "data") in said


def test_whoever_waits_is_told_how_far_it_is(kept: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, list[tuple[int, int]]] = {}

    def tell(_bar: ForgettingBar, stage: str, done: int, total: int | None) -> None:
        told.setdefault(stage, []).append((done, 1 if total is None else total))

    monkeypatch.setattr(ForgettingBar, "__call__", tell)
    kept.run(*FORGET, "--prove")
    assert set(told) == {"rewriting", "writing anew", "searching", "searching file", "searching exports"}
    for steps in told.values():
        assert all(done <= total for done, total in steps)
        assert steps[-1][0] == steps[-1][1], "and is over"
