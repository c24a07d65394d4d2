"""Links out of a text: to other post files and to topics of the forum, which is asked only where somebody presses."""

import re
from html import unescape

import pytest
from playwright.sync_api import Browser, expect

from koweb_sync.desk.previews.linked_sentences import at_slashes
from koweb_sync.sandbox import Fault, Sandbox
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.test_rooms_in_browser import judged
from tests.desk.test_writing import FILE, sent
from tests.desk.test_writing import fields as shown
from tests.workspace import TEXT, Clone

OTHER = "Comment saluer une tortue"


def place(box: Sandbox) -> int:
    return next(one.id for one in box.state.categories.values() if one.slug == "koweb-kafe")


def buttons(it: OpenDesk, **fields: str) -> list[tuple[str, str]]:
    """What a search offers: the name and the value of each button."""
    found = unescape(it.post(f"/write-link/{FILE}", **{**shown(it, FILE), **fields}).text)
    return [one for one in re.findall(r'name="(target|topic)" value="([^"]*)"', found) if one[1]]


def test_p384_topics_that_the_archive_holds_are_found_without_a_request(here: Clone, box: Sandbox) -> None:
    number = box.new_topic(OTHER, f"{TEXT} Une tortue.", category=place(box)).id
    here.post("un")
    here.post("deux", title="Saluer la tortue de deux")
    here.commit()
    here.push()
    own = box.by_id("deux").id
    with desk(here.folder) as it:
        assert buttons(it, link="tortue", where="live") == [("target", "posts/deux.md")]
        here.run("archive")
        box.forget()
        found = buttons(it, link="tortue", where="live")
        assert found == [("target", "posts/deux.md"), ("topic", f"{number} {OTHER}")]
        assert not any(one.endswith(str(own)) for _name, one in found)
        sent(it, FILE, "write-link", topic=f"{number} {OTHER}")
        assert box.log == []
    assert here.read(FILE).endswith(f"[{OTHER}]({box.url}/t/-/{number})\n")
    here.commit()
    here.push()
    assert f"[{OTHER}]({box.url}/t/-/{number})" in box.first_post(box.by_id("un").id).raw


def test_p385_one_search_shows_what_is_here_and_on_the_forum_each_by_its_name(here: Clone, box: Sandbox) -> None:
    number = box.new_topic(OTHER, f"{TEXT} Une tortue.", category=place(box)).id
    here.post("un")
    here.post("deux", title="Saluer la tortue de deux")
    here.run("doctor")
    both = [("target", "posts/deux.md"), ("topic", f"{number} {OTHER}")]
    with desk(here.folder) as it:
        box.forget()
        assert buttons(it, link="tortue") == both
        assert [one.path.partition("?")[0] for one in box.log] == ["/search.json"]
        page = unescape(sent(it, FILE, "write-link", link="tortue").text)
        assert re.findall(r'class="k-found"[^>]*>([^<]+)<', page) == [
            "Your own messages",
            "On the forum “Le Kafé d’essai”",
        ]
        box.fail(Fault("refuse", times=20))
        away = unescape(sent(it, FILE, "write-link", link="tortue").text)
        assert "The forum does not answer: only this computer was searched." in away
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KOWEB_KAFE_API_KEY", "")
            keyless = unescape(sent(it, FILE, "write-link", link="tortue").text)
        assert "does not answer" not in keyless, "nobody asked it"
        assert "key" in (told := re.findall(r"[^<>]*Only this computer was searched\.", keyless)[0]), told
        assert re.findall(r'name="(target|topic)" value="(posts[^"]*)"', away) == both[:1]


def test_p385_the_forum_is_asked_once_where_somebody_says_so(here: Clone, box: Sandbox, browser: Browser) -> None:
    number = box.new_topic(OTHER, f"{TEXT} Une tortue.", category=place(box)).id
    here.post("un")
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address(f"/write/{FILE}"))
        page.locator("#k-body").press("Control+End")
        box.forget()
        page.get_by_role("button", name="Link", exact=True).press("Enter")
        expect(page.locator("#k-link")).to_be_focused()
        page.keyboard.type("saluer tortue")
        expect(page.get_by_text("Nothing on this computer has these words")).to_be_visible()
        assert box.log == []
        wrong = judged(page, "links-none")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name=OTHER)).to_be_focused()
        assert [one.path.partition("?")[0] for one in box.log] == ["/search.json"]
        wrong += judged(page, "links-found")
        page.keyboard.press("Enter")
        expect(page.locator(f".cooked a[href='{box.url}/t/-/{number}']")).to_contain_text(OTHER)
        page.get_by_role("button", name="Link", exact=True).press("Enter")
        page.locator("#k-link").fill("so")
        page.set_viewport_size({"width": 1280, "height": 400})
        page.locator("#k-link").evaluate("(one) => one.scrollIntoView({ block: 'end' })")
        page.locator("#k-link").press("Enter")
        expect(page.locator("[data-found]")).to_contain_text("three letters")
        expect(page.get_by_text("The forum searches for words")).to_be_in_viewport(ratio=1)
        assert len(box.log) == 1
        assert wrong == []


def test_p384_an_addition_goes_where_the_caret_was_last_and_it_is_said(here: Clone, browser: Browser) -> None:
    here.post("un", "Voyez aussi ce sujet :\n\nLa fin.")
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address(f"/write/{FILE}"))
        body, said = page.locator("#k-body"), page.locator("[data-links] [data-where]")
        link = page.get_by_role("button", name="Link", exact=True)
        expect(page.get_by_text("A link to another message")).to_be_hidden()  # one way leads there
        link.press("Enter")
        # nobody put the caret anywhere
        expect(said).to_have_text("It goes to the end of the text; to put it elsewhere, click there first.")
        body.press("Control+Home")
        expect(said).to_have_text("It goes to the beginning of the text.")
        body.press("End")
        body.press("Space")
        page.get_by_role("button", name="Save", exact=True).press("Enter")
        expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
        link.press("Enter")
        expect(said).to_have_text("It goes into the text behind “Voyez aussi ce sujet :”.")  # as before the save
        page.locator("#k-link").fill("https://example.org/")
        page.locator("#k-link").press("Enter")
        expect(body).to_have_value(re.compile(r"^Voyez aussi ce sujet : <https://example\.org/>\n\nLa fin\."))
        body.press("Shift+Control+ArrowLeft")
        link.press("Enter")
        expect(said).to_have_text(re.compile("It takes the place of “.*” in the text."))


def test_p384_the_beginning_of_a_word_finds_it_in_singular_and_plural(here: Clone, box: Sandbox) -> None:
    title = "Qui accueille les chevaux en décembre?"
    number = box.new_topic(title, f"{TEXT} Une tortue.", category=place(box)).id
    here.post("un")
    here.post("deux", title="Les journaux d’accueil")
    here.run("archive")
    with desk(here.folder) as it:
        there, own = ("topic", f"{number} {title}"), ("target", "posts/deux.md")
        welcome = ("topic", f"1 {box.state.topics[1].title}")  # which has the word in its text
        found = {
            words: buttons(it, link=words, where="live")[:2]
            for words in ("accueil", "ACCUEIL decem", "cheval", "journal acc", "accueils")
        }
    assert found == {
        "accueil": [own, there],
        "ACCUEIL decem": [there],
        "cheval": [there],
        "journal acc": [own],
        "accueils": [own, welcome],
    }


def test_a_line_ends_behind_a_slash_of_a_path_and_its_signs_stay_signs() -> None:
    assert at_slashes("textes/un mot/a.md") == "textes/<wbr>un mot/<wbr>a.md"
    assert at_slashes("https://kafe.example/t/<b>") == "https://<wbr>kafe.example/<wbr>t/<wbr>&lt;b&gt;"
    assert at_slashes("/") == "/"
