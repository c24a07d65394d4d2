"""What somebody typed while the file was written elsewhere: put together, with a choice only where both changed."""

import re
from html import unescape

import pytest
import requests

from tests.desk.open_desk import desk
from tests.desk.test_writing import fields
from tests.workspace import TEXT, Clone


def test_p311_what_an_editor_outside_wrote_is_never_written_over(here: Clone) -> None:
    here.post("un")
    with desk(here.folder) as it:
        form = fields(it, "posts/un.md")
        here.post("un", f"{TEXT} Écrit ailleurs.")
        shown = it.post("/write/posts/un.md", **{**form, "body": f"{TEXT} Écrit ici."})
        assert shown.status_code == 409
        assert "Écrit ailleurs." in here.read("posts/un.md")
        it.post("/write-choose/posts/un.md", **to_choose(shown), **{"choice-0": "both"})
        assert "Écrit ici." in here.read("posts/un.md")
        assert "Écrit ailleurs." in here.read("posts/un.md")


def to_choose(shown: requests.Response) -> dict[str, str]:
    """The form of the page on which somebody chooses between their text and the file."""
    given = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown.text))
    body = re.search(r'<textarea name="body" hidden[^>]*>\n(.*?)</textarea>', shown.text, re.DOTALL)
    assert body
    return {**{name: unescape(text) for name, text in given.items()}, "body": unescape(body[1]).replace("\n", "\r\n")}


@pytest.mark.parametrize("choice", ["ours", "theirs", "both", "edit"])
def test_p393_only_the_places_that_both_changed_are_to_be_decided_and_neither_text_is_lost(
    here: Clone, choice: str
) -> None:
    here.post("un", f"{TEXT}\n\nRendez-vous lundi.\n\nUn.\n\nDeux.\n\nTrois.\n\nÀ bientôt.")
    here.commit()
    before = here.read("posts/un.md")
    with desk(here.folder) as it:
        form = fields(it, "posts/un.md")
        came = (
            before.replace("lundi", "mardi")
            .replace("À bientôt.", "À demain.")
            .replace("sujet nommé", "sujet changé", 1)
        )
        here.write("posts/un.md", came)
        typed = form["body"].replace("lundi", "jeudi").replace("Deux.", "Deux, et demi.")
        shown = it.post("/write/posts/un.md", **{**form, "body": typed})
        assert shown.status_code == 409
        assert shown.text.count("<fieldset>") == 1
        assert re.search(r"Rendez-vous <mark>jeudi</mark>", shown.text)
        assert re.search(r"Rendez-vous <mark>mardi</mark>", shown.text)
        assert re.search(r"The saved text.*<ins>Un sujet changé un</ins>", shown.text), "it comes without a choice"
        send = to_choose(shown)
        assert it.post("/write-choose/posts/un.md", **send).status_code == 409, "a place is left"
        stale = it.post("/write-choose/posts/un.md", **{**send, "mark": "0", "choice-0": choice})
        assert (stale.status_code, "changed since you looked" in stale.text) == (409, True)
        assert here.read("posts/un.md") == came
        text = "Rendez-vous un jour." if choice == "edit" else ""
        saved = it.post("/write-choose/posts/un.md", **send, **{"choice-0": choice, "text-0": text})
        assert "Saved, as you chose." in saved.text
        now = here.read("posts/un.md")
        mine, theirs = "Rendez-vous jeudi.", "Rendez-vous mardi."
        place = {"ours": mine, "theirs": theirs, "both": f"{mine}\n\n{theirs}", "edit": "Rendez-vous un jour."}[choice]
        assert now == came.replace(theirs, place).replace("Deux.", "Deux, et demi.")
        aside = re.findall(r'href="(\?aside=\d+)"', it.get("/versions/posts/un.md").text)
        kept = "".join(it.get(f"/versions/posts/un.md{one}").text for one in aside)
        assert "jeudi" in kept + now
        assert "mardi" in kept + now
        assert "you did not save" not in it.get("/write/posts/un.md").text


def test_p316_what_came_into_another_place_meanwhile_and_what_was_typed_are_saved_together(here: Clone) -> None:
    here.post("un", f"{TEXT}\n\nRendez-vous lundi.\n\nÀ bientôt.")
    here.commit()
    with desk(here.folder) as it:
        form = fields(it, "posts/un.md")
        here.write(
            "posts/un.md",
            here.read("posts/un.md").replace("lundi", "mardi").replace('id: "un"', 'id: "un"\ntags: [lien]'),
        )
        here.commit()
        typed = form["body"].replace("À bientôt.", "À très bientôt !")
        saved = it.post("/write/posts/un.md", **{**form, "body": typed, "title": "Un titre que je viens de taper"})
        assert "together with what came" in saved.text
        text = here.read("posts/un.md")
        for said in ("mardi", "À très bientôt !", "tags: [lien]", "Un titre que je viens de taper"):
            assert said in text
        assert "you did not save" not in it.get("/write/posts/un.md").text
        here.write("posts/un.md", here.read("posts/un.md").replace("mardi", "jeudi"))
        again = it.post("/write/posts/un.md", **{**form, "body": form["body"].replace("lundi", "mercredi")})
        assert again.status_code == 409
        assert "jeudi" in here.read("posts/un.md")
        here.commit()
        both = it.post("/write-choose/posts/un.md", **to_choose(again), **{"choice-0": "both"})
        assert both.status_code == 200, "the file is the one that was shown"
        assert "jeudi" in here.read("posts/un.md")
        assert "mercredi" in here.read("posts/un.md")


def test_p480_two_new_titles_of_a_text_that_no_version_has_are_a_field_to_choose(here: Clone) -> None:
    here.post("un")
    with desk(here.folder) as it:
        form = fields(it, "posts/un.md")
        here.post("un", f"{TEXT} Ailleurs.", title="Un titre d’ailleurs")
        shown = it.post("/write/posts/un.md", **{**form, "title": "Un titre tapé ici", "body": f"{TEXT} Ici."})
        assert shown.status_code == 409
        sides = re.findall(r'class="k-change">(.*?)</div>', shown.text, re.DOTALL)
        assert [unescape(re.sub(r"<[^>]+>", "", one)).strip() for one in sides] == [
            *("titleUn titre tapé ici", "titleUn titre d’ailleurs"),
            *(f"{TEXT} Ici.", f"{TEXT} Ailleurs."),
        ]
        assert re.findall(r"> (Your text|The saved text|Both: your text, then the saved one)</label>", shown.text) == [
            *("Your text", "The saved text"),
            *("Your text", "The saved text", "Both: your text, then the saved one"),
        ]
        it.post("/write-choose/posts/un.md", **to_choose(shown), **{"choice-0": "ours", "choice-1": "both"})
    assert "Un titre tapé ici" in here.read("posts/un.md")
    assert here.read("posts/un.md").endswith(f"---\n{TEXT} Ici.\n\n{TEXT} Ailleurs.\n")
