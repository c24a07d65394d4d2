"""Publishing from several pages at once, and from a terminal meanwhile: nothing is sent twice, and nothing is lost."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests

from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.gateway.faults import Fault
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.test_publishing import mark
from tests.workspace import TEXT, Clone

WHEN = (0.0, 0.3, 1.0)  # seconds before the terminal pushes


def pressed(it: OpenDesk, shown: str, start: threading.Barrier) -> requests.Response:
    """A page on which somebody presses Publish at the very moment at which others do."""
    with requests.Session() as browser:
        browser.cookies.update(it.browser.cookies)
        start.wait(20)
        return browser.post(
            f"{it.home}/publish/",
            data={"mark": shown, "message": "Des nouvelles"},
            headers={"Origin": it.home},
            allow_redirects=False,
            timeout=60,
        )


def test_p473_pages_and_a_terminal_publish_at_once_and_each_text_is_sent_once(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.push()
    for turn, seconds in enumerate(WHEN):
        new, edited = f"nouveau-{turn}", f"{TEXT} Tour {turn}."
        here.post(f"commis-{turn}")
        here.commit()
        here.post(new)
        here.post("un", edited)
        before = len(box.requests("POST")), len(box.requests("PUT"))
        box.fail(Fault("slow", writes=True, seconds=0.5))
        with desk(here.folder) as it, ThreadPoolExecutor(4) as pool:
            shown, start = mark(it.get("/publish/")), threading.Barrier(3)
            pages = [pool.submit(pressed, it, shown, start) for _page in range(3)]
            time.sleep(seconds)
            terminal = here.alone("push", code=None)
            led = [one.result().headers.get("Location") for one in pages]
            assert led == ["/work/"] * 3, "one page publishes, the others show that it is under way"
            it.done(pages[0].result())
        assert terminal.code in (0, 3, 4, 5), terminal.text
        here.push()  # what the one left out because the other was at it
        assert here.git("status", "--porcelain") == ""
        assert here.raw("un") == edited
        posts, puts = (len(box.requests(verb)) - one for verb, one in zip(("POST", "PUT"), before, strict=True))
        assert (posts, puts) == (2, 1), "each new text is one topic, and each change one edit"
        assert {f"commis-{turn}", new} <= set(here.published())
    assert len(here.published()) == len(set(here.published()))
