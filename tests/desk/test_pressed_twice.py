"""Buttons that are pressed twice: nothing happens twice, and nobody is refused what was just done."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
import requests

from koweb_sync import safe_files
from koweb_sync.desk.run.session import DeskSession
from koweb_sync.desk.run.watcher import ChangeWatcher
from koweb_sync.desk.serving import presses
from koweb_sync.sandbox import Sandbox
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.test_losing_nothing import mark_of
from tests.desk.test_publishing import mark
from tests.desk.test_writing import FILE
from tests.workspace import Clone

Press = Callable[[], requests.Response]


@pytest.fixture
def it(here: Clone) -> Iterator[OpenDesk]:
    """A desk with one post."""
    here.post("un")
    with desk(here.folder) as opened:
        yield opened


def twice(press: Press, *, at_once: bool) -> list[requests.Response]:
    """Press a button twice."""
    if not at_once:
        return [press(), press()]
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(lambda _number: press(), range(2)))


@pytest.mark.parametrize("at_once", [False, True])
def test_p520_a_new_post_is_made_once(it: OpenDesk, here: Clone, at_once: bool) -> None:
    answers = twice(lambda: it.post("/write/", title="Un nouveau sujet", place="0", tags=""), at_once=at_once)
    assert [one.status_code for one in answers] == [200, 200]
    assert len({one.url for one in answers}) == 1
    assert len([*(here.folder / "posts").glob("*.md")]) == 2


@pytest.mark.parametrize("at_once", [False, True])
def test_p520_a_post_that_is_deleted_by_a_double_click_is_set_aside_once(
    it: OpenDesk, here: Clone, at_once: bool
) -> None:
    asked = mark_of(it)
    answers = twice(lambda: it.post(f"/write-delete/{FILE}", mark=asked), at_once=at_once)
    assert [one.status_code for one in answers] == [200, 200]
    assert {one.url.partition("/preview/")[1] for one in answers} == {"/preview/"}
    assert len([*(here.folder / ".git/koweb/deleted").iterdir()]) == 1


def test_p520_a_refusal_waits_for_what_the_first_press_comes_to(
    it: OpenDesk, here: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, write = Event(), safe_files.write

    def slowly(*words: object, **more: object) -> None:
        write(*words, **more)  # type: ignore[arg-type]
        if not written.is_set():
            written.set()
            time.sleep(0.5)

    monkeypatch.setattr(safe_files, "write", slowly)

    def press() -> requests.Response:
        return it.post("/write/", title="Un nouveau sujet", place="0", tags="")

    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(press)
        assert written.wait(20)
        second = press()
        assert (second.status_code, second.url) == (200, first.result().url)


def test_p520_the_same_press_later_or_after_another_one_is_refused_as_ever(
    it: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = mark_of(it)
    assert it.post(f"/write-delete/{FILE}", mark=asked).status_code == 200
    it.post("/write/", title="Un nouveau sujet", place="0", tags="")
    assert it.post(f"/write-delete/{FILE}", mark=asked).status_code == 404
    monkeypatch.setattr(presses, "AGAIN", -1.0)
    assert it.post("/write/", title="Un tout autre sujet", place="0", tags="").status_code == 200
    assert it.post("/write/", title="Un tout autre sujet", place="0", tags="").status_code == 409


def test_pages_that_ask_at_once_open_the_folder_once(tmp_path: Path) -> None:
    opened: list[int] = []
    run = DeskSession(tmp_path, ChangeWatcher(tmp_path))

    def opens() -> None:
        time.sleep(0.1)
        opened.append(1)

    run.opens = opens
    with ThreadPoolExecutor(4) as threads:
        assert [*threads.map(lambda _number: run.renew(), range(4))] == [None] * 4
    assert opened == [1]


def test_modules_in_a_folder_of_posts_are_never_run(here: Clone, box: Sandbox) -> None:
    here.run("doctor")
    for name in ("koweb_sync/__init__.py", "click.py"):
        here.write(name, "from pathlib import Path\nPath(__file__).with_name('ran').touch()\n")
    here.post("un")
    with desk(here.folder) as it:
        it.done(it.post("/publish/", mark=mark(it.get("/publish/")), message="Un message"))
        it.done(it.post("/memory/run"))
    assert here.published() == ["un"]
    assert [*here.folder.rglob("ran")] == []
