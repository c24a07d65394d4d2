"""A plan tells the requests that its push sends. Every push of every test proves it (tests/announced.py); here are the
cases where a number was wrong, told by one command and sent by another. See legend.md.
"""

from typing import Any

import pytest

from koweb_sync.sandbox import Sandbox
from tests.workspace import PNG, TEXT, Clone

pytestmark = pytest.mark.server("below")


def kept(here: Clone, box: Sandbox, *, code: int = 0) -> int:
    """Plan, then push; the number that both agree on."""
    plan = here.run("plan", "--format", "json", code=None).data
    box.forget()
    here.push(code=code)
    sent = [f"{one.verb} {one.path}" for one in box.log]
    assert plan["requests"] <= len(sent) <= plan["requests"] + plan["requests_in_doubt"], sent
    return len(sent)


def test_p150_pictures_are_counted_once_each(here: Clone, box: Sandbox) -> None:
    here.write("posts/img/a.png", PNG)
    here.write("posts/img/double.png", PNG)
    here.write("posts/img/b.png", PNG + b"b")
    here.post("un", f"{TEXT} ![a](img/a.png) ![a](img/a.png) ![le même](img/double.png)")
    here.post("deux", f"{TEXT} ![a](img/a.png) ![b](img/b.png)")
    here.commit()
    assert kept(here, box) == 2 + 2
    here.post("trois", f"{TEXT} ![a](img/double.png)")
    here.commit()
    assert kept(here, box) == 1
    assert kept(here, box) == 0


def test_p151_links_between_new_posts_are_counted(here: Clone, box: Sandbox) -> None:
    here.post("soi", f"{TEXT} [moi](soi.md)")
    here.post("titre", f"# Un titre\n\n{TEXT} [en haut](#un-titre) [par le nom](titre.md#un-titre)")
    here.post("aller", f"{TEXT} [retour](retour.md)")
    here.post("retour", f"{TEXT} [aller](aller.md)")
    here.post("seul", f"{TEXT} [aller](aller.md)")
    here.post("haut", f"{TEXT} [tout en haut](#)")
    here.commit()
    # To ask how the forum names headings; the plan asked it already where that is proof.
    old = box.state.flavour.anchors == "plain"
    assert kept(here, box) == (6 + 2 + 1 if old else 6 + 3)


@pytest.mark.parametrize("field", ["title", "category", "tags", "title and text", "status", "author"])
def test_p152_fields_are_counted(here: Clone, box: Sandbox, field: str) -> None:
    here.post("un", tags=["outils"])
    here.post("deux", tags=["outils", "choix"], closed=True)
    here.commit()
    assert kept(here, box) == 4
    changes: dict[str, dict[str, Any]] = {
        "title": {"title": "Un tout autre titre pour ce sujet"},
        "category": {"category": "salon"},
        "tags": {"tags": ["choix"]},
        "title and text": {"title": "UN SUJET nommé « un »", "body": f"{TEXT} De plus."},
        "status": {"closed": True, "pinned": True, "listed": False},
        "author": {"author": "claire"},
    }
    here.post("un", **{"tags": ["outils"], **changes[field]})
    here.commit()
    kept(here, box)


def test_p153_of_held_posts_each_author_is_asked_about_once(here: Clone, box: Sandbox) -> None:
    for author in ("amina", "bilal"):
        box.hold(author)
        for number in range(3):
            here.post(f"{author}-{number}", f"{TEXT} {author} {number}", author=author)
    here.commit()
    here.push(code=3)
    assert kept(here, box, code=3) == 2


def test_p154_withdrawals_are_counted(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "delete"')
    for ident in ("un", "deux", "trois", "quatre"):
        here.post(ident)
    here.commit()
    here.push()
    (here.folder / "posts" / "un.md").unlink()
    here.commit()
    assert kept(here, box) == 2


def test_p154_a_link_stays_while_nothing_is_published_where_it_leads(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "delete"')
    gone, _renamed = here.post("un"), here.post("deux")
    here.post("liens", f"{TEXT} [un](un.md) [deux](deux.md)")
    here.commit()
    here.push()
    raw = here.raw("liens")
    (here.folder / gone).unlink()
    here.commit()
    assert kept(here, box) == 2
    assert kept(here, box) == 0
    box.reply(box.by_id("deux").id, "Une réponse qui doit rester avec son sujet.")
    here.reword("deux", 'id: "deux"', 'id: "autre"')
    for _time in range(2):
        box.forget()
        done = here.run("push", "--format", "json", code=3).data["outcomes"]
        assert here.writes() == []
        assert ("posts/liens.md", "recorded") in [(one["path"], one["done"]) for one in done]
    here.reword("liens", "Un texte", "Mon texte")
    here.push(code=3)
    assert here.raw("liens") == raw.replace("Un texte", "Mon texte")


def test_p155_a_reviewed_plan_counts_what_it_looks_at_again(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.post("deux")
    here.commit()
    here.push()
    here.reword("un", "Un texte", "Mon texte")
    here.reword("deux", "Un texte", "Mon texte")
    told = here.run("plan", "-o", "plan.json", "--format", "json").data["requests"]
    box.forget()
    here.push("plan.json")
    assert len(box.log) == told


def test_p156_a_picture_that_a_refused_post_left_is_not_counted_again(here: Clone, box: Sandbox) -> None:
    box.new_topic("Un titre qui est déjà pris", TEXT, category=3)
    here.write("posts/img/a.png", PNG)
    here.post("un", f"{TEXT} ![a](img/a.png)", title="Un titre qui est déjà pris")
    here.commit()
    here.push(code=3)
    here.post("un", f"{TEXT} ![a](img/a.png)", title="Un titre que personne n'a pris")
    here.commit()
    assert kept(here, box) == 1
