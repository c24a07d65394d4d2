"""When what is read: after some quiet, at the latest after a while, and ever more rarely where it fails."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.listen.inbox import Due
from koweb_sync.listen.schedule import AT_ONCE, LONGEST, LONGEST_PAUSE, QUIET, batch, last_daily, pause

NOW = 1_700_000_000.0
AGES = st.floats(0, 60)


def due(topic: int, first: float, last: float, post: int = 0, wait: float = 0.0) -> Due:
    """Something that was told first and last so many seconds ago."""
    return Due("topic", topic, post, post, 0, 0, topic, NOW - first, NOW - last, 0, wait)


@given(AGES, AGES)
def test_a_topic_is_read_after_some_quiet_and_at_the_latest_after_a_while(one: float, other: float) -> None:
    first, last = max(one, other), min(one, other)
    assert bool(batch([due(1, first, last)], NOW).rows) == (last >= QUIET or first >= LONGEST)


@given(AGES)
def test_a_clock_that_was_put_back_keeps_nothing_waiting(ahead: float) -> None:
    assert batch([due(1, -ahead - 1, -ahead - 1)], NOW).rows


def test_a_topic_is_read_for_all_that_was_told_of_it() -> None:
    found = batch([due(1, 5, 3, 4), due(1, 4, 3, 9), due(2, 5, 0.5, 7), due(3, 30, 0.1, 8)], NOW)
    assert [(one.id, dict(one.posts)) for one in found.topics] == [(1, {4: 4, 9: 9}), (3, {8: 8})]
    assert not batch([due(1, 5, 3, 4), due(1, 4, 1, 9)], NOW).rows, "somebody is still writing there"


def test_only_some_are_read_in_one_go_the_first_first() -> None:
    found = batch([due(topic, 60 - topic / 10, 3) for topic in range(1, 100)], NOW)
    assert [one.id for one in found.topics] == list(range(1, AT_ONCE + 1))


def test_what_failed_waits() -> None:
    assert not batch([due(1, 30, 30, wait=NOW + 5)], NOW).rows
    assert batch([due(1, 30, 30, wait=NOW - 1)], NOW).rows


@given(st.integers(1, 10_000))
def test_pauses_grow_up_to_a_bound(failures: int) -> None:
    assert 0 < pause(failures) <= pause(failures + 1) <= LONGEST_PAUSE
    assert pause(0) == 0


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(2000, 1, 2), max_value=datetime(2100, 1, 1)), st.times())  # noqa: DTZ001
def test_the_days_run_was_due_within_the_last_day(now: datetime, at: time) -> None:
    found = last_daily(now, at)
    assert found <= now < found + timedelta(days=1)
    assert (found.hour, found.minute) == (at.hour, at.minute)
