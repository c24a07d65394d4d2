"""Whoever leaves a page in the middle of a word finds all of it again: what is typed goes along at the last moment."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browsing import needs_chromium
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.test_translations_shown import ENGLISH, translated
from tests.desk.test_writing import FILE, as_sent
from tests.workspace import TEXT, Clone

TYPE = """(last) => {
  const field = document.querySelector("#k-body");
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
  document.execCommand("insertText", false, last);
"""


def closed(page: Page, last: str) -> None:
    page.evaluate(TYPE + "}", last)
    page.close(run_before_unload=True)


LEAVE: dict[str, Callable[[Page, str], None]] = {
    "another address": lambda page, last: page.evaluate(TYPE + 'location.assign("/help/"); }', last),
    "the page is closed": closed,
    "another tab": lambda page, last: page.evaluate(
        TYPE.replace("{", "{ window.setTimeout = () => 0;", 1)
        + 'Object.defineProperty(document, "hidden", { value: true });'
        ' document.dispatchEvent(new Event("visibilitychange", { bubbles: true })); }',
        last,
    ),
}


def questions(page: Page, *, stays: bool) -> list[str]:
    """What a page asks whoever leaves it."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        if stays:
            dialog.dismiss()
        else:
            dialog.accept()

    page.on("dialog", answer)
    return asked


def kept_soon(it: OpenDesk, place: str, words: str) -> bool:
    """Whether a text that is opened again holds some words, within a second."""
    end = time.monotonic() + 1
    while time.monotonic() < end:
        if words in as_sent(it.get(place).text)["body"]:
            return True
        time.sleep(0.05)
    return False


@needs_chromium
@pytest.mark.parametrize("way", list(LEAVE))
@pytest.mark.parametrize("kind", ["post", "translation"])
def test_p524_what_was_typed_just_before_one_leaves_is_there_when_one_comes_back(
    here: Clone, browser: Browser, way: str, kind: str
) -> None:
    translated(here)
    place = f"/write/{FILE}" if kind == "post" else f"/write-translation/{ENGLISH}"
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        asked = questions(page, stays=False)
        page.goto(it.server.access.address(place))
        page.locator("#k-body").press("Control+End")
        LEAVE[way](page, "Le tout dernier mot")
        assert kept_soon(it, place, "Le tout dernier mot")
        assert asked == [], "nobody has to decide anything"
        if way == "another address":
            page.wait_for_url("**/help/")  # a page that is on its way elsewhere keeps its browser from ending


@needs_chromium
def test_p524_a_text_that_is_too_long_to_go_along_keeps_whoever_leaves(here: Clone, browser: Browser) -> None:
    here.post("un", "\n\n".join(f"{TEXT} {n}" for n in range(3_000)))
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        asked = questions(page, stays=True)
        page.goto(it.server.access.address(f"/write/{FILE}"))
        page.locator("#k-body").press("Control+End")
        LEAVE["another address"](page, "Le tout dernier mot")
        expect(page.locator("[data-kept]")).to_have_text(re.compile(r"^Kept at"), timeout=20_000)
        assert asked == ["beforeunload"]
        assert kept_soon(it, f"/write/{FILE}", "Le tout dernier mot")


@needs_chromium
def test_p524_what_is_typed_without_a_pause_is_kept_all_the_while(here: Clone, browser: Browser) -> None:
    here.post("un")
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address(f"/write/{FILE}"))
        page.locator("#k-body").press("Control+End")
        page.evaluate(
            TYPE + 'window.keys = setInterval(() => document.execCommand("insertText", false, "a"), 50); }', "Et"
        )
        assert kept_soon(it, f"/write/{FILE}", "Etaaa")
        page.evaluate("() => clearInterval(window.keys)")
        expect(page.locator("[data-kept]")).to_have_attribute("data-kept", "kept")
