"""A desk that is killed at a step of git's while it publishes, brings back or finishes: the next start goes on, nothing
is lost, nothing is there twice. Few moments in the gate; `KOWEB_STEPS=1` tries all of them.
"""

import os
import re
import time
from pathlib import Path

import pytest

from koweb_sync.sandbox import Sandbox
from tests.desk.conftest import ServedPages, serving
from tests.desk.test_bringing_back import MINE, THEIRS, after
from tests.desk.test_ends import LATER, DeskProcess, desk_process
from tests.desk.test_publishing import mark, publish
from tests.forks import DeadlyGit
from tests.workspace import TEXT, Clone

pytestmark = [pytest.mark.server("2025"), pytest.mark.every]
EVERY = int(os.environ.get("KOWEB_STEPS") or 40)


def lived(it: DeskProcess) -> bool:
    """Whether the desk comes to the end of its work."""
    while it.thread.is_alive():
        try:
            if it.browser.get(f"{it.home}/work/", timeout=20, allow_redirects=False).status_code == 302:
                return True
        except OSError:
            it.over()
        time.sleep(0.05)
    return False


def pressed(here: Clone, git: DeadlyGit, step: int, path: str, **fields: str) -> bool:
    """Press a button at a desk that dies after so many steps of git's; whether it lived to the end."""
    with desk_process(here, git.env(LATER, "after")) as it:
        if path == "/publish/":
            fields["mark"] = mark(it.get(path))
        git.counted.write_text(str(LATER - step), encoding="ascii")
        it.post(path, **fields)
        return lived(it)


def test_p378_killed_while_it_publishes_each_post_is_there_once(box: Sandbox, here: Clone, tmp_path: Path) -> None:
    here.run("doctor")
    git, step, done = DeadlyGit(tmp_path), 1, False
    while not done:
        ident = f"message-{step}"
        here.post(ident)
        done = pressed(here, git, step, "/publish/", message="Un message")
        assert TEXT in here.read(f"posts/{ident}.md"), step
        with serving(here) as pages:
            for _turn in range(2):
                if 'id="k-publish"' in pages.get("/publish/").text:
                    publish(pages)
            assert "Everything is published" in pages.get("/publish/").text, step
        assert here.git("status", "--porcelain") == "", step
        assert here.published().count(ident) == 1, step
        assert sum(one.title == f"Un sujet nommé {ident}" for one in box.state.topics.values()) == 1, step
        step += EVERY
    assert step > EVERY + 1


@pytest.mark.parametrize("button", ["/bring-back/", "/bring-back/finish/", "/bring-back/undo/"])
def test_p378_killed_while_it_brings_back_both_texts_are_there(
    box: Sandbox, here: Clone, tmp_path: Path, button: str
) -> None:
    git, step, done = DeadlyGit(tmp_path), 1, False
    while not done:
        one, other = f"un-{step}", f"deux-{step}"
        for ident in (one, other):
            here.post(ident, f"{TEXT}\n\nUne phrase commune.\n\nLa fin.")
        here.commit()
        here.push()
        for ident in (one, other):
            box.edit(box.by_id(ident).id, here.raw(ident).replace("Une phrase commune.", THEIRS))
        here.reword(one, "Une phrase commune.", MINE)
        if button == "/bring-back/":
            done = pressed(here, git, step, button)
        else:
            with serving(here) as pages:
                after(pages, "/bring-back/")
                if button == "/bring-back/finish/":
                    decide_both(pages, one)
            done = pressed(here, git, step, button)
        with serving(here) as pages:
            come_to_rest(pages, one)
            assert here.git("status", "--porcelain") == "", step
            assert (MINE in here.read(f"posts/{one}.md"), THEIRS in here.read(f"posts/{one}.md")) == (True, True), step
            assert THEIRS in here.read(f"posts/{other}.md"), step
            for _turn in range(2):
                if 'id="k-publish"' in pages.get("/publish/").text:
                    publish(pages)
        assert MINE in here.raw(one), step
        assert THEIRS in here.raw(one), step
        step += EVERY


def come_to_rest(pages: ServedPages, ident: str) -> None:
    """Do what the pages say until nothing is left: bring back, decide for both, finish."""
    for _turn in range(4):
        home = pages.get("/bring-back/").text
        if "Two versions of the same place" not in home:
            after(pages, "/bring-back/")
            home = pages.get("/bring-back/").text
        if "Two versions of the same place" not in home:
            return
        if 'name="choice-0"' in home:
            decide_both(pages, ident)
        after(pages, "/bring-back/finish/")


def decide_both(pages: ServedPages, ident: str) -> None:
    """Keep both texts."""
    found = re.search(r'name="mark" value="(\w+)"', pages.get("/bring-back/").text)
    assert found
    pages.post(f"/bring-back/file/posts/{ident}.md", mark=found[1], **{"choice-0": "both", "text-0": ""})
