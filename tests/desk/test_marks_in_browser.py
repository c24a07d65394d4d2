"""The signs of Markdown in a real browser: by mouse and by keyboard, and each can be undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import needs_chromium
from tests.desk.open_desk import desk
from tests.desk.test_rooms_in_browser import judged
from tests.desk.test_writing import FILE
from tests.workspace import PNG, TEXT, Clone

pytestmark = needs_chromium
SELECT = "([from, to]) => { const t = document.querySelector('#k-body'); t.focus(); t.setSelectionRange(from, to); }"
MARKS = {  # what is chosen of “un deux trois” -> what it becomes
    "Bold": ((3, 7), "un **deux** trois"),
    "Italic": ((3, 7), "un *deux* trois"),
    "Subheading": ((4, 4), "## un deux trois"),
    "List": ((0, 13), "- un deux trois\n\n"),
    "Quote": ((0, 13), "> un deux trois\n\n"),
    "Numbers": ((0, 13), "1. un deux trois\n\n"),
}
CHOSEN = "() => { const t = document.querySelector('#k-body'); return [t.selectionStart, t.selectionEnd]; }"
PASTE = """(words) => {
  const given = new DataTransfer();
  given.setData("text/plain", words);
  const said = new ClipboardEvent("paste", { clipboardData: given, bubbles: true, cancelable: true });
  document.querySelector("#k-body").dispatchEvent(said);
}"""
BELOW_THE_BAR = """() => [...document.querySelectorAll("[data-marks] ~ details")]
  .map((one) => ("pictures" in one.dataset ? "pictures" : "links"))"""
HIDDEN = """(n) => {
  const t = document.querySelector("#k-body"), drawn = getComputedStyle(t), high = parseFloat(drawn.lineHeight);
  const at = parseFloat(drawn.paddingTop) + n * high - t.scrollTop, top = t.getBoundingClientRect().top + at;
  return [at < 0 || at + high > t.clientHeight, top < 60 || top + high > innerHeight];
}"""
LISTS = {  # what stands there, what is typed at its end -> what it becomes
    ("- un", "\ndeux"): "- un\n- deux",
    ("- un", "\n\nfin"): "- un\n\nfin",
    ("  * un", "\ndeux"): "  * un\n  * deux",
    ("9. un", "\ndix"): "9. un\n10. dix",
    ("1) un", "\n\n"): "1) un\n\n",
    ("- [x] un", "\ndeux"): "- [x] un\n- [ ] deux",
    ("un - deux", "\ntrois"): "un - deux\ntrois",
    ("* * *", "\nun"): "* * *\nun",
    ("```\n- un", "\ndeux"): "```\n- un\ndeux",
}


def text(page: Page) -> str:
    return page.locator("#k-body").input_value()


@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_added_to_a_long_text_is_in_sight_with_the_caret_behind_it(
    here: Clone, browser: Browser, tmp_path: Path, width: int
) -> None:
    lines = [f"Ligne {n}\n" for n in range(200)]
    here.post("un", TEXT)
    here.write("photo.png", PNG)
    with desk(here.folder) as it, browser.new_context(viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        page.goto(it.server.access.address(f"/write/{FILE}"))
        body = page.locator("#k-body")
        body.fill("".join(lines))
        for middle in (20, 120):
            at = len("".join(lines[:middle]))
            page.evaluate(SELECT, [at, at])
            page.evaluate("document.querySelector('#k-body').scrollTop = 1e6")
            page.locator("#k-files").set_input_files(here.folder / "photo.png")
            page.get_by_label("What it shows, in a few words").fill("Une photo")
            page.get_by_role("button", name="Add it to the text").click()
            expect(page.locator("[data-pictures]")).not_to_have_attribute("open", "")
            first, last = page.evaluate(CHOSEN)
            assert first == last
            before = text(page)[:first].rstrip("\n")
            assert before.endswith(")")
            assert before.splitlines()[-1].startswith("![Une photo](")
            expect(body).to_be_focused()
            assert page.evaluate(HIDDEN, before.count("\n")) == [False, False]
            body.fill("".join(lines))


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
        assert text(page) == "avant\n\n> dit\n\n"
        page.wait_for_selector(".cooked blockquote")
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        page.goto(f"{it.home}/preview/")  # what koweb keeps frightens nobody
        assert page.url.endswith("/preview/")


@pytest.fixture
def writing(here: Clone, browser: Browser) -> Iterator[Page]:
    """The page of a text."""
    here.post("un", TEXT)
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address(f"/write/{FILE}"))
        yield page


def undone(page: Page, times: int = 1) -> str:
    for _time in range(times):
        page.locator("#k-body").press("Control+z")
    return text(page)


def test_p380_lists_go_on_and_end(writing: Page) -> None:
    for (there, typed), wanted in LISTS.items():
        writing.locator("#k-body").fill(there)
        writing.locator("#k-body").press("Control+End")
        for sign in typed:
            writing.keyboard.press("Enter" if sign == "\n" else sign)
        assert text(writing) == wanted, there
    writing.locator("#k-body").fill("- un")
    writing.locator("#k-body").press("Control+End")
    writing.keyboard.press("Enter")
    assert undone(writing) == "- un"


def test_p381_what_begins_lines_is_taken_away_again(writing: Page) -> None:
    two = "un\ndeux"
    for name, once in (
        ("Subheading", "## un\n## deux"),
        ("List", "- un\n- deux\n\n"),
        ("Numbers", "1. un\n2. deux\n\n"),
        ("Quote", "> un\n> deux\n\n"),
    ):
        button = writing.get_by_role("group", name="Format the text").get_by_role("button", name=name)
        for there in (two, "* un\n* deux" if name == "Numbers" else "# un\n# deux" if name == "Subheading" else two):
            writing.locator("#k-body").fill(there)
            writing.evaluate(SELECT, [0, len(there)])
            button.click()
            assert text(writing) == once
        writing.evaluate(SELECT, [0, len(once.rstrip())])
        button.press("Enter")
        assert text(writing).rstrip() == two
        assert undone(writing) == once


def test_p382_a_link_is_asked_for_in_words_and_goes_where_one_writes(writing: Page) -> None:
    body, link = writing.locator("#k-body"), writing.locator("#k-link")
    button = writing.get_by_role("group", name="Format the text").get_by_role("button", name="Link")
    body.fill("voir deux ici")
    writing.evaluate(SELECT, [5, 9])
    button.press("Enter")
    assert text(writing) == "voir deux ici"
    expect(link).to_be_focused()
    assert writing.get_by_label("Words that are shown (optional)").input_value() == "deux"
    assert judged(writing, "link-asked") == []
    link.fill("a.example/b")
    link.press("Enter")
    expect(body).to_be_focused()
    writing.keyboard.type(",")
    assert text(writing) == "voir [deux](https://a.example/b), ici"
    assert undone(writing, 2) == "voir deux ici"
    body.fill("[ici](https://a.example)")
    writing.evaluate(SELECT, [2, 2])
    body.press("Control+k")
    assert link.input_value() == "https://a.example"
    link.press("Escape")
    expect(body).to_be_focused()
    body.press("Control+k")
    link.fill("https://b.example/c d")  # no address: it is sought
    link.fill("https://b.example/c")
    writing.get_by_role("button", name="Add the link to https://b.example/c").click()
    expect(body).to_be_focused()
    assert text(writing) == "[ici](https://b.example/c)"
    for there, wanted in (("voir", "voir <{}>"), ("voir ", "voir <{}>"), ("l’", "l’<{}>"), ("oui.", "oui. <{}>")):
        body.fill(there)
        body.press("Control+k")
        link.fill("https://a.example/b")
        link.press("Enter")
        expect(body).to_be_focused()
        assert text(writing) == wanted.format("https://a.example/b")
    body.fill("")
    body.press("Control+k")
    link.fill("https://a.example/b")
    link.press("Enter")
    expect(body).to_be_focused()
    assert text(writing) == "<https://a.example/b>"
    body.fill("voir deux")
    writing.evaluate(SELECT, [5, 9])
    writing.evaluate(PASTE, "https://a.example/b")
    assert text(writing) == "voir [deux](https://a.example/b)"
    assert undone(writing) == "voir deux"


def stands_below(page: Page, wanted: list[str]) -> None:
    """Wait until that, and nothing else, is open below the bar: the browser tells of what closes a little later."""
    page.wait_for_function(f"(wanted) => JSON.stringify(({BELOW_THE_BAR})()) === JSON.stringify(wanted)", arg=wanted)


def test_p383_two_pictures_from_the_bar_in_one_go(writing: Page, tmp_path: Path) -> None:
    two = [tmp_path / "IMG_1.png", tmp_path / "IMG_2.png"]
    for one in two:
        one.write_bytes(PNG)
    writing.locator("#k-body").fill("avant")
    writing.locator("#k-body").press("Control+End")
    with writing.expect_file_chooser() as chooser:
        writing.get_by_role("group", name="Format the text").get_by_role("button", name="Picture").press("Enter")
    assert chooser.value.is_multiple()
    chooser.value.set_files(two)
    expect(writing.locator("#k-alt-0")).to_be_focused()
    stands_below(writing, ["pictures"])
    expect(writing.locator("[data-of-pictures]")).to_be_hidden()
    writing.get_by_role("group", name="Format the text").get_by_role("button", name="Link").press("Enter")
    stands_below(writing, ["links"])  # one at a time, in the same place
    writing.locator("#k-link").press("Escape")
    stands_below(writing, [])
    expect(writing.locator("#k-body")).to_be_focused()
    expect(writing.get_by_text("A picture or a file", exact=True)).to_be_hidden()  # the bar is the one way there
    writing.locator("#k-files").evaluate("(one) => one.dispatchEvent(new Event('change'))")
    writing.locator("#k-alt-0").focus()
    writing.keyboard.type("Une salle")
    writing.keyboard.press("Enter")  # it is the picture's, and saves nothing
    expect(writing.locator("#k-alt-1")).to_be_focused()
    assert writing.locator("#k-alt-1-fault").is_visible()
    writing.keyboard.type("Un cercle")
    writing.keyboard.press("Enter")
    expect(writing.locator(".cooked img[alt='Un cercle']")).to_be_visible()
    expect(writing.locator("#k-body")).to_be_focused()
    assert text(writing) == "avant\n\n![Une salle](img/une-salle.png)\n\n![Un cercle](img/un-cercle.png)\n\n"
    expect(writing.locator("[data-of-pictures]")).to_contain_text("the words between the brackets describe it")
    assert undone(writing) == "avant"
    expect(writing.locator("[data-of-pictures]")).to_be_hidden()
    assert not writing.url.endswith("?saved")
