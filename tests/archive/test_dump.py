"""What is put into an archive is what comes out, and both kinds of store say the same of it, line by line."""

import hashlib
import json
import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, select

from koweb_sync.archive.store import schema
from koweb_sync.archive.store.prepared import find_rows, for_values, identity, remove_rows
from koweb_sync.archive.store.store import Store, complete, put
from tests.archive import dump
from tests.gate import fewer

URL, OTHER = "https://kafe.example.org", "https://café.example.org/forum"
TABLES = [one for one in schema.METADATA.sorted_tables if one is not schema.FORUMS]
Rows = dict[str, list[dict[str, Any]]]

whole = st.integers(-1200, 2**62)
signs = st.characters(codec="utf-8", exclude_characters="\0")
texts = st.one_of(
    st.text(signs),
    st.sampled_from(
        [
            "",
            "é",
            "e\u0301",
            "\u1100\u1161",
            "가",
            "שלום \u202eעולם\u202c",
            "مرحبا",
            "👩🏽‍🔬🇫🇷",
            "a\u0001b",
            "\r\n\u2028",
            "'; --",
            "\ufeff",
        ]
    ),
    st.sampled_from("é👩\u0001").map(lambda sign: sign * 30_000),  # up to 120 kB
)
names = st.text(signs, max_size=40)  # in keys, which PostgreSQL keeps short


def cells(table: Table, name: str) -> st.SearchStrategy[Any]:
    """Values of a column."""
    column = table.c[name]
    kind = str(column.type)
    of_key = name in identity(table) or column.unique
    values: st.SearchStrategy[Any] = {"BIGINT": whole, "BLOB": st.binary(max_size=100)}.get(
        kind, names if of_key else texts
    )
    return st.none() | values if column.nullable else values


def rows_of(table: Table) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Some rows of a table, each with a key of its own, without their forum and the store's own number."""
    columns = [column.name for column in table.columns if column.name not in ("forum", "row")]
    keys = [name for name in identity(table) if name != "forum"]
    row = st.fixed_dictionaries({name: cells(table, name) for name in columns})
    return st.lists(row, min_size=1, max_size=3, unique_by=lambda one: tuple(one[name] for name in keys))


@st.composite
def archives(draw: st.DrawFn) -> Rows:
    """Rows of some tables."""
    chosen = draw(st.lists(st.sampled_from(TABLES), min_size=1, max_size=3, unique=True))
    return {table.name: draw(rows_of(table)) for table in chosen}


def number(connection: Connection, url: str) -> int:
    """Enter a forum."""
    entry = schema.FORUMS.insert().values(url=url, name="kafe", added=1).returning(schema.FORUMS.c.id)
    return int(connection.execute(entry).scalar_one())


def fill(connection: Connection, forum: int, rows: Rows) -> None:
    """Put rows into a forum."""
    for name, some in rows.items():
        put(connection, schema.METADATA.tables[name], [{"forum": forum, **row} for row in some])


def back(connection: Connection, table: Table, forum: int) -> list[dict[str, Any]]:
    """A forum's rows in a table."""
    return [
        {name: value for name, value in row.items() if name not in ("forum", "row")}
        for row in connection.execute(select(table).where(table.c.forum == forum)).mappings()
    ]


def in_order(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in an order that is always the same."""
    return sorted(rows, key=lambda row: repr(sorted(row.items())))


many = settings(
    max_examples=fewer(25), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@many
@given(rows=archives(), others=archives(), backwards=st.booleans())
def test_a16_a18_both_stores_hold_every_sign_and_say_the_same(
    both: tuple[Store, Store], rows: Rows, others: Rows, backwards: bool
) -> None:
    said = []
    for nth, store in enumerate(both):
        with store.engine.connect() as connection:
            forums = [(URL, rows), (OTHER, others)]
            for url, some in reversed(forums) if backwards and nth else forums:
                here = number(connection, url)
                fill(connection, here, {name: some[name][:: -1 if nth else 1] for name in some})
                for name, wanted in some.items():
                    assert in_order(back(connection, schema.METADATA.tables[name], here)) == in_order(wanted)
            said.append(
                [list(dump.lines(connection)), list(dump.lines(connection, URL)), list(dump.lines(connection, OTHER))]
            )
            connection.rollback()
    assert said[0] == said[1]
    everything, one, other = said[0]
    assert sorted(everything) == sorted([*one, *other])
    assert all(json.loads(text)["forum"] == URL for text in one)
    assert len(one) == 1 + sum(map(len, rows.values()))


@many
@given(data=st.data(), table=st.sampled_from(TABLES))
def test_put_sets_only_what_it_is_given(both: tuple[Store, Store], data: st.DataObject, table: Table) -> None:
    keys = [name for name in identity(table) if name != "forum"]
    rows = data.draw(rows_of(table))
    free = [name for name in rows[0] if name not in keys]
    chosen = data.draw(st.lists(st.sampled_from(free), unique=True, min_size=1)) if free else []
    changes = [
        {**{name: row[name] for name in keys}, **{name: data.draw(cells(table, name)) for name in chosen}}
        for row in rows
    ]
    for store in both:
        with store.engine.connect() as connection:
            here, there = number(connection, URL), number(connection, OTHER)
            for forum in (here, there):
                fill(connection, forum, {table.name: rows})
            put(connection, table, [{"forum": here, **change} for change in changes])
            wanted = [{**row, **change} for row, change in zip(rows, changes, strict=True)]
            assert in_order(back(connection, table, here)) == in_order(wanted)
            assert in_order(back(connection, table, there)) == in_order(rows)
            connection.rollback()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 512, 1100])
def test_a130_rows_are_found_and_taken_out_by_however_many_values(both: tuple[Store, Store], count: int) -> None:
    for store in both:
        with store.engine.connect() as connection:
            here, there = number(connection, URL), number(connection, OTHER)
            fill(connection, there, {"tags": [{"name": "1", "description": ""}]})
            wanted = [str(n) for n in range(count)]
            fill(connection, here, {"tags": [{"name": name, "description": ""} for name in [*wanted, "another"]]})
            found = for_values(connection, find_rows, schema.TAGS, here, "name", wanted)
            assert sorted(row[schema.TAGS.c.keys().index("name")] for row in found) == sorted(wanted)
            for_values(connection, remove_rows, schema.TAGS, here, "name", wanted)
            assert [row["name"] for row in back(connection, schema.TAGS, here)] == ["another"]
            assert len(back(connection, schema.TAGS, there)) == 1
            connection.rollback()


def post(forum: int, number: int, **more: Any) -> dict[str, Any]:
    """A post with what every post has."""
    return {"forum": forum, "id": number, "topic": 1, "number": number, "type": 1, "created": 1, **more}


def test_a_change_of_what_is_not_there_is_an_error(store: Store) -> None:
    here = store.enter(URL, "kafe", 1)
    assert not complete(schema.POSTS, {"forum": 1, "id": 1, "likes": 4})
    with pytest.raises(LookupError), store.begin() as connection:
        put(connection, schema.POSTS, [post(here, 1)])
        put(connection, schema.POSTS, [{"forum": here, "id": nth, "likes": 4} for nth in (1, 2)])
    with store.read() as connection:
        assert back(connection, schema.POSTS, here) == []


def test_ten_thousand_rows_at_once(store: Store) -> None:
    here = store.enter(URL, "kafe", 1)
    rows = [post(here, nth, digest=str(nth)) for nth in range(10_000)]
    for _time in range(2):
        with store.begin() as connection:
            put(connection, schema.POSTS, rows)
            put(connection, schema.POSTS, [{"forum": here, "id": nth, "likes": nth} for nth in range(10_000)])
    with store.read() as connection:
        found = {row["id"]: row for row in back(connection, schema.POSTS, here)}
    assert len(found) == 10_000
    assert all(row["likes"] == nth and row["digest"] == str(nth) for nth, row in found.items())


def test_a_row_twice_at_once_is_the_last(store: Store) -> None:
    here = store.enter(URL, "kafe", 1)
    with store.begin() as connection:
        put(connection, schema.POSTS, [post(here, 1, likes=1), post(here, 1, likes=2)])
    with store.read() as connection:
        assert [row["likes"] for row in back(connection, schema.POSTS, here)] == [2]


def test_a16_what_no_database_holds_does_not_stop_an_archive(store: Store) -> None:
    here = store.enter(URL, "kafe", 1)
    with store.begin() as connection:
        put(connection, schema.POSTS, [post(here, 1, digest="a\0b \ud800 \ud83d\ude00 é")])
    with store.read() as connection:
        assert [row["digest"] for row in back(connection, schema.POSTS, here)] == ["ab \ufffd 😀 é"]


def test_when_we_looked_can_be_left_out(store: Store) -> None:
    lines = []
    for nth, (url, moment) in enumerate([(URL, 100), (OTHER, 999)]):
        here = store.enter(url, "kafe", moment)
        with store.begin() as connection:
            put(connection, schema.RUNS, [{"forum": here, "n": one, "started": moment} for one in range(nth + 1)])
            put(connection, schema.CURSORS, [{"forum": here, "name": "posts", "value": str(moment)}])
            put(
                connection,
                schema.REACTIONS,
                [
                    {"forum": here, "post": 1, "person": 2, "kind": "like", "n": 0, "seen": moment, "gone": moment},
                    {"forum": here, "post": 1, "person": 3, "kind": "like", "n": 0, "seen": moment, "gone": None},
                ],
            )
            put(connection, schema.TOMBSTONES, [{"forum": here, "kind": "post", "id": 1, "n": 0, "observed": moment}])
        with store.read() as connection:
            lines.append([list(dump.lines(connection, url, lasting=one)) for one in (True, False)])
    (first, first_whole), (second, second_whole) = (
        [[one.replace(OTHER, URL) for one in some] for some in all_] for all_ in lines
    )
    assert first == second
    assert first_whole != second_whole
    assert [json.loads(one).get("gone") for one in first if '"reactions"' in one] == [True, False]


def test_blobs_are_named_by_what_they_are(store: Store) -> None:
    here = store.enter(URL, "kafe", 1)
    data = bytes(range(256))
    with store.begin() as connection:
        put(
            connection,
            schema.BLOBS,
            [{"forum": here, "sha256": "wrong", "bytes": 1, "type": "image/png", "data": data}],
        )
    with store.read() as connection:
        found = [json.loads(one) for one in dump.lines(connection)]
    assert found[0]["data"] == {"sha256": hashlib.sha256(data).hexdigest(), "bytes": 256}


def test_a_dump_takes_no_more_memory_for_more_rows(places: Callable[[], str]) -> None:
    with Store.open(places()) as store:
        here = store.enter(URL, "kafe", 1)
        with store.begin() as connection:
            rows = [{"forum": here, "post": nth, "n": 0, "raw": "é" * 5_000, "observed": 1} for nth in range(4_000)]
            put(connection, schema.POST_VERSIONS, rows)
        del rows
        with store.read() as connection:
            tracemalloc.start()
            size = sum(map(len, dump.lines(connection)))
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
    assert size > 20_000_000
    assert peak < 15_000_000
