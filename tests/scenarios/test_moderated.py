"""Held for review: pending, never sent twice, and one topic however a moderator approved it. See legend.md."""

from typing import Any

import pytest

from koweb_sync.forum.review import decision
from koweb_sync.sandbox import Fault, Sandbox
from tests.gate import in_turn
from tests.scenarios.test_lost_answers import LONG
from tests.workspace import TEXT, Clone

pytestmark = pytest.mark.server("2022")


@pytest.fixture
def held(here: Clone, box: Sandbox) -> Clone:
    """A post that waits for a moderator, and one that does not."""
    here.post("un", LONG, author="bilal")
    here.post("deux")
    here.commit()
    here.share()
    box.hold("bilal")
    here.push(code=3)
    assert here.published() == ["deux"]
    return here


def one_topic(here: Clone, box: Sandbox, number: int) -> None:
    """The post has that one topic, it was sent once, and nothing is left to do."""
    assert len(box.requests("POST", r"^/posts")) == 2
    assert not box.state.pending
    here.run("sync")
    box.forget()
    here.push()
    assert box.log == []
    here.reword("un", "deuxième", "second")
    here.push()
    assert "second" in box.first_post(number).raw


@pytest.mark.parametrize("changed", ["nothing", "title", "raw", "both", "category"])
def test_p51_what_a_moderator_approved_is_one_topic_whatever_they_changed(
    held: Clone, box: Sandbox, changed: str
) -> None:
    changes = {"title": "Un titre que l'équipe préfère", "raw": f"{LONG}\n\nUne ligne de l'équipe.", "category": 3}
    names = {"nothing": (), "both": ("title", "raw")}.get(changed, (changed,))
    topic = box.approve(changes={name: changes[name] for name in names})
    held.push()
    assert len(box.requests("POST", r"^/posts")) == 2
    held.run("sync")
    file = held.read("posts/un.md")
    assert ("l'équipe préfère" in file, "Une ligne de l'équipe" in file) == ("title" in names, "raw" in names)
    assert "Bilal" not in held.git("log", "--format=%an", "posts/un.md"), "the author did not change it"
    one_topic(held, box, topic.id)


@pytest.mark.parametrize(("changed", "how"), in_turn(["nothing", "title", "raw"], ["--resend", "adopt"]))
def test_p52_an_approved_post_is_neither_sent_again_nor_adopted_into_a_second_file(
    held: Clone, box: Sandbox, how: str, changed: str
) -> None:
    changes = {"title": "Un titre que l'équipe préfère", "raw": f"{LONG}\n\nUne ligne de l'équipe."}
    topic = box.approve(changes={changed: changes[changed]} if changed in changes else {})
    if how == "adopt":
        held.run("adopt", str(topic.id))
    else:
        held.push("--resend")
    assert held.git("ls-files", "posts").splitlines() == ["posts/deux.md", "posts/un.md"]
    held.push()
    one_topic(held, box, topic.id)


def test_p53_what_certainly_waits_is_not_sent_again_and_what_was_rejected_is(held: Clone, box: Sandbox) -> None:
    held.push("--resend", code=3)
    assert len(box.state.pending) == 1
    box.reject()
    run = held.push(code=3)
    assert "rejected" in run.err
    assert len(box.requests("POST", r"^/posts")) == 2
    box.hold("bilal", held=False)
    held.push("--resend")
    assert held.published() == ["deux", "un"]


def test_p54_a_push_while_a_post_waits_costs_one_request_for_it(held: Clone, box: Sandbox) -> None:
    box.forget()
    held.push(code=3)
    assert [f"{one.verb} {one.path}" for one in box.log] == ["GET /posts/bilal/pending.json"]


@pytest.mark.parametrize("held_there", [True, False])
def test_p55_a_key_that_cannot_see_the_queue_never_sends_twice(here: Clone, box: Sandbox, held_there: bool) -> None:
    """On a server before 2022 nobody but staff is told what waits."""
    box.fail(Fault("status", "GET", r"/(pending|review)\b", status=404, times=1_000))
    here.post("un", LONG, author="bilal")
    here.commit()
    here.share()
    if held_there:
        box.hold("bilal")
    box.fail(Fault("drop" if held_there else "refuse", "POST", r"^/posts"))
    run = here.push(code=3)
    assert "not sent again" in run.err
    here.push(code=3)
    assert len(box.state.pending) == held_there
    assert len(box.requests("POST", r"^/posts")) == 1
    if held_there:
        box.approve()
        here.push()
    else:
        here.push("--resend")
    titles = [topic.title for topic in box.topics()]
    assert titles.count("Un sujet nommé un") == 1


def test_p56_what_the_queue_forgets_is_sent_after_approval(here: Clone, box: Sandbox) -> None:
    here.post("un", TEXT, author="bilal", listed=False, created="2024-03-01T10:00:00Z", closed=True)
    here.commit()
    box.hold("bilal")
    here.push(code=3)
    topic = box.approve()
    here.push()
    assert (topic.visible, topic.closed) == (False, True)
    assert topic.created_at == pytest.approx(1_709_287_200)
    box.forget()
    here.push()
    assert box.log == []


def test_p57_a_topic_of_somebody_else_is_never_taken(held: Clone, box: Sandbox) -> None:
    title, other = "Un sujet nommé un", box.approve()
    box.delete(other.id)
    somebody = box.new_topic(title, f"{LONG} Autre chose.", category=2, username="amina")
    run = held.push(code=3)
    assert "rejected" in run.err or "deleted" in run.err
    assert box.first_post(somebody.id).raw == f"{LONG} Autre chose."
    assert len(box.requests("POST", r"^/posts")) == 2


NARROW = (
    *("topics:write", "topics:read", "topics:update", "topics:status", "posts:edit"),
    *("uploads:create", "search:show", "revisions:read"),
)


@pytest.mark.parametrize("text", ["", f"{TEXT} Ce que la modération en a fait."], ids=["title", "title and text"])
def test_p159_a_key_that_cannot_see_the_queue_is_led_on_to_what_was_approved_otherwise(
    here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.key("etroite", *NARROW))
    here.post("un", LONG, author="bilal")
    here.commit()
    here.share()
    box.hold("bilal")
    here.push(code=3)
    other = box.new_topic("Un sujet que quelqu'un d'autre écrit", TEXT, category=3, username="amina")
    letter = box.new_topic("Une lettre qui n'est pas pour tous", f"{TEXT} Rien de plus.", category=3)
    letter.user_id = box.first_post(letter.id).user_id = box.state.user("bilal").id
    letter.archetype = "private_message"
    topic = box.approve(changes={"title": "Un tout autre titre de modération", **({"raw": text} if text else {})})
    run = here.push(code=3)
    assert "topic: 347" in run.err
    for number in (other.id, letter.id, topic.id):  # what is not the author's, or private, is bound to no file
        here.post("un", LONG, author="bilal", topic=number)
        here.commit()
        here.push(code=3 if number in (other.id, letter.id) else None)
    here.run("pull")
    here.push()
    assert here.git("ls-files", "posts").splitlines() == ["posts/un.md"]
    assert (text or LONG) in here.read("posts/un.md")
    assert box.first_post(topic.id).raw == (text or LONG)
    assert len(box.requests("POST", r"^/posts")) == 1


@pytest.mark.parametrize("number", ["", "1/../../admin/users/1", "1?x=y", "\u0663", "9" * 30])
def test_what_a_bookmark_calls_a_number_in_the_queue_is_asked_for_only_if_it_is_one(number: str) -> None:
    nobody: Any = object()  # whoever asked it anything would fail
    assert decision(nobody, number) is None
