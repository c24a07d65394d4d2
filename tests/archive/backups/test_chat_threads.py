"""The title of a thread of chat stands above the message that began it, wherever that is read, and goes with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.archive.store import schema
from koweb_sync.sandbox import Sandbox
from tests.archive.backups.taking import URL, emptied, everything, rows, take
from tests.archive.backups.test_chat import DAY, held, with_chat
from tests.archive.backups.test_other_forum import read
from tests.archive.backups.writing import NOW, Dump, as_sql, dump_of
from tests.archive.crawling import Clock, forum_of
from tests.archive.test_archiving import started

TITLE = "Goûter <de> l’abbaye"
STORE = ("--store", "archive.sqlite")


def with_thread(dump: Dump, title: str | None = TITLE) -> Dump:
    """Chat with a thread that has a title, whose first message was edited once."""
    dump = with_chat(dump)
    dump.add("chat_threads", ("id", "original_message_id", "title"), [(2, 12, ""), (3, 11, title), (4, 31, "secret")])
    columns, edits = dump.tables["chat_message_revisions"]
    dump.add("chat_message_revisions", columns, [(3, 11, "Café ?", "Qui apporte le café ?", DAY.format(6), 2)])
    dump.tables["chat_message_revisions"][1].extend(edits)
    return dump


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox.start(forum_of(2, 5)) as one:
        yield one


def test_the_title_of_a_thread_stands_above_its_first_message_and_nowhere_else(box: Sandbox, tmp_path: Path) -> None:
    file = as_sql(tmp_path, with_thread(dump_of(box)))
    with emptied(tmp_path) as store:
        for _time in range(2):
            take(store, file, chat=True)
            posts = held(store)[1]
            now = f"**{TITLE}**\n\nQui apporte le café ?"
            assert [one.raw for one in posts[11].versions] == ["Café ?", now]
            assert posts[11].cooked.startswith("<p><strong>Goûter &lt;de&gt; l’abbaye</strong></p>\n<p>Qui")
            assert (posts[12].raw, posts[13].raw) == ("Merci, c’est noté", "Le thermos aussi")
    assert b"secret" not in everything(tmp_path)


def test_another_title_is_another_text_and_the_earlier_one_stays(box: Sandbox, tmp_path: Path) -> None:
    files, clock = [], Clock(at=NOW + 200_000)
    for day, title in enumerate((TITLE, "Goûter d’hiver", None)):
        (tmp_path / str(day)).mkdir()
        files.append(as_sql(tmp_path / str(day), with_thread(dump_of(box), title), at=NOW + day * 86_400))
    with emptied(tmp_path) as store:
        for file in files:
            take(store, file, clock=clock, chat=True)
        texts = [one.raw for one in held(store)[1][11].versions]
    said = "Qui apporte le café ?"
    assert texts == ["Café ?", f"**{TITLE}**\n\n{said}", f"**Goûter d’hiver**\n\n{said}", said]


def test_a_title_is_found_and_read_and_goes_with_its_author(box: Sandbox, tmp_path: Path) -> None:
    read(tmp_path, as_sql(tmp_path, with_thread(dump_of(box))), "--chat")
    assert "chat/5/1" in started(tmp_path, "search", "abbaye", *STORE).communicate(timeout=120)[0]
    assert TITLE in started(tmp_path, "show", "chat/5", *STORE).communicate(timeout=120)[0]
    for style in ("site", "md", "jsonl", "atom"):
        export = started(tmp_path, "export", "--format", style, "--to", style, *STORE)
        export.communicate(timeout=120)
        assert export.returncode == 0
        assert "abbaye" in "".join(one.read_text("utf-8") for one in (tmp_path / style).rglob("*") if one.is_file())
    with emptied(tmp_path) as store:
        name = next(row["username"] for row in rows(store, schema.PEOPLE) if row["id"] == 2)
    started(tmp_path, "forget", name, "--text", "remove", "--yes", *STORE).communicate(timeout=120)
    assert b"abbaye" not in everything(tmp_path)


def test_an_address_of_a_thread_leads_to_its_channel_and_what_is_not_there_is_said(
    box: Sandbox, tmp_path: Path
) -> None:
    read(tmp_path, as_sql(tmp_path, with_thread(dump_of(box))), "--chat")
    for what, found in (
        ("/chat/c/comptoir/5/t/3", "Le thermos aussi"),
        ("/chat/c/-/5/t/3/13?x=1", "Le thermos aussi"),
        ("/chat/c/-/5/99", "The archive holds no such post."),
        ("/chat/c/-/6", "The archive holds no such channel of the chat."),
    ):
        out, told = started(tmp_path, "show", f"{URL}{what}", *STORE).communicate(timeout=120)
        assert found in out + told, what


def test_what_a_channel_says_of_itself_is_left_out_and_counted(box: Sandbox, tmp_path: Path) -> None:
    dump = with_thread(dump_of(box))
    columns, channels = dump.tables["chat_channels"]
    told = ["secret-but", "", *[None] * len(channels)]
    rows_ = [(*row, said) for row, said in zip(channels, told, strict=False)]
    dump.add("chat_channels", (*columns, "description"), rows_)
    file = as_sql(tmp_path, dump)
    left = "Left out: 1 description of a channel of the chat."
    assert left in read(tmp_path, file, "--chat")[2]
    assert b"secret-but" not in everything(tmp_path)
    assert "Left out" in read(tmp_path, file, "--dry-run")[1] and left not in read(tmp_path, file, "--dry-run")[1]
