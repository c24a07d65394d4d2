"""People as those call them who ask about them, and those who were forgotten as others read them."""

import json
from pathlib import Path

import pytest
from sqlalchemy import update

from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from koweb_sync.i18n import speaking
from koweb_sync.sandbox import Sandbox
from tests.workspace import Clone

pytestmark = pytest.mark.server("below")
RAW = "Bonjour @claire, merci à Claire Moreau. Claire, tu viens demain avec nous ?"


@pytest.fixture
def kept(here: Clone, box: Sandbox) -> Clone:
    """A repository with an archive of a forum in which Amina talks to Claire, who answers."""
    box.reply(2, RAW, username="amina")
    box.reply(2, "Oui, je viens volontiers, toute la journée.", username="claire")
    here.run("archive")
    return here


def who(here: Clone, name: str, code: int = 0) -> str:
    """Whom a name means, by username; or what is said where it means nobody, or several."""
    run = here.run("archive", "subject", name, "--format", "json", code=code)
    return str(json.loads(run.out)["person"]["username"]) if code == 0 else run.err


def test_somebody_is_found_by_the_name_that_people_see(kept: Clone, box: Sandbox) -> None:
    for name in ("claire", "@claire", "#3", "Claire Moreau", "claire  moreau", "CLAIRE MOREAU"):
        assert who(kept, name) == "claire"
    kept.run("archive", "consent", "Claire Moreau", "--not-counted")
    assert "claire" in who(kept, "claira", code=2), "the nearest one is proposed"
    with box.state.lock:
        box.state.user("claire").name = "Claire Martin"
        box.state.user("amina").name = "Claire Martin"
    box.new_topic(
        "Un nouveau sujet pour que la liste bouge", "Bonjour à toutes et tous ici.", category=2, username="amina"
    )
    box.reply(2, "Encore une réponse, de ma part.", username="claire")
    kept.run("archive")
    assert who(kept, "Claire Moreau") == "claire", "a former name, too"
    said = who(kept, "Claire Martin", code=2)
    assert "amina (#" in said
    assert "claire (#3)" in said
    kept.run("archive", "forget", "Claire Martin", "--yes", code=2)


def test_who_calls_themselves_as_the_forgotten_are_called_is_shown_by_that_name(kept: Clone, box: Sandbox) -> None:
    box.rename("amina", "former-member-8")
    with box.state.lock:
        box.state.user("former-member-8").name = ""
    box.reply(2, "Je me nomme ainsi depuis toujours, voyez-vous.", username="former-member-8")
    kept.run("archive")
    kept.run("archive", "forget", "claire", "--yes")
    kept.run("archive")
    said = kept.run("archive", "show", "2").out
    assert "former-member-8" in said
    assert "a former member (3)" in said, "Claire, who was forgotten"
    assert "a former member (8)" not in said
    kept.run("archive", "export", "--format", "website", "--to", "pages")
    assert Path(kept.folder, "pages/u/former-member-8/index.html").is_file()
    assert not Path(kept.folder, "pages/u/former-member-3").exists()


def test_who_was_forgotten_is_called_in_words_where_people_read(kept: Clone) -> None:
    kept.run("archive", "forget", "claire", "--yes")
    assert "a former member (3)" in kept.run("archive", "show", "2").out
    with speaking("fr"):
        assert "une personne partie (3)" in kept.run("archive", "show", "2").out
        kept.run("archive", "export", "--format", "md", "--to", "textes")
    texts = "".join(one.read_text(encoding="utf-8") for one in Path(kept.folder, "textes").rglob("*.md"))
    assert "une personne partie (3)" in texts
    facts = json.loads(kept.run("archive", "show", "2", "--format", "json").out)
    assert "personne-partie-3" in json.dumps(facts), "programs have the name that stays"


def test_what_is_published_again_is_by_a_former_member_in_the_forums_language(kept: Clone, box: Sandbox) -> None:
    kept.run("archive", "forget", "claire", "--yes")
    kept.run("archive", "restore", "--into", "outils-libres", "--yes")
    texts = [str(one.raw) for one in box.state.posts.values()]
    assert [one for one in texts if "une personne partie (3)" in one.partition("\n")[0]]
    assert not [one for one in texts if "former-member" in one]


def test_the_name_that_stands_in_an_archive_already_stays_whatever_the_language(kept: Clone) -> None:
    for language, words in (("en", ("claire",)), ("fr", ("#3", "--names", "Claire"))):
        with Store.open(str(kept.folder / "koweb-archive.sqlite")) as store, store.begin() as connection:
            connection.execute(update(schema.FORUMS).values(locale=language))
        kept.run("archive", "forget", *words, "--yes")
    assert (
        "@former-member-3, merci à former-member-3. former-member-3, tu viens" in kept.run("archive", "show", "2").out
    )
    assert who(kept, "#3") == "former-member-3"


def test_a_rehearsal_says_what_goes_and_what_stays_in_the_readers_words(kept: Clone) -> None:
    run = kept.run("archive", "forget", "claire", "--dry-run")
    goes, stays = run.out.split("What stays:")
    assert goes.startswith("What goes:\n")
    assert "1 account" in goes
    assert goes.count("that said a name") == 1
    assert "2 posts with their texts, without the name" in stays
    assert "1 place would still say" in run.err
    assert "post 3 of the topic “" in run.err
    assert "[Claire], tu viens" in run.err
    for jargon in ("post_versions", "rowid", "raw:", "cooked"):
        assert jargon not in run.text
    removed = kept.run("archive", "forget", "claire", "--dry-run", "--text", "remove")
    assert "2 empty posts: that something stood there" in removed.out
    kept.run("archive", "export", "--format", "md", "--to", "texts")
    left = kept.run("archive", "forget", "claire", "--yes", code=3)
    assert "post 3 of the topic “" in left.err, "and not each file that was made again of it"
    assert "1 place still says" in left.err
    assert left.out.startswith("Erased:\n")


def test_the_page_about_somebody_says_levels_groups_and_readings_in_words(kept: Clone) -> None:
    page = kept.run("archive", "subject", "claire").out
    assert "trust_level" not in page
    assert "everybody of trust level 0 and above" in page
    assert "The archive read the forum 1 time to keep it, on" in page
    kept.run("archive", "forget", "claire", "--yes")
    page = kept.run("archive", "subject", "#3").out
    assert "the name; the texts stay" in page
    assert "the person was forgotten here" in page
