"""A second process that reads ahead makes a reading faster, and changes nothing, whatever becomes of it."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from koweb_sync.archive.from_backup import ahead, taking
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.dump import lines
from koweb_sync.archive.store.store import Store
from tests.archive.backups.taking import emptied, rows, take
from tests.archive.backups.test_resumed import stopped
from tests.archive.backups.writing import Dump, as_directory, as_sql
from tests.benchmarks.backup import made

POSTS = 700
Started = list[ahead.Ahead]


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """The processes that were started: for any number of posts."""
    found: Started = []

    class Noted(ahead.Ahead):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            found.append(self)

    monkeypatch.setattr(ahead, "WORTH", 0)
    monkeypatch.setattr(ahead, "Ahead", Noted)
    return found


def alone(folder: Path, file: Path) -> list[str]:
    """What a backup gives that one process reads."""
    with pytest.MonkeyPatch.context() as patch, emptied(folder) as store:
        patch.setattr(ahead, "WORTH", 10**9)
        take(store, file)
        return content(store)


def content(store: Store) -> list[str]:
    """All that an archive says, and all that is searched."""
    with store.read() as connection:
        found = connection.exec_driver_sql("SELECT rowid, title, tags, text, forms FROM search ORDER BY rowid")
        return [*lines(connection, lasting=True), *map(str, found)]


def folders(folder: Path, *names: str) -> list[Path]:
    """Folders in another."""
    for name in names:
        (folder / name).mkdir()
    return [folder / name for name in names]


@pytest.mark.parametrize("write", [as_sql, as_directory])
def test_posts_that_are_read_ahead_are_the_same(
    started: Started, write: Callable[[Path, Dump], Path], tmp_path: Path
) -> None:
    one, other = folders(tmp_path, "one", "other")
    file = made(tmp_path, POSTS, write)
    with emptied(other) as store:
        take(store, file)
        assert [each.whole for each in started] == [True]
        assert content(store) == alone(one, file)
        assert len(rows(store, schema.POSTS)) == POSTS


@pytest.mark.parametrize("way", ["missing", "false", "halfway"])
def test_a_process_that_fails_or_dies_is_not_missed(
    started: Started, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = folders(tmp_path, "one", "other")
    file = made(tmp_path, POSTS, as_sql)
    expected, program = alone(one, file), tmp_path / "python"
    if way != "missing":
        does = f'"{sys.executable}" "$@" | head -c 1000000' if way == "halfway" else "false"
        program.write_text(f"#!/bin/sh\n{does}\nexit 1\n")
        program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    with emptied(other) as store:
        take(store, file)
        assert not any(each.whole for each in started)
        assert content(store) == expected


def test_a_run_that_is_stopped_leaves_no_process_and_goes_on(
    started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "AT_ONCE", 50)
    one, other = folders(tmp_path, "one", "other")
    file = made(tmp_path, POSTS, as_sql)
    expected = alone(one, file)
    with emptied(other) as store:
        times = 0
        while stopped(store, file, 12 + 2 * times):
            assert all(each.process.returncode is not None for each in started)
            times += 1
        assert times > 1
        assert len(started) > 1
        assert content(store) == expected
