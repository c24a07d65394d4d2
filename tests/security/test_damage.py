"""An archive on a disk that is full, read-only or failing: nothing malformed under its name, no damage unnoticed."""

import ctypes
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from koweb_sync.archive.exports.export import EXPORTS
from koweb_sync.archive.store import checksums, schema, search
from koweb_sync.archive.store.search_words import IndexEntry
from koweb_sync.archive.store.store import Store
from koweb_sync.archive.verify.integrity import flaws
from koweb_sync.archive.verify.search_index import index_flaws
from koweb_sync.cli.root import koweb
from koweb_sync.errors import KowebError, StoreUnusable
from koweb_sync.sandbox import Sandbox
from tests.archive import dump
from tests.archive.crawling import archive_of, forum_of
from tests.archive.test_restore import lively

URL = "https://kafe.example.org"
# A disk of every size, as the kernel has it: an archive is made, and more is written until there is no room.
TINY = """
import subprocess, sys
from pathlib import Path
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store, put
from koweb_sync.errors import KowebError
disk = Path(sys.argv[1])
for size in map(int, sys.argv[2:]):
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", disk], check=True)
    place = disk / "a.sqlite"
    try:
        with Store.open(str(place)) as store:
            forum = store.enter("https://kafe.example.org", "kafe", 1)
            for page in range(100_000):
                with store.begin() as connection:
                    put(connection, schema.TAGS, [{"forum": forum, "name": f"{page} " + "x" * 9_000}])
    except KowebError as error:
        print(size, error.remedy)
    subprocess.run(["mount", "-o", f"remount,size={size + 4_000}k", disk], check=True)
    with Store.open(str(place)) as store:
        with store.read() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        store.enter("https://autre.example.org", "autre", 1)
    subprocess.run(["umount", disk], check=True)
print("done")
"""


def forked(work: Callable[[], object]) -> int:
    """Do something in a process of its own: 0, 2 where it ended with an error for a person, else 1."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except KowebError:
            code = 2
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def limited(size: int, work: Callable[[], object]) -> int:
    """Do something where no file can grow beyond a size."""

    def within() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        work()

    return forked(within)


# ---- full disks


def test_b3_an_archive_is_whole_or_not_there_wherever_the_disk_was_full(tmp_path: Path) -> None:
    """Before: at most sizes a malformed file stood under the final name, and its log was removed."""
    Store.open(str(tmp_path / "whole.sqlite")).close()
    most = (tmp_path / "whole.sqlite").stat().st_size
    codes = set()
    for size in [0, 1, 4_096, *range(8_192, most, 81_920), most + 60_000]:
        place = tmp_path / "a.sqlite"
        code = limited(size, lambda: Store.open(str(place)).close())  # noqa: B023 - it runs at once
        codes.add(code)
        if code != 0:
            assert not place.exists(), size
        with Store.open(str(place)) as store, store.read() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok", size
        for one in tmp_path.glob("a.sqlite*"):
            one.unlink()
    assert codes == {0, 2}


def test_b3_a_real_full_disk_leaves_an_archive_that_goes_on(tmp_path: Path) -> None:
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rm", "true"], check=False).returncode:
        pytest.skip("no disks of one's own can be mounted here")
    (tmp_path / "disk").mkdir()
    sizes = ("40", "300", "420", "1500")
    command = ["unshare", "-rm", sys.executable, "-c", TINY, str(tmp_path / "disk"), *sizes]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert said.pop() == "done"
    assert len(said) == len(sizes)
    assert all("Make room on the disk" in line for line in said)


def test_b3_what_an_earlier_koweb_left_of_a_full_disk_is_said_and_an_empty_file_is_nothing(tmp_path: Path) -> None:
    whole, place = tmp_path / "whole.sqlite", tmp_path / "a.sqlite"
    Store.open(str(whole)).close()
    place.write_bytes(whole.read_bytes()[:4_096])
    with pytest.raises(StoreUnusable, match="incomplete") as raised:
        Store.open(str(place))
    assert "remove the file" in raised.value.remedy
    assert place.stat().st_size == 4_096
    place.write_bytes(b"")
    with pytest.raises(StoreUnusable, match="no archive"):
        Store.open(str(place), create=False)
    with Store.open(str(place)) as store:
        assert store.enter(URL, "kafe", 1)


# ---- damage


@dataclass(frozen=True)
class Healthy:
    """An archive that nothing happened to: its file, and the forum that it is of."""

    file: Path
    forum: int
    base: str

    def copy(self, to: Path) -> Path:
        """Another one."""
        shutil.copy(self.file, to)
        return to

    def found(self, file: Path) -> list[str]:
        """What a look for damage says of a copy, in one word each."""
        try:
            with Store.open(str(file), create=False) as store:
                return [one.kind for one in flaws(store, self.forum, self.base)]
        except StoreUnusable:
            return ["refused"]


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Healthy]:
    """An archive with topics, versions, polls, files, likes and everything else that a forum has."""
    folder = tmp_path_factory.mktemp("healthy")
    with (
        Sandbox.start(forum_of(12, 60, 20, authorized_extensions="png|pdf")) as box,
        archive_of(box, folder, avatars=True) as archive,
    ):
        lively(box, folder)
        archive.run()
        number, base = archive.forum, archive.box.url
    with closing(sqlite3.connect(folder / "archive.sqlite")) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    yield Healthy(folder / "archive.sqlite", number, base)


def rotten(file: Path, change: Callable[[sqlite3.Connection], object]) -> None:
    """Change a file as rot does: no trigger sees it, nothing is checked, and nothing stays beside it."""
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        checksums.teach(raw)
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("PRAGMA synchronous = OFF")
        raw.execute("BEGIN")
        kept = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _sql in kept:
            raw.execute(f'DROP TRIGGER "{name}"')
        before = raw.total_changes
        change(raw)
        assert raw.total_changes > before
        for _name, sql in kept:
            raw.execute(sql)
        raw.execute("COMMIT")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def other(value: object) -> object:
    """Another value of the same kind."""
    if isinstance(value, int):
        return value + 1_000_003
    return value[:-1] + bytes([value[-1] ^ 4]) if isinstance(value, bytes) and value else f"{value or ''}x"


def damages(healthy: Healthy) -> dict[str, Callable[[sqlite3.Connection], object]]:
    """Damages by name: every column of every table, rows that went and came, and the parts of the search."""
    found: dict[str, Callable[[sqlite3.Connection], object]] = {}
    with closing(sqlite3.connect(healthy.file)) as raw:
        for table in schema.METADATA.sorted_tables:
            rows = raw.execute(f'SELECT * FROM "{table.name}"').fetchall()  # noqa: S608 - our own names
            names = [column.name for column in table.columns]
            key = [column.name for column in table.primary_key.columns]
            numbers = {column.name for column in table.columns if column.type.python_type is int}
            fresh = [(7_000_007 if name in numbers else b"7" if name == "data" else "7") for name in names]
            found[f"{table.name}: a row came"] = adding(table.name, fresh)
            if rows:
                row = dict(zip(names, rows[len(rows) // 2], strict=True))
                where, which = " AND ".join(f'"{one}" IS ?' for one in key), [row[one] for one in key]
                found[f"{table.name}: a row went"] = doing(f'DELETE FROM "{table.name}" WHERE {where}', which)  # noqa: S608
                for name in names:
                    value = row[name] if row[name] is not None else 7 if name in numbers else "7"
                    new = other(value)
                    change = f'UPDATE "{table.name}" SET "{name}" = ? WHERE {where}'  # noqa: S608 - our own names
                    found[f"{table.name}.{name}"] = doing(change, [new, *which])
    search = {
        "a page": "UPDATE search_data SET block = zeroblob(length(block)) WHERE id = (SELECT max(id) FROM search_data)",
        "a page went": "DELETE FROM search_data WHERE id = (SELECT max(id) FROM search_data)",
        "how much": "UPDATE search_data SET block = x'010101' WHERE id = 1",
        "a size": "UPDATE search_docsize SET sz = x'000001' WHERE id = (SELECT min(id) FROM search_docsize)",
        "a size went": "DELETE FROM search_docsize WHERE id = (SELECT min(id) FROM search_docsize)",
        "a title": "UPDATE search_content SET c1 = c1 || 'x' WHERE id = (SELECT min(id) FROM search_content)",
        "a tag": "UPDATE search_content SET c2 = c2 || 'x' WHERE id = (SELECT min(id) FROM search_content)",
        "a text": "UPDATE search_content SET c0 = c0 || 'x' WHERE id = (SELECT min(id) FROM search_content)",
        "words": "UPDATE search_content SET c3 = c3 || ' x' WHERE id = (SELECT min(id) FROM search_content)",
        "an entry went": "DELETE FROM search WHERE rowid = (SELECT min(rowid) FROM search)",
        "an entry came": "INSERT INTO search (rowid, title, tags, text, forms) VALUES (99999, '', '', 'x', 'x')",
        "a seal": "UPDATE seals SET sum = sum + 1 WHERE name = 'people'",
        "a count": "UPDATE seals SET rows = rows + 1 WHERE name = 'people'",
        "a seal went": "DELETE FROM seals WHERE name = 'likes' OR name = 'people'",
        "the revision": "UPDATE koweb_archive SET version_num = '7777'",
    }
    return found | {f"search: {name}": doing(statement, []) for name, statement in search.items()}


def doing(statement: str, values: list[object]) -> Callable[[sqlite3.Connection], object]:
    """One change."""
    return lambda raw: raw.execute(statement, values)


def adding(table: str, values: Sequence[object]) -> Callable[[sqlite3.Connection], object]:
    """One row more."""
    places = ", ".join("?" * len(values))
    return lambda raw: raw.execute(f'INSERT INTO "{table}" VALUES ({places})', values)  # noqa: S608 - our own names


def missed(healthy: Healthy, folder: Path, names: list[str]) -> list[str]:
    """The damages that nobody notices."""
    all_ = damages(healthy)
    found = []
    for name in names:
        file = healthy.copy(folder / "damaged.sqlite")
        rotten(file, all_[name])
        if not healthy.found(file):
            found.append(name)
    return found


def test_b11_no_damage_is_missed(healthy: Healthy, tmp_path: Path) -> None:
    """Before: damage to the search's index, to posts.digest and to every column without a second copy."""
    assert healthy.found(healthy.copy(tmp_path / "whole.sqlite")) == []
    names = list(damages(healthy))
    assert len(names) > 200
    known = [one for one in names if one.startswith("search: ") or one in ("posts.digest", "people.username")]
    chosen = random.Random(11).sample([one for one in names if one not in known], 30)
    assert missed(healthy, tmp_path, [*known, *chosen]) == []


@pytest.mark.soak
def test_b11_no_damage_of_all_is_missed(healthy: Healthy, tmp_path: Path) -> None:
    assert missed(healthy, tmp_path, list(damages(healthy))) == []


@pytest.mark.parametrize(
    "change",
    [
        "DROP VIEW v_posts",
        "DROP INDEX ix_people_forum_folded",
        "DROP TRIGGER seal_posts_update",
        "CREATE TRIGGER more AFTER INSERT ON posts BEGIN DELETE FROM likes; END",
        "DROP TABLE seals",
        "DROP TABLE counts",
    ],
)
def test_b11_a_part_that_is_missing_or_not_ours_is_found(healthy: Healthy, tmp_path: Path, change: str) -> None:
    file = healthy.copy(tmp_path / "a.sqlite")
    with closing(sqlite3.connect(file)) as raw:
        raw.execute(change)
    assert healthy.found(file)


def test_b11_a_word_that_the_index_does_not_lead_to_is_found() -> None:
    """In an index of many pages, where each page begins stands apart from the pages."""
    with Store.open(":memory:") as store, store.begin() as connection:
        texts = {row: " ".join(f"mot{row * 7 + n}" for n in range(50)) for row in range(1, 400)}
        search.enter(connection, {row: IndexEntry("", "", body) for row, body in texts.items()})
        assert all(what.isdecimal() for what in index_flaws(connection))  # no post is behind any entry
        connection.exec_driver_sql("DELETE FROM search_idx WHERE pgno > 8")
        assert any(what.startswith("mot") for what in index_flaws(connection))


def test_b11_an_archive_of_a_reading_that_was_stopped_before_any_post_is_sound(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "a.sqlite")) as store, store.read() as connection:
        assert not list(index_flaws(connection))


def content(file: Path) -> list[object]:
    """All that an archive tells."""
    with Store.open(str(file), create=False) as store, store.read() as connection:
        words = connection.exec_driver_sql("SELECT rowid, * FROM search ORDER BY rowid").all()
        return [*dump.lines(connection), *map(tuple, words)]


def flipped(healthy: Healthy, file: Path, seed: int) -> None:
    """Turn some bits somewhere in a copy, or cut its end off."""
    dice = random.Random(seed)
    content = bytearray(healthy.copy(file).read_bytes())
    if seed % 7 == 0:
        del content[dice.randrange(len(content)) :]
    for _nth in range(dice.choice([1, 1, 4, 400])):
        if content:
            content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    file.write_bytes(content)


def overlooked(healthy: Healthy, folder: Path, seeds: range) -> list[int]:
    """The bits that turned, told something else, and were not noticed."""
    whole = content(healthy.copy(folder / "whole.sqlite"))
    found = []
    for seed in seeds:
        file = folder / "flipped.sqlite"
        flipped(healthy, file, seed)
        if not healthy.found(file) and content(file) != whole:
            found.append(seed)
    return found


def test_b11_no_bit_that_turns_is_missed(healthy: Healthy, tmp_path: Path) -> None:
    assert overlooked(healthy, tmp_path, range(12)) == []


@pytest.mark.soak
def test_b11_no_bit_of_many_that_turn_is_missed(healthy: Healthy, tmp_path: Path) -> None:
    assert overlooked(healthy, tmp_path, range(400)) == []


# ---- the commands on what is damaged, and on what may not be written


def commands(healthy: Healthy, folder: Path) -> list[tuple[str, ...]]:
    """Every command that reads an archive."""
    exports = [("export", "--format", style, "--to", str(folder / style)) for style in EXPORTS.names()]
    plain = [("list",), ("show", "1"), ("show", "2/1", "--versions"), ("search", "question"), ("stats",)]
    people = [("subject", "membre3"), ("consent",), ("purge", "--dry-run"), ("forget", "membre3", "--dry-run")]
    rest = [("verify", "--offline"), ("drop", healthy.base, "--dry-run")]
    return [*(("archive", *words) for words in (*plain, *rest, *exports, *people)), ("report", "--format", "json")]


def writing(healthy: Healthy) -> list[tuple[str, ...]]:
    """Commands that write to an archive."""
    erasing = [("purge",), ("forget", "membre3", "--yes"), ("drop", healthy.base, "--yes")]
    return [("archive", *words) for words in ((), *erasing, ("consent", "membre3", "--not-counted"))]


def run(healthy: Healthy, file: Path, words: tuple[str, ...], folder: Path) -> Result:
    """A command on an archive, in this process."""
    (folder / "koweb.toml").write_text(f'[forum.kafe]\nurl = "{healthy.base}"\nusername = "admin"\n', encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return CliRunner().invoke(koweb, [*words, "--store", str(file)])


@pytest.mark.parametrize("seed", [3, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(20, 50))])
def test_b4_no_command_answers_a_rotten_archive_with_a_traceback(healthy: Healthy, tmp_path: Path, seed: int) -> None:
    """Before: what could not be read as JSON, or as text, ended as a Python error."""
    for nth, words in enumerate(commands(healthy, tmp_path / "out")):
        file = tmp_path / "rotten.sqlite"
        flipped(healthy, file, seed + 100 * nth)
        for log in ("-wal", "-shm"):
            Path(f"{file}{log}").unlink(missing_ok=True)
        done = run(healthy, file, words, tmp_path)
        assert done.exception is None or isinstance(done.exception, SystemExit), (words, done.exception)
        assert done.exit_code in (0, 1, 2, 3)
        assert "did not expect" not in done.stderr, (words, done.stderr)


def test_b4_json_that_rotted_is_said_to_be_damage(healthy: Healthy, tmp_path: Path) -> None:
    file = healthy.copy(tmp_path / "a.sqlite")
    rotten(file, lambda raw: raw.execute("UPDATE topics SET tags = '[' WHERE id = 1"))
    done = run(healthy, file, ("archive", "list"), tmp_path)
    assert done.exit_code == 2
    assert "The archive is damaged" in done.stderr
    assert "verify --offline" in done.stderr
    done = run(healthy, file, ("archive", "verify", "--offline"), tmp_path)
    assert done.exit_code == 3
    assert "table topics" in done.stdout


def read_only(folder: Path, work: Callable[[], int]) -> int:
    """Do something where a folder lies on a disc that cannot be written, also not by root; its exit code."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            code = work() if mounted(folder) else 77
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code == 77:
        pytest.skip("nothing can be mounted here")
    return code


def mounted(folder: Path) -> bool:
    """Mount a folder over itself, for this process alone, so that it is only read (unshare(2), mount(2))."""
    libc = ctypes.CDLL(None, use_errno=True)
    users, mounts, private, bind, anew, only_read = 0x10000000, 0x20000, 0x44000, 0x1000, 0x20, 0x1
    who = (os.getuid(), os.getgid())
    place = os.fsencode(folder)
    if libc.unshare(users | mounts):
        return False
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    for name, number in zip(("uid_map", "gid_map"), who, strict=True):
        Path(f"/proc/self/{name}").write_text(f"{number} {number} 1", encoding="ascii")
    return not (
        libc.mount(None, b"/", None, private, None)
        or libc.mount(place, place, None, bind, None)
        or libc.mount(None, place, None, bind | anew | only_read, None)
    )


def test_b11_every_command_that_reads_works_where_nobody_may_write(healthy: Healthy, tmp_path: Path) -> None:
    """Before: verify --offline wanted a lock beside the file, and wrote what it found into it; so did report."""
    disc, log = tmp_path / "disc", tmp_path / "log"
    disc.mkdir()
    file = healthy.copy(disc / "a.sqlite")
    before = file.read_bytes()

    def all_of_them() -> int:
        for words in commands(healthy, tmp_path / "out"):
            done = run(healthy, file, words, tmp_path)
            if done.exit_code != (2 if words[1] == "forget" else 0):
                log.write_text(f"{words} {done.exit_code} {done.output} {done.exception!r}", encoding="utf-8")
                return 1
        return 0

    assert read_only(disc, all_of_them) == 0, log.read_text(encoding="utf-8") if log.exists() else ""
    assert file.read_bytes() == before
    assert [one.name for one in disc.iterdir()] == ["a.sqlite"]


def test_b11_an_archive_that_can_only_be_read_is_not_called_unusable(healthy: Healthy, tmp_path: Path) -> None:
    """Whoever reads that it is might throw away what is whole."""
    disc, log = tmp_path / "disc", tmp_path / "log"
    disc.mkdir()
    file = healthy.copy(disc / "a.sqlite")

    def all_of_them() -> int:
        for words in writing(healthy):
            done = run(healthy, file, words, tmp_path)
            log.write_text(f"{words} {done.output} {done.exception!r}", encoding="utf-8")
            if "Nothing can be written to the archive: Read-only file system. " not in done.stderr:
                return 1
        return 0

    assert read_only(disc, all_of_them) == 0, log.read_text(encoding="utf-8") if log.exists() else ""
    assert [one.name for one in disc.iterdir()] == ["a.sqlite"]


def test_b11_a_log_beside_a_file_that_nobody_may_write_is_said(healthy: Healthy, tmp_path: Path) -> None:
    disc = tmp_path / "disc"
    disc.mkdir()
    file = healthy.copy(disc / "a.sqlite")
    (disc / "a.sqlite-wal").write_bytes(b"x" * 4_200)

    def look() -> int:
        try:
            with Store.open(str(file), create=False) as store, store.read() as connection:
                list(dump.lines(connection))
        except StoreUnusable as error:
            return 0 if "a.sqlite-wal" in error.message and "Copy both files" in error.remedy else 2
        return 1

    assert read_only(disc, look) == 0
    (disc / "a.sqlite-wal").write_bytes(b"")
    assert read_only(disc, look) == 1
