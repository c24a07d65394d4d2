"""What somebody reads first who finds a kit, years later: where its pages go, and how somebody is erased."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from koweb_sync.archive.closing.documents import README, KitFacts, about, letter, written
from koweb_sync.archive.closing.kit import ARCHIVE, SITE, Kit, Promises, read
from koweb_sync.archive.exports import hosting
from koweb_sync.archive.exports.old_addresses import ABOUT
from koweb_sync.archive.read.model import Amount, ArchivedForum
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from koweb_sync.cli.archive.kept_until import kept_until
from koweb_sync.errors import InputError
from koweb_sync.i18n import speaking
from koweb_sync.sandbox import Sandbox
from koweb_sync.times import microseconds
from tests.archive.test_closing import closed
from tests.workspace import Clone

FEW = "lieu accessible à peu de personnes"
MORE = "Ces pages contiennent aussi ce que seules certaines personnes pouvaient lire."


def test_readme_tells_of_what_is_in_this_very_kit(here: Clone, box: Sandbox) -> None:
    here.run("archive")
    with Store.open(str(here.folder / "koweb-archive.sqlite")) as store, store.begin() as connection:
        connection.execute(update(schema.TOPICS).where(schema.TOPICS.c.id == 2).values(archetype="private_message"))
    kit = closed(here, "--no-archive", "--everything", "--offline", code=None)
    texts = [(kit / name).read_text(encoding="utf-8") for name in README]
    assert all(f"{FEW}." in one and "koweb archive forget NOM --exports CE-DOSSIER" in one for one in texts)
    assert not any(ARCHIVE in one for one in texts)
    assert MORE in (kit / SITE / ABOUT).read_text(encoding="utf-8")
    kit = closed(here, "--with-archive", "--public-only", "--offline", code=None)
    texts = [(kit / name).read_text(encoding="utf-8") for name in README]
    assert all(f"koweb archive forget NOM --store {ARCHIVE}" in one and box.url in one for one in texts)
    assert not any(FEW in one for one in texts)
    assert MORE not in (kit / SITE / ABOUT).read_text(encoding="utf-8")


@pytest.mark.parametrize(("path", "folder"), [("", ""), ("/forum", "forum"), ("/a/b", "a/b")])
def test_readme_puts_pages_where_the_files_for_servers_look_for_them(path: str, folder: str) -> None:
    url = f"https://kafe.example.org{path}"
    kit = Kit(url, 0, "fr", "Europe/Paris", Promises("Amina"))
    facts = KitFacts(ArchivedForum(1, "kafe", url, "", "fr", None), kit, Amount(0, 0), 0, closed=False)
    root = re.search(r"root (\S+);", dict(hosting.written(url, [], []))["servers/nginx.conf"])
    assert root is not None
    assert (facts.place, facts.folder, facts.domain) == (f"{root[1]}{path}", folder, "kafe.example.org")


def papers(kit: Kit, *, closed: bool) -> dict[str, str]:
    """What the papers of a kit say that go to many people, in French."""
    facts = KitFacts(ArchivedForum(1, "kafe", kit.forum, "", "fr", None), kit, Amount(43, 606), 0, closed=closed)
    with speaking("fr"):
        told = {"letter": letter(facts), "about": about(facts), "readme": facts.described}
    return {name: " ".join(text.split()) for name, text in told.items()}


@pytest.mark.parametrize(
    ("public", "closed", "opened", "apart"),
    [(True, True, False, True), (True, False, False, False), (False, True, True, False), (False, False, False, False)],
)
def test_letter_and_site_say_what_is_shown_and_what_is_kept_apart(
    public: bool, closed: bool, opened: bool, apart: bool
) -> None:
    told = papers(Kit("https://kafe.example.org", 0, "fr", "Europe/Paris", Promises("Amina"), public), closed=closed)
    for name in ("letter", "about"):
        assert (MORE in told[name]) == opened
        assert ("ce que seules certaines personnes pouvaient lire, est conservée à part" in told[name]) == apart
        assert "conservée à part et n’est pas publiée" in told[name] or apart
    assert ("Ce que tout le monde pouvait lire ici" in told["letter"]) == (not opened)


def test_all_papers_say_what_is_missing_besides_posts() -> None:
    kit = Kit("https://kafe.example.org", 0, "fr", "Europe/Paris", Promises("Amina"), incomplete=True)
    lacking = replace(kit, lacking=1, lacking_besides=("likes", "files", "unread", "broken"))
    assert not [text for text in papers(kit, closed=False).values() if "manque" in text]
    for text in papers(lacking, closed=False).values():
        assert "Il manque 1 message du forum. Il manque des « j’aime ». Il manque des images et des fichiers." in text


def test_a_kit_whose_likes_are_missing_says_so_and_advises_nothing_that_cannot_be_done(
    here: Clone, box: Sandbox
) -> None:
    here.run("archive")
    with Store.open(str(here.folder / "koweb-archive.sqlite")) as store, store.begin() as connection:
        connection.execute(update(schema.POSTS).where(schema.POSTS.c.id == 2).values(likes=50))
    args = ("archive", "close", "--to", "kit", "--contact", "amina@kafe.example.org", "--yes", "--offline")
    said = here.run(*args, code=3).err
    assert "likes are missing, in 1 topic." in said and "Run “koweb archive”" not in said
    texts = [(here.folder / "kit" / name).read_text(encoding="utf-8") for name in (*README, f"{SITE}/{ABOUT}")]
    texts += [one.read_text(encoding="utf-8") for one in here.folder.glob("posts/*.md")]
    assert len(texts) == 4 and all("Il manque des « j’aime »." in " ".join(text.split()) for text in texts)
    kit = read(here.folder / "kit")
    assert kit is not None and kit.lacking_besides == ("likes",)


# ---- how long


NOW = microseconds(datetime(2026, 11, 30, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    "said",
    [
        *("fin 2036", "2026", "31 décembre 2026", "30 novembre 2026", "jusqu’en février 2036", "29 février 2036"),
        *("dix ans", "10 ans à partir de 2020", "tant que l’association existe", "de 2019 à 2036", "2036-02-29"),
        *("31/12/2036", "12/31/2036", "1er mai 2031", "December 31st, 2036", "the end of 2036"),
    ],
)
def test_an_end_to_come_is_taken_as_it_is_said(said: str) -> None:
    assert kept_until(said, NOW) == said


@pytest.mark.parametrize(
    ("said", "why"),
    [
        *(
            (one, "names a day that there is not")
            for one in ("31 février 2036", "2036-02-30", "31/11/2036", "45/13/2036")
        ),
        *((one, "is over already") for one in ("2020", "jusqu’en 1999", "29 novembre 2026", "mars 2026", "01/05/2026")),
    ],
)
def test_a_day_that_there_is_not_or_that_is_over_is_refused(said: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        kept_until(said, NOW)


def test_papers_say_that_profiles_are_not_published_and_what_may_be_done_in_a_sentence() -> None:
    kit = Kit("https://kafe.example.org", 0, "en", "Europe/Paris", Promises("Amina", rights="CC BY-SA 4.0"))
    facts = KitFacts(ArchivedForum(1, "kafe", kit.forum, "", "en", None), kit, Amount(43, 606), 0, closed=False)
    with speaking("en"):
        for text in (letter(facts), about(facts)):
            assert "profiles are not published" in text
            assert "What others may do with them: CC BY-SA 4.0" in text


def test_only_a_kit_says_that_the_forum_is_closed(here: Clone, box: Sandbox) -> None:
    here.run("archive")
    here.run("archive", "export", "--format", "website", "--to", "site")
    pages = [one.read_text(encoding="utf-8") for one in sorted((here.folder / "site").rglob("*.html"))]
    assert not any("forum is closed" in one for one in pages)
    assert any(f"An archive of {box.url}" in one for one in pages)
    kit = closed(here, "--offline", code=None)
    index = (kit / SITE / "index.html").read_text(encoding="utf-8")
    assert "Le forum est fermé" in index or "forum is closed" in index


@pytest.mark.parametrize("name", ["letter.md", "posts/adieu.md"])
def test_readme_lists_the_letter_that_lies_beside_it(tmp_path: Path, name: str) -> None:
    kit = Kit("https://kafe.example.org", 0, "en", "Europe/Paris", Promises("Amina"), letter=name)
    facts = KitFacts(ArchivedForum(1, "kafe", kit.forum, "", "en", None), kit, Amount(43, 606), 0, closed=False)
    with speaking("en"):
        written(tmp_path, facts)
    for one in README:
        assert (name in (tmp_path / one).read_text(encoding="utf-8")) == (name == "letter.md")
