"""An answer for a program that is written piece by piece is the one that would be written at once."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koweb_sync.cli.output import emit, emit_long

LIKE_IT = ['\n  "parts": []', '"parts": [', "\x1b[1m"]
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(LIKE_IT)
VALUES = st.recursive(st.none() | st.booleans() | st.integers() | TEXTS, lambda one: st.lists(one, max_size=3))
SMALL = st.dictionaries(TEXTS.filter(lambda name: name != "parts"), VALUES, max_size=3)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SMALL, SMALL, st.lists(VALUES | SMALL, max_size=4))
def test_pieces_are_the_whole(
    capsys: pytest.CaptureFixture[str], first: dict[str, Any], later: dict[str, Any], parts: list[Any]
) -> None:
    later = {name: value for name, value in later.items() if name not in first}
    emit({**first, "parts": parts, **later})
    whole = capsys.readouterr().out
    emit_long({**first, "parts": [], **later}, "parts", iter(parts))
    assert capsys.readouterr().out == whole
