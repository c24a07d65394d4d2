"""Writing in the desk: what a form leaves alone keeps its bytes, and nobody's text is lost."""

import re
from dataclasses import replace
from html import unescape

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.desk.texts import attaching
from koweb_sync.desk.texts.writing import file_name, form_of, link_markdown, mark, with_line_ends, written
from koweb_sync.posts.document import parse
from tests.desk.conftest import ServedPages, opened
from tests.desk.open_desk import OpenDesk, desk
from tests.workspace import PNG, TEXT, Clone

TEXTS = st.text(alphabet="ab é#-*\n", max_size=60)
FILE = "posts/un.md"
ENDS = st.sampled_from(["\n", "\r\n"])


def fields(it: OpenDesk, path: str) -> dict[str, str]:
    """What the form of a text holds, as a browser would send it back."""
    return as_sent(it.get(f"/write/{path}").text)


def as_sent(found: str) -> dict[str, str]:
    """The fields of a page's form."""
    given = {
        name: unescape(value)
        for name, value in re.findall(r'<input [^>]*?name="(\w+)"[^>]*? value="([^"]*)"', found)
        if name != "link"
    }
    given["mark"] = re.findall(r'name="mark" value="(\w+)"', found)[0]
    body = re.search(r'name="body"[^>]*>\n(.*?)</textarea>', found, re.DOTALL)
    chosen = re.search(r'<option value="([^"]*)" selected', found)
    assert body is not None
    return {**given, "category": unescape(chosen[1]) if chosen else "", "body": unescape(body[1]).replace("\n", "\r\n")}


def sent(it: OpenDesk, path: str, where: str = "write", **changes: str) -> requests.Response:
    """Send the form back with some fields changed."""
    return it.post(f"/{where}/{path}", **{**fields(it, path), **changes})


@given(TEXTS, TEXTS, ENDS)
def test_p310_lines_that_stay_keep_their_ends(old: str, new: str, end: str) -> None:
    before = old.replace("\n", end)
    after = with_line_ends(new.replace("\n", "\r\n"), before)
    assert after.replace("\r\n", "\n").rstrip("\n") == new.rstrip("\n")
    assert with_line_ends(before, before) == before
    if end == "\r\n" and "\n" in old:
        assert "\n" not in after.replace("\r\n", "")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_p310_a_save_changes_no_byte_that_it_need_not(here: Clone, end: str) -> None:
    front = "# un commentaire\ntitle: 'Un sujet nommé un'\nid: un\ntags: [b, a] # ici\nautre: 12"
    text = f"---\n{front}\n---\n\n{TEXT}\n\nLa fin. \n"
    here.write("posts/un.md", text.replace("\n", end))
    before = (here.folder / "posts/un.md").read_bytes()
    with desk(here.folder) as it:
        assert sent(it, "posts/un.md").url.endswith("?saved")
        assert (here.folder / "posts/un.md").read_bytes() == before
        sent(it, "posts/un.md", title="Un autre titre : plus long", tags="a, c")
        after = here.read("posts/un.md")
        assert parse("posts/un.md", after.encode()).front.title == "Un autre titre : plus long"
        assert parse("posts/un.md", after.encode()).front.tags == ("a", "c")
        for kept in ("# un commentaire", "autre: 12", f"{end}{end}{TEXT}{end}{end}La fin. {end}"):
            assert kept in after
        sent(it, "posts/un.md", body=f"{TEXT}\r\n\r\nUne autre fin.")
        assert here.read("posts/un.md").endswith(f"{end}{end}{TEXT}{end}{end}Une autre fin.{end}")


def test_p311_a_title_written_outside_is_shown_beside_ones_own(here: Clone) -> None:
    here.post("un", created="2019-03-02")
    with desk(here.folder) as it:
        form = fields(it, "posts/un.md")
        here.write("posts/un.md", here.read("posts/un.md").replace("sujet nommé", "sujet changé", 1))
        shown = it.post("/write/posts/un.md", **form)
        assert 'name="created" value="2019-03-02"' in shown.text
        assert shown.status_code == 409
        assert re.search(r"<mark>nommé</mark>.*<mark>changé</mark>", shown.text, re.DOTALL)


def test_p311_a_file_that_cannot_be_read_any_more_takes_no_typed_text_away(here: Clone) -> None:
    here.post("un")
    with desk(here.folder) as it:
        form = {**fields(it, "posts/un.md"), "body": "Le mien."}
        here.write("posts/un.md", f"---\ntitle: [\n---\n{TEXT}\n")
        now = mark((here.folder / "posts/un.md").read_bytes())
        for where, given in (("write", form), ("write-choose", {**form, "over": form["mark"], "mark": now})):
            shown = it.post(f"/{where}/posts/un.md", **given)
            assert shown.status_code == 409
            assert "Le mien." in shown.text
            assert "Save it like this" not in shown.text
        assert TEXT in here.read("posts/un.md")


def test_p315_a_file_that_is_not_utf8_keeps_its_bytes(here: Clone) -> None:
    here.post("un")
    file = here.folder / "posts/un.md"
    data = file.read_bytes() + "Été à Paris\n".encode("latin-1")
    file.write_bytes(data)
    with desk(here.folder) as it:
        saved = sent(it, "posts/un.md", body="Autre chose.")
        assert saved.status_code == 409
        assert "This file is not UTF-8 text" in saved.text
        assert "Autre chose." in saved.text
        assert sent(it, "posts/un.md", "write-preview").status_code == 200
    assert file.read_bytes() == data


def test_p312_a_new_post_is_made_and_published(here: Clone) -> None:
    with desk(here.folder) as it:
        refused = it.post("/write/", title="Court", place="0", tags="")
        assert refused.status_code == 409
        assert 'value="Court"' in refused.text
        made = it.post("/write/", title="Écouter : d’abord « l’autre »", place="1", tags="accueil, posture")
        path = made.url.partition("/write/")[2]
        assert path == "posts/bases/ecouter-dabord-lautre.md"
        sent(it, path, body=f"{TEXT}\r\n\r\nÀ bientôt.")
    post = parse(path, here.read(path).encode())
    assert (post.front.title, post.front.tags) == ("Écouter : d’abord « l’autre »", ("accueil", "posture"))
    here.commit()
    here.push()
    assert here.raw(post.front.id).endswith("À bientôt.")


@pytest.mark.parametrize(
    "path", ["../secret.md", ".git/config", "posts/../../x.md", "koweb.toml", "posts/lien.md", "posts/rien.md"]
)
def test_p313_nothing_but_post_files_is_written(here: Clone, path: str) -> None:
    (here.folder.parent / "secret.md").write_text("---\n")
    (here.folder / "posts").mkdir(exist_ok=True)
    (here.folder / "posts/lien.md").symlink_to(here.folder.parent / "secret.md")
    with desk(here.folder) as it:
        given = {"title": "Un titre assez long", "body": "x", "link": "x", "alt": "x"}
        for where in ("write", "write-file", "write-link"):
            for data in (b"", b"---\n"):
                answer = it.post(f"/{where}/{path}", **given, mark=mark(data))
                assert answer.status_code in (400, 404, 405, 409), where
    assert (here.folder.parent / "secret.md").read_text() == "---\n"


def added(it: OpenDesk, *files: tuple[str, bytes], **more: list[str] | str) -> requests.Response:
    """Files put beside posts/un.md by its form, without script."""
    data = {**fields(it, "posts/un.md"), **more}
    given = [("files", (name, content, "")) for name, content in files]
    to = f"{it.home}/write-file/posts/un.md"
    return it.browser.post(to, data=data, files=given, headers={"Origin": it.home}, timeout=20)


def test_p314_a_picture_is_kept_beside_the_post_and_shown(here: Clone) -> None:
    here.post("un")
    with desk(here.folder) as it:
        for name in ("Photo.PNG", "autre.png"):
            assert added(it, (name, PNG), alt="Une salle [vide]", width="2").url.endswith("?saved")
        text = here.read("posts/un.md")
        assert "![Une salle (vide)|2x1](img/une-salle-vide.png)" in text
        assert "![Une salle (vide)|2x1](img/une-salle-vide-2.png)" in text
        assert (here.folder / "posts/img/une-salle-vide.png").read_bytes() == PNG
        assert re.search(r'src="/file/posts/img/une-salle-vide(-2)?\.png"', it.get("/preview/posts/un.md").text)


def test_p342_each_file_has_words_of_its_own_and_all_or_none_are_taken(here: Clone) -> None:
    here.post("un")
    before = here.read("posts/un.md")
    two = (("a.png", PNG), ("b.png", PNG))
    wrong: dict[str, tuple[tuple[tuple[str, bytes], ...], dict[str, list[str] | str]]] = {
        "Choose one file at a time": (two, {"alt": "Une salle"}),
        "Say in a few words what the picture shows": (two, {"alt": ["Une salle", ""], "width": ["", ""]}),
        "Write a whole number from 1 to 9999, or nothing.": ((two[0],), {"alt": "Une salle", "width": "large"}),
        "would become a message of its own": ((two[0], ("n.MD", b"# Notes")), {"alt": ["Une salle", "Des notes"]}),
        "No file was chosen.": ((), {}),
    }
    with desk(here.folder) as it:
        for said, (files, more) in wrong.items():
            answer = added(it, *files, **more)
            assert (answer.status_code, said in answer.text) == (409, True), said
            assert here.read("posts/un.md") == before
            assert not (here.folder / "posts/img").exists()
        assert added(it, *two, alt=["Une salle", "Un cercle"], width=["", "1"]).url.endswith("?saved")
    added_there = "![Une salle](img/une-salle.png)\n\n![Un cercle|1x1](img/un-cercle.png)\n"
    assert here.read("posts/un.md").endswith(added_there)


def test_p343_a_date_is_written_and_a_wrong_one_is_said_beside_its_field(here: Clone) -> None:
    here.post("un")
    with desk(here.folder) as it:
        wrong = sent(it, "posts/un.md", created="hier")
        assert 'aria-describedby="k-created-fault" aria-invalid="true"' in wrong.text
        assert "“hier” is no date." in wrong.text
        it.post("/write-forget/posts/un.md", sure="on")
        assert sent(it, "posts/un.md", created="2019-03-02").url.endswith("?saved")
        assert fields(it, "posts/un.md")["created"] == "2019-03-02"
        before = here.read("posts/un.md")
        assert sent(it, "posts/un.md").url.endswith("?saved")
    assert here.read("posts/un.md") == before
    post = parse("posts/un.md", before.encode())
    assert post.front.says["created"] == "2019-03-02T00:00:00+00:00"


def test_p314_a_link_to_another_post_is_found_by_its_title(here: Clone) -> None:
    here.post("un")
    here.post("deux", path="posts/bases/deux et trois.md")
    with desk(here.folder) as it:
        sent(it, "posts/un.md", "write-link", link="Un sujet nommé deux")
        assert "[Un sujet nommé deux](<bases/deux et trois.md>)" in here.read("posts/un.md")
        assert sent(it, "posts/un.md", "write-link", link="Personne").status_code == 409
        found = sent(it, "posts/un.md", "write-link", link="DÉUX nomme")
        assert re.findall(r'name="target" value="([^"]+)"', found.text) == ["posts/bases/deux et trois.md"]


def test_p315_a_file_whose_first_lines_cannot_be_read_is_written_whole(here: Clone) -> None:
    here.write("posts/un.md", f"---\ntitle: [\n---\n{TEXT}\n")
    with desk(here.folder) as it:
        form = fields(it, "posts/un.md")
        assert form["whole"] == "1"
        it.post(
            "/write/posts/un.md",
            **{**form, "body": form["body"].replace("title: [", "title: Un titre assez long\r\nid: un")},
        )
    assert parse("posts/un.md", here.read("posts/un.md").encode()).front.title == "Un titre assez long"


def test_p310_names_and_links_are_plain() -> None:
    assert file_name("", "../../Été à Paris.JPG", ["ete-a-paris.jpg"]) == "ete-a-paris-2.jpg"
    assert link_markdown("Un [titre]", "posts/a/b.md", "posts/c/d.md") == "[Un (titre)](../a/b.md)"
    post = parse("a.md", b"---\ntitle: Un titre\nid: un\n---\ntexte")
    form = form_of(post, post.data)
    assert (
        written("a.md", post.data, form, replace(form, draft=True))
        == b"---\ntitle: Un titre\nid: un\ndraft: true\n---\ntexte"
    )


def test_p316_what_was_typed_outlives_the_desk(here: Clone) -> None:
    here.post("un")
    with desk(here.folder) as it:
        sent(it, "posts/un.md", "write-preview", body=f"{TEXT}\r\n\r\nPas encore enregistré.")
        assert "Pas encore" not in here.read("posts/un.md")
    with desk(here.folder) as it:
        assert "This is the text that you did not save. It is still not saved." in it.get("/write/posts/un.md").text
        sent(it, "posts/un.md")
        assert "Pas encore enregistré." in here.read("posts/un.md")
        assert "you did not save" not in it.get("/write/posts/un.md").text
        sent(it, "posts/un.md", "write-preview", body="Autre chose.")
        it.post("/write-forget/posts/un.md", sure="on")
        assert "you did not save" not in it.get("/write/posts/un.md").text
    here.commit()
    assert here.git("status", "--porcelain") == ""


def test_p316_a_kept_text_does_not_write_over_what_came_meanwhile(here: Clone) -> None:
    here.post("un")
    with desk(here.folder) as it:
        sent(it, "posts/un.md", "write-preview", body=f"{TEXT}\r\n\r\nPas encore.")
    here.post("un", f"{TEXT} Écrit ailleurs.")
    with desk(here.folder) as it:
        form = fields(it, "posts/un.md")
        assert "Pas encore." in form["body"]
        shown = it.post("/write/posts/un.md", **form)
        assert "Écrit ailleurs." in here.read("posts/un.md")
        assert shown.status_code == 409


def test_p316_a_kept_text_stands_in_the_page_that_is_opened_next(here: Clone) -> None:
    here.post("un")
    with desk(here.folder) as it:
        sent(it, "posts/un.md", "write-preview", body=f"{TEXT}\r\n\r\nHier, longtemps.")
        assert "you did not save" in it.get("/write/posts/un.md").text
        assert "Hier, longtemps." in fields(it, "posts/un.md")["body"]


def test_p316_a_refused_text_is_kept(here: Clone) -> None:
    here.post("un")
    with desk(here.folder) as it:
        form = fields(it, "posts/un.md")
        here.post("un", f"{TEXT} Écrit ailleurs.")
        it.post("/write/posts/un.md", **{**form, "body": f"{TEXT} Écrit ici."})
        assert "Écrit ici." in it.get("/write/posts/un.md").text


def test_p314_of_posts_with_one_title_each_can_be_linked(here: Clone) -> None:
    here.post("un")
    here.post("deux", path="posts/a/deux.md")
    here.write("posts/b/trois.md", here.read("posts/a/deux.md").replace("id: deux", "id: trois"))
    with desk(here.folder) as it:
        both = sent(it, "posts/un.md", "write-link", link="Un sujet nommé deux")
        assert both.status_code == 409
        assert re.findall(r'name="target" value="([^"]+)"', both.text) == ["posts/a/deux.md", "posts/b/trois.md"]
        a = sent(it, "posts/un.md", "write-link", link="posts/a/deux.md").status_code
        b = sent(it, "posts/un.md", "write-link", link="posts/b/trois.md").status_code
        assert (a, b) == (200, 200), (a, b, here.read("posts/un.md"))


def test_p316_what_was_typed_into_the_fields_is_kept(here: Clone) -> None:
    here.post("un")
    with desk(here.folder) as it:
        sent(it, "posts/un.md", "write-preview", title="Un titre tapé longtemps")
        assert "Un titre tapé longtemps" in it.get("/write/posts/un.md").text


def test_p311_the_file_is_kept_where_somebody_chooses_it(here: Clone) -> None:
    here.post("un")
    with desk(here.folder) as it:
        form = fields(it, "posts/un.md")
        here.post("un", f"{TEXT} Écrit ailleurs.")
        both = it.post("/write/posts/un.md", **{**form, "body": f"{TEXT} Écrit ici."})
        assert 'formaction="/write-forget/posts/un.md"' in both.text
        theirs = it.post("/write-forget/posts/un.md", sure="on").text
        assert "you did not save" not in theirs
        assert "Écrit ailleurs." in theirs


def test_p316_a_text_kept_by_a_build_before_is_shown_and_asked_about(here: Clone) -> None:
    here.post("un")
    with desk(here.folder) as it:
        sent(it, "posts/un.md", "write-preview", body="Autre")
        kept = next((here.folder / ".git/koweb/unsaved").iterdir())
        for text in ("Un texte nu.", "12", "[1]", "{}", '{"mark": "x", "title": 3}'):
            kept.write_text(text)
            assert unescape(it.get("/write/posts/un.md").text).count(text) >= 1
            assert sent(it, "posts/un.md").status_code == 409
            assert TEXT in here.read("posts/un.md")


def test_p342_a_width_is_a_number_of_pixels_or_a_fault(here: Clone) -> None:
    settings = opened(here).settings
    for width, fine in (
        ("", True),
        ("1", True),
        ("9999", True),
        ("0", False),
        ("large", False),
        ("²", False),
        ("9" * 5000, False),
    ):
        found = attaching.faults(settings, "posts/un.md", [attaching.GivenFile("a.png", PNG, "Une photo", width)])
        assert ("width-0" not in found) == fine, width


def test_p310_a_place_that_is_not_offered_makes_nothing(here: Clone, pages: ServedPages) -> None:
    for place in ("99", "-1", "²", "9" * 5000):
        assert pages.post("/write/", title="Un titre assez long", place=place, tags="").status_code == 409
    assert not (here.folder / "posts").exists()
