"""What a commit's message tells programs is read wherever it stands, and nothing else is."""

from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.git.trailers import trailer_values

PROSE = st.lists(st.sampled_from(["", "Un titre", "- Un sujet (Koweb-Forum: x)", "Koweb-Forum", "X-Koweb-Forum: y"]))
VALUES = st.lists(st.text("abc/@. 0", min_size=1).map(str.strip).filter(bool), max_size=4)


@given(values=VALUES, prose=PROSE, indent=st.sampled_from(["", " ", "    "]))
def test_lines_are_found_between_others_indented_or_not(values: list[str], prose: list[str], indent: str) -> None:
    lines = [line for value in values for line in (*prose, f"{indent}Koweb-Forum: {value}", *prose)]
    assert list(trailer_values("\n".join([*lines, *prose]), "Koweb-Forum")) == values


@given(PROSE)
def test_what_only_looks_alike_is_none(prose: list[str]) -> None:
    assert trailer_values("\n".join(prose), "Koweb-Forum") == ()
