"""Work that takes long is told on every page: what it is, how far it is, how it ended, and where one reads of it."""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from threading import Event

from flask import current_app
from playwright.sync_api import Browser, expect

from koweb_sync.archive.store.schema import RUNS
from koweb_sync.archive.store.store import Store
from koweb_sync.desk.run.work import RunningWork
from koweb_sync.desk.serving.command_work import told
from koweb_sync.errors import KowebError
from koweb_sync.sandbox import Fault, Sandbox
from koweb_sync.told_progress import SIGN, line, stage
from tests.browsing import needs_chromium
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.test_publishing import mark
from tests.workspace import PNG, TEXT, Clone

WORK_LINE = re.compile(r'<aside class="k-work"[^>]* data-work( hidden)?>(.*?)</aside>', re.DOTALL)


def told_on(it: OpenDesk, path: str) -> str:
    """What the line about work says on a page; nothing where it is not shown."""
    (found,) = WORK_LINE.findall(it.get(path).text)
    text = " ".join(re.sub(r"<[^>]*>", " ", found[1]).split())
    assert bool(found[0]) == (not text), path
    return text


def pages_of(it: OpenDesk) -> list[str]:
    """Every page of the menu, and some that are reached from there."""
    with it.server.app.app_context():
        menu = [one.path for one in current_app.extensions["menu"]]
    return [*menu, "/memory/state", "/deleted/", "/preview/posts/un.md", "/write/posts/un.md", "/nowhere/"]


@contextmanager
def working(it: OpenDesk, after: str, error: KowebError | None = None) -> Iterator[RunningWork]:
    """Work that is 3 / 12 done, and ends with the context."""
    go_on = Event()

    def work(running: RunningWork) -> None:
        running.reach(3, 12)
        go_on.wait(60)
        if error:
            raise error

    begun = it.run.work.start("memory", "Updating the memory", after, work)
    try:
        yield begun
    finally:
        go_on.set()
        begun.over.wait(60)


def test_p499_every_page_tells_of_work_until_somebody_saw_what_came_of_it(here: Clone) -> None:
    here.post("un")
    here.run("archive")
    with desk(here.folder) as it:
        pages = [one for one in pages_of(it) if one != "/memory/state"]
        assert {told_on(it, one) for one in pages} == {""}
        with working(it, "/memory/state"):
            (said,) = {told_on(it, one) for one in pages}
            assert said.startswith(
                "Updating the memory: under way. Until it is done, the pages show what koweb has read"
            )
            assert said.endswith("3 / 12 See how far it is")
            assert "data-work" not in (own := it.get("/work/").text), "which says it all"
            assert re.findall(r'<a href="([^"]+)"[^>]* aria-current="page"', own) == ["/memory/"], "where it belongs"
        assert {told_on(it, one) for one in pages} == {"Updating the memory: done. See the result"}
        assert it.browser.get(f"{it.home}/memory/state", headers={"Sec-Fetch-Dest": "empty"}, timeout=20).ok
        assert told_on(it, "/memory/"), "a page that renews itself is not looked at"
        assert it.get("/work/").url.endswith("/memory/state")
        assert {told_on(it, one) for one in pages_of(it)} == {""}


def test_p499_while_the_memory_is_read_nothing_offers_to_read_it(here: Clone) -> None:
    with desk(here.folder) as it:
        for rooms in (("/memory/", "/who-waits/"), ("/memory/", "/who-waits/", "/memory/state")):
            with working(it, "/memory/state") as begun:
                begun.reach(27, 0)
                for room in rooms:
                    text = it.get(room).text
                    assert 'action="/memory/run"' not in text
                    assert text.count("koweb is reading the forum:") == 1
                    assert "<progress aria-label=" in text
                    assert "Nobody has been waiting" not in text, "nobody knows yet"
            assert 'action="/memory/run"' in it.get(rooms[-1]).text
            here.run("archive")
        assert "Nobody has been waiting" in it.get("/who-waits/").text


def test_while_the_memory_is_read_no_page_says_that_it_was_or_that_it_was_cut_off(here: Clone) -> None:
    here.post("un")
    here.run("archive")
    here.run("fetch")
    with Store.open(str(here.folder / "koweb-archive.sqlite")) as store:
        number = store.enter(here.box.url, "kafe", 1)
        with store.begin() as connection:  # a run that began, as the one under way did
            begun = {"forum": number, "n": 99, "started": time.time_ns() // 1_000, "via": "rest", "keyed": 3}
            connection.execute(RUNS.insert().values(**begun))
    with desk(here.folder) as it:
        with working(it, "/memory/state"):
            pages = [it.get(one).text for one in ("/preview/", "/memory/state")]
            assert "<dt>Last update</dt><dd>under way now</dd>" in pages[1]
            for text in pages:
                assert "cut off" not in text
                assert "not finished" not in text
                assert "before the memory was updated" not in text
        assert "The last reading of the forum was cut off." in it.get("/preview/").text


def test_what_it_takes_is_told_while_it_runs_and_not_when_it_is_past(here: Clone) -> None:
    with desk(here.folder) as it:
        it.post("/memory/run")
        work = it.run.work.last
        assert work is not None
        work.over.wait(60)
        assert [one for one in work.lines if "request" in one] == []
        assert any(re.fullmatch(r"This takes (about \d+ minutes?|less than a minute)\.", one) for one in work.ahead)
        assert any("request" in one for one in work.asides)
        for page in (it.get("/work/").text, it.get("/memory/state").text):
            assert "This takes" not in page
            assert "request" not in page
        with working(it, "/memory/state") as begun:
            begun.say_ahead(work.ahead[0])
            begun.say_aside(work.asides[0])
            page = it.get("/work/").text
            assert work.ahead[0] in page
            assert "request" in page
            assert "request" not in re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL)


def test_p499_work_that_came_to_nothing_is_told_until_somebody_read_why(here: Clone) -> None:
    with desk(here.folder) as it:
        with working(it, "/memory/", KowebError("The disk is full.")):
            pass
        assert told_on(it, "/memory/") == "Updating the memory: that did not work. See why", "not its result"
        assert "The disk is full." in it.get("/work/").text
        assert told_on(it, "/memory/") == ""


@needs_chromium
def test_p499_an_open_page_follows_work_and_keeps_what_is_typed(here: Clone, browser: Browser) -> None:
    here.run("archive")
    with desk(here.folder) as it, browser.new_context() as context:
        page = context.new_page()
        page.goto(it.server.access.address("/"))
        page.goto(f"{it.home}/memory/")
        page.get_by_label("Words in what was said").fill("tortue")
        with working(it, "/memory/state") as begun:
            shown = page.locator("[data-work]")
            expect(shown).to_contain_text("3 / 12")
            begun.reach(7, 12)
            expect(shown).to_contain_text("7 / 12")
            shown.get_by_role("link").focus()
        expect(shown).to_contain_text("Updating the memory: done.")
        expect(shown.get_by_role("link")).to_be_focused()
        expect(page.get_by_label("Words in what was said")).to_have_value("tortue")
        page.keyboard.press("Enter")
        page.wait_for_url("**/memory/state")
        expect(page.locator("[data-work]")).to_be_hidden()


@needs_chromium
def test_p513_an_open_page_shows_what_came_of_work_and_loses_nothing(
    here: Clone, box: Sandbox, browser: Browser
) -> None:
    here.post("un", title="Dire bonjour aux tortues")
    here.commit()
    here.push()
    here.run("archive")
    with desk(here.folder) as it, browser.new_context() as context:
        search, report = context.new_page(), context.new_page()
        search.goto(it.server.access.address("/"))
        search.goto(f"{it.home}/memory/?q=tortues")
        report.goto(f"{it.home}/report/")
        report.get_by_label("the days that you choose:").check()
        report.get_by_label("First day").fill("2026-01-02")
        report.get_by_label("facilitators alone").check()
        search.get_by_label("Words in what was said").fill("lièvres")
        search.get_by_label("Words in what was said").press("ArrowLeft")
        box.reply(box.by_id("un").id, f"Bonjour, chères tortues. {TEXT}")
        expect(search.get_by_text("chères")).to_have_count(0)
        it.done(it.post("/memory/run"))
        expect(search.get_by_text("chères")).to_have_count(1, timeout=60_000)
        it.done(it.post("/report/make", period="365d", audience="community"))
        expect(report.get_by_role("link", name="Read the report for the community")).to_be_visible(timeout=60_000)
        words = search.get_by_label("Words in what was said")
        expect(words).to_be_focused()
        expect(words).to_have_value("lièvres")
        assert words.evaluate("one => one.selectionStart") == len("lièvres") - 1
        expect(report.get_by_label("the days that you choose:")).to_be_checked()
        expect(report.get_by_label("First day")).to_have_value("2026-01-02")
        expect(report.get_by_label("facilitators alone")).to_be_checked()


def test_p500_a_command_tells_the_desk_how_far_it_is(here: Clone) -> None:
    running = RunningWork("memory", "Updating the memory", "/memory/", lambda: None)
    said = "\n".join(("One.", line(4, 9), stage("images"), "Two."))
    words = f"import sys; print({said!r}, file=sys.stderr); print('Done.')"
    assert told([sys.executable, "-c", words], str(here.folder), running) == "Done."
    assert (running.lines, running.done, running.total) == (["One.", "Two."], 4, 9)
    assert running.stage == "Now: images"


def test_p500_reading_much_of_a_forum_is_told_in_steps(here: Clone) -> None:
    for number in range(12):
        here.post(f"sujet-{number}")
    here.commit()
    here.push()
    steps, now = set(), set()
    with desk(here.folder) as it:
        it.post("/memory/run")
        begun = it.run.work.last
        assert begun is not None
        at = begun

        def look() -> None:
            steps.add((at.done, at.total))
            now.add(at.stage)

        begun.tell = look
        begun.over.wait(60)
    assert len(steps) > 2
    assert {"Now: reading topics", "Now: reading posts"} <= now
    assert {total for _done, total in steps} == {0}, "which is a guess"
    assert not any(SIGN in one for one in begun.lines)
    assert SIGN not in here.run("archive", "verify").text, "a person is told in words"


def test_p530_who_waits_for_a_publication_reads_what_is_done_now(here: Clone, box: Sandbox) -> None:
    here.run("doctor")
    here.write("posts/a.png", PNG)
    here.write("posts/b.png", PNG + b"2")
    here.post("un", f"{TEXT}\n\n![Un plan](a.png)\n\n![Une carte](b.png)")
    now: list[str] = []
    with desk(here.folder) as it:

        def look() -> None:
            now.append(unescape(it.get("/work/").text))

        for nth in (1, 2):
            box.fail(Fault("call", "POST", r"^/uploads", nth=nth, after_work=look))
        it.done(it.post("/publish/", mark=mark(it.get("/publish/")), message="Un sujet"))
        for words in ("sending its files, 1 of 2.", "sending its files, 2 of 2."):
            assert any(f'<p role="status">“Un sujet nommé un”: {words}</p>' in one for one in now), words
        now.clear()
        box.edit(box.by_id("un").id, f"{TEXT} Et plus.")
        box.fail(Fault("call", path=r"^/", after_work=look, times=3))
        it.done(it.post("/bring-back/look/"))
        assert any("Reading what changed." in one or "Asking the forum what changed." in one for one in now), now
