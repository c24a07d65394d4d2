"""What people read of an archive with chat: a channel is no topic there, and no number bears a minus."""

import json
import mailbox
import re
from pathlib import Path

import pytest

from koweb_sync.archive.exports.captions import amount
from koweb_sync.archive.exports.export import EXPORTS, export, target
from koweb_sync.archive.read.model import Amount, ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store.store import Store
from tests.archive.exhibits import URL
from tests.archive.test_archiving import started
from tests.archive.test_website_chat import talkative

HELD = "4 topics, 9 posts, 1 channel of the chat, 61 messages"
MINUS = re.compile(r"(?:/t/|/p/|#|topic-|post-|topic/|post )-\d", re.IGNORECASE)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder with an archive with chat."""
    with Store.open(str(tmp_path / "archive.sqlite")) as store:
        talkative(store)
    return tmp_path


def said(folder: Path, *words: str) -> str:
    """What a command says."""
    process = started(folder, *words, "--store", "archive.sqlite")
    out, told = process.communicate(timeout=120)
    assert process.returncode == 0, told
    return out + told


@pytest.mark.parametrize("style", sorted(one for one in EXPORTS.names() if one not in ("parquet", "intermediate")))
def test_no_export_takes_a_channel_for_a_topic(archive: Path, style: str) -> None:
    with Store.open(str(archive / "archive.sqlite")) as store, store.read() as connection:
        to = target(str(archive / "out"), style, URL)
        export(Reader(connection, 1), style, to, ArchiveFilter())
    texts = {
        one: one.read_text(encoding="utf-8", errors="replace") for one in (archive / "out").rglob("*") if one.is_file()
    }
    assert not [(one, MINUS.findall(text)) for one, text in texts.items() if MINUS.search(text)]
    assert HELD in texts[archive / "out" / "CITATION.cff"]


def test_a_page_says_how_much_of_it_is_chat(archive: Path) -> None:
    said(archive, "export", "--format", "site", "--to", "site")
    page = (archive / "site/index.html").read_text(encoding="utf-8")
    assert f"{HELD}." in page and '<span class="count">61 messages</span>' in page


def test_commands_say_how_much_of_it_is_chat(archive: Path) -> None:
    assert f"{HELD}." in said(archive, "export", "--format", "jsonl", "--to", "out")
    assert "4 topics, 9 posts, 1 channel of the chat, 61 messages, " in said(archive, "drop", "kafe", "--dry-run")
    dropped = json.loads(said(archive, "drop", "kafe", "--dry-run", "--format", "json").partition("\n}")[0] + "}")
    assert (dropped["topics"], dropped["chat"]) == (5, {"channels": 1, "messages": 61})
    assert re.search(r"chat/5 .* 61 messages  Le comptoir", said(archive, "list"))
    found = said(archive, "search", "mot 60", "--format", "json")
    assert f'"{URL}/chat/c/-/5/1260"' in found
    words = ("close", "--to", "kit", "--offline", "--everything", "--dry-run", "--contact", "a@b.example")
    assert HELD in said(archive, *words)


def test_a_page_about_somebody_leads_to_each_message(archive: Path) -> None:
    page = said(archive, "subject", "bilal")
    assert f"{URL}/chat/c/-/5/1260" in page and f'"{URL}/chat/c/-/5"' not in page


def test_letters_and_entries_name_messages_as_the_forum_does(archive: Path) -> None:
    for style in ("mbox", "atom"):
        said(archive, "export", "--format", style, "--to", style)
    box = mailbox.mbox(archive / "mbox/forum.mbox", create=False)
    assert "<chat-message-1260@kafe.example.org.invalid>" in {one["Message-ID"] for one in box}
    box.close()
    assert f"<id>{URL}/chat/c/-/5/1260</id>" in (archive / "atom/forum.atom").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (Amount(0, 0), "0 topics, 0 posts"),
        (Amount(1, 2), "1 topic, 2 posts"),
        (Amount(0, 0, 2, 1), "2 channels of the chat, 1 message"),
        (Amount(0, 0, 2, 0), "2 channels of the chat, 0 messages"),
    ],
)
def test_only_what_there_is_of_chat_is_said(held: Amount, words: str) -> None:
    assert amount(held) == words
