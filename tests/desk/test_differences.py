"""Differences in words: every page says which side is which, and strikes out what goes; quotes within quotes."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, expect

from koweb_sync import i18n
from koweb_sync.desk.conflicts.pieces import ConflictPiece
from koweb_sync.desk.previews.shown_titles import unbroken, within_quotes
from koweb_sync.sandbox import Sandbox
from tests.browsing import needs_chromium
from tests.desk.open_desk import desk
from tests.desk.test_rooms_in_browser import judged
from tests.desk.test_writing import FILE, sent
from tests.workspace import TEXT, Clone

GONE, NEW = "Struck out: what is taken out.", "Underlined: what is added."
ADDED = " Et une phrase nouvelle."


def captions(page: str) -> list[str]:
    """What stands, to be seen, above the sides of each difference, but where it is folded."""
    page = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    assert re.search(r'<div class="(cooked )?k-change">', page)
    return [unescape(one) for one in re.findall(r'<p class="k-caption">([^<]*)</p>', page)]


def words(page: str, tag: str) -> str:
    """What is struck out, or comes."""
    return " ".join(unescape(one).strip() for one in re.findall(rf"<{tag}>([^<]*)</{tag}>", page))


def test_p395_every_difference_says_which_side_is_which(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.push()
    here.post("un", TEXT + ADDED)
    with desk(here.folder) as it:
        for place in (f"/preview/{FILE}", "/publish/"):
            page = it.get(place).text
            assert (NEW in page, GONE in page) == (True, False), place
            assert set(captions(page)) == {"Added"}, f"{place}: nothing went"
            assert "phrase nouvelle" in words(page, "ins"), place
        here.git("checkout", "posts")
        box.edit(box.by_id("un").id, TEXT + ADDED)
        here.run("fetch", code=None)
        page = it.get("/bring-back/").text
        assert (NEW in page, GONE in page) == (True, False)
        assert set(captions(page)) == {"Added"}


def test_p395_going_back_strikes_out_what_was_typed_and_not_what_stays(here: Clone) -> None:
    here.post("un")
    with desk(here.folder) as it:
        sent(it, FILE, "write-preview", body=f"{TEXT}{ADDED}", title="Un titre tapé en plus")
        asked = it.post(f"/write-forget/{FILE}").text
        assert captions(asked) == ["Your text", "The saved text"]
        assert "phrase nouvelle" in words(asked, "del")
        assert "phrase nouvelle" not in words(asked, "ins")
        assert "Un titre tapé en plus" in words(asked, "del")
        assert "Un sujet nommé un" in words(asked, "ins")
        assert f"{GONE} {NEW}" in asked


@needs_chromium
def test_p395_where_one_chooses_nothing_is_struck_out(here: Clone, box: Sandbox, browser: Browser) -> None:
    here.post("un", f"{TEXT}\n\nUne phrase commune.")
    here.commit()
    here.push()
    box.edit(box.by_id("un").id, here.raw("un").replace("Une phrase commune.", "La phrase du forum."))
    here.reword("un", "Une phrase commune.", "Ma phrase à moi.")
    here.commit()
    here.run("pull", code=3)
    with desk(here.folder) as it, browser.new_context() as context:
        page = it.get("/bring-back/").text
        opened = context.new_page()
        opened.goto(it.server.access.address("/bring-back/"))
        wrong = judged(opened, "choose")
        here.run("pull", "--abort")
        sent(it, FILE, "write-preview", body=f"{TEXT}{ADDED}", title="Un titre « tapé » en plus ?")
        opened.goto(f"{it.home}/write/{FILE}")
        opened.get_by_role("button", name="Back to the saved text").press("Enter")
        expect(opened.get_by_role("heading", level=1)).to_have_text("Back to the saved text?")
        wrong += judged(opened, "forget")
        opened.get_by_role("link", name="Go on writing").press("Enter")
        opened.get_by_role("button", name="Save", exact=True).press("Enter")
        opened.goto(f"{it.home}/preview/{FILE}")
        wrong += judged(opened, "changed")
        assert wrong == []
        assert "Marked: the phrases that differ from the other text." in page
        assert "<del>" not in page
        assert "forum" in words(page, "mark")


@pytest.mark.parametrize(
    ("ours", "theirs", "marked"),
    [
        (
            "Le tour est utile, s’il est court.",
            "Le tour est précieux, à mon avis, quand il est bref.",
            (["utile, s’il est court"], ["précieux, à mon avis, quand il est bref"]),
        ),
        (
            "Une phrase simple, et longue.",
            "Une phrase double, et courte.",
            (["simple, et longue"], ["double, et courte"]),
        ),
        ("Demain à dix heures, ici.", "Demain à neuf heures, là.", (["dix", "ici"], ["neuf", "là"])),
        ("Un et quinze.", "Dix et tous les quinze.", (["Un et "], ["Dix et tous les "])),
        ("Un.\n\nDeux.", "Dix.\n\nTreize.", (["Un.", "Deux."], ["Dix.", "Treize."])),
    ],
)
def test_p395_what_differs_is_marked_as_whole_phrases(ours: str, theirs: str, marked: tuple[list[str], ...]) -> None:
    sides = ConflictPiece(ours=ours, theirs=theirs, clash=True).sides
    assert tuple([run.text for run in side if run.kind != "same"] for side in sides) == marked
    assert ["".join(run.text for run in side) for side in sides] == [ours, theirs]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Qui vient ?", "Qui vient\u00a0?"),
        ("Lire « Le Monde » : pourquoi ?!", "Lire «\u00a0Le Monde\u00a0»\u00a0: pourquoi\u00a0?!"),
        ("Bravo :tada: et (vraiment !)", "Bravo :tada: et (vraiment\u00a0!)"),
        ("What? Nothing: here", "What? Nothing: here"),
    ],
)
def test_p396_no_line_begins_with_a_sign(given: str, shown: str) -> None:
    assert unbroken(given) == shown


@given(st.text(alphabet="ab «»?!:;.\u00a0\n", max_size=40))
def test_p396_only_spaces_are_shown_otherwise(text: str) -> None:
    assert unbroken(text).replace("\u00a0", " ") == text.replace("\u00a0", " ")
    assert unbroken(unbroken(text)) == unbroken(text)


def test_p396_quotes_within_quotes_are_the_inner_ones(here: Clone) -> None:
    title = "Pourquoi « faire ensemble » ?"
    here.post("un", title=title)
    with i18n.speaking("fr"), desk(here.folder) as it:
        assert within_quotes(title) == "Pourquoi “faire ensemble”\u00a0?"
        for place in ("versions", "write-delete"):
            page = unescape(it.get(f"/{place}/{FILE}").text)
            (head,) = re.findall(r"<h1>(.*?)</h1>", page)
            assert "«\u00a0Pourquoi “faire ensemble”\u00a0?\u00a0»" in head
        assert '<h1 dir="auto">Pourquoi «\u00a0faire ensemble\u00a0»?</h1>' in it.get(f"/preview/{FILE}").text
        assert f'value="{title}"' in it.get(f"/write/{FILE}").text
    with i18n.speaking("en"):
        assert within_quotes("On “us”") == "On ‘us’"


def test_p498_what_changed_is_shown_as_people_read_it_wherever_it_is_shown(here: Clone, box: Sandbox) -> None:
    here.post("un", f"{TEXT}\n\n## En bref\n\n- dire bonjour")
    here.commit()
    here.push()
    old, raw = here.git("rev-parse", "HEAD"), here.raw("un")
    with desk(here.folder) as it:
        sent(it, FILE, body=f"{TEXT}\r\n\r\n## En un mot\r\n\r\n- dire bonsoir")
        pages = [it.get("/publish/").text, it.get(f"/versions/{FILE}?at={old}").text]
        sent(it, FILE, "write-preview", body=f"{TEXT}\r\n\r\n## En deux mots\r\n\r\n- dire salut")
        pages.append(it.post(f"/write-forget/{FILE}").text)
        box.edit(box.by_id("un").id, raw.replace("- dire bonjour", "- dire bonjour à tous"))
        here.run("fetch")
        pages.append(it.get("/bring-back/").text)
    for page in pages:
        told = re.sub(r"<details.*?</details>", "", page[page.index("<main") :], flags=re.DOTALL)
        assert re.search(r"<li>.*dire", told), told
        assert not re.search(r"## |- dire", re.sub(r"<[^>]*>", "", told)), told
