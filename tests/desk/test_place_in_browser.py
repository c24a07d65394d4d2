"""What somebody looks at stays where it was: after a save, and where koweb no longer answers."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browsing import needs_chromium
from tests.desk.open_desk import desk
from tests.desk.test_translating import ORIGINAL, PLACE, as_browser, begun
from tests.desk.test_translations_shown import ENGLISH, translated
from tests.desk.test_writing import FILE
from tests.workspace import TEXT, Clone

LONG = "\n\n".join(f"{TEXT} {n}" for n in range(60))
pytestmark = needs_chromium


@pytest.mark.parametrize("width", [1280, 390])
def test_who_saves_finds_the_page_where_it_was(here: Clone, browser: Browser, width: int) -> None:
    here.post("un", LONG)
    with desk(here.folder) as it, browser.new_context(viewport={"width": width, "height": 500}) as context:
        page = context.new_page()
        page.goto(it.server.access.address(f"/write/{FILE}"))
        page.locator("#k-body").press("Control+End")
        page.locator("#k-body").press_sequentially(" Et ceci.")
        button = page.get_by_role("button", name="Save", exact=True)
        button.scroll_into_view_if_needed()
        before, line = button.bounding_box(), page.locator("#k-body").evaluate("(one) => one.scrollTop")
        button.click()
        page.wait_for_url("**?saved")
        after = button.bounding_box()
        assert before is not None
        assert after is not None
        assert abs(after["y"] - before["y"]) <= 2
        assert page.locator("#k-body").evaluate("(one) => one.scrollTop") == line


def test_the_bar_that_says_that_koweb_is_gone_hides_nothing_that_was_seen(here: Clone, browser: Browser) -> None:
    here.post("un", LONG)
    with desk(here.folder) as it, browser.new_context(viewport={"width": 390, "height": 700}) as context:
        pages = {down: context.new_page() for down in (0, 150, 900)}
        top = "() => document.querySelector('main').getBoundingClientRect().top"
        for down, page in pages.items():
            page.goto(it.server.access.address(f"/preview/{FILE}"))
            page.evaluate("(down) => scrollTo(0, down)", down)
        seen = {down: page.evaluate(top) for down, page in pages.items()}
        it.run.watcher.stop()
        it.server.server.shutdown()
        it.server.server.server_close()
        for down, page in pages.items():
            expect(page.locator(".k-away")).to_be_visible(timeout=15_000)
            page.wait_for_timeout(200)
            bar = page.locator(".k-away").bounding_box()
            assert bar is not None
            assert page.evaluate(top) - seen[down] >= bar["height"] - 1, (down, bar)


def test_what_is_said_of_a_title_goes_while_it_is_typed_over(here: Clone, browser: Browser) -> None:
    translated(here)
    here.write(ENGLISH, here.read(ENGLISH).replace("title: One topic", "title: Un sujet nommé un"))
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address(f"/write-translation/{ENGLISH}"))
        note = page.get_by_text("This is still the title of the original.")
        expect(note).to_be_visible()
        page.locator("#k-title").fill("A topic")
        expect(note).to_be_hidden()
        page.locator("#k-title").fill("Un sujet nommé un")
        expect(note).to_be_visible()


def test_what_the_signs_of_a_link_are_is_said_where_there_is_one(here: Clone, browser: Browser) -> None:
    here.post("un")
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address(f"/write/{FILE}"))
        links, pictures = page.locator("[data-of-links]"), page.locator("[data-of-pictures]")
        for text, link, picture in (("Rien", 0, 0), ("[ici](b.md)", 1, 0), ("![a](b)", 0, 1), ("![a](b) [c](d)", 1, 1)):
            page.locator("#k-body").fill(text)
            expect(links).to_be_visible(visible=bool(link))
            expect(pictures).to_be_visible(visible=bool(picture))


def test_what_a_picture_shows_is_the_same_in_its_field_and_among_its_signs(here: Clone, browser: Browser) -> None:
    with desk(here.folder) as it, browser.new_context() as context:
        begun(here, it)
        page = context.new_page()
        page.goto(it.server.access.address(PLACE))
        page.locator('[name="shows-3-0"]').fill("The [big] map")
        page.get_by_text("Put something else in the place of the picture").click()
        expect(page.locator('[name="text-3"]')).to_have_value("![The (big) map](plan.png)")


def test_who_writes_a_translation_anew_means_it_for_the_text_of_now(here: Clone, browser: Browser) -> None:
    with desk(here.folder) as it, browser.new_context() as context:
        begun(here, it)
        texts = {"text-1": "One.", "text-2": "Two.", "text-4": "Write it down."}
        it.post(PLACE, **as_browser(it.get(PLACE).text) | texts)
        here.commit("Traduit")
        here.post("un", ORIGINAL.replace("une semaine", "deux semaines"))
        page = context.new_page()
        page.goto(it.server.access.address(PLACE))
        fits = page.locator("[data-when-typed]")
        expect(fits).not_to_be_checked()
        page.locator(f'[name="{(fits.get_attribute("name") or "").replace("fits", "text")}"]').fill("Another one.")
        expect(fits).to_be_checked()
        page.get_by_role("button", name="Save", exact=True).click()
        page.wait_for_url("**?saved")
        expect(page.locator("[data-when-typed]")).to_have_count(0)
