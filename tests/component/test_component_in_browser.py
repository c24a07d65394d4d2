"""What readers see of the theme component, in a real browser."""

from collections.abc import Iterator
from typing import Any, Literal

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from tests.browsing import needs_chromium
from tests.component.component_page import FILES, PUBLISHED, ForumPage, show
from tests.gate import fewer

pytestmark = needs_chromium
FILE = "posts/bases/l%E2%80%99%C3%A9coute%20active.md"
FORGES = {
    "github": (f"commits/main/{FILE}", f"edit/main/{FILE}"),
    "gitlab": (f"-/commits/main/{FILE}", f"-/edit/main/{FILE}"),
    "forgejo": (f"commits/branch/main/{FILE}", f"_edit/main/{FILE}"),
}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new page."""
    with browser.new_context() as context:
        yield context.new_page()


def links(page: Page) -> list[tuple[str, str]]:
    """Where the links of notes lead."""
    found = page.locator(".koweb-note a")
    return [(one.inner_text(), str(one.get_attribute("href"))) for one in found.all()]


@pytest.mark.parametrize("forge", FORGES)
def test_the_note_says_that_the_text_is_versioned_and_leads_to_its_file(page: Page, forge: str) -> None:
    forum = ForumPage({**PUBLISHED, "forge": forge})
    forum.open(page)
    text = show(page)
    assert "Ce texte est versionné" in text
    assert "dernière version convenue\u00a0: 12 octobre 2026" in text
    base = "https://github.com/communs/textes"
    history, edit = FORGES[forge]
    assert links(page) == [("proposer une modification", f"{base}/{edit}"), ("historique", f"{base}/{history}")]
    assert not forum.said


def test_only_first_posts_of_published_topics_have_it_and_only_once(page: Page) -> None:
    forum = ForumPage()
    forum.open(page)
    assert "versionné" not in show(page, post_number=2)
    assert "versionné" not in show(page, topic_id=99)
    assert "versionné" not in show(page, topic_id="constructor")
    show(page)
    page.evaluate(
        """() => window.forum.decorators[0](
            document.querySelector(".koweb-note").parentElement,
            { getModel: () => ({ topic_id: 12, post_number: 1, version: 2 }) }
        )"""
    )
    assert page.locator(".koweb-note").count() == 1
    assert not forum.said


def test_what_was_changed_on_the_forum_since_is_said(page: Page) -> None:
    ForumPage().open(page)
    assert "pas encore convenu" not in show(page)
    assert "modifié ici depuis, pas encore convenu" in show(page, version=3)


def test_a_version_that_nobody_knows_says_nothing_untrue(page: Page) -> None:
    ForumPage({**PUBLISHED, "topics": {"12": ["posts/un.md", 0, ""]}}).open(page)
    text = show(page, version=5, can_view_edit_history=True)
    assert "versionné" in text
    assert "convenu" not in text
    assert page.evaluate("() => window.forum.asked") == []


def test_the_forum_itself_says_who_made_the_agreed_version_to_those_who_may_know(page: Page) -> None:
    path = "/posts/40/revisions/2.json"
    forum = ForumPage(revisions={path: {"username": "frédéric"}})
    forum.open(page)
    assert "par" not in show(page).partition("2026")[2]
    assert page.evaluate("() => window.forum.asked") == []
    assert show(page, can_view_edit_history=True).endswith(", par frédéric")
    assert show(page, can_view_edit_history=True).endswith(", par frédéric")
    assert page.evaluate("() => window.forum.asked") == [path]  # once, however often it is shown
    assert links(page)[-1] == ("par frédéric", "/forum/u/fr%C3%A9d%C3%A9ric")
    assert not forum.said


def test_a_first_version_is_its_authors_and_a_hidden_one_nobodys(page: Page) -> None:
    forum = ForumPage(
        {**PUBLISHED, "topics": {"12": ["posts/un.md", 1, "2026-10-12"], "13": ["a.md", 4, "2026-10-12"]}}
    )
    forum.open(page)
    assert show(page).endswith("par amina modifié ici depuis, pas encore convenu")
    assert show(page, topic_id=13, version=4, can_view_edit_history=True).endswith("12 octobre 2026")
    assert not forum.said


def test_who_does_not_want_to_ask_shows_no_author(page: Page) -> None:
    ForumPage(show_author=False).open(page)
    show(page, can_view_edit_history=True)
    assert page.evaluate("() => window.forum.asked") == []


def test_without_a_forge_a_change_is_proposed_in_a_reply_by_who_may_reply(page: Page) -> None:
    topic = {"draft_key": "topic_12", "draft_sequence": 3, "details": {"can_create_post": True}}
    told = {**PUBLISHED, "repository": "", "forge": ""}
    ForumPage(told).open(page)
    assert "proposer" not in show(page, topic=topic)
    page.context.new_page()
    with page.context.browser.new_context() as again:  # type: ignore[union-attr]
        other = ForumPage(told, user={"username": "amina"}).open(again.new_page())
        assert "proposer" not in show(other, topic={**topic, "details": {}})
        assert "proposer une modification" in show(other, topic=topic)
        other.keyboard.press("Tab")
        other.keyboard.press("Enter")
        (opened,) = other.evaluate("() => window.forum.opened")
        assert opened["topic"] == topic
        assert opened["draftKey"] == "topic_12"
        assert opened["action"] == "reply"
        assert opened["reply"] == "Je propose de modifier ce texte\u00a0:\n\n"


@pytest.mark.parametrize("told", ["", "{}", "null", "[]", "{", '{"version":2,"topics":{"12":["a.md",1,""]}}'])
def test_where_koweb_said_nothing_that_is_understood_there_is_no_note_and_no_error(page: Page, told: str) -> None:
    forum = ForumPage(told)
    forum.open(page)
    assert show(page) == "Écouter, c’est d’abord se taire."
    assert not forum.said


def test_addresses_that_are_no_pages_of_the_web_are_no_links(page: Page) -> None:
    forum = ForumPage({**PUBLISHED, "repository": "javascript:alert(1)//"})
    forum.open(page)
    assert "versionné" in show(page)
    assert links(page) == []
    assert not forum.said


@settings(max_examples=fewer(30), deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["version", "repository", "forge", "branch", "topics"]),
        st.one_of(
            st.none(),
            st.integers(0, 2),
            st.text(max_size=5),
            st.dictionaries(
                st.just("12"), st.lists(st.one_of(st.none(), st.integers(), st.text(max_size=5)), max_size=4)
            ),
        ),
    )
)
def test_whatever_stands_in_the_setting_no_page_breaks(browser: Browser, told: dict[str, Any]) -> None:
    with browser.new_context() as context:
        forum = ForumPage({"version": 1, "topics": {}, **told}, user={"username": "amina"})
        show(forum.open(context.new_page()))
        assert not forum.said


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("en", "rtl")])
def test_everybody_can_read_it(
    browser: Browser, scheme: Literal["light", "dark"], width: int, language: str, direction: str
) -> None:
    with browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme) as context:
        forum = ForumPage(language=language, direction=direction, scheme=scheme)
        page = forum.open(context.new_page())
        show(page, topic_id=12, version=3)
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        rows = "all => all.map(one => { const { x, y } = one.getClientRects()[0]; return [x, y]; })"
        (first, row), (second, next_row), *_more = page.locator(".koweb-note > *").evaluate_all(rows)
        assert row != next_row or (first < second) == (direction == "ltr")
        assert not forum.said


def test_both_languages_say_the_same_things() -> None:
    def keys(found: Any, path: str = "") -> Iterator[str]:
        for name, value in found.items():
            yield from keys(value, f"{path}.{name}") if isinstance(value, dict) else [f"{path}.{name}"]

    texts = {
        one: yaml.safe_load((FILES / "locales" / f"{one}.yml").read_text(encoding="utf-8"))[one] for one in ("en", "fr")
    }
    assert sorted(keys(texts["en"])) == sorted(keys(texts["fr"]))
    told = yaml.safe_load((FILES / "settings.yml").read_text(encoding="utf-8"))
    assert set(told) == set(texts["en"]["theme_metadata"]["settings"])
