"""Deleting in the desk, files that go while somebody writes, and what the next start says was under way."""

import re
from html import unescape

import pytest

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


def deleted_here(page: str) -> list[str]:
    """What the first page says of deleted files of which nothing is left to do."""
    found = re.search(r'id="k-deleted"(.*?)</section>', page, re.DOTALL)
    return [unescape(one) for one in re.findall(r"<li>(.*?) <form", found[1] if found else "", re.DOTALL)]


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
        assert "“Put it back” returns it" in page
        assert it.post(f"/write-delete/{FILE}", mark="another").status_code == 409
        assert here.read(FILE) == before
        assert deleted_here(it.post(f"/write-delete/{FILE}", mark=mark_of(it)).text)
        assert not (here.folder / FILE).exists()
        (told,) = deleted_here(it.get("/").text)
        assert told.startswith("“Un sujet nommé un”. Its topic stays on the forum as it is.")
        it.post(f"/write-again/{FILE}")
        assert deleted_here(it.get("/").text) == []
    assert here.read(FILE) == before


@pytest.mark.parametrize("withdraw", ["keep", "unlist", "close", "delete"])
def test_p344_a_deletion_is_confirmed_once_where_it_changes_the_forum(here: Clone, box: Sandbox, withdraw: str) -> None:
    here.configure(f'withdraw = "{withdraw}"')
    here.post("un")
    here.commit()
    here.push()
    with desk(here.folder) as it:
        asked = it.get(f"/write-delete/{FILE}").text
        assert 'type="checkbox"' not in asked, "what can be put back is not asked twice"
        assert ("nothing changes on the forum yet" in asked) is (withdraw != "keep")
        listed = it.post(f"/write-delete/{FILE}", mark=mark_of(it)).text
        assert "k-good" not in listed, "nothing is called done beside what is left to do"
        assert bool(deleted_here(listed)) is (withdraw == "keep")
        waits = [(told, href) for told, href in waiting(it) if "not yet on the forum: “Un sujet nommé un”" in told]
        assert [href for _told, href in waits] == ([] if withdraw == "keep" else ["/publish/"])
        there = unescape(it.get("/publish/").text)
        assert there.count('type="checkbox"') == (withdraw != "keep")
        assert (re.search(r"Yes, I confirm for the forum:<br>“Un sujet nommé un”: Its topic", there) is not None) is (
            withdraw != "keep"
        )
        topic = box.by_id("un")
        assert (topic.visible, topic.closed, topic.deleted_at) == (True, False, None)
        sure = {} if withdraw == "keep" else {"withdraw": "on"}
        mark = re.findall(r'name="mark" value="([^"]+)"', there)[0]
        it.done(it.post("/publish/", mark=mark, message="Plus besoin", **sure))
        assert waiting(it) == []
        assert deleted_here(it.get("/").text) == []


@pytest.mark.parametrize("had", ["no version", "an older version", "this version"])
def test_p344_a_text_can_be_put_back_as_it_was_deleted_and_nothing_is_asked(
    here: Clone, box: Sandbox, had: str
) -> None:
    here.post("un")
    if had != "no version":
        here.commit()
    if had != "this version":
        here.write(FILE, here.read(FILE) + f"\nEncore. {TEXT}\n")
    was = here.read(FILE)
    with desk(here.folder) as it:
        asked = it.get(f"/write-delete/{FILE}").text
        assert re.findall(r"<button[^>]*>([^<]+)<", asked[asked.index("<main") :]) == ["Delete it from this folder"]
        assert "“Put it back” returns it, under “Deleted texts”" in asked
        it.post(f"/write-delete/{FILE}", mark=mark_of(it))
        way_back = re.compile(r'action="(/deleted/[^"]+)">(?:<input type="hidden" name="aside" value="(\d+)">)?')
        (address, aside), *older = way_back.findall(it.get("/deleted/").text)
        assert not older, "one text, one way back"
        it.post(address, **({"aside": aside} if aside else {}))
        assert here.read(FILE) == was
        it.post(f"/write-delete/{FILE}", mark=mark_of(it))
        if had != "no version":
            it.post(f"/write-again/{FILE}")
            assert here.read(FILE) == was, "from the list of posts, too"
            return
        it.post(address, aside=re.findall(r"aside=(\d+)", it.get("/deleted/").text)[0])
    assert here.read(FILE) == was
    assert box.requests("POST") == []


def test_p344_a_text_that_was_never_published_is_deleted_without_a_word_of_a_topic(here: Clone, box: Sandbox) -> None:
    here.run("doctor")
    here.post("un")
    here.commit()
    with desk(here.folder) as it:
        (told,) = deleted_here(it.post(f"/write-delete/{FILE}", mark=mark_of(it)).text)
        assert told.startswith("“Un sujet nommé un”. The forum does not have it: nothing changes there.")
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
        text = "A text that you did not save is still here: “Un sujet nommé un”."
        assert waiting(it) == [(text, f"/write/{FILE}")]
        assert "Écrit ici." in it.get(f"/write/{FILE}").text
        it.post(f"/write-again/{FILE}")
        assert waiting(it) == []
    assert "accueil" in here.read(FILE)
    assert here.read(FILE).endswith("Écrit ici.\n")


def test_p345_the_list_and_the_page_where_one_writes_say_in_one_way_that_a_text_is_not_saved(here: Clone) -> None:
    for name in ("un", "deux"):
        here.post(name)
    here.commit()
    here.push()
    here.post("trois")
    with desk(here.folder) as it:

        def states(name: str) -> list[str]:
            """How the list, the page of the post and the one where it is written say that it stands."""
            pages = [it.get(f"/{place}/posts/{name}.md").text for place in ("preview", "write")]
            _before, _title, row = it.get("/preview/").text.partition(f'title="posts/{name}.md">')
            found = [re.search(r'class="k-state k-([\w-]+)', text) for text in (row, *pages)]
            return [one[1] for one in found if one]

        sent(it, FILE, "write-preview", body=f"{TEXT} Pas enregistré.")
        assert states("un") == ["unsaved-change"] * 3, "the forum has it, as it is saved"
        listed = unescape(it.get("/preview/").text)
        assert "1 is published with a change that is not saved yet" in listed
        assert '<option value="unsaved-change">published, with a change that is not saved yet</option>' in listed
        only = unescape(it.get("/preview/?state=unsaved-change").text)
        assert re.findall(r'title="posts/(\w+)\.md">', only) == ["un"]
        sent(it, "posts/trois.md", "write-preview", body=f"{TEXT} Pas enregistré.")
        assert states("trois") == ["unsaved"] * 3
        assert states("deux") == ["same"] * 3
        assert "A text from here is not saved yet." not in it.get("/preview/").text, "the state says it"
        sent(it, FILE, body=f"{TEXT} Enregistré.")
        assert states("un") == ["changed"] * 3


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
            connection.execute(RUNS.insert().values(forum=number, n=1, started=1, via="rest", keyed=3))
    with desk(here.folder) as it:
        sent(it, FILE, "write-preview", body="Pas enregistré.")
    here.run("pull", code=None)
    with desk(here.folder) as it:
        assert [href for _text, href in waiting(it)] == ["/bring-back/", f"/write/{FILE}", "/memory/state"]
        assert "two versions" in waiting(it)[0][0]
        assert "two versions" in it.get("/").text
