"""A translation is begun, found and written at the desk, and what its file says besides stays."""

import re
from html import unescape

import pytest

from koweb_sync.sandbox import Sandbox
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.test_translations_shown import ENGLISH, translated
from tests.desk.test_writing import FILE
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


def test_p483_a_translation_is_written_and_the_rest_of_its_file_stays(here: Clone) -> None:
    translated(here)
    here.write(ENGLISH, here.read(ENGLISH).replace("title:", "# ours\nof: '0123456789ab'\ntitle:", 1))
    before = here.read(ENGLISH)
    with desk(here.folder) as it:
        mark = key(it)
        saved = it.post(PLACE, mark=mark, title="One topic", body="A text of some length.\r\n\r\nAnother one.\r\n")
        assert "Saved." in saved.text
        assert here.read(ENGLISH) == before.replace("A first sentence.", "Another one.")
        late = it.post(PLACE, mark=mark, title="Late", body="Typed late.")
        assert late.status_code == 409
        assert "Typed late." in late.text
        assert "Another one." in late.text
        assert "Another one." in here.read(ENGLISH)
        it.post(PLACE, mark=key(it), title="A better title", body="Text.\r\n")
        assert here.read(ENGLISH) == "---\n# ours\nof: '0123456789ab'\ntitle: A better title\n---\n\nText.\n"


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
