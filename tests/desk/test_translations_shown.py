"""Translations at the desk and in the preview: whether they are of the text of now, and what changed in it since."""

import re
from html import unescape

import pytest

from koweb_sync.git.repo import Repo
from koweb_sync.sync.world import stale_translations
from tests.desk.conftest import ServedPages
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.test_writing import FILE, sent
from tests.workspace import TEXT, Clone

ENGLISH = "posts/un.en.md"
BEHIND = "The text has changed since it was translated."
FITS = "It translates the text of now."


def side(it: OpenDesk | ServedPages, place: str = "preview") -> str:
    """What the page of the post says of its translations."""
    found = re.search(
        r"<h2>Translations</h2>(.*?)</ul>\s*(?:<h2>|<details><summary>Its)", it.get(f"/{place}/{FILE}").text, re.DOTALL
    )
    return unescape(found[1]) if found else ""


def translated(here: Clone, of: str = "") -> None:
    """A post and its translation, committed."""
    here.post("un", f"{TEXT}\n\nUne première phrase.")
    said = f'of: "{of}"\n' if of else ""
    here.write(ENGLISH, f"---\ntitle: One topic\n{said}---\n\nA text of some length.\n\nA first sentence.\n")
    here.commit()


def test_a_translation_with_its_originals_title_is_not_called_done(here: Clone) -> None:
    translated(here)
    english = here.read(ENGLISH)
    with desk(here.folder) as it:
        here.write(ENGLISH, english.replace("One topic", "Un sujet nommé un"))
        for place in ("preview", "write"):
            told = side(it, place)
            assert "title still that of the original." in told
            assert FITS not in told
        assert "up to date with its original" not in it.get("/preview/").text
        here.write(ENGLISH, english)
        assert FITS in side(it)
        assert "up to date with its original" in it.get("/preview/").text


@pytest.mark.parametrize("marked", [True, False])
def test_p446_the_desk_says_that_an_original_moved_on_and_what_changed_since(here: Clone, marked: bool) -> None:
    translated(here)
    with desk(here.folder) as it:
        assert FITS in side(it)
        if marked:
            here.post("un", f"{TEXT}\n\nUne autre.")
            (mark,) = re.findall(r'name="mark" value="(\w+)"', it.get(f"/preview/{FILE}").text)[:1]
            here.post("un", f"{TEXT}\n\nUne première phrase.")
            here.write(ENGLISH, here.read(ENGLISH).replace("title:", f'of: "{mark}"\ntitle:', 1))
            here.post("un", f"{TEXT}\n\nUne autre.")
            here.commit()
            assert FITS in side(it)
        here.post("un", f"{TEXT}\n\nUne seconde phrase.")
        told = side(it)
        assert BEHIND in told
        assert ENGLISH in told
        assert re.search(r"<del>[^<]*(première|autre)", told)
        assert re.search(r"<ins>[^<]*seconde", told)
        assert BEHIND in side(it, "write")
        listed = it.get("/preview/").text
        assert "1 text has changed since it was translated:" in listed
        assert 'Translation to bring up to date: <span data-locale="en">' in re.sub(r"\s+", " ", listed)
        here.commit("Plus tard")
        assert BEHIND in side(it), "committed, too"
        assert ("un.en.md" in here.run("status").text) == (BEHIND in side(it))


def test_p446_who_says_that_a_translation_is_right_changes_that_line_alone(here: Clone) -> None:
    translated(here)
    with desk(here.folder) as it:
        here.post("un", f"{TEXT}\n\nUne première phrase.", tags=["outils"])
        assert FITS in side(it), "only the text counts"
        here.post("un", f"{TEXT}\n\nUne seconde phrase.")
        before = here.read(ENGLISH)
        it.post(f"/translation-fits/{ENGLISH}", mark="another")
        assert here.read(ENGLISH) == before
        (mark,) = re.findall(r'name="mark" value="(\w+)"', side(it))
        assert FITS in unescape(it.post(f"/translation-fits/{ENGLISH}", mark=mark).text)
        assert here.read(ENGLISH) == before.replace("title: One topic\n", f'title: One topic\nof: "{mark}"\n')
        assert "since it was translated" not in it.get("/preview/").text
        here.commit()
        assert "un.en.md" not in here.run("check").text
        assert it.post(f"/translation-fits/{FILE}", mark=mark).status_code == 404


def test_p446_what_is_typed_counts_once_it_is_saved_and_what_keeps_a_translation_back_at_once(here: Clone) -> None:
    translated(here)
    with desk(here.folder) as it:
        typed = sent(it, FILE, "write-preview", body=f"{TEXT}\r\n\r\nTapé.").json()["side"]
        assert BEHIND not in unescape(typed), "nothing is saved yet"
        assert FITS not in unescape(typed), "what is shown is another text"
        assert "One topic" in side(it, "write"), "where what was typed is kept"
        assert FITS not in side(it, "write") + side(it)
        for name in ("pt-BR", "pt_BR"):
            here.write(f"posts/un.{name}.md", here.read(ENGLISH))
        here.write("posts/un.de.md", "---\ntitle: Ein Thema\nofen: 1\n---\n\nText\n")
        here.write("posts/un.es.md", "---\ntitle: Un tema\n---\n\n<!-- koweb: original\nUn texte.\n-->\n")
        told = side(it)
        assert "is a translation of the same post into the same language" in told
        assert "1 paragraph is still to be translated" in told
        assert "<!--" not in told
        assert "A translation does not say “ofen”" in told


def test_p447_history_is_asked_once_for_a_text_that_was_translated(
    here: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    translated(here, of="0123456789ab")
    asked: list[str] = []
    real = stale_translations.text_of

    def counted(repo: Repo, head: str, original: str, mark: str) -> str | None:
        asked.append(original)
        return real(repo, head, original, mark)

    monkeypatch.setattr(stale_translations, "text_of", counted)
    with desk(here.folder) as it:
        for n in range(3):
            here.post("un", f"{TEXT} {n}")
            assert BEHIND in side(it)
            assert "What changed since" not in side(it), "no version has it"
        assert len(asked) == 1
