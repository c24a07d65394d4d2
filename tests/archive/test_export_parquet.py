"""Tables in Parquet: what other programs read in them, whatever people wrote, and what is found in them again."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from koweb_sync.archive.exports.export import target
from koweb_sync.archive.exports.formats.parquet import TABLES, texts, writers
from koweb_sync.archive.privacy import find_names
from tests.archive.exhibits import URL

READ = {
    "BIGINT": "int64",
    "VARCHAR": "string",
    "BOOLEAN": "bool",
    "TIMESTAMPTZ": "timestamp[us, tz=UTC]",
    "VARCHAR[]": "list<element: string>",
    "BIGINT[]": "list<element: int64>",
}
WHOLE = st.integers(-(2**63), 2**63 - 1)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "BIGINT": WHOLE,
    "VARCHAR": st.text(st.characters(codec="utf-8")),
    "BOOLEAN": st.booleans(),
    "TIMESTAMPTZ": st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999),  # the years 1 to 9999
    "VARCHAR[]": st.lists(st.text(st.characters(codec="utf-8")), max_size=3),
    "BIGINT[]": st.lists(WHOLE, max_size=3),
}
ROWS = {
    name: st.fixed_dictionaries({column: st.none() | VALUES[kind] for column, kind in columns.items()})
    for name, columns in TABLES.items()
}


def written(folder: Path, rows: dict[str, list[dict[str, Any]]]) -> dict[str, Path]:
    """The rows of each table, all of one month, as the files that they become."""
    with writers(target(str(folder), "parquet", URL, force=True), "kafe") as tables:
        for name, some in rows.items():
            for row in some:
                tables[name].add("2026-10", row)
    return {one.relative_to(folder).parts[0]: one for one in folder.rglob("*.parquet")}


@settings(max_examples=4)
@given(rows=st.fixed_dictionaries({name: st.lists(row, min_size=1, max_size=4) for name, row in ROWS.items()}))
def test_a120_what_is_read_in_tables_is_what_was_written(
    tmp_path_factory: Any, rows: dict[str, list[dict[str, Any]]]
) -> None:
    found = written(tmp_path_factory.mktemp("tables"), rows)
    assert found.keys() == TABLES.keys()
    for name, file in found.items():
        table = pq.ParquetFile(file).read()
        assert {one.name: str(one.type) for one in table.schema} == {
            column: READ[kind] for column, kind in TABLES[name].items()
        }
        times = [column for column, kind in TABLES[name].items() if kind == "TIMESTAMPTZ"]
        for column in times:
            place = table.schema.get_field_index(column)
            table = table.set_column(place, column, table.column(column).cast("int64"))
        assert table.to_pylist() == rows[name]


def test_a_text_of_any_length_and_with_any_sign_stays_what_it_is(tmp_path: Path) -> None:
    row = dict.fromkeys(TABLES["posts"])
    odd = ["\0", "\u2028", "\ufeff\uffff", "null", '{"a": 1}', "é😀" * 300_000, ""]
    rows = [row | {"id": n, "raw": text, "created": n} for n, text in enumerate(odd)]
    file = written(tmp_path, {"posts": rows})["posts"]
    assert pq.ParquetFile(file).read().column("raw").to_pylist() == odd
    assert [one for one in texts(file) if one not in TABLES["posts"]] == odd


def test_what_only_calls_itself_a_table_is_searched_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("les notes de claire", encoding="utf-8")
    (tmp_path / "b.parquet").write_bytes(b"\xff claire \xff")
    found = find_names.in_folder(tmp_path, find_names.Sought(["claire"]))
    assert [Path(one.where).name for one in found] == ["a.parquet", "b.parquet"]
