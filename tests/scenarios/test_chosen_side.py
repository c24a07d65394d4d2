"""`--ours` and `--theirs`: whoever knows which side is right is not asked, and comes out of the conflict at once."""

import pytest

from koweb_sync.sandbox import Fault, Sandbox
from tests.scenarios.test_translations import BETTER, ENGLISH, both, on_translating, post_of
from tests.workspace import Clone, translating

pytestmark = pytest.mark.server("2022")

COMMANDS = [("pull", "--ours"), ("sync", "--ours")]


def disagree(here: Clone, box: Sandbox, what: str) -> None:
    """Publish a post; somebody changes one thing of it on the forum, and git changes the same in another way."""
    here.post("un", tags=["outils"], title="Un premier titre")
    here.commit()
    here.push()
    topic = box.by_id("un").id
    if what == "text":
        box.edit(
            topic, here.raw("un").replace("Un texte", "Le texte de Claire"), username="claire", reason="Plus clair"
        )
        here.reword("un", "Un texte", "Mon texte")
    if what == "title":
        box.edit(topic, title="Un titre choisi par Claire", username="claire")
        here.reword("un", "Un premier titre", "Un titre choisi par moi")
    if what == "tags":
        box.edit(topic, tags=["accueil"], username="claire")
        here.post("un", tags=["nouveau"], title="Un premier titre")
        here.commit()


def ours(here: Clone, box: Sandbox, what: str) -> bool:
    """Whether the forum has what git says. Tags are sets, in which neither side's word is lost."""
    topic = box.by_id("un")
    return {
        "text": here.raw("un").startswith("Mon texte"),
        "title": topic.title == "Un titre choisi par moi",
        "tags": sorted(topic.tags) == ["accueil", "nouveau"],
    }[what]


def quiet(here: Clone, box: Sandbox) -> None:
    """Nothing is left to do on either side."""
    box.forget()
    assert "1 commit" not in here.run("pull", "--ours").text
    here.push()
    here.run("sync", "--ours")
    assert here.writes() == []


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize("what", ["text", "title", "tags"])
def test_p532_ours_where_the_conflict_is_the_only_difference(
    here: Clone, box: Sandbox, what: str, words: tuple[str, ...]
) -> None:
    disagree(here, box, what)
    said = here.run(*words).text
    assert [verb in said for verb in ("yours stays  posts/un.md", "brought  posts/un.md")] == [
        what != "tags",
        what == "tags",
    ]
    here.push()
    assert ours(here, box, what)
    assert "Claire Moreau" in here.git("log", "-3", "--format=%an")
    assert what == "tags" or "Claire" in here.git("show", "HEAD~1:posts/un.md"), "their words are in git's history"
    assert what != "text" or (box.first_post(box.by_id("un").id).edit_reason or "").startswith("Choi")
    quiet(here, box)


@pytest.mark.parametrize("command", ["pull", "sync"])
@pytest.mark.parametrize("what", ["text", "title", "tags"])
def test_where_the_forums_side_was_chosen_the_table_says_that_it_stays(
    here: Clone, box: Sandbox, what: str, command: str
) -> None:
    disagree(here, box, what)
    said = here.run(command, "--theirs").text
    assert [verb in said for verb in ("theirs stays  posts/un.md", "brought  posts/un.md")] == [
        what != "tags",
        what == "tags",
    ]


@on_translating
def test_p532_ours_in_a_translation(here: Clone, box: Sandbox) -> None:
    translating(box)
    both(here)
    box.translate(box.by_id("un").id, "en", "A topic called un", BETTER)
    here.reword("un", ENGLISH, "Another sentence altogether.", path="posts/un.en.md")
    here.run("pull", "--ours")
    here.push()
    assert post_of(here).translations["en"].raw == "Another sentence altogether."
    quiet(here, box)


@pytest.mark.parametrize("words", COMMANDS)
def test_p532_ours_again_for_the_next_edit(here: Clone, box: Sandbox, words: tuple[str, ...]) -> None:
    disagree(here, box, "text")
    here.run(*words)
    if words[0] == "pull":  # the next edit comes before what is decided was sent
        here.reword("un", "Mon texte", "Notre texte")
    box.edit(box.by_id("un").id, here.raw("un").replace(" texte", " tout autre texte"), username="claire")
    here.reword("un", "Notre texte" if words[0] == "pull" else "Mon texte", "Mon dernier texte")
    here.push(code=3)
    here.run(*words)
    here.push()
    assert here.raw("un").startswith("Mon dernier texte")
    quiet(here, box)


def test_p532_ours_beside_another_edit(here: Clone, box: Sandbox) -> None:
    here.post("un", "Un texte assez long.\n\nUne suite.\n\nUn milieu.\n\nUne fin.")
    here.commit()
    here.push()
    raw = here.raw("un").replace("Un texte", "Le texte de Claire").replace("Une fin", "La fin de Claire")
    box.edit(box.by_id("un").id, raw, username="claire")
    here.reword("un", "Un texte", "Mon texte")
    here.run("sync", "--ours")
    assert here.raw("un").startswith("Mon texte")
    assert "La fin de Claire" in here.raw("un")
    assert "Koweb-Decided: posts/un.md" in here.git("log", "-1", "--format=%B")
    quiet(here, box)


def test_p532_ours_is_said_again_after_a_death_between(here: Clone, box: Sandbox) -> None:
    disagree(here, box, "text")
    here.run("fetch")  # as a pull that died after its look
    here.run("pull", "--ours")
    box.fail(Fault("status", "PUT", r"^/posts/", status=403))
    here.run("sync", "--ours", code=None)
    here.run("sync", "--ours")
    assert ours(here, box, "text")
    quiet(here, box)


def test_p532_ours_of_a_branch_for_a_pull_request(here: Clone, box: Sandbox) -> None:
    disagree(here, box, "text")
    here.run("pull", "--ours", "--branch", "forum")
    before = here.git("rev-parse", "forum")
    here.run("pull", "--ours", "--branch", "forum")
    assert here.git("rev-parse", "forum") == before
    here.git("merge", "--quiet", "forum")
    here.push()
    assert ours(here, box, "text")


@pytest.mark.parametrize("what", ["text", "title"])
def test_p532_theirs_where_the_conflict_is_the_only_difference(here: Clone, box: Sandbox, what: str) -> None:
    disagree(here, box, what)
    here.run("sync", "--theirs")
    assert not ours(here, box, what)
    assert "Claire" in here.read("posts/un.md")
    quiet(here, box)
