"""A backup of another forum is never read into an archive: nobody could part their texts again."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from tests.archive.backups.taking import URL, everything, raws, take
from tests.archive.backups.writing import NOW, Dump, as_directory, as_sql, dump_of
from tests.archive.crawling import Clock, forum_of
from tests.archive.test_archiving import started

Writer = Callable[[Path, Dump], Path]
THEIRS = "https://pad.example.net"
FORMS = pytest.mark.parametrize("write", [as_sql, as_directory])


def seeded(**changes: Any) -> Dump:
    """The backup of a forum."""
    with Sandbox.start(forum_of(3, 20) | changes) as box:
        return dump_of(box)


@pytest.fixture(scope="module")
def ours() -> Iterator[Dump]:
    """A forum, which says no address."""
    dump = seeded()
    says(dump, "title", "Le Kafé")
    yield dump


@pytest.fixture
def theirs() -> Dump:
    """Another one: the same numbers, at other times."""
    seed = forum_of(4, 30, chance=2)
    for one in (*seed["topics"], *seed["posts"]):
        one["created_at"] = one["created_at"].replace("2023", "2022")
    dump = seeded(**seed)
    says(dump, "title", "Le Pad")
    return dump


def says(dump: Dump, name: str, value: str) -> None:
    """Let a backup say a setting."""
    columns, rows = dump.tables["site_settings"]
    place = columns.index("name")
    rows[:] = [row for row in rows if row[place] != name]
    told = {"id": f"{100 + len(rows)}", "name": name, "value": value, "data_type": "1"}
    rows.append(tuple(told.get(column) for column in columns))


def archived(folder: Path, dump: Dump, at: float = NOW) -> bytes:
    """An archive of a forum; all that its files hold."""
    (folder / "first").mkdir()
    with Store.open(str(folder / "archive.sqlite")) as store:
        take(store, as_sql(folder / "first", dump, at=at), clock=Clock(at=at + 5))
    return everything(folder)


def read(folder: Path, file: Path, *words: str, url: str | None = URL) -> tuple[int, str, str]:
    """Read a backup into the archive in a folder: the exit code, and what is said. `url`: None for koweb.toml's."""
    named = () if url is None else ("--url", url)
    given = ("--from-backup", str(file), "--store", str(folder / "archive.sqlite"), *named, *words)
    process = started(folder, *given)
    out, said = process.communicate(timeout=120)
    assert "Traceback" not in out + said
    return process.returncode, out, said


@FORMS
@pytest.mark.parametrize("way", ["newer", "older", "dry", "new"])
def test_a_backup_that_says_another_address_is_not_read(
    ours: Dump, theirs: Dump, write: Writer, way: str, tmp_path: Path
) -> None:
    before = b"" if way == "new" else archived(tmp_path, ours, NOW + (3_600 if way == "older" else -3_600))
    says(theirs, "vapid_base_url", THEIRS)
    settled(tmp_path)
    url = None if way == "new" else URL
    code, _out, said = read(tmp_path, write(tmp_path, theirs), *(["--dry-run"] if way == "dry" else []), url=url)
    assert code == 3
    assert f"“Le Pad” ({THEIRS})" in said
    assert f"the archive is of {URL if way == 'new' else f'“Le Kafé” ({URL})'}." in said
    assert f"--url {THEIRS} --store FILE" in said
    assert f"--moved-from {THEIRS}" in said
    assert everything(tmp_path) == before


@FORMS
@pytest.mark.parametrize("way", ["newer", "older", "dry", "moved"])
def test_a_backup_that_holds_other_things_under_the_same_numbers_is_not_read(
    ours: Dump, theirs: Dump, write: Writer, way: str, tmp_path: Path
) -> None:
    before = archived(tmp_path, ours, NOW + (3_600 if way == "older" else -3_600))
    words = {"dry": ["--dry-run"], "moved": ["--moved-from", THEIRS]}.get(way, [])
    if way == "moved":
        says(theirs, "vapid_base_url", THEIRS)
    code, _out, said = read(tmp_path, write(tmp_path, theirs), *words)
    assert code == 3
    assert "of 23 topics and posts with the same number, 23 are other ones" in said
    assert everything(tmp_path) == before


@pytest.mark.parametrize("way", ["newer", "older"])
def test_a_backup_that_went_its_own_way_is_not_read(ours: Dump, way: str, tmp_path: Path) -> None:
    """As that of a forum that was restored from an older backup, and gave a number to another post since."""
    before = archived(tmp_path, ours, NOW + (3_600 if way == "older" else -3_600))
    columns, rows = ours.tables["posts"]
    changed = {
        "user_id": "1",
        "created_at": "2024-05-05 10:00:00",
        "raw": "Autre chose.",
        "cooked": "<p>Autre chose.</p>",
    }
    other = tuple(changed.get(name, value) for name, value in zip(columns, rows[7], strict=True))
    dump = Dump({**ours.tables, "posts": (columns, [*rows[:7], other, *rows[8:]])})
    code, _out, said = read(tmp_path, as_directory(tmp_path, dump))
    assert code == 3
    assert f"Post {rows[7][columns.index('id')]} is not the one that the archive holds." in said
    assert everything(tmp_path) == before


@pytest.mark.parametrize(
    "told", ["", f"{URL}/", "http://kafe.example.org", "https://KAFE.example.org:443", "http://kafe.example.org:80"]
)
def test_a_backup_of_the_same_forum_is_read_however_its_address_is_written(
    ours: Dump, told: str, tmp_path: Path
) -> None:
    archived(tmp_path, ours, NOW - 3_600)
    dump = Dump({name: (columns, list(rows)) for name, (columns, rows) in ours.tables.items()})
    if told:
        says(dump, "vapid_base_url", told)
    code, _out, said = read(tmp_path, as_sql(tmp_path, dump))
    assert (code, said.count("its address")) == (0, int(not told)), said


@pytest.mark.parametrize("told", ["https://kafe.example.org/forum", "https://kafe.example.org:8443"])
def test_another_folder_or_port_is_another_forum(ours: Dump, told: str, tmp_path: Path) -> None:
    settled(tmp_path)
    dump = Dump({name: (columns, list(rows)) for name, (columns, rows) in ours.tables.items()})
    says(dump, "vapid_base_url", told)
    assert read(tmp_path, as_sql(tmp_path, dump), url=None)[0] == 3
    assert not list(tmp_path.glob("archive.sqlite*"))


def settled(folder: Path) -> None:
    """A koweb.toml for our forum."""
    words = f'[forum.kafe]\nurl = "{URL}"\nusername = "amina"\n'
    (folder / "koweb.toml").write_text(words, encoding="utf-8")


@FORMS
def test_whoever_names_an_address_begins_an_archive_with_any_backup_and_goes_on_with_it(
    theirs: Dump, write: Writer, tmp_path: Path
) -> None:
    says(theirs, "vapid_base_url", THEIRS)
    file = write(tmp_path, theirs)
    for _again in range(2):
        code, _out, said = read(tmp_path, file)
        assert code == 0, said
        assert f"“Le Pad” ({THEIRS})" in said
    with Store.open(str(tmp_path / "archive.sqlite")) as store:
        assert len(raws(store)) == 30
        assert store.forum(THEIRS) is None


@pytest.mark.parametrize(
    "told", ["http://localhost:3000", "http://127.0.0.1:3100", "http://[::1]", "http://pad.localhost"]
)
def test_an_address_on_somebodys_own_computer_tells_no_forum(
    ours: Dump, theirs: Dump, told: str, tmp_path: Path
) -> None:
    same = Dump({name: (columns, list(rows)) for name, (columns, rows) in ours.tables.items()})
    for one in (same, theirs):
        says(one, "vapid_base_url", told)
    archived(tmp_path, ours, NOW - 3_600)
    code, _out, said = read(tmp_path, as_sql(tmp_path, same))
    assert code == 0, said
    code, _out, said = read(tmp_path, as_sql(tmp_path, theirs))
    assert code == 3
    assert "are other ones" in said


def test_a_backup_from_before_a_forum_moved_is_read(ours: Dump, tmp_path: Path) -> None:
    settled(tmp_path)
    dump = Dump({name: (columns, list(rows)) for name, (columns, rows) in ours.tables.items()})
    says(dump, "vapid_base_url", THEIRS)
    file = as_sql(tmp_path, dump)
    for words in ((), ("--moved-from", "https://elsewhere.example.org")):
        assert read(tmp_path, file, *words, url=None)[0] == 3, "nothing tells that it is the same forum"
    code, _out, said = read(tmp_path, file, "--moved-from", "pad.example.net", url=None)
    assert code == 0, said
    code, _out, said = read(tmp_path, file, url=None)
    assert code == 0, "now what is held tells it"
    with Store.open(str(tmp_path / "archive.sqlite")) as store:
        assert len(raws(store)) == 20
        assert store.forum(THEIRS) is None


def test_a_dry_run_says_of_which_forum_a_backup_is_and_where_it_would_go(theirs: Dump, tmp_path: Path) -> None:
    file = as_sql(tmp_path, theirs)
    _code, out, said = read(tmp_path, file, "--dry-run")
    first, holds, _chat, files, into = out.splitlines()
    assert first == "Backup of November 18, 2026, of “Le Pad”; it does not say its address.", said
    assert holds.startswith("It holds 4 topics, 30 posts")
    assert files == "There are no images and no attachments in it."
    assert into == f"It goes into the archive of {URL}: {tmp_path / 'archive.sqlite'}"
    says(theirs, "vapid_base_url", URL)
    _code, out, said = read(tmp_path, as_sql(tmp_path, theirs), "--dry-run", "--format", "json")
    told = json.loads(out)
    assert told["forum"] == {"name": "Le Pad", "url": URL}, said
    assert told["into"] == {"url": URL, "store": str(tmp_path / "archive.sqlite")}


def test_an_older_backup_does_not_rename_a_forum(ours: Dump, tmp_path: Path) -> None:
    named = Dump({name: (columns, list(rows)) for name, (columns, rows) in ours.tables.items()})
    says(named, "title", "Le nouveau nom")
    archived(tmp_path, named, NOW + 3_600)
    says(named, "title", "L’ancien nom")
    code, _out, said = read(tmp_path, as_sql(tmp_path, named))
    assert code == 0, said
    out, said = started(tmp_path, "stats", "--store", str(tmp_path / "archive.sqlite")).communicate(timeout=120)
    assert "Le nouveau nom" in out, said


def test_an_address_that_the_backup_does_not_say_is_not_where_its_forum_was(ours: Dump, tmp_path: Path) -> None:
    says(ours, "vapid_base_url", "http://127.0.0.1:3100")
    settled(tmp_path)
    code, _out, said = read(tmp_path, as_sql(tmp_path, ours), "--moved-from", "https://ancien.example.org")
    assert (code, "not of https://ancien.example.org" in said) == (2, True)
    assert read(tmp_path, as_sql(tmp_path, ours), "--moved-from", "http://127.0.0.1:3100")[0] == 0
