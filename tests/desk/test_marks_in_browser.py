"""The signs of Markdown in a real browser: by mouse and by keyboard, and each can be undone."""

import pytest
from playwright.sync_api import Browser, Page

from tests.desk.open_desk import desk
from tests.desk.test_preview_in_browser import CHROMIUM, browser
from tests.desk.test_rooms_in_browser import judged
from tests.desk.test_writing import FILE
from tests.workspace import TEXT, Clone

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
__all__ = ["browser"]
SELECT = "([from, to]) => { const t = document.querySelector('#k-body'); t.focus(); t.setSelectionRange(from, to); }"
MARKS = {  # what is chosen of “un deux trois” -> what it becomes
    "Bold": ((3, 7), "un **deux** trois"),
    "Italic": ((3, 7), "un *deux* trois"),
    "Subheading": ((4, 4), "## un deux trois"),
    "List": ((0, 13), "- un deux trois"),
    "Quote": ((0, 13), "> un deux trois"),
    "Link": ((3, 7), "un [deux](https://) trois"),
}


def text(page: Page) -> str:
    return page.locator("#k-body").input_value()


def test_p375_signs_are_put_in_taken_out_and_undone_and_the_page_is_for_everybody(
    here: Clone, browser: Browser
) -> None:
    here.post("un", TEXT)
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address(f"/write/{FILE}"))
        page.get_by_text("How to format: the signs").click()
        assert judged(page, "marks") == []
        for name, (chosen, wanted) in MARKS.items():
            page.locator("#k-body").fill("un deux trois")
            page.evaluate(SELECT, list(chosen))
            page.get_by_role("group", name="Format the text").get_by_role("button", name=name).press("Enter")
            assert text(page) == wanted
            page.locator("#k-body").press("Control+z")
            assert text(page) == "un deux trois"
        page.evaluate(SELECT, [3, 7])
        for key, wanted in (("b", "un **deux** trois"), ("b", "un deux trois"), ("i", "un *deux* trois")):
            page.locator("#k-body").press(f"Control+{key}")
            assert text(page) == wanted
        page.locator("#k-body").fill("un\ndeux\n\ntrois")
        page.evaluate(SELECT, [0, 7])
        page.get_by_role("button", name="List").click()
        assert text(page) == "- un\n- deux\n\ntrois"
        page.locator("#k-body").fill("avant")
        page.evaluate(SELECT, [5, 5])
        page.locator("#k-body").press("Enter")
        page.get_by_role("button", name="Quote").click()
        page.keyboard.type("dit")
        assert text(page) == "avant\n\n> dit"
        page.wait_for_selector(".cooked blockquote")
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        page.goto(f"{it.home}/preview/")  # what koweb keeps frightens nobody
        assert page.url.endswith("/preview/")
