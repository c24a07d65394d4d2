"""Names that a letter does not say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.archive.names.aliases import plain_name
from koweb_sync.letter.names import ALSO_WORDS, PARTICLES, SpokenNames

SPOKEN = SpokenNames.of(
    [
        *((["claire"], ["Claire Moreau"]), (["tom_83"], ["Tom Le Goff"]), (["gaelle"], ["Gaëlle"]), (["li"], ["李雷"])),
        *((["jdupont"], ["Jean Dupont"]), (["MarieCurie"], [""])),
    ]
)


@pytest.mark.parametrize(
    "text",
    [
        "Merci Claire, c’est exactement cela.",
        "Comme le disait Moreau hier soir.",
        "Demandez à tom_83 ce qu’il en pense.",
        "J’ai relu ce que Gaelle a écrit.",
        "GAËLLE a raison.",
        "L’idée de Jean-Claire était bonne.",
        "谢谢李雷的建议。",
        "former-member-12 l’avait dit.",
        "personne-partie-12 l’avait dit.",
        "Il faut demander à jdupont de rouvrir la salle.",
        "C’est l’avis de mariecurie, et celui d’jdupont aussi.",
        "On mange chez-jdupont.",
        "Merci gaëlle, et merci gaelle.",
    ],
)
def test_whoever_did_not_agree_is_not_said(text: str) -> None:
    assert SPOKEN.said_in(text)


@pytest.mark.parametrize("text", ["Une réponse claire, et le reste attendra.", "Le reste attendra encore un peu.", ""])
def test_words_are_no_names(text: str) -> None:
    assert not SPOKEN.said_in(text)


@given(
    st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x24F), min_size=2, max_size=12), st.text(max_size=9)
)
def test_a_name_is_found_wherever_it_stands_apart(name: str, before: str) -> None:
    called = name.capitalize()
    if (
        not called[0].islower()
        and len(plain_name(called).split()) == 1
        and plain_name(called) not in PARTICLES
        and called.isalpha()
    ):
        assert SpokenNames.of([((), (called,))]).said_in(f"{before} {called}, merci.")


@given(st.text(st.characters(categories=["Ll"], max_codepoint=0x24F), min_size=2, max_size=12), st.text(max_size=9))
def test_a_user_name_that_is_no_word_is_found_however_it_is_written(username: str, before: str) -> None:
    if plain_name(username) not in PARTICLES | ALSO_WORDS and len(plain_name(username).split()) == 1:
        spoken = SpokenNames.of([((username,), ("Somebody Else",))])
        assert spoken.said_in(f"{before} {username}, merci.")
        assert spoken.said_in(f"{before} {username.capitalize()}, merci.")


def test_words_that_are_user_names_are_written_as_they_are_compared() -> None:
    assert {plain_name(one) for one in ALSO_WORDS} == ALSO_WORDS
