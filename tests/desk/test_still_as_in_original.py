"""A translation that has paragraphs of its original, or its pictures' descriptions, is called up to date nowhere."""

from koweb_sync.sandbox import Sandbox
from tests.desk.open_desk import desk
from tests.desk.test_translating import ORIGINAL, PLACE, as_browser, begun, plain
from tests.desk.test_writing import FILE
from tests.workspace import Clone, translating

STILL = "1 paragraph still as in the original, and 1 picture still described as in the original"


def test_p483_what_is_still_as_in_the_original_is_told_wherever_a_translation_is(here: Clone, box: Sandbox) -> None:
    translating(box)
    here.run("doctor")
    with desk(here.folder) as it:
        begun(here, it)
        texts = {"text-1": "One.", "text-2": ORIGINAL.split("\n\n")[1], "text-4": "Write it down."}
        page = it.post(PLACE, **as_browser(it.get(PLACE).text) | texts).text
        assert "1 picture is still described in the original’s language" in page
        listed = plain(it.get("/preview/").text)
        assert listed.count(STILL) == 1
        assert "up to date with" not in listed
        for path in (f"/preview/{FILE}", f"/write/{FILE}"):
            told = plain(it.get(path).text)
            assert STILL in told
            assert "It translates the text of now" not in told
        assert STILL in plain(it.get("/publish/").text)
        done = {"title": "One topic", "text-2": "Try one.", "shows-3-0": "The map"}
        page = it.post(PLACE, **as_browser(it.get(PLACE).text) | done).text
        assert "Every paragraph is translated" in page
        assert "still" not in page.partition("k-pair")[0]
        listed = plain(it.get("/preview/").text)
        assert "up to date with its original" in listed
        assert "still as in" not in listed + plain(it.get("/publish/").text)


def test_p483_where_the_forum_takes_none_nobody_is_told_that_a_translation_is_published(here: Clone) -> None:
    here.run("doctor")
    with desk(here.folder) as it:
        begun(here, it)
        page = it.get(PLACE).text
        assert "This forum takes no translations" in page
        assert "once you publish it" not in page
        here.post("un", f"{ORIGINAL}\nUne phrase de plus.\n")
        told = plain(it.get("/publish/").text)
        kept = told.partition("What stays here, and why")[2]
        assert "A version will be kept of 2 texts" in kept, "what one publishes, and what stays"
        assert "Translation into en of “Un sujet nommé un” — it stays on this computer, because the forum" in kept
