"""A search finds the same posts in both kinds of store, whatever people type."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from koweb_sync.archive.store import schema, search, search_hits, search_words
from koweb_sync.archive.store.search_words import IndexEntry, Phrase, folded, other_forms, singulars, split, wishes
from koweb_sync.archive.store.store import Store, put
from koweb_sync.archive.store.word_forms import forms, singular, singulars_beginning
from tests.gate import fewer

URL, OTHER = "https://kafe.example.org", "https://autre.example.org"
POSTS = [
    ("L’été à la ferme", "Nous avons cuisiné avec cœur.\n\nL'outil que j'ai choisi, c'est Framadate."),
    ("", "Peut-être qu’il faut des OUTILS libres AND OR NOT NEAR(logiciel libre)"),
    ("", "un logiciel\nlibre, e\u0301crit ici ; rien d’autre"),
    ("", "libre comme un logiciel : https://example.org/a_b?c=d#e"),
    ("", 'Il a dit « bonjour » et "au revoir" * ^ ( ) { } [ ] : ; - + % _ \\ \' '),
    ("", "שלום עולם 👩‍🔬 Straße ΣΊΣΥΦΟΣ 3,14"),
    ("", "mot " * 20_000 + "aiguille " + "mot " * 20_000),
]


@pytest.fixture
def two(both: tuple[Store, Store]) -> Iterator[tuple[Store, Store]]:
    """The posts in both stores, post 0 the oldest; a post of another forum with all their words."""
    everything = (" ".join(one[0] for one in POSTS), " ".join(one[1][:400] for one in POSTS))
    for store in both:
        # The numbers that stores give out differ.
        apart = store.enter("https://vide.example.org", "vide", 1) if store.postgresql else None
        assert apart is None or apart > 0
        other = store.enter(OTHER, "autre", 1)
        forum = store.enter(URL, "kafe", 1)
        with store.begin() as connection:
            for number, texts in ((other, [everything]), (forum, POSTS)):
                rows = [
                    {"forum": number, "id": nth, "topic": 1, "number": nth + 1, "type": 1, "created": nth}
                    for nth in range(len(texts))
                ]
                put(connection, schema.POSTS, rows)
                keys = rows_of(store, number, connection)
                entries = {keys[nth]: IndexEntry(title, "", body) for nth, (title, body) in enumerate(texts)}
                search.enter(connection, entries)
    yield both


def rows_of(store: Store, forum: int, connection: Connection) -> dict[int, int]:
    """The rows of a forum's posts, by id."""
    found = connection.execute(schema.POSTS.select().where(schema.POSTS.c.forum == forum)).mappings()
    return {one["id"]: one["row"] for one in found}


def found(store: Store, words: str, limit: int = 50) -> list[tuple[int, str, str, list[str]]]:
    """What a search finds: posts by their id, and what is marked."""
    forum = store.forum(URL)
    assert forum is not None
    with store.read() as connection:
        ids = {row: nth for nth, row in rows_of(store, forum, connection).items()}
        return [
            (ids[one.row], one.title, one.snippet, [one.snippet[start:end] for start, end in one.marks])
            for one in search_hits.find(connection, forum, words, limit)
        ]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("ETE", [0]),
        ("été", [0]),
        ("e\u0301te\u0301", [0]),
        ("coeur", [0]),
        ("Cœur", [0]),
        ("l'outil", [0]),
        ("l’outil", [0]),
        ("outil", [1, 0]),
        ("outil*", [1, 0]),
        ("outils", [1, 0]),
        ("peut-être", [1]),
        ("peut etre", [1]),
        ("être-peut", []),
        ("logiciel libre", [3, 2, 1]),
        ('"logiciel libre"', [2, 1]),
        ("« logiciel libre »", [2, 1]),
        ("“logiciel libre”", [2, 1]),
        ('"logiciel lib*"', [2, 1]),
        ("AND", [1]),
        ("OR NOT", [1]),
        ("NEAR(logiciel", [1]),
        ("écrit", [2]),
        ("ecrit", [2]),
        ('"au revoir', [4]),
        ("bonjour -revoir", [4]),
        ("example.org/a_b", [3]),
        ("שלום", [5]),
        ("strasse", [5]),
        ("σίσυφος", [5]),
        ("3,14", [5]),
        ("aiguille", [6]),
        ('"mot aiguille mot"', [6]),
        ("text : libre", []),
        ("title:été", []),
        ("row", []),
        ("", []),
        ("*", []),
        ('"" - « »', []),
    ],
)
def test_both_stores_find_the_same(two: tuple[Store, Store], words: str, wanted: list[int]) -> None:
    first, second = (found(store, words) for store in two)
    assert [one[0] for one in first] == wanted
    assert first == second


@settings(max_examples=fewer(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(st.one_of(st.sampled_from("\"'*-:^(){}«»“” \0\\lo"), st.characters())))
@example(words='NEAR("')
def test_nothing_that_is_typed_is_an_error(two: tuple[Store, Store], words: str) -> None:
    first, second = (found(store, words) for store in two)
    assert first == second


@given(st.text())
def test_words_and_their_places_agree(body: str) -> None:
    assert [word.folded for word in split(body)] == folded(body)
    for word in split(body):
        assert folded(body[word.start : word.end]) == [word.folded]


@given(st.text(st.characters(codec="utf-8")) | st.text("aœe\u0301SßıΣ²½’-\u200b\u00adlux ", max_size=20))
@example("L'œil, ﬁn, Straße; \u0915\u092e\u0932 x² e\u0301té ŁÓDŹ journaux")
def test_a145_a_post_is_found_by_each_of_its_words_in_any_number(body: str) -> None:
    entry = IndexEntry("", "", search_words.storable(body))
    with closing(sqlite3.connect(":memory:")) as index:
        index.execute(search.SQLITE[0])
        index.execute(
            "INSERT INTO search (text, forms) VALUES (?, ?)", (entry.text, " ".join(other_forms(entry.parts)))
        )
        for word in split(body):
            (wish,) = wishes(f'"{body[word.start : word.end]}"') or (None,)
            assert wish is not None
            for form in (*wish.words, *forms(word.folded)):
                assert Phrase((form,)).within([folded(body)])
                assert index.execute("SELECT 1 FROM search WHERE search MATCH ?", (f'"{form}"',)).fetchone(), form
                assert singular(form) in singulars(entry)


@given(st.text("aeiouxylsc", min_size=1, max_size=7), st.text("aeiouxylsc", min_size=1, max_size=7))
@example("journau", "journal")
def test_a145_singulars_and_beginnings_are_those_of_the_forms(start: str, word: str) -> None:
    assert all(singular(one) == singular(word) for one in forms(word))
    assert word in forms(word)
    if any(one.startswith(start) for one in forms(word)):
        assert singular(word).startswith(start) or singular(word) in singulars_beginning(start)


def test_snippets_are_one_short_line_with_marks(two: tuple[Store, Store]) -> None:
    for store in two:
        ((_id, title, line, marked),) = found(store, "framadate coeur")
        assert title == "L’été à la ferme"
        assert line == "Nous avons cuisiné avec cœur. L'outil que j'ai choisi, c'est Framadate."
        assert marked == ["cœur", "Framadate"]
        ((_id, _title, line, marked),) = found(store, "aiguille")
        assert marked == ["aiguille"]
        assert len(line) < 200
        assert line.startswith("…")
        assert line.endswith("…")
        ((_id, _title, line, marked),) = found(store, "ferme")
        assert line.startswith("Nous avons")
        assert marked == []


def test_the_newest_come_first_and_the_limit_is_kept(two: tuple[Store, Store]) -> None:
    for store in two:
        assert [one[0] for one in found(store, "libre", 2)] == [3, 2]
        assert found(store, "libre", 0) == []


def test_an_entry_can_be_set_anew_and_taken_out(store: Store) -> None:
    forum = store.enter(URL, "kafe", 1)
    with store.begin() as connection:
        put(connection, schema.POSTS, [{"forum": forum, "id": 1, "topic": 1, "number": 1, "type": 1, "created": 1}])
        (row,) = rows_of(store, forum, connection).values()
        search.enter(connection, {row: IndexEntry("", "", "ancien")})
        search.enter(connection, {row: IndexEntry("", "", "récent")})
    assert found(store, "ancien") == []
    assert [one[0] for one in found(store, "recent")] == [1]
    with store.begin() as connection:
        search.drop(connection, [row])
        search.enter(connection, {})
    assert found(store, "recent") == []


def test_a16_long_texts_and_long_words_are_entered(store: Store) -> None:
    forum = store.enter(URL, "kafe", 1)
    many = " ".join(f"{'é' * 50}{nth}" for nth in range(40_000))  # over what one tsvector holds
    with store.begin() as connection:
        rows = [{"forum": forum, "id": nth, "topic": 1, "number": 1, "type": 1, "created": 1} for nth in range(3)]
        put(connection, schema.POSTS, rows)
        keys = rows_of(store, forum, connection)
        texts = (many, "x" * 100_000, "ﷺ" * 100_000)
        search.enter(connection, {keys[nth]: IndexEntry("", "", body) for nth, body in enumerate(texts)})
    assert [one[0] for one in found(store, f"{'e' * 50}7")] == [0]
    assert [one[0] for one in found(store, "x" * 300)] == [1]


def test_a16_a_text_that_no_database_holds_is_entered(store: Store) -> None:
    forum = store.enter(URL, "kafe", 1)
    with store.begin() as connection:
        put(connection, schema.POSTS, [{"forum": forum, "id": 1, "topic": 1, "number": 1, "type": 1, "created": 1}])
        (row,) = rows_of(store, forum, connection).values()
        search.enter(connection, {row: IndexEntry("a\0", "", "b \ud800 c")})
    assert [one[0] for one in found(store, "c")] == [1]
