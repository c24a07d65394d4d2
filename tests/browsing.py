"""Debian's Chromium, for tests that look at pages as people do."""

import shutil
from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.gate import RUN

# Without the parts that draw windows, where it is to be had: the same engine, for two thirds of the time.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
AXE = Axe().axe_script
WIDE, NARROW = 1280, 390
ALL, CONTRAST = "{resultTypes: ['violations']}", "{resultTypes: ['violations'], runOnly: ['color-contrast']}"
# What depends on the scheme is contrast alone: the other rules are asked once for each width.
ASKED: tuple[tuple[Literal["light", "dark"], int, str], ...] = (
    ("light", WIDE, ALL),
    ("dark", WIDE, CONTRAST),
    ("light", NARROW, CONTRAST),
    ("dark", NARROW, ALL),
)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser; without one, the tests that want it are skipped. Whoever opens a page in it closes it again."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield started
        started.close()


def four_ways(page: Page) -> Iterator[tuple[str, int, list[str]]]:
    """A page by day and by night, wide and narrow: the scheme, the width, and why somebody cannot use it so."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    for scheme, width, how in ASKED:
        if RUN.gate and how == CONTRAST:  # no colour depends on a width (tests/desk/test_colours.py)
            continue
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        broken = page.evaluate(f"axe.run({how}).then((found) => found.violations)")
        faults = [f"{scheme} {width}: {one['id']} {one['nodes'][0]['html'][:150]}" for one in broken]
        yield scheme, width, [*faults, f"{width}: too wide"] if page.evaluate(WIDER) > 0 else faults
