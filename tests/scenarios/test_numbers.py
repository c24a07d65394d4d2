"""Every scenario of publishing has a test that carries its number."""

import re
from pathlib import Path

PUBLISHING = set(range(1, 51))


def test_every_number_is_carried() -> None:
    found: set[int] = set()
    for file in Path(__file__).parent.glob("test_*.py"):
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE):
            found |= {int(number) for number in re.findall(r"(?<=_)p(\d+)(?=_)", name)}
    assert PUBLISHING - found == set()
