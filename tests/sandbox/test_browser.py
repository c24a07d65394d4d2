"""The pages in a real browser: everybody can read them, by eye, by ear and by keyboard, on small screens too."""

from dataclasses import dataclass, field
from urllib.parse import quote, urldefrag

import pytest
import requests
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from koweb_sync.sandbox import Sandbox
from tests.browsing import ALL, CONTRAST, SCHEMES, WIDER, needs_chromium
from tests.sandbox.fair import Fair

pytestmark = needs_chromium
PHONE, DESK, NARROWEST = 390, 1280, 320
LOADED = """() => Promise.allSettled([...document.images].map(one => { one.loading = 'eager'; return one.decode(); }))
    .then(() => [...document.images].filter(one => !one.naturalWidth).map(one => one.src))"""
ANCHORS = """() => [...document.querySelectorAll('a[href^="#"]')].map(one => decodeURIComponent(one.hash.slice(1)))
    .filter(name => !document.getElementById(name) && !document.getElementsByName(name).length)"""
LINKS = "() => [...document.querySelectorAll('[href]:not([href^=\"#\"])')].map(one => one.href)"
UNSEEN = """() => [...document.querySelectorAll('main *')]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('pre, .md-table, .unseen'))
    .map(one => one.outerHTML.slice(0, 120))"""


def addresses(fair: Fair) -> dict[str, str]:
    """Every kind of page."""
    rich, long = (f"/t/{one.slug}/{one.id}" for one in (fair.rich, fair.long))
    return {
        "home": "/",
        "category": "/c/facilitation-numerique/3",
        "subcategory": "/c/facilitation-numerique/outils-libres/4",
        "category-2": "/c/salon/6?page=1",
        "tag": "/tag/accueil",
        "topic": rich,
        "topic-last": f"{long}?page=3",
        "hidden": f"/t/{fair.hidden.slug}/{fair.hidden.id}",
        "user": "/u/claire",
        "search": "/search?q=" + quote("réponse"),
        "search-nothing": "/search?q=hippopotame",
        "search-empty": "/search",
        "login": "/login",
        "lost": "/nulle-part",
    }


@dataclass
class Visit:
    """Somebody who opens pages and notes what is wrong with them, and where they lead."""

    page: Page
    url: str
    faults: list[str] = field(default_factory=list)
    links: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("console", lambda message: self.said.append(message.text) if message.type == "error" else None)

    def note(self, what: str, found: object) -> None:
        """Something is wrong with this page, if there is anything."""
        if found:
            self.faults.append(f"{self.page.url}: {what}: {found}")

    def open(self, path: str) -> None:
        """Open a page, and look at it in every way."""
        self.said.clear()
        answer = self.page.goto(self.url + path)
        assert answer is not None
        self.note("images that do not show", self.page.evaluate(LOADED))
        self.note("anchors that lead nowhere", self.page.evaluate(ANCHORS))
        self.links |= set(self.page.evaluate(LINKS))
        self.page.evaluate(Axe().axe_script)
        for scheme in SCHEMES:
            self.page.emulate_media(color_scheme=scheme)
            how = CONTRAST if scheme == "dark" else ALL  # what depends on the scheme is contrast alone
            found = AxeResults(self.page.evaluate(f"axe.run({how})"))
            self.note(f"axe, {scheme}", found.violations_count and found.generate_report())
        if answer.status < 400:
            self.note("errors", list(self.said))
        self.fits()

    def fits(self) -> None:
        """Nothing makes the page wider than the screen."""
        size = self.page.viewport_size
        assert size is not None
        for width in (size["width"], NARROWEST) if size["width"] == PHONE else (size["width"],):
            self.resize(width, size["height"])
            self.note(f"wider than {width} pixels", self.page.evaluate(WIDER))
            self.note(f"out of sight at {width} pixels", self.page.evaluate(UNSEEN))
        self.resize(size["width"], size["height"])

    def resize(self, width: int, height: int) -> None:
        """Change the window, and wait until the page knows."""
        self.page.set_viewport_size({"width": width, "height": height})
        while self.page.evaluate("innerWidth") != width:
            self.page.wait_for_timeout(10)


@pytest.mark.parametrize(("width", "flavour"), [(PHONE, "2025"), (DESK, "2022")])
def test_every_page_can_be_read_by_everybody(browser: Browser, width: int, flavour: str) -> None:
    with Sandbox.start(flavour=flavour) as box:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="fr-FR")
        visit = Visit(context.new_page(), box.url)
        for path in addresses(Fair(box)).values():
            visit.open(path)
        context.close()
        assert visit.faults == []
        assert broken(visit) == []


def broken(visit: Visit) -> list[str]:
    """The links to this forum that lead nowhere."""
    inside = sorted({urldefrag(link).url for link in visit.links if link.startswith(visit.url)})
    assert len(inside) > 20
    with requests.Session() as reader:
        reader.headers["Accept"] = "text/html"
        return [link for link in inside if reader.get(link, timeout=30).status_code >= 400]


def test_the_keyboard_reaches_everything(browser: Browser) -> None:
    with Sandbox.start() as box:
        fair = Fair(box)
        page = browser.new_page(viewport={"width": PHONE, "height": 800})
        page.goto(f"{box.url}/t/{fair.rich.slug}/{fair.rich.id}")
        page.keyboard.press("Tab")
        skip = page.locator(":focus")
        assert skip.get_attribute("class") == "skip"
        assert (skip.bounding_box() or {"y": -1})["y"] >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
        spoiler = page.locator("#post_3 span.spoiler")
        assert "blur" in spoiler.evaluate("one => getComputedStyle(one).filter")
        spoiler.focus()
        expect(spoiler).to_have_css("filter", "none")
        reached: set[str] = set()
        for _step in range(150):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.className || document.activeElement.localName"))
        assert {"pre", "md-table", "spoiler", "spoiled", "summary", "person", "link", "mention", "brand"} <= reached
        assert "anchor" not in reached
        page.close()


def test_somebody_finds_a_topic_with_the_search_form(browser: Browser) -> None:
    with Sandbox.start() as box:
        page = browser.new_page()
        page.goto(box.url)
        page.get_by_role("searchbox", name="Chercher dans le forum").fill("carnet de notes")
        page.get_by_role("button", name="Chercher").click()
        page.get_by_role("link", name="Quel outil pour prendre des notes").click()
        expect(page).to_have_url(f"{box.url}/t/quel-outil-pour-prendre-des-notes-a-plusieurs/2")
        expect(page.get_by_role("heading", level=1)).to_have_text("Quel outil pour prendre des notes à plusieurs ?")
        page.close()
