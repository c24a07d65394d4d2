"""`koweb archive --from-backup` as somebody types it: in a folder without koweb.toml, without a forum to ask."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from tests.archive.backups.taking import raws
from tests.archive.backups.writing import Dump, as_directory, as_sql, dump_of
from tests.archive.crawling import forum_of
from tests.archive.test_archiving import started


@pytest.fixture(scope="module")
def dump() -> Iterator[Dump]:
    """A backup that says which forum it is of."""
    with Sandbox.start(forum_of(3, 20, likes=5)) as box:
        found = dump_of(box)
    columns, rows = found.tables["site_settings"]
    told = {"id": "99", "name": "vapid_base_url", "value": "https://kafe.example.org", "data_type": "1"}
    rows.append(tuple(told.get(name) for name in columns))
    yield found


def test_a_backup_becomes_an_archive_without_a_forum_and_without_settings(dump: Dump, tmp_path: Path) -> None:
    file = str(as_directory(tmp_path, dump))
    out, words = started(tmp_path, "--from-backup", file, "--dry-run").communicate(timeout=120)
    assert "3 topics, 20 posts" in out, words
    assert not (tmp_path / "koweb-archive.sqlite").exists()
    out, words = started(tmp_path, "--from-backup", file, "--format", "json").communicate(timeout=120)
    assert json.loads(out)["found"]["posts"] == 20
    assert "Traceback" not in words
    with Store.open(str(tmp_path / "koweb-archive.sqlite")) as store:
        assert store.forum("https://kafe.example.org") is not None
        assert len(raws(store)) == 20


@pytest.mark.parametrize("way", ["via", "broken", "nameless"])
def test_what_cannot_be_done_is_said_and_makes_no_archive(dump: Dump, way: str, tmp_path: Path) -> None:
    file = as_sql(tmp_path, dump)
    if way == "broken":
        file.write_bytes(file.read_bytes()[:2000])
    if way == "nameless":
        dump.tables["site_settings"][1].pop()
    given = ["--via", "rest"] if way == "via" else []
    process = started(tmp_path, "--from-backup", str(as_sql(tmp_path, dump) if way == "nameless" else file), *given)
    out, words = process.communicate(timeout=120)
    assert process.returncode == 2
    assert {"via": "--via", "broken": "Download it again", "nameless": "--url"}[way] in words
    assert "Traceback" not in out + words
    assert not (tmp_path / "koweb-archive.sqlite").exists()
