"""Translating: into which language, and the text of a translation beside its original."""

from collections.abc import Iterator

from tests.desk.states.scene import Scene, Visit
from tests.desk.test_translations_shown import ENGLISH, translated
from tests.desk.test_writing import FILE
from tests.workspace import TEXT


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


PAGES = ("translate.html", "write_translation.html")
ROUTES = ("translations",)
UNSEEN: frozenset[str] = frozenset()
CHAPTERS = (a_translation, a_forum_without_translations)
