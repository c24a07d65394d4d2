"""Two texts are compared in a number of steps that is known beforehand, whatever somebody wrote into both."""

from difflib import SequenceMatcher, unified_diff
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.posts.dialect import Agreed, Context, from_raw, to_raw
from koweb_sync.posts.merge_texts import MOST, Effort, aligned
from koweb_sync.posts.unified_diff import unified

LINES = st.lists(st.sampled_from(["", "a", "b", "c", "d", "e", "f"]), max_size=30)
OFTEN = [[line for n in range(33) for line in (f"u{n}", *["1", sign] * 245)] for sign in "23"]
OTHERS = [[line for n in range(250) for line in ("a", f"{sign}{n}")] for sign in "xy"]
DEEP = [[sign, *(line for n in range(1, 3_000) for line in (str(n), str(n - 1), sign))] for sign in "pq"]
TURNED = [[str(n % 100) for n in range(11_000)][::step] for step in (1, -1)]
SIDES = {"often": OFTEN, "others": OTHERS, "deep": DEEP, "turned": TURNED}


@given(LINES, LINES)
def test_what_is_the_same_is_what_difflib_finds(a: list[str], b: list[str]) -> None:
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    blocks = SequenceMatcher(None, a[start : len(a) - end], b[start : len(b) - end], autojunk=False)
    middle = [(start + one.a + n, start + one.b + n) for one in blocks.get_matching_blocks() for n in range(one.size)]
    around = [(n, n) for n in range(start)], [(len(a) - n, len(b) - n) for n in range(end, 0, -1)]
    assert aligned(a, b, Effort()) == [*around[0], *middle, *around[1]]


@pytest.mark.parametrize("name", SIDES)
def test_no_two_texts_are_compared_for_long(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = 0
    find = SequenceMatcher.find_longest_match

    def counted(self: SequenceMatcher[str], i: int, i_end: int, j: int, j_end: int) -> object:
        nonlocal steps
        places, items = vars(self)["b2j"], vars(self)["a"]
        steps += sum(1 + len(places.get(item, ())) for item in items[i:i_end])
        return find(self, i, i_end, j, j_end)

    monkeypatch.setattr(SequenceMatcher, "find_longest_match", counted)
    old, new = SIDES[name]
    pairs = aligned(old, new, Effort())
    assert steps <= MOST
    assert all(old[i] == new[j] for i, j in pairs)
    assert all(before[0] < after[0] and before[1] < after[1] for before, after in pairwise(pairs))


@pytest.mark.parametrize("name", SIDES)
def test_a_text_in_which_everything_changed_is_merged(name: str) -> None:
    old, new = ("\n".join(lines) for lines in SIDES[name])
    agreed = Agreed(old, old, {})
    assert to_raw(new, agreed, Context({})) == new
    assert from_raw(new, agreed, Context({})).rstrip() == new


@given(st.lists(st.integers(0, 10_000), unique=True, max_size=60), st.data())
def test_a_difference_is_written_as_diff_writes_it(numbers: list[int], data: st.DataObject) -> None:
    old = [f"ligne {n}" for n in numbers]
    new = [line for line in old if data.draw(st.integers(0, 9))]
    for _time in range(data.draw(st.integers(0, 3))):
        new.insert(data.draw(st.integers(0, len(new))), f"autre {len(new)}")
    for around in (2, 3):
        assert list(unified(old, new, around)) == list(unified_diff(old, new, n=around, lineterm=""))[2:]


@pytest.mark.parametrize("name", SIDES)
def test_a_difference_tells_all_lines_that_went_and_came(name: str) -> None:
    old, new = SIDES[name]
    lines = list(unified(old, new, len(old)))
    assert [line[1:] for line in lines[1:] if line[0] in " -"] == old
    assert [line[1:] for line in lines[1:] if line[0] in " +"] == new
