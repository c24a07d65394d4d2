"""What somebody types before the scripts of a page are there is kept, too."""

from playwright.sync_api import Browser, Route, expect

from tests.browsing import needs_chromium
from tests.desk.open_desk import desk
from tests.desk.test_writing import FILE
from tests.workspace import Clone

pytestmark = needs_chromium
WORDS = "Quelques mots qui attendent leur tour, et qui sont assez longs."


def test_p537_words_that_come_before_the_script_are_kept(here: Clone, browser: Browser) -> None:
    here.post("un")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        page.route("**/keep.js", hold)
        with page.expect_request("**/keep.js"):
            page.goto(it.server.access.address(f"/write/{FILE}"), wait_until="commit")
        page.locator("#k-body").fill(WORDS)
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            held[0].continue_()
        page.wait_for_load_state("load")
        page.close()
        again = context.new_page()
        again.goto(it.server.access.address(f"/write/{FILE}"))
        expect(again.locator("#k-body")).to_have_value(WORDS)
