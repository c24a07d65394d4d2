"""`koweb archive purge`, and what is said of a text that the forum does not show, or that was emptied."""

import json

import pytest

from koweb_sync.sandbox import Sandbox
from tests.workspace import Clone

pytestmark = pytest.mark.server("below")

KEY = "KOWEB_KAFE_API_KEY"
TEXT = "Un axolotl qui ne restera pas longtemps."


@pytest.fixture
def passing(here: Clone, box: Sandbox) -> int:
    """A topic that the archive holds, and the forum deleted."""
    topic = box.new_topic("Un sujet qui ne restera pas longtemps", TEXT, category=2)
    box.reply(topic.id, "Une réponse qui part avec lui.")
    here.run("archive", "--public-only")
    box.delete(topic.id)
    return topic.id


def test_without_a_key_nobody_knows_what_was_deleted_and_that_is_said(
    here: Clone, box: Sandbox, passing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as none:
        none.delenv(KEY)
        here.run("archive")
        said = here.run("archive", "purge", "--days", "0", "--yes")
        assert "0 posts emptied" in said.out
        assert "2 posts are not shown by the forum any more" in said.err
        assert "administrator" in said.err
        found = json.loads(here.run("archive", "purge", "--dry-run", "--days", "0", "--format", "json").out)
        assert (found["posts"], found["unclear"]) == (0, 2)
    here.run("archive")  # what was said to do
    said = here.run("archive", "purge", "--days", "0", "--yes")
    assert "2 posts emptied" in said.out
    assert "not shown" not in said.err


def test_a_run_that_is_to_empty_says_that_it_cannot_know(
    here: Clone, box: Sandbox, passing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.configure('[forum.kafe.archive]\ndeletions = "purge"\npurge_after_days = 0\n')
    monkeypatch.delenv(KEY)
    assert "2 posts are not shown by the forum any more" in here.run("archive").err


def test_what_the_forum_does_not_show_counts_the_posts_of_deleted_topics(
    here: Clone, box: Sandbox, passing: int
) -> None:
    here.run("archive")
    held = json.loads(here.run("archive", "stats", "--format", "json").out)
    emptied = json.loads(here.run("archive", "purge", "--days", "0", "--dry-run", "--format", "json").out)
    assert held["gone_posts"] == emptied["posts"] == 2
    assert "not shown by the forum any more" in here.run("archive", "search", "axolotl").out


def test_an_export_says_of_what_was_public_that_it_is_not_shown_any_more(
    here: Clone, box: Sandbox, passing: int
) -> None:
    here.run("archive")
    said = here.run("archive", "export", "--format", "md", "--to", "texts", "--dry-run").err
    assert "The forum does not show 1 topic, 2 posts of them any more" in said
    assert "could not be read by everybody" not in said


def test_an_export_says_how_much_only_some_could_read(here: Clone, box: Sandbox) -> None:
    box.state.categories[4].read_restricted = True
    box.new_topic("Un sujet du comité de pilotage", "Ceci reste entre nous, au comité.", category=4, username="admin")
    here.run("archive")
    said = here.run("archive", "export", "--format", "md", "--to", "texts", "--dry-run").err
    assert "could not be read by everybody" in said
    assert "does not show" not in said


def test_emptying_asks_and_names_what_goes(here: Clone, box: Sandbox, passing: int) -> None:
    here.run("archive")
    for to in ("texts", "more"):
        here.run("archive", "export", "--format", "md", "--to", to)
    archive = here.folder / "koweb-archive.sqlite"
    refused = here.run("archive", "purge", "--days", "0", text="n\n", code=1)
    assert TEXT.encode() in archive.read_bytes()
    assert "2 posts would be emptied" in refused.err
    assert f"\n  {here.folder / 'more'}\n  {here.folder / 'texts'}\n" in refused.err, "a line for each export"
    here.run("archive", "purge", "--days", "0", text="", code=1)
    assert TEXT.encode() in archive.read_bytes(), "nobody answers: nothing goes"
    assert "2 posts emptied" in here.run("archive", "purge", "--days", "0", text="o\n").out
    assert TEXT.encode() not in archive.read_bytes()
    assert "[y/N]" not in here.run("archive", "purge", "--days", "0").err, "nothing goes: nothing is asked"


def test_rehearsals_name_exports_a_line_for_each(here: Clone, box: Sandbox) -> None:
    here.run("archive")
    for to in ("texts", "more"):
        here.run("archive", "export", "--format", "md", "--to", to)
    lines = f"\n  {here.folder / 'more'}\n  {here.folder / 'texts'}\n"
    assert lines in here.run("archive", "forget", "claire", "--dry-run").err
    assert lines in here.run("archive", "drop", "kafe", "--dry-run").err
