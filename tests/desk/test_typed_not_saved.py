"""What is typed and not saved: said while one writes, shown where one looks at the post, and never called published."""

import re
from html import unescape

import pytest
from playwright.sync_api import Browser, expect

from tests.desk.open_desk import desk
from tests.desk.test_preview_in_browser import CHROMIUM, browser
from tests.desk.test_rooms_in_browser import judged
from tests.desk.test_writing import FILE, sent
from tests.workspace import TEXT, Clone

__all__ = ["browser"]


def test_p386_a_text_that_is_typed_and_not_saved_is_shown_and_said(here: Clone) -> None:
    here.post("un", "")
    with desk(here.folder) as it:
        assert "to write" in it.get("/preview/").text
        sent(it, FILE, "write-preview", body="Une phrase tapée.")
        shown = unescape(it.get(f"/preview/{FILE}").text)
        assert "Une phrase tapée." in shown
        assert "not saved yet" in shown
        assert "It has no text yet" not in shown
        assert "/publish/?only=" not in shown
        listed = unescape(it.get("/preview/").text)
        assert re.search(r"k-unsaved.*not saved yet", listed)
        assert "to write" not in listed
        assert "Une phrase tapée." not in here.read(FILE)
        assert "Une phrase tapée." in it.get(f"/preview-parts/{FILE}").json()["text"]
        sent(it, FILE, body="Une phrase tapée.")
        assert "not saved yet" not in unescape(it.get(f"/preview/{FILE}").text)


def test_p387_from_a_preview_one_writes_and_publishes_that_post(here: Clone) -> None:
    here.post("un")
    here.post("deux", title="Un autre sujet & sa suite")
    with desk(here.folder) as it:
        shown = it.get("/preview/posts/deux.md").text
        assert f'href="/write/{FILE}"' in it.get(f"/preview/{FILE}").text
        asked = unescape(re.findall(r'href="(/publish/\?only=[^"]+)"', shown)[0])
        here.commit()
        listed = unescape(it.get(asked).text)
        sends, _end, _left = listed.partition("What you leave out")
        assert "Un autre sujet & sa suite" in sends
        assert "Un sujet nommé un" not in sends
        here.push(code=None)
        assert "/publish/?only=" not in it.get("/preview/posts/deux.md").text


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_p388_one_sees_whether_what_one_types_is_saved_and_hears_it_once(here: Clone, browser: Browser) -> None:
    here.post("un")
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address(f"/write/{FILE}"))
        state, heard = page.locator("[data-kept]"), page.locator("[data-kept-said]")
        expect(state).to_have_text("Saved")
        page.evaluate(
            "() => { window.told = []; new MutationObserver((all) => window.told.push(...all.map((one) =>"
            " one.target.textContent))).observe(document.querySelector('[data-kept-said]'), { childList: true }); }"
        )
        page.locator("#k-body").press("Control+End")
        for word in ("Une", " autre", " phrase"):
            page.keyboard.type(word)
            expect(state).to_have_text(re.compile(r"^Kept at \d+:\d\d, not saved yet$"))
            expect(page.locator(".cooked")).to_contain_text(word.strip())
        assert page.evaluate("() => window.told") == ["Kept, not saved yet"]
        wrong = judged(page, "typed")
        page.goto(f"{it.home}/preview/{FILE}")
        expect(page.locator(".cooked")).to_contain_text("Une autre phrase")
        wrong += judged(page, "preview-typed")
        page.get_by_role("link", name="Go on writing").press("Enter")
        expect(state).to_contain_text("not saved yet")
        page.locator("#k-body").fill(f"{TEXT}\n")
        expect(state).to_have_text("Saved")
        expect(heard).to_have_text("Saved")
        page.get_by_role("button", name="Save", exact=True).press("Enter")
        page.goto(f"{it.home}/preview/{FILE}")
        wrong += judged(page, "preview-saved")
        assert wrong == []
