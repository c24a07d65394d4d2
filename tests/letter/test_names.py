"""Names that a letter does not say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.archive.names.aliases import plain_name
from koweb_sync.letter.names import PARTICLES, SpokenNames

SPOKEN = SpokenNames.of(
    [(["claire"], ["Claire Moreau"]), (["tom_83"], ["Tom Le Goff"]), (["gaelle"], ["Gaëlle"]), (["li"], ["李雷"])]
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
