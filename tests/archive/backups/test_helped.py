"""A large backup is read by two processes: what comes of it is what one of them alone makes."""

import gzip
import multiprocessing
import os
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from koweb_sync.archive.backups import copying
from koweb_sync.archive.backups.backup import Backup
from koweb_sync.archive.backups.container import Container
from koweb_sync.archive.from_backup import post_pages, row_pages, table_pages
from koweb_sync.archive.store.store import Store
from koweb_sync.errors import InputError, KowebError
from koweb_sync.sandbox.box import Sandbox
from tests.archive.backups.taking import emptied, raws, take
from tests.archive.backups.writing import Dump, as_directory, as_sql, dump_of
from tests.archive.crawling import forum_of
from tests.archive.dump import lines

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there are no helpers")
HERE = os.getpid()
FORMS = pytest.mark.parametrize("form", [as_sql, as_directory])
Form = Callable[[Path, Dump], Path]


@pytest.fixture
def helped(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every backup is large enough for a helper, which is there wherever these tests run."""
    monkeypatch.setattr(table_pages, "MANY", 0)
    monkeypatch.setattr(table_pages, "possible", lambda: 1)
    monkeypatch.setattr(row_pages, "AT_ONCE", 7)
    yield
    assert not multiprocessing.active_children()


def content(store: Store) -> list[str]:
    """All that an archive says, and by what each post is found."""
    with store.read() as connection:
        found = connection.exec_driver_sql("SELECT id, text, forms FROM posts JOIN search ON search.rowid = posts.row")
        return [*lines(connection, lasting=True), *sorted(map(str, found))]


def dump() -> Dump:
    """A forum with edits, likes, links, quotes and files, with rows that are not as they always are."""
    with Sandbox.start(forum_of(6, 60, likes=30)) as box:
        box.edit(1, raw="Un texte que l’on vient de reprendre, cœur à cœur.", username="admin")
        box.edit(2, raw="Un autre texte que l’on vient de reprendre.", username="admin")
        made = dump_of(box)
    columns, rows = made.tables["posts"]
    strange = {"id": ("7000", "x", None), "topic_id": ("x", "1", "1"), "reads": ("7", "-", "1_0")}
    for n in range(3):
        rows.append(tuple(strange[c][n] if c in strange else v for c, v in zip(columns, rows[0], strict=True)))
    quote = '<aside class="quote" data-username="Bob" data-post="1" data-topic="1"><blockquote>x</blockquote></aside>'
    shown = f'<p>Voir <a href="/t/x/2/3">là</a> <img src="/uploads/a.png" alt="un plan"></p>{quote}<p>Œufs</p>'
    unbent = "<p>et de 🙂 d’un</p>"  # of no word there is another form
    for row, text in ((3, shown), (4, unbent)):
        rows[row] = tuple(text if c == "cooked" else v for c, v in zip(columns, rows[row], strict=True))
    return made


@FORMS
def test_an_archive_does_not_depend_on_who_reads_the_backup(
    tmp_path: Path, form: Form, helped: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, worked = dump(), []
    for name in ("two", "one"):
        (tmp_path / name).mkdir()
        with emptied(tmp_path / name) as store:
            found = take(store, form(tmp_path / name, said), staff=True)
            worked.append((content(store), found.unreadable))
        monkeypatch.setattr(table_pages, "possible", lambda: 0)
    assert worked[0] == worked[1]
    assert worked[0][1] >= 3


def test_what_is_not_as_it_was_known_is_said_though_another_process_met_it(tmp_path: Path, helped: None) -> None:
    said = dump()
    columns, rows = said.tables["user_histories"]
    said.tables["user_histories"] = (tuple("acte" if one == "action" else one for one in columns), rows)
    with emptied(tmp_path) as store:
        assert take(store, as_sql(tmp_path, said)).backup.other == {"user_histories": "action"}


@FORMS
def test_a_backup_that_breaks_off_says_so_in_the_same_words(
    tmp_path: Path, form: Form, helped: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = dump()
    columns, rows = said.tables["posts"]
    long = "x" * 2**20
    rows.insert(40, tuple(long if c == "raw" else v for c, v in zip(columns, rows[0], strict=True)))
    path = form(tmp_path, said)
    with emptied(tmp_path) as store:
        monkeypatch.setattr(copying, "LONGEST", 2**20)
        with pytest.raises(InputError, match="row 41 of the table posts is longer than 1 MiB"):
            take(store, path)


def test_a_helper_that_is_killed_stops_the_reading_which_goes_on_later(
    tmp_path: Path, helped: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, ready = as_sql(tmp_path, dump()), post_pages.ready

    def dying(row: object) -> object:
        if os.getpid() != HERE:
            dying.rows += 1  # type: ignore[attr-defined]
            if dying.rows > 20:  # type: ignore[attr-defined]
                os.kill(os.getpid(), 9)
        return ready(row)  # type: ignore[arg-type]

    dying.rows = 0  # type: ignore[attr-defined]
    with emptied(tmp_path) as store:
        with monkeypatch.context() as patch:
            patch.setattr(post_pages, "ready", dying)
            with pytest.raises(KowebError, match=r"-9.*memory"):
                take(store, path)
        before = len(raws(store))
        take(store, path)
        assert 0 < before < len(raws(store))
        (tmp_path / "whole").mkdir()
        with emptied(tmp_path / "whole") as other:
            take(other, path)
            assert content(store) == content(other)


@FORMS
def test_where_the_tables_lie_is_looked_for_once(tmp_path: Path, form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    def look(*_args: object) -> None:
        raise AssertionError("the list of files is read again")

    with Backup(form(tmp_path, dump())) as first:
        posts = [list(table.rows) for table in first.tables("posts")]
        monkeypatch.setattr(Container, "header", look)
        with first.again() as second:
            assert [list(table.rows) for table in second.tables("posts")] == posts
            assert second.container.file.fileno() != first.container.file.fileno()


@pytest.mark.parametrize("parts", [1, 2])
def test_to_look_whether_a_backup_breaks_off_moves_nothing_in_it(tmp_path: Path, parts: int) -> None:
    files = {f"uploads/default/original/1X/{n}.png": random.Random(n).randbytes(60_000) for n in range(40)}
    path = as_sql(tmp_path, dump(), files)
    if parts == 2:  # as “cat” puts two of them together: the last one is no number of blocks
        tar = gzip.decompress(path.read_bytes())
        path.write_bytes(gzip.compress(tar[:-700]) + gzip.compress(tar[-700:]))
    with Backup(path) as backup:
        assert not backup.container.breaks_off()
        assert [backup.content(one) for one in backup.uploads()] == list(files.values())
