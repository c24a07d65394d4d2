"""Publishing: what reaches the forum, once, and at what price."""

from koweb_sync.sandbox import Sandbox
from tests.workspace import Clone


def test_one_post_reaches_its_category(here: Clone, box: Sandbox) -> None:
    here.post("posture", "Écouter d'abord, proposer ensuite : voilà la posture.", path="posts/bases/posture.md")
    here.commit()
    done = here.push()
    topic = box.by_id("posture")
    assert topic.category_id == 3
    assert topic.title == "Un sujet nommé posture"
    assert here.raw("posture") == "Écouter d'abord, proposer ensuite : voilà la posture."
    assert "created" in done.out


def test_p1_what_is_published_and_unchanged_sends_nothing(here: Clone, box: Sandbox) -> None:
    for number in range(5):
        here.post(f"sujet-{number}")
    here.commit()
    here.push()
    box.forget()
    here.push()
    assert box.log == []
