"""Forums of odd shapes, and odd people and texts in them: all is kept, exactly, and apart."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.store.store import Store
from koweb_sync.forum import parse
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.gateway.faults import Fault
from koweb_sync.sandbox.model.records import PostRecord
from tests.archive.crawling import Archive, archive_of, forum_of, public
from tests.workspace import SERVERS, served

pytestmark = pytest.mark.server("2022")

ODD_TEXTS = [
    "Un visage 🙂, une famille 👨‍👩‍👧‍👦, un drapeau 🇫🇷.",
    "من اليمين إلى اليسار, et retour.",
    "À côté de rien : \u0001, \u0008, \u000b, \u001f, \ufffe, \uffff.",
    "é composé ; e\u0301 décomposé.",
    "x" * 100_000,
    "  des espaces devant\n\n\ttabulation\r\nfin de ligne de Windows\rseule\n",
    "« guillemets » U+00A0\u00a0: U+202F\u202f! U+2028\u2028 fin",
    "```\n\\0 'apostrophes' \"guillemets\" %s {} ; DROP TABLE posts;--\n```",
    "",
]


@pytest.fixture(params=SERVERS)
def flavour(request: pytest.FixtureRequest) -> str:
    """The kind of server."""
    return str(request.param)


def test_a11_a_gap_of_two_hundred_ids_and_both_meanings_of_before_give_the_same(tmp_path: Path) -> None:
    seed = forum_of(20, 300, likes=20)
    for one in seed["posts"]:
        one["id"] += 200 if one["id"] > 100 else 0
    for one in seed["likes"]:
        one["post_id"] += 200 if one["post_id"] > 100 else 0
    seed["next_ids"]["posts"] = 600
    texts = []
    for flavour in ("2022", "2025"):
        folder = tmp_path / flavour
        folder.mkdir()
        with served(flavour, seed) as box, archive_of(box, folder) as kept:
            kept.run()
            assert kept.texts() == public(box)
            texts.append({post: raw for post, (raw, _cooked) in kept.texts().items()})
    assert texts[0] == texts[1]


def test_a11_newest_ids_that_nobody_may_see_do_not_end_the_walk(flavour: str, tmp_path: Path) -> None:
    seed = forum_of(20, 200)
    seed["topics"].append({**seed["topics"][0], "id": 21, "archetype": "private_message", "slug": "entre-nous"})
    for n in range(201, 321):
        seed["posts"].append({**seed["posts"][0], "id": n, "topic_id": 21, "post_number": n - 200, "raw": "entre nous"})
    with served(flavour, seed) as box, archive_of(box, tmp_path) as kept:
        kept.run()
        assert kept.texts() == public(box)
        assert "entre nous" not in (tmp_path / "archive.sqlite").read_bytes().decode("latin-1")


@pytest.fixture(scope="module")
def giant() -> dict[str, Any]:
    """A forum with a topic of 10,050 posts, which no server lists."""
    seed = forum_of(1, 10_050, people=20)
    for one in seed["posts"]:
        one["cooked"] = f"<p>{one['id']}</p>"
    return seed


@pytest.mark.every
def test_a12_a13_a_topic_of_ten_thousand_posts_is_whole(giant: dict[str, Any], flavour: str, tmp_path: Path) -> None:
    with served(flavour, giant) as box, archive_of(box, tmp_path) as kept:
        result = kept.run()
        assert kept.texts() == public(box)
        assert result.requests <= 220


def test_a13_posts_that_the_walk_did_not_bring_are_found_by_their_numbers(flavour: str, tmp_path: Path) -> None:
    seed = forum_of(1, 10_050, people=20)
    for one in seed["posts"]:
        one["cooked"] = f"<p>{one['id']}</p>"
        if one["id"] in (5_000, 5_001, 9_999):
            one["post_type"] = 3
    with served(flavour, seed) as box, archive_of(box, tmp_path) as kept:
        kept.run()
        assert kept.texts() == public(box)


def test_a15_system_people_and_authors_without_an_account_are_kept(flavour: str, tmp_path: Path) -> None:
    seed = forum_of(5, 20)
    for n, (ident, name) in enumerate([(-1, "system"), (-2, "discobot"), (-1200, "robot")], 1):
        if ident != -1:
            seed["users"].append({"id": ident, "username": name, "name": name})
        seed["posts"][n]["user_id"] = ident
    with served(flavour, seed) as box, archive_of(box, tmp_path) as kept:
        kept.run()
        found = kept.rows("SELECT id, bot FROM people WHERE id <= 0 ORDER BY id")
        assert found == [(-1200, 1), (-2, 1), (-1, 1)]
        assert kept.texts() == public(box)


def test_a15_a_post_whose_author_was_deleted_is_kept(tmp_path: Path) -> None:
    answer = {
        "id": 7, "topic_id": 3, "post_number": 1, "post_type": 1, "user_id": None, "username": None, "name": None,
        "created_at": "2024-01-01T00:00:00.123Z", "updated_at": "2024-01-01T00:00:00.123Z", "raw": "Seul.",
        "cooked": "<p>Seul.</p>", "version": 1,
    }  # fmt: skip
    with Store.open(str(tmp_path / "a.sqlite")) as store:
        number = store.enter("https://kafe.example.org", "kafe", 1)
        with store.begin() as connection:
            PageWriter(connection, number, "https://kafe.example.org", 1, {}).posts([parse.post(answer)], "posts")
        with store.read() as connection:
            row = connection.exec_driver_sql("SELECT person, created FROM posts").one()
    assert tuple(row) == (None, 1_704_067_200_123_000)


def test_a16_odd_texts_are_kept_to_the_byte(flavour: str, tmp_path: Path) -> None:
    seed = forum_of(len(ODD_TEXTS), len(ODD_TEXTS))
    for one, raw in zip(seed["posts"], ODD_TEXTS, strict=True):
        one["raw"] = raw
        one.pop("cooked", None)
    with served(flavour, seed) as box, archive_of(box, tmp_path) as kept:
        kept.run()
        texts = kept.texts()
        assert [texts[n][0] for n in sorted(texts)] == ODD_TEXTS
        assert texts == public(box)


def test_a17_a_forum_that_asks_to_wait_is_left_in_peace(tmp_path: Path) -> None:
    with Sandbox.start(forum_of(5, 120), flavour="2025") as box, archive_of(box, tmp_path) as kept:
        box.fail(replace(Fault.too_many(7), nth=5))
        kept.run()
        assert kept.texts() == public(box)
        (refused,) = (one for one in box.log if one.status == 429)
        assert min(one.at for one in box.log if one.at > refused.at) - refused.at >= 7


@pytest.mark.every
def test_a17_two_processes_keep_to_one_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = "key_per_minute = 0\nanonymous_per_minute = 0\nanonymous_per_10_seconds = 15\n"
    with Sandbox.start(forum_of(5, 700)) as box:
        text = f'[forum.kafe]\nurl = "{box.url}"\nusername = "admin"\n\n[forum.kafe.limits]\n{limits}'
        (tmp_path / "koweb.toml").write_text(text, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        command = [sys.executable, "-m", "koweb_sync", "archive", "--no-images", "--store"]
        running = [subprocess.Popen([*command, name], stderr=subprocess.DEVNULL) for name in ("a", "b")]
        assert [one.wait(120) for one in running] == [0, 0]
        times = sorted(one.at for one in box.log)
        assert max(sum(start <= at < start + 9 for at in times) for start in times) <= 15


def test_a18_two_forums_with_equal_ids_do_not_collide(flavour: str, tmp_path: Path) -> None:
    first, second = forum_of(10, 60, likes=20), forum_of(10, 80, likes=30, chance=2)
    one, other = served(flavour, first), served(flavour, second)
    with one, other, archive_of(one, tmp_path) as kept:
        kept.run()
        also = Archive(other, kept.store, tmp_path, kept.wishes, kept.clock)
        also.run()
        assert kept.texts() == public(one)
        assert also.texts() == public(other)
        assert also.forum != kept.forum
        assert kept.run().found == {}


@pytest.fixture
def corners(flavour: str) -> Iterator[Sandbox]:
    """A forum with a closed topic, a whisper, an unlisted topic, a private message and a category of staff."""
    seed = forum_of(12, 90, enable_whispers=True, whispers_allowed_groups="3")
    seed["categories"].append(
        {"id": 4, "name": "Coulisses", "slug": "coulisses", "read_restricted": True, "permissions": {"staff": 1}}
    )
    seed["topics"][3]["category_id"] = 4
    seed["topics"][4]["visible"] = False
    seed["topics"][5]["archetype"] = "private_message"
    with served(flavour, seed) as box:
        box.close(2, username="admin")
        with box.state.lock:
            whisper = next(post for post in box.state.posts.values() if post.topic_id == 8 and post.number > 1)
            whisper.type = 4
            box.state.changed(8)
        yield box


def texts_in(box: Sandbox, topic: int) -> set[str]:
    """The texts of a topic, without whispers."""
    posts: list[PostRecord] = [post for post in box.state.posts.values() if post.topic_id == topic]
    return {post.raw for post in posts if post.type != 4}


def test_a19_what_is_not_in_the_feed_is_repaired_or_left_out_on_purpose(corners: Sandbox, tmp_path: Path) -> None:
    with archive_of(corners, tmp_path) as kept:
        kept.run()
        held = {row[0] for row in kept.rows("SELECT DISTINCT topic FROM posts")}
        assert kept.rows("SELECT COUNT(*) FROM posts WHERE topic = 2 AND type = 3") == [(1,)]
        assert 5 in held
        assert {4, 6} & held == set()
        raws = {raw for raw, _cooked in kept.texts().values()}
        assert texts_in(corners, 5) <= raws
        assert kept.rows("SELECT COUNT(*) FROM posts WHERE type = 4") == [(0,)]


def test_a19_what_only_staff_may_read_comes_when_somebody_asks_for_it(corners: Sandbox, tmp_path: Path) -> None:
    with archive_of(corners, tmp_path) as kept:
        kept.run()
        kept.run(staff=True)
        assert texts_in(corners, 4) <= {raw for raw, _cooked in kept.texts().values()}


def test_a19_without_a_key_only_what_is_public_is_kept(corners: Sandbox, tmp_path: Path) -> None:
    with archive_of(corners, tmp_path, key=False) as kept:
        result = kept.run()
        assert not any(one.keyed for one in result.log)
        assert {row[0] for row in kept.rows("SELECT DISTINCT topic FROM posts")} & {4, 6} == set()
        assert texts_in(corners, 1) <= {raw for raw, _cooked in kept.texts().values()}


def test_a22_the_key_is_in_no_file_and_goes_only_where_it_must(corners: Sandbox, tmp_path: Path) -> None:
    with archive_of(corners, tmp_path) as kept:
        result = kept.run()
    keyed = {one.path.split("/")[1] for one in result.log if one.keyed}
    assert keyed <= {"site.json", "latest.json", "c", "t", "session"}
    key = corners.keys["all_users"].encode()
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert tmp_path / "archive.sqlite" in written
    assert not [path for path in written if key in path.read_bytes()]


def test_a_forum_that_wants_a_login_is_read_with_the_key(corners: Sandbox, tmp_path: Path) -> None:
    corners.set(login_required=True)
    with archive_of(corners, tmp_path) as kept:
        kept.run()
        held = {row[0] for row in kept.rows("SELECT DISTINCT topic FROM posts")}
        assert held == set(range(1, 13)) - {4, 6}
