"""Every scenario has a test that carries its number: P1-P50 and A1-A26, and what `legend.md` adds.

Run as a program, it says the next free number of each kind.
"""

import re
import sys
from pathlib import Path

import pytest

LEGEND = Path(__file__).with_name("legend.md")
FIRST = {"p": set(range(1, 51)), "a": set(range(1, 27))}  # publishing; archive and report


def added(letter: str) -> list[int]:
    """The numbers of the legend's lines, in their order."""
    return [
        int(number) for number in re.findall(rf"^\| {letter.upper()}(\d+) \|", LEGEND.read_text("utf-8"), re.MULTILINE)
    ]


@pytest.mark.parametrize("letter", FIRST)
def test_every_number_is_carried(letter: str) -> None:
    found: set[int] = set()
    for file in Path(__file__).parents[1].rglob("test_*.py"):
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE):
            found |= {int(number) for number in re.findall(rf"(?<=_){letter}(\d+)(?=_|$)", name)}
    assert (FIRST[letter] | set(added(letter))) - found == set(), "no test_… carries these"


@pytest.mark.parametrize("letter", FIRST)
def test_no_number_is_given_twice(letter: str) -> None:
    numbers = added(letter)
    assert len(numbers) == len(set(numbers)), f"the next free one is {free(letter)}"
    assert not FIRST[letter] & set(numbers)


def free(letter: str) -> str:
    """The next number that nobody has."""
    return f"{letter.upper()}{max(added(letter)) + 1}"


if __name__ == "__main__":
    sys.stdout.write(" ".join(map(free, FIRST)) + "\n")
