"""Links to headings: right on every kind of server from the first push, at the price of every other link."""

import re

import pytest

from koweb_sync.sandbox import Fault, Sandbox
from koweb_sync.sandbox.cooking.context import Stage
from koweb_sync.sandbox.cooking.cook import cook
from tests.workspace import FLAVOURS, GUESSED, TEXT, Clone, forget_forum

pytestmark = pytest.mark.server("below")

on_all = pytest.mark.parametrize("box", [*FLAVOURS, GUESSED], indirect=True)


def heading(title: str, rest: str) -> str:
    """A text with one heading."""
    return f"{TEXT}\n\n## {title}\n\n{rest}"


def whole(here: Clone, box: Sandbox) -> list[tuple[str, str]]:
    """(id, link) of every link to a heading that leads nowhere on the forum."""
    lost = []
    for ident in here.published():
        own = box.first_post(box.by_id(ident).id)
        for topic, anchor in re.findall(rf"\]\((?:{box.at('/t/-')}/(\d+))?#([^)]*)\)", own.raw):
            target = box.first_post(int(topic)) if topic else own
            if f'name="{anchor}"' not in target.cooked:
                lost.append((ident, anchor))
    return lost


def warnings(here: Clone) -> int:
    """How many links `check` warns about."""
    return sum(one["code"] == "moved-anchor" for one in here.run("check", "--format", "json").data)


@on_all
def test_links_to_headings_lead_there_from_the_first_push(here: Clone, box: Sandbox) -> None:
    here.post("seul", heading("Chez moi", "[ici](#chez-moi)"))
    here.post("vers", heading("Ailleurs", "[là](seul.md#chez-moi)"))
    here.post("un", heading("Premier", "[deux](deux.md#second) et [ici](#premier)"))
    here.post("deux", heading("Second", "[un](un.md#premier)"))
    here.commit()
    here.push()
    assert whole(here, box) == []
    assert sum(here.raw(one).count("#") for one in here.published()) == 4 * 2 + 5
    assert len(box.requests("POST", r"^/posts")) == 4
    plain = box.state.flavour.anchors == "plain"
    assert len(box.requests("PUT")) == (1 if plain else 3)  # one of the cycle, and whoever links to their own heading
    assert len(box.log) - len(here.writes()) <= 5
    box.forget()
    here.push()
    assert box.log == []


def test_how_a_forum_names_its_anchors_is_asked_once(here: Clone, box: Sandbox) -> None:
    here.post("un", heading("Premier", "Sans lien."))
    here.commit()
    here.push()
    assert box.requests("GET", "about") == []
    here.post("deux", heading("Second", "[un](un.md#premier)"))
    here.commit()
    here.push()
    assert len(box.requests("GET", "about")) == 1
    forget_forum()
    for number in ("un", "deux"):
        here.reword(number, "Un texte", "Mon texte")
        box.forget()
        here.push()
        assert len(box.log) == 1
    assert whole(here, box) == []


def test_a_key_with_few_scopes_learns_it_as_everybody_does(
    here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    scopes = ("topics:write", "topics:read", "posts:edit")
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.key("few", *scopes, username="admin"))
    here.post("un", heading("Premier", "[ici](un.md#premier)"))
    here.commit()
    told = here.run("plan", "--format", "json").data["requests"]
    box.forget()
    here.push()
    refused = [one for one in box.log if one.status == 403 or one.path == "/session/scopes.json"]
    assert len(box.log) - len(refused) == told  # what the key may not is asked once more, as everybody
    assert len(refused) <= 2
    assert whole(here, box) == []


@pytest.mark.parametrize("status", [403, 404])
def test_a_forum_that_keeps_its_version_to_itself_is_published_to(here: Clone, box: Sandbox, status: int) -> None:
    box.fail(Fault("status", "GET", "/about", status=status, body=b'{"errors":["non"]}', times=9))
    here.post("un", heading("Premier", "[ici](#premier)"))
    here.commit()
    here.push()
    here.reword("un", "Un texte", "Mon texte")
    here.push()  # an edit is answered with the anchors as they are
    here.push()
    assert whole(here, box) == []


def test_dead_anchors_are_found_by_check_and_mended_by_the_next_push(here: Clone, box: Sandbox) -> None:
    """As after an upgrade of the forum, or where an answer to a creation was believed."""
    box.set(anchors="plain")
    here.post("un", heading("Premier", "[ici](#premier) et [deux](deux.md#second)"))
    here.post("deux", heading("Second", "[ici](#second)"))
    here.post("trois", heading("Troisième", "Rien d'autre."))
    here.commit()
    here.push()
    box.set(anchors="post-id")
    for topic in box.topics():
        box.first_post(topic.id).html = None
    assert warnings(here) == 0
    here.reword("trois", "Un texte", "Mon texte")
    here.push()
    assert len(whole(here, box)) == 3
    assert warnings(here) == 3
    box.forget()
    here.push()
    assert len(box.requests("PUT")) == 2
    assert whole(here, box) == []
    assert warnings(here) == 0
    box.forget()
    here.push()
    assert box.log == []


def test_an_answer_to_a_creation_teaches_nothing(here: Clone, box: Sandbox) -> None:
    """It shows anchors that are gone a moment later."""
    here.post("un", heading("Premier", "Rien."))
    here.commit()
    here.push()
    post = box.first_post(box.by_id("un").id)
    assert 'name="premier-1"' in cook(box.state, post, Stage.NEW)
    assert b'"anchors": ""' in here.agreed()["server"]


def test_check_knows_an_edit_that_is_only_in_the_journal(here: Clone, box: Sandbox) -> None:
    """A push that did not reach the git remote any more noted what came of its edits."""
    here.post("un", heading("Premier", "La cible."))
    here.post("deux", heading("Second", "[un](un.md#premier)"))
    here.commit()
    here.push()
    here.reword("un", "## Premier", "## Avant\n\n## Premier")
    here.push()
    assert warnings(here) == 1
    here.reword("deux", "Un texte", "Mon texte")
    remote = here.folder.parent / "remote.git"
    box.fail(Fault("call", "PUT", after_work=lambda: remote.rename(remote.with_name("away.git"))))
    here.push(code=None)
    assert whole(here, box) == []
    assert warnings(here) == 0


def test_check_does_not_warn_about_headings_that_are_not_published_yet(here: Clone, box: Sandbox) -> None:
    here.post("un", heading("Premier", "La cible."))
    here.post("deux", heading("Second", "[un](un.md#premier)"))
    here.commit()
    here.push()
    path = here.folder / "posts" / "un.md"
    path.write_text(path.read_text(encoding="utf-8").replace("## Premier", "## Avant\n\n## Premier"), encoding="utf-8")
    assert warnings(here) == 0
    here.commit()
    here.push()
    assert warnings(here) == 1
    assert len(whole(here, box)) == 1
    here.reword("deux", "Un texte", "Mon texte")
    here.push()
    assert warnings(here) == 0
    assert whole(here, box) == []


def test_a_link_in_a_text_that_came_back_keeps_its_heading(here: Clone, box: Sandbox) -> None:
    """Somebody on the forum edits the post that has the link; what the link leads to is as it was."""
    here.post("un", heading("Premier", "La cible."))
    here.post("deux", heading("Second", "[un](un.md#premier)"))
    here.commit()
    here.push()
    box.edit(box.by_id("deux").id, f"{here.raw('deux')}\n\nUne phrase de Claire.")
    here.run("pull")
    here.push()
    assert whole(here, box) == []
    assert warnings(here) == 0
