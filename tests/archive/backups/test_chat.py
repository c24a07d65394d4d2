"""Chat is read from a backup where somebody asks for it, and else nothing of it is."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from koweb_sync.archive.crawl.run import CrawlOptions
from koweb_sync.archive.from_backup import row_pages
from koweb_sync.archive.read.model import ArchivedPost, ArchivedTopic
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from tests.archive.backups.taking import URL, emptied, everything, raws, rows, take
from tests.archive.backups.test_other_forum import read
from tests.archive.backups.test_resumed import content, gone_on
from tests.archive.backups.writing import NOW, Dump, as_directory, as_sql, dump_of
from tests.archive.crawling import Clock, crawl_once, forum_of
from tests.archive.exploring import explored
from tests.archive.test_archiving import started

CHANNELS = (
    *("id", "name", "slug", "chatable_type", "chatable_id", "status", "created_at", "deleted_at", "deleted_by_id"),
)
MESSAGES = (
    *("id", "chat_channel_id", "user_id", "created_at", "updated_at", "deleted_at", "deleted_by_id", "in_reply_to_id"),
    *("message", "cooked", "thread_id", "last_editor_id"),
)
DAY = "2025-03-0{} 10:00:00.123456"


def said(ident: int, channel: int, person: int, text: str, **more: Any) -> tuple[Any, ...]:
    """A message."""
    at = DAY.format(1 + ident % 7)
    facts = {"id": ident, "chat_channel_id": channel, "user_id": person, "created_at": at, "updated_at": at}
    facts |= {"message": text, "cooked": f"<p>{text}</p>", "last_editor_id": person, **more}
    return tuple(facts.get(name) for name in MESSAGES)


def with_chat(dump: Dump) -> Dump:
    """A forum with a channel for everybody, one for some people, and one between two."""
    columns, held = dump.tables["categories"]
    open_one = next(row[0] for row in held if row[columns.index("read_restricted")] == "f")
    closed = dict(zip(columns, held[0], strict=True))
    closed |= {"id": "77", "name": "Entre nous", "slug": "entre-nous", "read_restricted": "t", "topic_id": None}
    dump.add("categories", columns, [*held, tuple(closed.get(name) for name in columns)])
    began = DAY.format(1)
    dump.add(
        "chat_channels",
        CHANNELS,
        [
            (5, "Le comptoir", "le-comptoir", "Category", open_one, 0, began, None, None),
            (6, "Les clés", "les-cles", "Category", 77, 0, began, None, None),
            (7, None, None, "DirectMessage", 1, 0, began, None, None),
        ],
    )
    dump.add("direct_message_users", ("direct_message_channel_id", "user_id"), [(1, 1), (1, 2)])
    dump.add(
        "chat_messages",
        MESSAGES,
        [
            said(12, 5, 1, "Merci, c’est noté", in_reply_to_id=11),  # a row that was changed lies further behind
            said(11, 5, 2, "Qui apporte le café ?"),
            said(13, 5, 2, "Le thermos aussi", thread_id=3),
            said(14, 5, 1, "effacé", deleted_at=DAY.format(7), deleted_by_id=2),
            said(21, 6, 1, "secret-cles"),
            said(31, 7, 1, "secret-a-deux"),
        ],
    )
    dump.add("chat_threads", ("id", "original_message_id"), [(3, 11)])
    dump.add(
        "chat_message_revisions",
        ("id", "chat_message_id", "old_message", "new_message", "created_at", "user_id"),
        [
            (2, 12, "Merci, je note", "Merci, c’est noté", DAY.format(7), 1),
            (1, 12, "Merci", "Merci, je note", DAY.format(6), 2),
        ],
    )
    dump.add(
        "chat_message_reactions",
        ("id", "chat_message_id", "user_id", "emoji", "created_at"),
        [(1, 11, 1, "coffee", DAY.format(5)), (2, 11, 1, "heart", DAY.format(5)), (3, 31, 2, "heart", DAY.format(5))],
    )
    dump.add(
        "uploads",
        ("id", "url", "sha1", "original_filename", "secure"),
        [(900, "/uploads/default/original/1X/" + "a" * 40 + ".png", "a" * 40, "thermos.png", False)],
    )
    dump.add(
        "upload_references", ("upload_id", "target_type", "target_id"), [(900, "ChatMessage", 13), (1, "Post", 13)]
    )
    return dump


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox.start(forum_of(2, 5)) as one:
        yield one


@pytest.fixture
def file(box: Sandbox, tmp_path: Path) -> Path:
    return as_sql(tmp_path, with_chat(dump_of(box)))


def held(store: Store) -> tuple[dict[int, ArchivedTopic], dict[int, ArchivedPost]]:
    """The channels and messages of an archive, by the forum's numbers."""
    with store.read() as connection:
        reader = Reader(connection, 1)
        topics = {-row["id"]: reader.topic(row["id"]) for row in rows(store, schema.TOPICS) if row["id"] < 0}
        posts = {-one.id: one for topic in topics for one in reader.posts(-topic)}
        return {ident: one for ident, one in topics.items() if one is not None}, posts


def test_nobody_asked_for_it_so_nothing_of_it_is_read_and_how_much_there_is_is_said(
    box: Sandbox, file: Path, tmp_path: Path
) -> None:
    with emptied(tmp_path) as store:
        took = take(store, file, key=True, staff=True, messages=True)
        assert (took.left.chat_channels, took.left.chat_messages) == (3, 6)
        assert held(store) == ({}, {})
    found = everything(tmp_path)
    assert not any(text.encode() in found for text in ("secret-cles", "secret-a-deux", "thermos", "Le comptoir"))


@pytest.mark.parametrize("form", [as_sql, as_directory])
def test_a_channel_is_a_topic_and_a_message_is_a_post(box: Sandbox, form: Any, tmp_path: Path) -> None:
    with emptied(tmp_path) as store:
        took = take(store, form(tmp_path, with_chat(dump_of(box))), chat=True)
        topics, posts = held(store)
        assert {ident: one.title for ident, one in topics.items()} == {5: "Le comptoir"}
        assert {ident: (one.number, one.raw, one.reply_to) for ident, one in posts.items()} == {
            11: (1, "Qui apporte le café ?", None),
            12: (2, "Merci, c’est noté", 1),
            13: (3, "Le thermos aussi", 1),
            14: (4, "effacé", None),
        }
        assert [one.raw for one in posts[12].versions] == ["Merci", "Merci, je note", "Merci, c’est noté"]
        assert not posts[14].shown and posts[13].shown and topics[5].replies == 3
        assert [one.cooked for one in posts[12].versions[:2]] == ["<p>Merci</p>", "<p>Merci, je note</p>"]
        reactions = {(row["post"], row["kind"]) for row in rows(store, schema.REACTIONS) if row["post"] < 0}
        assert reactions == {(-11, "coffee"), (-11, "heart")}
        assert [row["name"] for row in rows(store, schema.UPLOADS) if row["url"].endswith(".png")] == ["thermos.png"]
        assert (took.left.chat_channels, took.left.closed_channels, took.left.direct_messages) == (0, 1, 1)
        assert took.run.found["chat channels"] == 1 and took.run.found["chat messages"] == 4
        assert not took.unreadable
    found = everything(tmp_path)
    assert b"secret-cles" not in found and b"secret-a-deux" not in found


def test_a_database_holds_the_same_as_a_file(box: Sandbox, file: Path, store: Store, tmp_path: Path) -> None:
    take(store, file, chat=True)
    with emptied(tmp_path) as other:
        take(other, file, chat=True)
        assert content(store) == content(other)
    urls = {str(row.topic): row.url for row in seen(store, "v_topics")}
    assert urls["-5"] == f"{URL}/chat/c/-/5" and urls["1"] == f"{URL}/t/1"
    assert f"{URL}/chat/c/-/5/12" in {row.url for row in seen(store, "v_posts")}


def seen(store: Store, view: str) -> list[Any]:
    """The rows of a view."""
    with store.read() as connection:
        return list(connection.execute(text(f"SELECT * FROM {view}")))  # noqa: S608 - our own name


def test_closed_channels_and_those_between_people_come_with_their_own_options(
    box: Sandbox, file: Path, tmp_path: Path
) -> None:
    with emptied(tmp_path) as store:
        take(store, file, chat=True, staff=True, messages=True)
        topics, posts = held(store)
        names = {row["id"]: row["username"] for row in rows(store, schema.PEOPLE)}
        assert topics[7].title == " ".join(f"@{name}" for name in sorted([names[1], names[2]]))
        assert (topics[6].title, posts[21].raw, posts[31].raw) == ("Les clés", "secret-cles", "secret-a-deux")


def test_what_the_forum_deleted_by_itself_stays_and_messages_keep_their_numbers(
    box: Sandbox, file: Path, tmp_path: Path
) -> None:
    """A forum may delete what was said in chat after some days."""
    clock = Clock(at=NOW + 5)
    later = with_chat(dump_of(box))
    columns, messages = later.tables["chat_messages"]
    messages[:] = [row for row in messages if row[0] not in ("11", "12")]
    later.add("chat_messages", columns, [*messages, said(41, 5, 2, "À demain", in_reply_to_id=13)])
    later.add("chat_message_reactions", ("id", "chat_message_id", "user_id", "emoji", "created_at"), [])
    (tmp_path / "later").mkdir()
    with emptied(tmp_path) as store:
        take(store, file, clock=clock, chat=True)
        take(store, as_sql(tmp_path / "later", later, at=NOW + 86_400), clock=clock, chat=True)
        topics, posts = held(store)
        assert {ident: (one.number, one.shown) for ident, one in posts.items()} == {
            11: (1, True),
            12: (2, True),
            13: (3, True),
            14: (4, False),
            41: (5, True),
        }
        assert posts[41].reply_to == 3 and topics[5].shown
        assert topics[5].last_posted == posts[41].created


def test_a_run_on_the_forum_asks_nothing_of_it_and_takes_none_of_it_away(
    box: Sandbox, file: Path, tmp_path: Path
) -> None:
    with emptied(tmp_path) as store:
        clock = Clock()
        take(store, file, box.url, clock, chat=True)
        seen = len(box.requests())
        for _run in range(2):
            crawl_once(box, store, tmp_path, CrawlOptions(key=True), clock)
            clock.pass_days(40)
        assert not [one for one in box.requests()[seen:] if "/-" in one.path or "chat" in one.path]
        topics, posts = held(store)
        assert topics[5].shown and posts[11].shown
        assert not [row for row in rows(store, schema.LEDGER) if row["topic"] < 0]


def test_a_run_over_data_explorer_takes_none_of_it_away(box: Sandbox, file: Path, tmp_path: Path) -> None:
    with explored(box, tmp_path) as archive:
        take(archive.store, file, box.url, Clock(), chat=True)
        archive.run()
        archive.clock.pass_days(40)
        archive.run()
        topics, posts = held(archive.store)
        assert topics[5].shown and posts[11].shown and len(posts) == 4


def test_who_is_forgotten_is_not_in_it_any_more_and_does_not_come_back(
    box: Sandbox, file: Path, tmp_path: Path
) -> None:
    with emptied(tmp_path) as store:
        take(store, file, chat=True, messages=True)
        people = rows(store, schema.PEOPLE)
    name = next(row["username"] for row in people if row["id"] == 2)
    at = ("--store", "archive.sqlite")
    told = started(tmp_path, "subject", name, "--format", "json", *at).communicate(timeout=120)[0]
    assert "Qui apporte le café ?" in told
    other = next(row["username"] for row in people if row["id"] == 1)
    page = started(tmp_path, "subject", other, "--lang", "fr", "--output", "p.html", *at).communicate(timeout=120)
    assert "secret-a-deux" in (tmp_path / "p.html").read_text() and page
    assert name not in (tmp_path / "p.html").read_text(), "of whom they talk with, the place alone"
    assert "chat/5/2" in started(tmp_path, "list", "--edited", *at).communicate(timeout=120)[0]
    started(tmp_path, "forget", name, "--text", "remove", "--yes", *at).communicate(timeout=120)
    read(tmp_path, file, "--chat", "--messages")
    with emptied(tmp_path) as store:
        topics, posts = held(store)
        assert name not in topics[7].title and topics[7].title.count("@") == 2
        assert (posts[11].raw, posts[13].raw, posts[12].raw) == ("", "", "Merci, c’est noté")
        assert posts[31].unnamed == (("heart", 1),), "their reaction counts without them"
    assert "Qui apporte le café ?".encode() not in everything(tmp_path)


def test_a_reading_that_is_stopped_anywhere_ends_as_one_that_was_not(
    box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_pages, "AT_ONCE", 1)
    dump = with_chat(dump_of(box))
    columns, messages = dump.tables["chat_messages"]
    dump.add(
        "chat_messages", columns, [*messages, said(15, 5, 1, "?", created_at="?"), said(51, 5, 1, "!", updated_at="?")]
    )
    file = as_sql(tmp_path, dump)
    for name in ("once", "again"):
        (tmp_path / name).mkdir()
    with emptied(tmp_path / "once") as once, emptied(tmp_path / "again") as again:
        whole = take(once, file, chat=True)
        steps = 5
        while (parts := gone_on(again, file, steps, chat=True)) is None:
            steps += 7
        assert content(again) == content(once)
        assert parts.unreadable == whole.unreadable == 2


def test_commands_say_it_and_exports_for_everybody_do_not_have_it(box: Sandbox, file: Path, tmp_path: Path) -> None:
    planned = read(tmp_path, file, "--dry-run")[1]
    assert "Left out: 3 channels of the chat, 6 messages (to have them: --chat)." in planned
    told = "\n".join(map(str, read(tmp_path, file, "--chat")))
    assert all(
        one in told for one in ("1 channel of the chat", "4 messages of the chat", "2 earlier versions of messages")
    )
    store = ("--store", "archive.sqlite")
    shown = started(tmp_path, "show", "chat/5", *store).communicate(timeout=120)[0]
    assert "Le comptoir" in shown and "Qui apporte le café" in shown and "/chat/c/-/5" in shown
    one = json.loads(started(tmp_path, "show", "chat/5/2", "--format", "json", *store).communicate(timeout=120)[0])
    assert one["post"]["url"].endswith("/chat/c/-/5/12"), one
    for options, there in ((("--public-only",), False), ((), True)):
        to = tmp_path / f"site{there}"
        export = started(tmp_path, "export", "--format", "website", "--to", str(to), *options, *store)
        said = export.communicate(timeout=120)[1]
        assert export.returncode == 0, said
        text = "".join(one.read_text(encoding="utf-8") for one in to.rglob("*.html"))
        assert ("Qui apporte le café" in text) == there
        assert ("1 channel of the chat, 4 messages of them could not be read by everybody" in said) == there, said
        assert (to / "chat/c/le-comptoir/5/index.html").is_file() == there


def test_over_the_api_it_is_refused_in_words(tmp_path: Path) -> None:
    process = started(tmp_path, "--url", URL, "--chat")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2 and "backup" in err and "--from-backup FILE --chat" in err, out


def test_what_an_edit_changed_that_nobody_wrote_down_is_known_from_the_next_one(box: Sandbox, tmp_path: Path) -> None:
    """Forums write down no edit that changes little in a message that is young."""
    dump = with_chat(dump_of(box))
    columns, edits = dump.tables["chat_message_revisions"]
    more = [(4, 11, "Qui apporte un café ??", "Qui apporte le café ?", DAY.format(7), 2)]
    dump.add("chat_message_revisions", columns, [(3, 11, "Café ?", "Qui apporte un café ?", DAY.format(6), 2), *more])
    dump.tables["chat_message_revisions"][1].extend(edits)
    with emptied(tmp_path) as store:
        for _time in range(2):
            take(store, as_sql(tmp_path, dump), chat=True)
            posts = held(store)[1]
            texts = ["Café ?", "Qui apporte un café ?", "Qui apporte un café ??", "Qui apporte le café ?"]
            assert [one.raw for one in posts[11].versions] == texts
            assert len(posts[12].versions) == 3


@pytest.mark.parametrize("category", ["999", "1"])
def test_a_channel_whose_category_is_gone_is_nobodys_to_read(box: Sandbox, category: str, tmp_path: Path) -> None:
    """Who could read it, nobody knows. One between some people may have the category's number, too."""
    dump = with_chat(dump_of(box))
    columns, channels = dump.tables["chat_channels"]
    categories, places = dump.tables["categories"]
    places[:] = [row for row in places if row[categories.index("id")] != category]
    dump.add("chat_channels", columns, [*channels, (8, None, None, "Category", category, 0, DAY.format(1), None, None)])
    columns, messages = dump.tables["chat_messages"]
    dump.add("chat_messages", columns, [*messages, said(81, 8, 1, "secret-perdu")])
    file = as_sql(tmp_path, dump)
    with emptied(tmp_path) as store:
        assert take(store, file, chat=True, key=True).left.closed_channels >= 1
        assert 8 not in held(store)[0]
        assert b"secret-perdu" not in everything(tmp_path)
        take(store, file, chat=True, staff=True)
        topics, posts = held(store)
        assert (topics[8].title, posts[81].raw) == ("chat/8", "secret-perdu")


@pytest.mark.parametrize("newer_first", [False, True])
def test_reactions_that_were_taken_back_are_counted_no_more(box: Sandbox, newer_first: bool, tmp_path: Path) -> None:
    clock, dump = Clock(at=NOW + 200_000), with_chat(dump_of(box))
    given = dump.tables["chat_message_reactions"][1]
    given.append(("4", "13", "1", "tada", DAY.format(5)))
    files = [as_sql(tmp_path, dump)]
    given[:] = [row for row in given if row[3] == "heart"]
    (tmp_path / "later").mkdir()
    files.append(as_sql(tmp_path / "later", dump, at=NOW + 86_400))
    with emptied(tmp_path) as store:
        for file in files[::-1] if newer_first else [*files, files[0]]:
            take(store, file, clock=clock, chat=True)
        counts = {(row["post"], row["kind"]): row["told"] for row in rows(store, schema.COUNTS) if row["post"] < 0}
        assert {name for name, told in counts.items() if told} == {(-11, "heart")}
        shown = [row["kind"] for row in rows(store, schema.REACTIONS) if row["post"] < 0 and row["gone"] is None]
        assert shown == ["heart"]


def test_what_was_emptied_with_its_channel_or_topic_does_not_come_back(box: Sandbox, tmp_path: Path) -> None:
    """A forum deletes a channel, or a topic, and does not say so of each message, or answer, in it."""
    dump = with_chat(dump_of(box))
    (tmp_path / "later").mkdir()
    for table, ident in (("chat_channels", "5"), ("topics", "1")):
        columns, found = dump.tables[table]
        place, gone = columns.index("id"), columns.index("deleted_at")
        found[:] = [(*row[:gone], DAY.format(8), *row[gone + 1 :]) if row[place] == ident else row for row in found]
    files = [as_sql(tmp_path, dump), as_sql(tmp_path / "later", dump, at=NOW + 86_400)]
    clock = Clock(at=NOW + 200_000)
    with emptied(tmp_path) as store:
        take(store, files[0], clock=clock, chat=True)
        topics = {row["id"]: row["topic"] for row in rows(store, schema.POSTS)}
        assert all(text for post, text in raws(store).items() if topics[post] in (-5, 1))
    started(tmp_path, "purge", "--days", "0", "--yes", "--store", "archive.sqlite").communicate(timeout=120)
    with emptied(tmp_path) as store:
        assert not any(text for post, text in raws(store).items() if topics[post] in (-5, 1))
        take(store, files[1], clock=clock, chat=True)
        assert not any(text for post, text in raws(store).items() if topics[post] in (-5, 1))
