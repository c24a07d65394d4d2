"""Feeds: valid Atom, an address that nobody guesses, and nothing that changes by itself."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store.store import Store
from koweb_sync.letter import feeds
from koweb_sync.report.engine.window import ReportSettings
from koweb_sync.sandbox import Sandbox
from koweb_sync.trusted import data_folder
from tests.archive.atom import ATOM, checked
from tests.letter.talking import SHUT, STAFF, TalkingForum, conversation, ready
from tests.letter.test_command import kept
from tests.report.forums import DAY
from tests.workspace import Clone, new_workspace

SINCE = ("--since", "2026-10-01")


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    """A forum, for its address."""
    with Sandbox.start(flavour="2025") as running:
        yield running


@pytest.fixture
def here(box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """A repository, in which somebody waits."""
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
    forum = TalkingForum()
    conversation(forum)
    forum.asked("quiet", 3 * DAY)
    forum.rows["topics"][-1]["title"] = "Un titre <b>&\x1b avec \ufffe tout cela"
    forum.run(30 * DAY + 1)
    return kept(new_workspace(tmp_path / "work", box), forum)


def entries(text: bytes) -> list[ET.Element]:
    """The entries of a feed that follows the rules."""
    return checked(text).findall(f"{ATOM}entry")


def test_who_waits_is_a_feed_whose_name_stays_the_same_until_somebody_wants_another(
    here: Clone, tmp_path: Path
) -> None:
    web = tmp_path / "web"
    first = here.run("feed", "waiting", "--into", str(web), *SINCE).out.strip()
    before = Path(first).read_bytes()
    assert "Quiet Zimmerli (@quiet)" in before.decode()
    ids = {one.findtext(f"{ATOM}id", "").partition("#")[2]: one.findtext(f"{ATOM}title") for one in entries(before)}
    assert ids.keys() == {"waiting", "unheard"}  # topics, and people
    assert ids["waiting"] == "Un titre <b>& avec tout cela"
    for one in entries(before):  # it is new when somebody has waited too long, and not when they wrote
        wrote, noticed = (
            datetime.fromisoformat(one.findtext(f"{ATOM}{name}", "")) for name in ("published", "updated")
        )
        assert noticed - wrote == timedelta(microseconds=ReportSettings().horizon)
    assert here.run("feed", "waiting", "--into", str(web), *SINCE).out.strip() == first
    assert Path(first).read_bytes() == before
    assert len(Path(first).stem.removeprefix("waiting-")) == 40
    assert (data_folder() / "feeds.json").stat().st_mode & 0o077 == 0
    other = ("--new-address", "--address", "https://lists.example/w/")
    there = here.run("feed", "waiting", "--into", str(web), *other).out
    assert there.startswith("https://lists.example/w/waiting-")
    (file,) = web.iterdir()
    assert str(file) != first
    assert f'<link rel="self" type="application/atom+xml" href="{there.strip()}"/>' in file.read_text()


def test_the_secret_of_a_feed_is_not_in_git(here: Clone) -> None:
    name = Path(here.run("feed", "waiting", "--into", "web", *SINCE).out.strip()).name
    assert here.git("check-ignore", f"web/{name}")
    assert name not in (here.folder / ".gitignore").read_text()
    here.git("add", "--all")
    assert name not in here.git("ls-files")
    assert here.run("feed", "waiting", "--into", "web", "--address", "ftp://x", code=2).err


def test_letters_are_in_the_feed_once_they_are_on_the_forum_and_in_the_archive(
    box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
    here = new_workspace(tmp_path / "work", box)
    here.run("archive", "--no-images")
    picture = "![une image](https://img.example/a.png)"
    here.post("lettre", f"Une phrase de la lettre, avec {picture}.", letter="2026-10-01/2026-10-07")
    here.post("autre")
    here.commit()
    here.push()
    assert "archive" in here.run("feed", "letter", "--into", "web").err
    here.run("archive", "--no-images")
    file = here.folder / here.run("feed", "letter", "--into", "web").out.strip()
    (one,) = entries(file.read_bytes())
    content = one.findtext(f"{ATOM}content") or ""
    assert "Une phrase de la lettre" in content
    assert "<img" not in content
    assert file.name == "letters.atom"


@pytest.mark.parametrize(
    ("topic", "post"),
    [
        ({}, {}),
        ({"visible": 0}, {}),
        ({"deleted": 40, "shown": 0}, {}),
        ({"category": SHUT}, {}),
        ({"category": STAFF}, {}),
        ({"archetype": "private_message"}, {}),
        ({}, {"hidden": 1}),
        ({}, {"user_deleted": 1}),
        ({}, {"deleted": 40, "shown": 0}),
    ],
    ids=str,
)
def test_a_letter_that_not_everybody_finds_on_the_forum_is_in_no_feed(
    tmp_path: Path, topic: dict[str, int], post: dict[str, int]
) -> None:
    forum = TalkingForum()
    number = conversation(forum)
    forum.rows["topics"][-1] |= topic
    next(row for row in forum.rows["posts"] if row["id"] == forum.first(number)).update(post)
    ready(forum)
    with Store.open(str(tmp_path / "archive.sqlite")) as store:
        kept_as = forum.save(store)
        with store.read() as connection:
            made = feeds.letters(Reader(connection, kept_as), [number], "")
    assert len(made.entries) == (not topic and not post)
