"""What is written in a form that is not sent is there again: a text between two versions, the sentence of a version."""

import re
from collections.abc import Callable
from html import unescape

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from koweb_sync.sandbox import Sandbox
from tests.browsing import needs_chromium
from tests.desk.conftest import ServedPages
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.test_bringing_back import after, both_change, published
from tests.desk.test_translations_shown import ENGLISH, translated
from tests.desk.test_typed_meanwhile import to_choose
from tests.desk.test_writing import FILE, fields
from tests.workspace import TEXT, Clone

__all__ = ["published"]  # a fixture
OWN = "Ni l’un ni l’autre, mais vendredi."
SAYS = "Les dates de vendredi"

TYPE = """([field, text]) => {
  const one = document.querySelector(field);
  one.focus();
  one.select();
  document.execCommand("insertText", false, text);
"""


def by_a_link(page: Page, field: str, text: str) -> None:
    page.evaluate(TYPE + 'location.assign("/help/"); }', [field, text])
    page.wait_for_url("**/help/")  # a page that is on its way elsewhere keeps its browser from ending


def closed(page: Page, field: str, text: str) -> None:
    page.evaluate(TYPE + "}", [field, text])
    page.close(run_before_unload=True)


LEAVE: dict[str, Callable[[Page, str, str], None]] = {"a link": by_a_link, "the page is closed": closed}


def asked_both(it: OpenDesk, here: Clone, came: str) -> requests.Response:
    """A text is saved that says Thursday, over a file that says another day by now."""
    form = fields(it, FILE)
    here.write(FILE, re.sub("lundi|mardi", came, here.read(FILE)))
    return it.post(f"/write/{FILE}", **{**form, "body": re.sub("lundi|mardi", "jeudi", form["body"])})


def begin_choice(it: OpenDesk, here: Clone, page: Page, kind: str) -> None:
    """The page on which one chooses, in a browser."""
    file, place = (FILE, "/write/") if kind == "post" else (ENGLISH, "/write-translation/")
    page.goto(it.server.access.address(f"{place}{file}"))
    page.wait_for_load_state()
    here.write(file, here.read(file).replace("lundi", "mardi"))
    page.locator("#k-body").fill(page.locator("#k-body").input_value().replace("lundi", "jeudi"))
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.locator("h1")).to_contain_text("was changed elsewhere")


@needs_chromium
@pytest.mark.parametrize("kind", ["post", "translation"])
@pytest.mark.parametrize("way", list(LEAVE))
def test_p526_what_is_typed_between_two_versions_is_there_again_for_them_alone(
    here: Clone, browser: Browser, kind: str, way: str
) -> None:
    translated(here)
    for file in (FILE, ENGLISH):
        here.write(file, here.read(file) + "\nLe lundi.\n")
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        begin_choice(it, here, page, kind)
        page.wait_for_load_state("networkidle")
        LEAVE[way](page, "fieldset textarea", OWN)
        again = context.new_page()
        again.wait_for_timeout(300)
        again.goto(f"{it.home}/write/{FILE}" if kind == "post" else f"{it.home}/write-translation/{ENGLISH}")
        again.get_by_role("button", name="Save", exact=True).press("Enter")
        expect(again.locator("fieldset textarea")).to_have_value(OWN)
        expect(again.get_by_label("This text instead:")).to_be_checked()


def test_p526_a_choice_is_shown_for_its_place_alone_and_said_where_that_is_gone(here: Clone) -> None:
    here.post("un", f"{TEXT}\n\nLe lundi.\n\nUn.\n\nDeux.\n\nLe lundi encore.\n\nLa fin.")
    here.commit()
    with desk(here.folder) as it:
        shown = asked_both(it, here, "mardi")
        assert shown.text.count("<fieldset>") == 2
        names = re.findall(r'name="(place-\d)" value="([^"]+)"', shown.text)
        said = {**dict(names), "choice-1": "edit", "text-1": OWN, "sheet": "a" * 16, "strokes": "1"}
        assert it.post(f"/keep-choices/{FILE}", **said).json() == {}
        before = here.read(FILE)
        here.write(FILE, before.replace("Le mardi.", "Le dimanche."))  # the first place is another one
        other = it.post(f"/write-choose/{FILE}", **to_choose(shown), **dict(names), **{"choice-0": "ours"})
        assert (other.status_code, OWN in other.text, "another one by now" in other.text) == (409, True, False)
        assert re.findall(r'value="(\w+)" checked', other.text) == ["edit"]
        here.write(FILE, before.replace("Le mardi encore.", "Un jour."))
        gone = it.post(f"/write-choose/{FILE}", **to_choose(shown), **{"choice-0": "ours"})
        assert re.search(rf"another one by now:</p><p[^>]*>{OWN}", unescape(gone.text))
        assert OWN not in gone.text[gone.text.index("<fieldset") :]
        now = {**to_choose(gone), "choice-0": "ours", "choice-1": "theirs", "sheet": "a" * 16, "strokes": "2"}
        assert "Saved, as you chose." in it.post(f"/write-choose/{FILE}", **now).text
        it.post(f"/keep-choices/{FILE}", **said)  # under way while it was sent
        assert OWN not in asked_both(it, here, "samedi").text


@needs_chromium
def test_p526_a_text_between_ours_and_the_forum_s_is_there_again_until_it_is_taken(
    box: Sandbox, published: Clone, pages: ServedPages, browser: Browser
) -> None:
    both_change(box, published)
    published.commit()
    after(pages, "/bring-back/")
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(pages.server.access.address("/bring-back/"))
        page.wait_for_load_state("networkidle")
        LEAVE["the page is closed"](page, "fieldset textarea", OWN)
        again = context.new_page()
        again.wait_for_timeout(300)
        again.goto(f"http://127.0.0.1:{pages.server.port}/bring-back/")
        expect(again.locator("fieldset textarea")).to_have_value(OWN)
        again.get_by_role("button", name="Take it like this").press("Enter")
        expect(again.locator("h1")).to_have_text("Everything is decided")
    assert OWN in published.read("posts/un.md")


@needs_chromium
@pytest.mark.parametrize("way", list(LEAVE))
def test_p527_the_sentence_of_a_version_is_there_again_until_it_is_kept(
    published: Clone, browser: Browser, way: str
) -> None:
    published.write(FILE, published.read(FILE).replace("La fin.", "La suite."))
    with desk(published.folder) as it, browser.new_context() as context:
        it.done(it.post("/publish/ask/"))
        page = context.new_page()
        page.goto(it.server.access.address("/publish/"))
        page.wait_for_load_state("networkidle")
        LEAVE[way](page, "#k-message", SAYS)
        again = context.new_page()
        again.wait_for_timeout(300)  # what goes along arrives
        again.goto(f"{it.home}/publish/")
        expect(again.locator("#k-message")).to_have_value(SAYS)
    with desk(published.folder) as it:  # it is started again, and a word is mended meanwhile
        published.write(FILE, published.read(FILE).replace("La suite.", "La suite !"))
        shown = it.get("/publish/")
        assert f'value="{SAYS}"' in shown.text
        it.done(it.post("/publish/", **form(shown)))
        assert published.git("log", "-1", "--format=%s") == SAYS
        published.write(FILE, published.read(FILE).replace("La suite !", "Autre chose."))
        assert SAYS not in it.get("/publish/").text


def form(shown: requests.Response) -> dict[str, str]:
    """The form of the page Publish, as it stands there."""
    found = re.findall(r'name="(mark|usual|version|message)"[^>]*? value="([^"]*)"', shown.text)
    return {name: unescape(text) for name, text in found}


def test_p527_a_sentence_goes_along_with_a_choice_and_is_not_taken_for_other_texts(
    here: Clone, pages: ServedPages
) -> None:
    here.post("un")
    here.post("deux")
    after(pages, "/publish/ask/")
    shown = pages.get("/publish/?only=posts/deux.md")
    pages.post("/keep-sentence/", **{**form(shown), "message": SAYS, "sheet": "a" * 16, "strokes": "1"})
    assert f'value="{SAYS}"' in pages.get("/publish/?of=posts/deux.md").text
    one = pages.get("/publish/?only=posts/un.md")
    assert form(one)["message"] == "New: Un sujet nommé un"
    assert f"Written for another version, and not used: “{SAYS}”" in one.text
    both = pages.post("/publish/take/?of=posts/un.md", take="posts/deux.md", **{**form(one), "message": "Les deux"})
    assert form(both)["message"] == "Les deux"
    alone = pages.post("/publish/leave/?of=posts/un.md", leave="posts/deux.md", **form(both))
    assert form(alone)["message"] == "Les deux", "it is the one that was typed last"
    assert after(pages, "/publish/?of=posts/un.md", **form(alone)).status_code == 200
    assert here.git("log", "-1", "--format=%s") == "Les deux"
    two = pages.get("/publish/?only=posts/deux.md")
    assert form(two)["message"] == SAYS, "it was written for this one, and waited"
    assert "Les deux" not in two.text
    assert after(pages, "/publish/?of=posts/deux.md", **form(two), sheet="a" * 16, strokes="2").status_code == 200
    late = {**form(two), "message": SAYS, "sheet": "a" * 16, "strokes": "1"}
    pages.post("/keep-sentence/", **late)  # under way while it was sent
    here.write("posts/deux.md", here.read("posts/deux.md") + "\nEncore.\n")
    assert SAYS not in pages.get("/publish/").text


def test_p527_the_sentence_is_one_where_texts_are_kept_before_the_forum_s_changes_come(
    box: Sandbox, published: Clone, pages: ServedPages
) -> None:
    both_change(box, published)
    shown = after(pages, "/bring-back/look/")
    assert form(shown)["message"] == "My changes"
    pages.post("/keep-sentence/", **{**form(shown), "message": SAYS, "sheet": "a" * 16, "strokes": "1"})
    assert form(pages.get("/bring-back/"))["message"] == SAYS
    assert form(pages.get("/publish/")).get("message", SAYS) == SAYS
    after(pages, "/bring-back/keep/", **form(pages.get("/bring-back/")))
    assert SAYS in published.git("log", "--format=%s")
