"""Only our topics: what a forum gives to others after a backup, what a bookmark names wrongly, what a merge leaves."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from koweb_sync.sandbox import Sandbox
from tests.security.test_bookmarks import rewrite
from tests.workspace import TEXT, Clone

pytestmark = pytest.mark.server("below")

OTHERS = "Ce que quelqu'un d'autre a écrit ici, et qui n'est à personne de nous."


def forget_topics(box: Sandbox, *numbers: int) -> None:
    """As on a forum that was put back from a backup in which these topics were not yet."""
    with box.state.lock:
        for number in numbers:
            topic = box.state.topics.pop(number)
            for post in topic.post_ids:
                box.state.posts.pop(post)
            box.state.external.pop((topic.external_id or "").lower(), None)
            box.state.title_of.pop(number, None)
            box.state.counted.pop(number, None)
        for titles in box.state.titles.values():
            titles -= set(numbers)
        for written in box.state.written.values():
            written[:] = [one for one in written if one in box.state.posts]
        box.state.changes += 1


def reuse(box: Sandbox, topic: int, post: int) -> None:
    """Somebody opens a topic that gets these very numbers."""
    with box.state.lock:
        box.state.ids["topics"] = iter(range(topic, 10**6))
        box.state.ids["posts"] = iter(range(post, 10**6))
    made = box.new_topic(f"Un sujet tout autre, numéro {topic}", f"{OTHERS} {topic}", category=2, username="amina")
    assert (made.id, made.post_ids[0]) == (topic, post)
    with box.state.lock:
        box.state.ids["topics"] = iter(range(max(box.state.topics) + 1, 10**6))
        box.state.ids["posts"] = iter(range(max(box.state.posts) + 1, 10**6))


@pytest.fixture
def restored(here: Clone, box: Sandbox) -> Clone:
    """Four posts that are published, on a forum that was then put back and gave the numbers of three to others."""
    here.configure('withdraw = "unlist"')
    for ident in ("un", "deux", "trois", "quatre", "cinq", "six", "sept"):
        here.post(ident, tags=["outils"])
    here.commit()
    here.push()
    here.share()
    mine = [
        (box.by_id(ident).id, box.first_post(box.by_id(ident).id).id) for ident in ("un", "deux", "trois", "quatre")
    ]
    forget_topics(box, *(topic for topic, _post in mine))
    for topic, post in mine:
        reuse(box, topic, post)
    return here


CHANGES: dict[str, Callable[[Clone], Any]] = {
    "text": lambda here: here.post("un", f"{TEXT} Autrement.", tags=["outils"]),
    "title": lambda here: here.post("un", title="Un tout nouveau titre ici", tags=["outils"]),
    "tags": lambda here: here.post("un", tags=["accueil"]),
    "category": lambda here: here.post("un", tags=["outils"], category="salon"),
    "closed": lambda here: here.post("un", tags=["outils"], closed=True),
    "listed": lambda here: here.post("un", tags=["outils"], listed=False),
    "author": lambda here: here.post("un", tags=["outils"], author="bilal"),
    "gone": lambda here: here.git("rm", "--quiet", "posts/un.md"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_p91_a_number_that_others_have_now_is_never_written_to(restored: Clone, box: Sandbox, change: str) -> None:
    before = {topic.id: repr(topic) for topic in box.topics()}
    texts = {post.id: (post.raw, post.version, post.user_id) for post in box.state.posts.values()}
    CHANGES[change](restored)
    restored.commit()
    run = restored.push(code=3)
    assert "is not the one that was published from this file" in run.err
    assert "posts/un.md" in run.err
    assert "--rebuild" in run.err
    assert {topic.id: repr(topic) for topic in box.topics()} == before
    assert {post.id: (post.raw, post.version, post.user_id) for post in box.state.posts.values()} == texts


def test_p92_after_a_backup_fetch_tells_each_case_and_rebuild_leads_on(restored: Clone, box: Sandbox) -> None:
    run = restored.run("fetch", code=3)
    assert run.err.count("somebody else's") == 4
    run = restored.run("fetch", "--rebuild")
    assert "forgotten" in run.err
    restored.push()
    assert restored.published() == ["cinq", "deux", "quatre", "sept", "six", "trois", "un"]
    others = [topic for topic in box.topics() if topic.title.startswith("Un sujet tout autre")]
    assert [box.first_post(topic.id).raw for topic in others] == [f"{OTHERS} {topic.id}" for topic in others]
    box.forget()
    restored.push()
    assert box.log == []
    restored.run("pull")
    assert OTHERS not in restored.read("posts/un.md")


@pytest.mark.parametrize("what", ["text", "status", "tags"])
def test_p93_a_bookmark_that_names_somebodys_topic_with_its_right_text_reaches_nothing(
    here: Clone, box: Sandbox, what: str
) -> None:
    here.post("un", tags=["outils"])
    here.post("deux")
    here.commit()
    here.push()
    here.share()
    victim = box.new_topic("Un sujet nommé un, ou presque", f"{OTHERS} Le mien.", category=2, username="amina")
    post = box.first_post(victim.id)

    def name_it(data: bytes) -> bytes:
        line = json.loads(data.partition(b"\n")[0])
        meta = {**line, "topic": victim.id, "post": post.id, "title": victim.title}
        return json.dumps(meta).encode() + b"\n" + post.raw.encode()

    rewrite(here, '"id": "un"', name_it)
    if what == "text":
        here.reword("un", "Un texte", "Mon texte")
    else:
        here.post("un", closed=True) if what == "status" else here.post("un", tags=["accueil"])
        here.commit()
    box.forget()
    here.push(code=3)
    assert here.writes() == []
    assert (post.raw, victim.closed, victim.tags) == (f"{OTHERS} Le mien.", False, [])


def test_p94_a_topic_merged_since_the_last_push_is_left_alone_the_same_day(here: Clone, box: Sandbox) -> None:
    for ident in ("un", "deux"):
        here.post(ident)
    here.commit()
    here.push()
    target = box.new_topic("Un sujet qui rassemble tout", f"{TEXT} Rassemblé.", category=2).id
    stub = box.by_id("un").id
    box.merge(stub, target)
    here.reword("un", "Un texte", "Mon texte")
    here.reword("deux", "Un texte", "Mon texte")
    box.forget()
    run = here.push(code=3)
    assert f"{box.url}/t/-/{stub}" in run.err
    assert "Mon texte" not in box.first_post(stub).raw
    assert here.raw("deux").startswith("Mon texte")
    assert len(box.requests("GET", "latest")) == 1, "one look for all of them"


@pytest.mark.parametrize("flag", ["closed", "listed"])
def test_p75_a_lone_status_costs_one_reading(here: Clone, box: Sandbox, flag: str) -> None:
    here.post("un")
    here.commit()
    here.push()
    here.post("un", closed=True) if flag == "closed" else here.post("un", listed=False)
    here.commit()
    box.forget()
    here.push()
    assert [one.verb for one in box.log] == ["GET", "PUT"]


def test_p76_a_topic_of_others_that_was_deleted_is_not_brought_back(restored: Clone, box: Sandbox) -> None:
    restored.configure('deleted = "recover"')
    victim = next(topic for topic in box.topics() if topic.title.startswith("Un sujet tout autre"))
    box.delete(victim.id)
    restored.reword("un", "Un texte", "Mon texte")
    run = restored.push(code=None)
    assert run.code != 0
    assert victim.deleted_at is not None


@pytest.mark.parametrize("how", ["unlist", "close", "delete"])
def test_a_file_that_goes_leaves_what_a_merge_left_of_its_topic(here: Clone, box: Sandbox, how: str) -> None:
    for ident in ("un", "deux"):
        here.post(ident)
    here.commit()
    here.push()
    stub = box.by_id("un").id
    target = box.new_topic("Un sujet qui rassemble tout", TEXT, category=2).id
    box.merge(stub, target)
    before = (box.topic(stub).closed, box.topic(stub).visible, box.topic(stub).deleted_at)
    here.configure(f'withdraw = "{how}"')
    here.git("rm", "--quiet", "posts/un.md")
    here.commit()
    box.forget()
    run = here.push(code=None)
    assert (box.topic(stub).closed, box.topic(stub).visible, box.topic(stub).deleted_at) == before
    assert "moved to another topic" in run.text
    assert [one for one in box.log if one.verb != "GET"] == []
    box.forget()
    here.push()
    assert box.log == []
