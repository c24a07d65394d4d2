"""What stands around every page of the desk, in a real browser: the menu, links that leave, categories, help."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from koweb_sync.desk.rooms.help import PURPOSES
from koweb_sync.desk.rooms.menu import ROOMS
from koweb_sync.sandbox import Sandbox
from tests.browsing import needs_chromium
from tests.desk.open_desk import OpenDesk, desk
from tests.workspace import TEXT, Clone

pytestmark = needs_chromium
COLOUR = "(one) => getComputedStyle(one, '::before').backgroundColor"
EDGES = "(all) => all.map((one) => one.getBoundingClientRect()).map((one) => `${one.top} ${one.bottom}`)"


@pytest.fixture
def at_desk(here: Clone) -> Iterator[OpenDesk]:
    """The desk on a repository with a published post in a category that has a colour of its own."""
    here.box.state.categories[2].color = "1b7f3b"
    here.run("doctor")
    here.post("un", TEXT)
    here.commit()
    here.push()
    here.run("archive")
    with desk(here.folder) as it:
        yield it


@pytest.fixture
def page(at_desk: OpenDesk, browser: Browser) -> Iterator[Page]:
    """Somebody before it."""
    with browser.new_context() as context:
        opened = context.new_page()
        opened.goto(at_desk.server.access.address("/"))
        yield opened


def test_p336_a_narrow_page_folds_its_menu_and_opens_it_by_keyboard(page: Page) -> None:
    menu, last = page.locator(".k-menu button"), page.get_by_role("link", name="Help")
    expect(menu).to_be_hidden()
    expect(last).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 800})
    expect(last).to_be_hidden()
    bar = page.locator("header.top").bounding_box()
    assert bar is not None
    assert bar["height"] < 70, "one line"
    menu.press("Enter")
    expect(menu).to_have_attribute("aria-expanded", "true")
    last.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Help")


def test_p336_the_help_says_what_each_page_of_the_menu_is_for(page: Page) -> None:
    page.get_by_role("link", name="Help").click()
    assert set(PURPOSES) == {one.path for one in ROOMS if one.path} - {"/help/"}
    for name in page.locator(".k-menu a:not([aria-current])").all_inner_texts():
        expect(page.locator("dt").get_by_role("link", name=name, exact=True)).to_be_visible()


def test_what_help_names_is_where_it_says_or_is_named_without_a_place(page: Page) -> None:
    page.get_by_role("link", name="Help").click()
    text = page.locator("main").inner_text()
    assert re.findall(r"”,? (?:below|above|at the|under) (?!your text)", text) == []
    placed = re.findall(r"“([^”]+)”, beside “([^”]+)” on the page “([^”]+)”", text)
    assert placed
    for name, neighbour, room in placed:
        page.get_by_role("link", name=room, exact=True).first.click()
        line = page.locator("main .k-buttons", has=page.get_by_role("link", name=neighbour, exact=True))
        expect(line.get_by_role("link", name=name, exact=True)).to_be_visible()


def test_p336_each_link_that_opens_a_page_of_its_own_says_so(at_desk: OpenDesk, page: Page) -> None:
    for path in ("/preview/posts/un.md", "/set-up/", "/memory/"):
        page.goto(at_desk.home + path)
        links = page.locator("a[target=_blank]")
        for one in links.all():
            assert (one.text_content() or "").endswith("(opens a page of its own)"), path
            assert "↗" in one.evaluate("(one) => getComputedStyle(one, '::after').content")
    page.goto(f"{at_desk.home}/preview/posts/un.md")
    assert page.locator("a[target=_blank]").count() > 0


def test_p336_a_category_has_its_own_colour_wherever_it_stands(at_desk: OpenDesk, page: Page, box: Sandbox) -> None:
    topic = box.by_id("un").id
    for path in ("/preview/", "/preview/posts/un.md", "/memory/", f"/memory/topic/{topic}"):
        page.goto(at_desk.home + path)
        shown = page.locator(".category", has_text="Koweb Kafé").first
        assert shown.evaluate(COLOUR) == "rgb(27, 127, 59)", path


def test_p336_the_fields_and_the_button_of_the_list_stand_in_one_line(
    here: Clone, at_desk: OpenDesk, page: Page
) -> None:
    here.post("deux", TEXT, draft="true")  # so that there is a state to choose
    page.goto(f"{at_desk.home}/preview/")
    edges = page.locator(".k-filter :is(input, select, button)").evaluate_all(EDGES)
    assert len(edges) > 2
    assert len(set(edges)) == 1


def test_who_writes_on_a_narrow_page_meets_the_preview_before_what_is_rarely_done(page: Page) -> None:
    page.goto(page.url.partition("/preview")[0] + "/write/posts/un.md")
    rare, preview, form = page.locator(".k-rare"), page.locator(".k-seen"), page.locator("#k-write")
    edge = "(one) => [one.getBoundingClientRect().top, one.getBoundingClientRect().bottom, one.offsetLeft]"
    wide = {name: one.evaluate(edge) for name, one in (("rare", rare), ("form", form), ("seen", preview))}
    assert wide["rare"][2] == wide["form"][2] < wide["seen"][2], "beside the preview, below the form"
    assert 0 < wide["rare"][0] - wide["form"][1] < 60
    page.set_viewport_size({"width": 390, "height": 800})
    tops = [one.evaluate(edge)[0] for one in (form, preview, rare)]
    assert tops == sorted(tops)
    expect(rare.get_by_role("link")).to_have_count(3)


def test_where_there_is_no_keyring_one_box_asks_whether_the_key_is_kept(page: Page) -> None:
    page.goto(page.url.partition("/preview")[0] + "/set-up/")
    change = page.locator("form").filter(has=page.locator("#k-key"))
    expect(change.get_by_role("button", name="Log in to the forum")).to_have_count(1)
    expect(change.get_by_role("checkbox")).to_have_count(1)


def test_a_deletion_is_told_where_the_list_stands_at_its_top(at_desk: OpenDesk, here: Clone, page: Page) -> None:
    for number in range(12):
        here.post(f"sujet-{number}")
    here.commit("Beaucoup")
    page.set_viewport_size({"width": 1280, "height": 700})
    page.goto(f"{at_desk.home}/preview/")
    page.goto(f"{at_desk.home}/write-delete/posts/sujet-3.md")
    page.get_by_role("button", name="Delete").click()
    page.wait_for_url("**/preview/**")
    expect(
        page.get_by_role("heading", name="Deleted here").or_(page.get_by_role("heading", name="To be finished"))
    ).to_be_visible()
    expect(page.locator("#k-deleted")).to_be_in_viewport()
    expect(page.locator("#k-deleted")).to_have_css("scroll-margin-top", "350px")
    page.wait_for_function("scrollY === 0")
