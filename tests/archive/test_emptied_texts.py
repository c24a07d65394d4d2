"""A text that was emptied says so, and when, wherever a reader meets it."""

import json
import mailbox
from contextlib import closing
from pathlib import Path

import pytest

from koweb_sync.sandbox import Sandbox
from tests.workspace import Clone

pytestmark = pytest.mark.server("below")

SAID = "Text emptied in this archive on "
TEXT = "Un axolotl qui ne restera pas longtemps."


@pytest.fixture(params=["purged", "erased"])
def empty(request: pytest.FixtureRequest, here: Clone, box: Sandbox) -> Clone:
    """An archive in which two texts of topic 10 were emptied: what the forum deleted, or somebody wanted gone."""
    topic = box.new_topic("Un sujet qui ne restera pas longtemps", TEXT, category=2, username="amina")
    here.run("archive")
    box.edit(topic.id, f"{TEXT} Ou peut-être si ?", username="amina")
    here.run("archive")
    if request.param == "purged":
        box.delete(topic.id)
        here.run("archive")
        here.run("archive", "purge", "--days", "0", "--yes")
    else:
        here.run("archive", "forget", "amina", "--text", "remove", "--yes")
    return here


def test_on_a_terminal(empty: Clone) -> None:
    assert SAID in empty.run("archive", "show", "10").out
    assert SAID in empty.run("archive", "show", "10/1", "--versions").out
    texts = json.loads(empty.run("archive", "show", "10/1", "--format", "json").out)["post"]["versions"]
    for one in texts:
        assert one["emptied"]
        assert SAID in empty.run("archive", "show", "10/1", "--version", str(one["n"])).err
    (post,) = json.loads(empty.run("archive", "show", "10", "--format", "json").out)["posts"]
    assert post["emptied"].startswith("20")
    assert SAID not in empty.run("archive", "show", "2/2").out


@pytest.mark.parametrize("style", ["website", "md", "mbox", "atom"])
def test_in_an_export(empty: Clone, style: str) -> None:
    empty.run("archive", "export", "--format", style, "--to", "made", "--topic", "10")
    assert SAID in written(empty.folder / "made")


def test_in_what_is_held_about_its_author(here: Clone, box: Sandbox) -> None:
    topic = box.new_topic("Un sujet qui ne restera pas longtemps", TEXT, category=2, username="amina")
    here.run("archive")
    box.delete(topic.id)
    here.run("archive")
    here.run("archive", "purge", "--days", "0", "--yes")
    here.run("archive", "subject", "amina", "--output", "answer.html")
    assert SAID in written(here.folder / "answer.html")


def test_what_comes_back_says_what_it_says(here: Clone, box: Sandbox) -> None:
    topic = box.new_topic("Un sujet qui ne restera pas longtemps", TEXT, category=2, username="amina")
    here.run("archive")
    box.delete(topic.id)
    here.run("archive")
    here.run("archive", "purge", "--days", "0", "--yes")
    box.recover(topic.id)
    here.run("archive")
    told = here.run("archive", "show", "10").out
    assert TEXT in told
    assert SAID not in told


def written(place: Path) -> str:
    """All that was written to a file or folder."""
    files = [place] if place.is_file() else sorted(one for one in place.rglob("*") if one.is_file())
    told = []
    for one in files:
        if one.suffix == ".mbox":
            with closing(mailbox.mbox(one)) as mails:
                parts = [part for mail in mails for part in mail.walk() if not part.is_multipart()]
                told += [bytes(part.get_payload(decode=True) or b"").decode() for part in parts]
    return "\n".join([*told, *(one.read_text(encoding="utf-8", errors="replace") for one in files)])
