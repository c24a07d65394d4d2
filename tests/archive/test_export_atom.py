"""The feed: valid, everything in it, nothing that runs, and a name goes from it again."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from koweb_sync.archive.store.store import Store
from tests.archive.atom import ATOM, checked, text
from tests.archive.exhibits import PNG, URL, friendly, hostile
from tests.archive.exporting import claire_in, exported, forget_claire

RUNNING = re.compile(r'<(script|style|iframe|svg)|<[^<>]* (on\w+|style)="|"\s*javascript:', re.IGNORECASE)
THREAD = "{http://purl.org/syndication/thread/1.0}"


@pytest.fixture
def store() -> Iterator[Store]:
    """An archive in memory."""
    with Store.open(":memory:") as opened:
        yield opened


def feed_of(store: Store, forum: int, folder: Path) -> ET.Element:
    """The feed of an archive."""
    exported(store, forum, "atom", folder)
    return checked((folder / "forum.atom").read_bytes())


def test_a109_every_post_is_an_entry_of_a_valid_feed(store: Store, tmp_path: Path) -> None:
    feed = feed_of(store, friendly(store), tmp_path / "out")
    entries = {text(one, "id"): one for one in feed.findall(f"{ATOM}entry")}
    assert list(entries) == [f"{URL}/p/{number}" for number in (1, 2, 3, 4, 5, 6, 8, 7)]
    second, third = (entries[f"{URL}/p/{number}"] for number in (2, 3))
    assert text(second, "title") == "Re: Choisir un outil à plusieurs"
    assert [one.text for one in second.iterfind(f"{ATOM}author/{ATOM}name")] == ["Bilal Meziane"]
    assert [one.get("ref") for one in third.findall(f"{THREAD}in-reply-to")] == [f"{URL}/p/2"]
    assert [one.get("term") for one in second.findall(f"{ATOM}category")] == ["salon", "outils", "été"]
    picture = f"files/{hashlib.sha256(PNG).hexdigest()}.png"
    assert f'<img src="{picture}"' in text(second, "content")
    assert (tmp_path / "out" / picture).read_bytes() == PNG
    assert f'href="{URL}/t/le-compte-rendu/11/1"' in text(second, "content")
    assert text(entries[f"{URL}/p/4"], "summary"), "why it is gone"


def test_a109_no_text_breaks_out_of_the_feed_or_runs(store: Store, tmp_path: Path) -> None:
    feed = feed_of(store, hostile(store), tmp_path / "out")
    contents = [one.text or "" for one in feed.iter(f"{ATOM}content")]
    assert len(contents) > 10
    assert [one for one in contents if RUNNING.search(one)] == []
    assert not [one for one in feed.iter(f"{ATOM}link") if not one.get("href", "").startswith((URL, "files/"))]


def test_a110_a_name_goes_from_a_feed_again(store: Store, tmp_path: Path) -> None:
    feed_of(store, friendly(store), tmp_path / "out")
    assert claire_in(tmp_path / "out")
    assert forget_claire(tmp_path / "out") == [tmp_path / "out" / "forum.atom"]
    assert claire_in(tmp_path / "out") == []
    feed = checked((tmp_path / "out" / "forum.atom").read_bytes())
    assert len(feed.findall(f"{ATOM}entry")) == 8
    assert "@former-member-7" in "".join(one.text or "" for one in feed.iter(f"{ATOM}content"))
