"""Titles go from one topic to another: at once where an order allows it, and what none allows is said before."""

from typing import Any

import pytest

from koweb_sync.sandbox import Fault, Sandbox
from tests.forks import Forked
from tests.workspace import TEXT, Clone

A, B, C, D = (f"Un titre qui s’en va : {one}" for one in ("ardoise", "boussole", "chemin", "dune"))


def published(here: Clone, **titles: str) -> None:
    """Files that are published under these titles."""
    for ident, title in titles.items():
        here.post(ident, title=title)
    here.commit()
    here.push()


def shown(box: Sandbox, *idents: str) -> list[str]:
    """The titles that topics have."""
    return [box.by_id(ident).title for ident in idents]


def settled(here: Clone, box: Sandbox) -> None:
    """Another push has nothing to say and nothing to ask."""
    box.forget()
    here.push()
    assert box.log == []


@pytest.mark.parametrize("titles", [(A, B), (A, B, C)], ids=["two", "three"])
def test_p180_files_that_exchange_their_titles_are_refused_before_anything_is_sent(
    here: Clone, box: Sandbox, titles: tuple[str, ...]
) -> None:
    idents = ["un", "deux", "trois"][: len(titles)]
    published(here, autre=D, **dict(zip(idents, titles, strict=True)))
    for ident, title in zip(idents, (*titles[1:], titles[0]), strict=True):
        here.post(ident, title=title)
    here.commit()
    box.forget()
    run = here.push(code=2)
    assert box.log == []
    for ident in idents:
        assert f"posts/{ident}.md:2: " in run.err
    assert ", ".join(sorted(f"posts/{ident}.md" for ident in idents)) in run.err
    here.post("autre", f"{TEXT} Autrement.", title=D)
    here.commit()
    here.push(code=2)
    assert here.raw("autre").endswith("Autrement.")
    assert shown(box, *idents) == list(titles)
    here.post(idents[0], title="Un titre pour un moment, et le bon ensuite")
    here.commit()
    here.push()
    here.post(idents[0], title=titles[1])
    here.commit()
    here.push()
    assert shown(box, *idents) == [*titles[1:], titles[0]]
    settled(here, box)


@pytest.mark.parametrize("first", ["un", "deux"])
def test_p181_a_title_that_moves_on_is_published_at_once(here: Clone, box: Sandbox, first: str) -> None:
    second = {"un": "deux", "deux": "un"}[first]
    published(here, **{first: A, second: B, "trois": C})
    here.post(first, f"{TEXT} Autrement.", title=D)
    here.post(second, title=A, category="salon")
    here.post("trois", title=B)
    here.commit()
    here.push()
    assert shown(box, first, second, "trois") == [D, A, B]
    settled(here, box)


def test_p182_a_new_topic_takes_the_title_that_another_file_gives_up(here: Clone, box: Sandbox) -> None:
    """Also where the one that gives it up links to the new one, and itself takes the title of a third."""
    published(here, un=A, zoe=B)
    here.post("un", f"{TEXT} Voir [le nouveau](neuf.md).", title=B)
    here.post("neuf", f"{TEXT} Avant : [un](un.md).", title=A)
    here.post("zoe", title=C)
    here.commit()
    here.push()
    assert shown(box, "un", "neuf", "zoe") == [B, A, C]
    assert f"/t/-/{box.by_id('neuf').id}" in here.raw("un")
    assert f"/t/-/{box.by_id('un').id}" in here.raw("neuf")
    settled(here, box)


def test_p183_titles_that_move_on_from_a_topic_that_is_deleted(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "delete"')
    published(here, un=A, deux=B, trois=C)
    old = box.by_id("deux").id
    here.git("rm", "--quiet", "posts/deux.md")
    here.post("un", title=B)
    here.post("neuf", title=A)
    here.commit()
    here.push()
    assert box.topic(old).deleted_at
    assert shown(box, "un", "neuf", "trois") == [B, A, C]
    settled(here, box)


def renamed(here: Clone, **front: Any) -> None:
    """A published file, that then gets another id where that makes another topic of it."""
    here.configure('withdraw = "delete"')
    here.post("un", **front)
    here.commit()
    here.share()
    here.push()
    here.post("un-bis", path="posts/un.md", title="Un sujet nommé un", **front)
    here.commit()
    here.share()


@pytest.mark.parametrize("elsewhere", [False, True], ids=["here", "another clone"])
def test_p185_a_topic_that_made_room_for_one_that_is_rejected_comes_back(
    here: Clone, box: Sandbox, elsewhere: bool
) -> None:
    renamed(here, author="bilal")
    old = box.by_id("un").id
    box.set(unique_posts_mins=0)
    box.hold("bilal")
    here.push(code=3)
    assert box.topic(old).deleted_at
    box.reject()
    clone = here.clone("again") if elsewhere else here
    run = clone.push(code=3)
    assert "put back" in run.out
    for _turn in range(2):
        assert not box.topic(old).deleted_at
        box.forget()
        clone.push(code=3)
        assert here.writes() == []
    box.hold("bilal", held=False)
    clone.push("--resend")
    assert box.topic(old).deleted_at
    assert here.published() == ["un-bis"]
    settled(clone, box)


def test_p186_a_topic_goes_only_when_the_file_with_its_title_can_come(here: Clone, box: Sandbox) -> None:
    renamed(here)
    old = box.by_id("un").id
    here.post("un-bis", "Trop court.", path="posts/un.md", title="Un sujet nommé un")
    here.commit()
    box.forget()
    here.push(code=2)
    assert here.writes() == []
    here.post("un-bis", path="posts/un.md", title="Un sujet nommé un")
    here.commit()
    here.push()
    assert box.topic(old).deleted_at
    assert here.published() == ["un-bis"]
    settled(here, box)


def test_p186_what_went_in_a_push_that_was_cut_off_comes_back_for_a_file_that_cannot(here: Clone, box: Sandbox) -> None:
    renamed(here)
    old = box.by_id("un").id
    process = Forked(here.folder, here.verb)
    box.fail(Fault("call", verb="DELETE", after_answer=process.kill))
    process.run()
    assert box.topic(old).deleted_at
    here.post("un-bis", "Trop court.", path="posts/un.md", title="Un sujet nommé un")
    here.commit()
    here.push(code=2)
    assert not box.topic(old).deleted_at
    box.forget()
    here.push(code=2)
    assert here.writes() == []


@pytest.mark.parametrize(("policy", "status"), [("close", {"closed": True}), ("unlist", {"listed": False})])
def test_p187_a_file_that_comes_back_closed_or_unlisted_is_so(
    here: Clone, box: Sandbox, policy: str, status: dict[str, Any]
) -> None:
    here.configure(f'withdraw = "{policy}"')
    here.post("un", **status)
    here.post("deux", **status)
    here.commit()
    here.push()
    here.git("rm", "--quiet", "posts/un.md")
    here.commit()
    here.push()
    here.post("un", **status)
    here.commit()
    here.push()
    topics = [box.by_id(ident) for ident in ("un", "deux")]
    assert [(topic.closed, topic.visible) for topic in topics] == [(policy == "close", policy != "unlist")] * 2
    settled(here, box)
