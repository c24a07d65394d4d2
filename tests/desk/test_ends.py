"""Two pages and a terminal at once, kills, and the end of the desk: nothing is lost, nothing is sent twice."""

import os
import re
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from html import unescape
from pathlib import Path

import pytest
import requests

from koweb_sync.bookmark import read
from koweb_sync.cli.preview import serve
from koweb_sync.desk.run.session import DeskSession
from koweb_sync.desk.run.watcher import ChangeWatcher
from koweb_sync.git.repo import Repo
from koweb_sync.sandbox import Fault, Sandbox
from tests.desk.conftest import ServedPages, serving
from tests.desk.open_desk import desk
from tests.desk.test_bringing_back import MINE, THEIRS, after, both_change, published
from tests.desk.test_publishing import come_to_an_end, mark, publish
from tests.forks import DeadlyGit, Forked
from tests.workspace import TEXT, Clone, translating

__all__ = ["published"]
LATER = 100_000  # a call of git that never comes by itself


def address(process: Forked) -> re.Match[str]:
    """Where a desk serves, as soon as it says so."""
    for _turn in range(600):
        if process.said.exists() and (found := re.search(r"(http://[^/]+)/\?token=\S+", process.text())):
            return found
        time.sleep(0.05)
    raise AssertionError(process.text())


@dataclass(frozen=True, slots=True)
class DeskProcess:
    """A desk in a process of its own, and its browser."""

    process: Forked
    thread: threading.Thread
    browser: requests.Session
    home: str

    def get(self, path: str) -> requests.Response:
        return self.browser.get(self.home + path, timeout=20)

    def post(self, path: str, **fields: str) -> None:
        """Press a button; the desk may die before it answers."""
        try:
            self.browser.post(self.home + path, data=fields, headers={"Origin": self.home}, timeout=20)
        except requests.ConnectionError:
            assert self.process.pid

    def looked(self) -> None:
        """Wait for the look at the forum that it began by itself."""
        for _turn in range(600):
            if "Looked at the forum" in self.get("/preview/").text:
                return
            time.sleep(0.05)
        raise AssertionError(self.process.text())

    def over(self) -> None:
        self.thread.join(30)
        assert not self.thread.is_alive()


@contextmanager
def desk_process(here: Clone, env: Mapping[str, str] | None = None, *words: str) -> Iterator[DeskProcess]:
    """A desk that may be killed. `words`: of its command."""
    process = Forked(here.folder, "desk", *(words or ("--no-browser",)), env=env)
    process.said.unlink(missing_ok=True)
    thread = threading.Thread(target=process.run)
    thread.start()
    said = address(process)
    with closing(requests.Session()) as browser:
        try:
            browser.get(said[0], timeout=20)
            yield DeskProcess(process, thread, browser, said[1])
        finally:
            if thread.is_alive():
                process.kill()
            thread.join(30)


def test_p351_a_desk_killed_while_it_publishes_goes_on_from_there(box: Sandbox, here: Clone) -> None:
    here.run("doctor")
    here.post("un")
    here.post("deux")
    with desk_process(here) as it:
        box.fail(Fault("call", "POST", r"^/posts", nth=2, after_work=it.process.kill))
        it.post("/publish/", mark=mark(it.get("/publish/")), message="Deux messages")
        it.over()
    assert here.git("log", "-1", "--format=%s") == "Deux messages"
    with serving(here) as pages:
        assert "Publishing was cut off." in pages.get("/preview/").text
        assert "Publishing was cut off before" in pages.get("/publish/").text
        for _turn in range(2):  # what it finds out may be another plan, which is shown before it is carried out
            publish(pages)
        assert "Everything is published" in pages.get("/publish/").text
    assert here.published() == ["deux", "un"]


def test_p351_what_the_forum_took_before_the_kill_counts_as_published(box: Sandbox, published: Clone) -> None:
    published.run("doctor")
    published.reword("un", "Une phrase commune.", MINE)
    with desk_process(published) as it:
        box.fail(Fault("call", "PUT", r"^/posts", after_work=it.process.kill))
        it.post("/publish/", mark=mark(it.get("/publish/")), message="Une phrase")
        it.over()
    assert MINE in published.raw("un")
    with serving(published) as pages:
        before = len(published.writes())
        done = unescape(publish(pages).text)
        assert "<h1>Published</h1>" in done
        assert "published: the forum had received this text before the interruption" in done
        assert "moved since you looked" not in done
        assert len(published.writes()) == before
        assert "Everything is published" in pages.get("/publish/").text


def test_p351_what_the_forum_confirmed_before_the_kill_is_checked_and_finished(
    box: Sandbox, here: Clone, tmp_path: Path
) -> None:
    here.run("doctor")
    here.post("un")
    git = DeadlyGit(tmp_path)
    with desk_process(here, git.env(LATER, "before")) as it:
        dies_next = partial(git.counted.write_text, str(LATER - 1))  # the answer is noted, then git is called
        box.fail(Fault("call", "POST", r"^/posts", after_work=dies_next))
        it.post("/publish/", mark=mark(it.get("/publish/")), message="Un message")
        it.over()
    with serving(here) as pages:
        listed, page = (unescape(pages.get(path).text) for path in ("/preview/", "/publish/"))
        assert "the forum had received “Un sujet nommé un” already: only a check is left." in listed
        assert "go on with it" not in listed, "beside “Nothing is sent to the forum”"
        main = page[page.index("<main") :]
        assert re.findall(r"<button[^>]*>(.*?)</button>", main) == ["Check and finish"]
        assert "Whether the forum received “Un sujet nommé un”" in main
        assert re.findall("Nothing (?:is sent|to publish)|goes on with it", main) == []
        before = here.writes()
        done = unescape(publish(pages).text)
        assert "The forum had received “Un sujet nommé un” already: it is finished." in done
        assert ("<h1>Published</h1>" in done, "othing to publish" in done) == (True, False)
        assert here.writes() == before
        assert "cut off" not in pages.get("/preview/").text + pages.get("/publish/").text
    assert here.published() == ["un"]


def test_p351_what_is_left_after_the_kill_is_published_with_one_press(box: Sandbox, here: Clone) -> None:
    here.run("doctor")
    for ident in ("un", "deux"):
        here.post(ident)
    here.commit()
    here.push()
    for ident in ("un", "deux"):
        here.post(ident, f"{TEXT} Une phrase de plus.")
    with desk_process(here) as it:
        box.fail(Fault("call", "PUT", r"^/posts", after_work=it.process.kill))
        it.post("/publish/", mark=mark(it.get("/publish/")), message="Deux phrases")
        it.over()
    with serving(here) as pages:
        done = publish(pages).text
        assert "<h1>Published</h1>" in done
        assert ("before the interruption" in done, "brought up to date on the forum" in done) == (True, True)
    assert all("Une phrase de plus" in here.raw(ident) for ident in ("un", "deux"))


def test_p508_what_is_left_of_deletions_after_the_kill_is_done_with_one_press(box: Sandbox, here: Clone) -> None:
    here.configure('withdraw = "unlist"')
    for ident in ("un", "deux", "trois"):
        here.post(ident)
    here.commit()
    here.push()
    here.git("rm", "--quiet", "posts/un.md", "posts/deux.md")
    with desk_process(here) as it:
        box.fail(Fault("call", "PUT", r"^/t/\d+/status", after_work=it.process.kill))
        it.post("/publish/", mark=mark(it.get("/publish/")), message="Deux de moins", withdraw="on")
        it.over()
    with serving(here) as pages:
        done = unescape(publish(pages, withdraw="on").text)
        assert "<h1>Published</h1>" in done
        assert done.count("left the forum's lists before the interruption") == 1
        assert done.count("left the forum's lists</span>") == 1
        assert "moved since you looked" not in done
        assert "Everything is published" in pages.get("/publish/").text
    assert [box.by_id(ident).visible for ident in ("un", "deux", "trois")] == [False, False, True]


@pytest.mark.parametrize("new", [True, False])
def test_p508_what_is_left_of_translations_after_the_kill_is_published_with_one_press(
    box: Sandbox, here: Clone, *, new: bool
) -> None:
    translating(box)
    here.run("doctor")
    here.post("un")
    if not new:
        here.commit()
        here.push()
        here.post("un", f"{TEXT} Une phrase de plus.")
    here.write("posts/un.en.md", "---\ntitle: A topic called one\n---\n\nA text of some length.\n")
    with desk_process(here) as it:
        box.fail(Fault("call", "POST" if new else "PUT", r"^/posts", after_work=it.process.kill))
        it.post("/publish/", mark=mark(it.get("/publish/")), message="Avec sa traduction")
        it.over()
    with serving(here) as pages:
        done = unescape(publish(pages).text)
        assert "<h1>Published</h1>" in done
        assert "translated on the forum</span>" in done
        assert new or "published: the forum had received this text before the interruption" in done
        assert "moved since you looked" not in done
        assert "Everything is published" in pages.get("/publish/").text


def test_p352_a_desk_killed_while_it_brings_back_goes_on_from_there(
    box: Sandbox, published: Clone, tmp_path: Path
) -> None:
    both_change(box, published)
    published.commit("Ma version")
    git = DeadlyGit(tmp_path)
    with desk_process(published, git.env(LATER, "after")) as it:
        it.looked()
        git.counted.write_text(str(LATER - 20), encoding="ascii")
        it.post("/bring-back/")
        it.over()
    with serving(published) as pages:
        assert "Bringing the forum’s changes back was cut off." in pages.get("/preview/").text
        assert "Bringing the forum’s changes back was cut off before" in pages.get("/bring-back/").text
        after(pages, "/bring-back/")
        assert "Two versions of the same place" in pages.get("/bring-back/").text
    text = published.read("posts/un.md")
    assert MINE in text
    assert THEIRS in text


def test_p353_two_pages_and_a_terminal_send_nothing_twice(box: Sandbox, here: Clone, pages: ServedPages) -> None:
    here.run("doctor")
    here.post("un")
    shown = mark(pages.get("/publish/"))
    seen: list[object] = []

    def meanwhile() -> None:
        seen.append(pages.get("/publish/").url.endswith("/work/"))
        again = pages.post("/publish/ask/")
        seen.extend((again.status_code, 'href="/work/"' in again.text, Forked(here.folder, "push").run()))

    box.fail(Fault("call", "POST", r"^/posts", before=meanwhile))
    assert pages.post("/publish/", mark=shown, message="Un message").status_code == 200
    assert "<h1>Published</h1>" in come_to_an_end(pages).text
    assert (seen, here.published()) == ([True, 409, True, 3], ["un"])
    box.edit(box.by_id("un").id, f"{TEXT} Une phrase du forum.")
    asked: list[str] = []
    box.fail(Fault("call", "GET", before=lambda: asked.append(after(pages, "/bring-back/look/").text)))
    here.run("pull")
    assert "is running in this clone" in asked[0]
    assert "Try again" in asked[0]


def test_p354_work_comes_to_its_end_before_the_desk_does(box: Sandbox, here: Clone) -> None:
    here.run("doctor")
    here.post("un")
    with desk_process(here) as it:
        box.fail(Fault("call", "POST", r"^/posts", before=lambda: os.kill(it.process.pid, signal.SIGTERM)))
        it.post("/publish/", mark=mark(it.get("/publish/")), message="Un message")
        it.over()
        said = it.process.text()
        assert 0 < said.index("Still under way: Publishing") < said.index("Stopped.")
    assert here.published() == ["un"]
    repo = Repo.find(here.folder)
    kept = read(repo, repo.resolve("refs/koweb/kafe"))
    assert (list(kept.agreed), kept.lock) == (["un"], None)


def test_p354_a_desk_that_ends_by_itself_says_so(
    here: Clone, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_given: None)  # the tests' own stay
    run = DeskSession(here.folder, ChangeWatcher(here.folder), ends_alone=True, patience=0.1)
    run.seen = True
    serve(run, [], "/", port=0, browser=False)
    assert capsys.readouterr().err.endswith("No page is open any more: koweb stopped.\n")


def test_p354_the_desk_ends_after_its_last_page(here: Clone) -> None:
    with desk(here.folder) as it:
        it.run.ends_alone, it.run.patience = True, 0.3
        done = threading.Event()
        ending = threading.Thread(target=it.server.wait, args=(it.run.nobody_needs_it,))
        ending.start()
        with closing(it.browser.get(it.home + "/events", stream=True, timeout=20)) as page:
            next(page.iter_content(None))
            ending.join(0.8)
            assert ending.is_alive()
            it.run.work.start("try", "Trying", "/", lambda _work: done.wait(20))
        ending.join(0.8)
        assert ending.is_alive()
        done.set()
        ending.join(10)
        assert not ending.is_alive()
