"""Days, weeks and months of a time zone: also where a day has 23 or 25 hours."""

import itertools
import os
import re
import subprocess
import sys
import time as clocks
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from koweb_sync import dates, zones
from koweb_sync.cli.archive.filters import edge
from koweb_sync.cli.report.window import window_of
from koweb_sync.config import from_text
from koweb_sync.errors import ConfigError, InputError
from koweb_sync.report.compute import compute_report, measure_figures
from koweb_sync.report.engine.population import population_of
from koweb_sync.report.engine.posts_behind import behind_figure
from koweb_sync.report.engine.window import ReportSettings, Window, clock, earlier, iso_day, months
from koweb_sync.report.figures.weeks import weeks
from koweb_sync.times import DAY as DAYS
from koweb_sync.times import HOUR, microseconds, moment
from tests.report.forums import DAY, Forum, at, october

QUICK = ReportSettings(resamples=20, permutations=19, months=3)
NAMES = (
    *("UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Pago_Pago"),
    *("America/Sao_Paulo", "Asia/Kathmandu", "Africa/Casablanca", "Africa/Cairo", "America/Havana"),
)
named = st.sampled_from(NAMES)
days = st.dates(date(2015, 1, 1), date(2080, 12, 31))
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)  # when Paris changes its clocks


def edges(zone: str, day: date) -> tuple[int, int]:
    """Where a day begins, and the next one."""
    first, after = edge(day.isoformat(), "--since", ZoneInfo(zone))
    assert first is not None
    assert after is not None
    return first, after


def shown(moment: int, zone: str) -> datetime:
    """What a zone's clock shows."""
    return clock(moment, ZoneInfo(zone)).replace(tzinfo=None)


@given(named, days)
def test_days_follow_each_other_without_gaps_and_have_23_to_25_hours(zone: str, day: date) -> None:
    first, after = edges(zone, day)
    assert 23 * HOUR <= after - first <= 25 * HOUR
    assert edges(zone, day + timedelta(days=1))[0] == after
    assert shown(first, zone).date() == day
    assert shown(first - 1, zone).date() == day - timedelta(days=1)
    assert shown(after - 1, zone).date() == day


@given(named, days, st.integers(1, 400))
@example("Africa/Cairo", date(2028, 4, 1), 27)  # its clock is put forward at midnight
def test_the_period_before_has_as_many_days_and_ends_where_this_one_begins(zone: str, day: date, length: int) -> None:
    window = Window(edges(zone, day)[0], edges(zone, day + timedelta(days=length - 1))[1])
    here = ZoneInfo(zone)
    before = window.before(here)
    assert before == Window(edges(zone, day - timedelta(days=length))[0], window.since)
    assert window.days(here) == before.days(here) == length


@given(named, days, st.times(), st.integers(1, 800))
def test_the_last_so_many_days_are_as_many_dates_and_the_last_is_that_of_the_end(
    zone: str, day: date, hour: time, back: int
) -> None:
    end = microseconds(datetime.combine(day, hour, ZoneInfo(zone)))
    window = window_of(f"{back}d", None, end, zone, end)
    final = shown(window.last, zone).date()
    assert window.until == end
    assert window.since == edges(zone, final - timedelta(days=back - 1))[0]
    assert window.days(ZoneInfo(zone)) == back
    before = Window(edges(zone, final - timedelta(days=2 * back - 1))[0], window.since)
    assert window.before(ZoneInfo(zone)) == before  # whole days, at whatever hour this one ends


@given(named, days, st.integers(1, 40))
@example("America/Havana", date(2040, 3, 10), 1)
def test_weeks_and_months_tile_the_time(zone: str, day: date, count: int) -> None:
    here, end = ZoneInfo(zone), edges(zone, day)[1]
    found = [earlier(end, back * 7 * DAYS, here) for back in range(count, -1, -1)]
    assert found == [edges(zone, day - timedelta(days=7 * back))[1] for back in range(count, -1, -1)]
    whole = months(end, count, here)
    assert all(one[2] == other[1] for one, other in itertools.pairwise(whole))
    assert whole[-1][2] <= end
    assert all(
        shown(first, zone).day == 1 and shown(first, zone).strftime("%Y-%m") == name for name, first, _l in whole
    )


def test_a_post_at_midnight_is_of_the_day_and_month_that_its_zone_shows(tmp_path: Path) -> None:
    # a writes first on 30 September, 22:30 UTC: in Paris that is 1 October, in New York still September.
    forum = Forum()
    forum.people_named("a b")
    topic = forum.topic("a", -1.5)
    forum.post(topic, "b", 100)
    forum.run(40 * DAY)
    with forum.source(tmp_path) as source:

        def cohort(zone: str) -> list[tuple[str, float | None]]:
            everybody = population_of(source, ReportSettings(zone=zone, months=3))
            found = measure_figures(everybody, october(0, 35 * DAY), "cohort-size")
            return [(key.removeprefix("cohort-size "), one.value) for key, one in found.items()]

        assert cohort("Europe/Paris") == [("2026-10", 2)]
        assert cohort("America/New_York") == [("2026-09", 1), ("2026-10", 1)]
        assert cohort("UTC") == [("2026-09", 1), ("2026-10", 1)]


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_weeks_begin_at_midnight_on_both_sides_of_a_change_of_clocks(tmp_path: Path, day: date) -> None:
    zone = "Europe/Paris"
    end = edges(zone, day + timedelta(days=10))[1]
    hours = (end - at(0)) / HOUR
    forum = Forum()
    forum.people_named("a b")
    topic = forum.topic("a", hours - 30 * DAY)
    for back in range(29):
        forum.post(topic, "ab"[back % 2], hours - back * DAY - 0.5)  # half an hour before midnight, summer or winter
    forum.run(hours)
    window = window_of("21d", None, end, zone, end)
    settings = ReportSettings(zone=zone, resamples=20, permutations=19)
    with forum.source(tmp_path) as source:
        assert len(weeks(population_of(source, settings), window)) == 12
        reported = compute_report(source, window, settings)
    found = list(reported.weeks())
    inside = [week for week in found if week.inside]
    assert [clock(week.begins, ZoneInfo(zone)).hour for week in found] == [0] * len(found)
    assert len(inside) == 3
    assert sum(week.posts.n for week in inside) == reported["posts"].value
    for week in found:
        assert week.name == iso_day(week.begins, settings)
        behind = behind_figure(reported.behind, "week-posts", week.name)
        assert behind is not None
        assert behind.total == week.posts.value


def test_the_weeks_of_a_day_that_is_not_over_have_the_days_that_they_are_called_by(tmp_path: Path) -> None:
    zone, end = "Europe/Paris", edges("Europe/Paris", date(2026, 11, 29))[0] + 19 * HOUR
    hours = (end - at(0)) / HOUR
    forum = Forum()
    forum.people_named("a b")
    topic = forum.topic("a", hours - 30 * DAY)
    for back in range(29):
        forum.post(topic, "ab"[back % 2], hours - back * DAY - 0.5)
    forum.run(hours)
    settings = ReportSettings(zone=zone, resamples=20, permutations=19)
    with forum.source(tmp_path) as source:
        reported = compute_report(source, window_of("30d", None, end, zone, end), settings)
    searched = []
    for week in reported.weeks():
        behind = behind_figure(reported.behind, "week-posts", week.name)
        assert behind is not None
        searched.append(re.findall(r"(?:after|before)%3A([\d-]+)", behind.search))
    assert searched[-1] == ["2026-11-23", "2026-11-30"]
    assert all(one[1] == other[0] for one, other in itertools.pairwise(searched))  # no day is in two weeks
    assert [day for day, _after in searched] == [week.name for week in reported.weeks()]


# ---- names


def test_a_wrong_name_is_refused_with_the_one_that_was_meant() -> None:
    text = '[forum.a]\nurl = "https://a.example"\nusername = "x"\ntime_zone = "{}"\n'
    for wrong, meant in (
        ("Europe/Pariss", "Europe/Paris"),
        ("paris", "Europe/Paris"),
        ("new york", "America/New_York"),
    ):
        with pytest.raises(ConfigError) as refused:
            from_text(text.format(wrong), "a")
        assert (refused.value.where, meant in refused.value.remedy) == ("koweb.toml:4", True)
        with pytest.raises(InputError) as option:
            zones.checked(wrong, "--time-zone")
        assert meant in option.value.remedy
    for wrong in ("localtime", "../etc/passwd", "/etc/localtime", "Factory", "x" * 9000):
        with pytest.raises(ConfigError):
            from_text(text.format(wrong), "a")
    assert from_text(text.format("Europe/Paris"), "a").time_zone == "Europe/Paris"


def test_a_zone_stands_above_all_forums_or_with_one() -> None:
    text = 'time_zone = "Asia/Tokyo"\n' + "".join(
        f'[forum.{name}]\nurl = "https://{name}.example"\nusername = "x"\n' for name in "ab"
    )
    own = text + 'time_zone = "Europe/Paris"\n'
    assert [from_text(own, name).time_zone for name in "ab"] == ["Asia/Tokyo", "Europe/Paris"]
    with pytest.raises(ConfigError) as refused:
        from_text(text.replace("Tokyo", "Tokio"), "b")
    assert refused.value.where == "koweb.toml:1"
    assert "Asia/Tokyo" in refused.value.remedy


@pytest.mark.parametrize(
    ("variable", "zone"),
    [("Europe/Paris", "Europe/Paris"), ("UTC", "UTC"), ("Etc/UTC", "UTC"), ("CET-1CEST", "UTC"), (":nowhere", "UTC")],
)
def test_a_machine_whose_zone_has_no_name_counts_in_utc(variable: str, zone: str) -> None:
    asked = "from koweb_sync.zones import here; import sys; sys.stdout.write(here())"
    told = subprocess.run(
        [sys.executable, "-W", "error", "-c", asked],
        env={**os.environ, "TZ": variable},
        capture_output=True,
        check=True,
    )
    assert told.stdout.decode() == zone


def test_times_at_the_ends_of_the_calendar_have_a_day() -> None:
    for end in (0, 253_402_300_799_000_000):
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
            assert iso_day(end, ReportSettings(zone=zone))


@pytest.fixture
def paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Paris")
    clocks.tzset()
    yield
    monkeypatch.undo()
    clocks.tzset()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(1_698_537_600_000_000)  # 2023-10-29, 02:00, for the first time
@example(1_698_541_200_000_000)  # and for the second
@given(st.integers(0, 2_145_916_800_000_000))  # 1970 to 2038
def test_the_machine_s_zone_shows_what_a_zone_of_that_name_shows(paris: None, at: int) -> None:
    machine = moment(at).astimezone(zones.MachineZone())
    named = moment(at).astimezone(ZoneInfo("Europe/Paris"))
    assert (machine.replace(tzinfo=None), machine.tzname()) == (named.replace(tzinfo=None), named.tzname())


def test_a_time_at_the_end_of_the_calendar_is_shown_on_this_machine_too(paris: None) -> None:
    with dates.reading_in(zones.MachineZone()):
        assert dates.day(253_402_300_799_000_000) == "December 31, 9999"
        assert dates.day(-62_135_596_800_000_000) == "January 1, 1"
