"""White space at the end of a text, which the forum drops: it belongs to the line that it stands behind."""

import pytest

from koweb_sync.sandbox import Sandbox
from tests.workspace import TEXT, Clone

ADDED = "Un paragraphe ajouté sur le forum."


@pytest.mark.parametrize("end", ["\u00a0", "\u202f", "\u00a0 \n", "\n\u00a0\n", "  ", "\u00a0\u00a0\n\n"])
def test_a_paragraph_that_is_added_on_the_forum_gets_no_space_of_another_one(
    here: Clone, box: Sandbox, end: str
) -> None:
    here.post("un", f"{TEXT}{end}")
    here.commit()
    here.push()
    box.edit(box.by_id("un").id, f"{here.raw('un')}\n\n{ADDED}")
    here.run("pull")
    text = here.read("posts/un.md")
    behind = text.partition(ADDED)[2]
    assert behind.isascii()
    assert ADDED in text
    box.forget()
    here.push()
    assert here.writes() == []
    here.push()
    here.run("pull")
    assert here.writes() == []
    assert here.read("posts/un.md") == text
    here.reword("un", "Un texte", "Mon texte")
    here.push()
    assert here.raw("un").count("\n") == 2
