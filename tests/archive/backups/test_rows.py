"""The short ways in which rows of a backup are read give what the long ones give."""

import io
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.archive.backups import plain
from koweb_sync.archive.backups.copying import CopyStatement, lines, picked, value
from koweb_sync.archive.backups.tables import ALLOWED
from koweb_sync.archive.from_backup import post_rows
from koweb_sync.archive.from_backup.opinions import LIKE_COLUMNS, read_likes
from koweb_sync.errors import InputError
from koweb_sync.forum import parse_rows
from koweb_sync.forum.decode import each
from koweb_sync.forum.parse_rows import Columns

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
    found = post_rows.reader(columns)([row], [(category, 2)])
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
    for _row in lines(read, "here"):
        pass
    plain.skip(passed, "here")
    assert passed.read() == read.read()


@pytest.mark.parametrize("content", [b"", b"1\tx\n", b"x" * 5_000])
def test_rows_that_never_end_are_refused_unread(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "LONGEST", 2_000)
    with pytest.raises(InputError):
        plain.skip(cast("Any", io.BufferedReader(io.BytesIO(content), 512)), "here")
