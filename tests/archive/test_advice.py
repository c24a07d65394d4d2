"""What is advised about an archive fits where it is read: in any folder, with or without its forum or a koweb.toml."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from tests.archive.backups.taking import URL
from tests.archive.backups.writing import NOW, as_sql, dump_of
from tests.archive.crawling import forum_of
from tests.archive.test_drop import run
from tests.archive.test_unfinished_reading import flat


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A forum, and an empty folder that is no repository."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    with Sandbox.start(forum_of(3, 20, likes=5)) as box:
        yield box


@pytest.fixture
def place(tmp_path: Path) -> str:
    """Where an archive is to lie, with a space in it."""
    return str(tmp_path / "la mémoire.sqlite")


def lack_something(place: str) -> None:
    """Let an archive lack a post that its forum once said it has."""
    with Store.open(place, create=False) as store, store.alone(), store.begin() as connection:
        more = {"posts_count": schema.TOPICS.c.posts_count + 1, "highest": schema.TOPICS.c.highest + 1}
        connection.execute(update(schema.TOPICS).values(more))


def commands(said: str) -> list[list[str]]:
    """The commands that a text names, in words."""
    return [shlex.split(one) for one in re.findall(r"“(koweb [^”]*)”", flat(said))]


def test_what_verify_names_reads_that_archive_from_anywhere(box: Sandbox, place: str) -> None:
    assert run("archive", "--url", box.url, "--store", place).exit_code == 0
    lack_something(place)
    done = run("archive", "verify", "--offline", "--store", place)
    assert done.exit_code == 3
    assert "If the forum is still there," in flat(done.stdout)
    named = ["koweb", "archive", "--url", box.url, "--store", place]
    assert commands(done.output) == [named]
    assert run(*named[1:]).exit_code == 0


def test_of_an_archive_out_of_a_backup_verify_names_another_backup_too(
    box: Sandbox, place: str, tmp_path: Path
) -> None:
    file = as_sql(tmp_path, dump_of(box))
    assert run("archive", "--from-backup", str(file), "--url", URL, "--store", place).exit_code == 0
    lack_something(place)
    there = ["--url", URL, "--store", place]
    done = run("archive", "verify", "--offline", "--store", place)
    assert commands(done.output) == [
        ["koweb", "archive", *there],
        ["koweb", "archive", "--from-backup", "FILE", *there],
    ]


def test_all_other_advice_names_the_archive_too_unless_it_lies_where_it_is_looked_for(
    box: Sandbox, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("archive", "--url", box.url, "--store", place).exit_code == 0
    with Store.open(place, create=False) as store, store.alone(), store.begin() as connection:
        connection.execute(schema.LEDGER.delete())
    verify, shown = ["koweb", "archive", "verify"], [["koweb", "archive", "list"], ["koweb", "archive", "search"]]
    assert commands(run("archive", "stats", "--store", place).output) == [[*verify, "--store", place]]
    assert commands(run("archive", "show", "99", "--store", place).output) == [
        [*one, "--store", place] for one in shown
    ]
    monkeypatch.chdir(tmp_path)
    Path(place).rename("koweb-archive.sqlite")
    assert commands(run("archive", "stats").output) == [verify]
    assert commands(run("archive", "show", "99").output) == shown


def test_what_is_told_of_an_old_or_empty_archive_names_it_too(
    box: Sandbox, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = as_sql(tmp_path, dump_of(box), at=NOW - 30 * 86_400)
    assert run("archive", "--from-backup", str(file), "--url", URL, "--store", place).exit_code == 0
    named = ["koweb", "archive", "--url", URL, "--store", place]
    done = run("report", "--watch-list", "--since", "2010", "--store", place)
    assert named in commands(done.stdout), done.output
    since = ("--since", "2026-11-01", "--until", "2026-11-02")
    assert named in commands(run("letter", *since, "--store", place).stderr)
    with Store.open(place, create=False) as store, store.alone(), store.begin() as connection:
        for table in reversed(schema.METADATA.sorted_tables):
            if table is not schema.FORUMS:
                connection.execute(table.delete())
    for words in (("report", "--watch-list"), ("letter",)):
        assert named in commands(run(*words, "--store", place).output), words
