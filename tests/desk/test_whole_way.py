"""From an empty folder to a published post, a conflict and a published report, in the page alone, judged on the way."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from koweb_sync import i18n
from koweb_sync.sandbox import Sandbox
from tests.browsing import WIDE, four_ways, needs_chromium
from tests.desk.open_desk import OpenDesk, desk
from tests.workspace import PNG

pytestmark = [needs_chromium]
WAY = (  # all that one does until the first post is published: 5 to set up, 14 to write, 2 to publish
    *("the forum’s address", "the username", "the key", "try them", "two folders or more, and who writes: as proposed"),
    *("the title", "the category", "two tags", "begin", "the text"),
    *("Picture", "two pictures at once", "what the first shows", "what the second shows", "add them"),
    *("Link", "words of a topic", "search on the forum", "this one"),
    *("save, and prepare to publish", "publish, with the message as proposed"),
)
OTHER = "Comment saluer une tortue"  # a topic of the forum
TEXT = "Bonjour à tout le monde. Voici comment nous accueillons une personne.\n"


class Facilitator:
    """Somebody at the desk, whose doings are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.done = 0

    def fill(self, label: str, text: str) -> None:
        """Type into a field."""
        self.done += 1
        self.page.get_by_label(label, exact=True).fill(text)

    def press(self, name: str, role: str = "button") -> None:
        self.done += 1
        found = self.page.get_by_role("link" if role == "link" else "button", name=name, exact=True)
        found.first.press("Enter")

    def chooses(self, label: str, name: str) -> None:
        """Choose from a list."""
        self.done += 1
        self.page.get_by_label(label, exact=True).select_option(label=name)

    def look(self) -> None:
        """Judge the page as it is: light and dark, wide and narrow."""
        faults = [one for _scheme, _width, found in four_ways(self.page) for one in found]
        assert not faults, (self.page.url, faults)
        self.page.set_viewport_size({"width": WIDE, "height": 900})

    def sees(self, title: str) -> None:
        """The page is the one of this title, and is judged."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title, timeout=60_000)
        self.look()

    def pictures(self, paths: Sequence[Path], shows: Sequence[str]) -> None:
        """Pictures into the text: chosen together, described, added."""
        with self.page.expect_file_chooser() as chooser:
            self.press("Image ou fichier")
        self.done += 1
        chooser.value.set_files(list(paths))
        expect(self.page.locator("#k-alt-0")).to_be_focused()  # in its place, without opening anything
        for number, words in enumerate(shows):
            self.done += 1
            self.page.locator(f"#k-alt-{number}").fill(words)
        self.press("Les ajouter au texte")
        for words in shows:
            expect(self.page.locator(f".cooked img[alt='{words}']")).to_be_visible()

    def link(self, words: str, title: str) -> None:
        """A link to a topic of the forum that this computer does not know."""
        self.press("Lien")
        expect(self.page.locator("#k-link")).to_be_focused()
        self.done += 1
        self.page.keyboard.type(words)
        self.press("Chercher, ou ajouter l’adresse")
        self.press(f"Ajouter le lien vers {title}")
        expect(self.page.locator(".cooked a").filter(has_text=title)).to_be_visible()


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


def publish_first(one: Facilitator, box: Sandbox, photo: Path) -> None:
    """Set up, write with two pictures and a link, publish."""
    page = one.page
    one.fill("Adresse du forum", box.url.removeprefix("http://"))
    one.fill("Votre nom d’utilisateur sur ce forum", "admin")
    one.fill("Votre clé", box.keys["all_users"])
    one.press("Essayer, puis continuer")
    one.press("Tout préparer")
    expect(page.get_by_text("Tout est prêt. Rien n’a été publié.")).to_be_visible()
    one.fill("Titre", "Accueillir une nouvelle personne")
    one.chooses("Catégorie", "Koweb Kafé")
    one.fill("Étiquettes", "accueil, outils-libres")
    one.press("Commencer à écrire")
    expect(page.get_by_label("Texte", exact=True)).to_be_focused()
    one.fill("Texte", TEXT)
    one.pictures([photo, photo], ["Une salle", "Un cercle"])
    one.link("saluer tortue", OTHER)
    one.press("Enregistrer et préparer la publication")
    one.press("Publier")
    expect(page.get_by_role("heading", level=1)).to_have_text("Publié")
    assert one.done == len(WAY)


def decide(one: Facilitator, box: Sandbox, topic: int, file: Path) -> None:
    """Change a sentence that a member changes, too; decide, and publish both."""
    page = one.page
    raw = box.first_post(topic).raw
    box.edit(topic, raw.replace("Bonjour à tout le monde.", "Bonjour à vous tous."))
    one.press("Vos messages", "link")
    one.press("Modifier le texte Accueillir une nouvelle personne", "link")
    one.fill("Texte", page.get_by_label("Texte", exact=True).input_value().replace("Bonjour à tout", "Bonsoir à tout"))
    one.press("Enregistrer")
    expect(page.get_by_text("Enregistré.")).to_be_visible()
    one.press("Publier", "link")
    message = page.get_by_label("Ce qui est nouveau, en quelques mots", exact=True)
    message.fill("Le soir")
    file.write_text(file.read_text(encoding="utf-8") + "\nUne phrase d’un autre éditeur.\n", encoding="utf-8")
    expect(page.get_by_text("Une phrase d’un autre éditeur.").first).to_be_visible()
    expect(message).to_have_value("Le soir")
    one.sees("Publier")
    one.press("Publier")
    one.press("Récupérer les changements")
    expect(page.get_by_label("Votre texte", exact=True)).to_be_visible(timeout=60_000)
    mine, theirs = (page.get_by_label(side, exact=True).bounding_box() for side in ("Votre texte", "Le texte du forum"))
    assert mine is not None
    assert theirs is not None
    assert mine["y"] == theirs["y"]  # side by side
    one.look()
    page.get_by_label("Les deux : votre texte, puis celui du forum").press("Space")
    one.press("Retenir ce choix")
    one.press("Terminer, sans publier pour l’instant")
    expect(page.get_by_text("Votre choix est enregistré")).to_be_visible()
    one.press("Publier", "link")
    one.press("Publier")
    one.sees("Publié")
    assert "Bonsoir à tout le monde." in (kept := box.first_post(topic).raw)
    assert "Bonjour à vous tous." in kept


def publish_report(one: Facilitator) -> None:
    """Read the forum, make the report, make a post of it, publish."""
    page = one.page
    one.press("Rapport", "link")
    one.press("Mettre à jour la mémoire")
    one.sees("Ce que contient la mémoire")
    one.press("Rapport", "link")
    one.press("Préparer le rapport")
    expect(page.get_by_role("link", name="Lire le rapport pour la communauté")).to_be_visible(timeout=60_000)
    one.chooses("Catégorie du message", "Koweb Kafé")
    one.press("En faire un message")
    expect(page.get_by_text("Le rapport est maintenant un message")).to_be_visible(timeout=60_000)
    one.look()
    one.press("Publier", "link")
    one.press("Publier")
    one.sees("Publié")


@pytest.mark.usefixtures("french")
def test_p317_from_an_empty_folder_to_a_published_report(
    box: Sandbox, opened: OpenDesk, browser: Browser, tmp_path: Path
) -> None:
    photo = tmp_path / "IMG_1.png"
    photo.write_bytes(PNG)
    page = browser.new_page()
    page.set_default_timeout(15_000)
    page.goto(opened.server.access.address("/"))
    one = Facilitator(page)
    box.new_topic(OTHER, TEXT, category=2)
    publish_first(one, box, photo)
    topic = next(topic for topic in box.topics() if topic.title == "Accueillir une nouvelle personne")
    raw = box.first_post(topic.id).raw
    assert raw.startswith(TEXT.strip())
    assert len(re.findall(r"!\[Un[^]]*\|3x2\]\(upload://", raw)) == 2
    assert {"koweb-kafe", "salon"} <= {folder.name for folder in (tmp_path / "essai" / "messages").iterdir()}
    assert set(topic.tags) == {"accueil", "outils-libres"}
    decide(one, box, topic.id, next((tmp_path / "essai" / "messages").rglob("*.md")))
    publish_report(one)
    assert "Comment va notre forum" in max(box.topics(), key=lambda other: other.id).title
    page.close()
