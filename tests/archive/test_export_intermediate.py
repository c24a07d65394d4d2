"""The file for Discourse's own importer: what no API gives back is in it, and nothing points nowhere."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from koweb_sync.archive.exports.formats import intermediate
from koweb_sync.archive.exports.formats.intermediate import FILE, TABLES
from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from tests.archive.exhibits import PNG, friendly, hostile
from tests.archive.exporting import exported
from tests.archive.intermediate_facts import ARCHETYPES, KEYS, MUST, OURS, POST_TYPES, TYPES, VERSION
from tests.workspace import Clone


@pytest.fixture
def store() -> Iterator[Store]:
    """An archive in memory."""
    with Store.open(":memory:") as opened:
        yield opened


def rows(folder: Path, query: str, *values: str) -> list[tuple[Any, ...]]:
    """What a query finds in the file."""
    with closing(sqlite3.connect(folder / FILE)) as found:
        return found.execute(query, values).fetchall()


def test_a150_numbers_times_authors_and_addresses_are_there(store: Store, tmp_path: Path) -> None:
    exported(store, friendly(store), "intermediate", tmp_path / "out")
    topics = rows(
        tmp_path / "out", "SELECT original_id, title, slug, user_id, created_at FROM topics ORDER BY original_id"
    )
    posts = rows(tmp_path / "out", "SELECT original_id, topic_id, post_number, raw FROM posts ORDER BY original_id")
    assert len({one[0] for one in topics}) == len(topics) > 1
    assert [one[0] for one in posts] == [1, 2, 3, 4, 5, 6, 7, 8]
    for number, _title, slug, *_rest in topics:
        assert (number,) in rows(
            tmp_path / "out", "SELECT topic_id FROM permalinks WHERE url = ?", f"t/{slug or '-'}/{number}"
        )
    assert (3,) in rows(tmp_path / "out", "SELECT original_id FROM posts WHERE reply_to_post_id = 2")
    picture = hashlib.sha256(PNG).hexdigest()
    ((path,),) = rows(tmp_path / "out", "SELECT path FROM uploads WHERE id = ?", picture)
    assert (tmp_path / "out" / path).read_bytes() == PNG
    assert {"salon", "outils", "été"} >= {name for (name,) in rows(tmp_path / "out", "SELECT name FROM tags")} > set()


@pytest.mark.parametrize("made", [friendly, hostile])
def test_a150_nothing_points_at_what_is_not_there(store: Store, tmp_path: Path, made: Any) -> None:
    exported(store, made(store), "intermediate", tmp_path / "out")
    for table, column, there in (
        ("posts", "topic_id", "topics"),
        ("posts", "user_id", "users"),
        ("posts", "reply_to_post_id", "posts"),
        ("topics", "user_id", "users"),
        ("topics", "category_id", "categories"),
        ("categories", "parent_category_id", "categories"),
        ("topic_tags", "tag_id", "tags"),
        ("permalinks", "post_id", "posts"),
    ):
        lost = f"SELECT {column} FROM {table} WHERE {column} NOT IN (SELECT original_id FROM {there})"  # noqa: S608 - our own names
        assert rows(tmp_path / "out", lost) == [], (table, column)
    assert rows(tmp_path / "out", "SELECT * FROM user_emails") == []
    assert {one[0] for one in rows(tmp_path / "out", "SELECT name FROM sqlite_master WHERE type = 'table'")} == set(
        TABLES
    )


def test_a150_tables_are_those_of_discourse_itself(store: Store, tmp_path: Path) -> None:
    """As its sources say them: the importer itself needs a whole Discourse, and was not run."""
    assert VERSION in str(intermediate.__doc__)
    exported(store, friendly(store), "intermediate", tmp_path / "out")
    assert set(TABLES) == set(TYPES) | OURS
    for table, types in TYPES.items():
        columns = rows(tmp_path / "out", 'SELECT name, type, "notnull", pk FROM pragma_table_info(?)', table)
        assert {name: kind for name, kind, *_rest in columns} == {
            name: kind for kind, names in types.items() for name in names.split()
        }, table
        assert {name for name, _kind, must, _place in columns if must} == set(MUST[table].split()), table
        key = sorted((place, name) for name, _kind, _must, place in columns if place)
        assert [name for _place, name in key] == KEYS[table], table


@pytest.mark.parametrize("made", [friendly, hostile])
def test_a150_values_are_of_the_types_that_their_columns_say(store: Store, tmp_path: Path, made: Any) -> None:
    exported(store, made(store), "intermediate", tmp_path / "out")
    fits = {"NUMERIC": "integer", "INTEGER": "integer", "BOOLEAN": "integer", "FLOAT": "real"}
    for table, types in TYPES.items():
        for kind, names in types.items():
            for name in names.split():
                found = rows(tmp_path / "out", f'SELECT DISTINCT typeof("{name}") FROM "{table}"')  # noqa: S608 - our own
                assert {one for (one,) in found} <= {"null", fits.get(kind, "text")}, (table, name)
                if kind == "BOOLEAN":
                    said = rows(tmp_path / "out", f'SELECT DISTINCT "{name}" FROM "{table}"')  # noqa: S608 - our own
                    assert {one for (one,) in said} <= {None, 0, 1}, (table, name)
    assert {one for (one,) in rows(tmp_path / "out", "SELECT post_type FROM posts")} <= POST_TYPES
    assert {one for (one,) in rows(tmp_path / "out", "SELECT archetype FROM topics")} <= ARCHETYPES


def test_a150_a_restoration_writes_it_where_that_is_wished(here: Clone, box: Sandbox) -> None:
    here.run("archive")
    here.run("archive", "restore", "--as", "intermediate", code=2)
    here.run("archive", "restore", "--as", "intermediate", "--to", "../departure")
    place = here.folder.parent / "departure"
    assert not [one for one in box.log if one.verb != "GET"]
    ids = {number for (number,) in rows(place, "SELECT original_id FROM topics")}
    assert ids == {one["id"] for one in json.loads(here.run("archive", "list", "--format", "json").out)["topics"]}
