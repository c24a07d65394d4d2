"""Publishing and bringing back in a real browser, in French, as everybody can: one whole way, judged at every step."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from koweb_sync import i18n
from koweb_sync.sandbox import Sandbox
from tests.desk.conftest import ServedPages
from tests.desk.test_preview_in_browser import CHROMIUM, SCHEMES, WIDER, browser, page
from tests.workspace import PNG, TEXT, Clone

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
__all__ = ["browser", "page"]
JUDGE = "axe.run({resultTypes: ['violations']})"
WIDTHS = (1280, 390)


@pytest.fixture
def french() -> Iterator[None]:
    """The desk speaks French."""
    with i18n.speaking("fr"):
        yield


def look(page: Page, name: str) -> None:
    """Judge a page as it is: light and dark, wide and narrow."""
    page.evaluate(Axe().axe_script)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(WIDER) <= 0, (name, width)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found = AxeResults(page.evaluate(JUDGE))
            assert not found.violations_count, (name, scheme, found.generate_report())
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})


def press(page: Page, name: str) -> None:
    """Press a button by the keyboard."""
    page.get_by_role("button", name=name, exact=True).press("Enter")


@pytest.mark.usefixtures("french")
def test_p320_the_whole_way_in_a_browser(box: Sandbox, here: Clone, pages: ServedPages, page: Page) -> None:
    here.write("posts/img/photo.png", PNG)
    here.post("un", f"{TEXT}\n\nUne phrase commune.\n\n![Une photo](img/photo.png)\n\nLa fin.", tags=["accueil"])
    page.goto(f"{pages.home}/publish/")
    look(page, "first")
    press(page, "Interroger le forum")
    expect(page.get_by_text("1 message à créer")).to_be_visible()
    message = page.get_by_label("Ce qui est nouveau, en quelques mots")
    message.fill("Bonjour à tout le monde")
    here.post("deux", f"{TEXT} Encore un.")
    expect(page.get_by_text("2 messages à créer")).to_be_visible()
    expect(message).to_have_value("Bonjour à tout le monde")
    look(page, "sending")
    press(page, "Publier")
    expect(page.get_by_role("heading", level=1)).to_have_text("Publié")
    look(page, "published")
    raw = here.raw("un")
    box.edit(box.by_id("un").id, raw.replace("Une phrase commune.", "La phrase du forum."))
    here.write("posts/un.md", here.read("posts/un.md").replace("Une phrase commune.", "Ma phrase à moi."))
    page.goto(f"{pages.home}/publish/")
    expect(page.get_by_role("main")).to_contain_text("Ma phrase à moi")
    look(page, "changed")
    press(page, "Publier")
    page.get_by_role("link", name="Récupérer ce que le forum contient").first.press("Enter")
    press(page, "Regarder seulement")
    expect(page.get_by_role("article")).to_contain_text("La phrase du forum")
    look(page, "seen")
    press(page, "Récupérer")
    page.get_by_role("link", name="Décider").press("Enter")
    look(page, "conflict")
    page.get_by_label("Les deux, le vôtre d’abord").press("Space")
    press(page, "Retenir ce choix")
    press(page, "Terminer")
    expect(page.get_by_text("Tout est récupéré")).to_be_visible()
    look(page, "brought")
    page.get_by_role("main").get_by_role("link", name="Publier").press("Enter")
    press(page, "Publier")
    expect(page.get_by_role("heading", level=1)).to_have_text("Publié")
    assert "Ma phrase à moi.\n\nLa phrase du forum." in here.raw("un")
