"""A table that is wider than a phone shows that it goes on, and moves by keyboard too."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, FloatRect, Page

from koweb_sync import i18n
from koweb_sync.report.audience.community import shareable
from koweb_sync.report.page.html import page
from tests.browsing import needs_chromium
from tests.report.test_page import NOW, living

CUT = "[...document.querySelectorAll('.scroll')].filter(one => one.scrollWidth > one.clientWidth + 1)"


def edge(reader: Page, nth: int, *, right: bool) -> bytes:
    """What is seen of a table's right or left edge, below its last line."""
    box = reader.evaluate(f"(({CUT})[{nth}]).getBoundingClientRect().toJSON()")
    at = box["right"] - 6 if right else box["left"]
    clip = FloatRect(x=at, y=box["bottom"] - 10, width=6, height=8)
    return reader.screenshot(clip=clip)


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_table_that_is_cut_has_a_shadow_there_and_moves_by_keyboard(
    browser: Browser, tmp_path: Path, scheme: str
) -> None:
    i18n.activate("fr")
    file = tmp_path / "report.html"
    file.write_text(page(shareable(living()), NOW), encoding="utf-8")
    reader = browser.new_page(viewport={"width": 390, "height": 4000}, bypass_csp=True)
    reader.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    reader.goto(file.as_uri())
    number = reader.evaluate(f"({CUT}).length")
    assert number >= 2
    for nth in range(number):
        reader.evaluate(f"(({CUT})[{nth}]).scrollIntoView({{ block: 'center' }})")
        begins = (edge(reader, nth, right=False), edge(reader, nth, right=True))
        assert begins[0] != begins[1], "at its right edge is a shadow"
        reader.evaluate(f"(({CUT})[{nth}]).focus()")
        reader.keyboard.press("ArrowRight")
        reader.wait_for_function(f"(({CUT})[{nth}]).scrollLeft > 0")
        reader.evaluate(f"(({CUT})[{nth}]).scrollLeft = 9999")
        reader.evaluate("document.activeElement.blur()")
        assert edge(reader, nth, right=True) != begins[1], "nothing is left there"
    reader.close()
