"""A forum that moved does not come into its archive a second time, and its archive takes the new address."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from koweb_sync import trusted
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from koweb_sync.forum.machine import machine_folder
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.gateway.faults import Fault
from tests.archive.backups.taking import rows
from tests.archive.crawling import forum_of
from tests.archive.exploring import save_queries
from tests.archive.test_archiving import started
from tests.archive.test_drop import STORE, forums, run

POSTS = 40


def elsewhere(box: Sandbox) -> str:
    """Another address of a forum: that to which it moved."""
    return box.url.replace("127.0.0.1", "localhost")


def seed(**changes: Any) -> dict[str, Any]:
    """A forum with links between its topics."""
    return forum_of(6, POSTS, likes=10) | changes


def others() -> dict[str, Any]:
    """Another forum of the same size, with the same numbers and titles, which was made in another year."""
    made = seed()
    for one in (*made["topics"], *made["posts"]):
        one["created_at"] = one["created_at"].replace("2023", "2022")
    return made


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A forum that is archived here, and an archive in which somebody was erased."""
    monkeypatch.chdir(tmp_path)
    with Sandbox.start(seed()) as box:
        says(box, "membre7", f"Voyez [ici]({box.url}/t/question-3/3) et [là]({elsewhere(box)}/t/question-4/4).")
        assert run("archive", "--url", box.url).exit_code == 0
        assert run("archive", "forget", "membre3", "--yes").exit_code == 0
        yield box


def says(box: Sandbox, who: str, words: str, topic: int = 2) -> int:
    """Somebody answers: the number of the post."""
    state = box.state
    with state.lock:
        return box.services.writer.reply(state.topics[topic], state.user(who), words, {}).id


def flat(text: str) -> str:
    """A text in one line."""
    return " ".join(text.split())


def people() -> set[str]:
    """Who is in the archive."""
    with Store.open(STORE) as store:
        return {str(one["username"]) for one in rows(store, schema.PEOPLE)}


def held(what: str) -> list[dict[str, Any]]:
    """The rows of a table of the archive."""
    with Store.open(STORE) as store:
        return [dict(one) for one in rows(store, schema.METADATA.tables[what])]


def compared(box: Sandbox, before: int) -> int:
    """How often the topics were asked for that a forum opened first."""
    return sum("order=created" in one.query for one in box.log[before:])


def asked(box: Sandbox, before: int) -> list[str]:
    """What a forum was asked."""
    return [one.path for one in box.log[before:]]


def typed(box: Sandbox, way: str, patch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """How a forum is read a way, with the key that this takes."""
    if way != "rest":
        save_queries(box, Path.cwd())
        patch.setenv("KOWEB_API_KEY", box.keys["all_users"])
        patch.setenv("KOWEB_API_USERNAME", "admin")
    return ("--via", way)


@pytest.mark.parametrize("way", ["url", "dry", "toml", "begun"])
def test_a_forum_does_not_come_twice_under_two_addresses(town: Sandbox, way: str) -> None:
    url, words = elsewhere(town), ["--url", elsewhere(town)]
    if way == "toml":
        Path("koweb.toml").write_text(f'[forum.kafe]\nurl = "{url}"\nusername = "amina"\n', encoding="utf-8")
        words = []
    elif way == "begun":  # by a koweb that did not look, and was stopped
        with Store.open(STORE) as store:
            store.enter(url, "kafe", 1)
    before, size = len(town.log), Path(STORE).read_bytes()
    done = run("archive", *words, *(["--dry-run"] if way == "dry" else []))
    assert done.exit_code == 3
    said = flat(done.stderr)
    assert "The archive holds this forum already: “" in said
    assert f"” ({town.url})." in said
    command = f"koweb archive{f' --url {url}' if words else ''} --moved-from {town.url}"
    assert f"If it has moved to {url}: “{command}”. If it is a copy" in said
    assert asked(town, before) == ["/about.json", "/latest.json"]
    assert Path(STORE).read_bytes() == size
    assert "membre3" not in people()
    assert run(*command.split()[1:]).exit_code == (3 if way == "begun" else 0)


@pytest.mark.parametrize("way", ["rest", "data-explorer"])
def test_the_archive_of_a_forum_that_moved_goes_on_where_it_was(
    town: Sandbox, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, words = elsewhere(town), typed(town, way, monkeypatch)
    for _again in range(2):
        start = len(town.log)
        assert run("archive", "--url", town.url, *words).exit_code == 0
    before = {name: held(name) for name in ("posts", "post_versions", "people", "topics")}
    usual, start = asked(town, start), len(town.log)
    trusted.bind(town.keys["all_users"], url)  # as “koweb doctor --trust-url” does
    done = run("archive", "--url", url, "--moved-from", town.url, *words, "--format", "json")
    assert done.exit_code == 0, done.stderr
    assert f"The archive of {town.url} is that of {url} from now on." in flat(done.stderr)
    assert compared(town, start) == 1
    assert sorted(asked(town, start)) == sorted([*usual, "/latest.json"]), "one request more, once"
    assert json.loads(done.stdout)["found"] == {}
    assert forums() == [url]
    assert {name: held(name) for name in before} == before
    start = len(town.log)
    assert run("archive", "--url", url, *words).exit_code == 0
    assert asked(town, start) == usual


def test_a156_whoever_was_erased_stays_so_after_a_move(town: Sandbox) -> None:
    theirs = says(town, "membre3", "Me revoilà, après le déménagement du forum.")
    about = says(town, "membre5", "Content de relire @membre3, alias Membre nº 3, parmi nous !")
    assert run("archive", "--url", elsewhere(town), "--moved-from", town.url).exit_code == 0
    assert "membre3" not in people()
    texts = {one["post"]: one["raw"] + one["cooked"] for one in held("post_versions")}
    assert "membre3" not in texts[about]
    assert "Content de relire" in texts[about]
    assert theirs in {one["id"] for one in held("posts")}
    assert {one["person"] for one in held("posts") if one["id"] == theirs} <= {None, *set_of_erased()}
    assert run("archive", "forget", "membre5", "--yes").exit_code == 0
    assert not {"membre3", "membre5"} & people()


def set_of_erased() -> set[int]:
    """The numbers of those who were erased."""
    return {int(one["person"]) for one in held("erasures")}


def test_links_to_both_addresses_are_links_to_the_forum(town: Sandbox, tmp_path: Path) -> None:
    assert run("archive", "--url", elsewhere(town), "--moved-from", town.url).exit_code == 0
    says(town, "membre8", f"Encore [ici]({town.url}/t/question-3/3), [là]({elsewhere(town)}/t/question-5/5).")
    assert run("archive", "--url", elsewhere(town)).exit_code == 0
    led = {(one["to_topic"], one["url"].partition("/t/")[0]) for one in held("edges") if one["kind"] == "link"}
    old, new = town.url, elsewhere(town)
    assert led == {(3, old), (4, new), (5, new)}
    checked = run("archive", "verify", "--offline")
    assert checked.exit_code == 0, checked.stdout
    assert run("archive", "export", "--format", "md", "--to", "md").exit_code == 0
    (text,) = [one.read_text(encoding="utf-8") for one in (tmp_path / "md").glob("topics/2-*.md")]
    assert text.count("(3-question-3.md)") == 2
    assert "(4-question-4.md)" in text
    assert "(5-question-5.md)" in text
    assert run("archive", "export", "--format", "site", "--to", "site").exit_code == 0
    page = (tmp_path / "site" / "topic" / "2.html").read_text(encoding="utf-8")
    assert {f'href="../topic/{n}.html#post-1"' in page for n in (3, 4, 5)} == {True}
    for address in (old, new):
        assert "question 3" in run("archive", "show", f"{address}/t/question-3/3").stdout
        assert run("archive", "list", "--forum", address).exit_code == 0


def test_what_is_kept_beside_an_archive_is_found_after_a_move(town: Sandbox, tmp_path: Path) -> None:
    """Exports of before are made again without who is forgotten, and what a pull remembers is without them, too."""
    assert run("archive", "export", "--format", "jsonl", "--to", "lines").exit_code == 0
    assert run("archive", "--url", elsewhere(town), "--moved-from", town.url).exit_code == 0
    remembered = [machine_folder(one) / "names.json" for one in (town.url, elsewhere(town))]
    for path in remembered:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"membre5": "Membre nº 5", "membre6": "Membre nº 6"}), encoding="utf-8")
    assert run("archive", "forget", "membre5", "--yes").exit_code == 0
    for path in remembered:
        assert json.loads(path.read_text(encoding="utf-8"))["names"] == {"membre6": "Membre nº 6"}
    written = b"".join(one.read_bytes() for one in (tmp_path / "lines").rglob("*") if one.is_file())
    assert b"membre6" in written
    assert b"membre5" not in written
    assert run("archive", "export", "--format", "jsonl", "--to", "lines").exit_code == 0


def test_a_picture_that_was_still_to_be_fetched_is_fetched_where_the_forum_is(town: Sandbox) -> None:
    path = "/uploads/default/original/1X/plan.png"
    says(town, "membre8", f"Voici le plan : ![plan]({town.url}{path})")
    assert run("archive", "--url", town.url, "--no-images").exit_code == 0
    assert {one["source"] for one in held("uploads")} == {f"{town.url}{path}"}
    start = len(town.log)
    assert run("archive", "--url", elsewhere(town), "--moved-from", town.url, "--images").exit_code == 0
    assert path in asked(town, start)


def test_a_move_can_be_taken_back(town: Sandbox) -> None:
    url = elsewhere(town)
    assert run("archive", "--url", url, "--moved-from", town.url).exit_code == 0
    assert run("archive", "--url", town.url, "--moved-from", url).exit_code == 0
    assert forums() == [town.url]
    before = len(town.log)
    assert run("archive", "--url", town.url, "--moved-from", url).exit_code == 0, "typed again, it only archives"
    assert not compared(town, before)
    assert forums() == [town.url]


def test_a_dry_run_says_what_would_be_and_changes_nothing(town: Sandbox) -> None:
    before, url = Path(STORE).read_bytes(), elsewhere(town)
    done = run("archive", "--url", url, "--moved-from", town.url, "--dry-run")
    assert done.exit_code == 0
    assert f"The archive of {town.url} would be that of {url} from then on." in flat(done.stderr)
    assert "request" in done.stdout
    assert Path(STORE).read_bytes() == before


@pytest.mark.parametrize("way", ["rest", "data-explorer"])
def test_another_forum_of_the_same_size_comes_beside_it(
    town: Sandbox, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its topics have the same numbers and titles."""
    with Sandbox.start(others()) as box:
        words = ("--url", box.url, *typed(box, way, monkeypatch))
        start = len(box.log)
        assert run("archive", *words, "--store", "alone.sqlite").exit_code == 0
        alone, start = asked(box, start), len(box.log)
        done = run("archive", *words)
        assert done.exit_code == 0, done.stderr
        assert forums() == [town.url, box.url]
        assert compared(box, start) == 1
        assert len(asked(box, start)) <= len(alone) + 1, "one request more, the first time"
        start = len(box.log)
        assert run("archive", *words).exit_code == 0
        assert not compared(box, start)
        assert run("archive", "verify", "--offline", "--forum", box.url).exit_code == 0


def test_a_copy_of_a_forum_has_an_archive_of_its_own_where_somebody_says_so(town: Sandbox) -> None:
    """In the copy, people go on since."""
    with Sandbox.start(seed()) as copy:
        for number in range(30):
            says(copy, "membre4", f"Un essai, le numéro {number}, sur la copie du forum.")
        done = run("archive", "--url", copy.url)
        assert done.exit_code == 3
        assert "give that an archive of its own: --store FILE." in flat(done.stderr)
        assert forums() == [town.url]
        assert run("archive", "--url", copy.url, "--store", "copy.sqlite").exit_code == 0
        assert run("archive", "--url", copy.url, "--store", "copy.sqlite").exit_code == 0


def test_an_archive_does_not_take_the_address_of_another_forum(town: Sandbox) -> None:
    before = Path(STORE).read_bytes()
    with Sandbox.start(others()) as box:
        done = run("archive", "--url", box.url, "--moved-from", town.url)
        assert done.exit_code == 3
        assert f"{box.url} is not the forum of {town.url}: of 6 topics with the same number, 6 are" in flat(done.stderr)
        assert asked(box, 0) == ["/about.json", "/latest.json"]
    with Sandbox.start(seed(topics=[], posts=[], likes=[])) as box:
        done = run("archive", "--url", box.url, "--moved-from", town.url)
        assert done.exit_code == 3
        assert f"Nothing tells that {box.url} is the forum of {town.url}" in flat(done.stderr)
    assert Path(STORE).read_bytes() == before
    done = run("archive", "--url", elsewhere(town), "--moved-from", "https://never.example.org")
    assert done.exit_code == 2
    assert "The archive holds nothing of https://never.example.org." in flat(done.stderr)


def test_a_forum_that_was_read_twice_is_told(town: Sandbox) -> None:
    """By a koweb that did not look."""
    url = elsewhere(town)
    with Store.open(STORE) as store:
        store.enter(url, "kafe", 1)
    done = run("archive", "--url", url, "--moved-from", town.url)
    assert done.exit_code == 3
    assert f"The archive holds something of both: of {town.url}, and of {url}." in flat(done.stderr)
    assert f"“koweb archive drop {url}”" in flat(done.stderr)
    assert run("archive", "drop", url, "--yes").exit_code == 0
    assert run("archive", "--url", url, "--moved-from", town.url).exit_code == 0
    assert forums() == [url]


@pytest.mark.parametrize("nth", range(1, 8))
def test_a_move_that_was_killed_is_typed_again(town: Sandbox, tmp_path: Path, nth: int) -> None:
    """At each answer of the forum."""
    says(town, "membre3", "Me revoilà, après le déménagement du forum.")
    words = ("--url", elsewhere(town), "--moved-from", town.url)
    before = held("posts")
    home = tmp_path / "home"
    process = started(tmp_path, *words)
    count = iter(range(1, 1_000))

    def kill() -> None:
        if next(count) == nth:
            os.kill(process.pid, signal.SIGKILL)

    town.fail(Fault("call", before=kill, times=nth))
    process.communicate(timeout=120)
    assert process.returncode in (-signal.SIGKILL, 0), home
    assert forums() in ([town.url], [elsewhere(town)])
    assert not {"membre3"} & people()
    assert run("archive", *words).exit_code == 0
    assert forums() == [elsewhere(town)]
    assert "membre3" not in people()
    assert len(held("posts")) == len(before) + 1
