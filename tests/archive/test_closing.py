"""A forum that closes: the kit is whole, and stays so when somebody is erased."""

import json
from pathlib import Path

import pytest

from koweb_sync.archive.privacy import find_names
from koweb_sync.archive.privacy.find_names import Sought
from koweb_sync.sandbox import Sandbox
from tests.archive import bags
from tests.workspace import Clone

RAW = "Bonjour @claire, merci à Claire Moreau, une hippopotame qui sait tout des cartes."
NAMES = Sought(["claire", "Claire Moreau"])
CONTACT = "Amina, amina@example.org"


@pytest.fixture
def kept(here: Clone, box: Sandbox) -> Clone:
    """A repository with an archive of a forum in which Amina talks to Claire, who opened a topic herself."""
    box.reply(2, RAW, username="amina")
    box.new_topic("Un sujet que Claire ouvre", RAW, category=3, username="claire")
    here.run("archive")
    return here


def closed(here: Clone, *more: str, code: int | None = 0) -> Path:
    """A kit beside the archive."""
    here.run("archive", "close", "--to", "kit", "--contact", CONTACT, "--yes", *more, code=code)
    return here.folder / "kit"


def named_in(folder: Path) -> list[str]:
    """Where a folder names Claire."""
    return [one.where for one in find_names.in_folder(folder, NAMES)]


def test_a_kit_is_a_whole_bag_with_everything_in_it(kept: Clone, box: Sandbox) -> None:
    kit = closed(kept)
    assert bags.flaws(kit) == []
    names = {one.name for one in kit.iterdir()}
    assert names >= {"README.html", "README.txt", "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "data"}
    assert {one.name for one in (kit / "data").iterdir()} == {
        *("site", "jsonl", "markdown", "private"),
        *("log.jsonl", "ro-crate-metadata.json"),
    }
    assert not kit.with_name("kit.unfinished").exists()
    assert CONTACT in (kit / "README.txt").read_text(encoding="utf-8")
    assert bags.info(kit)["External-Identifier"] == box.url
    crate = json.loads((kit / "data" / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    ids = {one["@id"] for one in crate["@graph"]}
    assert {"./", "site/", "private/koweb-archive.sqlite"} <= ids
    assert kept.run("archive", "show", "2", "--store", "kit/data/private/koweb-archive.sqlite").out
    events = [json.loads(line) for line in (kit / "data" / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {one["eventType"].rpartition("/")[2] for one in events} == {"cap", "fix", "cre", "mes"}
    assert "/kit\n" in kept.read(".gitignore")


def test_the_plan_changes_nothing(kept: Clone) -> None:
    before = sorted(kept.folder.rglob("*"))
    said = kept.run("archive", "close", "--to", "kit", "--dry-run").err
    assert "kit/data/site" in said
    assert sorted(one for one in kept.folder.rglob("*") if not one.name.startswith("koweb-archive")) == [
        one for one in before if not one.name.startswith("koweb-archive")
    ]


def test_the_letter_waits_to_be_read_over(kept: Clone, box: Sandbox) -> None:
    closed(kept, "--keep-until", "fin 2036")
    (letter,) = [one for one in kept.folder.glob("posts/*.md") if "ferme" in one.name or "closes" in one.name]
    text = letter.read_text(encoding="utf-8")
    assert "draft: true" in text
    assert CONTACT in text
    assert "fin 2036" in text
    kept.git("add", "posts")
    kept.commit("Farewell")
    box.forget()
    kept.push()
    assert [one.path for one in box.log if one.path == "/posts.json"] == []
    kept.run("check")


def test_whoever_is_erased_leaves_the_kit_and_it_stays_whole(kept: Clone) -> None:
    kit = closed(kept)
    assert (kit / "data" / "site" / "u" / "claire" / "index.html").is_file()
    assert named_in(kit)
    said = kept.run("archive", "forget", "claire", "--names", "Claire", "--yes", "--prove").err
    assert "Sealed again" in said
    assert bags.flaws(kit) == []
    assert named_in(kit) == []
    assert not (kit / "data" / "site" / "u" / "claire").exists()
    assert b"claire" not in (kit / "data" / "private" / "koweb-archive.sqlite").read_bytes().lower()
    last = json.loads((kit / "data" / "log.jsonl").read_text(encoding="utf-8").splitlines()[-2])
    assert last["eventType"].endswith("/red")


def test_a_kit_elsewhere_is_all_that_is_needed_to_erase_somebody(
    kept: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit = closed(kept).rename(tmp_path / "elsewhere")
    (kept.folder / "koweb-archive.sqlite").unlink()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "other-machine"))
    store = str(kit / "data" / "private" / "koweb-archive.sqlite")
    kept.run("archive", "forget", "claire", "--names", "Claire", "--yes", "--prove", "--store", store)
    assert bags.flaws(kit) == []
    assert named_in(kit) == []


def test_a_kit_is_brought_up_to_date_in_its_place(kept: Clone, box: Sandbox) -> None:
    kit = closed(kept)
    box.reply(2, "Une dernière réponse, tout à la fin.", username="amina")
    assert closed(kept) == kit
    assert "Une dernière réponse" in (kit / "data" / "site" / "topic" / "2.html").read_text(encoding="utf-8")
    assert bags.flaws(kit) == []


def test_with_pseudonyms_no_page_of_the_kit_names_anybody(kept: Clone) -> None:
    kit = closed(kept, "--pseudonyms", "--no-archive")
    texts = "".join(
        one.read_text(encoding="utf-8") for one in kit.rglob("*") if one.suffix in (".html", ".jsonl", ".md")
    )
    assert "Claire Moreau" not in texts
    assert "@claire" not in texts
    assert [one.name for one in (kit / "data" / "site" / "u").iterdir()] == ["index.html"]
    assert not (kit / "data" / "private").exists()


def test_a_forum_that_is_gone_is_not_asked(kept: Clone, box: Sandbox) -> None:
    box.forget()
    kit = closed(kept, "--offline")
    assert not box.log
    assert bags.flaws(kit) == []
