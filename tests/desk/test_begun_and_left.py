"""A new post that is begun and left: its title, category and tags are kept as they are typed, shown again, and told."""

import re
from html import unescape

import pytest
from playwright.sync_api import Browser, expect

from tests.browsing import needs_chromium
from tests.desk.killing import client
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.test_losing_nothing import waiting
from tests.workspace import Clone

TITLE = "Un titre assez long"
TOLD = f"A message that you began is still here: “{TITLE}”."


def form(page: str) -> dict[str, str]:
    """What the form for a new post holds, as a browser sends it."""
    main = unescape(page[page.index("data-write") :])
    fields = dict(re.findall(r'name="(page|began|typed|title|tags)"[^>]*? value="([^"]*)"', main))
    return {**fields, "place": "".join(re.findall(r'<option value="(\d+)" selected', main))}


def typed(it: OpenDesk, before: dict[str, str], **fields: str) -> dict[str, str]:
    """The form after somebody typed; the page has sent that."""
    sent = {**before, **fields, "typed": str(int(before["typed"]) + 1)}
    assert it.post("/write-preview/", **sent).status_code == 200
    return sent


def test_p522_what_is_typed_for_a_new_post_is_kept_shown_and_told_until_it_is_made(here: Clone) -> None:
    with desk(here.folder) as it:
        empty = form(it.get("/write/").text)
        assert (empty["title"], empty["tags"], empty["place"]) == ("", "", "")
        one = typed(it, empty, title=TITLE, place="1", tags="accueil, été")
        assert waiting(it)[0][0] == TOLD
    with desk(here.folder) as it:  # it is started again
        [(told, href)] = waiting(it)
        assert told == TOLD
        again = form(it.get(href).text)
        assert (again["title"], again["tags"], again["place"]) == (TITLE, "accueil, été", "1")
        assert it.post("/write/", **{**again, "place": ""}).status_code == 409
        assert waiting(it)[0][0] == TOLD
        assert it.post("/write/", **again).status_code == 200
        assert "accueil" in here.read("posts/bases/un-titre-assez-long.md")
        assert waiting(it) == []
        it.post("/write-preview/", **one)  # of a page that is still open: it is a text of its own
        it.post("/write-preview/", **{**again, "title": "Un titre"})  # under way while the post was made
        assert [told for told, _href in waiting(it)] == [TOLD]


def test_p522_who_forgets_it_has_an_empty_form_and_nothing_is_told(here: Clone) -> None:
    with desk(here.folder) as it:
        typed(it, form(it.get("/write/").text), title=TITLE)
        page = it.get("/write/").text
        name = re.findall(r'name="unsaved" value="(\w+)"', page)[0]
        it.post("/write-forget/", unsaved="0" * 16)
        assert waiting(it)[0][0] == TOLD
        page = it.post("/write-forget/", unsaved=name).text
        assert form(page)["title"] == ""
        assert "Forget it" not in page
        assert waiting(it) == []
        emptied = typed(it, form(page), title="Un")
        typed(it, emptied, title="")
        assert waiting(it) == []


def test_p522_two_pages_keep_two_new_posts(here: Clone) -> None:
    with desk(here.folder) as it:
        first, second = (form(it.get("/write/").text) for _page in range(2))
        first = typed(it, first, title=TITLE)
        second = typed(it, second, title="Une tout autre chose", place="0")
        assert {told for told, _href in waiting(it)} == {TOLD, TOLD.replace(TITLE, "Une tout autre chose")}
        for told, href in waiting(it):
            assert form(it.get(href).text)["title"] in told
        it.post("/write/", **second)
        assert [told for told, _href in waiting(it)] == [TOLD]
        assert form(it.get("/write/").text)["title"] == TITLE
        it.post("/write/", **{**first, "place": "0"})
        assert waiting(it) == []


def test_p522_a_page_that_goes_on_with_what_was_begun_leaves_one_text(here: Clone) -> None:
    with desk(here.folder) as it:
        typed(it, form(it.get("/write/").text), title="Un titre")
        typed(it, form(it.get("/write/").text), title=TITLE)
        assert [told for told, _href in waiting(it)] == [TOLD]


def test_p522_a_desk_that_was_killed_tells_what_was_kept(here: Clone) -> None:
    browser = client(here.folder)
    sent = {**form(browser.get("/write/").text), "title": TITLE, "typed": "1"}
    assert browser.post("/write-preview/", data=sent).get_json()["kept"][0] == "kept"
    assert TOLD in unescape(client(here.folder).get("/preview/").text)


@needs_chromium
@pytest.mark.parametrize("pause", [True, False])
def test_p522_whoever_leaves_the_form_of_a_new_post_finds_it_filled(here: Clone, browser: Browser, pause: bool) -> None:
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("dialog", lambda dialog: asked.append(dialog.type))
        page.goto(it.server.access.address("/write/"))
        page.locator("#k-tags").fill("accueil, fêtes")
        page.locator("#k-place").select_option("1")
        page.locator("#k-title").press_sequentially("Qui accueille")
        if pause:
            expect(page.locator("[data-kept]")).to_have_text(re.compile(r"^Kept at \d+:\d\d, not saved yet$"))
        page.evaluate(
            """() => { document.execCommand("insertText", false, " en mai"); location.assign("/preview/"); }"""
        )
        page.wait_for_url("**/preview/")
        page.reload()
        page.get_by_role("link", name="Go on writing").click()
        expect(page.locator("#k-title")).to_have_value("Qui accueille en mai")
        expect(page.locator("#k-tags")).to_have_value("accueil, fêtes")
        expect(page.locator("#k-place")).to_have_value("1")
        page.get_by_role("button", name="Forget it").click()
        expect(page.locator("#k-title")).to_have_value("")
        assert asked == []
