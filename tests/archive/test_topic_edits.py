"""What topics were before they were edited: titles, categories and tags, with who changed them and when."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from koweb_sync.archive.privacy import purge
from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from koweb_sync.cli.archive.show import show
from koweb_sync.sandbox import Sandbox
from tests.archive.backups.taking import emptied, raws, rows, take
from tests.archive.backups.writing import as_sql, dump_of
from tests.archive.crawling import archive_of, forum_of
from tests.archive.exporting import exported
from tests.workspace import SERVERS, served

FIRST, SECOND = "Comment nous nous voyons", "Comment nous nous verrons"


@pytest.fixture(scope="module", params=SERVERS)
def box(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A forum where a topic has its third title, and other tags and another place than at first."""
    seed = forum_of(3, 6)
    seed["users"][3]["admin"] = True
    with served(request.param, seed) as found:
        with found.state.lock:
            place = found.state.topics[1].category_id
        other = next(one for one in found.state.categories if one not in (1, place))
        found.edit(1, title=FIRST, username="admin")
        found.edit(1, title=SECOND, username="membre3", category=other)
        found.edit(1, username="admin", tags=["lieux"])
        found.edit(1, username="membre3", tags=["dates", "salles"])
        yield found


def edits(store: Store) -> list[dict[str, Any]]:
    """What is held of edits of topics."""
    return sorted(rows(store, schema.TOPIC_EDITS), key=lambda row: (row["topic"], row["n"]))


def test_what_a_topic_was_is_kept_alike_from_a_backup_and_over_the_api(box: Sandbox, tmp_path: Path) -> None:
    with emptied(tmp_path) as store:
        take(store, as_sql(tmp_path, dump_of(box)), box.url)
        held = edits(store)
        take(store, as_sql(tmp_path, dump_of(box)), box.url)
        assert edits(store) == held
    before = [(row["title"], row["category"] is not None, row["tags"] and json.loads(row["tags"])) for row in held]
    titles = [title for title, _category, _tags in before if title]
    assert titles[1:] == [FIRST]
    assert any(category for _title, category, _tags in before)
    assert ["lieux"] in [tags for _title, _category, tags in before]
    assert all(row["person"] and row["at"] for row in held)
    (tmp_path / "api").mkdir()
    with archive_of(box, tmp_path / "api", revisions=True) as kept:
        kept.run()
        told = edits(kept.store)
        content = kept.content()
        assert kept.run().requests <= 3
        assert (edits(kept.store), kept.content()) == (told, content)
    known = [{**row, "at": row["at"] // 1000} for row in held]  # the API tells milliseconds
    assert [{**row, "at": row["at"] // 1000} for row in told] == known


def test_what_a_topic_was_is_shown(box: Sandbox, tmp_path: Path) -> None:
    with emptied(tmp_path) as store:
        take(store, as_sql(tmp_path, dump_of(box)), box.url)
    place = ["--store", str(tmp_path / "archive.sqlite")]
    said = CliRunner().invoke(show, ["1/1", "--versions", *place], catch_exceptions=False).stdout
    assert f"title: {FIRST}" in said
    assert "tags: lieux" in said
    assert "Membre nº 3" in said
    told = json.loads(CliRunner().invoke(show, ["1", "--format", "json", *place], catch_exceptions=False).stdout)
    assert FIRST in [one["title"] for one in told["topic"]["earlier"]]


def test_exports_tell_what_a_topic_was_but_no_place_that_not_everybody_may_read(box: Sandbox, tmp_path: Path) -> None:
    with emptied(tmp_path) as store:
        take(store, as_sql(tmp_path, dump_of(box)), box.url)
        exported(store, 1, "jsonl", tmp_path / "jsonl", ArchiveFilter(public=True))
        exported(store, 1, "site", tmp_path / "site")
        (left,) = {row["category"] for row in edits(store)} - {None}
        with store.begin() as connection:
            closed = schema.CATEGORIES.update().where(schema.CATEGORIES.c.id == left).values(restricted=1)
            connection.execute(closed)
        exported(store, 1, "jsonl", tmp_path / "closed")
    topics = [told(tmp_path / name)[1]["earlier"] for name in ("jsonl", "closed")]
    assert [one["title"] for one in topics[0] if one["title"]] == [one["title"] for one in topics[1] if one["title"]]
    assert left in [one["category"] for one in topics[0]]
    assert {one["category"] for one in topics[1]} == {None}
    assert FIRST in (tmp_path / "site" / "topic" / "1.html").read_text(encoding="utf-8")


def told(folder: Path) -> dict[int, dict[str, Any]]:
    """The topics of an export, by number."""
    lines = (folder / "topics.jsonl").read_text(encoding="utf-8").splitlines()
    return {one["id"]: one for one in map(json.loads, lines)}


def test_a_change_in_a_shape_that_nobody_knows_is_counted_and_costs_no_text(tmp_path: Path) -> None:
    with served("2025", forum_of(3, 6)) as box:
        box.edit(1, "Un texte tout neuf, et le même sujet.", username="admin", tags=["lieux"])
        dump = dump_of(box)
    columns, kept = dump.tables["post_revisions"]
    place = columns.index("modifications")
    dump.tables["post_revisions"] = (
        columns,
        [(*row[:place], f"{row[place]}title: [1, 2, 3]\\ntags: 5\\n", *row[place + 1 :]) for row in kept],
    )
    with emptied(tmp_path) as store:
        found = take(store, as_sql(tmp_path, dump))
        assert found.unreadable == len(kept)
        assert not edits(store)
        assert raws(store)[1] == "Un texte tout neuf, et le même sujet."
        assert len([row for row in rows(store, schema.POST_VERSIONS) if row["post"] == 1]) == 2


def test_what_somebody_deleted_keeps_no_earlier_title(box: Sandbox, tmp_path: Path) -> None:
    with emptied(tmp_path) as store:
        take(store, as_sql(tmp_path, dump_of(box)), box.url)
        with store.begin() as connection:
            purge.empty(connection, 1, [1])
        assert not edits(store)
        take(store, as_sql(tmp_path, dump_of(box)), box.url)
        assert not edits(store)
