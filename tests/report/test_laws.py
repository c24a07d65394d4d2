"""The statistics of a report against others' arithmetic: written out anew here, or by another library."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.report.engine.measurement import wilson
from koweb_sync.report.engine.statistics import Resampling, effective, gini, top_share, waiting
from koweb_sync.report.figures.cohesion import cut_points, few_ties, neighbours, parts
from koweb_sync.report.figures.reciprocity import both_ways

HOW = Resampling(seed=7, times=20)
waits = st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=1, max_size=40)
shares = st.lists(st.integers(0, 50), min_size=1, max_size=30)
pairs = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=40)


def kaplan_meier(found: list[tuple[int, bool]], mark: int) -> Fraction:
    """The share that still waits at a mark, by the product over the times at which a wait ended."""
    left = Fraction(1)
    for time in sorted({time for time, over in found if over and time <= mark}):
        at_risk = sum(other >= time for other, _over in found)
        ended = sum(other == time and over for other, over in found)
        left *= 1 - Fraction(ended, at_risk)
    return left


@given(waits, st.integers(1, 60))
def test_the_share_answered_is_kaplan_and_meiers(found: list[tuple[int, bool]], mark: int) -> None:
    times, over = np.array([t for t, _o in found], float), np.array([o for _t, o in found])
    result = waiting(times, over, np.arange(len(found)), (mark,), HOW)
    share = result.within[0].value
    if share is None:  # nobody was watched that long, so nothing is said
        assert max(time for time, _over in found) < mark
    else:
        assert share == pytest.approx(float(1 - kaplan_meier(found, mark)), abs=1e-12)


@given(waits)
def test_the_median_is_the_first_time_at_which_half_are_answered(found: list[tuple[int, bool]]) -> None:
    times, over = np.array([t for t, _o in found], float), np.array([o for _t, o in found])
    result = waiting(times, over, np.arange(len(found)), (24,), HOW)
    reached = [t for t in sorted({t for t, o in found if o}) if kaplan_meier(found, t) <= Fraction(1, 2)]
    assert result.median.value == (reached[0] if reached else None)


@given(shares)
def test_gini_is_half_the_mean_difference_over_the_mean(counts: list[int]) -> None:
    total = sum(counts)
    expected = sum(abs(a - b) for a in counts for b in counts) / (2 * len(counts) * total) if total else 0.0
    assert float(gini(np.sort(counts))) == pytest.approx(expected, abs=1e-12)
    assert float(gini(np.sort(counts) * 3)) == pytest.approx(expected, abs=1e-12)


@given(shares)
def test_the_number_of_voices_lies_between_one_and_all_who_speak(counts: list[int]) -> None:
    speaking = sum(count > 0 for count in counts)
    found = float(effective(np.sort(counts)))
    assert found == pytest.approx(0.0) if not speaking else 1 - 1e-9 <= found <= speaking + 1e-9


@given(st.integers(1, 50), st.integers(1, 30))
def test_equal_voices_count_as_many_as_they_are(each: int, people: int) -> None:
    counts = np.full(people, each)
    assert float(effective(counts)) == pytest.approx(people)
    assert float(gini(counts)) == pytest.approx(0.0, abs=1e-12)
    assert float(top_share(counts)) == pytest.approx(-(-people // 10) / people)


@given(pairs)
def test_reciprocity_is_the_share_of_ties_that_have_one_back(found: list[tuple[int, int]]) -> None:
    ties = {(by, to) for by, to in found if by != to}
    by, to = (np.array(column) for column in zip(*found, strict=True))
    expected = sum((to, by) in ties for by, to in ties) / len(ties) if ties else 0.0
    assert both_ways(by, to, 9) == pytest.approx(expected, abs=1e-12)


def reached(ties: set[tuple[int, int]], people: set[int]) -> list[set[int]]:
    """The parts that hang together, of some people."""
    found: list[set[int]] = [{one} for one in people]
    for one, other in ties:
        if one in people and other in people:
            together = [part for part in found if one in part or other in part]
            found = [part for part in found if part not in together] + [set().union(*together)]
    return found


@given(pairs)
def test_p230_who_is_taken_away_and_leaves_more_parts_held_others_together(found: list[tuple[int, int]]) -> None:
    ties = {(min(tie), max(tie)) for tie in found if tie[0] != tie[1]}
    everybody = set(range(9))
    one, other = (np.array([tie[end] for tie in sorted(ties)], np.int64) for end in (0, 1))
    before = reached(ties, everybody)
    holders = {who for who in everybody if len(reached(ties, everybody - {who})) > len(before)}
    assert cut_points(neighbours(*few_ties(one, other, 9), 9)) == holders
    part = parts(one, other, 9)
    assert {frozenset(np.flatnonzero(part == name).tolist()) for name in set(part.tolist())} == set(
        map(frozenset, before)
    )


@given(st.integers(0, 40), st.integers(1, 40))
def test_wilsons_interval_holds_the_share_and_stays_between_none_and_all(part: int, more: int) -> None:
    found = wilson(part, part + more)
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= part / (part + more) <= found.high <= 1
