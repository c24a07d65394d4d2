"""Whoever stops a command is told whether anything was done, and what goes on with it; and how to name a forum."""

from pathlib import Path

import pytest

from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from tests.archive.backups.test_neighbours import ELSEWHERE, URL, dumped, flat
from tests.archive.backups.writing import as_sql
from tests.archive.crawling import forum_of
from tests.archive.exhibits import friendly
from tests.archive.test_drop import STORE, forums, run
from tests.archive.test_unfinished_reading import CLOSE, interrupted

EXPORT = ("archive", "export", "--format", "md", "--to", "texts")
FORGET = ("archive", "forget", "claire")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """An archive in a folder that is no repository."""
    monkeypatch.chdir(tmp_path)
    with Store.open(STORE) as store:
        friendly(store)
    return Path(STORE).read_bytes()


@pytest.mark.parametrize(
    ("words", "moment", "said"),
    [
        (FORGET, "forget.find_to_read", "Stopped. Nothing was erased."),
        (FORGET, "forget.ordered", "Stopped. Nothing was erased."),
        (FORGET, "forget.rehearse", "Stopped. Nothing was erased."),
        (FORGET, "forget.confirm", "Stopped. Nothing was erased."),
        (EXPORT, "export.find_to_read", "Stopped. Nothing was written."),
        (EXPORT, "export.written", "Stopped. Nothing was written."),
        (CLOSE, "close.find_to_read", "Stopped. Nothing was made."),
        (CLOSE, "close.asked", "Stopped. Nothing was made."),
        (("archive", "drop", "kafe"), "drop.find_store", "Stopped. Nothing was removed."),
        (("archive", "drop", "kafe"), "drop.confirm", "Stopped. Nothing was removed."),
    ],
)
def test_a_ctrl_c_before_anything_was_done_says_so(
    kept: bytes, words: tuple[str, ...], moment: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"koweb_sync.cli.archive.{moment}", interrupted)
    done = run(*words)
    assert done.exit_code == 1
    assert flat(done.stderr).endswith(said), done.stderr
    assert "Error" not in done.stderr
    assert Path(STORE).read_bytes() == kept
    assert not Path("texts").exists()
    assert not Path("kit.unfinished").exists()


@pytest.mark.usefixtures("kept")
def test_a_ctrl_c_while_something_is_written_says_where_the_rest_is(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("texts").mkdir()
    monkeypatch.setattr("koweb_sync.cli.archive.export.written", interrupted)
    said = flat(run(*EXPORT).stderr)
    assert f"Stopped. The export is not whole: {Path('texts').absolute()}. Type the same command again." in said
    monkeypatch.setattr("koweb_sync.cli.archive.close.Closing.verify", interrupted)
    said = flat(run(*CLOSE).stderr)
    assert "What was begun of the kit lies in" in said
    assert said.endswith("Stopped.")


@pytest.mark.parametrize("moment", ["load", "taken"])
def test_a_ctrl_c_before_anything_was_read_says_so_and_the_next_command_names_the_backup(
    moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    as_sql(tmp_path, dumped("Le Kafé", URL, 1, "2023")).rename("le kafé-2026-11-18.tar.gz")
    with monkeypatch.context() as patched:
        patched.setattr(f"koweb_sync.cli.archive.from_backup.{moment}", interrupted)
        done = run("archive", "--from-backup", "le kafé-2026-11-18.tar.gz")
    assert flat(done.stderr).endswith("Stopped. Nothing was read yet. Type the same command again.")
    for words in (["list"], [], ["stats"]):
        said = flat(run("archive", *words).stderr)
        assert "koweb archive --from-backup 'le kafé-2026-11-18.tar.gz'" in said, words


def test_a_forum_is_named_with_its_title_and_dropped_as_other_commands_name_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = as_sql(tmp_path, dumped("Le Kafé", URL, 1, "2023"))
    assert run("archive", "--from-backup", str(file)).exit_code == 0
    with Sandbox.start(forum_of(3, 20, chance=2)) as box:
        assert run("archive", "--url", box.url, "--store", STORE).exit_code == 0
        for words in (("list", "--forum", "Pad"), ("drop", "--forum", "Pad")):
            assert f"“Le Kafé” ({URL})" in flat(run("archive", *words).stderr)
        for few in ((), ("Le Kafé", "--forum", "Le Kafé")):
            assert run("archive", "drop", *few).exit_code == 2
        assert len(forums()) == 2
        done = run("archive", "drop", "--forum", "le kafe", text="y\n")
        assert "What the forum itself no longer has cannot be brought back." in flat(done.stderr)
        assert (done.exit_code, forums()) == (0, [box.url]), ELSEWHERE
