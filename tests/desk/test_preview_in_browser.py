"""A preview in a real browser: it renews itself, keeps the place that one reads, and everybody can use it."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browsing import SCHEMES, WIDER, needs_chromium
from tests.desk.conftest import ServedPages
from tests.workspace import PNG, TEXT, Clone

pytestmark = needs_chromium
PLACE = "() => document.querySelector('#k-content h3:nth-of-type(20)').getBoundingClientRect().top"
RICH = """# Une partie

{text} @inconnue, :tada: et ![Une photo](img/photo.png).

| a | b |
|:-:|--:|
| 1 | 2 |

- [ ] à faire

[details=Plus]
encore
[/details]

```python
x = 1
```

Voir [la suite](nulle-part.md), ![ailleurs](https://ailleurs.example/carte.png).
"""


@pytest.fixture
def page(browser: Browser, pages: ServedPages) -> Iterator[Page]:
    """A page of a browser that was given the address."""
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(pages.server.access.address("/preview/"))
    yield opened
    context.close()


def test_p306_a_save_shows_at_once_and_the_place_stays(here: Clone, pages: ServedPages, page: Page) -> None:
    long = "\n\n".join(f"## Partie {n}\n\n{TEXT}" for n in range(40))
    here.post("un", long)
    page.goto(f"{pages.home}/preview/posts/un.md")
    page.evaluate("() => document.querySelector('#k-content h3:nth-of-type(20)').scrollIntoView()")
    before = page.evaluate(PLACE)
    page.evaluate("() => { window.kept = document.querySelector('#k-content h3:nth-of-type(20)'); }")
    here.post("un", f"Une phrase au début, pour voir.\n\n{long}", title="Un autre titre, plus long")
    expect(page.get_by_text("Une phrase au début")).to_be_attached()
    expect(page.get_by_role("heading", level=1)).to_have_text("Un autre titre, plus long")
    assert page.evaluate("() => window.kept.isConnected")
    assert abs(page.evaluate(PLACE) - before) < 4


def test_p306_everybody_can_use_it(here: Clone, pages: ServedPages, page: Page) -> None:
    here.write("posts/img/photo.png", PNG)
    here.post("un", RICH.format(text=TEXT), tags=["accueil"])
    here.commit()
    here.push(code=None)
    here.post("deux", TEXT)
    here.commit()
    here.push(code=None)
    here.post("deux", f"{TEXT} Et plus encore.")
    here.write("posts/rien.md", "rien")
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    for path in ("/preview/posts/un.md", "/preview/posts/deux.md", "/preview/posts/rien.md"):
        page.goto(pages.home + path)
        page.evaluate(Axe().axe_script)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found = AxeResults(page.evaluate("axe.run({resultTypes: ['violations']})"))
            assert not found.violations_count, (path, scheme, found.generate_report())
        for width in (1280, 390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(WIDER) == 0, (path, width)
    assert said == []


def test_p306_a_page_says_that_nobody_answers_any_more(here: Clone, pages: ServedPages, page: Page) -> None:
    here.post("un")
    page.goto(f"{pages.home}/preview/posts/un.md")
    expect(page.locator("[data-away]")).to_be_hidden()
    pages.folder.watcher.stop()
    pages.server.server.shutdown()
    pages.server.server.server_close()
    expect(page.locator("[data-away]")).to_be_visible(timeout=15000)
