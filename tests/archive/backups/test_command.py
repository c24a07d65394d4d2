"""`koweb archive --from-backup` as somebody types it: in a folder without koweb.toml, without a forum to ask."""

import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from tests.archive.backups.taking import raws
from tests.archive.backups.writing import Dump, as_directory, as_sql, dump_of
from tests.archive.crawling import forum_of
from tests.archive.test_archiving import started

Form = Callable[..., Path]


@pytest.fixture(scope="module")
def dump() -> Iterator[Dump]:
    """A backup that says which forum it is of."""
    with Sandbox.start(forum_of(3, 20, likes=5)) as box:
        found = dump_of(box)
    columns, rows = found.tables["site_settings"]
    told = {"id": "99", "name": "vapid_base_url", "value": "https://kafe.example.org", "data_type": "1"}
    rows.append(tuple(told.get(name) for name in columns))
    said = ("1", "en", "A text in English.", "<p>A text in English.</p>")
    found.add("post_localizations", ("post_id", "locale", "raw", "cooked"), [said])
    found.add("topic_localizations", ("topic_id", "locale", "title"), [("1", "en", "A title in English")])
    links = ("id", "url", "topic_id", "post_id", "category_id", "external_url")
    found.add("permalinks", links, [("1", "blog/un", "1", None, None, None), ("2", "blog/deux", None, "1", None, None)])
    yield found


def test_a_backup_becomes_an_archive_without_a_forum_and_without_settings(dump: Dump, tmp_path: Path) -> None:
    file = str(as_directory(tmp_path, dump))
    out, words = started(tmp_path, "--from-backup", file, "--dry-run", "--format", "json").communicate(timeout=120)
    planned = json.loads(out)
    out, words = started(tmp_path, "--from-backup", file, "--dry-run").communicate(timeout=120)
    assert "3 topics, 20 posts" in out, words
    assert not (tmp_path / "koweb-archive.sqlite").exists()
    out, words = started(tmp_path, "--from-backup", file, "--format", "json").communicate(timeout=120)
    found = json.loads(out)["found"]
    assert found["posts"] == 20
    nothing = dict.fromkeys(("topics", "posts", "whispers", "message_topics", "message_posts"), 0)
    nothing |= dict.fromkeys(
        ("closed_channels", "closed_messages", "direct_channels", "direct_messages", "descriptions"), 0
    )
    nothing |= {"chat_channels": 1, "chat_messages": 1}
    held = {name: 0 for name in nothing if name != "descriptions"}
    assert json.loads(out)["left_out"] == {"closed": True, "staff_categories": 0, "backup": nothing, "held": held}
    assert "Traceback" not in words
    with Store.open(str(tmp_path / "koweb-archive.sqlite")) as store:
        assert store.forum("https://kafe.example.org") is not None
        assert len(raws(store)) == 20
    out, words = started(tmp_path, "stats").communicate(timeout=120)
    assert "nothing, as compared with the forum’s backup of November 18, 2026" in out, words
    assert re.search(r"Last run .*, from the backup of November 18, 2026, \d\d:\d\d UTC \(done\)", out)
    assert "that not everybody may read" not in out  # all of it is for everybody
    out, words = started(tmp_path, "stats", "--format", "json").communicate(timeout=120)
    assert planned["people"] == found["people"] == json.loads(out)["people"], words
    shows_what_only_a_backup_brings(tmp_path)


@pytest.mark.parametrize("form", [as_sql, as_directory])
def test_a_backup_whose_download_broke_off_behind_the_posts_says_so(form: Form, dump: Dump, tmp_path: Path) -> None:
    file = form(tmp_path, dump, {"uploads/default/original/1X/plan.png": random.Random(1).randbytes(200_000)})
    whole = file.read_bytes()
    for size, code in ((len(whole), 0), (len(whole) - 100_000, 3)):
        file.write_bytes(whole[:size])
        for given in (["--dry-run"], []):
            process = started(tmp_path, "--from-backup", str(file), *given)
            _out, words = process.communicate(timeout=120)
            assert process.returncode == code, words
            assert ("its download broke off" in words) == bool(code)
    with Store.open(str(tmp_path / "koweb-archive.sqlite")) as store:
        assert len(raws(store)) == 20


def shows_what_only_a_backup_brings(folder: Path) -> None:
    """Translations and old addresses come back out of the archive."""
    out, words = started(folder, "show", "1").communicate(timeout=120)
    assert out.index("A title in English") < out.index("A text in English."), words
    out, words = started(folder, "show", "1", "--format", "json").communicate(timeout=120)
    told = json.loads(out)
    base = "https://kafe.example.org"
    assert told["topic"]["permalinks"] == [
        {"url": f"{base}/blog/un", "post": None},
        {"url": f"{base}/blog/deux", "post": 1},
    ]
    assert told["topic"]["translations"][0]["title"] == "A title in English"
    assert [one["raw"] for one in told["posts"][0]["translations"]] == ["A text in English."]
    out, _words = started(folder, "show", "1/1", "--format", "json").communicate(timeout=120)
    assert [one["locale"] for one in json.loads(out)["post"]["translations"]] == ["en"]


@pytest.mark.parametrize("way", ["via", "broken", "nameless", "folder", "empty"])
def test_what_cannot_be_done_is_said_and_makes_no_archive(dump: Dump, way: str, tmp_path: Path) -> None:
    file = as_sql(tmp_path, dump)
    if way == "broken":
        file.write_bytes(file.read_bytes()[:2000])
    if way == "empty":
        file.write_bytes(b"")
    if way == "nameless":
        dump.tables["site_settings"][1].pop()
    given = ["--via", "rest"] if way == "via" else []
    if way == "nameless":
        file = as_sql(tmp_path, dump)
    process = started(tmp_path, "--from-backup", str(tmp_path if way == "folder" else file), *given)
    out, words = process.communicate(timeout=120)
    assert process.returncode == 2
    told = {"via": "--via", "broken": "Download it again", "nameless": "--url", "folder": "This is a folder"}
    told["empty"] = "its download broke off"
    assert told[way] in words
    assert "Traceback" not in out + words
    assert not (tmp_path / "koweb-archive.sqlite").exists()
