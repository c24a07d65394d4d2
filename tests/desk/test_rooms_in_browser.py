"""Setting up, who waits, the memory and the report in a real browser: everybody can use all their pages and states."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from koweb_sync.sandbox import Sandbox
from tests.desk.open_desk import desk
from tests.desk.test_preview_in_browser import CHROMIUM, QUIET, SCHEMES, WIDER
from tests.desk.test_setting_up import empty
from tests.workspace import Clone

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
__all__ = ["empty"]
SHOTS = os.environ.get("KOWEB_TEST_SHOTS")  # a folder for pictures of the pages, for somebody who looks at them


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium."""
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield started
        started.close()


def judged(page: Page, name: str) -> list[str]:
    """What is wrong with a page, at two widths and in two schemes."""
    wrong = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            found: AxeResults = Axe().run(page)
            broken = found.response["violations"]
            wrong += [f"{name} {scheme} {width}: {one['id']} {one['nodes'][0]['html'][:150]}" for one in broken]
            if SHOTS:
                page.screenshot(
                    path=f"{SHOTS}/{name.strip('/').replace('/', '-')}-{width}-{scheme}.png", full_page=True
                )
            wrong += [f"{name} {width}: too wide"] if page.evaluate(WIDER) > 0 else []
    return wrong


def test_p336_everybody_can_set_up(empty: Path, box: Sandbox, browser: Browser) -> None:
    with desk(empty) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address("/"))
        wrong = judged(page, "forum")
        page.get_by_label("Address of the forum").fill("forum")
        page.get_by_label("Your username there").fill("admin")
        page.get_by_label("API key").fill(box.keys["all_users"])
        page.keyboard.press("Enter")
        page.get_by_role("alert").wait_for()
        wrong += judged(page, "forum-wrong")
        page.get_by_label("Address of the forum").fill(f"{box.url}/latest")
        page.get_by_label("API key").fill(box.keys["all_users"])
        page.keyboard.press("Enter")
        page.get_by_label("Folder on this computer").wait_for()
        wrong += judged(page, "folders")
        page.get_by_label("Name", exact=True).fill("Claire")
        page.get_by_label("E-mail address").fill("claire@example.org")
        page.get_by_role("button", name="Set it up").click()
        page.get_by_role("alert").wait_for()
        wrong += judged(page, "folders-wrong")
        page.get_by_role("checkbox").first.check()
        page.get_by_role("button", name="Set it up").click()
        page.get_by_role("link", name="To your posts").wait_for()
        wrong += judged(page, "done")
        assert wrong == []


def test_p337_everybody_can_read_memory_and_report(here: Clone, browser: Browser) -> None:
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address("/memory/"))
        wrong = judged(page, "nothing")
        page.get_by_role("button", name="Read the forum").click()
        page.get_by_role("button", name="Compare with the forum").wait_for(timeout=60_000)
        wrong += judged(page, "state")
        page.get_by_role("link", name="Search and read").click()
        wrong += judged(page, "memory")
        page.locator("main .k-rows a").first.click()
        wrong += judged(page, "topic")
        for path in ("/memory/?q=hippopotame", "/who-waits/", "/report/"):
            page.goto(f"{it.home}{path}")
            wrong += judged(page, path)
        page.get_by_role("button", name="Make the report").click()
        page.get_by_role("link", name="for the community").wait_for(timeout=60_000)
        wrong += judged(page, "report-made")
        assert wrong == []
