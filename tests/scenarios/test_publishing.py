"""Publishing: what reaches the forum, once, and at what price."""

import re

import pytest

from koweb_sync.posts.dialect import normalise
from koweb_sync.sandbox import Sandbox
from tests.workspace import PNG, TEXT, Clone

FRENCH = (
    "Est-ce clair\u00a0? Oui\u202f! «\u00a0présence\u00a0» ou «\u202fécoute\u202f»\u00a0: l’essentiel\u202f; voilà."
)
NOISY = [
    "---\n\nUn texte qui commence par des tirets, et qui continue assez longtemps.",
    "Un texte avec une ligne de tirets seule.\n\n---\n\nEt la suite, assez longue pour le forum.",
    "Notre propre commentaire, cité dans du code : `<!-- koweb: posts/a.md -->` et la suite du texte.",
    "Du code :\n\n```md\n![une image](img/absente.png) [un lien](b.md)\n```\n\nEt `[ceci](b.md)` en ligne aussi.",
    "Un bloc indenté :\n\n    [un lien](b.md) ![x](image.png)\n\n~~~\n[autre](b.md)\n~~~\n",
]


def test_one_post_reaches_its_category(here: Clone, box: Sandbox) -> None:
    here.post("posture", "Écouter d'abord, proposer ensuite : voilà la posture.", path="posts/bases/posture.md")
    here.commit()
    done = here.push()
    topic = box.by_id("posture")
    assert topic.category_id == 3
    assert topic.title == "Un sujet nommé posture"
    assert here.raw("posture") == "Écouter d'abord, proposer ensuite : voilà la posture."
    assert "created" in done.out


def test_p1_what_is_published_and_unchanged_sends_nothing(here: Clone, box: Sandbox) -> None:
    for number in range(5):
        here.post(f"sujet-{number}")
    here.commit()
    here.push()
    box.forget()
    here.push()
    assert box.log == []


def test_p18_an_image_in_five_posts_is_uploaded_once(here: Clone, box: Sandbox) -> None:
    here.write("posts/img/schema.png", PNG)
    for number in range(5):
        here.post(f"sujet-{number}", f"{TEXT}\n\n![un schéma](img/schema.png)")
    here.commit()
    here.push()
    assert len(box.requests("POST", r"^/uploads")) == 1
    assert {re.search(r"upload://\w+\.png", here.raw(f"sujet-{n}")) is not None for n in range(5)} == {True}
    assert "![un schéma|3x2](upload://" in here.raw("sujet-0")
    box.forget()
    here.push()
    assert box.log == []
    here.post("sujet-9", f"{TEXT}\n\n![le même](img/schema.png)")
    here.commit()
    here.push()
    assert box.requests("POST", r"^/uploads") == []


@pytest.mark.parametrize("number", range(len(NOISY)))
def test_p19_p30_code_dashes_and_comments_arrive_as_they_are(here: Clone, box: Sandbox, number: int) -> None:
    here.post("b")
    here.post("sujet", NOISY[number])
    here.commit()
    here.push()
    assert here.raw("sujet") == normalise(NOISY[number])
    before = here.read("posts/sujet.md")
    box.forget()
    here.push()
    assert box.log == []
    assert here.read("posts/sujet.md") == before


@pytest.mark.parametrize("anchors", ["plain", "post-id"])
def test_p20_posts_that_link_to_each_other_both_resolve(here: Clone, box: Sandbox, anchors: str) -> None:
    box.set(anchors=anchors)
    here.post("a", f"{TEXT}\n\n## Première partie\n\n[vers b](b.md#seconde-partie) et [ici](#première-partie)")
    here.post("b", f"{TEXT}\n\n## Seconde partie\n\n[vers a](a.md#première-partie)")
    here.commit()
    here.push()
    for one, other, heading in (("a", "b", "seconde-partie"), ("b", "a", "premire-partie")):  # as Discourse names them
        raw = here.raw(one)
        target = box.by_id(other)
        post = box.first_post(target.id).id
        name = f"{heading}-1" if anchors == "plain" else f"p-{post}-{heading}-1"
        assert f"]({box.at('/t/-')}/{target.id}#{name})" in raw
        assert f'name="{name}"' in box.first_post(target.id).cooked
    assert len(box.requests("POST", r"^/posts")) == 2
    box.forget()
    here.push()
    assert box.log == []


def test_p21_a_moved_file_is_the_same_topic_and_links_to_it_stay(here: Clone, box: Sandbox) -> None:
    here.post("cible", path="posts/outils/cible.md", category="facilitation-numerique")
    here.post("source", f"{TEXT} [un lien](outils/cible.md)")
    here.commit()
    here.push()
    topic = box.by_id("cible").id
    box.forget()
    (here.folder / "posts" / "bases").mkdir()
    here.git("mv", "posts/outils/cible.md", "posts/bases/cible.md")
    here.commit("Move")
    here.push()
    assert box.log == []
    here.git("mv", "posts/bases/cible.md", "posts/bases/nouvelle.md")
    here.reword("cible", "Un texte", "Un autre texte", path="posts/bases/nouvelle.md")
    here.push()
    assert here.writes() == [f"PUT /posts/{box.first_post(topic).id}"]
    assert box.by_id("cible").id == topic
    assert here.published() == ["cible", "source"]
    assert f"({box.at('/t/-')}/{topic})" in here.raw("source")


def test_p22_fields_change_on_the_same_topic_and_prettified_titles_are_no_difference(here: Clone, box: Sandbox) -> None:
    here.post("sujet", title="un titre que le forum embellit..", tags=["outils"])
    here.commit()
    here.push()
    topic = box.by_id("sujet")
    assert topic.title != "un titre que le forum embellit.."
    box.forget()
    here.push()
    assert box.log == []
    here.post("sujet", title="un autre titre que le forum embellit !!!", tags=["choix"], category="salon")
    here.commit()
    here.push()
    assert len(box.log) <= 3
    topic = box.by_id("sujet")
    assert (topic.category_id, topic.tags) == (6, ["choix"])
    assert topic.title.startswith("Un autre titre")
    box.forget()
    here.push()
    assert box.log == []


@pytest.mark.every
def test_p31_1500_topics_under_control_send_nothing(here: Clone, box: Sandbox) -> None:
    for number in range(1500):
        here.post(f"sujet-{number}", path=f"posts/{number % 30}/sujet-{number}.md")
    here.commit()
    here.push()
    assert len(here.published()) == 1500
    box.forget()
    here.push()
    assert box.log == []


def test_p33_french_spaces_are_no_difference_and_stay_in_the_file(here: Clone, box: Sandbox) -> None:
    here.post("sujet", FRENCH, title="Qu’est-ce que la «\u00a0facilitation\u00a0»\u202f?")
    here.commit()
    before = here.read("posts/sujet.md")
    here.push()
    assert "\u00a0" not in here.raw("sujet")
    assert "« présence »" in here.raw("sujet")
    box.forget()
    here.push()
    assert box.log == []
    assert here.read("posts/sujet.md") == before


def test_p24_topics_that_are_not_ours_stay_untouched(here: Clone, box: Sandbox) -> None:
    theirs = box.new_topic("Une question à tout le monde", TEXT, category=2)
    shown = (theirs.title, theirs.tags, theirs.category_id, box.first_post(theirs.id).raw)
    here.configure('withdraw = "delete"')
    for name in ("un", "deux"):
        here.post(name)
    here.commit()
    here.push()
    here.git("rm", "--quiet", "posts/un.md")
    here.reword("deux", "Un texte", "Un autre texte")
    here.push()
    now = box.topic(theirs.id)
    assert (now.title, now.tags, now.category_id, box.first_post(now.id).raw) == shown
    assert now.deleted_at is None


def test_p46_a_new_heading_costs_one_request_and_check_lists_the_link(here: Clone, box: Sandbox) -> None:
    here.post("cible", f"{TEXT}\n\n## Le cœur\n\nVoilà.")
    here.post("source", f"{TEXT} [le cœur](cible.md#le-cœur)")
    here.commit()
    here.push()
    before = here.raw("source")
    here.reword("cible", "## Le cœur", "## Avant\n\nD'abord ceci.\n\n## Le cœur")
    box.forget()
    here.push()
    assert len(box.log) == 1
    assert here.raw("source") == before
    assert "posts/source.md" in here.run("check").out
    here.reword("source", "Un texte", "Un autre texte")
    box.forget()
    here.push()
    assert len(box.log) == 1
    assert here.raw("source") != before.replace("Un texte", "Un autre texte")
    assert 'le-cur-2"' in box.first_post(box.by_id("cible").id).cooked
    assert "le-cur-2)" in here.raw("source")
    assert "posts/source.md" not in here.run("check").out


def test_p28_a_dry_run_writes_nothing_anywhere(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.push()
    here.reword("un", "Un texte", "Un autre texte")
    here.write("posts/img/schema.png", PNG)
    here.post("deux", f"{TEXT} ![x](img/schema.png)")
    here.commit()

    def everything() -> dict[str, bytes]:
        top = here.folder.parent
        return {str(f.relative_to(top)): f.read_bytes() for f in top.rglob("*") if f.is_file()}

    before = everything()
    box.forget()
    for words in (("push", "--dry-run"), ("plan",), ("status",), ("diff",)):
        here.run(*words)
    here.run("push", "--check", code=3)
    assert here.writes() == []
    assert everything() == before
