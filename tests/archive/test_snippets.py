"""What is shown of a post that was found: words that people wrote, and none that the forum added."""

import re
from html import unescape

import pytest

from koweb_sync.archive.store.search_words import snippet, wishes
from koweb_sync.sandbox import Sandbox
from tests.desk.open_desk import desk
from tests.sandbox.fair import picture
from tests.workspace import TEXT, Clone

ADDED = re.compile(r"\d×\d|\d [KM]?[Bo]\b|[Bb]ytes|voters?\b|↩")
BODY = f"""{TEXT} Une perruche chante.[^1]

![Une tortue au soleil](photo.png)

[poll name=avis]
* D’accord
* Pas d’accord
[/poll]

[^1]: Une remarque sur les canaris.
"""
WRITTEN = ("perruche", "tortue", "accord", "canaris")


def test_a154_what_nobody_wrote_is_in_no_snippet_and_what_people_wrote_is_found(here: Clone, box: Sandbox) -> None:
    here.write("posts/photo.png", picture(1400, 900))
    here.post("un", BODY)
    here.commit()
    here.push()
    cooked = box.first_post(box.by_id("un").id).cooked
    assert "informations" in cooked
    assert "poll-info" in cooked
    here.run("archive")
    number = box.by_id("un").id
    with desk(here.folder) as it:
        (about,) = here.run("archive", "search", "tortue", "--format", "json").data["posts"]
        assert "Une perruche chante. [Une tortue au soleil]" in re.sub(r" ?\[1\]", "", about["snippet"])
        (together,) = here.run("archive", "search", '"tortue au soleil"', "--format", "json").data["posts"]
        assert together["topic"] == number
        for word in WRITTEN:
            (found,) = here.run("archive", "search", word, "--format", "json").data["posts"]
            assert found["topic"] == number, word
            assert word in found["snippet"]
            assert not ADDED.search(found["snippet"]), found["snippet"]
            page = unescape(re.sub(r"</?mark>", "", it.get(f"/memory/?q={word}").text))
            (shown,) = re.findall(r'<p class="k-snippet"[^>]*>([^<]*)</p>', page)
            assert word in shown
            assert not ADDED.search(shown), shown
    here.run("archive", "export", "--format", "site", "--to", "site")
    texts = "".join(one.read_text(encoding="utf-8") for one in (here.folder / "site" / "search").glob("p*.js"))
    assert all(word in texts for word in WRITTEN)
    assert not ADDED.search(texts), ADDED.search(texts)
    assert "[Une tortue au soleil]" in texts


def test_a_snippet_that_begins_with_a_description_begins_with_its_bracket() -> None:
    said, places = snippet("mot " * 30 + "[Cinq chaises dans une salle claire]", wishes("salle"))
    assert said.endswith("[Cinq chaises dans une salle claire]")
    begun, places = snippet("mot " * 30 + "[Une tortue grimpe sur une longue branche de cerisier]", wishes("branche"))
    assert begun.startswith("…[Une tortue") or "[Une tortue" in begun
    assert [begun[start:end] for start, end in places] == ["branche"]


@pytest.mark.parametrize("size", ["690×388 45.1 KB", "1200×800 1,2 Mo", "64×64 812 Bytes", "3×2 1 octet"])
def test_a154_an_archive_of_before_shows_no_sizes_either(size: str) -> None:
    said, places = snippet(f"Une tortue {size} et une perruche", wishes("perruche"))
    assert said == "Une tortue et une perruche"
    assert [said[start:end] for start, end in places] == ["perruche"]


def test_a154_numbers_that_people_write_stay() -> None:
    for text in ("Une table de 120×80 pour 4 personnes", "3×4 font 12", "Un fichier de 12 Ko"):
        assert snippet(text, wishes("rien"))[0] == text
