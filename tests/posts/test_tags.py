"""What a forum makes of tags, and what a file says when they change there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.posts.tags import brought, merged, same_tags, stored

TAGS = st.lists(
    st.sampled_from(["Choix", "outils libres", "c++", "l'été", "ateliers", "wiki"]), unique=True, max_size=4
)


@pytest.mark.parametrize(
    ("tag", "there"),
    [
        ("C++", "c"),
        ("node.js", "nodejs"),
        ("l'été", "lété"),
        ("Outils  libres", "outils-libres"),
        ("✨", ""),
        ("#", ""),
    ],
)
def test_a_tag_as_it_is_stored(tag: str, there: str) -> None:
    assert stored(tag) == there
    assert stored(there) == there


@given(TAGS)
def test_nothing_changes_while_the_forum_shows_what_it_made_of_the_tags(tags: list[str]) -> None:
    there = [*map(stored, tags)]
    assert brought(tags, there, there) == tags
    assert same_tags(merged(tags, tags, there, there)) == same_tags(there)


@pytest.mark.parametrize(
    ("sent", "shown", "now", "file"),
    [
        (["ateliers", "C++"], ["atelier", "c"], ["c", "atelier"], ["ateliers", "C++"]),
        (["ateliers"], ["atelier"], ["atelier", "bilan"], ["ateliers", "bilan"]),
        (["ateliers", "wiki"], ["atelier", "wiki"], ["wiki"], ["wiki"]),
        (["choix"], ["choix", "jardin"], ["choix", "jardin"], ["choix"]),
        (["choix"], ["choix", "jardin"], ["choix"], ["choix"]),
        (["ateliers", "wiki"], ["ateliers", "wiki"], ["wiki", "atelier"], ["wiki", "atelier"]),
    ],
)
def test_a_file_keeps_its_spelling_of_what_did_not_change(
    sent: list[str], shown: list[str], now: list[str], file: list[str]
) -> None:
    assert brought(sent, shown, now) == file


@pytest.mark.parametrize(
    ("ours", "sent", "shown", "theirs", "send"),
    [
        (["wiki"], ["ateliers", "wiki"], ["atelier", "wiki"], ["atelier", "wiki"], ("wiki",)),
        (["ateliers", "bilan"], ["ateliers"], ["atelier"], ["atelier"], ("atelier", "bilan")),
        (["choix", "bilan"], ["choix"], ["choix", "jardin"], ["jardin", "choix"], ("jardin", "choix", "bilan")),
        ([], ["C++"], ["c"], ["c", "theirs"], ("theirs",)),
    ],
)
def test_what_git_took_away_goes_under_the_name_that_the_forum_gave_it(
    ours: list[str], sent: list[str], shown: list[str], theirs: list[str], send: tuple[str, ...]
) -> None:
    assert merged(ours, sent, shown, theirs) == send
