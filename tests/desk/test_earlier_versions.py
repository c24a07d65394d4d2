"""Earlier versions of a post in the desk: nothing that was written, kept or only typed, is lost on the way back."""

import re
from dataclasses import replace
from html import unescape

import pytest

from koweb_sync.desk.texts.earlier_texts import first_difference, what_changed
from koweb_sync.desk.texts.writing import NOTHING
from koweb_sync.sandbox import Sandbox
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.test_differences import captions
from tests.desk.test_writing import FILE, fields, sent
from tests.workspace import TEXT, Clone


def rows(it: OpenDesk, path: str = FILE) -> list[tuple[str, str, str]]:
    """The versions that the page lists: address, who, why."""
    page = it.get(f"/versions/{path}").text
    found = re.findall(
        r'href="\?(at=\w+)">[^<]*</a>(?: <strong>[^<]*</strong>)?\s*'
        r'<p class="facts"><bdi>(.*?)</bdi>(.*?)(?: <q[^>]*>(.*?)</q>)?(?: <span>[^<]*</span>)?</p>',
        page,
    )
    return [(at, unescape(who + told), unescape(why)) for at, who, told, why in found]


def aside(it: OpenDesk) -> list[str]:
    """What was set aside."""
    return re.findall(r'href="\?(aside=\d+)"', it.get(f"/versions/{FILE}").text)


def back(it: OpenDesk, key: str) -> str:
    """Bring a text back; the page where one writes."""
    name, _sign, value = key.partition("=")
    return it.post(f"/versions/{FILE}", **{name: value}).text


def test_p367_the_saved_version_comes_back_after_a_question_and_the_typed_one_can_be_had_again(here: Clone) -> None:
    here.post("un")
    with desk(here.folder) as it:
        sent(it, FILE, "write-preview", body="Écrit longtemps.")
        asked = it.post(f"/write-forget/{FILE}").text
        assert "Back to the saved text?" in asked
        assert "Écrit longtemps." in asked
        assert "Écrit longtemps." in fields(it, FILE)["body"]
        assert "kept among the earlier versions" in it.post(f"/write-forget/{FILE}", sure="on").text
        assert TEXT in fields(it, FILE)["body"]
        sent(it, FILE, "write-preview", body="Une autre idée.")
        (first,) = aside(it)
        assert "Écrit longtemps." in it.get(f"/versions/{FILE}?{first}").text
        assert "Écrit longtemps." in back(it, first)
        assert "Écrit longtemps." in fields(it, FILE)["body"]
        assert len(aside(it)) == 3, "with the one of the file, which no version has"
        assert "Une autre idée." in it.get(f"/versions/{FILE}?{aside(it)[0]}").text
    assert TEXT in here.read(FILE)
    here.commit()
    assert here.git("status", "--porcelain") == ""


def test_p367_the_last_copy_of_a_text_goes_only_after_a_question(here: Clone) -> None:
    here.post("un")
    with desk(here.folder) as it:
        sent(it, FILE, "write-preview", body="Nulle part ailleurs.")
        (here.folder / FILE).unlink()
        assert "Forget this text?" in it.post(f"/write-forget/{FILE}").text
        assert "Nulle part ailleurs." in it.get(f"/write/{FILE}").text
        it.post(f"/write-forget/{FILE}", sure="on")
        assert it.get(f"/write/{FILE}").status_code == 404


def test_p368_what_one_sees_is_saved_first(here: Clone) -> None:
    here.post("un")
    with desk(here.folder) as it:
        seen = sent(it, FILE, body=f"{TEXT} Encore.", then="see")
        assert seen.url.endswith(f"/preview/{FILE}?saved")
        assert re.search(r'role="status">Saved\.<', seen.text)
        assert "Encore." in seen.text
        assert 'role="status">Saved.' not in it.get(f"/preview/{FILE}").text
    assert "Encore." in here.read(FILE)


def test_p369_versions_are_listed_compared_and_brought_back(here: Clone, box: Sandbox) -> None:
    here.post("un", f"{TEXT}\n\nLa première phrase.", path="posts/vieux.md", id="un", title="Un <vieux> titre")
    here.commit("Première version")
    here.git("mv", "posts/vieux.md", FILE)
    here.commit("Un autre \x1e nom")
    here.post("un", f"{TEXT}\n\nLa seconde phrase.", tags=["outils"])
    here.commit("Seconde <b>version</b>")
    here.push()
    box.edit(box.by_id("un").id, f"{TEXT}\n\nLa phrase de Claire.", reason="Plus clair")
    here.run("pull")
    here.write("posts/deux.md", "rien")
    here.commit("Autre chose")
    now = here.read(FILE)
    with desk(here.folder) as it:
        found = rows(it)
        whys = ["Seconde <b>version</b>", "Un autre \x1e nom", "Première version"]
        assert found[0][1:] == ("changed on the forum by Claire Moreau, brought here by Frédéric", "Plus clair")
        assert on_forum(it)["Plus clair"] == "from the forum"
        brought = it.get(f"/versions/{FILE}?{found[0][0]}").text
        assert re.search(r"changed on the forum by [^<]*</bdi> <q[^>]*>Plus clair</q>", brought)
        assert [why for _at, _who, why in found[1:]] == whys
        shown = it.get(f"/versions/{FILE}?{found[-1][0]}").text
        assert re.search(r"<del>Un &lt;vieux&gt; titre|<del>.*Un &lt;vieux&gt; titre", shown)
        assert re.search(r"<del>[^<]*première", shown)
        written = back(it, found[-1][0])
        assert "your saved text stays as it is" in written.lower()
        assert "La première phrase." in written
        assert "you did not save" not in written  # nobody typed it
        assert here.read(FILE) == now
        assert sent(it, FILE).url.endswith("?saved")
        assert it.get(f"/versions/{FILE}?at={'0' * 40}").status_code == 404
        assert it.get("/versions/koweb.toml").status_code == 404
    assert "La première phrase." in here.read(FILE)
    assert 'id: "un"' in here.read(FILE)


def test_p369_a_text_that_began_as_a_copy_of_another_has_versions_of_its_own_alone(here: Clone) -> None:
    here.post("modele", f"{TEXT}\n\nCe que dit le modèle.", title="Modèle de compte rendu")
    here.commit("Le modèle")
    copied = here.read("posts/modele.md").replace("modele", "un").replace("Modèle de", "Premier")
    here.write(FILE, copied.replace("Ce que dit le modèle.", "Ce que nous avons dit."))
    here.commit("Notre compte rendu")
    here.git("mv", FILE, "posts/deux.md")
    here.commit("Un autre nom")
    with desk(here.folder) as it:
        assert [why for _at, _who, why in rows(it, "posts/deux.md")] == ["Un autre nom", "Notre compte rendu"]
        ((at, _who, _why),) = rows(it, "posts/modele.md")
        assert it.get(f"/versions/posts/deux.md?{at}").status_code == 404


def test_p369_a_file_without_a_kept_version_says_so(here: Clone) -> None:
    here.post("un")
    with desk(here.folder) as it:
        assert "None yet" in it.get(f"/versions/{FILE}").text


def test_p395_the_version_of_now_is_marked_and_a_text_that_was_set_aside_has_a_name(here: Clone) -> None:
    here.post("un", f"{TEXT}\n\nLa première phrase.")
    here.commit("Première")
    here.post("un", f"{TEXT}\n\nLa seconde phrase.")
    here.commit("Seconde")
    with desk(here.folder) as it:
        page = it.get(f"/versions/{FILE}").text
        assert page.count("the text of now") == 1
        assert page.index("the text of now") < page.index("Première")
        sent(it, FILE, "write-preview", body=f"{TEXT}\r\n\r\nUne phrase que je regrette.")
        it.post(f"/write-forget/{FILE}", sure="on")
        assert (
            "“Une phrase que je regrette.”; your saved text has “La seconde phrase.”"
            in it.get(f"/versions/{FILE}").text
        )
        here.post("un", f"{TEXT}\n\nLa troisième phrase.")
        assert "changes that no kept version has yet" in it.get(f"/versions/{FILE}").text


def test_p395_who_leaves_an_earlier_version_again_is_not_told_that_they_typed_it(here: Clone) -> None:
    here.post("un", f"{TEXT}\n\nLa première phrase.")
    here.commit("Première")
    here.post("un", f"{TEXT}\n\nLa seconde phrase.")
    here.commit("Seconde")
    with desk(here.folder) as it:
        back(it, rows(it)[-1][0])
        page = it.get(f"/write/{FILE}").text
        assert "which you brought in" in page
        assert "you did not save" not in page
        asked = it.post(f"/write-forget/{FILE}").text
        assert "which you brought in" in asked
        assert "Your text" not in asked
        left = it.post(f"/write-forget/{FILE}", sure="on").text
        assert "Back to the saved text." in left
        assert aside(it) == [], "git has it"
        back(it, rows(it)[-1][0])
        sent(it, FILE, "write-preview", body="Autre chose.")
        assert "Your text" in it.post(f"/write-forget/{FILE}").text


def test_p512_versions_with_the_same_reason_are_told_apart_by_what_changed(here: Clone) -> None:
    for body in (TEXT, f"{TEXT}\n\nUne phrase de plus.", f"{TEXT}\n\nUne phrase de moins.", TEXT):
        here.post("un", body)
        here.commit("Texte revu")
    here.post("un", title="Un autre titre")
    here.commit("Texte revu")
    with desk(here.folder) as it:
        page = unescape(it.get(f"/versions/{FILE}").text)
    assert re.findall(r'<p class="facts" dir="auto">(.*?)</p>', page) == [
        "changed: title",
        "taken out: “Une phrase de moins.”",
        "“…phrase de moins.” instead of “…phrase de plus.”",
        "added: “Une phrase de plus.”",
        "the first version",
    ]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("Elle parle.", "Elle donne envie et parle.", "“Elle donne envie et parle.” instead of “Elle parle.”"),
        (
            "Elle parle. Il écoute.",
            "Elle parle bien. Il écoute mieux.",
            "“Elle parle bien.” instead of “Elle parle.” (and 1 other place)",
        ),
        ("Elle parle.", "Elle parle.\n\nUn.\n\nDeux.\n\nTrois.", "added: “Un.” (and 2 other places)"),
        ("Elle parle.", f"Elle parle.\n\n{'mot ' * 19}découper", f"added: “{'mot ' * 18}mot…”"),
        (
            "Un tour de table est presque toujours utile, s’il est court.",
            "Un tour de table est, pour moi, précieux, s’il est court.",
            "“…de table est, pour moi, précieux, s’il est…” instead of "
            "“…de table est presque toujours utile, s’il est…”",
        ),
        ("Utile, ou non, à tous.", "Utile ou non, à tous.", "“Utile ou non…” instead of “Utile, ou non…”"),
        ("Un.\n\n---\n\nDeux.", "Un.\n\nDeux.", "no word changed"),
    ],
)
def test_p512_what_changed_is_cut_at_words_and_a_sign_says_where(before: str, after: str, told: str) -> None:
    assert what_changed(*(replace(NOTHING, body=body) for body in (before, after))) == told


def test_p369_only_who_typed_something_is_told_that_it_is_set_aside(here: Clone) -> None:
    here.post("un")
    here.commit("Première")
    here.post("un", f"{TEXT} Encore.")
    here.commit("Seconde")
    with desk(here.folder) as it:
        one = f"/versions/{FILE}?{rows(it)[-1][0]}"
        assert "be set aside" not in it.get(one).text
        sent(it, FILE, "write-preview", body="Pas enregistré.")
        assert "Your text that is not saved will be set aside." in it.get(one).text


def test_p369_a_text_that_is_an_older_version_again_is_said_to_be_that_one(here: Clone) -> None:
    here.post("un", f"{TEXT}\n\nLa première phrase.")
    here.commit("Première")
    here.post("un", f"{TEXT}\n\nLa seconde phrase.")
    here.commit("Seconde")
    with desk(here.folder) as it:
        back(it, rows(it)[-1][0])
        sent(it, FILE)
        page = it.get(f"/versions/{FILE}").text
    assert "no kept version has" not in page
    assert re.search(r"The text of now is the same as the version of [^<]+\d( and \d+ s)?\.<", page)
    assert page.count("<strong>the text of now</strong>") == 1
    assert page.index("Seconde") < page.index("<strong>the text of now</strong>") < page.index("Première")


def test_p523_a_text_that_was_set_aside_says_what_it_is_and_why(here: Clone) -> None:
    here.post("un", f"{TEXT}\n\nLa première phrase.")
    here.commit("Première")
    here.post("un", f"{TEXT}\n\nLa seconde phrase.")
    with desk(here.folder) as it:
        sent(it, FILE, "write-preview", body=f"{TEXT}\r\n\r\nUne phrase que je regrette.")
        it.post(f"/write-forget/{FILE}", sure="on")
        (left,) = aside(it)
        shown = it.get(f"/versions/{FILE}?{left}").text
        assert "“Un sujet nommé un”, as it was written here</h1>" in shown
        assert re.search(r"Set aside on [^<]+, when the saved text was taken again\.<", shown)
        assert "Write on from this text" in shown
        assert captions(shown) == ["The text that was set aside", "The saved text"]
        back(it, rows(it)[-1][0])
        shown = it.get(f"/versions/{FILE}?{aside(it)[0]}").text
        assert re.search(r"Set aside on [^<]+, when another version was taken up again\.<", shown)
        assert "This is the same as your saved text." in shown


@pytest.mark.parametrize(
    ("there", "now", "told"),
    [
        ("À dix heures.", "À neuf heures.", "“À dix heures.”; your saved text has “À neuf heures.”"),
        ("Elle parle bien.", "Elle parle.", "“Elle parle bien.”; your saved text has “Elle parle.”"),
        ("Elle parle. Bien.", "Elle parle.", "“Bien.”, which your saved text does not have"),
        ("Elle parle.", "Elle parle.\n\nEncore.", "without “Encore.”, which your saved text has"),
        ("Elle  parle.", "Elle parle.", "the same words as your saved text"),
        ("Un.\n\nDeux.\n\nTrois.", "Un.\n\nDix.\n\nTreize.", "“Deux.”; your saved text has “Dix.” (and 1 other place)"),
    ],
)
def test_p523_a_text_that_was_set_aside_is_known_by_its_first_difference(there: str, now: str, told: str) -> None:
    assert first_difference(*(replace(NOTHING, body=body) for body in (there, now))) == told


def test_p523_a_title_that_is_another_one_is_a_difference() -> None:
    there, now = (replace(NOTHING, title=title, body="Elle parle.") for title in ("Le goûter", "Le dîner"))
    assert first_difference(there, now) == "title: “Le goûter”; your saved text has “Le dîner”"


def test_p369_of_each_version_it_is_said_whether_it_was_on_the_forum_where_that_is_known(
    here: Clone, box: Sandbox
) -> None:
    for name in ("Brouillon", "Publiée", "Refusée"):
        here.post("un", f"{TEXT}\n\nLa version {name}.")
        here.commit(name)
        if name == "Publiée":
            here.push()
    with desk(here.folder) as it:
        box.edit(box.by_id("un").id, f"{TEXT}\n\nLa phrase de Claire.", reason="Plus clair")
        here.push(code=3)
        assert "La phrase de Claire." in here.raw("un")
        assert on_forum(it) == {"Refusée": "not published so far", "Publiée": "was published", "Brouillon": ""}
        here.run("pull", code=3)
        here.post("un", f"{TEXT}\n\nLa version choisie.")
        here.run("pull", "--continue")
        here.post("un", f"{TEXT}\n\nLa dernière version.")
        here.commit("Dernière")
        here.push()
        told = on_forum(it)
    assert told["Dernière"] == "was published"
    assert [told[name] for name in ("Refusée", "Publiée", "Brouillon")] == ["never published", "was published", ""]
    assert list(told.values()).count("") == 2, "of a choice between two texts nothing is said"


def on_forum(it: OpenDesk, path: str = FILE) -> dict[str, str]:
    """What is said of each version's publication, by its reason or else by whose it is, the newest first."""
    line = r"<bdi>(.*?)</bdi>[^<]*(?:<q[^>]*>(.*?)</q>)?(?: <span>(.*?)</span>)?</p>"
    return {unescape(why or who): told for who, why, told in re.findall(line, it.get(f"/versions/{path}").text)}
