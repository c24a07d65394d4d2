"""The pages in a real browser: everybody can read them, by eye, by ear and by keyboard, on small screens too."""

import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from koweb_sync.sandbox import Sandbox

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium."""
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield started
        started.close()


def test_axe_finds_nothing(browser: Browser) -> None:
    with Sandbox.start() as box:
        page = browser.new_page()
        page.goto(box.url)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
