"""Every scenario has a test that carries its number."""

import re
from pathlib import Path

import pytest

SCENARIOS = {"p": set(range(1, 51)), "a": set(range(1, 27))}  # publishing; archive and report


@pytest.mark.parametrize("letter", SCENARIOS)
def test_every_number_is_carried(letter: str) -> None:
    found: set[int] = set()
    for file in Path(__file__).parents[1].rglob("test_*.py"):
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE):
            found |= {int(number) for number in re.findall(rf"(?<=_){letter}(\d+)(?=_|$)", name)}
    assert SCENARIOS[letter] - found == set()
