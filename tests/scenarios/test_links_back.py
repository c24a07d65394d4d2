"""What people of the forum write about what the repository holds comes back as the repository names it."""

import pytest

from koweb_sync.sandbox import Sandbox
from tests.workspace import PNG, TEXT, Clone

pytestmark = pytest.mark.server("below")

FORMS = [
    "{root}/t/-/{id}",
    "{root}/t/{id}",
    "{root}/t/{slug}/{id}",
    "{home}/t/{slug}/{id}",
    "{home}/t/{slug}/{id}?u=claire",
]
OTHERS = [
    "{root}/t/{slug}/{id}/3",
    "https://example.org/t/{slug}/{id}",
    "{root}/t/{slug}/4711",
    "{root}/u/claire",
    "{home}/t/{slug}/{id}#bas",
]


@pytest.fixture
def two(here: Clone, box: Sandbox) -> dict[str, object]:
    """Two published posts, one with a picture; how the other one's topic is written."""
    here.write("posts/outils/img/schema.png", PNG)
    here.post("un")
    here.post("deux", f"{TEXT}\n\n![un schéma](img/schema.png)", path="posts/outils/deux.md", category=2)
    here.commit()
    here.push()
    topic = box.by_id("deux")
    return {"id": topic.id, "slug": topic.slug, "home": box.url, "root": box.at("")}


def quiet(here: Clone, box: Sandbox) -> None:
    """Nothing is left to send or to bring."""
    box.forget()
    here.push()
    here.run("pull")
    assert here.writes() == []


@pytest.mark.parametrize("form", FORMS)
def test_a_link_to_a_topic_becomes_its_files_path(here: Clone, box: Sandbox, two: dict[str, object], form: str) -> None:
    url = form.format(**two)
    box.edit(box.by_id("un").id, f"{here.raw('un')}\n\nVoir [l'autre]({url}), que j'ajoute ici.")
    here.run("pull")
    assert "[l'autre](outils/deux.md)" in here.read("posts/un.md")
    quiet(here, box)
    here.reword("un", "Un texte", "Mon texte")
    here.push()
    assert here.raw("un").count(f"/{two['id']}") == 1
    quiet(here, box)


@pytest.mark.parametrize("form", OTHERS)
def test_other_addresses_stay_as_somebody_wrote_them(
    here: Clone, box: Sandbox, two: dict[str, object], form: str
) -> None:
    url = form.format(**two)
    box.edit(box.by_id("un").id, f"{here.raw('un')}\n\nVoir [ceci]({url}), que j'ajoute ici.")
    here.run("pull")
    assert f"[ceci]({url})" in here.read("posts/un.md")
    quiet(here, box)


@pytest.mark.parametrize("size", ["", "|3x2", "|2x1"])
def test_a_picture_that_is_there_already_becomes_its_path(
    here: Clone, box: Sandbox, two: dict[str, object], size: str
) -> None:
    picture = box.uploads()[0].short_url
    box.edit(box.by_id("un").id, f"{here.raw('un')}\n\n![un schéma{size}]({picture})")
    here.run("pull")
    kept = "|2x1" if size == "|2x1" else ""
    assert f"![un schéma{kept}](outils/img/schema.png)" in here.read("posts/un.md")
    quiet(here, box)
    here.reword("un", "Un texte", "Mon texte")
    here.push()
    assert picture in here.raw("un")
    assert len(box.requests("POST", r"^/uploads")) == 0
    quiet(here, box)


def test_an_author_who_was_renamed_is_followed(here: Clone, box: Sandbox) -> None:
    here.post("un", author="claire")
    here.commit()
    here.push()
    box.rename("claire", "clara")
    here.run("pull")
    assert 'author: "clara"' in here.read("posts/un.md") or "author: clara" in here.read("posts/un.md")
    assert "Claire" not in here.git("log", "-1", "--format=%an")
    quiet(here, box)
    here.reword("un", "Un texte", "Mon texte")
    box.forget()
    here.push()
    assert here.writes() == [f"PUT /posts/{box.first_post(box.by_id('un').id).id}"]


def test_an_author_is_not_taken_for_another_one_while_nobody_brought_the_name(here: Clone, box: Sandbox) -> None:
    here.post("un", author="claire")
    here.commit()
    here.push()
    box.rename("claire", "clara")
    here.run("fetch", code=None)
    box.forget()
    here.push(code=None)
    assert here.writes() == []
