"""More answers that are lost: of tags, withdrawals, and of creates that wait for a moderator or change hands."""

import shutil

import pytest

from koweb_sync.sandbox import Fault, Sandbox
from tests.gate import in_turn
from tests.scenarios.test_lost_answers import ADDED, LONG, create_and_die, fresh, settled
from tests.workspace import Clone

pytestmark = pytest.mark.server("2022")

LOST = ("refuse", "drop")  # before the forum did it, and after


@pytest.fixture
def three(here: Clone) -> Clone:
    """Three posts that are published, and the first one's file."""
    here.post("un", LONG, tags=["outils", "accueil"])
    here.post("deux")
    here.post("trois")
    here.commit()
    here.push()
    here.share()
    return here


@pytest.mark.parametrize(("lost", "back"), in_turn(LOST, [True, False]))
def test_a_tag_that_git_took_away_stays_away(three: Clone, box: Sandbox, lost: str, back: bool) -> None:
    both, less = '["outils", "accueil"]', '["outils"]'
    three.reword("un", both, less)
    box.fail(Fault(lost, "PUT", r"^/t/"))  # type: ignore[arg-type]
    three.push(code=1)
    if back:
        three.reword("un", less, both)
    three.push()
    three.run("sync")
    assert sorted(box.by_id("un").tags) == (["accueil", "outils"] if back else ["outils"])
    assert (both if back else less) in three.read("posts/un.md")
    settled(three, box, "deux", "trois", "un")


@pytest.mark.parametrize(("how", "lost"), in_turn(["delete", "unlist", "close"], LOST))
def test_a_file_that_comes_back_after_its_withdrawal_was_not_answered(
    three: Clone, box: Sandbox, how: str, lost: str
) -> None:
    three.configure(f'withdraw = "{how}"')
    three.git("rm", "--quiet", "posts/un.md")
    three.commit("Remove")
    box.fail(Fault(lost, path=r"^/t/", writes=True))  # type: ignore[arg-type]
    three.push(code=1)
    three.git("checkout", "HEAD^", "--", "posts/un.md")
    three.commit("Put back")
    three.push()
    topic = next(one for one in box.topics() if one.external_id == "koweb-un")
    assert (topic.deleted_at, topic.visible, topic.closed) == (None, True, False)
    settled(three, box, "deux", "trois", "un")


@pytest.mark.parametrize(("how", "lost"), in_turn(["delete", "unlist", "close"], LOST))
def test_a_topic_comes_back_although_the_answer_was_lost(three: Clone, box: Sandbox, how: str, lost: str) -> None:
    three.configure(f'withdraw = "{how}"')
    three.git("rm", "--quiet", "posts/un.md")
    three.commit("Remove")
    three.push()
    three.git("checkout", "HEAD^", "--", "posts/un.md")
    three.commit("Put back")
    box.fail(Fault(lost, "PUT", r"^/t/"))  # type: ignore[arg-type]
    three.push(code=1)
    three.push()
    topic = next(one for one in box.topics() if one.external_id == "koweb-un")
    assert (topic.deleted_at, topic.visible, topic.closed) == (None, True, False)
    settled(three, box, "deux", "trois", "un")


@pytest.mark.parametrize("lost", ["the answer", "the process", "the clone"])
def test_what_waits_for_a_moderator_is_not_sent_twice(here: Clone, box: Sandbox, lost: str) -> None:
    here.post("un", LONG, author="bilal")
    here.commit()
    here.share()
    box.hold("bilal")
    if lost == "the answer":
        box.fail(Fault("drop", "POST", r"^/posts"))
        here.push(code=3)
    else:
        create_and_die(here, box)
    clone = fresh(here) if lost == "the clone" else here
    assert "a moderator must approve" in clone.push(code=3).err
    assert len(box.state.pending) == 1
    box.approve()
    clone.push()
    assert len(box.requests("POST", r"^/posts")) == 1
    assert [topic.title for topic in box.topics()].count("Un sujet nommé un") == 1


def test_what_does_not_wait_for_a_moderator_is_sent_again(here: Clone, box: Sandbox) -> None:
    here.post("un", LONG, author="bilal")
    here.commit()
    here.share()
    box.fail(Fault("refuse", "POST", r"^/posts"))
    here.push()
    settled(here, box, "un")


def test_staff_never_wait_so_nobody_looks(here: Clone, box: Sandbox) -> None:
    here.post("un", LONG)
    here.commit()
    here.share()
    box.fail(Fault("refuse", "POST", r"^/posts"))
    here.push()
    assert box.requests("GET", "review") == []


def test_what_its_author_wrote_into_it_at_once_is_an_edit(here: Clone, box: Sandbox) -> None:
    """Within some minutes the forum keeps no version of what an author changes."""
    here.post("un", LONG, author="claire")
    here.commit()
    here.share()
    create_and_die(here, box)
    box.first_post(box.by_id("un").id).raw += f"\n\n{ADDED}"
    clone = fresh(here)
    clone.push()
    clone.run("sync")
    assert ADDED in clone.read("posts/un.md")
    assert ADDED in clone.raw("un")
    settled(clone, box, "un")


@pytest.mark.parametrize("where", ["the same clone", "another clone"])
def test_another_author_in_git_since_is_a_change_of_hands(here: Clone, box: Sandbox, where: str) -> None:
    here.post("un", LONG, author="claire")
    here.commit()
    here.share()
    create_and_die(here, box)
    clone = here if where == "the same clone" else fresh(here)
    clone.reword("un", "claire", "bilal")
    clone.push()
    owner = box.first_post(box.by_id("un").id).user_id
    assert box.state.users[owner].username == "bilal"
    settled(clone, box, "un")


def test_a_deleted_journal_changes_nothing_of_it(three: Clone, box: Sandbox) -> None:
    three.reword("un", '["outils", "accueil"]', '["outils"]')
    box.fail(Fault("drop", "PUT", r"^/t/"))
    three.push(code=1)
    shutil.rmtree(three.folder / ".git" / "koweb")
    three.push()
    three.run("sync")
    assert box.by_id("un").tags == ["outils"]
    settled(three, box, "deux", "trois", "un")
