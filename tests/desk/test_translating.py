"""A translation is begun, found and written at the desk, and what its file says besides stays."""

import re
from html import unescape

import pytest

from koweb_sync.sandbox import Sandbox
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.test_publishing import mark
from tests.desk.test_translations_shown import ENGLISH, translated
from tests.desk.test_typed_meanwhile import to_choose
from tests.desk.test_writing import FILE, as_sent
from tests.workspace import PNG, TEXT, Clone, translating

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
        assert "2 paragraphs are still to be translated" in plain(begun.text), "it is a draft"
        assert 'value="pt_BR"' not in it.get(f"/translate/{FILE}").text
        before = here.read("posts/un.pt-BR.md")
        assert it.post(f"/translate/{FILE}", into="klingon").status_code == 409
        again = it.post(f"/translate/{FILE}", into="pt_BR")  # after another press, so that it is none that was doubled
        assert (again.status_code, 'role="alert"' in again.text) == (409, True)
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
            assert ("This forum takes no translations" in it.get(place).text) is not keeps
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
        assert "One topic ✓ up to date with its original Translation into en of “Un sujet nommé un”" in section
        assert f'href="{PLACE}"' in listed
        assert '<span data-locale="en">en</span>' in listed
        here.post("un", f"{TEXT}\n\nUne seconde phrase.")
        listed = it.get("/preview/").text
        assert "⚠ to bring up to date Translation into en" in plain(listed[listed.index('id="k-translations"') :])
        page = it.get(PLACE).text
        assert "The text has changed since it was translated." in page
        assert re.search(r"<ins>[^<]*seconde", page)
        assert 'id="k-translations"' not in it.get("/preview/?words=hippopotame").text


ORIGINAL = f"""{TEXT}

Essayez-en **un** une semaine, puis décidez.

![Le plan](plan.png)

Écrivez ce que vous avez décidé ensemble.
"""


def begun(here: Clone, it: OpenDesk, original: str = ORIGINAL) -> None:
    """A translation that the desk has begun."""
    here.write("posts/plan.png", PNG)
    here.post("un", original)
    here.commit()
    it.post(f"/translate/{FILE}", into="en")


def as_browser(html: str) -> dict[str, str]:
    """The form of a translation's page as a browser sends it back, in which nobody typed."""
    form = html[html.index("<form", html.index("k-translating")) : html.index("</form>", html.index("k-translating"))]
    inputs = re.findall(r'<input [^>]*?name="([\w-]+)"[^>]*? value="([^"]*)"', form)
    given = {name: unescape(value) for name, value in inputs}
    fields = re.findall(r'<textarea [^>]*?name="([\w-]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL)
    return given | {name: unescape(value).replace("\n", "\r\n") for name, value in fields}


def test_p483_a_translation_is_written_paragraph_by_paragraph_and_no_comment_is_seen(here: Clone) -> None:
    with desk(here.folder) as it:
        begun(here, it)
        before, page = here.read(ENGLISH), it.get(PLACE).text
        assert "<!--" not in page
        assert "&lt;!--" not in re.sub(r'name="rows" value="[^"]*"', "", page)
        assert "<strong>un</strong> une semaine" in page, "the original is shown as it is read"
        assert "3 paragraphs are still to be translated" in page
        form = as_browser(page)
        assert set(form) >= {"text-1", "text-2", "text-3", "text-4"}
        assert form["text-3"] == "![Le plan](plan.png)"
        it.post(PLACE, **form)
        assert here.read(ENGLISH) == before, "nobody typed"
        typed = {"text-1": "A text.", "text-2": "Try **one**.\r\n\r\nThen decide.", "title": "One"}
        saved = it.post(PLACE, **form | typed)
        assert "1 paragraph is still to be translated" in saved.text
        assert here.read(ENGLISH) == before.replace(f"{TEXT}\n-->\n\n", f"{TEXT}\n-->\n\nA text.\n").replace(
            "décidez.\n-->\n\n", "décidez.\n-->\n\nTry **one**.\n\nThen decide.\n"
        ).replace("title: Un sujet nommé un", "title: One")
        assert "Then decide." in saved.text.partition("k-seen")[2], "the preview has it"
        done = it.post(PLACE, **as_browser(saved.text) | {"out-4": "on"})
        assert "All the others are translated." in done.text
    assert "lack" not in here.run("check").text


def test_p483_a_file_of_another_system_keeps_its_line_ends(here: Clone) -> None:
    with desk(here.folder) as it:
        begun(here, it)
        (here.folder / ENGLISH).write_bytes(here.read(ENGLISH).replace("\n", "\r\n").encode())
        before = (here.folder / ENGLISH).read_bytes()
        form = as_browser(it.get(PLACE).text)
        it.post(PLACE, **form)
        assert (here.folder / ENGLISH).read_bytes() == before
        it.post(PLACE, **form | {"text-1": "One."})
        assert b"\r\n\r\nOne.\r\n" in (here.folder / ENGLISH).read_bytes()
        assert b"\n" not in (here.folder / ENGLISH).read_bytes().replace(b"\r\n", b"")


def test_p483_what_is_typed_in_paragraphs_is_kept_and_shown_at_once(here: Clone) -> None:
    with desk(here.folder) as it:
        begun(here, it)
        before, form = here.read(ENGLISH), as_browser(it.get(PLACE).text)
        typed = form | {"text-4": "Write it **down**.", "typed": "1"}
        parts = it.post(f"/write-preview/{ENGLISH}", **typed).json()
        assert "Write it <strong>down</strong>." in parts["text"]
        assert "2 paragraphs are still to be translated" in parts["left"]
        assert parts["kept"][0] == "kept"
        assert here.read(ENGLISH) == before
        again = it.get(PLACE).text
        assert "This is the text that you did not save. It is still not saved." in again
        assert as_browser(again)["text-4"] == "Write it **down**."
        assert "Saved." in it.post(PLACE, **as_browser(again)).text
        assert "Write it **down**." in here.read(ENGLISH)


def test_p483_paragraphs_that_an_editor_outside_wrote_stay_beside_those_that_were_typed(here: Clone) -> None:
    with desk(here.folder) as it:
        begun(here, it)
        here.commit("Traduction commencée")
        form = as_browser(it.get(PLACE).text)
        here.write(ENGLISH, here.read(ENGLISH).replace(f"{TEXT}\n-->\n", f"{TEXT}\n-->\n\nOutside.\n"))
        saved = it.post(PLACE, **form | {"text-4": "Typed here."})
        assert "together with what came" in saved.text
        assert {"text-1": "Outside.", "text-4": "Typed here."}.items() <= as_browser(saved.text).items()


def test_p446_each_paragraph_of_the_original_that_changed_is_marked_until_somebody_decided(here: Clone) -> None:
    with desk(here.folder) as it:
        begun(here, it)
        texts = {"text-1": "One.", "text-2": "Try one for a week, then decide.", "text-4": "Write it down."}
        it.post(PLACE, **as_browser(it.get(PLACE).text) | texts)
        here.commit("Traduit")
        here.post("un", ORIGINAL.replace("une semaine", "deux semaines").replace("Écrivez", "Une phrase.\n\nÉcrivez"))
        page = it.get(PLACE).text
        assert (page.count("Changed since you translated it"), page.count("New in the original")) == (1, 1)
        assert "The original has changed in 2 places" in page
        assert re.search(r"<del>une semaine</del>|<del>une</del>", page), "its earlier wording"
        before, form = here.read(ENGLISH), as_browser(page)
        it.post(PLACE, **form)
        assert here.read(ENGLISH) == before, "nobody decided anything"
        partly = it.post(PLACE, **form | {"text-2": "Try one for two weeks, then decide.", "fits-2": "on"})
        assert "The original has changed in 1 place since" in partly.text
        assert "un.en.md" in here.run("check").text
        form = as_browser(partly.text)
        (fresh,) = (name for name, text in form.items() if name.startswith("text-") and not text)
        done = it.post(PLACE, **form | {fresh: "A sentence."})
        assert "Every paragraph is translated." in done.text
        assert "Changed since" not in done.text
        assert "<!-- koweb: original\nUne phrase.\n-->\n\nA sentence.\n" in here.read(ENGLISH)
        assert "deux semaines" in here.read(ENGLISH)
    assert "un.en.md" not in here.run("check").text, "it is a translation of the text of now"


def test_p446_one_button_says_that_all_of_a_translation_fits_the_text_of_now(here: Clone) -> None:
    translated(here)
    with desk(here.folder) as it:
        here.post("un", f"{TEXT}\n\nUne seconde phrase.")
        saved = it.post(PLACE, **as_browser(it.get(PLACE).text), then="fits")
        assert "what is translated fits the text of now" in saved.text
        assert "has changed since" not in saved.text
        assert "A first sentence." in here.read(ENGLISH)
    assert "un.en.md" not in here.run("check").text


def test_p446_what_has_no_translation_yet_is_still_asked_for_when_all_that_is_translated_fits(here: Clone) -> None:
    with desk(here.folder) as it:
        begun(here, it)
        texts = {"text-1": "One.", "text-2": "Try one for a week, then decide.", "text-4": "Write it down."}
        it.post(PLACE, **as_browser(it.get(PLACE).text) | texts)
        here.commit("Traduit")
        here.post("un", ORIGINAL.replace("une semaine", "deux semaines").replace("Écrivez", "Une phrase.\n\nÉcrivez"))
        saved = it.post(PLACE, **as_browser(it.get(PLACE).text), then="fits").text
        assert "Changed since you translated it" not in saved
        assert "1 paragraph is still to be translated." in saved
        assert "<!-- koweb: original\nUne phrase.\n-->\n\n<!-- koweb" in here.read(ENGLISH)


def test_p483_a_text_without_comments_is_one_field_and_so_is_one_whose_comments_nobody_can_tell(here: Clone) -> None:
    translated(here)
    with desk(here.folder) as it:
        page = it.get(PLACE).text
        assert "&lt;!--" not in page
        assert as_browser(page)["body"] == "A text of some length.\r\n\r\nA first sentence.\r\n"
        broken = here.read(ENGLISH) + "\n<!-- koweb: original\nSans fin.\n\nMore.\n"
        here.write(ENGLISH, broken)
        form = as_browser(it.get(PLACE).text)
        assert form["body"].endswith("Sans fin.\r\n\r\nMore.\r\n")
        it.post(PLACE, **form)
        assert here.read(ENGLISH) == broken
        assert it.post(f"/write-preview/{ENGLISH}", **form).status_code == 200


@pytest.mark.parametrize("rows", ["{", "[1]", "null"])
def test_p483_what_no_page_sends_writes_nothing(here: Clone, rows: str) -> None:
    translated(here)
    before = here.read(ENGLISH)
    with desk(here.folder) as it:
        assert it.post(PLACE, **as_browser(it.get(PLACE).text) | {"rows": rows}).status_code == 400
    assert here.read(ENGLISH) == before


def test_p320_a_translation_is_published_as_one_and_told_as_one(here: Clone, box: Sandbox) -> None:
    translating(box)
    translated(here)
    here.push("--only", FILE)
    called = "Translation into en of “Un sujet nommé un”"
    with desk(here.folder) as it:
        assert "not on the forum yet" in plain(it.get("/preview/").text)
        assert "not on the forum yet" in plain(it.get(f"/preview/{FILE}").text)
        shown = it.get("/publish/")
        assert called in plain(shown.text)
        assert "The forum does not have it yet." in shown.text
        assert "One topic" in shown.text, "its title"
        assert f'href="{PLACE}"' in shown.text
        assert "<p>A first sentence.</p>" in shown.text, "as people will read it"
        done = it.done(it.post("/publish/", mark=mark(shown), message="Traduit"))
        assert called in plain(done.text)
        assert "translated on the forum" in done.text
        assert box.first_post(box.by_id("un").id).translations["en"].raw.endswith("A first sentence.")
        for place in ("/preview/", f"/preview/{FILE}"):
            assert "on the forum as it is here" in plain(it.get(place).text)
        here.write(ENGLISH, here.read(ENGLISH).replace("first", "better"))
        for place in ("/preview/", f"/preview/{FILE}"):
            assert "changed since it was published" in plain(it.get(place).text)
        changed = it.get("/publish/")
        assert "The forum has another text." in changed.text
        assert re.search(r"<del>first</del>.*<ins>better</ins>", changed.text, re.DOTALL), "what changes in it"
        assert 'value="Translated: One topic"' in changed.text
        here.write(
            ENGLISH, here.read(ENGLISH).replace("better", "first").replace("title:", "of: '0123456789ab'\ntitle:")
        )
        assert "on the forum as it is here" in plain(it.get("/preview/").text), "what goes nowhere is no change"


def test_p366_a_translation_is_left_out_and_taken_in_again_and_waits_for_its_original(
    here: Clone, box: Sandbox
) -> None:
    translating(box)
    here.run("doctor")
    translated(here)
    here.post("deux")
    here.run("new", "--translation-of", "posts/deux.md", "--into", "es", "--no-edit")
    with desk(here.folder) as it:
        assert "Publish 3 texts</button>" in it.get("/publish/").text
        left = it.post("/publish/leave/", leave=ENGLISH)
        assert (left.text.count("Not this one"), left.text.count("Publish it, too")) == (2, 1)
        assert "What you leave out" in left.text
        assert it.post("/publish/take/", take=ENGLISH).text.count("Not this one") == 3
        without = it.post("/publish/leave/", leave=FILE)
        assert "Not this one" not in without.text, "a translation of what the forum has not cannot go"
        assert without.text.count("Publish it, too") == 2
        it.post("/publish/take/", take=FILE)
        alone = it.get(f"/publish/?only={ENGLISH}")
        assert (alone.text.count("Not this one"), alone.text.count("Publish it, too")) == (2, 1)
        done = it.done(it.post(f"/publish/?of={ENGLISH}", mark=mark(alone), message="Traduit"))
        assert "What stays here, and why" not in done.text, "what is of a message that stays here stays with it"
    assert here.published() == ["un"]
    assert list(box.first_post(box.by_id("un").id).translations) == ["en"]


def test_p366_the_page_that_publishes_names_translations_that_are_not_finished(here: Clone, box: Sandbox) -> None:
    translating(box)
    here.run("doctor")
    with desk(here.folder) as it:
        begun(here, it)
        saved = it.post(PLACE, **as_browser(it.get(PLACE).text), then="publish")
        stays = "Translation into en of “Un sujet nommé un” — it stays on this computer, because 3 paragraphs are still"
        assert stays in plain(saved.text), "where somebody comes from it"
        other = it.get("/publish/").text
        assert "What stays here, and why" in other
        assert plain(other).count(stays) == 1
        here.post("deux")
        assert "are still to be translated" not in it.get("/publish/?only=posts/deux.md").text, "nobody came for it"
        assert stays in plain(it.get(f"/publish/?only={FILE}").text)
        assert "to finish" in plain(it.get("/preview/").text)


def test_p483_no_page_about_a_translation_shows_the_comments_of_its_file(here: Clone) -> None:
    with desk(here.folder) as it:
        begun(here, it)
        here.commit("Traduction commencée")
        form = as_browser(it.get(PLACE).text) | {"text-4": "Write it down.", "typed": "1"}
        it.post(f"/write-preview/{ENGLISH}", **form)
        back = it.post(f"/write-forget/{ENGLISH}", page=form["page"], began="")
        assert "Write it down." in back.text
        it.post(PLACE, **form, **{"out-2": "on"})
        here.commit("Traduit")
        listed = it.get(f"/versions/{ENGLISH}")
        (version,) = re.findall(r'href="(\?at=[^"]+)"', listed.text)[-1:]
        earlier = it.get(f"/versions/{ENGLISH}{unescape(version)}")
        assert "Write it down." in earlier.text
        form = as_browser(it.get(PLACE).text) | {"text-3": "Write it all down."}
        (here.folder / ENGLISH).unlink()
        gone = it.post(PLACE, **form)
        assert "Write it all down." in gone.text
        assert "&lt;!--" not in back.text + listed.text + earlier.text + gone.text
        it.post(f"/write-again/{ENGLISH}")
        assert "<!-- koweb: original" in here.read(ENGLISH), "they are kept"
