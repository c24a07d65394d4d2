"""What nobody asked for of a backup is told with the option that takes it, before it is read and afterwards."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.sandbox import Sandbox
from tests.archive.backups.test_other_forum import read, says
from tests.archive.backups.writing import Dump, as_sql, dump_of
from tests.archive.crawling import forum_of
from tests.archive.test_archiving import started

CLOSED = "Left out: 1 topic, 1 post in categories that not everybody may read (to have them: --staff)."
MESSAGES = "Left out: 1 topic, 1 post among personal messages (to have them: --messages)."
CHAT = "Left out: 1 channel of the chat, 1 message (to have them: --chat)."
WHISPERS = "Left out: 1 whisper of the staff (to have it: --staff)."


def change(dump: Dump, table: str, column: str, value: str, ident: str | None) -> None:
    """Let a row of a backup say something else."""
    columns, rows = dump.tables[table]
    place, number = columns.index(column), columns.index("id")
    rows[:] = [(*row[:place], value, *row[place + 1 :]) if row[number] == ident else row for row in rows]


@pytest.fixture(scope="module")
def dump() -> Iterator[Dump]:
    """A forum of a topic in a closed category, one that is a personal message, and one with two posts, one of them a
    whisper.
    """
    with Sandbox.start(forum_of(3, 4)) as box:
        found = dump_of(box)
    columns, rows = found.tables["posts"]
    second = {row[columns.index("topic_id")] for row in rows if row[columns.index("post_number")] == "2"}
    columns, rows = found.tables["topics"]
    alone = [row[columns.index("id")] for row in rows if row[columns.index("id")] not in second]
    columns, rows = found.tables["categories"]
    closed = dict(zip(columns, rows[0], strict=True))
    closed |= {"id": "77", "name": "Entre nous", "slug": "entre-nous", "read_restricted": "t", "topic_id": None}
    rows.append(tuple(closed.get(name) for name in columns))
    change(found, "topics", "category_id", "77", alone[0])
    change(found, "topics", "archetype", "private_message", alone[1])
    columns, rows = found.tables["posts"]
    (whisper,) = [row[columns.index("id")] for row in rows if row[columns.index("post_number")] == "2"]
    change(found, "posts", "post_type", "4", whisper)
    says(found, "title", "Le Kafé")
    yield found


@pytest.mark.parametrize(
    "options, left",
    [
        ((), {CLOSED, MESSAGES, WHISPERS, CHAT}),
        (("--messages",), {CLOSED, WHISPERS, CHAT}),
        (("--staff",), {MESSAGES, CHAT}),
        (("--staff", "--messages", "--chat"), set()),
    ],
)
def test_dry_run_and_reading_say_what_is_left_out_and_what_takes_it(
    dump: Dump, options: tuple[str, ...], left: set[str], tmp_path: Path
) -> None:
    file = as_sql(tmp_path, dump)
    planned = read(tmp_path, file, *options, "--dry-run")[1]
    done = "\n".join(read(tmp_path, file, *options)[1:])
    for told in (planned, done):
        assert {line for line in told.splitlines() if line.startswith("Left out")} == left
    held = started(tmp_path, "stats", "--store", "archive.sqlite").communicate(timeout=120)[0]
    named = {
        "Left out: " + line.removeprefix("Left out").strip() + "." for line in held.splitlines() if "Left out" in line
    }
    assert named == left


def test_a_backup_that_is_read_again_with_more_is_no_older_one(dump: Dump, tmp_path: Path) -> None:
    file = as_sql(tmp_path, dump)
    assert read(tmp_path, file)[0] == 0
    again = "\n".join(read(tmp_path, file)[1:])
    assert "newer than this backup" not in again
    assert "Nothing is new." in again
    more = json.loads(read(tmp_path, file, "--staff", "--messages", "--chat", "--format", "json")[1])
    assert more["found"]["posts"] == 3
    assert more["left_out"]["closed"] is False
    assert not any(more["left_out"]["backup"].values())


def test_an_archive_that_is_newer_than_the_backup_stays_so_when_that_is_read_twice(dump: Dump, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    old = as_sql(tmp_path / "old", dump, at=1_763_000_000)
    assert read(tmp_path, as_sql(tmp_path, dump))[0] == 0
    for _time in range(2):
        assert "newer than this backup" in read(tmp_path, old)[2]


def test_a_dry_run_speaks_of_edits_as_the_reading_does(dump: Dump, tmp_path: Path) -> None:
    modifications = (
        '---\nraw:\n- Avant.\n- Après.\ncooked:\n- "<p>Avant.</p>"\n- "<p>Après.</p>"\ntitle:\n- Un\n- Deux\n'
    )
    change(dump, "posts", "raw", "Après.", "1")
    change(dump, "posts", "version", "2", "1")
    names = ("id", "user_id", "post_id", "modifications", "number", "created_at", "updated_at", "hidden")
    row = ("1", "1", "1", modifications, "2", "2023-11-14 22:14:20", "2023-11-14 22:14:20", "f")
    dump.tables.pop("post_revisions", None)
    dump.add("post_revisions", names, [row])
    file = as_sql(tmp_path, dump)
    options = ("--staff", "--messages")
    planned = read(tmp_path, file, *options, "--dry-run")[1]
    done = read(tmp_path, file, *options)[1]
    for words in ("1 earlier version of a post", "1 earlier state of a topic"):
        assert words in planned
        assert words in done
    assert " edit" not in planned


def test_what_a_comparison_leaves_open_fits_an_archive_that_came_from_a_backup(dump: Dump, tmp_path: Path) -> None:
    assert read(tmp_path, as_sql(tmp_path, dump))[0] == 0
    process = started(tmp_path, "verify", "--offline", "--store", "archive.sqlite")
    said = "".join(process.communicate(timeout=120))
    assert "this is what its backup of November 18, 2026 says" in said
    assert "Categories that not everybody may read were left out." in said
    assert "within 30 days" not in said
    assert "archived last" not in said


def test_a_backup_that_another_process_helps_to_read_is_no_broken_one(dump: Dump, tmp_path: Path) -> None:
    change(dump, "posts", "raw", os.urandom(3_000_000).hex(), "1")
    code, out, said = read(tmp_path, as_sql(tmp_path, dump), "--dry-run")
    assert code == 0, said
    assert "There are no images" in out


def asked(folder: Path, *words: str) -> str:
    """What a command says of the archive."""
    return "".join(started(folder, *words, "--store", "archive.sqlite").communicate(timeout=120))


def test_what_another_reading_took_is_not_said_to_be_missing(dump: Dump, tmp_path: Path) -> None:
    file = as_sql(tmp_path, dump)
    assert read(tmp_path, file, "--staff", "--messages", "--chat")[0] == 0
    said = read(tmp_path, file)[2]
    assert f"{CLOSED[:-1]}; another reading has taken 1 topic, 1 post." in said
    assert f"{MESSAGES[:-1]}; another reading has taken 1 topic, 1 post." in said
    assert f"{WHISPERS[:-1]}; another reading has taken 1 whisper." in said
    assert f"{CHAT[:-1]}; another reading has taken 1 channel of the chat, 1 message." in said
    assert asked(tmp_path, "stats").count("another reading has taken") == 4
    told = asked(tmp_path, "verify", "--offline")
    assert "not everybody may read were not compared: 1 topic in them is held from another reading." in told
    assert "Personal messages were not compared: 1 topic of them is held from another reading." in told
    assert "are not archived" not in told


def test_what_came_whole_from_an_older_backup_is_not_uncertain(dump: Dump, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    assert read(tmp_path, as_sql(tmp_path, dump))[0] == 0
    old = as_sql(tmp_path / "old", dump, at=1_763_000_000)
    assert "newer than this backup" in read(tmp_path, old, "--staff", "--messages")[2]
    told = asked(tmp_path, "verify", "--offline")
    assert told.count("still to be read") == 1  # the topic with the whisper, which this forum counts among its posts
    assert "this is what its backup of November 18, 2026 says" in told
