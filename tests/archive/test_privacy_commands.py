"""The commands about personal data, as a facilitator runs them."""

import json

import pytest

from koweb_sync.archive.names.secret import place
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.rules.accounts import anonymize
from tests.workspace import Clone

pytestmark = pytest.mark.server("below")

RAW = "Bonjour @claire, merci à Claire Moreau. Claire, tu viens demain avec nous ?"


@pytest.fixture
def kept(here: Clone, box: Sandbox) -> Clone:
    """A repository with an archive of a forum in which Amina talks to Claire."""
    box.reply(2, RAW, username="amina")
    here.run("archive")
    return here


def archived(here: Clone) -> bytes:
    """The bytes of the archive, in small letters."""
    return (here.folder / "koweb-archive.sqlite").read_bytes().lower()


def test_a21_forgetting_is_rehearsed_asked_done_and_proven(kept: Clone) -> None:
    said = kept.run("archive", "forget", "claire", "--dry-run")
    assert "[Claire], tu viens" in said.err
    assert "1 account\n" in said.out
    assert "_" not in said.out  # no table's name
    assert b"claire moreau" in archived(kept)
    kept.run("archive", "forget", "claire", text="n\n", code=1)
    assert b"claire moreau" in archived(kept)
    found = kept.run("archive", "forget", "claire", "--yes", "--prove", "--format", "json", code=3)
    left = json.loads(found.out)["left"]
    assert left
    assert all("[Claire], tu viens" in one["context"] or one["where"] == "search" for one in left)
    assert "git" in found.err
    again = kept.run("archive", "forget", "personne-partie-3", "--names", "Claire", "--yes", "--prove")
    assert "nothing is left" in again.err
    assert b"claire" not in archived(kept)
    kept.run("archive")
    assert b"claire" not in archived(kept)
    assert place().is_file()


def test_forgetting_needs_one_person_who_is_there(kept: Clone) -> None:
    kept.run("archive", "forget", code=2)
    kept.run("archive", "forget", "claire", "--upstream", code=2)
    assert "zzz" in kept.run("archive", "forget", "zzz", code=2).err
    for wrong in ("#", "#\u00b2", "#\u0663", "#" + "9" * 30, "#" + "9" * 5_000):
        assert "Nobody in this archive" in kept.run("archive", "forget", wrong, code=2).err


@pytest.mark.parametrize("policy", ["follow", "ask"])
def test_a21_a_run_follows_the_forum_or_says_that_somebody_asked(kept: Clone, box: Sandbox, policy: str) -> None:
    toml = kept.folder / "koweb.toml"
    toml.write_text(
        f'{toml.read_text(encoding="utf-8")}\n[forum.kafe.archive]\nerasure = "{policy}"\n', encoding="utf-8"
    )
    with box.state.lock:
        anonymize(box.state, box.state.user("claire"))
    box.new_topic(
        "Un tout nouveau sujet pour que la liste bouge", "Bonjour à toutes et tous ici.", category=2, username="amina"
    )
    box.reply(2, "Encore une réponse de ma part.", username=box.state.users[3].username)
    said = kept.run("archive")
    if policy == "ask":
        assert "--upstream" in said.err
        kept.run("archive", "forget", "--upstream", "--yes")
    assert b"claire moreau" not in archived(kept)
    assert b"@claire" not in archived(kept)


def test_wishes_not_to_be_counted_are_noted_and_listed(kept: Clone) -> None:
    kept.run("archive", "consent", "claire", "--not-counted")
    (wish,) = json.loads(kept.run("archive", "consent", "--format", "json").out)
    assert (wish["person"], wish["username"]) == (3, "claire")
    assert "not to be counted in reports" in kept.run("archive", "consent").out, "and not a name of ours"
    kept.run("archive", "consent", "claire", "--counted")
    assert json.loads(kept.run("archive", "consent", "--format", "json").out) == []
    kept.run("archive", "consent", "claire", code=2)


def test_what_the_forum_deleted_is_emptied_by_command_or_by_policy(kept: Clone, box: Sandbox) -> None:
    topic = box.new_topic("Un sujet qui ne restera pas longtemps", "Ceci disparaîtra bientôt.", category=2)
    kept.run("archive")
    assert "disparaîtra".encode() in archived(kept)
    box.delete(topic.id)
    kept.run("archive")
    assert json.loads(kept.run("archive", "purge", "--dry-run", "--format", "json").out)["posts"] == 0
    assert json.loads(kept.run("archive", "purge", "--days", "0", "--yes", "--format", "json").out)["posts"] == 1
    assert "disparaîtra".encode() not in archived(kept)
