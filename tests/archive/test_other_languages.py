"""Translations in an archive: held beside what was said, in every export, found by their language, never counted."""

from pathlib import Path

import pytest

from koweb_sync.archive.exports.export import EXPORTS
from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.read.search import search
from koweb_sync.archive.read.search_in_language import search_in
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from tests.archive.exhibits import friendly, translate
from tests.archive.exporting import contents, exported, words_in

NOTEBOOK = "Quel carnet de notes choisir"


@pytest.mark.parametrize("style", EXPORTS.names())
def test_every_export_has_them_with_their_language_beside_what_was_said(
    store: Store, tmp_path: Path, style: str
) -> None:
    exported(store, friendly(store), style, tmp_path / "out")
    found = words_in(tmp_path / "out")
    for said in (NOTEBOOK, "Which notebook, asks", "Qual caderno?", "Thanks to everybody!", "Merci à tous !"):
        assert said in found
    assert "pt_BR" in found or "pt-BR" in found


@pytest.mark.parametrize("style", EXPORTS.names())
def test_without_them_the_rest_of_an_export_is_the_same(store: Store, tmp_path: Path, style: str) -> None:
    forum = friendly(store)
    with store.begin() as connection:
        held = connection.execute(schema.LOCALISATIONS.select()).all()
        connection.execute(schema.LOCALISATIONS.delete())
    exported(store, forum, style, tmp_path / "plain")
    names = ("kind", "id", "locale", "title", "raw", "cooked", "person")
    translate(store, forum, *(tuple(getattr(one, name) for name in names) for one in held))
    exported(store, forum, style, tmp_path / "both")
    plain, both = (
        {name: text for name, text in contents(tmp_path / folder).items() if name.endswith((".md", ".jsonl"))}
        for folder in ("plain", "both")
    )
    assert "Qual caderno?" not in words_in(tmp_path / "plain")
    if style in ("md", "jsonl"):  # whose lines can be compared as they are
        more = b"\n".join(both[name] for name in sorted(both))
        for line in b"\n".join(plain[name] for name in sorted(plain)).split(b"\n"):
            assert line.removesuffix(b'"translations":[]}') in more


@pytest.mark.parametrize(
    ("words", "language", "found"),
    [
        ("notebook", None, []),
        ("notebook", "en", [(1, "en", "Choosing a tool with @claire")]),
        ("choosing", "en", [(1, "en", "Choosing a tool with @claire")]),
        ("thank*", "en", [(3, "en", "Choosing a tool with @claire")]),
        ("caderno", "pt_BR", [(1, "pt_BR", "Choisir un outil à plusieurs")]),
        ("caderno", "pt", [(1, "pt_BR", "Choisir un outil à plusieurs")]),
        ("caderno", "en", []),
        ("carnet", "fr", [(1, "", "Choisir un outil à plusieurs")]),
        ("carnet", "en", []),
    ],
)
def test_a_search_in_one_language(
    store: Store, words: str, language: str | None, found: list[tuple[int, str, str]]
) -> None:
    forum = friendly(store)
    with store.begin() as connection:
        connection.execute(schema.FORUMS.update().values(locale="fr"))
    with store.read() as connection:
        reader, everything = Reader(connection, forum), ArchiveFilter()
        hits = search_in(reader, language, words, everything, 10) if language else search(reader, words, everything, 10)
    assert [(hit.post, hit.locale, hit.title) for hit, _entry in hits] == found
    assert all(entry.marks for _hit, entry in hits if words != "choosing")


def test_a_search_in_one_language_keeps_to_what_is_wanted_and_to_the_newest_first(store: Store) -> None:
    forum = friendly(store)
    translate(store, forum, *(("post", post, "de", "", "Ein Heft", "", 8) for post in (1, 2, 3, 6)))
    with store.begin() as connection:
        connection.execute(schema.POSTS.update().where(schema.POSTS.c.id == 7).values(locale="de"))
    with store.read() as connection:
        reader = Reader(connection, forum)
        found = [hit.post for hit, _entry in search_in(reader, "de", "heft", ArchiveFilter(), 10)]
        assert found == [6, 3, 2, 1]
        assert [hit.post for hit, _entry in search_in(reader, "de", "heft", ArchiveFilter(author=8), 1)] == [6]
        assert [hit.post for hit, _entry in search_in(reader, "de", "perdre", ArchiveFilter(), 10)] == [7]
        assert search_in(reader, "en", "perdre", ArchiveFilter(), 10) == []


def test_the_site_says_the_language_of_each_text(store: Store, tmp_path: Path) -> None:
    forum = friendly(store)
    with store.begin() as connection:
        connection.execute(schema.POSTS.update().where(schema.POSTS.c.id == 1).values(locale="fr"))
    exported(store, forum, "site", tmp_path / "out")
    page = contents(tmp_path / "out")["topic/10.html"].decode()
    assert f'<div class="cooked" lang="fr"><p>{NOTEBOOK}' in page
    assert '<div class="cooked" lang="en" dir="auto"><p>Which notebook' in page
    assert '<div class="cooked typed" lang="pt-BR" dir="auto">Qual caderno?</div>' in page
    assert '<span lang="en" dir="auto">Choosing a tool' in page
    index = b"".join(text for name, text in contents(tmp_path / "out").items() if name.startswith("search/"))
    assert b"Which notebook" in index
