"""Who was forgotten in one copy of an archive does not come back out of another one."""

import json
import shutil
from html import unescape
from pathlib import Path

import pytest

from koweb_sync.archive.closing.kit import ARCHIVE
from koweb_sync.archive.names import secret
from koweb_sync.archive.privacy import find_names
from koweb_sync.archive.privacy.find_names import Sought
from koweb_sync.sandbox import Sandbox
from koweb_sync.trusted import data_folder
from tests.archive import bags
from tests.archive.backups.writing import as_directory, dump_of
from tests.desk.open_desk import desk
from tests.workspace import Clone

RAW = "Bonjour @claire, merci à Claire Moreau. Claire, une hippopotame qui sait tout des cartes."
NAMES = Sought(["claire", "Claire Moreau"])
CONTACT = "Amina, amina@example.org"
KIT = f"kit/{ARCHIVE}"
MINE = "koweb-archive.sqlite"
FORGET = ("archive", "forget", "claire", "--names", "Claire", "--yes")


@pytest.fixture
def kept(here: Clone, box: Sandbox) -> Clone:
    """A repository with an archive of a forum in which Amina talks to Claire, who answers."""
    box.reply(2, RAW, username="amina")
    box.reply(2, "Je vous réponds volontiers, toute la journée.", username="claire")
    here.run("archive")
    return here


def closed(here: Clone, *more: str, code: int = 0) -> str:
    """Make a kit beside the archive, or bring it up to date: what is said."""
    words = ("archive", "close", "--to", "kit", "--contact", CONTACT, "--yes", "--offline")
    return here.run(*words, *more, code=code).err


def named_in(folder: Path) -> list[str]:
    """Where a folder names Claire."""
    return [one.where for one in find_names.in_folder(folder, NAMES)]


def who(here: Clone, store: str) -> str:
    """What an archive tells of the person whose number is Claire's."""
    told = here.run("archive", "subject", "#3", "--store", store, "--format", "json").out
    return str(json.loads(told)["person"]["username"])


def test_a155_who_was_forgotten_in_a_kit_does_not_come_back_when_it_is_closed_again(kept: Clone) -> None:
    closed(kept)
    said = kept.run(*FORGET, "--store", KIT, code=3).err
    assert f'koweb archive forget "#3" --store {kept.folder / MINE}' in said, "the other copy still names her"
    plan = kept.run("archive", "close", "--to", "kit", "--dry-run").err
    assert "claire" in plan
    assert who(kept, MINE) == "claire", "a plan changes nothing"
    assert "claire" in closed(kept)
    kit = kept.folder / "kit"
    assert named_in(kit) == []
    assert bags.flaws(kit) == []
    for store in (MINE, KIT):
        assert who(kept, store) == "personne-partie-3"
        assert b"claire" not in (kept.folder / store).read_bytes().lower(), "the name given with --names, too"
    assert "volontiers" in kept.run("archive", "search", "volontiers").out, "what she wrote stays, as in the kit"
    assert "claire" not in closed(kept), "nothing is left to be done"


def test_a_kit_that_waits_for_another_copy_is_said_to_be_unsealed_until_that_is_done(kept: Clone) -> None:
    kit = kept.folder / "kit"
    until = f"Until then, the sums of the kit {kit} do not hold."
    closed(kept)
    assert until not in kept.run(*FORGET, "--store", KIT, code=3).err
    assert bags.flaws(kit) == [], "the kit's own archive needs no other"
    said = kept.run("archive", "forget", "amina", "--yes", code=3).err
    command = f'koweb archive forget "#3" --store {kept.folder / MINE}'
    assert said.index(command) < said.index(until)
    assert bags.flaws(kit) != []
    assert until not in kept.run("archive", "forget", "#3", "--names", "Claire", "--yes").err
    assert bags.flaws(kit) == []


def test_what_was_removed_or_spared_in_the_kit_is_so_in_the_archive_it_came_from(kept: Clone) -> None:
    closed(kept)
    kept.run(*FORGET[:3], "--text", "remove", "--spare", "Claire Moreau", "--yes", "--store", KIT, code=3)
    closed(kept)
    assert "volontiers" not in kept.run("archive", "search", "volontiers").out
    assert "merci à Claire Moreau" in kept.run("archive", "show", "2").out


def test_a_kit_forgets_nobody_who_was_forgotten_in_its_archive_already(kept: Clone) -> None:
    closed(kept)
    said = kept.run(*FORGET).err  # the kit is made again
    assert "--store" not in said
    assert "claire" not in closed(kept)


def test_without_the_secret_nothing_is_closed_and_the_command_is_said(
    kept: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed(kept)
    kept.run(*FORGET, "--store", KIT, code=3)
    kit = kept.folder / "kit"
    secret.place().unlink()
    said = closed(kept, code=2)
    command = f'koweb archive forget "#3" --store {kept.folder / MINE}'
    assert command in said
    assert named_in(kit) == []
    assert bags.flaws(kit) == [], "nothing was written"
    kept.run("archive", "forget", "#3", "--store", MINE, "--names", "Claire", "--yes")
    closed(kept)
    assert named_in(kit) == []


def test_no_export_nor_restoration_of_another_copy_brings_them_back(kept: Clone) -> None:
    shutil.copy(kept.folder / MINE, kept.folder / "copy.sqlite")
    kept.run("archive", "export", "--format", "md", "--to", "texts", "--store", "copy.sqlite")
    kept.run(*FORGET, "--store", "copy.sqlite", code=3)
    assert named_in(kept.folder / "texts") == []
    command = f'koweb archive forget "#3" --store {kept.folder / MINE}'
    for to in ("texts", "elsewhere"):
        said = kept.run("archive", "export", "--format", "md", "--to", to, "--store", MINE, code=2).err
        assert command in said
        assert not (kept.folder / "elsewhere").exists()
    assert named_in(kept.folder / "texts") == []
    assert command in closed(kept, code=2)
    assert command in kept.run("archive", "restore", "--into", "Salon", "--yes", code=2).err
    assert command in kept.run("archive").err, "a run says so"
    kept.run("archive", "forget", "#3", "--names", "Claire", "--yes")
    kept.run("archive", "export", "--format", "md", "--to", "texts", "--store", MINE)
    assert command not in kept.run("archive").err


def test_what_is_read_out_of_another_copy_to_be_published_says_that_it_still_holds_them(kept: Clone) -> None:
    told = "1 person was forgotten in another copy of this archive, and is still in this one."
    ways: tuple[tuple[str, ...], ...] = (
        ("report", "--output", "rapport.html"),
        ("report", "--into", "posts/rapports"),
        ("report", "--watch-list"),
        ("letter", "--until", "now", "--output", "lettre.md"),
        ("feed", "waiting", "--into", "flux"),
        ("feed", "letter", "--into", "flux"),
    )
    shutil.copy(kept.folder / MINE, kept.folder / "copy.sqlite")
    for words in ways[2:]:
        assert told not in kept.run(*words, code=None).err
    kept.run(*FORGET, "--store", "copy.sqlite", code=3)
    command = f'koweb archive forget "#3" --store {kept.folder / MINE}'
    for words in ways:
        said = kept.run(*words, code=None)
        assert said.code != 2, words
        assert said.err.count(told) == 1, words
        assert command in said.err
    with desk(kept.folder) as it:
        page = it.get("/report/").text
        assert told.replace("archive", "memory") in page
        assert command in unescape(page)
    kept.run("archive", "forget", "#3", "--names", "Claire", "--yes")
    assert told not in kept.run(*ways[2], code=None).err
    with desk(kept.folder) as it:
        assert "in another copy" not in it.get("/report/").text


def test_where_what_is_known_of_copies_is_damaged_nothing_is_written_out_and_it_is_said(kept: Clone) -> None:
    file = data_folder() / "archive-copies.json"
    assert file.is_file(), "a run notes where its archive lies"
    file.write_text('{"version": 1, "archives": []}', encoding="utf-8")
    said = kept.run("archive", "export", "--format", "md", "--to", "texts", code=None)
    assert said.code != 0
    assert str(file) in said.err
    assert "Move this file away" in said.err
    assert not (kept.folder / "texts").exists()
    file.unlink()
    kept.run("archive", "export", "--format", "md", "--to", "texts")


def test_an_older_copy_of_the_archive_put_in_its_place_is_known_for_one(kept: Clone) -> None:
    before = (kept.folder / MINE).read_bytes()
    kept.run(*FORGET, "--text", "remove")
    (kept.folder / MINE).write_bytes(before)
    command = f'koweb archive forget "#3" --text remove --store {kept.folder / MINE}'
    assert command in kept.run("archive").err
    assert command in kept.run("archive", "export", "--format", "site", "--to", "site", code=2).err


def test_an_older_backup_of_the_forum_brings_nobody_back(kept: Clone, box: Sandbox, tmp_path: Path) -> None:
    backup = as_directory(tmp_path, dump_of(box))
    kept.run(*FORGET)
    kept.run("archive", "--from-backup", str(backup))
    assert b"claire" not in (kept.folder / MINE).read_bytes().lower()
