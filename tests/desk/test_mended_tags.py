"""What is wrong with the tags of a text, or kept it from being saved, is said while one writes, and no longer."""

import pytest
from playwright.sync_api import Browser, expect

from koweb_sync.sandbox import Sandbox
from tests.browsing import needs_chromium
from tests.desk.open_desk import desk
from tests.desk.test_writing import FILE, fields
from tests.workspace import TEXT, Clone

pytestmark = needs_chromium
AS_WORDS = """() => {
  const date = document.querySelector("#k-created");
  date.type = "text";
  date.closest("details").open = true;
}"""


def test_p482_a_warning_about_tags_goes_as_soon_as_they_are_mended(box: Sandbox, here: Clone, browser: Browser) -> None:
    box.set(min_trust_to_create_tag=4, max_tags_per_topic=2)
    here.configure(username="amina")
    here.write("posts/un.md", f"---\ntitle: Un sujet nommé un\nid: un\ntags: outils choix\n---\n{TEXT}\n")
    here.run("doctor")
    assert "The forum has no tag “outils choix”" in here.run("check", code=None).text
    one, two = "accueil", "outils-libres"
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address(f"/write/{FILE}"))
        side, tags = page.locator("[data-part=side]"), page.locator("#k-tags")
        expect(side).to_contain_text("behind one alone, put a comma, too")
        for wrong, said, mended in (
            ("outils choix,", "The forum has no tag “outils choix”", one),
            (f"{one}, inconnue", "The forum has no tag “inconnue”", one),
            ("C++", "The forum makes “c” of the tag “C++”", ""),
            (f"{one}, {two}, encore", "The post has 3 tags", f"{one}, {two}"),
        ):
            tags.fill(wrong)
            expect(side).to_contain_text(said)
            tags.fill(mended)
            expect(side).not_to_contain_text("To look at")
        assert here.read(FILE).count("tags: outils choix") == 1, "nothing was saved, nor was the page left"


def test_p482_one_button_writes_the_tags_as_the_forum_does(box: Sandbox, here: Clone, browser: Browser) -> None:
    here.post("un", tags=["C++", "Outils Libres", "accueil"])
    here.commit()
    here.push()
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address(f"/preview/{FILE}"))
        side = page.locator("[data-part=side]")
        expect(side).to_contain_text("The forum makes “c” of the tag “C++”")
        assert page.locator("main .tag").all_inner_texts() == ["c", "outils-libres", "accueil"], "as they will be there"
        page.get_by_role("button", name="Write the tags as the forum does").click()
        expect(page.get_by_text("C++")).to_have_count(0)
        expect(side).not_to_contain_text("To look at")
        assert 'tags: [c, outils-libres, "accueil"]' in here.read(FILE)
        expect(side).to_contain_text("published today at")
        expect(side).not_to_contain_text("What publishing changes")  # for the forum it is the same tag
        page.goto(f"{it.home}/write/{FILE}")
        page.locator("#k-tags").fill("C++, accueil, Accueil")
        page.locator("#k-body").fill(f"{TEXT} Encore.")
        page.get_by_role("button", name="Write the tags as the forum does, and save").click()
        expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
        assert page.locator("#k-tags").input_value() == "c, accueil"
        assert (here.read(FILE).count('tags: [c, "accueil"]'), here.read(FILE).count("Encore.")) == (1, 1)
        expect(side).not_to_contain_text("To look at")


def test_p482_tags_that_are_known_are_offered_behind_each_comma(box: Sandbox, here: Clone, browser: Browser) -> None:
    box.set(min_trust_to_create_tag=4)
    here.configure(username="amina")
    here.post("un")
    here.post("deux", tags=["de-moi"])
    offered = "() => [...document.querySelectorAll('#k-known option')].map((one) => one.value)"
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address(f"/write/{FILE}"))
        expect(page.locator("#k-hint-tags")).to_contain_text("Those of your other posts are offered")
        expect(page.get_by_role("link", name="See the forum's tags")).to_have_attribute("href", f"{box.url}/tags")
        assert page.evaluate(offered) == ["de-moi"]
        here.run("doctor")
        page.goto(f"{it.home}/write/")
        expect(page.locator("#k-hint-tags")).to_contain_text("Those of the forum are offered")
        all_of_them = page.evaluate(offered)
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        assert {"accueil", "outils-libres", "de-moi"} <= set(all_of_them)
        page.locator("#k-tags").fill("accueil, ou")
        assert page.evaluate(offered) == [f"accueil, {one}" for one in all_of_them if one != "accueil"]
        page.locator("#k-tags").fill("")
        assert page.evaluate(offered) == all_of_them
        page.goto(f"{it.home}/write/{FILE}")
        page.locator("#k-tags").fill("accueil, ou")
        assert page.evaluate(offered)[0].startswith("accueil, ")


def test_p482_what_kept_a_text_from_being_saved_is_said_until_it_is_mended(here: Clone, browser: Browser) -> None:
    here.post("un")
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address(f"/write/{FILE}"))
        page.evaluate(AS_WORDS)
        page.locator("#k-created").fill("hier")
        page.get_by_role("button", name="Save", exact=True).click()
        fault = page.locator("#k-created-fault")
        expect(fault).to_contain_text("“hier” is no date")
        page.locator("#k-body").fill(f"{TEXT} Encore.")
        expect(page.locator(".cooked")).to_contain_text("Encore.")
        expect(fault).to_be_visible()
        page.locator("#k-created").fill("2024-05-02")
        expect(fault).to_be_hidden()
        assert page.locator("#k-created").get_attribute("aria-invalid") is None
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
        assert fields(it, FILE)["created"] == "2024-05-02"
