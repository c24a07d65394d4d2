"""What the community changed, and the repository took back: said once to the forum, and never again."""

from collections.abc import Callable

import pytest

from koweb_sync.sandbox import Sandbox
from tests.gate import in_turn
from tests.workspace import TEXT, Clone

CHANGES: dict[str, Callable[[Sandbox, int], None]] = {
    "text": lambda box, topic: box.edit(topic, f"{TEXT} Une phrase de Claire."),
    "title": lambda box, topic: box.edit(topic, title="Un autre titre que voici"),
    "tags": lambda box, topic: box.edit(topic, tags=["choix", "bilan"]),
    "closed": lambda box, topic: box.close(topic),
    "synonym": lambda box, _topic: box.meddle_with_tags("atelier", "choix"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_was_brought_and_reverted_is_sent_back_once(here: Clone, box: Sandbox, change: str) -> None:
    """The file says again what it said before the change was seen."""
    here.post("un", tags=["choix"], closed=False)
    here.commit()
    here.push()
    first = here.read("posts/un.md")
    CHANGES[change](box, box.by_id("un").id)
    here.run("pull")
    assert here.read("posts/un.md") != first
    here.write("posts/un.md", first)
    here.commit()
    here.push()
    box.forget()
    here.push()
    assert box.log == []
    assert here.run("fetch", "--format", "json").data["edits"] == []
    topic = box.by_id("un")
    tags = ["atelier"] if change == "synonym" else ["choix"]
    assert (topic.title, topic.tags, topic.closed, here.raw("un")) == ("Un sujet nommé un", tags, False, TEXT)


@pytest.mark.parametrize(("change", "looked"), in_turn(["text", "title", "tags"], [True, False]))
def test_who_makes_a_reverted_edit_again_is_not_overwritten(
    here: Clone, box: Sandbox, change: str, looked: bool
) -> None:
    """A commit tells that the branch once held this very text: not that it answers this edit."""
    here.post("un", tags=["choix"])
    here.commit()
    here.push()
    first = here.read("posts/un.md")
    CHANGES[change](box, box.by_id("un").id)
    here.run("pull")
    brought = here.read("posts/un.md")
    here.write("posts/un.md", first)
    here.commit()
    here.push()
    CHANGES[change](box, box.by_id("un").id)
    topic = box.by_id("un")
    there = (topic.title, topic.tags, here.raw("un"))
    if looked:
        here.run("fetch")
    here.push(code=None)  # 3 where it knows of a text that it lacks
    assert (topic.title, topic.tags, here.raw("un")) == there
    here.run("pull")
    assert here.read("posts/un.md") == brought
