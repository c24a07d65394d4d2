"""Limits: whatever koweb.toml says, no window is ever exceeded, and nothing else is kept waiting."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyrate_limiter import Rate
from pyrate_limiter.utils import validate_rate_list

from koweb_sync.forum.budget import Budget, Budgets, binding
from tests.clocks import Clock

NUMBERS = st.one_of(st.integers(0, 500), st.just(0), st.integers(0, 10**400))


@given(NUMBERS, NUMBERS)
def test_every_pair_of_limits_is_one_that_the_library_takes(ten: int, minute: int) -> None:
    windows = [(ten, 10_000), (minute, 60_000)]
    kept = binding(windows)
    assert not kept or validate_rate_list([Rate(limit, interval) for limit, interval in kept])
    assert bool(kept) == any(limit for limit, _interval in windows)
    for limit, interval in windows:  # what was left out holds all the same
        if limit:
            assert min(n * max(1, interval // long) for n, long in kept) <= limit


@pytest.mark.parametrize(("ten", "minute"), [(50, 400), (50, 30), (50, 50), (0, 7), (3, 0), (1, 10**30), (5, 20)])
def test_no_window_is_exceeded(ten: int, minute: int, tmp_path: Path) -> None:
    clock = Clock()
    budget = Budget(tmp_path, Budgets(0, minute, ten, 0), clock, lambda _text: None)
    sent = []
    for _ in range(70):
        budget.enter(keyed=False)
        sent.append(clock.now())
    budget.close()
    assert all(before <= after for before, after in pairwise(sent))
    for limit, seconds in ((ten, 10.0), (minute, 60.0)):
        if 0 < limit < len(sent):
            assert min(sent[n + limit] - sent[n] for n in range(len(sent) - limit)) >= seconds - 0.1


def test_no_limits_are_no_waits(tmp_path: Path) -> None:
    clock = Clock()
    budget = Budget(tmp_path, Budgets(0, 0, 0, 0), clock, lambda _text: None)
    for _ in range(300):
        budget.enter(keyed=True)
    budget.close()
    assert not clock.slept
