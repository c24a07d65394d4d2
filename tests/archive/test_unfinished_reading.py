"""An archive whose reading was cut off says so wherever something of it is told, and no kit is called whole."""

import json
import shlex
from pathlib import Path

import pytest

from koweb_sync.archive.closing.documents import README
from koweb_sync.archive.crawl import rest_api
from koweb_sync.archive.from_backup import people_and_topics, row_pages, texts
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from tests.archive import bags
from tests.archive.backups.taking import URL, raws, rows
from tests.archive.backups.test_resumed import stopped
from tests.archive.backups.writing import as_sql, dump_of
from tests.archive.crawling import forum_of
from tests.archive.test_drop import STORE, run

CONTACT = ("--contact", "Amina, amina@example.org")
CLOSE = ("archive", "close", "--to", "kit", *CONTACT, "--offline", "--yes")


@pytest.fixture
def cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive out of a backup, in a folder that is no repository: the reading was cut off between two posts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(row_pages, "AT_ONCE", 5)
    with Sandbox.start(forum_of(3, 20, likes=5)) as box:
        file = as_sql(tmp_path, dump_of(box))
    with Store.open(STORE) as store:
        assert stopped(store, file, 2)
        assert 0 < len(raws(store)) < 20
    return file


def flat(text: str) -> str:
    """A text in one line."""
    return " ".join(text.split())


def interrupted(*_given: object, **_more: object) -> None:
    """Somebody types Ctrl-C."""
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    "words",
    [
        *(("list",), ("show", "1"), ("search", "texte"), ("export", "--format", "md", "--to", "texts")),
        ("subject", "#1", "--output", "page.html"),
    ],
)
def test_what_is_told_of_it_says_that_it_was_not_read_to_its_end(cut: Path, words: tuple[str, ...]) -> None:
    done = run("archive", *words)
    assert "not read to its end" in done.stderr
    assert f"“koweb archive --from-backup FILE --url {URL}” goes on with it." in flat(done.stderr)
    assert "not read to its end" not in done.stdout
    assert run("archive", "--from-backup", str(cut), "--url", URL).exit_code == 0
    assert "not read to its end" not in run("archive", *words).stderr


def test_a_report_says_so_too_and_data_stays_as_it_is(cut: Path) -> None:
    assert "not read to its end" in run("report").stderr
    assert set(json.loads(run("archive", "list", "--format", "json").stdout)) == {"version", "topics"}


def test_no_kit_is_made_of_it_unless_somebody_says_so_and_then_all_papers_tell(cut: Path) -> None:
    for words in ((*CLOSE[:-1], "--dry-run"), CLOSE):
        done = run(*words)
        assert done.exit_code == 2
        assert "--incomplete" in done.stderr
        assert "--from-backup FILE" in done.stderr
    assert not Path("kit.unfinished").exists()
    done = run(*CLOSE, "--incomplete")
    assert done.exit_code == 3, done.stderr
    assert "whole" not in done.stderr
    assert "The archive is not complete" in done.stderr
    papers = [*README, "letter.md", "bag-info.txt", "data/ro-crate-metadata.json", "data/site/about/index.html"]
    texts = {one: flat((Path("kit") / one).read_text(encoding="utf-8")) for one in papers}
    assert {one for one, text in texts.items() if "lu jusqu’au bout" not in text} == set()
    assert "Ce que tout le monde pouvait lire ici" not in texts["letter.md"]
    assert bags.flaws(Path("kit")) == []


def test_once_it_was_read_on_the_kit_is_whole(cut: Path) -> None:
    assert run(*CLOSE, "--incomplete").exit_code == 3
    assert run("archive", "--from-backup", str(cut), "--url", URL).exit_code == 0
    done = run(*CLOSE)
    assert (done.exit_code, "The kit is whole" in done.stderr) == (0, True), done.stderr
    assert "lu jusqu’au bout" not in (Path("kit") / "README.txt").read_text(encoding="utf-8")
    assert "Ce que tout le monde pouvait lire ici" in (Path("kit") / "letter.md").read_text(encoding="utf-8")


def test_verifying_it_says_so_first_and_briefly_and_how_to_go_on(cut: Path) -> None:
    done = run("archive", "verify", "--offline")
    assert done.exit_code == 3
    assert done.stderr.startswith("The forum was not read to its end")
    assert "--from-backup FILE" in flat(done.stderr)
    assert "posts are missing so far" in done.stdout
    assert "Run “koweb archive”" not in done.output
    assert len(done.stdout.splitlines()) == 2
    assert len(json.loads(run("archive", "verify", "--offline", "--format", "json").stdout)["topics"]) == 3
    assert run("archive", "--from-backup", str(cut), "--url", URL).exit_code == 0
    assert "not read to its end" not in run("archive", "verify", "--offline").output


def test_a_reading_that_was_cut_off_goes_on_without_naming_its_forum_again(cut: Path) -> None:
    done = run("archive", "--from-backup", str(cut))
    assert done.exit_code == 0, done.stderr
    assert f"The archive is that of {URL}." in done.stderr
    assert "Going on with the run that was stopped." in done.stderr
    again = run("archive", "--from-backup", str(cut))  # it is whole now
    assert (again.exit_code, "The archive is that of" in again.stderr) == (0, True), again.stderr
    with Store.open(STORE) as store:
        assert len(rows(store, schema.FORUMS)) == 1


@pytest.mark.parametrize("moment", ["koweb_sync.archive.from_backup.staged_tables.StagedTables.load", "taken"])
def test_a_ctrl_c_is_answered_with_the_same_words_whenever_it_comes(
    cut: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"koweb_sync.cli.archive.from_backup.{moment}" if moment == "taken" else moment, interrupted)
    done = run("archive", "--from-backup", str(cut), "--url", URL)
    assert done.exit_code == 1
    assert "Stopped. Try again: it goes on from what is kept already." in flat(done.stderr)


def test_where_the_forum_is_gone_the_way_without_it_is_named_and_what_stays_is_told(cut: Path) -> None:
    gone = "http://127.0.0.1:9"
    Path(STORE).unlink()
    assert run("archive", "--from-backup", str(cut), "--url", gone).exit_code == 0
    for words in (("archive", "verify"), ("archive", "close", "--to", "kit", *CONTACT, "--yes")):
        done = run(*words)
        assert done.exit_code == 1
        assert "If the forum is gone, add --offline." in flat(done.stderr)
    assert str(Path("kit.unfinished").absolute()) in done.stderr.replace("\n", "")
    done = run(*CLOSE)
    assert done.exit_code == 0, done.stderr
    assert not Path("kit.unfinished").exists()
    assert "into a new topic of the forum" not in done.stderr
    assert "Run this command again" not in done.stderr
    assert "in another way" in done.stderr


def test_a_reading_over_the_api_that_was_cut_off_is_told_and_refused_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Sandbox.start(forum_of(3, 20, likes=5)) as box:
        with monkeypatch.context() as patched:
            patched.setattr(rest_api, "posts", interrupted)
            assert run("archive", "--url", box.url).exit_code == 1
        assert f"“koweb archive --url {box.url}” goes on with it." in flat(run("archive", "list").stderr)
        refused = run(*CLOSE)
        assert (refused.exit_code, "--incomplete" in refused.stderr) == (2, True)
        assert run("archive").exit_code == 0
        assert "not read to its end" not in run("archive", "list").stderr
    assert run("archive").exit_code == 1  # it is gone: nothing of this run was read
    assert "not read to its end" not in run("archive", "list").stderr
    done = run(*CLOSE)
    assert (done.exit_code, "The kit is whole" in done.stderr) == (0, True), done.stderr


@pytest.mark.parametrize("folder", [".", "backups"])
def test_a_reading_goes_on_with_the_very_command_that_is_said(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before: --chat and the others were dropped, so that another reading began, without what they asked for."""
    monkeypatch.chdir(tmp_path)
    Path(folder).mkdir(exist_ok=True)
    with Sandbox.start(forum_of(3, 20, likes=5)) as box:
        file = as_sql(tmp_path / folder, dump_of(box)).rename(tmp_path / folder / "le kafé.tar.gz")
    options = ["--no-images", "--staff", "--messages", "--public-only", "--chat"]
    with monkeypatch.context() as patched:
        patched.setattr(texts, "posts", interrupted)
        assert run("archive", "--from-backup", str(file), "--url", URL, *options).exit_code == 1
    shown = shlex.quote(str(file.relative_to(tmp_path)))
    command = f"koweb archive --from-backup {shown} {' '.join(options)} --url {URL}"
    for words in (("archive", "list"), ("archive", "verify", "--offline"), CLOSE):
        assert f"“{command}” goes on with it." in flat(run(*words).stderr), words
    file.rename(tmp_path / "elsewhere.tar.gz")
    assert "--from-backup FILE --no-images" in flat(run("archive", "list").stderr)
    (tmp_path / "elsewhere.tar.gz").rename(file)
    with monkeypatch.context() as patched:
        patched.setattr(people_and_topics, "people", interrupted)  # it was read, and is not read again
        done = run(*shlex.split(command)[1:])
    assert done.exit_code == 0, done.stderr
    assert "Going on with the run that was stopped." in done.stderr
    with Store.open(STORE) as store:
        assert not [one for one in rows(store, schema.CURSORS) if one["name"].startswith("at:")]


def test_a_reading_of_the_forum_that_was_cut_off_goes_on_as_it_was_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Sandbox.start(forum_of(3, 20)) as box:
        with monkeypatch.context() as patched:
            patched.setattr(rest_api, "posts", interrupted)
            assert run("archive", "--url", box.url, "--staff", "--no-images").exit_code == 1
        assert f"“koweb archive --no-images --staff --url {box.url}” goes on with it." in flat(
            run("archive", "list").stderr
        )
