"""The short ways in which rows of a backup are read give what the long ones give."""

import io
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.archive.backups import plain
from koweb_sync.archive.backups.copying import CopyStatement, lines, picked, value
from koweb_sync.archive.backups.tables import ALLOWED
from koweb_sync.archive.from_backup import post_rows
from koweb_sync.archive.from_backup.likes_and_polls import LIKE_COLUMNS, read_likes
from koweb_sync.archive.from_backup.staged_tables import TIES
from koweb_sync.archive.store import schema
from koweb_sync.errors import InputError
from koweb_sync.forum import parse_rows
from koweb_sync.forum.decode import each
from koweb_sync.forum.parse_rows import Columns
from tests.archive.backups.taking import emptied, raws, take
from tests.archive.backups.taking import rows as rows_of
from tests.archive.backups.writing import as_sql, dump_of
from tests.archive.crawling import forum_of
from tests.workspace import served

NUMBERS = ("0", "7", "-1", "007", "+5", " 5", "1_000", "١٢", "1.0", "", "x", "9" * 18, "9" * 19, "9" * 30)
TIMES = ("2024-03-01 10:00:00.123456", "2024-03-01 10:00:00 UTC", "2024-03-01T10:00:00+02:00", "infinity", "")
PLAIN = {
    **dict.fromkeys(post_rows.WHOLE, "1"),
    **dict.fromkeys(post_rows.MAYBE),
    **dict.fromkeys(post_rows.FLAGS, "f"),
    **dict.fromkeys(post_rows.REST),
    "raw": "oui",
    "cooked": "<p>oui</p>",
    "created_at": TIMES[0],
    "updated_at": TIMES[0],
}
STRANGE = st.sampled_from([None, "t", "true", "maybe", "é œ 🙂", *NUMBERS, *TIMES])


@given(st.dictionaries(st.sampled_from(sorted(PLAIN)), STRANGE, max_size=4), st.booleans(), st.sampled_from([None, 4]))
def test_a_post_is_read_as_any_other_answer(other: dict[str, Any], newer: bool, category: int | None) -> None:
    table = ALLOWED["posts"]
    columns = table.read if newer else table.columns
    row = tuple({**PLAIN, **other}[name] for name in columns)
    found = post_rows.found_posts([post_rows.reader(columns)(row)], [(category, 2)]).posts
    said = {"locale": None, **dict(zip(columns, row, strict=True)), "category_id": category, "shadow": 2}
    expected = each("post", [Columns(said)], parse_rows.post)
    assert (list(found), found.malformed) == (list(expected), expected.malformed)


@given(
    st.tuples(
        st.sampled_from([1, "1", None]), st.sampled_from([2, -1, "x"]), STRANGE, st.sampled_from([None, TIMES[0]])
    )
)
def test_a_like_is_read_as_any_other_answer(facts: tuple[Any, ...]) -> None:
    row = (*facts, "like")
    found = read_likes([row])
    expected = each("like", [Columns(zip(LIKE_COLUMNS, row, strict=True))], parse_rows.like)
    assert list(found) == [one for one in expected if one is not None]
    assert found.malformed == expected.malformed


@given(
    st.lists(
        st.text("\\nNtrx0127é \t", max_size=8).map(lambda text: text.replace("\t", "\\t").encode()),
        min_size=3,
        max_size=3,
    )
)
def test_the_values_of_a_row_are_read_as_each_one_alone(fields: list[bytes]) -> None:
    read = picked(CopyStatement("posts", ("a", "b", "c")), ("c", "nobody", "a"), "here")
    try:
        expected: Any = value(fields[2]), None, value(fields[0])
    except ValueError:
        return
    assert read(b"\t".join(fields)) == expected


@given(st.text("\n\\.\rx", max_size=60), st.integers(1, 9))
def test_rows_that_nobody_reads_end_where_rows_that_are_read_do(text: str, size: int) -> None:
    content = f"{text}\n\\.\nrest".encode()
    read, passed = [cast("Any", io.BufferedReader(io.BytesIO(content), size)) for _n in range(2)]
    for _row in lines(read, "tags", "here"):
        pass
    plain.skip(passed, "here")
    assert passed.read() == read.read()


@pytest.mark.parametrize("content", [b"", b"1\tx\n", b"x" * 5_000])
def test_rows_that_never_end_are_refused_unread(content: bytes) -> None:
    with pytest.raises(InputError):
        plain.skip(cast("Any", io.BufferedReader(io.BytesIO(content), 512)), "here")


@pytest.mark.parametrize("value", ["x", "", None, "-9223372036854775809", "infinity", "20240-01-01 00:00:00"])
def test_no_value_of_any_table_stops_a_reading(tmp_path: Path, value: str | None) -> None:
    with served("2025", forum_of(3, 6, likes=4)) as box:
        box.edit(1, raw="Un texte que l’on vient de reprendre.", username="admin")
        dump = dump_of(box)
    for name, table in ALLOWED.items():
        columns, rows = dump.tables.get(name, (table.read, []))
        first = rows[0] if rows else tuple("1" if one.endswith("id") else "t" for one in columns)
        for n, column in enumerate(columns):
            if column in table.read:
                rows.append((*first[:n], value, *first[n + 1 :]))
        dump.tables[name] = (columns, rows)
    with emptied(tmp_path) as store:
        found = take(store, as_sql(tmp_path, dump), key=True, staff=True, messages=True, chat=True)
        assert found.unreadable
        assert not found.backup.other
        assert len([post for post in raws(store) if post > 0]) == 6


def test_a_row_that_does_not_say_what_it_belongs_to_is_counted(tmp_path: Path) -> None:
    with served("2025", forum_of(3, 6, likes=4)) as box:
        box.edit(1, raw="Un texte que l’on vient de reprendre.", username="admin")
        dump = dump_of(box)
    added = 0
    for tie in (*TIES, "post_revisions.post_id"):
        name, column = tie.split(".")
        columns, rows = dump.tables.get(name, (ALLOWED[name].read, []))
        first = next(iter(rows), tuple("1" for _one in columns))
        if name == "directory_items":  # of which one kind is read
            first = tuple("1" if one == "period_type" else said for one, said in zip(columns, first, strict=True))
        rows.append(tuple("x" if one == column else said for one, said in zip(columns, first, strict=True)))
        dump.tables[name] = (columns, rows)
        added += 1
    with emptied(tmp_path) as store:
        found = take(store, as_sql(tmp_path, dump), key=True, staff=True, messages=True, chat=True)
        assert found.unreadable >= added
        assert len([post for post in raws(store) if post > 0]) == 6


def test_whoever_wrote_has_a_name_though_they_were_never_here(tmp_path: Path) -> None:
    with served("2022", forum_of(2, 6)) as box:
        dump = dump_of(box)
    columns, rows = dump.tables["users"]
    unused = {"active": "f", "staged": "f", "last_seen_at": None}
    dump.tables["users"] = (
        columns,
        [tuple(unused.get(c, v) for c, v in zip(columns, row, strict=True)) for row in rows],
    )
    with emptied(tmp_path) as store:
        take(store, as_sql(tmp_path, dump))
        people = {row["id"]: row["username"] for row in rows_of(store, schema.PEOPLE)}
        assert {row["person"] for row in rows_of(store, schema.POSTS)} <= people.keys()
        assert all(people.values())
        assert len(people) < len(rows)
