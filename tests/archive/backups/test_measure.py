"""What a backup holds takes no more memory than a page of it, however long its texts are; what is longer than any
forum's is an error that says where.
"""

import tracemalloc
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.archive.backups import copying, plain
from koweb_sync.archive.from_backup import backup_reading, row_pages
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from koweb_sync.errors import InputError
from tests.archive.backups.taking import emptied, raws, rows, take
from tests.archive.backups.test_hostile import row, small
from tests.archive.backups.writing import Dump, as_directory, as_sql, written

AT = "2024-01-01 00:00:00"
LINES = 2_000  # of a long text


def forum(posts: int, text: str = "oui") -> Dump:
    """A backup of one topic with so many posts."""
    dump = small()
    facts = {"visible": "t", "closed": "f", "archived": "f", "pinned_globally": "f", "archetype": "regular"}
    counts = {"views": "0", "posts_count": str(posts), "highest_post_number": str(posts), "like_count": "0"}
    row(dump, "topics", id="1", title="Un", created_at=AT, **facts, **counts)
    for n in range(1, posts + 1):
        post(dump, n, f"{text} {n}")
    return dump


def post(dump: Dump, n: int, text: str) -> None:
    """A post."""
    flags = {"user_deleted": "f", "hidden": "f", "wiki": "f", "like_count": "0", "reads": "0", "post_type": "1"}
    told = {"raw": written(text) or "", "cooked": "", "public_version": "2", "created_at": AT, "updated_at": AT}
    row(dump, "posts", id=str(n), topic_id="1", post_number=str(n), **flags, **told)


def edit(dump: Dump, number: int, before: str, after: str, of: int = 1) -> None:
    """An edit of a post."""
    said = yaml.dump({"raw": [before, after]}, allow_unicode=True)
    told = {"modifications": written(said) or "", "created_at": AT, "hidden": "f"}
    row(dump, "post_revisions", post_id=str(of), number=str(number), **told)


def versions(store: Store, of: int = 1) -> list[str]:
    """The texts that a post had, oldest first."""
    return [one["raw"] for one in rows(store, schema.POST_VERSIONS) if one["post"] == of]


@given(st.lists(st.text(max_size=400), max_size=60), st.integers(1, 9), st.integers(200, 3_000))
def test_pages_hold_all_rows_and_are_cut_alike_from_each_cut_on(texts: list[str], size: int, full: int) -> None:
    given_rows = [(text,) for text in texts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_pages, "FILLED", full)
        found = list(row_pages.pages(given_rows, size))
        assert [one for page in found for one in page] == given_rows
        assert all(len(page) <= size and sum(map(row_pages.weight, page[:-1])) < full for page in found)
        done = 0
        for n, page in enumerate(found):
            assert list(row_pages.pages(given_rows[done:], size)) == found[n:]
            done += len(page)


@pytest.mark.parametrize("table", ["posts", "post_revisions", "post_localizations"])
def test_a_page_of_long_texts_takes_the_memory_of_some(
    table: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_pages, "FILLED", 2**19)
    text = "\n".join(f"une ligne {n} d’un texte" for n in range(LINES))
    dump = forum(150 if table == "posts" else 1, text)
    if table == "post_localizations":
        dump.add(table, ("post_id", "locale", "raw", "cooked"), [])
        for n in range(150):
            row(dump, table, post_id="1", locale=f"x{n}", raw=written(f"{n} {text}") or "", cooked="")
    for n in range(2, 80 if table == "post_revisions" else 2):
        post(dump, n, "oui")
        edit(dump, 2, f"{n} {text}", f"{n} {text} oui", of=n)
    path, whole = as_directory(tmp_path, dump), len(dump.rows(table))
    del dump
    with emptied(tmp_path) as store:
        tracemalloc.start()
        take(store, path)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert whole > 7 * 2**20
    assert most < 6 * 2**20


@pytest.mark.parametrize("form", [as_sql, as_directory])
def test_a_row_longer_than_any_says_its_place_and_what_was_read_before_stays(
    form: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_pages, "AT_ONCE", 5)
    dump = forum(12)
    good = form(tmp_path, dump).read_bytes()
    post(dump, 13, "x" * 3 * 2**20)
    path = form(tmp_path, dump)
    with emptied(tmp_path) as store:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(copying, "LONGEST", 2**20)
            with pytest.raises(InputError, match="row 13 of the table posts is longer than 1 MiB"):
                take(store, path)
            assert not [
                one for one in tmp_path.glob("*") if one.name not in ("home", path.name) and "sqlite" not in one.name
            ]
        path.write_bytes(good)
        take(store, path)
        assert raws(store) == {n: f"oui {n}" for n in range(1, 13)}


def test_what_was_read_before_a_row_that_is_too_long_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_pages, "AT_ONCE", 5)
    dump = forum(12)
    for n in range(2, 4):
        edit(dump, n, f"avant {n}", f"après {n}")
    edit(dump, 4, "x" * 2**20, "oui")
    monkeypatch.setattr(copying, "LONGEST", 2**20)
    with emptied(tmp_path) as store:
        with pytest.raises(InputError, match="row 3 of the table post_revisions"):
            take(store, as_directory(tmp_path, dump))
        assert raws(store) == {n: f"oui {n}" for n in range(1, 13)}


def test_the_longest_texts_that_a_forum_takes_are_read_with_their_edits(tmp_path: Path) -> None:
    texts = ["🙂" * 149_990 + str(n) for n in range(3)]
    dump = forum(0)
    post(dump, 1, texts[2])
    edit(dump, 2, texts[0], texts[1])
    edit(dump, 3, texts[1], texts[2])
    with emptied(tmp_path) as store:
        found = take(store, as_sql(tmp_path, dump))
        assert found.unreadable == 0
        assert versions(store) == texts


def test_a_long_row_that_nobody_reads_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in (copying, plain):
        monkeypatch.setattr(room, "LONGEST", 2**16)
    dump = forum(2)
    dump.add("incoming_emails", ("id", "raw"), [(1, "x" * 2**18)])
    with emptied(tmp_path) as store:
        take(store, as_sql(tmp_path, dump))
        assert len(raws(store)) == 2


def test_of_edits_beyond_all_measure_the_newest_are_kept_and_the_rest_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_reading, "TOGETHER", 20_000)
    dump = forum(0)
    post(dump, 1, "x" * 4_000 + "9")
    for n in range(2, 10):
        edit(dump, n, "x" * 4_000 + str(n - 1 + (n == 9)), "x" * 4_000 + str(n))
    post(dump, 2, "oui")
    edit(dump, 2, "non", "oui", of=2)
    with emptied(tmp_path) as store:
        found = take(store, as_sql(tmp_path, dump))
        assert found.unreadable == 6
        assert sorted(one[-1] for one in versions(store)) == ["7", "8", "9"]
        assert versions(store, 2) == ["non", "oui"]


def test_earlier_texts_take_the_numbers_before_those_that_are_held_and_leave_no_other(tmp_path: Path) -> None:
    dump = forum(0)
    for n in (1, 2):
        post(dump, n, "trois")
    path, table = as_sql(tmp_path, dump), schema.POST_VERSIONS
    with emptied(tmp_path) as store:
        take(store, path)
        with store.begin() as connection:  # as where versions between were taken out
            connection.execute(table.update().where(table.c.post == 1).values(n=5))
            connection.execute(schema.POSTS.update().where(schema.POSTS.c.id == 1).values(n=5))
        for n in (1, 2):
            edit(dump, 2, "un", "deux", of=n)
            edit(dump, 3, "deux", "trois", of=n)
        take(store, as_sql(tmp_path, dump))
        for n in (1, 2):
            held = sorted((one["n"], one["raw"]) for one in rows(store, table) if one["post"] == n)
            assert held == [(1, "un"), (2, "deux"), (3, "trois")]
        assert {one["n"] for one in rows(store, schema.POSTS)} == {3}
        assert store.damage() is None


def test_a_row_of_separators_alone_takes_no_more_memory_than_its_bytes() -> None:
    read = copying.picked(copying.CopyStatement("tags", ("id", "name")), ("id", "name"), "here")
    for size in (2**19, 2**21):
        line = b"\t" * size
        tracemalloc.start()
        with pytest.raises(InputError, match=f"{size + 1}"):
            read(line)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert most < 2 * size + 2**16
