"""From an empty folder to a published post, and a colleague's change back, by mouse and keyboard in the page alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from koweb_sync import i18n
from koweb_sync.sandbox import Sandbox
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.test_preview_in_browser import CHROMIUM, browser
from tests.workspace import PNG

pytestmark = [pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")]
__all__ = ["browser"]
MOST = 25  # things that one does until the first post is published
TEXT = "Bonjour à tout le monde. Voici comment nous accueillons une personne.\n"


class Facilitator:
    """Somebody at the desk, whose doings are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.done = 0

    def fill(self, label: str, text: str) -> None:
        self.done += 1
        self.page.get_by_label(label, exact=True).fill(text)

    def press(self, name: str, role: str = "button") -> None:
        self.done += 1
        found = self.page.get_by_role("link" if role == "link" else "button", name=name, exact=True)
        found.first.press("Enter")

    def check(self, name: str) -> None:
        self.done += 1
        self.page.get_by_role("checkbox", name=name, exact=True).check()

    def picture(self, path: Path, shows: str) -> None:
        """A picture into the text: opened, chosen, described, added."""
        if not self.page.get_by_label("Fichier", exact=True).is_visible():
            self.done += 1
            self.page.get_by_text("Une image ou un fichier", exact=True).click()
        self.done += 1
        self.page.get_by_label("Fichier", exact=True).set_input_files(path)
        self.fill("Ce qu’on y voit, en quelques mots", shows)
        self.press("L’ajouter au texte")
        expect(self.page.locator(f".cooked img[alt='{shows}']")).to_be_visible()


@pytest.fixture
def french() -> Iterator[None]:
    """The desk speaks French."""
    with i18n.speaking("fr"):
        yield


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenDesk]:
    """The desk in an empty folder."""
    folder = tmp_path / "essai"
    folder.mkdir()
    monkeypatch.chdir(folder)
    with desk(folder) as served:
        yield served


@pytest.mark.usefixtures("french")
def test_p317_from_an_empty_folder_to_a_published_post_and_back(
    box: Sandbox, opened: OpenDesk, browser: Browser, tmp_path: Path
) -> None:
    photo = tmp_path / "IMG_1.png"
    photo.write_bytes(PNG)
    page = browser.new_page()
    page.goto(opened.server.access.address("/"))
    one = Facilitator(page)
    one.fill("Adresse du forum", box.url.removeprefix("http://"))
    one.fill("Votre nom d’utilisateur sur ce forum", "admin")
    one.fill("Clé d’API", box.keys["all_users"])
    one.press("Essayer, puis continuer")
    one.check("Koweb Kafé")
    one.press("Tout préparer")
    one.press("Vers vos messages", "link")
    one.press("Nouveau message", "link")
    one.fill("Titre", "Accueillir une nouvelle personne")
    one.press("Commencer à écrire")
    one.fill("Texte", TEXT)
    one.picture(photo, "Une salle")
    one.picture(photo, "Un cercle")
    one.press("Enregistrer")
    expect(page.get_by_text("Enregistré.")).to_be_visible()
    one.press("Publier", "link")
    one.press("Publier")
    expect(page.get_by_role("heading", level=1)).to_have_text("Publié")
    assert one.done <= MOST
    topic = next(topic for topic in box.topics() if topic.title == "Accueillir une nouvelle personne")
    raw = box.first_post(topic.id).raw
    assert raw.startswith(TEXT.strip())
    assert len(re.findall(r"!\[Un[^]]*\|3x2\]\(upload://", raw)) == 2
    box.edit(topic.id, raw.replace("Bonjour à tout le monde.", "Bonjour à vous tous."))
    one.press("Récupérer", "link")
    one.press("Récupérer")
    expect(page.get_by_role("heading", level=1)).to_have_text("Récupéré")
    file = next((tmp_path / "essai" / "posts").rglob("*.md"))
    assert "Bonjour à vous tous." in file.read_text(encoding="utf-8")
    page.close()
