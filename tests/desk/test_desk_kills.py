"""A desk that is killed in the middle of writing loses no text, and the next start says what was under way."""

import os
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from koweb_sync.safe_files import PART
from tests.desk.killing import client, doomed
from tests.desk.test_writing import FILE, as_sent
from tests.workspace import PNG, TEXT, Clone

EVERY = 1 if os.environ.get("KOWEB_STEPS") else 5  # each fifth moment in the gate, every one by hand
TYPED = "Écrit longtemps."
TITLE = "Un titre assez long"


@pytest.fixture(scope="module")
def reaper() -> Iterator[Any]:
    """A process that can be killed."""
    with doomed() as post:
        yield post


def texts_of(folder: Path) -> dict[str, str]:
    """The post files of a folder."""
    return {path.name: path.read_text("utf-8") for path in (folder / "posts").glob("[!.]*.md")}


def killed(here: Clone, reaper: Any, tmp_path: Path, sent: tuple[Any, ...]) -> Iterator[tuple[int, Path]]:
    """Copies of a folder whose desk was killed while it did what was `sent`, each a step later; the last one lived."""
    step, lived = 1, False
    while not lived:
        folder = tmp_path / str(step)
        shutil.copytree(here.folder, folder)
        lived = reaper(folder, *sent, step)
        yield step, folder
        step += EVERY


def mark_of(browser: Any, address: str) -> str:
    """What the question whether to delete says of the texts that it is about."""
    return str(re.findall(r'name="mark" value="([^"]*)"', browser.get(address).text)[0])


@pytest.mark.parametrize("action", ["save", "new", "picture", "delete", "aside", "earlier"])
def test_p347_killed_in_the_middle_nothing_is_lost_and_the_next_start_says_it(
    here: Clone, reaper: Any, tmp_path: Path, action: str
) -> None:
    here.post("un", f"{TEXT} Autrefois.")
    here.commit()
    here.post("un")
    here.commit()
    before = here.read(FILE)
    browser = client(here.folder)
    form = {**as_sent(browser.get(f"/write/{FILE}").text), "body": TYPED}
    mark = mark_of(browser, f"/write-delete/{FILE}")
    if action in ("save", "picture", "aside", "earlier"):  # as the page does while somebody types
        browser.post(f"/write-preview/{FILE}", data=form)
    address, fields = {
        "save": (f"/write/{FILE}", form),
        "new": ("/write/", {"title": TITLE, "place": "0", "tags": "accueil"}),
        "picture": (f"/write-file/{FILE}", {**form, "alt": "Une salle"}),
        "delete": (f"/write-delete/{FILE}", {"mark": mark}),
        "aside": (f"/write-forget/{FILE}", {"sure": "on"}),
        "earlier": (f"/versions/{FILE}", {"at": here.git("rev-list", "HEAD", "--", FILE).split()[-1]}),
    }[action]
    seen = set()
    for step, folder in killed(here, reaper, tmp_path, (address, fields, PNG if action == "picture" else b"")):
        again = client(folder)
        home, texts = unescape(again.get("/preview/").text), texts_of(folder)
        said = re.search(r"To be finished.*?</section>", home, re.DOTALL)
        waits = said[0] if said else ""
        if action == "new":
            made = texts.get("un-titre-assez-long.md", "")
            assert not made or "tags" in made, step
            begun = any((folder / "posts").rglob(f"{PART}*"))  # before that, the browser alone has it
            assert made or TITLE in waits or not begun, step
            seen.add(bool(made))
        elif action == "delete":
            assert texts.get("un.md", before) == before, step
            assert ("un.md" in texts) != ('id="k-deleted"' in home), step
            seen.add("un.md" in texts)
        elif action in ("aside", "earlier"):
            assert texts["un.md"] == before, step
            listed = re.findall(r'href="(\?aside=\d+)"', again.get(f"/versions/{FILE}").text)
            set_aside = any(TYPED in again.get(f"/versions/{FILE}{one}").text for one in listed)
            there = TYPED in again.get(f"/write/{FILE}").text
            assert set_aside or there, step
            seen.add(there)
        else:
            assert texts["un.md"] == before or TYPED in texts["un.md"], step
            assert TYPED in texts["un.md"] or "still here" in waits, step
            assert TYPED in again.get(f"/write/{FILE}").text, step
            shown = re.findall(r"\((img/[^)]*)\)", texts["un.md"])
            assert all((folder / "posts" / one).read_bytes() == PNG for one in shown), step
            seen.add(TYPED in texts["un.md"])
    assert seen == {True, False}
    assert TEXT in before


@pytest.mark.parametrize("action", ["delete", "return"])
def test_p445_killed_while_a_text_goes_or_comes_back_it_is_in_the_folder_or_among_the_deleted(
    here: Clone, reaper: Any, tmp_path: Path, action: str
) -> None:
    here.post("un", f"{TEXT} Jamais gardé.")
    before = here.read(FILE)
    browser = client(here.folder)
    form = as_sent(browser.get(f"/write/{FILE}").text)
    browser.post(f"/write-preview/{FILE}", data={**form, "body": TYPED})
    address = f"/write-delete/{FILE}"
    fields = {"mark": mark_of(browser, address)}
    if action == "return":
        browser.post(address, data=fields)
        address, fields = f"/deleted/{FILE}", {"aside": asides(browser)[0]}
    seen = set()
    for step, folder in killed(here, reaper, tmp_path, (address, fields, b"")):
        again = client(folder)
        texts, listed = texts_of(folder), asides(again)
        assert texts.get("un.md", before) == before, step
        assert ("un.md" in texts) != bool(listed), step
        if listed:
            again.post(f"/deleted/{FILE}", data={"aside": listed[0]})
            assert texts_of(folder)["un.md"] == before, step
        kept = re.findall(r'href="(\?aside=\d+)"', again.get(f"/versions/{FILE}").text)
        there = [again.get(f"/versions/{FILE}{one}").text for one in kept]
        assert any(TYPED in one for one in (*there, again.get(f"/write/{FILE}").text)), step
        seen.add("un.md" in texts)
    assert seen == {True, False}


@pytest.mark.parametrize("action", ["delete", "return"])
def test_p445_killed_while_a_text_and_its_translation_go_or_come_back_all_can_be_put_back(
    here: Clone, reaper: Any, tmp_path: Path, action: str
) -> None:
    here.post("un", f"{TEXT} Jamais gardé.")
    here.write("posts/un.en.md", f"---\ntitle: A topic called un\n---\n\nNever kept. {TEXT}\n")
    before = texts_of(here.folder)
    browser = client(here.folder)
    address = f"/write-delete/{FILE}"
    fields = {"mark": mark_of(browser, address)}
    if action == "return":
        browser.post(address, data=fields)
        ((address, aside),) = rows_of(browser)
        fields = {"aside": aside}
    seen = set()
    for step, folder in killed(here, reaper, tmp_path, (address, fields, b"")):
        again = client(folder)
        left = texts_of(folder)
        seen.add(len(left))
        assert left.items() <= before.items(), step
        for path, one in rows_of(again):
            again.post(path, data={"aside": one})
        assert texts_of(folder) == before, step
    assert seen >= {0, 2}


def rows_of(browser: Any) -> list[tuple[str, str]]:
    """The deleted texts that no version has: where each is put back, and which one it is."""
    return re.findall(r'href="(/deleted/[^"?]+)\?aside=(\d+)"', browser.get("/deleted/").text)


def asides(browser: Any) -> list[str]:
    """The deleted texts that no version has, as the desk lists them."""
    return re.findall(rf'href="/deleted/{FILE}\?aside=(\d+)"', browser.get("/deleted/").text)
