"""A translation is begun, found and written at the desk, and what its file says besides stays."""

import re
from html import unescape

import pytest

from koweb_sync.sandbox import Sandbox
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.test_translations_shown import ENGLISH, translated
from tests.desk.test_typed_meanwhile import to_choose
from tests.desk.test_writing import FILE, as_sent
from tests.workspace import TEXT, Clone

PLACE = f"/write-translation/{ENGLISH}"


def key(it: OpenDesk) -> str:
    """What stands for the content that the page was opened on."""
    (found,) = re.findall(r'name="mark" value="(\w+)"', it.get(PLACE).text)
    return str(found)


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def test_p483_a_translation_is_begun_as_the_command_begins_it(here: Clone) -> None:
    for name in ("un", "deux"):
        here.post(name, f"{TEXT}\n\nUne phrase.", title="Un même titre")
    here.commit()
    here.run("new", "--translation-of", "posts/deux.md", "--into", "pt-BR")
    with desk(here.folder) as it:
        assert 'href="/translate/posts/un.md">Translate this message…' in it.get(f"/preview/{FILE}").text
        assert 'href="/translate/posts/un.md">Translate this message…' in it.get(f"/write/{FILE}").text
        begun = it.post(f"/translate/{FILE}", into="pt_BR")
        assert begun.url.endswith("/write-translation/posts/un.pt-BR.md")
        assert here.read("posts/un.pt-BR.md") == here.read("posts/deux.pt-BR.md")
        assert "Translation into pt_BR of “Un même titre”" in plain(begun.text)
        assert "still lack" in plain(begun.text), "it is a draft"
        assert 'value="pt_BR"' not in it.get(f"/translate/{FILE}").text
        before = here.read("posts/un.pt-BR.md")
        again = it.post(f"/translate/{FILE}", into="pt_BR")
        assert (again.status_code, 'role="alert"' in again.text) == (409, True)
        assert it.post(f"/translate/{FILE}", into="klingon").status_code == 409
        assert here.read("posts/un.pt-BR.md") == before
        assert it.get("/translate/posts/nulle-part.md").status_code == 404
        assert it.get("/write-translation/posts/un.md").status_code == 404


@pytest.mark.parametrize("keeps", [False, True])
def test_p483_whoever_translates_for_a_forum_that_keeps_none_knows_it_before(
    here: Clone, box: Sandbox, *, keeps: bool
) -> None:
    with box.state.lock:
        box.state.settings["content_localization_enabled"] = keeps
    translated(here)
    here.push("--only", "posts/un.md")  # the forum's facts are known then
    with desk(here.folder) as it:
        for place in (f"/translate/{FILE}", PLACE):
            assert ("This forum keeps no translations" in it.get(place).text) is not keeps
        asked = it.get(f"/translate/{FILE}").text
        assert ("Both are one topic on the forum" in asked) is keeps
        assert 'value="de"' in asked
        assert 'value="fr"' not in asked, "it is in French"


def test_p483_a_translation_is_written_and_the_rest_of_its_file_stays(here: Clone) -> None:
    translated(here)
    here.write(ENGLISH, here.read(ENGLISH).replace("title:", "# ours\nof: '0123456789ab'\ntitle:", 1))
    before = here.read(ENGLISH)
    with desk(here.folder) as it:
        mark = key(it)
        saved = it.post(PLACE, mark=mark, title="One topic", body="A text of some length.\r\n\r\nAnother one.\r\n")
        assert "Saved." in saved.text
        assert here.read(ENGLISH) == before.replace("A first sentence.", "Another one.")
        it.post(PLACE, mark=key(it), title="A better title", body="Text.\r\n")
        assert here.read(ENGLISH) == "---\n# ours\nof: '0123456789ab'\ntitle: A better title\n---\n\nText.\n"


@pytest.mark.parametrize("choice", ["ours", "theirs", "both"])
def test_p483_what_an_editor_outside_wrote_in_a_translation_is_never_lost(here: Clone, choice: str) -> None:
    translated(here)
    before = here.read(ENGLISH)
    with desk(here.folder) as it:
        form = as_sent(it.get(PLACE).text)
        here.write(ENGLISH, before.replace("A first sentence.", "Outside."))
        typed = {**form, "body": form["body"].replace("A first sentence.", "Typed here.")}
        shown = it.post(PLACE, **typed)
        assert shown.status_code == 409
        assert it.post(PLACE, **typed).status_code == 409, "pressing again writes over nothing either"
        assert here.read(ENGLISH) == before.replace("A first sentence.", "Outside.")
        saved = it.post(f"/write-choose/{ENGLISH}", **to_choose(shown), **{"choice-0": choice})
        assert "Saved, as you chose." in saved.text
        both = {"ours": "Typed here.", "theirs": "Outside.", "both": "Typed here.\n\nOutside."}[choice]
        assert here.read(ENGLISH) == before.replace("A first sentence.", both)
        aside = re.findall(r'href="(\?aside=\d+)"', it.get(f"/versions/{ENGLISH}").text)
        known = here.read(ENGLISH) + "".join(it.get(f"/versions/{ENGLISH}{one}").text for one in aside)
        assert "Typed here." in known
        assert "Outside." in known
        it.post(f"/versions/{ENGLISH}", aside=aside[0].partition("=")[2])
        assert "you did not save" in it.get(PLACE).text, "an earlier text is brought in, and waits to be saved"
        again = it.post(PLACE, **as_sent(it.get(PLACE).text))
        assert "Saved." in again.text
        assert here.read(ENGLISH) != before.replace("A first sentence.", both)


def test_p483_what_came_into_another_place_of_a_translation_is_saved_together_with_what_was_typed(here: Clone) -> None:
    translated(here)
    before = here.read(ENGLISH)
    with desk(here.folder) as it:
        form = as_sent(it.get(PLACE).text)
        here.write(ENGLISH, before.replace("A text of some length.", "Outside."))
        saved = it.post(PLACE, **{**form, "body": form["body"].replace("A first sentence.", "Typed here.")})
        assert "together with what came" in saved.text
    merged = before.replace("A text of some length.", "Outside.").replace("A first sentence.", "Typed here.")
    assert here.read(ENGLISH) == merged


@pytest.mark.parametrize("known", [True, False])
def test_p483_a_translation_whose_file_went_while_somebody_wrote_is_made_again_with_their_text(
    here: Clone, *, known: bool
) -> None:
    translated(here)
    if not known:
        here.git("rm", "--quiet", "--cached", ENGLISH)
        here.git("commit", "--quiet", "-m", "Sans traduction")
    with desk(here.folder) as it:
        form = {**as_sent(it.get(PLACE).text), "body": "Typed here.\r\n"}
        (here.folder / ENGLISH).unlink()
        gone = it.post(PLACE, **form)
        assert (gone.status_code, "Typed here." in gone.text) == (409, True)
        assert it.post(f"/write-again/{ENGLISH}").url.endswith(PLACE)
        assert here.read(ENGLISH) == "---\ntitle: One topic\n---\n\nTyped here.\n"
        assert "did not save" not in it.get("/").text


def test_p483_a_translation_that_became_a_message_of_its_own_loses_no_sentence(here: Clone) -> None:
    translated(here)
    with desk(here.folder) as it:
        form = {**as_sent(it.get(PLACE).text), "body": "Typed here.\r\n"}
        here.write(ENGLISH, here.read(ENGLISH).replace("title:", "id: one\ntitle:", 1))
        saved = it.post(PLACE, **form)
        assert "together with what came" in saved.text
        assert "\nid: one\n" in here.read(ENGLISH)
        assert here.read(ENGLISH).endswith("\nTyped here.\n")


def test_p483_what_waits_to_be_saved_of_a_translation_leads_to_its_page(here: Clone) -> None:
    translated(here)
    with desk(here.folder) as it:
        form = as_sent(it.get(PLACE).text)
        here.write(ENGLISH, here.read(ENGLISH).replace("A first sentence.", "Outside."))
        it.post(PLACE, **{**form, "body": "Typed here."})
        assert f'href="/write/{ENGLISH}"' in it.get("/").text
        page = it.get(f"/write/{ENGLISH}")
        assert page.url.endswith(PLACE)
        assert "Typed here." in page.text
        asked = it.post(
            f"/write-forget/{ENGLISH}", **dict(re.findall(r'name="(page|began)" value="([^"]*)"', page.text))
        )
        assert "Typed here." in asked.text
        back = it.post(f"/write-forget/{ENGLISH}", sure="on")
        assert back.url.endswith(f"{PLACE}?aside")
        assert "Outside." in back.text
        assert "Typed here." not in back.text


def test_p483_the_list_says_of_which_message_and_into_which_language(here: Clone) -> None:
    translated(here)
    with desk(here.folder) as it:
        listed = it.get("/preview/").text
        section = plain(listed[listed.index('id="k-translations"') :])
        assert "One topic ✓ as its original is now Translation into en of “Un sujet nommé un”" in section
        assert f'href="{PLACE}"' in listed
        assert '<span data-locale="en">en</span>' in listed
        here.post("un", f"{TEXT}\n\nUne seconde phrase.")
        listed = it.get("/preview/").text
        assert "⚠ to bring up to date Translation into en" in plain(listed[listed.index('id="k-translations"') :])
        page = it.get(PLACE).text
        assert "The text has changed since it was translated." in page
        assert re.search(r"<ins>[^<]*seconde", page)
        assert 'id="k-translations"' not in it.get("/preview/?words=hippopotame").text
