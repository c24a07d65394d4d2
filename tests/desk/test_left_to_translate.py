"""What a translation's page says of paragraphs that are left out, or still the original's; and where it is in words."""

import re
from html import unescape

from koweb_sync.posts.side_by_side import SAME
from koweb_sync.sandbox import Sandbox
from tests.desk.open_desk import desk
from tests.desk.test_publishing import mark
from tests.desk.test_translating import ORIGINAL, PLACE, as_browser, begun, plain
from tests.desk.test_translations_shown import ENGLISH
from tests.desk.test_typed_meanwhile import to_choose
from tests.desk.test_writing import FILE
from tests.workspace import Clone, translating

ELSE = "Put something else in the place of the picture"


def captions(html: str) -> list[str]:
    return re.findall(r"Original, paragraph \d", html)


def test_p483_a_paragraph_that_is_left_out_keeps_its_place_and_can_be_put_back(here: Clone) -> None:
    with desk(here.folder) as it:
        begun(here, it)
        page = it.get(PLACE).text
        texts = {"text-1": "One.", "text-4": "Write it down."}
        out = it.post(PLACE, **as_browser(page) | texts, **{"out-2": "on"}).text
        assert "1 paragraph is left out. All the others are translated." in plain(out)
        assert captions(out) == captions(page)
        assert out.count("Left out: it will not be in the translation.") == 1
        assert "une semaine" not in out.partition("k-seen")[2].partition("</section>")[0], "the preview is without it"
        kept = here.read(ENGLISH)
        it.post(PLACE, **as_browser(out))
        assert here.read(ENGLISH) == kept, "nobody typed"
        assert "lack" not in here.run("check").text
        typed = it.post(f"/write-preview/{ENGLISH}", **as_browser(out) | {"back-2": "on", "typed": "1"}).json()
        assert "1 paragraph is still to be translated" in typed["left"]
        back = it.post(PLACE, **as_browser(out), **{"back-2": "on"}).text
        assert "1 paragraph is still to be translated" in back
        assert "left out" not in back.partition("k-seen")[0]


def test_p483_what_a_picture_shows_is_translated_in_a_field_of_its_own_and_may_stay(here: Clone) -> None:
    with desk(here.folder) as it:
        begun(here, it)
        page = it.get(PLACE).text
        form = as_browser(page)
        assert form["shows-3-0"] == "Le plan"
        assert "Description still in the language of the original" in page
        assert "3 paragraphs are still to be translated" in page, "it is none of them"
        saved = it.post(PLACE, **form | {"shows-3-0": "The map"}).text
        assert "![The map](plan.png)" in here.read(ENGLISH)
        assert 'value="The map"' in saved
        assert "Description still" not in saved
        assert f"<details><summary>{ELSE}" in saved, "the description stands above it"
        (here.folder / ENGLISH).write_text(here.read(ENGLISH).replace("(plan.png)", "(map.png)"), encoding="utf-8")
        assert f"<details open><summary>{ELSE}" in it.get(PLACE).text, "another picture"


def test_p483_a_paragraph_begun_with_the_original_is_not_said_to_be_translated(here: Clone) -> None:
    with desk(here.folder) as it:
        begun(here, it)
        form = as_browser(it.get(PLACE).text)
        texts = {"text-1": "One.", "text-2": ORIGINAL.split("\n\n")[1], "text-4": "Write it down."}
        saved = it.post(PLACE, **form | texts).text
        assert "1 paragraph still has the original’s text" in saved
        assert "paragraph is translated" not in saved
        shown = re.findall(r"data-still( hidden)?>This is still the original’s text", saved)
        assert shown == [" hidden", "", " hidden"]
        assert "lack" not in here.run("check").text, "it may be published all the same"


def test_p529_a_paragraph_that_is_the_same_in_both_languages_is_counted_no_more(here: Clone) -> None:
    with desk(here.folder) as it:
        begun(here, it)
        page = it.get(PLACE).text
        second, last = (ORIGINAL.split("\n\n")[nth].strip() for nth in (1, 3))
        form = as_browser(page) | {"text-1": "One.", "text-2": second, "text-4": "Write it down."}
        typed = it.post(f"/write-preview/{ENGLISH}", **form | {"same-2": "on", "typed": "1"}).json()
        assert "Every paragraph is translated" in typed["left"]
        saved = it.post(PLACE, **form | {"text-4": ""}, **{"same-2": "on", "same-4": "on"}).text
        assert "Every paragraph is translated" in saved, "be it copied, or empty"
        assert here.read(ENGLISH).count(f"{SAME}\n\n{second}\n") == 1
        assert last in saved.partition("k-seen")[2], "it is in the translation"
        assert "lack" not in here.run("check").text
        assert "still as in the original" not in it.get("/preview/").text.replace("described as in the original", "")
        kept = here.read(ENGLISH)
        it.post(PLACE, **as_browser(saved))
        assert here.read(ENGLISH) == kept, "nobody typed"
        it.post(PLACE, **as_browser(saved) | {"text-2": "Try one."}, **{"same-1": "on"})
        assert "One." in here.read(ENGLISH), "what is translated is not the same"
        assert f"<!-- koweb: original\n{second}\n-->\n\nTry one.\n" in here.read(ENGLISH)


def test_p529_the_same_in_both_languages_is_looked_at_again_once_the_original_changes(here: Clone) -> None:
    with desk(here.folder) as it:
        begun(here, it)
        form = as_browser(it.get(PLACE).text) | {"text-1": "One.", "text-4": "Write it down."}
        it.post(PLACE, **form, **{"same-2": "on"})
        here.commit("Traduit")
        here.post("un", ORIGINAL.replace("une semaine", "deux semaines"))
        assert "The original has changed in 1 place" in it.get(PLACE).text


def test_p529_what_has_no_words_needs_no_translation(here: Clone) -> None:
    with desk(here.folder) as it:
        here.post("un", "Un texte.\n\nhttps://example.org/un-mot\n\n@claire `git push` 12\n\nMarie Curie\n")
        it.post(f"/translate/{FILE}", into="en")
        page = it.get(PLACE).text
        assert "2 paragraphs are still to be translated" in page
        assert page.count("nothing to translate") == 2
        begun_before = (
            here.read(ENGLISH)
            .replace(f"{SAME}\nhttps", "<!-- koweb: original\nhttps")
            .replace("un-mot\n", "un-mot\n-->\n")
        )
        here.write(ENGLISH, begun_before)
        page = it.get(PLACE).text
        assert "2 paragraphs are still to be translated" in page
        saved = it.post(PLACE, **as_browser(page) | {"text-1": "A text."}, **{"same-4": "on"}).text
        assert "Every paragraph is translated" in saved
    assert here.read(ENGLISH).endswith(f"{SAME}\n\nMarie Curie\n")


def test_p483_where_two_texts_of_a_translation_clash_its_comments_are_words(here: Clone) -> None:
    with desk(here.folder) as it:
        begun(here, it)
        texts = {"text-1": "One.", "text-4": "Write it down."}
        it.post(PLACE, **as_browser(it.get(PLACE).text) | texts, **{"out-2": "on"})
        here.commit("Traduction commencée")
        form = as_browser(it.get(PLACE).text)
        saved = here.read(ENGLISH)
        here.write(ENGLISH, saved.replace("\nOne.\n", "\nOutside.\n").replace(", left out of the translation", ""))
        shown = it.post(PLACE, **form | {"text-1": "Typed.", "text-2": "Try one."})
        assert shown.status_code == 409
        seen = re.sub(r"<textarea name=\"body\" hidden.*?</textarea>", "", shown.text, flags=re.DOTALL)
        assert "&lt;!--" not in seen
        assert "--&gt;" not in seen
        assert "[Paragraph of the original:]" in seen
        (own,) = re.findall(r'<textarea [^>]*name="text-0"[^>]*>\n(.*?)</textarea>', shown.text, re.DOTALL)
        mine = unescape(own).replace("Typed.", "Both of us.")
        it.post(f"/write-choose/{ENGLISH}", **to_choose(shown), **{"choice-0": "edit", "text-0": mine})
        left_in = saved.replace(", left out of the translation", "")
        assert here.read(ENGLISH) == left_in.replace("\nOne.\n", "\nBoth of us.\n").replace(
            "décidez.\n-->\n\n", "décidez.\n-->\n\nTry one.\n"
        )


def test_p483_each_place_where_two_texts_of_a_translation_clash_offers_what_was_typed_there(here: Clone) -> None:
    with desk(here.folder) as it:
        begun(here, it)
        texts = {"text-1": "One.", "text-2": "Two.", "text-4": "Four."}
        it.post(PLACE, **as_browser(it.get(PLACE).text) | texts)
        here.commit("Traduit")
        form, saved = as_browser(it.get(PLACE).text), here.read(ENGLISH)
        here.write(ENGLISH, saved.replace("One.", "Outside 1.").replace("Four.", "Outside 4."))
        shown = it.post(PLACE, **form | {"text-1": "Typed 1.", "text-4": "Typed 4."})
        offered = re.findall(r'<textarea class="k-short" [^>]*>\n(.*?)</textarea>', shown.text, re.DOTALL)
        assert [one.strip() for one in offered] == ["Typed 1.", "Typed 4."]
        sent = {**to_choose(shown), "text-0": offered[0], "text-1": offered[1]}
        it.post(f"/write-choose/{ENGLISH}", **sent, **{"choice-0": "theirs", "choice-1": "theirs"})
    assert here.read(ENGLISH) == saved.replace("One.", "Outside 1.").replace("Four.", "Outside 4.")


def test_p366_who_published_a_message_is_told_which_of_its_translations_stayed_here(here: Clone, box: Sandbox) -> None:
    translating(box)
    here.run("doctor")
    with desk(here.folder) as it:
        begun(here, it)
        done = it.done(it.post("/publish/", mark=mark(it.get("/publish/")), message="Un sujet"))
        told = "Translation into en of “Un sujet nommé un” — it stays on this computer, because 3 paragraphs"
        assert told in plain(done.text)
        assert f'href="{PLACE}">Go on translating' in done.text
    assert here.published() == ["un"]
