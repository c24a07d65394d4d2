"""What the desk calls things: the same word everywhere, and whom to ask where a facilitator cannot go on alone."""

import re
from datetime import UTC
from html import unescape
from pathlib import Path

import pytest

from koweb_sync import dates
from koweb_sync.desk.run.app_icon import app_icon
from koweb_sync.i18n import speaking
from koweb_sync.sandbox import Sandbox
from tests.desk.conftest import ServedPages
from tests.desk.open_desk import desk
from tests.desk.test_bringing_back import after, both_change, published
from tests.desk.test_publishing import publish
from tests.desk.test_setting_up import empty, first_step
from tests.workspace import Clone

__all__ = ["empty", "published"]


def test_p371_a_wrong_key_says_whom_to_ask_and_for_what(empty: Path, box: Sandbox) -> None:
    with desk(empty) as it:
        for key, told in (("", "for an API key for “admin”"), ("une-fausse-cle", "for another.")):
            page = first_step(it, box, key=key).text
            assert re.search(rf"[aA]sk [a-z ]*administrators?[a-z ]* {told}", page)
            assert re.search(r'<label for="k-key">\s*Your key', page)


def test_p372_the_categories_that_were_chosen_come_first_and_the_page_says_so(here: Clone, pages: ServedPages) -> None:
    assert "optgroup" not in pages.get("/write/").text
    here.run("doctor")
    page = pages.get("/write/").text
    chosen, others = re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', page, re.DOTALL)
    assert (chosen[0], others[0]) == ("Chosen when you set up", "Others of the forum")
    assert chosen[1].count("<option") == 3
    assert "First come the categories that you chose" in page


def test_p373_two_versions_are_called_so_everywhere(box: Sandbox, published: Clone, pages: ServedPages) -> None:
    both_change(box, published)
    refused = publish(pages).text
    assert "it has two versions now" in refused
    came = after(pages, "/bring-back/").text
    assert "Two versions of the same place" in came
    for page in (refused, came, pages.get("/bring-back/").text, pages.get("/preview/").text):
        assert "onflict" not in re.sub(r"<[^>]*>", " ", page)


def test_p374_a_list_without_others_speaks_of_no_others(published: Clone, pages: ServedPages) -> None:
    heads = re.findall(r'<h2 id="k-group-\d">(.*?)</h2>', pages.get("/preview/").text)
    assert heads == ["Up to date on the forum"]
    assert published.published() == ["un"]


def test_p374_a_draft_is_not_said_to_have_nothing_to_publish(here: Clone, pages: ServedPages) -> None:
    here.post("un", draft="true")
    page = pages.get("/preview/").text
    assert re.findall(r'<h2 id="k-group-\d">(.*?)</h2>', page) == ["Drafts"]
    assert '<p role="status">1 post.</p>' in page, "how it stands is said beside it"


def test_p397_a_look_that_found_nothing_says_so(published: Clone, box: Sandbox, pages: ServedPages) -> None:
    after(pages, "/bring-back/look/")
    assert re.search(
        r"Looked at the forum at \d+:\d\d: no change of your messages, and no reply, that is new to you\.",
        pages.get("/preview/").text,
    )
    box.edit(box.by_id("un").id, f"{published.raw('un')} Une phrase de plus.")
    after(pages, "/bring-back/look/")
    assert "nothing that you" not in pages.get("/preview/").text


def test_p397_times_are_written_one_way_on_all_pages(published: Clone, pages: ServedPages) -> None:
    after(pages, "/bring-back/look/")
    published.run("archive")
    with speaking("fr"):
        for address in ("/preview/", "/versions/posts/un.md", "/bring-back/", "/memory/", "/memory/state"):
            page = pages.get(address).text
            words = re.sub(r"<[^>]*>", " ", page[page.index("<main") : page.index("</main>")])
            assert re.search(r"\b\d\d? h \d\d\b", words.replace("\xa0", " ").replace("\u202f", " ")), address
            assert not re.search(r"\b\d\d:\d\d\b", words), address


def test_p397_times_are_the_reader_s_and_paths_stay_out_of_lists(published: Clone, pages: ServedPages) -> None:
    after(pages, "/bring-back/look/")
    for address in ("/preview/", "/versions/posts/un.md", "/bring-back/", "/publish/"):
        page = pages.get(address).text
        words = re.sub(r"<[^>]*>", " ", page[page.index("<main") : page.index("</main>")])
        assert "UTC" not in words, address
        assert "posts/un.md" not in words, address
    offset = re.search(r'data-offset="(-?\d+)" hidden', pages.get("/preview/").text)
    assert offset
    assert published.published() == ["un"]


def test_a_text_that_is_not_begun_stands_among_the_drafts(here: Clone, pages: ServedPages) -> None:
    here.run("doctor")
    here.post("vide", "")
    here.post("un")
    here.post("bref", "Court.")
    page = pages.get("/preview/").text
    heads = re.findall(r'<h2 id="k-group-\d">(.*?)</h2>', page)
    assert heads == ["Somebody has to look at these", "To publish", "Drafts"]
    assert "Un sujet nommé vide" in page.partition("Drafts</h2>")[2]


def test_the_help_says_what_a_post_is_where_the_forum_is_counted(pages: ServedPages) -> None:
    page = pages.get("/help/").text
    assert "a post is all that somebody writes on the forum, replies among them" in page
    assert "below your text" not in page, "the button is above it"


def test_the_help_says_when_the_desk_ends_and_how_it_is_opened_again(pages: ServedPages) -> None:
    icon = app_icon()
    assert icon is not None
    told = f"open the desk with the icon “koweb” {icon.told}."
    page = unescape(pages.get("/help/").text)
    assert "once the last one is closed, the desk ends by itself a little later" in page
    assert ("start the desk as today" in page, told in page) == (True, False)
    icon.put()
    page = unescape(pages.get("/help/").text)
    assert ("start the desk as today" in page, told in page) == (False, True)


@pytest.mark.parametrize(
    ("language", "named", "told"),
    [
        ("fr", False, "30 novembre 2026 à 14 h 05"),
        ("fr", True, "30 novembre 2026 à 14:05 UTC"),
        ("en", False, "November 30, 2026, 14:05"),
        ("en", True, "November 30, 2026, 14:05 UTC"),
    ],
)
def test_a_day_and_its_time_are_said_as_people_say_them(language: str, *, named: bool, told: str) -> None:
    with speaking(language):
        try:
            dates.read_in(UTC, named=named)
            assert dates.minute(dates.instant("2026-11-30T14:05:59Z")).replace("\u00a0", " ") == told
        finally:
            dates.read_in(UTC)
