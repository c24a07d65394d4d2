"""The main ways through the desk without a mouse: nothing but Tab, Enter, Space, arrows and what one types."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from koweb_sync.sandbox import Sandbox
from tests.browsing import needs_chromium
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.states.test_every_state import french
from tests.desk.test_bringing_back import MINE, THEIRS
from tests.workspace import TEXT, Clone

__all__ = ["french"]
pytestmark = [
    needs_chromium,
    pytest.mark.usefixtures("french"),
]
MOST = 150  # presses of Tab from one end of a page to the other
HELD = """() => {
  const one = document.activeElement;
  const said = one.getAttribute("aria-label") || one.labels?.[0]?.innerText || one.textContent;
  return [one.localName, said.replace(/\\s+/g, " ").trim()];
}"""


class Hands:
    """Somebody with a keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, sort: str, name: str) -> None:
        """Press Tab until the keyboard is on an element."""
        met = []
        for _turn in range(MOST):
            held = self.page.evaluate(HELD)
            if held == [sort, name]:
                return
            met.append(held)
            self.page.keyboard.press("Tab")
        raise AssertionError((sort, name, met))

    def press(self, sort: str, name: str) -> None:
        """Go there, and press Enter; Space for a choice."""
        self.to(sort, name)
        self.page.keyboard.press("Space" if sort == "input" else "Enter")

    def press_when_there(self, sort: str, name: str) -> None:
        """The same on a page that work, or a form, still leads to."""
        self.page.get_by_role("link" if sort == "a" else "button", name=name).first.wait_for(timeout=60_000)
        self.press(sort, name)

    def types(self, text: str) -> None:
        self.page.keyboard.type(text)

    def sees(self, title: str) -> None:
        """Wait for the page of a title."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title, timeout=60_000)


@pytest.fixture
def at_desk(here: Clone) -> Iterator[OpenDesk]:
    """The desk on a repository with a published post."""
    here.post("un", f"{TEXT}\n\nUne phrase commune.\n\nLa fin.")
    here.commit()
    here.push()
    with desk(here.folder) as it:
        yield it


@pytest.fixture
def hands(at_desk: OpenDesk, browser: Browser) -> Iterator[Hands]:
    """Somebody before it."""
    with browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(at_desk.server.access.address("/"))
        yield Hands(page)


def test_p451_a_post_is_written_and_published(here: Clone, hands: Hands) -> None:
    hands.press("a", "Nouveau message")
    expect(hands.page.locator("#k-title")).to_be_focused()
    hands.types("Une question sans souris")
    hands.to("select", "Catégorie")
    hands.page.keyboard.press("ArrowDown")
    hands.press("button", "Commencer à écrire")
    expect(hands.page.locator("#k-body")).to_be_focused()
    hands.types(f"{TEXT} Et une question.")
    hands.press("button", "Enregistrer et préparer la publication")
    hands.sees("Publier")
    hands.press("button", "Publier")
    hands.sees("Publié")
    assert any(topic.title == "Une question sans souris" for topic in here.box.topics())


def test_p451_two_versions_are_decided(box: Sandbox, here: Clone, hands: Hands) -> None:
    box.edit(box.by_id("un").id, here.raw("un").replace("Une phrase commune.", THEIRS))
    here.reword("un", "Une phrase commune.", MINE)
    hands.press("a", "Changements du forum")
    hands.sees("Changements du forum")
    hands.press("button", "Récupérer les changements")
    expect(hands.page.get_by_label("Votre texte", exact=True)).to_be_visible(timeout=60_000)
    hands.to("input", "Votre texte")
    hands.page.keyboard.press("Space")
    hands.page.keyboard.press("ArrowDown")
    hands.page.keyboard.press("ArrowDown")
    expect(hands.page.locator("input[value=both]")).to_be_checked()
    hands.press("button", "Retenir ce choix")
    hands.press_when_there("button", "Terminer, sans publier pour l’instant")
    hands.press_when_there("a", "Préparer la publication")
    hands.sees("Publier")
    hands.press("button", "Publier")
    hands.sees("Publié")
    assert MINE in here.raw("un")
    assert THEIRS in here.raw("un")


def test_p451_a_post_is_deleted_and_put_back(here: Clone, hands: Hands) -> None:
    before = here.read("posts/un.md")
    hands.press("a", "Modifier le texte Un sujet nommé un")
    hands.press_when_there("a", "Supprimer ce message…")
    hands.sees("Supprimer « Un sujet nommé un » ?")
    hands.press("button", "Le supprimer de ce dossier")
    expect(hands.page.locator("#k-deleted")).to_be_in_viewport()
    assert hands.page.url.endswith("/preview/#k-deleted")
    assert not (here.folder / "posts/un.md").exists()
    hands.press("button", "Le remettre en place posts/un.md")
    expect(hands.page.locator("#k-body")).to_be_visible()
    assert here.read("posts/un.md") == before
