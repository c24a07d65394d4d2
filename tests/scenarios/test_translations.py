"""Translations beside their originals: published once, never over somebody's, taken away by the policy."""

import pytest

from koweb_sync.sandbox import Fault, Sandbox
from koweb_sync.sandbox.model.records import PostRecord
from tests.workspace import FLAVOURS, GUESSED, TEXT, Clone, translating

on_translating = pytest.mark.parametrize("box", [*FLAVOURS[1:], GUESSED], indirect=True)
ENGLISH = "A text that is long enough in English, too."


def english(here: Clone, ident: str = "un", body: str = ENGLISH, *, title: str = "", code: str = "en") -> str:
    """A translation of a post file; its path."""
    path = f"posts/{ident}.{code}.md"
    line = f"title: {title}\n" if title else ""
    here.write(path, f"---\n{line}---\n\n{body}\n")
    return path


def both(here: Clone, ident: str = "un") -> None:
    """A post in two languages, published."""
    here.post(ident)
    english(here, ident, title=f"A topic called {ident}")
    here.commit()
    here.push()


def post_of(here: Clone, ident: str = "un") -> PostRecord:
    """The first post."""
    return here.box.first_post(here.box.by_id(ident).id)


@on_translating
def test_twenty_posts_in_two_languages(here: Clone, box: Sandbox) -> None:
    translating(box)
    for number in range(20):
        here.post(f"sujet-{number}")
        english(here, f"sujet-{number}", title=f"A topic called {number}")
    here.commit()
    box.forget()
    print(here.push().text, [f"{one.status} {one.verb} {one.path}" for one in box.log][:60])
    assert len(box.log) <= 3 * 20 + 5
    for number in range(20):
        topic = box.by_id(f"sujet-{number}")
        post = box.first_post(topic.id)
        assert (topic.locale, topic.translations) == ("fr", {"en": f"A topic called {number}"})
        assert [(one.locale, one.raw) for one in post.translations.values()] == [("en", ENGLISH)]
    assert len(here.published()) == 20, "no translation is a topic of its own"
    box.forget()
    here.push()
    assert not box.log
    here.reword("sujet-7", "long enough", "short", path="posts/sujet-7.en.md")
    here.push()
    topic = box.by_id("sujet-7")
    assert here.writes() == ["POST /post_localizations/create_or_update.json"]
    assert [one.path for one in box.log if one.verb == "GET"] == [f"/post_localizations/{box.first_post(topic.id).id}.json"]
    assert "short" in box.first_post(topic.id).translations["en"].raw
