"""The comparison with the period before contradicts nothing that stands beside it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape

import pytest

from koweb_sync import i18n
from koweb_sync.report.audience.community import shareable
from koweb_sync.report.compute import Report
from koweb_sync.report.engine.differences import difference_of
from koweb_sync.report.engine.measurement import Measurement
from koweb_sync.report.page.comparison import legend, without_interval
from koweb_sync.report.page.formats import changed_between, kind
from koweb_sync.report.page.html import in_words, page
from koweb_sync.report.page.markdown import post
from tests.report.test_page import NOW, living

WORDS = {
    "en": ("higher", "lower", "longer", "shorter", "the same", "perhaps chance", "cannot tell"),
    "fr": (
        "en hausse",
        "en baisse",
        "plus longtemps",
        "moins longtemps",
        "pareil",
        "peut-être le hasard",
        "on ne sait pas",
    ),
}
SAYS_ITSELF = ("the same", "pareil")


def measured(values: Mapping[str, tuple[Measurement, Measurement]]) -> Report:
    """The report of a living community in which some figures are given: now, and before."""
    report = living()
    changed: dict[tuple[str, str], Measurement] = {}
    for key, (now, before) in values.items():
        changed |= {(key, "now"): now, (key, "before"): before, (key, "difference"): difference_of(now, before)}
    return replace(report, values={**report.values, **changed})


def given(key: str, now: float, before: float, spread: float = 0.0) -> tuple[Measurement, Measurement]:
    """A figure now and before, each with an interval of so much to both sides."""
    at, was = (Measurement(key, one, one - spread, one + spread, n=30, people=30) for one in (now, before))
    return at, was


def shown(report: Report, key: str) -> tuple[str, str, str, str]:
    """The cells of a row."""
    (row,) = (one for one in in_words(report, NOW).compared if one.key == key)
    return row.now, row.before, row.difference, row.verdict


@pytest.mark.parametrize(
    ("key", "now", "before", "cells"),
    [
        ("top-tenth", 0.194, 0.196, ("19%", "20%", "−1 point")),
        ("top-tenth", 0.186, 0.194, ("19%", "19%", "0 points")),
        ("depth", 1.84, 1.86, ("1.8", "1.9", "−0.1")),
        ("median-wait", 22.4, 14.6, ("22 hours", "15 hours", "+7 hours")),
        ("median-wait", 60.1, 84.1, ("3 days", "4 days", "−1 day")),
    ],
)
def test_a_difference_is_that_of_what_stands_beside_it(
    key: str, now: float, before: float, cells: tuple[str, str, str]
) -> None:
    assert shown(measured({key: given(key, now, before, 0.1)}), key)[:3] == cells


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_row_says_a_difference_and_a_word_that_are_explained_above_it_or_plain(language: str) -> None:
    with i18n.speaking(language):
        for report in (living(), shareable(living())):
            rows = in_words(report, NOW).compared
            assert len(rows) > 8
            assert [one for one in rows if not one.difference or one.verdict not in WORDS[language]] == []
        texts = [page(report, NOW), unescape(post(report, NOW).text.decode())]
    for text in texts:
        told = re.split(r'<table>\s*<caption id="table-before">|\n\| (?:Figure|Chiffre) \|', text)[0]
        found = {word for word in WORDS[language] if re.search(f"[“«]\\s?{word}\\s?[”»]", told, re.IGNORECASE)}
        assert found == {one.verdict for one in rows} - {*SAYS_ITSELF}


def test_words_that_stand_in_no_row_of_the_comparison_are_not_explained() -> None:
    rows = in_words(living(), NOW).compared
    for word in WORDS["en"]:
        told = legend(replace(rows[0], verdict=one) for one in (word, "the same")).lower()
        assert [one for one in WORDS["en"] if f"“{one}”" in told] == [one for one in (word,) if one != "the same"]


def test_how_soon_topics_are_answered_differs_by_what_the_two_cells_say() -> None:
    now, before, difference, _word = shown(living(), "answered-within-72h")
    shares = [int(share) for cell in (now, before) for share in re.findall(r"\((\d+)%\)", cell)]
    counts = [tuple(map(int, pair)) for cell in (now, before) for pair in re.findall(r"^(\d+) of (\d+)", cell)]
    assert shares == [round(100 * n / every) for n, every in counts]
    assert len(shares) == 2
    assert difference == f"{'−' if shares[0] < shares[1] else '+'}{abs(shares[0] - shares[1])} points"


def test_a_word_goes_where_the_difference_beside_it_goes() -> None:
    for now, before, spread, word in (
        (0.60, 0.30, 0.05, "higher"),
        (0.30, 0.60, 0.05, "lower"),
        (0.60, 0.30, 0.28, "perhaps chance"),
        (0.304, 0.296, 0.0, "the same"),
    ):
        found = measured({"top-tenth": given("top-tenth", now, before, spread)})
        assert shown(found, "top-tenth")[3] == word
    unsure = tuple(replace(one, low=None, high=None) for one in given("reciprocity", 0.5, 0.25))
    assert shown(measured({"reciprocity": (unsure[0], unsure[1])}), "reciprocity")[2:] == (
        "+25 points",
        "cannot tell",
    )
    for now, before, word in ((30.0, 10.0, "longer"), (10.0, 30.0, "shorter")):  # more of a wait is no good news
        assert shown(measured({"median-wait": given("median-wait", now, before, 1)}), "median-wait")[3] == word
    counts = [one for one in in_words(living(), NOW).compared if kind(one.key) == "count"]
    assert {one.verdict for one in counts} <= {"higher", "lower", "the same"}


def test_the_end_of_an_interval_that_does_not_reach_nothing_is_not_called_nothing() -> None:
    for key, low, told in (
        ("top-tenth", 0.003, "+0.3 and +30 points"),
        ("top-tenth", 0.0, "0 and +30 points"),
        ("reciprocity-by-chance", -0.0004, "−0.04 and +30 points"),
        ("effective-voices", 0.03, "+0.03 and +0.3"),
    ):
        assert changed_between(Measurement(key, 0.2, low, 0.3, n=30, people=30)) == told


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_difference_has_its_interval_or_a_sentence_says_why_it_has_none(language: str) -> None:
    *_other, chance, unknown = WORDS[language]
    with i18n.speaking(language):
        for report in (living(), shareable(living())):
            rows, html = in_words(report, NOW).compared, page(report, NOW)
            bare = [one for one in rows if not one.between]
            assert {one.verdict for one in bare if kind(one.key) != "count"} <= {unknown, WORDS[language][4]}
            assert all(one.between for one in rows if one.verdict == chance)
            assert without_interval(rows)
            assert without_interval(rows) in html
