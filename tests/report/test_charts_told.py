"""A chart concludes of what it shows, and says how to read what is not plain."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from koweb_sync import i18n
from koweb_sync.report.audience.community import shareable
from koweb_sync.report.compute import Report
from koweb_sync.report.engine.measurement import share
from koweb_sync.report.page import drawing
from koweb_sync.report.page.charts import charts
from koweb_sync.report.page.html import in_words, page
from koweb_sync.report.page.markdown import post
from tests.report.forums import DAY, Forum
from tests.report.test_page import NOW, living, small

BACK = ("second-post", "second-post-answered", "second-post-unanswered")
PROOF = "no proof that"


def texts(report: Report) -> list[str]:
    """What people read of a report that is shared, and of one that is not."""
    return [page(report, NOW), page(shareable(report), NOW), post(shareable(report), NOW).text.decode()]


def test_that_an_answer_brings_people_back_is_weighed_only_where_both_shares_are_shown() -> None:
    known = {(key, "now"): share(key, 12, 30, 30) for key in BACK}
    shown = replace(living(), values={**living().values, **known})
    for text in texts(shown):
        assert PROOF in text
        assert "answered, and back again" in text
    for left_out in BACK[1:]:
        for text in texts(replace(shown, values={**shown.values, (left_out, "now"): share(left_out, 1, 4, 4)})):
            assert PROOF not in text
    for text in texts(living()):
        assert PROOF not in text
        assert "answered, and back again" not in text, "it shows nobody who came back"


def test_the_week_in_which_the_period_begins_has_both_colours() -> None:
    (chart,) = (one for one in charts(living()) if one.name == "activity")
    assert chart.picture is not None
    found = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"[^>]*fill="([^"]+)"', chart.picture.svg(""))
    boxes = [(float(x), float(width), colour) for x, width, colour in found]
    pairs = [
        (one[1] / other[1], one[2] != other[2])
        for one in boxes
        for other in boxes
        if abs(one[0] + one[1] - other[0]) < 0.2 and one[2] == drawing.PALE
    ]
    assert len(pairs) >= 2, "of posts, and of people"
    assert all(apart and abs(times - 5 / 2) < 0.1 for times, apart in pairs), "five days before, two days in it"
    assert "two colours" in chart.note
    whole = replace(living(), window=replace(living().window, since=min(living().begins.values())))
    assert "two colours" not in next(one.note for one in charts(whole) if one.name == "activity")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_table_of_who_is_still_there_says_how_it_is_read(tmp_path: Path, language: str) -> None:
    said = {"en": ("An empty cell", "have no row"), "fr": ("Case vide", "n’ont pas de ligne")}[language]
    forum = Forum()
    forum.people_named("ana bob")
    for month_ago in (1, 2, 3):
        forum.topic("ana", -30 * month_ago * DAY)
    forum.post(forum.topic("ana", 1), "bob", 2)
    forum.run(30 * DAY)
    tiny = small(forum, tmp_path)
    with i18n.speaking(language):
        assert "cohorts" in {one.name for one in in_words(tiny, NOW).charts if one.picture is None}
        for text in (*texts(living()), page(tiny, NOW)):
            assert [words for words in said if words not in text] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_row_says_of_how_many_twice(language: str) -> None:
    known = {(key, "now"): share(key, 3, n, n) for key, n in (("second-post", 6), ("second-post-answered", 30))}
    report = replace(living(), values={**living().values, **known})
    with i18n.speaking(language):
        for chart in charts(report):
            if chart.name in ("newcomers", "answering", "cohorts"):
                numbers = [re.findall(r"\d+", " ".join(row[1:]).partition("(")[0]) for row in chart.table.rows]
                assert [row for row in numbers if len(set(row)) < len(row) and row[-1] != row[0]] == [], chart.name
        (newcomers,) = (one for one in charts(report) if one.name == "newcomers")
    told = {"en": ("3 of 6", "3 of 30 (10%)"), "fr": ("3 sur 6", "3 sur 30 (10\xa0%)")}[language]
    assert [row[1] for row in newcomers.table.rows][1:3] == list(told)


def test_an_empty_place_in_how_sure_numbers_are_is_a_dash_that_is_explained() -> None:
    for text in texts(living()):
        assert "A dash: uncertainty is reckoned for 1 and 3 days alone." in text
    for chart in charts(living()):
        assert all(all(row) for row in chart.likely.rows) if chart.likely else True


def test_a_tenth_of_people_is_told_in_people_and_that_it_is_rounded() -> None:
    def told(people: int) -> tuple[list[str], bool]:
        known = replace(living()["participants"], value=people, n=people)
        found = replace(living(), values={**living().values, ("participants", "now"): known})
        (chart,) = (one for one in charts(found) if one.name == "voices")
        assert chart.picture is not None
        drawn = re.findall(r">(\d+ of \d+|\d+%)</text>", chart.picture.svg(""))
        assert [one for one in drawn if " of " in one] == [row[2] for row in chart.table.rows]
        return [row[2] for row in chart.table.rows], "rounded to whole people" in chart.note

    assert told(35) == (["4 of 35", "14 of 35", "17 of 35"], True)
    assert told(30) == (["3 of 30", "12 of 30", "15 of 30"], False)


def test_three_shares_of_a_whole_make_a_whole() -> None:
    for top, low in ((0.344, 0.173), (0.345, 0.175), (0.336, 0.186), (0.5, 0.001)):
        values = {
            (key, "now"): replace(living()[key], value=value)
            for key, value in (("top-tenth", top), ("lower-half", low))
        }
        found = charts(replace(living(), values={**living().values, **values}))
        (table,) = (one.table for one in found if one.name == "voices")
        parts = [int(re.sub(r"\D", "", row[1])) for row in table.rows if "under" not in row[1]]
        assert sum(parts) == 100, parts


def test_what_stands_for_a_picture_has_no_point_after_a_question() -> None:
    with i18n.speaking("fr"):
        told = [one.instead for one in charts(living())]
        assert any("?" in text for text in told)
        assert [text for text in told if "?." in text] == []
