"""What is typed and not saved: said while one writes, shown where one looks at the post, and never called published."""

import re
import threading
import time
from html import unescape

import pytest
import requests
from playwright.sync_api import Browser, expect

from koweb_sync.desk.texts import unsaved
from koweb_sync.i18n import speaking
from tests.browsing import needs_chromium
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.test_rooms_in_browser import judged
from tests.desk.test_translations_shown import ENGLISH, translated
from tests.desk.test_typed_meanwhile import to_choose
from tests.desk.test_writing import FILE, as_sent, fields, sent
from tests.workspace import TEXT, Clone


def test_p386_a_text_that_is_typed_and_not_saved_is_shown_and_said(here: Clone) -> None:
    here.post("un", "")
    with desk(here.folder) as it:
        assert "to write" in it.get("/preview/").text
        sent(it, FILE, "write-preview", body="Une phrase tapée.")
        shown = unescape(it.get(f"/preview/{FILE}").text)
        assert "Une phrase tapée." in shown
        assert "not saved yet" in shown
        assert "It has no text yet" not in shown
        assert "/publish/?only=" not in shown
        listed = unescape(it.get("/preview/").text)
        assert re.search(r"k-unsaved.*not saved yet", listed)
        assert "to write" not in listed
        assert "Une phrase tapée." not in here.read(FILE)
        assert "Une phrase tapée." in it.get(f"/preview-parts/{FILE}").json()["text"]
        sent(it, FILE, body="Une phrase tapée.")
        assert "not saved yet" not in unescape(it.get(f"/preview/{FILE}").text)


def test_p387_from_a_preview_one_writes_and_publishes_that_post(here: Clone) -> None:
    here.post("un")
    here.post("deux", title="Un autre sujet & sa suite")
    with desk(here.folder) as it:
        shown = it.get("/preview/posts/deux.md").text
        assert f'href="/write/{FILE}"' in it.get(f"/preview/{FILE}").text
        asked = unescape(re.findall(r'href="(/publish/\?only=[^"]+)"', shown)[0])
        here.commit()
        listed = unescape(it.get(asked).text)
        sends, _end, _left = listed.partition("Other posts to publish")
        assert "Un autre sujet & sa suite" in sends
        assert "Un sujet nommé un" not in sends
        here.push(code=None)
        assert "/publish/?only=" not in it.get("/preview/posts/deux.md").text


@needs_chromium
def test_how_a_published_post_stands_of_which_words_are_not_saved_is_read_whole(here: Clone, browser: Browser) -> None:
    here.post("un")
    here.commit()
    here.push()
    with speaking("fr"), desk(here.folder) as it, browser.new_context(locale="fr") as context:
        sent(it, FILE, "write-preview", body=f"{TEXT} Pas enregistré.")
        page, wrong = context.new_page(), []
        page.goto(it.server.access.address("/preview/"))
        for path in ("/preview/", f"/preview/{FILE}", f"/write/{FILE}"):
            page.goto(f"{it.home}{path}")
            wrong += judged(page, f"unsaved{path}")
            state = page.locator(".k-state").first
            expect(state).to_contain_text("publié, avec un changement pas encore enregistré")
            assert state.evaluate(
                "one => one.getBoundingClientRect().right <= one.parentElement.getBoundingClientRect().right"
            )
        assert wrong == []


@needs_chromium
def test_p388_one_sees_whether_what_one_types_is_saved_and_hears_it_once(here: Clone, browser: Browser) -> None:
    here.post("un")
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address(f"/write/{FILE}"))
        state, heard = page.locator("[data-kept]"), page.locator("[data-kept-said]")
        expect(state).to_have_text("Saved")
        page.evaluate(
            "() => { window.told = []; new MutationObserver((all) => window.told.push(...all.map((one) =>"
            " one.target.textContent))).observe(document.querySelector('[data-kept-said]'), { childList: true }); }"
        )
        page.locator("#k-body").press("Control+End")
        for word in ("Une", " autre", " phrase"):
            page.keyboard.type(word)
            expect(state).to_have_text(re.compile(r"^Kept at \d+:\d\d, not saved yet$"))
            expect(page.locator(".cooked")).to_contain_text(word.strip())
        assert page.evaluate("() => window.told") == ["Kept, not saved yet"]
        wrong = judged(page, "typed")
        page.goto(f"{it.home}/preview/{FILE}")
        expect(page.locator(".cooked")).to_contain_text("Une autre phrase")
        wrong += judged(page, "preview-typed")
        page.get_by_role("link", name="Go on writing").press("Enter")
        expect(state).to_contain_text("not saved yet")
        page.locator("#k-body").fill(f"{TEXT}\n")
        expect(state).to_have_text("Saved", timeout=30_000)  # once koweb has answered
        expect(heard).to_have_text("Saved")
        page.get_by_role("button", name="Save", exact=True).press("Enter")
        page.goto(f"{it.home}/preview/{FILE}")
        wrong += judged(page, "preview-saved")
        assert wrong == []


def typing(it: OpenDesk, form: dict[str, str], text: str, typed: int) -> requests.Response:
    """What a page sends while somebody types."""
    return it.post(f"/write-preview/{FILE}", **{**form, "body": text, "typed": str(typed)})


def test_p471_what_two_pages_of_one_post_keep_are_two_texts(here: Clone) -> None:
    here.post("un")
    here.commit()
    with desk(here.folder) as it:
        first, second = fields(it, FILE), fields(it, FILE)
        assert "kept" in typing(it, first, f"{TEXT}\r\n\r\nTrois heures de travail.", 40).json()["kept"]
        assert "kept" in typing(it, second, f"{TEXT} x", 1).json()["kept"]
        assert "saved" in typing(it, second, first["body"], 2).json()["kept"], "it says what the file says"
        assert "Trois heures de travail." in it.get(f"/write/{FILE}").text
        saved = unescape(
            it.post(f"/write/{FILE}", **{**second, "body": f"{TEXT}\r\n\r\nEnregistré.", "typed": "3"}).text
        )
        assert "Saved." in saved
        assert "Enregistré." in as_sent(saved)["body"]
        for page in (saved, unescape(it.get(f"/preview/{FILE}").text)):
            assert re.search(r"typed on another page and is not saved.*“[^”]*Trois heures", page)
        link = re.findall(rf'href="(/write/{FILE}\?unsaved=\w+)"', saved)[0]
        other = it.get(link).text
        assert "Trois heures de travail." in as_sent(other)["body"]
        assert "x</textarea>" not in other
        both = it.post(f"/write/{FILE}", **as_sent(other))
        assert both.status_code == 409, "both changed the same words"
        it.post(f"/write-choose/{FILE}", **to_choose(both), **{"choice-0": "both"})
        for said in ("Enregistré.", "Trois heures de travail."):
            assert said in here.read(FILE)
        assert "is not saved" not in unescape(it.get(f"/preview/{FILE}").text)


def test_p471_a_page_that_goes_on_with_a_kept_text_takes_its_place_and_loses_none_of_it(here: Clone) -> None:
    here.post("un")
    with desk(here.folder) as it:
        typing(it, fields(it, FILE), f"{TEXT}\r\n\r\nHier.", 1)
        again = fields(it, FILE)
        typing(it, again, f"{again['body']}\r\n\r\nAujourd’hui.", 1)
        page = it.get(f"/write/{FILE}").text
        assert "Aujourd’hui." in as_sent(page)["body"]
        assert "is not saved, kept on" not in page, "it is one text, and not two"
        assert it.get(f"/versions/{FILE}").text.count("?aside=") == 0
        typing(it, again, f"{TEXT}\r\n\r\nAujourd’hui seulement.", 2)
        listed = re.findall(r'href="(\?aside=\d+)"', it.get(f"/versions/{FILE}").text)
        assert len(listed) == 1
        assert "Hier." in it.get(f"/versions/{FILE}{listed[0]}").text


def test_p471_what_a_page_sent_before_it_was_saved_and_comes_after_is_not_kept(here: Clone) -> None:
    here.post("un")
    with desk(here.folder) as it:
        form = fields(it, FILE)
        it.post(f"/write/{FILE}", **{**form, "body": f"{TEXT} Tout le texte.", "typed": "7"})
        assert "saved" in typing(it, form, f"{TEXT} Tout le", 6).json()["kept"]
        page = it.get(f"/write/{FILE}").text
        assert "Tout le texte." in as_sent(page)["body"]
        assert 'data-kept="saved"' in page
        assert "kept" in typing(it, form, f"{TEXT} Tout le texte, et après.", 8).json()["kept"], "somebody went back"


def test_p472_of_one_post_so_many_texts_wait_and_the_oldest_are_set_aside(
    here: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unsaved, "OPEN", 3)
    monkeypatch.setattr(unsaved, "MOST", 4)
    here.post("un")
    with desk(here.folder) as it:
        form = fields(it, FILE)
        for number in range(6):
            typing(it, {**form, "page": f"{number:016x}"}, f"{TEXT} Page {number}.", 1)
        assert len(list((here.folder / ".git/koweb/unsaved").iterdir())) == 3
        listed = re.findall(r'href="(\?aside=\d+)"', it.get(f"/versions/{FILE}").text)
        assert ["Page 2." in it.get(f"/versions/{FILE}{one}").text for one in listed] == [True, False, False]
        monkeypatch.setattr(unsaved, "ROOM", 1)
        typing(it, {**form, "page": "f" * 16}, f"{TEXT} Page 9.", 1)
        assert len(list((here.folder / ".git/koweb/unsaved").iterdir())) == 1, "never the newest"
        assert it.get(f"/versions/{FILE}").text.count("?aside=") == 1


def test_p472_a_text_that_no_forum_takes_is_kept_at_once_and_its_preview_says_so(here: Clone) -> None:
    here.post("un")
    here.run("doctor")
    with desk(here.folder) as it:
        form = fields(it, FILE)
        text = "Une phrase avec un [lien](https://example.org), et **du gras**.\r\n\r\n" * 30_000
        given = {**form, "body": text, "typed": "1"}
        began = time.monotonic()
        told = in_parts(it, given).json()
        assert time.monotonic() - began < 10
        assert "too long to be shown" in told["text"]
        assert "Make two posts of it" in told["side"]
        assert "kept" in told["kept"]
        assert in_parts(it, {**given, "body": "a" * 9_000_000}).status_code == 413


def in_parts(it: OpenDesk, form: dict[str, str]) -> requests.Response:
    """A form as the script of a page sends it."""
    parts = {name: (None, value) for name, value in form.items()}
    return it.browser.post(f"{it.home}/write-preview/{FILE}", files=parts, headers={"Origin": it.home}, timeout=60)


@needs_chromium
def test_p388_where_koweb_ended_one_sees_it_while_one_types_and_takes_the_text_along(
    here: Clone, browser: Browser
) -> None:
    long = "\n\n".join(f"{TEXT} {n}" for n in range(60))
    here.post("un", long)
    with desk(here.folder) as it, browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        page.goto(it.server.access.address(f"/write/{FILE}"))
        page.get_by_role("button", name="Save", exact=True).click()
        saved = page.locator("main .k-told[role=status]")
        expect(saved).to_be_visible()
        it.run.watcher.stop()
        it.server.server.shutdown()
        it.server.server.server_close()
        band = page.locator(".k-away")
        expect(band).to_be_visible(timeout=15_000)
        offer = page.get_by_role("button", name="Copy the text")
        expect(offer).to_be_hidden()
        page.locator("#k-body").press("Control+End")
        page.locator("#k-body").press_sequentially(" Et ceci.")
        expect(offer).to_be_in_viewport()
        expect(saved).to_be_hidden()
        assert "koweb desk" not in band.inner_text()
        assert judged(page, "ended") == []
        offer.click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("() => navigator.clipboard.readText()").endswith("59\n Et ceci.")
        page.on("dialog", lambda dialog: dialog.accept())


@needs_chromium
@pytest.mark.parametrize(
    ("kind", "told"),
    [("publish", "Publishing may have stopped; nothing is lost"), ("memory", "this page shows how things were")],
)
def test_p363_nothing_is_said_to_be_under_way_once_koweb_is_gone(
    here: Clone, browser: Browser, kind: str, told: str
) -> None:
    here.post("un")
    with desk(here.folder) as it, browser.new_context() as context:
        ends = threading.Event()
        it.run.work.start(kind, "Work", "/preview/", lambda _work: ends.wait(60))
        pages = [context.new_page() for _page in range(2)]
        for page, path in zip(pages, ("/preview/", "/work/"), strict=True):
            page.goto(it.server.access.address(path))
            expect(page.locator("[data-running]")).to_be_visible()
        it.run.watcher.stop()
        it.server.server.shutdown()
        it.server.server.server_close()
        for page in pages:
            expect(page.locator(".k-away")).to_be_visible(timeout=15_000)
            expect(page.locator(".k-away")).to_contain_text(told, use_inner_text=True)
            assert len(page.locator(".k-away p:visible").all()) == 1
            assert [one for one in page.locator("[data-running], .k-work").all() if one.is_visible()] == []
        ends.set()


def test_p483_what_is_typed_in_a_translation_is_kept_named_and_told_before_publishing(here: Clone) -> None:
    translated(here)
    before, place = here.read(ENGLISH), f"/write-translation/{ENGLISH}"
    with desk(here.folder) as it:
        form = as_sent(it.get(place).text)
        told = it.post(f"/write-preview/{ENGLISH}", **{**form, "body": "Typed here.", "typed": "3"}).json()
        assert (told["kept"][0], told["wrong"]) == ("kept", "")
        for waits in ("/preview/", "/publish/"):
            said = unescape(it.get(waits).text)
            assert "One topic (translation)" in said
            assert f'href="/write/{ENGLISH}"' in said
        again = it.get(place)
        assert as_sent(again.text)["body"] == "Typed here."
        assert 'data-kept="kept"' in again.text
        assert here.read(ENGLISH) == before
        it.post(f"/write-preview/{ENGLISH}", **{**form, "page": "f" * 16, "body": "On another page.", "typed": "1"})
        links = re.findall(rf'href="(/write/{ENGLISH}\?unsaved=\w+)"', it.get(place).text)
        assert "Typed here." in as_sent(it.get(links[0]).text)["body"]
        back = it.post(f"/write-preview/{ENGLISH}", **{**form, "page": "f" * 16, "typed": "2"}).json()
        assert back["kept"][0] == "saved", "it says what the file says"
        assert "Saved." in it.post(place, **as_sent(it.get(place).text)).text
        assert "One topic (translation)" not in it.get("/publish/").text
        assert here.read(ENGLISH).endswith("\nTyped here.\n")


@needs_chromium
def test_p388_what_could_not_be_kept_is_kept_as_soon_as_koweb_answers_again(here: Clone, browser: Browser) -> None:
    here.post("un")
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address(f"/write/{FILE}"))
        page.route("**/write-preview/**", lambda route: route.abort())
        page.locator("#k-body").press("Control+End")
        page.keyboard.type("Une autre phrase")
        state = page.locator("[data-kept]")
        away = "Not saved: koweb no longer answers. Copy your text, then open koweb again and paste it there."
        expect(state).to_have_text(away)
        page.unroute("**/write-preview/**")
        expect(state).to_have_text(re.compile("^Kept at"), timeout=15_000)


@needs_chromium
def test_p483_whoever_leaves_the_page_of_a_translation_finds_their_words_again(here: Clone, browser: Browser) -> None:
    translated(here)
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address(f"/write-translation/{ENGLISH}"))
        state = page.locator("[data-kept]")
        expect(state).to_have_text("Saved")
        page.locator("#k-body").press("Control+End")
        page.keyboard.type("Some more words.")
        expect(state).to_have_text(re.compile(r"^Kept at \d+:\d\d, not saved yet$"))
        wrong = judged(page, "typed-translation")
        page.goto(f"{it.home}/preview/")
        page.get_by_role("link", name="Go on writing").first.press("Enter")
        expect(page.locator("#k-body")).to_have_value(re.compile("Some more words"))
        page.get_by_role("button", name="Save", exact=True).press("Enter")
        expect(state).to_have_text("Saved")
        assert "Some more words." in here.read(ENGLISH)
        assert wrong == []
