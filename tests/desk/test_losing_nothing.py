"""Deleting in the desk, files that go while somebody writes, and what the next start says was under way."""

import re
from html import unescape

from koweb_sync.archive.place import placed
from koweb_sync.archive.store.schema import RUNS
from koweb_sync.archive.store.store import Store
from koweb_sync.config import load
from koweb_sync.sandbox import Sandbox
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.test_writing import FILE, fields, sent
from tests.workspace import TEXT, Clone


def waiting(it: OpenDesk) -> list[tuple[str, str]]:
    """What the first page says was under way: the sentence, and where it goes on."""
    found = re.search(r"To be finished(.*?)</section>", it.get("/").text, re.DOTALL)
    rows = re.findall(r'<li>(.*?) <a href="([^"]*)">', found[1] if found else "", re.DOTALL)
    return [(unescape(text), href) for text, href in rows]


def mark_of(it: OpenDesk) -> str:
    return str(re.findall(r'name="mark" value="(\w+)"', it.get(f"/write-delete/{FILE}").text)[0])


def test_p344_a_text_that_git_has_is_deleted_after_a_question_and_put_back(here: Clone) -> None:
    here.post("un")
    here.commit()
    here.push()
    before = here.read(FILE)
    with desk(here.folder) as it:
        page = it.get(f"/write-delete/{FILE}").text
        assert "Its topic stays on the forum as it is." in page
        assert "stays in the history" in page
        assert it.post(f"/write-delete/{FILE}", mark=mark_of(it)).status_code == 409
        assert it.post(f"/write-delete/{FILE}", mark="another", sure="on").status_code == 409
        assert here.read(FILE) == before
        assert "Deleted." in it.post(f"/write-delete/{FILE}", mark=mark_of(it), sure="on").text
        assert not (here.folder / FILE).exists()
        ((told, href),) = waiting(it)
        assert told.startswith("Deleted here: Un sujet nommé un. Its topic stays on the forum as it is.")
        assert href == "/publish/"
        it.post(f"/write-again/{FILE}")
        assert waiting(it) == []
    assert here.read(FILE) == before


def test_p344_a_text_is_kept_before_it_is_deleted_and_nothing_is_published(here: Clone, box: Sandbox) -> None:
    here.post("un")
    with desk(here.folder) as it:
        asked = it.get(f"/write-delete/{FILE}").text
        assert "in no kept version yet" in asked
        assert f'formaction="/write-delete/keep/{FILE}" formnovalidate>Keep this version first</button>' in asked
        kept = it.post(f"/write-delete/keep/{FILE}")
        assert "in no kept version yet" not in kept.text
        assert "Its text stays in the history" in kept.text
        assert "Keep this version first" not in kept.text
    assert here.git("show", f"HEAD:{FILE}") == here.read(FILE).strip()
    assert box.requests("POST") == []


def test_p344_a_text_that_was_never_published_is_deleted_without_a_word_of_a_topic(here: Clone, box: Sandbox) -> None:
    here.run("doctor")
    here.post("un")
    here.commit()
    with desk(here.folder) as it:
        it.post(f"/write-delete/{FILE}", mark=mark_of(it), sure="on")
        told = "Deleted here: Un sujet nommé un. The forum does not have it: nothing changes there."
        assert waiting(it) == [(told, "/publish/")]
        asked = it.get("/publish/").text
        assert "Confirm the deletion here</button>" in asked
        assert "Keep this version</button>" not in asked
    assert box.requests("POST") == []


def test_p345_a_file_that_goes_while_somebody_writes_takes_no_text_along(here: Clone) -> None:
    here.post("un", tags=["accueil"])
    here.git("add", "--all")
    with desk(here.folder) as it:
        form = {**fields(it, FILE), "body": "Écrit ici."}
        (here.folder / FILE).unlink()
        gone = it.post(f"/write/{FILE}", **form)
        assert gone.status_code == 409
        assert "Écrit ici." in gone.text
    with desk(here.folder) as it:
        text = "A text that you did not save is still here: Un sujet nommé un"
        assert waiting(it) == [(text, f"/write/{FILE}")]
        assert "Écrit ici." in it.get(f"/write/{FILE}").text
        it.post(f"/write-again/{FILE}")
        assert waiting(it) == []
    assert "accueil" in here.read(FILE)
    assert here.read(FILE).endswith("Écrit ici.\n")


def test_p346_the_next_start_says_what_was_under_way(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.push()
    box.edit(box.by_id("un").id, f"{TEXT} Là-bas.")
    here.reword("un", "Un texte", "Mon texte")
    settings = load(here.folder)
    with Store.open(placed(None, settings, here.folder, lambda _what: False)) as store:
        number = store.enter(settings.url, "kafe", 1)
        with store.begin() as connection:
            connection.execute(RUNS.insert().values(forum=number, n=1, started=1, via="rest"))
    with desk(here.folder) as it:
        sent(it, FILE, "write-preview", body="Pas enregistré.")
    here.run("pull", code=None)
    with desk(here.folder) as it:
        assert [href for _text, href in waiting(it)] == ["/bring-back/", f"/write/{FILE}", "/memory/state"]
        assert "two versions" in waiting(it)[0][0]
        assert "two versions" in it.get("/").text
