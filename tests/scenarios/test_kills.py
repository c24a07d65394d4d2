"""A process that dies at any moment: running it again gives what an undisturbed run gives."""

import signal
from pathlib import Path

import pytest

from koweb_sync.sandbox import Fault, Sandbox
from tests.forks import Forked
from tests.gate import in_every, spread
from tests.workspace import FLAVOURS, PNG, TEXT, Clone, forget_forum, new_workspace

Undisturbed = tuple[dict[str, tuple[str, str, int | None]], int]


def write_twelve(here: Clone) -> None:
    """Twelve posts with links in a circle, an image and an attachment."""
    here.write("posts/schema.png", PNG)
    here.write("posts/fiche.pdf", b"%PDF-1.4 une fiche")
    for number in range(12):
        other = (number + 1) % 12
        extra = "![un schéma](schema.png) [la fiche](fiche.pdf)" if number in (3, 7) else ""
        here.post(f"sujet-{number:02}", f"{TEXT} [la suite](sujet-{other:02}.md) {extra}")
    here.commit()
    here.share()


def shown(box: Sandbox) -> dict[str, tuple[str, str, int | None]]:
    """What a reader of the forum sees of our posts, with names for numbers."""
    names = {str(topic.id): topic.external_id or "" for topic in box.topics()}
    found = {}
    for topic in box.topics():
        if topic.external_id:
            raw = box.first_post(topic.id).raw
            for number, name in names.items():
                raw = raw.replace(f"({box.at('/t/-')}/{number})", f"(/t/-/{name})")
            found[topic.external_id] = (topic.title, raw, topic.category_id)
    return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, git_settings: str) -> dict[str, Undisturbed]:
    """What a run that nothing disturbs gives on a forum of each flavour, and how many requests it takes."""
    found = {}
    for flavour in FLAVOURS:
        top = tmp_path_factory.mktemp("undisturbed")
        with Sandbox.start(flavour=flavour) as box, pytest.MonkeyPatch.context() as patch:
            patch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
            patch.setenv("XDG_CACHE_HOME", str(top / "cache"))
            patch.setenv("GIT_CONFIG_GLOBAL", git_settings)
            for role in ("AUTHOR", "COMMITTER"):
                patch.setenv(f"GIT_{role}_NAME", "Frédéric")
                patch.setenv(f"GIT_{role}_EMAIL", "frederic@example.org")
            here = new_workspace(top / "work", box)
            write_twelve(here)
            here.push()
            found[flavour] = shown(box), len(box.log)
    return found


def test_the_undisturbed_run_takes_what_is_promised(undisturbed: dict[str, Undisturbed]) -> None:
    """12 creates, 2 uploads, one completion for the circle, 3 facts about the site."""
    assert [requests for _shown, requests in undisturbed.values()] == [12 + 2 + 1 + 3] * 2


@pytest.mark.parametrize("again", ["same clone", in_every("new clone")])
@pytest.mark.parametrize("moment", ["before the answer", "after the answer"])
@pytest.mark.parametrize("nth", spread(range(1, 19), 3))
def test_p6_killed_after_each_request_and_run_again(
    here: Clone,
    box: Sandbox,
    undisturbed: dict[str, Undisturbed],
    nth: int,
    moment: str,
    again: str,
) -> None:
    write_twelve(here)
    process = Forked(here.folder, here.verb)
    early = moment == "before the answer"
    kill = process.kill
    box.fail(Fault("call", nth=nth, after_work=kill if early else None, after_answer=None if early else kill))
    assert process.run() in (-signal.SIGKILL, 0)
    clone = here
    if again == "new clone":
        forget_forum()
        clone = here.clone("again")
    run = clone.push()
    assert "Traceback" not in run.text
    assert shown(box) == undisturbed[box.state.flavour.name][0]
    assert len(here.published()) == 12
    agreed = here.agreed()
    assert "lock" not in agreed
    assert len([name for name in agreed if name.startswith("topics/")]) == 12
    for name, content in agreed.items():
        if name.startswith("topics/"):
            topic = int(Path(name).name)
            assert content.partition(b"\n")[2].decode() == box.first_post(topic).raw
    box.forget()
    clone.push()
    assert box.log == []


@pytest.mark.parametrize("again", ["same clone", pytest.param("new clone", marks=pytest.mark.soak)])
@pytest.mark.parametrize("moment", ["before the answer", pytest.param("after the answer", marks=pytest.mark.soak)])
@pytest.mark.parametrize("nth", [2, 3, *(pytest.param(one, marks=pytest.mark.soak) for one in (1, 4))])
def test_p98_killed_while_a_topic_makes_room_for_another(
    here: Clone, box: Sandbox, nth: int, moment: str, again: str
) -> None:
    """The topic that goes and the one that comes: both are as after an undisturbed run, and neither is there twice."""
    here.configure('withdraw = "delete"')
    here.post("un")
    here.commit()
    here.share()
    here.push()
    old = box.by_id("un").id
    here.write("posts/un.md", here.read("posts/un.md").replace('id: "un"', 'id: "un-bis"'))
    here.commit()
    here.share()
    process = Forked(here.folder, here.verb)
    early = moment == "before the answer"
    kill = process.kill
    box.fail(Fault("call", nth=nth, after_work=kill if early else None, after_answer=None if early else kill))
    assert process.run() in (-signal.SIGKILL, 0)
    assert len(here.published()) <= 1
    clone = here
    if again == "new clone":
        forget_forum()
        clone = here.clone("again")
    assert "Traceback" not in clone.push().text
    assert here.published() == ["un-bis"]
    assert box.topic(old).deleted_at
    assert here.raw("un-bis") == box.first_post(old).raw
    box.forget()
    clone.push()
    assert box.log == []


@pytest.mark.parametrize("again", ["same clone", "new clone"])
@pytest.mark.parametrize("moment", ["before the answer", pytest.param("after the answer", marks=pytest.mark.soak)])
@pytest.mark.parametrize("nth", [2, 3, *(pytest.param(one, marks=pytest.mark.soak) for one in (1, 4, 5, 6, 7))])
def test_p184_killed_while_a_topic_makes_room_for_one_that_is_refused(
    here: Clone, box: Sandbox, nth: int, moment: str, again: str
) -> None:
    """Whenever it is killed, the next push puts the old topic back, for the new one is refused then, too."""
    here.configure('withdraw = "delete"')
    here.post("un", author="bilal")
    here.commit()
    here.share()
    here.push()
    old = box.by_id("un").id
    here.write("posts/un.md", here.read("posts/un.md").replace('id: "un"', 'id: "un-bis"'))
    here.commit()
    here.share()
    process = Forked(here.folder, here.verb)
    early = moment == "before the answer"
    kill = process.kill
    box.fail(Fault("call", nth=nth, after_work=kill if early else None, after_answer=None if early else kill))
    process.run()
    clone = here
    if again == "new clone":
        forget_forum()
        clone = here.clone("again")
    run = clone.push(code=None)
    assert run.code
    assert "Traceback" not in run.text
    assert here.published() == ["un"], run.text
    assert not box.topic(old).deleted_at
    box.set(unique_posts_mins=0)
    clone.push()
    assert here.published() == ["un-bis"]
    assert box.topic(old).deleted_at
    box.forget()
    clone.push()
    assert box.log == []


@pytest.mark.parametrize("again", ["same clone", "new clone"])
@pytest.mark.parametrize("moment", ["before the answer", pytest.param("after the answer", marks=pytest.mark.soak)])
@pytest.mark.parametrize("nth", [4, *(pytest.param(one, marks=pytest.mark.soak) for one in (1, 2, 3, 5, 6, 7, 8))])
def test_p188_killed_while_titles_go_from_one_topic_to_another(
    here: Clone, box: Sandbox, nth: int, moment: str, again: str
) -> None:
    titles = [f"Un titre qui s’en va : {one}" for one in ("ardoise", "boussole", "chemin")]
    for ident, title in zip(("un", "zoe"), titles, strict=False):
        here.post(ident, title=title)
    here.commit()
    here.push()
    here.post("un", f"{TEXT} Voir [le nouveau](neuf.md).", title=titles[1])
    here.post("neuf", f"{TEXT} Avant : [un](un.md).", title=titles[0])
    here.post("zoe", title=titles[2])
    here.commit()
    here.share()
    process = Forked(here.folder, here.verb)
    early = moment == "before the answer"
    kill = process.kill
    box.fail(Fault("call", nth=nth, after_work=kill if early else None, after_answer=None if early else kill))
    assert process.run() in (-signal.SIGKILL, 0)
    clone = here
    if again == "new clone":
        forget_forum()
        clone = here.clone("again")
    clone.push()
    assert [box.by_id(ident).title for ident in ("neuf", "un", "zoe")] == titles
    assert here.published() == ["neuf", "un", "zoe"]
    assert f"/t/-/{box.by_id('neuf').id}" in here.raw("un")
    assert f"/t/-/{box.by_id('un').id}" in here.raw("neuf")
    box.forget()
    clone.push()
    assert box.log == []
