"""What somebody calls a thing: its name, in whatever capitals; and without accents where nothing is called just so."""

import pytest

from koweb_sync.spelling import called_so


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Facilitation numérique", ["Facilitation numérique"]),
        ("FACILITATION NUMERIQUE", ["Facilitation numérique"]),
        ("côté", ["Côté"]),
        ("cote", ["Cote"]),
        ("cöte", ["Côté", "Cote"]),  # nobody can tell
        ("numérique", []),
    ],
)
def test_a_thing_is_found_by_its_name_and_else_without_accents(said: str, found: list[str]) -> None:
    assert called_so(said, ["Facilitation numérique", "Côté", "Cote"], lambda one: [one]) == found
