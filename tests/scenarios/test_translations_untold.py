"""Servers that do not list translations: nothing is written over that was not seen."""

import pytest

from koweb_sync.sandbox import Fault, Sandbox
from tests.gate import in_turn
from tests.scenarios.test_translations import ENGLISH, english, post_of
from tests.scenarios.test_translations_guarded import TITLE, on_listing
from tests.workspace import Clone, translating

THEIRS = "A title that claire thought about"


@pytest.fixture
def untold(here: Clone, box: Sandbox) -> Clone:
    """A post in two languages, published on a forum that does not list translations."""
    translating(box)
    box.fail(Fault("status", "GET", "^/post_localizations/", status=404, times=1_000))
    here.post("un", title="L'ordinaire d'un « sujet »")
    here.commit()
    here.push()
    return here


def title_of(box: Sandbox) -> str | None:
    """The title in English on the forum."""
    return box.by_id("un").translations.get("en")


def published(here: Clone) -> None:
    """Its translation, title and all."""
    english(here, title=TITLE)
    here.commit()
    here.push()
    assert (post_of(here).translations["en"].raw, title_of(here.box)) == (ENGLISH, TITLE)
    here.box.forget()
    here.push()
    assert not here.box.log


@on_listing
def test_a_title_is_changed_and_taken_away_where_it_is_ours(untold: Clone, box: Sandbox) -> None:
    published(untold)
    for title in ("Another title of ours", "", TITLE):
        english(untold, title=title)
        untold.commit()
        untold.push()
        assert title_of(box) == (title or None)
        box.forget()
        untold.push()
        assert not box.log


@on_listing
@pytest.mark.parametrize("text", [True, False])
def test_a_title_that_somebody_chose_is_not_written_over(untold: Clone, box: Sandbox, text: bool) -> None:
    published(untold)
    box.by_id("un").translations["en"] = THEIRS
    english(untold, "un", "A shorter text in English." if text else ENGLISH, title="A title of ours")
    untold.commit()
    for _turn in range(2):
        told = untold.push(code=3).text
        assert THEIRS in told
        assert title_of(box) == THEIRS
    english(untold, "un", "A shorter text in English." if text else ENGLISH, title=THEIRS)
    untold.commit()
    untold.push()
    assert title_of(box) == THEIRS
    assert post_of(untold).translations["en"].raw == ("A shorter text in English." if text else ENGLISH)
    box.forget()
    untold.push()
    assert not box.log


@on_listing
def test_a_title_that_was_there_before_any_text_is_not_written_over(untold: Clone, box: Sandbox) -> None:
    box.by_id("un").locale = "fr"
    box.by_id("un").translations["en"] = THEIRS
    english(untold, title=TITLE)
    untold.commit()
    for _turn in range(2):
        assert THEIRS in untold.push(code=3).text
        assert title_of(box) == THEIRS
        assert post_of(untold).translations["en"].raw == ENGLISH, "nobody had written one"
    del box.by_id("un").translations["en"]
    untold.push()
    assert title_of(box) == TITLE


@on_listing
def test_nobody_knows_what_readers_are_not_shown(untold: Clone, box: Sandbox) -> None:
    box.set(set_locale_from_accept_language_header=False)
    box.by_id("un").translations["en"] = THEIRS
    english(untold, title=TITLE)
    untold.commit()
    assert "does not tell" in untold.push(code=3).text
    assert title_of(box) == THEIRS


@on_listing
@pytest.mark.parametrize(("theirs", "text"), in_turn([True, False], [True, False]))
def test_only_a_title_of_ours_is_taken_away(untold: Clone, box: Sandbox, theirs: bool, text: bool) -> None:
    untold.configure('withdraw = "delete"\n')
    published(untold)
    if theirs:
        box.by_id("un").translations["en"] = THEIRS
    if not text:
        post_of(untold).translations.clear()
    untold.git("rm", "-q", "posts/un.en.md")
    untold.commit()
    untold.push("--yes")
    assert not post_of(untold).translations
    assert title_of(box) == (THEIRS if theirs else None)
