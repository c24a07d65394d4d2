"""One repository has the note on a forum, and another takes it over: by a component of its own, so that a push of the
first one finds the number that it remembers gone, without having looked before.
"""

import signal
from pathlib import Path

import pytest

from koweb_sync.sandbox import Fault
from koweb_sync.sandbox.model.records import ThemeRecord
from tests.forks import DeadlyGit, Forked
from tests.gate import in_turn
from tests.scenarios.test_component import PAGE, installed, killing, known, there
from tests.workspace import Clone, new_workspace

WRITES = ("POST", "PUT", "DELETE")  # the bundle, what it is to be, and the old one


def components(here: Clone) -> list[ThemeRecord]:
    """Those of our name."""
    return [one for one in here.box.state.themes.values() if one.name == "koweb"]


def published(here: Clone, ident: str) -> None:
    """A post that is on the forum."""
    here.post(ident)
    here.commit()
    here.push()


@pytest.fixture
def second(here: Clone, tmp_path: Path) -> Clone:
    """Another repository beside the forum on which the first one has the note."""
    published(here, "un")
    installed(here)
    other = new_workspace(tmp_path / "second", here.box)
    published(other, "deux")
    here.box.forget()
    return other


def takes_over(clone: Clone) -> None:
    """It takes the note over."""
    installed(clone, "--take-over", "--repository", f"{PAGE}-second")


def names_only(here: Clone, ident: str) -> None:
    """One component is there, which names the topic of that post alone."""
    assert len(components(here)) == 1
    assert list(known(here)["topics"]) == [str(here.box.by_id(ident).id)]


def is_left_to_it(here: Clone) -> None:
    """The first repository's next push changes nothing of the note, says so once, and asks no more."""
    before = dict(there(here).settings)
    here.reword("un", "assez long", "bien assez long")
    here.box.forget()
    assert "another repository's" in here.push().text
    assert len(here.box.requests(path="/admin/themes")) == 1
    here.reword("un", "bien assez long", "encore assez long")
    here.box.forget()
    assert "another repository's" not in here.push().text
    assert not here.box.requests(path="/admin/themes")
    assert "encore assez long" in here.raw("un")
    assert there(here).settings == before


@pytest.mark.server("2022", "2025")  # the older one takes a bundle without a number for the component of its name
def test_p439_the_note_of_another_repository_is_only_taken_over_by_who_says_so(here: Clone, second: Clone) -> None:
    before = known(here)
    assert "--take-over" in second.run("component", "install", "--yes", code=2).text
    assert "--take-over" in second.run("component", "remove", "--yes", code=2).text
    assert "others by its name" in second.run("component", "status", code=3).text
    assert known(here) == before
    assert not here.writes()
    takes_over(second)
    names_only(here, "deux")


def test_p460_a_note_that_was_taken_over_is_left_to_whoever_took_it(here: Clone, second: Clone) -> None:
    takes_over(second)
    is_left_to_it(here)
    for command in ("install", "update", "remove"):
        assert "--take-over" in here.run("component", command, "--yes", code=2).text
    second.reword("deux", "assez long", "bien assez long")
    here.box.forget()
    assert "another repository's" not in second.push().text
    assert len(here.box.requests(path="/admin/themes")) == 1
    names_only(here, "deux")
    here.run("component", "update", "--yes", "--take-over")
    names_only(here, "un")
    here.reword("un", "encore assez long", "toujours assez long")
    here.push()
    here.run("component", "status")
    second.reword("deux", "bien assez long", "encore assez long")
    assert "another repository's" in second.push().text
    second.run("component", "remove", "--yes", "--take-over")
    assert not components(here)


def test_p474_a_note_that_names_no_topic_yet_is_another_repositorys_too(here: Clone, tmp_path: Path) -> None:
    installed(here)
    second = new_workspace(tmp_path / "second", here.box)
    second.run("component", "install", "--yes", "--repository", f"{PAGE}-second", code=2)
    published(here, "un")
    takes_over(second)
    assert known(here)["topics"] == {}
    is_left_to_it(here)


def test_p475_a_component_that_takes_anothers_place_stays_as_people_set_it(here: Clone, second: Clone) -> None:
    old = there(here)
    old.parents, old.enabled, old.settings["show_author"] = [2], False, False
    takes_over(second)
    new = there(here)
    assert new.id != old.id
    assert (new.parents, new.enabled, new.settings["show_author"]) == ([2], False, False)
    names_only(here, "deux")
    installed(here, "--take-over", "--theme", "kafé")
    assert (sorted(there(here).parents), there(here).settings["show_author"]) == ([1, 2], False)


@pytest.mark.parametrize(("verb", "when"), in_turn(WRITES, ["before", "after_work"]))
def test_p476_a_take_over_that_is_killed_at_any_request_is_done_again_and_leaves_one_note(
    here: Clone, second: Clone, verb: str, when: str
) -> None:
    there(here).parents, there(here).settings["show_author"] = [2], False
    words = ("component", "install", "--yes", "--take-over", "--repository", f"{PAGE}-second")
    process = Forked(second.folder, *words)
    here.box.fail(killing(process, when, verb))
    assert process.run() == -signal.SIGKILL, process.text()
    here.box.front.faults.waiting.clear()
    assert [one for one in components(here) if one.parents and one.settings["koweb_published"]]
    second.run(*words)
    names_only(here, "deux")
    assert (there(here).parents, there(here).settings["show_author"]) == ([2], False)
    second.run("component", "status")
    is_left_to_it(here)


def test_p477_a_take_over_that_is_killed_at_any_call_of_git_is_done_again_and_leaves_one_note(
    here: Clone, second: Clone, tmp_path: Path
) -> None:
    git = DeadlyGit(tmp_path)
    words = ("component", "install", "--yes", "--take-over", "--repository", f"{PAGE}-second")
    killed = 0
    for nth in range(1, 60):
        for when in ("before", "after"):
            process = Forked(second.folder, *words, env=git.env(nth, when))
            killed += process.run() == -signal.SIGKILL
            assert [one for one in components(here) if one.parents and one.settings["koweb_published"]]
        if git.count() < nth:
            break
    assert killed > 9
    second.run(*words)
    names_only(here, "deux")
    second.run("component", "status")
    is_left_to_it(here)


def test_p478_a_forum_that_fails_in_the_middle_of_a_take_over_is_told_again(here: Clone, second: Clone) -> None:
    for verb in WRITES:
        before = {one.id for one in components(here)}
        for _try in range(9):
            here.box.fail(Fault("status", verb, "^/admin/themes", status=500))
        second.run("component", "install", "--yes", "--take-over", "--repository", f"{PAGE}-second", code=None)
        here.box.front.faults.waiting.clear()
        assert before <= {one.id for one in components(here)}
    takes_over(second)
    names_only(here, "deux")
    is_left_to_it(here)


def test_p479_clones_of_one_repository_and_ci_tell_the_component_that_one_of_them_put_there(
    here: Clone, second: Clone
) -> None:
    second.share()
    clones = second.clone("early"), second.clone("ci", "--depth", "1"), second
    takes_over(second)
    topic = here.box.by_id("deux").id
    for number, clone in enumerate(clones):
        clone.git("pull", "--quiet", "--rebase")
        clone.reword("deux", "Un texte", f"Un texte {number}")
        clone.share()
        here.box.forget()
        assert "another repository's" not in clone.push().text
        assert len(here.box.requests(path="/admin/themes")) == 1
        assert known(here)["topics"][str(topic)][1] == here.box.first_post(topic).version
    is_left_to_it(here)
