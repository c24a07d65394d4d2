"""The ledger: what is missing is said, what is explained is counted, and no more is claimed than was compared."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from koweb_sync.archive.crawl.held_counts import INSTEAD, HeldCounts, ToldCounts
from koweb_sync.archive.crawl.ledger import ledger_entries, write_ledger
from koweb_sync.archive.crawl.run import Run, Silent
from koweb_sync.archive.privacy import forget, forget_everywhere
from koweb_sync.archive.store import search_hits
from koweb_sync.archive.store.store import Archive as Place
from koweb_sync.archive.store.store import Store
from koweb_sync.archive.verify.compare import NAMED, Verification, verify, verify_offline
from koweb_sync.cli.archive.verify import LINES
from koweb_sync.cli.archive.verify import verify as command
from koweb_sync.forum.client import Forum
from koweb_sync.forum.models import User
from koweb_sync.forum.reader import ForumReader
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import FREE, Archive, archive_of, forum_of
from tests.archive.exhibits import crowd
from tests.workspace import PNG, SERVERS, TEXT, Clone, served

pytestmark = pytest.mark.server("2022")

QUESTION = "Comment se parler quand la salle est vide ?"


@contextmanager
def a_run(archive: Archive, **wishes: Any) -> Iterator[Run]:
    """A run that nobody began."""
    has_key = wishes.pop("key", True)
    key = archive.box.keys["all_users"] if has_key else ""
    with Forum(archive.box.url, "admin", key, limits=FREE, state=archive.folder / "machine") as forum:
        wanted = {name: getattr(archive.wishes, name) for name in archive.wishes.__slots__}
        own = type(archive.wishes)(**{**wanted, "key": has_key, **wishes})
        yield Run(
            archive.store, archive.forum, archive.box.url, ForumReader(forum), own, Silent(), archive.clock.micros
        )


def verified(archive: Archive, *, offline: bool = False, **wishes: Any) -> Verification:
    """What a verification finds."""
    with a_run(archive, **wishes) as run:
        return verify_offline(run) if offline else verify(run)


def spoil(archive: Archive, *statements: str) -> None:
    """What time, or a hand, does to a database."""
    with archive.store.begin() as connection:
        for one in statements:
            assert connection.execute(text(one)).rowcount != 0


@pytest.fixture(params=SERVERS)
def big(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    """An archive of 210 topics with 900 posts and 300 likes."""
    seed = forum_of(210, 900, 300)
    with served(request.param, seed) as box, archive_of(box, tmp_path) as archive:
        archive.run()
        yield archive


# ---- the pure part


counts = st.integers(0, 40)


@given(counts, counts, counts, st.sets(st.integers(1, 40)), st.booleans())
def test_an_account_adds_up(posts: int, counted: int, erased: int, numbers: set[int], unwanted: bool) -> None:
    held = HeldCounts(counted, erased, distinct=len(numbers), top=max(numbers, default=0), numbers=frozenset(numbers))
    (one,) = ledger_entries([ToldCounts(7, "t", 3, posts, max(posts, 40))], {7: held}, {3} if unwanted else ())
    absent = sum(one.explained.get(name, 0) for name in INSTEAD)
    assert one.expected == one.held + absent + one.short - one.surplus
    assert min(one.short, one.surplus, one.held) >= 0
    assert not set(one.missing) & numbers
    assert not (one.certain and one.short) or len(one.missing) == one.short


def test_a_missing_post_is_named_where_its_number_is_certain() -> None:
    told = ToldCounts(1, "t", None, posts=4, highest=5)
    numbers = frozenset({1, 2, 4})
    (sure,) = ledger_entries([ToldCounts(1, "t", None, 4, 4)], {1: HeldCounts(3, distinct=3, top=4, numbers=numbers)})
    assert (sure.missing, sure.certain, sure.short) == ((3,), True, 1)
    (unsure,) = ledger_entries([told], {1: HeldCounts(3, distinct=3, top=4, numbers=numbers)})
    assert (unsure.missing, unsure.certain, unsure.short) == ((3, 5), False, 1)


def test_a_post_that_replaced_another_is_missing_though_the_counts_agree() -> None:
    held = HeldCounts(3, distinct=3, top=3, numbers=frozenset({1, 2, 3}))
    (one,) = ledger_entries([ToldCounts(1, "t", None, posts=3, highest=4)], {1: held})
    assert (one.short, one.surplus, one.missing) == (1, 1, (4,))


# ---- against a forum


def test_a2_verifying_takes_a_walk_over_the_lists_and_writes_nothing_but_the_ledger(big: Archive) -> None:
    page = 100 if big.box.state.flavour.name == "2025" else 30
    tables = [
        name
        for (name,) in big.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        if name not in ("ledger", "seals")
    ]
    before = {name: big.rows(f"SELECT * FROM {name}") for name in tables}  # noqa: S608
    sent = len(big.box.log)
    report = verified(big)
    assert report.complete
    assert not report.flaws
    assert len(big.box.log) - sent == report.requests <= 210 / page + 3
    assert {one.verb for one in big.box.log[sent:]} == {"GET"}
    assert {name: big.rows(f"SELECT * FROM {name}") for name in tables} == before  # noqa: S608
    assert len(report.entries) == 210
    assert sum(one.expected for one in report.entries) == sum(one.held for one in report.entries) == 900
    assert sum(one.likes.named for one in report.entries) == 300


def test_a2_offline_nothing_is_sent(big: Archive) -> None:
    sent = len(big.box.log)
    report = verified(big, offline=True)
    assert report.complete
    assert not report.compared
    assert len(big.box.log) == sent
    assert "offline" in report.caveats


def test_who_is_told_again_is_not_looked_up_and_each_other_name_is_kept(big: Archive) -> None:
    first, later, named = User(1, "amina"), User(1, "aminata"), User(1, "aminata", "Aminata B.")
    with a_run(big) as run:
        for one in (first, later, User(1, ""), named):
            with run.page() as writer:
                writer.people([one])
        with run.page() as writer:
            news = [writer.is_news(one) for one in (named, User(1, ""), first, User(10_000, ""))]
            assert news == [False, False, True, True]
            writer.people([first])
    names = big.rows("SELECT username, name FROM names WHERE person = 1 ORDER BY n")[-4:]
    assert [one for one, _name in names] == ["amina", "aminata", "aminata", "amina"]
    assert names[-2:] == [("aminata", "Aminata B."), ("amina", "Aminata B.")]


def test_a_missing_post_is_found_and_brought_back_only_where_it_is(big: Archive) -> None:
    topic, number, post = big.rows("SELECT topic, number, id FROM posts WHERE number = 2 ORDER BY id LIMIT 1")[0]
    spoil(big, f"DELETE FROM posts WHERE id = {post}", f"DELETE FROM post_versions WHERE post = {post}")  # noqa: S608
    report = verified(big)
    assert [(one.topic, one.missing, one.certain, one.short) for one in report.short] == [(topic, (number,), True, 1)]
    query = "SELECT short, missing FROM ledger WHERE topic = :t"
    assert big.rows(query, t=topic) == [(1, json.dumps([number]))]
    with a_run(big) as run:
        run.begin("rest")
        assert write_ledger(run) == 1


def test_a_missing_like_is_found(big: Archive) -> None:
    spoil(big, "DELETE FROM reactions WHERE post = (SELECT min(post) FROM reactions)")
    report = verified(big)
    assert len(report.short) == 1
    assert report.short[0].likes.short >= 1
    assert not report.complete


def test_what_came_since_is_missing_until_it_is_archived(box: Sandbox, tmp_path: Path) -> None:
    with archive_of(box, tmp_path) as archive:
        archive.run()
        new = box.new_topic(QUESTION, TEXT, category=6)
        box.reply(1, f"{TEXT} Encore une fois.")
        report = verified(archive)
        assert [one.topic for one in report.unheld] == [new.id]
        assert {one.topic for one in report.short} == {1, new.id}
        archive.run()
        assert verified(archive).complete


def test_a_topic_that_the_forum_does_not_list_any_more_is_said(box: Sandbox, tmp_path: Path) -> None:
    with archive_of(box, tmp_path) as archive:
        archive.run()
        box.delete(2)
        report = verified(archive)
        assert {one.topic: one.trouble for one in report.entries}[2] == "not-listed"
        assert report.complete  # nothing is missing here: what we hold is more than the forum has
        archive.clock.pass_days(1.1)
        archive.run()
        after = {one.topic: one for one in verified(archive).entries}[2]
        assert (after.trouble, after.expected, after.held) == ("", 0, 0)
        assert sum(after.explained.values()) == 2


def test_a19_nothing_is_silent(box: Sandbox, tmp_path: Path) -> None:
    """A small action, a whisper, an unlisted topic, a private message, a category left out: held, or explained."""
    box.set(enable_whispers=True, whispers_allowed_groups="3")
    state, services = box.state, box.services
    admin = state.user("admin")
    box.close(1)  # a small action
    services.writer.reply(state.topics[2], admin, "Entre nous : il faudra relancer Amina.", {"whisper": "true"})
    box.reply(2, f"{TEXT} Après le chuchotement.")
    secret = box.new_topic(QUESTION, TEXT, category=6)
    services.moderation.status(admin, secret, "visible", enabled=False)
    with archive_of(box, tmp_path) as archive:
        archive.run()
        report = verified(archive)
        found = {one.topic: one for one in report.entries}
        assert report.complete, report.short
        assert found[1].explained["small-action"] == 1
        assert sum(found[2].explained.get(name, 0) for name in ("whisper", "number")) == 1
        assert found[secret.id].held == found[secret.id].expected
        assert report.caveats["left-out"] == 1
        assert {"messages", "uncounted", "pairs", "texts", "cached"} <= report.caveats.keys()
        assert "no-key" not in report.caveats
        with_staff = verified(archive, staff=True)
        assert 3 in {one.topic for one in with_staff.unheld}
        assert "no-key" in verified(archive, key=False).caveats
        assert {one.topic: one.trouble for one in verified(archive, key=False).entries}[secret.id] == "no-key"


def test_an_erased_text_is_explained_and_not_missing(box: Sandbox, tmp_path: Path) -> None:
    with archive_of(box, tmp_path) as archive:
        archive.run()
        query = "SELECT username FROM people JOIN posts ON person = people.id WHERE topic = 2 AND number = 2"
        ((author,),) = archive.rows(query)
        with archive.store.read() as connection:
            somebody = forget.find(connection, archive.forum, author)
        place = Place(archive.store, archive.forum, box.url)
        forget_everywhere.perform(place, [forget.whole_person(somebody, "remove", ())], archive.clock.micros())
        one = {entry.topic: entry for entry in verified(archive).entries}[2]
        assert (one.expected, one.held, one.explained, one.short) == (2, 1, {"erased": 1}, 0)


# ---- what rots


ROT = {
    "version": "DELETE FROM post_versions WHERE post = 4 AND n = (SELECT n FROM posts WHERE id = 4)",
    "text": "UPDATE post_versions SET raw = replace(raw, 'sept', 'huit') WHERE post = 4",
    "pointers": "DELETE FROM edges WHERE post = 3",
    "uploads": "DELETE FROM upload_uses",
    "search": 'DELETE FROM search WHERE rowid = (SELECT "row" FROM posts WHERE id = 4)',
    "title": "UPDATE topics SET title = 'Un autre titre' WHERE id = 2",
    "tags": "DELETE FROM topic_tags WHERE topic = 2",
    "author": "DELETE FROM people WHERE id = (SELECT person FROM posts WHERE id = 4)",
    "blob": "UPDATE blobs SET data = CAST('rouille' AS BLOB)",
    "held": "DELETE FROM blobs",
}


@pytest.mark.parametrize("kind", ROT)
def test_bit_rot_is_found(box: Sandbox, tmp_path: Path, kind: str) -> None:
    with Forum(box.url, "admin", box.keys["all_users"], limits=FREE, state=tmp_path / "other") as forum:
        image = forum.upload("schema.png", PNG)
    box.reply(1, f"{TEXT} ![un schéma]({image.short_url})")
    with archive_of(box, tmp_path) as archive:
        archive.run()
        assert verified(archive, offline=True).flaws == ()
        spoil(archive, ROT[kind])
        report = verified(archive, offline=True)
        assert kind in {one.kind for one in report.flaws}
        assert not report.complete


def test_a_damaged_file_is_found(box: Sandbox, tmp_path: Path) -> None:
    with archive_of(box, tmp_path) as archive:
        archive.run()
    place = tmp_path / "archive.sqlite"
    data = bytearray(place.read_bytes())
    at = data.index(b"Un simple pad")
    data[at : at + 3] = b"Dix"
    place.write_bytes(data)
    with archive_of(box, tmp_path) as archive:
        assert "text" in {one.kind for one in verified(archive, offline=True).flaws}


# ---- the command


def test_the_command_answers_in_words_and_in_data(here: Clone, box: Sandbox, tmp_path: Path) -> None:
    with archive_of(box, tmp_path) as archive:
        archive.run()
    place = str(tmp_path / "archive.sqlite")

    def run(*options: str) -> Any:
        return CliRunner().invoke(command, ["--store", place, *options], catch_exceptions=False)

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here.folder)
        fine = run()
        assert fine.exit_code == 0
        assert "Nothing is missing of what was compared." in fine.stdout
        assert "their texts were not read" in fine.stderr
        data = json.loads(run("--format", "json", "--offline").stdout)
        assert (data["complete"], data["compared"], data["requests"]) == (True, False, 0)
        box.reply(1, f"{TEXT} Encore une fois.")
        lacking = run()
        assert lacking.exit_code == 3
        assert "1 post is missing: 4" in lacking.stdout
        assert json.loads(run("--format", "json").stdout)["topics"][0]["missing"] == {
            "count": 1,
            "numbers": [4],
            "certain": True,
        }


def test_of_an_archive_that_is_broken_throughout_some_is_named_and_all_is_counted(tmp_path: Path) -> None:
    """Nobody reads a million lines, and no memory holds what is wrong with a million posts."""
    file = str(tmp_path / "broken.sqlite")
    with Store.open(file) as store:
        crowd(store, 900, likes=False)  # with no digests, so that each text is doubted
        with store.begin() as connection:
            connection.execute(text("INSERT INTO runs (forum, n, started, outcome) VALUES (1, 1, 1, 'done')"))
    asked = ["--offline", "--store", file]
    told = CliRunner().invoke(command, [*asked, "--format", "json"])
    data = json.loads(told.stdout)
    assert len(data["broken"]) == NAMED
    assert data["broken_unnamed"] > 500
    said = CliRunner().invoke(command, asked)
    lines = said.stdout.splitlines()
    assert f"… and {data['broken_unnamed'] + NAMED - LINES:,} more things that are broken." in lines
    assert len(lines) < LINES + 20
    assert any(f"{data['broken_unnamed'] + NAMED:,} things in the archive are broken" in one for one in lines)
    assert (told.exit_code, said.exit_code) == (3, 3)


def test_the_command_says_that_there_is_no_archive(here: Clone, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here.folder)
        result = CliRunner().invoke(command, ["--store", str(tmp_path / "none.sqlite")])
    assert "There is no archive." in str(result.exception)


def test_the_search_knows_the_title_of_every_topic(big: Archive) -> None:
    """Lists tell most titles only after the posts were read."""
    with big.store.read() as connection:
        assert len(search_hits.find(connection, big.forum, "« comment faire en sorte »", 1_000)) == 210
