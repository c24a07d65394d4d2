"""A forum is in an archive once, under one address; and none comes beside another one unless somebody asks for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from tests.archive.backups.taking import rows
from tests.archive.backups.test_other_forum import THEIRS, says, settled
from tests.archive.backups.writing import Dump, as_sql, dump_of
from tests.archive.crawling import forum_of
from tests.archive.test_drop import STORE, forums, run

URL = "https://kafe.example.org"
ELSEWHERE = "https://autre.example.org"


def dumped(title: str, url: str, chance: int, year: str) -> Dump:
    """The backup of a forum."""
    seed = forum_of(3, 20, chance=chance)
    for one in (*seed["topics"], *seed["posts"]):
        one["created_at"] = one["created_at"].replace("2023", year)
    with Sandbox.start(seed) as box:
        dump = dump_of(box)
    says(dump, "title", title)
    says(dump, "vapid_base_url", url)
    return dump


@pytest.fixture(scope="module")
def ours() -> Iterator[Dump]:
    """A forum."""
    yield dumped("Le Kafé", URL, 1, "2023")


@pytest.fixture
def kept(ours: Dump, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Its backup in a folder, and the archive that was made of it there, in which somebody was erased."""
    monkeypatch.chdir(tmp_path)
    file = as_sql(tmp_path, ours)
    assert run("archive", "--from-backup", file.name).exit_code == 0
    assert run("archive", "forget", "membre3", "--yes").exit_code == 0
    return file


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """The backup of another forum, in the same folder."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    return as_sql(folder, dumped("Le Pad", THEIRS, 2, "2022"))


def flat(text: str) -> str:
    """A text in one line."""
    return " ".join(text.split())


@pytest.mark.parametrize("way", ["url", "dry", "store", "moved", "toml"])
def test_a_forum_does_not_come_twice_under_two_addresses_so_nobody_erased_comes_back(kept: Path, way: str) -> None:
    words = {
        "dry": ["--url", ELSEWHERE, "--dry-run"],
        "store": ["--url", ELSEWHERE, "--store", STORE],
        "moved": ["--url", ELSEWHERE, "--moved-from", URL],
        "toml": ["--moved-from", URL],
    }.get(way, ["--url", ELSEWHERE])
    if way == "toml":
        settled(Path.cwd())
        toml = Path("koweb.toml")
        toml.write_text(toml.read_text(encoding="utf-8").replace(URL, ELSEWHERE), encoding="utf-8")
    done = run("archive", "--from-backup", kept.name, *words)
    assert done.exit_code == 3
    said = flat(done.stderr)
    assert f"The archive holds this forum already: “Le Kafé” ({URL})." in said
    command = f"koweb archive --from-backup {kept.name}" + (f" --url {URL}" if way == "toml" else "")
    assert f"even if the forum has moved: “{command}”. Under" in said
    assert forums() == [URL]
    again = run(*command.split()[1:])
    assert again.exit_code == 0, again.stderr
    assert forums() == [URL]
    with Store.open(STORE) as store:
        assert "membre3" not in {one["username"] for one in rows(store, schema.PEOPLE)}


def test_a_forum_that_moved_goes_on_under_the_address_that_its_archive_knows(
    kept: Path, ours: Dump, tmp_path: Path
) -> None:
    moved = Dump({name: (columns, list(values)) for name, (columns, values) in ours.tables.items()})
    says(moved, "vapid_base_url", ELSEWHERE)
    (tmp_path / "later").mkdir()
    file = as_sql(tmp_path / "later", moved)
    done = run("archive", "--from-backup", str(file))
    assert done.exit_code == 3
    command = f"koweb archive --from-backup {file} --url {URL}"
    assert f"“{command}”. Under" in flat(done.stderr), kept
    assert run(*command.split()[1:]).exit_code == 0
    assert forums() == [URL]


@pytest.mark.parametrize("words", [(), ("--dry-run",), ("--dry-run", "--format", "json")])
def test_another_forum_does_not_come_beside_one_unless_somebody_asks_for_it(
    kept: Path, theirs: Path, words: tuple[str, ...]
) -> None:
    before = Path(STORE).read_bytes()
    done = run("archive", "--from-backup", str(theirs), *words)
    assert done.exit_code == 3
    said = flat(done.stderr)
    assert f"This backup is of “Le Pad” ({THEIRS}), and the archive here is of “Le Kafé” ({URL})." in said
    assert f"For an archive of its own: --store FILE. To add it to this one on purpose: --url {THEIRS}." in said
    assert (Path(STORE).read_bytes(), forums(), kept.is_file()) == (before, [URL], True)


@pytest.mark.parametrize("way", ["url", "store", "variable"])
def test_whoever_asks_for_it_has_two_forums_in_one_file_and_is_told_before(
    kept: Path, theirs: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = {"url": ["--url", THEIRS], "store": ["--store", STORE]}.get(way, [])
    if way == "variable":
        monkeypatch.setenv("KOWEB_ARCHIVE_STORE", STORE)
    done = run("archive", "--from-backup", str(theirs), *words, "--dry-run")
    assert f"This file holds another forum already: “Le Kafé” ({URL})." in flat(done.stdout), done.stderr
    for _again in range(2):  # the second time it is there
        assert run("archive", "--from-backup", str(theirs), *words).exit_code == 0
    assert run("archive", "--from-backup", kept.name).exit_code == 0
    assert forums() == [URL, THEIRS]


def test_an_archive_of_its_own_is_begun_where_nobody_is_in_the_file(kept: Path, theirs: Path) -> None:
    done = run("archive", "--from-backup", str(theirs), "--store", "autre.sqlite")
    assert (done.exit_code, forums(), kept.is_file()) == (0, [URL], True), done.stderr
