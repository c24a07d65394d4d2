"""`koweb letter`, as a facilitator runs it."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from tests.browsing import WIDER, needs_chromium
from tests.letter.talking import TalkingForum, conversation
from tests.report.forums import DAY, Forum
from tests.report.living import FIRST_NAMES, USERNAMES, month
from tests.report.test_page import JUDGE
from tests.workspace import Clone, new_workspace

WEEK = ("--since", "2026-10-01", "--until", "2026-10-07")
NEXT = "lettre-2026-10-08-2026-10-30.md"


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    """A forum, for its address."""
    with Sandbox.start(flavour="2025") as running:
        yield running


@pytest.fixture
def here(box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """A repository."""
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
    return new_workspace(tmp_path / "work", box)


def kept(clone: Clone, forum: Forum) -> Clone:
    """A repository whose archive holds a forum that was written down by hand."""
    for row in (*forum.rows["topics"], *forum.rows["posts"]):
        row.setdefault("shown", 1)
    with Store.open(str(clone.folder / "koweb-archive.sqlite")) as store:
        forum.save(store, clone.box.url)
    return clone


@pytest.fixture
def talking(here: Clone) -> Clone:
    """A repository with the archive of a small community that talks, until October 31."""
    forum = TalkingForum()
    for nth in range(12):
        conversation(forum, (2 * nth + 1) * DAY)
    forum.run(30 * DAY + 1)
    return kept(here, forum)


def test_a_letter_is_a_post_that_passes_the_checks_and_is_published_like_any_other(talking: Clone) -> None:
    told = talking.run("letter", *WEEK, "--into", "posts/lettres").out
    assert told.strip() == "posts/lettres/lettre-2026-10-01-2026-10-07.md"
    text = (talking.folder / told.strip()).read_text()
    assert "letter: 2026-10-01/2026-10-07" in text
    assert "# Ce dont nous avons parlé" in text
    talking.run("check")
    talking.commit()
    before = len(talking.box.topics())
    talking.push()
    assert len(talking.box.topics()) == before + 1
    assert not talking.git("status", "--porcelain")


def test_a153_a_letter_that_somebody_edited_is_not_written_over(talking: Clone) -> None:
    path = talking.folder / talking.run("letter", *WEEK, "--into", "posts").out.strip()
    before = path.read_bytes()
    talking.run("letter", *WEEK, "--into", "posts")
    assert path.read_bytes() == before
    path.write_bytes(before + b"\nUn mot de plus.\n")
    assert "--force" in talking.run("letter", *WEEK, "--into", "posts", code=2).err
    assert path.read_bytes() != before
    talking.run("letter", *WEEK, "--into", "posts", "--force")
    assert path.read_bytes() == before


def test_a153_the_next_letter_begins_where_the_last_one_ends(talking: Clone) -> None:
    assert "2026-10-24" in talking.run("letter", "--into", "posts").out  # the first one: a week of whole days
    shutil.rmtree(talking.folder / "posts")
    talking.run("letter", *WEEK, "--into", "posts/lettres")
    assert talking.run("letter", "--into", "posts/lettres").out.strip() == f"posts/lettres/{NEXT}"
    again = talking.run("letter", "--into", "posts/lettres", code=2).err
    assert "--since 2026-10-08 --until 2026-10-30" in again
    (talking.folder / "posts/lettres" / NEXT).unlink()  # nobody wanted it: it was never written
    assert talking.run("letter", "--into", "posts/lettres").out.strip() == f"posts/lettres/{NEXT}"


def test_a_day_that_is_not_over_is_told_as_far_as_it_is_known_and_the_next_letter_goes_on(
    talking: Clone,
) -> None:
    for until in ("now", "2026-10-31", "2026-11-02"):
        talking.run("letter", "--since", "2026-10-20", "--until", until, "--into", "posts", "--force")
        (file,) = (talking.folder / "posts").glob("lettre-*.md")
        assert "2026-10-20/2026-10-31T01:00:00.000000Z" in file.read_text()
    assert "--since 2026-10-20 --until 2026-10-31" in talking.run("letter", "--until", "now", code=2).err
    with Store.open(str(talking.folder / "koweb-archive.sqlite")) as store, store.begin() as connection:
        connection.exec_driver_sql("update runs set started = started + 3600000000")
    told = talking.run("letter", "--until", "now", "--into", "posts").out.strip()
    assert "2026-10-31/2026-10-31T02:00:00.000000Z" in (talking.folder / told).read_text()
    assert "--until now" in talking.run("letter", "--since", "2026-10-31", code=2).err
    assert "report" not in talking.run("letter", "--since", "2099-10-31", code=2).err
    assert "last, 7d" in talking.run("letter", "--since", "today", code=2).err


def test_a_dry_run_says_the_days_and_the_place_and_writes_nothing(talking: Clone) -> None:
    told = talking.run("letter", *WEEK, "--into", "posts", "--dry-run").out
    assert "From October 1 to October 7, 2026" in told
    assert not list(talking.folder.rglob("lettre*"))


def test_every_form_tells_the_same_and_asks_the_forum_nothing(talking: Clone) -> None:
    talking.box.forget()
    data = json.loads(talking.run("letter", *WEEK, "--format", "json").out)
    sentences = [each["text"] for one in data["conversations"] for each in one["quotations"]]
    links = [each["url"] for one in data["conversations"] for each in one["quotations"]]
    assert sentences
    for style in ("post", "html", "text"):
        told = talking.run("letter", *WEEK, "--format", style, "--language", "en").out
        words = re.sub(r"\s+", " ", told.replace("\\", "").replace("\u2060", ""))
        assert all(one in words for one in sentences)
        assert all(one in told for one in links)
        assert "What was talked about" in told
    assert max(map(len, talking.run("letter", *WEEK, "--format", "text").out.splitlines())) <= 72
    assert not talking.box.log


@pytest.mark.parametrize("style", ["post", "html", "text", "json"])
def test_a152_no_form_names_anybody_who_did_not_agree(here: Clone, style: str) -> None:
    kept(here, month())
    told = here.run("letter", "--since", "2026-10-01", "--format", style).out
    assert told
    assert not [name for name in (*USERNAMES, *FIRST_NAMES) if name in told]


def test_consent_is_asked_of_the_person_and_kept(talking: Clone) -> None:
    talking.run("archive", "consent", "helper", "--quoted", "name")
    assert "quoted-by-name" in talking.run("archive", "consent", "--format", "json").out
    assert "Helper Zimmerli" in talking.run("letter", *WEEK).out
    talking.run("archive", "consent", "helper", "--quoted", "never")
    assert "Helper Zimmerli" not in talking.run("letter", *WEEK).out
    assert "tour de table" not in talking.run("letter", *WEEK).out
    assert "un sablier" in talking.run("letter", *WEEK).out
    config = talking.folder / "koweb.toml"
    config.write_text(config.read_text().replace("[forum.kafe]\n", '[forum.kafe]\nquotes = "agreed"\n'))
    assert "un sablier" not in talking.run("letter", *WEEK).out


@needs_chromium
@pytest.mark.parametrize("width", [390, 1280])
def test_everybody_can_read_the_mail_and_it_asks_for_nothing(talking: Clone, browser: Browser, width: int) -> None:
    talking.run("letter", *WEEK, "--format", "html", "--output", "letter.html")
    file = talking.folder / "letter.html"
    assert not re.search(r"<(script|link|style|img|iframe|form)\b|src=|url\(", file.read_text())
    faults: list[str] = []
    reader = browser.new_page(viewport={"width": width, "height": 900})
    reader.on("request", lambda request: faults.append(request.url) if request.url != file.as_uri() else None)
    for scheme in ("light", "dark"):
        reader.emulate_media(color_scheme=scheme)
        reader.goto(file.as_uri())
        reader.evaluate(Axe().axe_script)
        found = AxeResults(reader.evaluate(JUDGE))
        faults += [found.generate_report()] if found.violations_count else []
        faults += [f"{wider} pixels too wide"] if (wider := reader.evaluate(WIDER)) else []
    reader.close()
    assert faults == []
