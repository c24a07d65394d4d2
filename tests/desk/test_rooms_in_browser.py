"""Setting up, who waits, the memory and the report in a real browser: everybody can use all their pages and states."""

import base64
import os
import re
from pathlib import Path
from threading import Event

from playwright.sync_api import Browser, Page, expect

from koweb_sync.sandbox import Sandbox
from tests.browsing import four_ways, needs_chromium
from tests.desk.open_desk import desk
from tests.desk.test_setting_up import empty
from tests.desk.test_writing import FILE, sent
from tests.workspace import PNG, TEXT, Clone

pytestmark = needs_chromium
__all__ = ["empty"]
SHOTS = os.environ.get("KOWEB_TEST_SHOTS")  # a folder for pictures of the pages, for somebody who looks at them


def judged(page: Page, name: str) -> list[str]:
    """What is wrong with a page, at two widths and in two schemes."""
    wrong = []
    for scheme, width, faults in four_ways(page):
        wrong += [f"{name} {one}" for one in faults]
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name.strip('/').replace('/', '-')}-{width}-{scheme}.png", full_page=True)
    return wrong


def test_p336_everybody_can_set_up(empty: Path, box: Sandbox, browser: Browser) -> None:
    with desk(empty) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address("/"))
        wrong = judged(page, "forum")
        page.get_by_label("Address of the forum").fill("forum")
        page.get_by_label("Your username there").fill("admin")
        page.get_by_label("Your key").fill(box.keys["all_users"])
        page.keyboard.press("Enter")
        page.get_by_role("alert").wait_for()
        wrong += judged(page, "forum-wrong")
        page.get_by_label("Address of the forum").fill(f"{box.url}/latest")
        page.get_by_label("Your key").fill(box.keys["all_users"])
        page.keyboard.press("Enter")
        page.get_by_label("Folder on this computer").wait_for()
        wrong += judged(page, "folders")
        page.get_by_label("Name", exact=True).fill("Claire")
        page.get_by_label("E-mail address").fill("claire@example.org")
        chosen = page.locator("[name=category]")
        for one in chosen.all():
            one.uncheck()
        page.get_by_role("button", name="Set it up").click()
        page.get_by_role("alert").wait_for()
        wrong += judged(page, "folders-wrong")
        chosen.first.check()
        page.get_by_role("button", name="Set it up").click()
        page.get_by_role("button", name="Begin to write").wait_for()
        wrong += judged(page, "first-post")
        page.goto(f"{it.home}/set-up/")
        wrong += judged(page, "done")
        page.set_viewport_size({"width": 390, "height": 900})
        menu = page.get_by_role("button", name="Menu")
        closed = menu.bounding_box()
        menu.click()
        page.get_by_role("link", name="Publish").wait_for()
        assert menu.bounding_box() == closed, "it stays where it was pressed"
        wrong += judged(page, "menu-open")
        assert wrong == []


def test_p337_everybody_can_read_memory_and_report(here: Clone, browser: Browser) -> None:
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address("/memory/"))
        wrong = judged(page, "nothing")
        page.get_by_role("button", name="Update the memory").click()
        page.get_by_role("button", name="Check the memory").wait_for(timeout=60_000)
        wrong += judged(page, "state")
        page.get_by_role("link", name="Search and read").click()
        wrong += judged(page, "memory")
        page.locator("main .k-rows a").first.click()
        wrong += judged(page, "topic")
        for path in ("/memory/?q=hippopotame", "/who-waits/", "/report/"):
            page.goto(f"{it.home}{path}")
            wrong += judged(page, path)
        page.get_by_role("button", name="Make the report").click()
        page.get_by_role("link", name="for the community").wait_for(timeout=60_000)
        wrong += judged(page, "report-made")
        assert wrong == []


def test_p337_the_clock_of_work_that_says_nothing_goes_on(here: Clone, browser: Browser) -> None:
    go_on = Event()
    with desk(here.folder) as it, browser.new_context() as context:
        it.run.work.start("report", "The report is made", "/preview/", lambda _work: go_on.wait(60))
        page = context.new_page()
        page.goto(it.server.access.address("/work/"))
        began = page.get_by_role("timer").inner_text()
        expect(page.get_by_role("timer")).not_to_have_text(began)
        go_on.set()
        page.wait_for_url("**/preview/")


SHOWN = {"Une salle|2x1": "une-salle", "Un cercle": "un-cercle", "Une fête": "une-fete"}
PASTE = """(data) => {
  const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0)), given = new DataTransfer();
  given.items.add(new File([bytes], "image.png", { type: "image/png" }));
  const said = new ClipboardEvent("paste", { clipboardData: given, bubbles: true, cancelable: true });
  document.querySelector("#k-body").dispatchEvent(said);
}"""


def test_p316_p348_what_one_types_is_seen_and_kept_and_files_have_fields_of_their_own(
    here: Clone, browser: Browser, tmp_path: Path
) -> None:
    here.post("un")
    here.post("deux", path="posts/bases/deux.md", title="L’été à Paris, en août")
    two = [tmp_path / "IMG_1.png", tmp_path / "IMG_2.png"]
    for one in two:
        one.write_bytes(PNG)
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address("/"))
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{it.home}/write/{FILE}")
        page.get_by_label("Text", exact=True).press("Control+End")
        page.get_by_label("Text", exact=True).type("\nUne **phrase** neuve.")
        expect(page.locator(".cooked strong")).to_have_text("phrase")
        assert "phrase" not in here.read(FILE)
        page.goto(f"{it.home}/write/{FILE}")
        expect(page.locator(".cooked strong")).to_have_text("phrase")
        page.get_by_label("Text", exact=True).press("Control+End")
        page.get_by_role("button", name="Link", exact=True).click()
        page.get_by_label("Words of its title, or its address").fill("ETE paris")
        page.get_by_role("button", name="Search, or add the address").press("Enter")
        expect(page.get_by_role("button", name="L’été à Paris, en août")).to_be_focused()
        page.get_by_label("File", exact=True).set_input_files(two)
        shows, width = page.get_by_label("What it shows, in a few words"), page.get_by_label("Width in pixels")
        add = page.get_by_role("button", name=re.compile("Add (it|them) to the text"))
        shows.first.fill("Une salle")
        width.first.fill("large")
        add.press("Enter")
        expect(page.locator("#k-width-0-fault")).to_contain_text("whole number")
        expect(page.get_by_role("group", name="IMG_2.png").get_by_role("alert")).to_contain_text("the picture shows")
        expect(page.locator("#k-width-0")).to_be_focused()
        wrong = judged(page, "files-wrong")
        assert not (here.folder / "posts/img").exists()
        width.first.fill("2")
        shows.last.fill("Un cercle")
        add.press("Enter")
        expect(page.locator(".cooked img[alt='Un cercle']")).to_be_visible()
        page.evaluate(PASTE, base64.b64encode(PNG).decode())
        expect(page.locator("#k-alt-0")).to_be_focused()
        shows.fill("Une fête")
        add.press("Enter")
        expect(page.locator(".cooked img[alt='Une fête']")).to_be_visible()
        page.get_by_role("button", name="Link", exact=True).press("Enter")
        page.get_by_label("Words of its title, or its address").fill("L’été à Paris, en août")
        page.get_by_role("button", name="Search, or add the address").press("Enter")
        expect(page.locator(".cooked a[href='/preview/posts/bases/deux.md']")).to_be_visible()
        page.get_by_role("button", name="Save", exact=True).press("Enter")
        expect(page.get_by_text("Saved.")).to_be_visible()
        assert wrong == []
    there = "\n\n".join(f"![{one}](img/{name}.png)" for one, name in SHOWN.items())
    assert here.read(FILE).endswith(
        f"{TEXT}\n\nUne **phrase** neuve.\n\n{there}\n\n[L’été à Paris, en août](bases/deux.md)\n"
    )


def test_p341_everybody_can_filter_delete_and_keep_what_was_typed(here: Clone, browser: Browser) -> None:
    here.post("un")
    here.post("deux", path="posts/bases/deux.md")
    here.write("posts/zut.md", "sans rien")
    with desk(here.folder) as it, browser.new_context() as context:
        sent(it, "posts/bases/deux.md", "write-preview", body="Pas enregistré.")
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(it.server.access.address("/"))
        wrong = judged(page, "list")
        page.get_by_label("Words of the title").fill("rien de tel")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_text("No post fits all of this.")).to_be_visible()
        page.goto(f"{it.home}/write/{FILE}")
        page.get_by_label("Text", exact=True).fill(f"{TEXT} Et plus encore.")
        page.get_by_role("link", name="Delete this post…").press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Delete “Un sujet nommé un”?")
        wrong += judged(page, "delete")
        page.get_by_role("link", name="Back to the text").click()
        (here.folder / FILE).unlink()
        page.get_by_role("button", name="Save", exact=True).press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("This text is not there any more")
        page.goto(f"{it.home}/write-delete/posts/bases/deux.md")
        page.get_by_role("button", name="Delete it from this folder").press("Enter")
        page.get_by_role("status").get_by_role("link", name="Deleted texts").press("Enter")
        wrong += judged(page, "deleted")
        page.get_by_role("link", name="Un sujet nommé deux").press("Enter")
        page.get_by_text("Forget this text for good").click()
        wrong += judged(page, "deleted-text")
        page.get_by_role("button", name="Put it back").press("Enter")
        expect(page.get_by_text("The text is back in this folder.")).to_be_visible()
        assert wrong == []
