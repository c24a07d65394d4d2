"""Translating: into which language, and the text of a translation beside its original."""

from collections.abc import Iterator

from playwright.sync_api import expect

from tests.desk.states.scene import Scene, Visit
from tests.desk.test_translations_shown import ENGLISH, translated
from tests.desk.test_writing import FILE
from tests.workspace import PNG, TEXT, Clone


def a_translation(scene: Scene) -> Iterator[str]:
    """One that is behind, one that somebody else changed meanwhile, and one that is begun."""
    here = scene.repository()
    translated(here)
    here.post("un", f"{TEXT}\n\nUne seconde phrase.")
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        one.sees(f"/write-translation/{ENGLISH}")
        scene.judge.page.get_by_text("Ce qui a changé depuis").press("Enter")
        yield "a translation is written, whose original has another text by now"
        one.sends(f"/write-translation/{ENGLISH}", {"mark": "0", "title": "Typed", "body": "Typed."})
        yield "a translation that somebody else changed meanwhile"
        one.sees(f"/write-translation/{ENGLISH}")
        yield "a translation that is typed and not saved"
        one.sends(f"/write-forget/{ENGLISH}")
        yield "back to the saved translation?"
        one.sees(f"/translate/{FILE}")
        yield "into which language?"
        one.sends(f"/translate/{FILE}", {"into": "en"})
        yield "it is there already"
        one.sends(f"/translate/{FILE}", {"into": "es"})
        yield "a translation is begun"


OLD = f"""Avant de choisir, demandez qui va s’en servir. {TEXT}

Essayez-en **un** [une semaine](https://example.org), puis décidez.

![Le plan de la salle](img/plan.png)

Écrivez ce que vous avez décidé ensemble.

```
2 + 2 = 4
```
"""
NOW = OLD.replace("puis décidez", "puis décidez ensemble").replace(
    "Écrivez ce que vous avez décidé ensemble.", "Un tout autre sujet arrive ici : qui range les chaises ?"
)
UNTOUCHED = ("Write down what you agreed on.", "Écrivez ce que vous avez décidé ensemble.")


def a_forum_without_translations(scene: Scene) -> Iterator[str]:
    """What somebody sees who translates for a forum that keeps none."""
    here = scene.repository()
    translated(here)
    here.push("--only", FILE)  # the forum's facts are known then
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        one.sees(f"/translate/{FILE}")
        yield "the forum keeps no translations"
        one.sees("/publish/")
        yield "a translation that does not go"
        one.sees(f"/write-translation/{ENGLISH}")
        yield "a translation that stays here is written"


def texts_of_the_original(one: Visit, here: Clone) -> Iterator[str]:
    """Where it is told that a translation has texts of its original."""
    whole = here.read(ENGLISH)
    same = whole.replace("The map of the room", "Le plan de la salle")
    here.write(ENGLISH, same.replace(*UNTOUCHED))
    one.sees("/preview/")
    yield "the list: a translation with texts of its original"
    one.sees(f"/preview/{FILE}")
    yield "a message whose translation has texts of its original"
    one.sees("/publish/")
    yield "a translation with texts of its original is published"
    here.write(ENGLISH, whole)


def paragraph_by_paragraph(scene: Scene) -> Iterator[str]:
    """A translation that is begun, written, and brought up to date after its original has changed."""
    here, page = scene.repository(), scene.judge.page
    here.write("posts/img/plan.png", PNG)
    here.post("un", OLD, title="Choisir un outil ensemble")
    here.commit()
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        one.sends(f"/translate/{FILE}", {"into": "en"})
        yield "a translation is begun, paragraph by paragraph"
        page.get_by_label("Traduction du paragraphe 1").fill("Before you choose, ask who will use it.")
        page.get_by_role("button", name="Partir de l’original").first.click()
        expect(page.get_by_text("1 paragraphe est encore tel que dans l’original")).to_be_visible()
        expect(page.locator("[data-kept]")).to_have_attribute("data-kept", "kept")
        yield "a translation that is typed"
        page.get_by_label("Titre", exact=True).fill("Choosing a tool together")
        page.get_by_label("Traduction du paragraphe 2").fill(
            "Try **one** [for a week](https://example.org), then decide."
        )
        page.get_by_label("Description de l’image").fill("The map of the room")
        page.get_by_label("Ne pas le mettre dans la traduction 4").check()
        with page.expect_navigation():
            page.get_by_role("button", name="Enregistrer", exact=True).click()
        yield "a paragraph that is left out"
        page.get_by_label("Le remettre dans la traduction").check()
        page.get_by_label("Traduction du paragraphe 4").fill("Write down what you agreed on.")
        with page.expect_navigation():
            page.get_by_role("button", name="Enregistrer", exact=True).click()
        yield "a translation that is whole"
        yield from texts_of_the_original(one, here)
        here.write(ENGLISH, f"{here.read(ENGLISH)}".replace("---\n\n<!--", "---\n\nNote for readers.\n\n<!--", 1))
        here.commit("Traduit")
        here.post("un", NOW, title="Choisir un outil ensemble")
        one.sees(f"/write-translation/{ENGLISH}")
        yield "paragraphs of the original that changed, came and went"
        with page.expect_navigation():
            page.get_by_role("button", name="ce qui est traduit convient au texte actuel").click()
        yield "all of a translation is right for the text of now"
        first, *others = NOW.strip().split("\n\n")
        here.post("un", "\n\n".join([*others, first]), title="Choisir un outil ensemble")
        one.sees(f"/write-translation/{ENGLISH}")
        yield "a paragraph of the original stands elsewhere"
        here.write(ENGLISH, f"{here.read(ENGLISH)}\n<!-- koweb: original\n")
        one.sees(f"/write-translation/{ENGLISH}")
        yield "a translation whose signs are broken"


PAGES = ("translate.html", "write_translation.html", "_paragraph.html", "_left.html")
ROUTES = ("translations",)
UNSEEN: frozenset[str] = frozenset()
CHAPTERS = (a_translation, paragraph_by_paragraph, a_forum_without_translations)
