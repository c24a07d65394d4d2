"""A forum that closes: the kit is whole, and stays so when somebody is erased."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from koweb_sync.archive.closing.kit import ARCHIVE, SITE
from koweb_sync.archive.exports import history
from koweb_sync.archive.exports.folder import earlier, sha
from koweb_sync.archive.exports.old_addresses import ABOUT
from koweb_sync.archive.privacy import find_names
from koweb_sync.archive.privacy.find_names import Sought
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store, put
from koweb_sync.cli.archive.reachable import reachable
from koweb_sync.cli.root import koweb
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


@pytest.mark.parametrize(
    "contact",
    ["Amina", "@amina", "l’équipe du Kafé", "Amina (2026)", "amina@kafe", "https://kafe", "12, 3", "Dakar, Sénégal"],
)
def test_whoever_is_to_be_asked_has_to_be_within_reach(kept: Clone, contact: str) -> None:
    done = kept.run("archive", "close", "--to", "kit", "--contact", contact, "--yes", "--offline", code=2)
    assert f"Nobody can write to “{contact}”" in done.err
    assert not (kept.folder / "kit").exists()


@pytest.mark.parametrize(
    "contact",
    [
        *("amina@kafe.example.org", "Amina <amina@kafé.fr>", "l’équipe : https://kafe.example.org/nous"),
        *("Amina, 06 12 34 56 78", "Le Kafé, 12 rue des Lilas, 1000 Bruxelles", "Mairie, 29200 Brest"),
        *("BP 1234, Dakar, Sénégal", "3 rue des Lilas, Dakar"),
    ],
)
def test_mail_a_page_a_telephone_and_a_postal_address_are_within_reach(contact: str) -> None:
    assert reachable(contact) == contact


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


def test_the_site_says_at_the_forums_own_address_what_is_promised(kept: Clone) -> None:
    for until in ("fin 2036", "fin 2040"):  # the second time the kit is only brought up to date
        site = closed(kept, "--keep-until", until) / "data" / "site"
        page = (site / "about" / "index.html").read_text(encoding="utf-8")
        assert CONTACT in page
        assert until in page
        assert [one for one, digest in earlier(site).items() if sha(site / one) != digest] == []
        assert 'href="../about/index.html"' in (site / "topic" / "2.html").read_text(encoding="utf-8")
    assert bags.flaws(site.parents[1]) == []


def test_the_plan_changes_nothing(kept: Clone) -> None:
    before = sorted(kept.folder.rglob("*"))
    said = kept.run("archive", "close", "--to", "kit", "--dry-run").err
    assert "kit/data/site" in said
    assert sorted(one for one in kept.folder.rglob("*") if not one.name.startswith("koweb-archive")) == [
        one for one in before if not one.name.startswith("koweb-archive")
    ]


def test_how_many_addresses_of_before_the_forum_lead_nowhere_is_said(kept: Clone) -> None:
    with Store.open(str(kept.folder / "koweb-archive.sqlite")) as store, store.begin() as connection:
        old = {"forum": 1, "topic": 1, "post": None, "category": None, "tag": "", "target": ""}
        urls = ("viewtopic.php?t=1", 'a"b', "viewtopic.php?t={1}")
        put(connection, schema.PERMALINKS, [old | {"id": n, "url": url} for n, url in enumerate(urls)])
    said = kept.run("archive", "close", "--to", "kit", "--contact", CONTACT, "--yes", "--offline").err
    assert "2 addresses of before the forum lead nowhere" in said


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


def test_what_an_erasure_leaves_is_what_a_kit_made_anew_holds_and_the_rest_is_not_written_again(
    kept: Clone, tmp_path: Path
) -> None:
    kit = closed(kept, "--offline")
    # Which pages stay is known by what is noted where the kit is now, and not where it was made.
    assert " topic/2.html\n" in history.origins(str(kit / SITE)).read_text(encoding="utf-8")
    before = {one: one.stat().st_ino for one in (kit / "data").rglob("*") if one.is_file()}
    said = {one: one.read_bytes() for one in before}
    kept.run(*FORGET)
    after = held(kit)
    apart = ("SHA256SUMS", "koweb-export.json", ".sqlite", ".lock", "log.jsonl", "ro-crate-metadata.json")
    # The page about the kit is the site's first, then the kit's own, which says whom to ask.
    about = kit / SITE / ABOUT
    written = [one for one, node in before.items() if one.exists() and one.stat().st_ino != node and one != about]
    assert [one for one in written if one.read_bytes() == said[one] and not one.name.endswith(apart)] == []
    assert len(written) < len(before)
    kit.rename(tmp_path / "renewed")
    assert held(closed(kept, "--offline")) == after


def test_a_kit_elsewhere_is_all_that_is_needed_to_erase_somebody(
    kept: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit = closed(kept).rename(tmp_path / "elsewhere")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "other-machine"))
    monkeypatch.chdir(kit)
    words = ["archive", "forget", "claire", "--names", "Claire", "--yes", "--prove", "--store", ARCHIVE]
    done = CliRunner().invoke(koweb, words)  # in the kit's folder, as README says
    assert done.exit_code == 0, done.output
    assert bags.flaws(kit) == []
    assert named_in(kit) == []


@pytest.mark.parametrize("part", ["", "data/jsonl"])
def test_a_kit_from_elsewhere_without_an_archive_is_rewritten_where_it_lies_and_stays_whole(
    kept: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    kit = closed(kept, "--no-archive").rename(tmp_path / "elsewhere")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "other-machine"))
    kept.run("archive", "forget", "claire", "--names", "Claire", "--yes", "--exports", str(kit / part), code=3)
    assert bags.flaws(kit) == []
    texts = [one.read_text(encoding="utf-8").lower() for one in (kit / "data").rglob("*") if one.is_file()]
    slug = "un-sujet-que-claire-ouvre"  # in names of files, as is said
    assert not [one for one in texts if "claire" in one.replace(slug, "")]
    assert "was erased from this archive already" in kept.run("archive", "forget", "claire", "--yes", code=None).err


def test_a_kit_from_elsewhere_with_an_archive_is_not_rewritten_half(
    kept: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit = closed(kept).rename(tmp_path / "elsewhere")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "other-machine"))
    said = kept.run("archive", "forget", "claire", "--yes", "--exports", str(kit), code=None)
    assert f"--store {kit / ARCHIVE}" in said.err
    assert bags.flaws(kit) == []
    assert kept.run("archive", "search", "hippopotame").out.count("claire")  # nothing was erased halfway


def test_a_kit_is_brought_up_to_date_in_its_place(kept: Clone, box: Sandbox) -> None:
    kit = closed(kept)
    box.reply(2, "Une dernière réponse, tout à la fin.", username="amina")
    assert closed(kept) == kit
    assert "Une dernière réponse" in (kit / "data" / "site" / "topic" / "2.html").read_text(encoding="utf-8")
    assert bags.flaws(kit) == []


def test_with_pseudonyms_no_page_names_anybody_and_a_forum_that_is_gone_is_not_asked(kept: Clone, box: Sandbox) -> None:
    box.forget()
    kit = closed(kept, "--pseudonyms", "--no-archive", "--offline")
    assert not box.log
    assert bags.flaws(kit) == []
    texts = "".join(
        one.read_text(encoding="utf-8") for one in kit.rglob("*") if one.suffix in (".html", ".jsonl", ".md")
    )
    assert "Claire Moreau" not in texts
    assert "@claire" not in texts
    assert [one.name for one in (kit / "data" / "site" / "u").iterdir()] == ["index.html"]
    assert not (kit / "data" / "private").exists()


def test_a_kit_shows_no_more_of_people_later_unless_somebody_says_so(kept: Clone) -> None:
    kit = closed(kept, "--pseudonyms", "--no-archive")
    assert closed(kept, "--offline", "--keep-until", "fin 2040") == kit
    assert not [one for one in kit.rglob("*") if one.is_file() and b"Claire Moreau" in one.read_bytes()]
    assert not (kit / ARCHIVE).exists()
    closed(kept, "--offline", "--names", "--with-archive")
    assert "Claire Moreau" in (kit / "data" / "jsonl" / "people.jsonl").read_text(encoding="utf-8")
    assert (kit / ARCHIVE).is_file()
    assert bags.flaws(kit) == []


def test_an_archive_that_is_left_out_later_is_taken_out_and_whoever_is_erased_is_nowhere(kept: Clone) -> None:
    kit = closed(kept)
    assert (kit / ARCHIVE).is_file()
    closed(kept, "--offline", "--no-archive", "--pseudonyms")
    assert not (kit / "data" / "private").exists()
    assert "koweb-archive" not in (kit / "manifest-sha256.txt").read_text(encoding="utf-8")
    kept.run("archive", "forget", "claire", "--names", "Claire", "--yes")
    assert named_in(kit) == []
    assert bags.flaws(kit) == []


def test_the_archive_that_is_read_is_not_taken_out_of_the_kit(kept: Clone) -> None:
    kit = closed(kept)
    said = kept.run("archive", "close", "--to", "kit", "--no-archive", "--store", f"kit/{ARCHIVE}", "--yes", code=2)
    assert "--store" in said.err
    assert (kit / ARCHIVE).is_file()
    assert bags.flaws(kit) == []


# ---- killed at any moment

# Every file takes its place by one of these steps: the process is killed before the one or after it.
DYING = """
import os, runpy, signal, sys
nth, after, steps = int(sys.argv.pop(1)), sys.argv.pop(1) == "after", (os.replace, os.rename)
def dying(step):
    def stepped(*given, **more):
        global nth
        nth -= 1
        if nth == 0 and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        step(*given, **more)
        if nth == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return stepped
os.replace, os.rename = map(dying, steps)
runpy.run_module("koweb_sync", run_name="__main__", alter_sys=True)
"""
CLOSE = ("archive", "close", "--to", "kit", "--contact", CONTACT, "--yes", "--offline")
FORGET = ("archive", "forget", "claire", "--names", "Claire", "--yes")
BY_HAND = bool(os.environ.get("KOWEB_STEPS"))  # every moment by hand, some in the gate


def dying(here: Clone, nth: int, moment: str, *words: str) -> int:
    """Run a command that is killed at a step: its exit code, -9 if it was."""
    command = [sys.executable, "-c", DYING, str(nth), moment, *words]
    return subprocess.run(command, cwd=here.folder, capture_output=True, check=False, timeout=120).returncode


def held(kit: Path) -> dict[str, bytes]:
    """What a kit holds besides what tells when it was made."""
    files = {one.relative_to(kit / "data").as_posix(): one for one in (kit / "data").rglob("*") if one.is_file()}
    return {
        name: one.read_bytes() for name, one in files.items() if not name.startswith(("log.", "ro-crate", "private"))
    }


def test_a_kit_that_is_killed_again_and_again_becomes_whole(kept: Clone, tmp_path: Path) -> None:
    whole = held(closed(kept, "--offline").rename(tmp_path / "whole"))
    code, nth, killed = -signal.SIGKILL, 1 if BY_HAND else 60, 0
    while code:
        code = dying(kept, nth, "before" if killed % 2 else "after", *CLOSE)
        assert code in (0, -signal.SIGKILL)
        assert not (kept.folder / "kit").exists() or bags.flaws(kept.folder / "kit") == []
        killed, nth = killed + 1, nth + (1 if BY_HAND else 90)
    assert killed > 1, nth
    assert held(kept.folder / "kit") == whole
    assert bags.flaws(kept.folder / "kit") == []
    assert not (kept.folder / "kit.unfinished").exists()
    kept.run(*FORGET)
    assert named_in(kept.folder / "kit") == []


def test_a_kit_is_whole_after_an_erasure_that_was_killed(kept: Clone, tmp_path: Path) -> None:
    kit = closed(kept, "--offline")
    notes = history.folder()
    for name, place in (("archive", kept.folder), ("notes", notes)):
        shutil.copytree(place, tmp_path / "before" / name)
    for nth in range(1, 2_000) if BY_HAND else range(100, 2_000, 250):
        for name, place in (("archive", kept.folder), ("notes", notes)):
            shutil.rmtree(place)
            shutil.copytree(tmp_path / "before" / name, place)
        code = dying(kept, nth, "before" if nth % 2 else "after", *FORGET)
        kept.run(*FORGET, code=None)  # where it was killed before anything was erased
        kept.run("archive")
        assert named_in(kit) == [], nth
        assert bags.flaws(kit) == [], nth
        if code == 0:
            break
    assert code == 0


def letter_of(kept: Clone) -> Path:
    """The letter of farewell."""
    (letter,) = [one for one in kept.folder.glob("posts/*.md") if "ferme" in one.name or "closes" in one.name]
    return letter


def test_a_letter_that_nobody_changed_says_what_the_kit_is_now(kept: Clone) -> None:
    closed(kept)
    letter = letter_of(kept)
    before = letter.read_text(encoding="utf-8")
    run = kept.run("archive", "close", "--to", "kit", "--pseudonyms", "--keep-until", "fin 2036", "--offline", "--yes")
    after = letter_of(kept).read_text(encoding="utf-8")
    assert "You changed the letter" not in run.err
    assert "sous le nom que vous aviez ici" in before
    assert "sous le nom que vous aviez ici" not in after
    assert "peut encore nommer quelqu’un" in after
    assert "fin 2036" in after
    assert after.partition("\n---\n")[0] == before.partition("\n---\n")[0]
    assert letter_of(kept) == letter


def test_a_letter_that_somebody_changed_stays_and_is_said_to_be_behind(kept: Clone) -> None:
    closed(kept)
    letter = letter_of(kept)
    letter.write_text(letter.read_text(encoding="utf-8") + "\nÀ bientôt, ailleurs !\n", encoding="utf-8")
    mine = letter.read_bytes()
    again = ("archive", "close", "--to", "kit", "--offline", "--yes")
    assert "You changed the letter" not in kept.run(*again).err
    assert "You changed the letter" in kept.run(*again, "--pseudonyms").err
    assert letter.read_bytes() == mine
    letter.unlink()
    assert "You changed the letter" not in kept.run(*again).err
    assert not letter.exists()


def test_without_a_repository_the_letter_lies_in_the_kit_and_its_way_to_the_forum_is_said(
    kept: Clone, tmp_path: Path
) -> None:
    store = str(kept.folder / "koweb-archive.sqlite")
    alone = tmp_path / "alone"
    alone.mkdir()
    there = Clone(alone, kept.box)
    command = ("archive", "close", "--store", store, "--to", "kit", "--offline", "--yes")
    assert "--contact" in there.run(*command[:-1], "--dry-run").err
    said = there.run(*command, "--contact", CONTACT).err
    assert str(alone / "kit" / "letter.md") in said
    assert "koweb push" not in said
    there.run(*command, "--pseudonyms")
    assert "peut encore nommer quelqu’un" in (alone / "kit" / "letter.md").read_text(encoding="utf-8")
    assert bags.flaws(alone / "kit") == []


def test_a_kit_with_pseudonyms_does_not_promise_that_no_text_names_anybody(kept: Clone) -> None:
    page = closed(kept, "--pseudonyms") / SITE / ABOUT
    assert "Claire Moreau" in RAW
    assert "peut encore nommer quelqu’un" in page.read_text(encoding="utf-8")


def test_a_kit_tells_of_closed_content_only_where_its_archive_holds_some(here: Clone, box: Sandbox) -> None:
    here.run("archive", "--public-only")
    papers = ("README.html", "README.txt", f"{SITE}/{ABOUT}")
    kit = closed(here, "--offline")
    texts = [(kit / name).read_text(encoding="utf-8") for name in papers]
    texts.append("\n".join(one.read_text(encoding="utf-8") for one in here.folder.rglob("*.md")))
    assert not [text for text in texts if "seules certaines personnes" in text]
    with Store.open(str(here.folder / "koweb-archive.sqlite")) as store, store.begin() as connection:
        connection.execute(update(schema.TOPICS).where(schema.TOPICS.c.id == 2).values(archetype="private_message"))
    shutil.rmtree(kit)
    kit = closed(here, "--offline", code=None)  # an archive that was changed so is no sound one
    assert all("seules certaines personnes" in (kit / name).read_text(encoding="utf-8") for name in papers)
