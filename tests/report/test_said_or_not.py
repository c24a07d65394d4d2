"""A report says of a figure either something or nothing: sentences, pictures, comparison and list agree."""

import random
import re
from pathlib import Path

import pytest

from koweb_sync.report.audience.community import shareable
from koweb_sync.report.compute import Report, compute_report
from koweb_sync.report.engine.window import ReportSettings
from koweb_sync.report.figures import figures
from koweb_sync.report.page.charts import charts
from koweb_sync.report.page.html import in_words, page
from koweb_sync.times import HOUR
from tests.report.forums import DAY, Forum, at, october

NOW = at(30 * DAY) + HOUR
DRAWN = {  # the figures that a picture is about, by its name
    "waiting": ("answered-within-24h", "answered-within-72h"),
    "newcomers": ("newcomers-answered", "second-post"),
    "answering": ("facilitator-answers", "newcomers-answered-by-facilitators"),
}
SAID = {"newcomers-answered": "got an answer within", "second-post": "wrote again within"}


def by_chance(seed: int, folder: Path) -> Report:
    """A month of a forum of few or more people, some of whom came before, and some of whom help."""
    dice, forum = random.Random(seed), Forum()
    names = [f"p{n}" for n in range(dice.randint(2, 30))]
    for n, name in enumerate(names):
        forum.person(name, moderator=int(n == 0))
    for n, name in enumerate(names):
        begun = dice.uniform(-300 if n % 3 else -20, 28) * DAY
        topic = forum.topic(name, begun)
        for _reply in range(dice.choice((0, 0, 1, 2))):
            forum.post(topic, dice.choice(names[: dice.randint(1, len(names))]), begun + dice.expovariate(1 / 40))
        if dice.random() < 0.4:
            forum.topic(name, dice.uniform(begun, 30 * DAY))
    forum.run(30 * DAY)
    with forum.source(folder) as source:
        return compute_report(source, october(), ReportSettings(resamples=50))


@pytest.mark.parametrize("seed", range(12))
def test_what_is_said_to_be_unsayable_is_said_nowhere_else(seed: int, tmp_path: Path) -> None:
    whole = by_chance(seed, tmp_path)
    for report in (whole, shareable(whole)):
        one = in_words(report, NOW)
        known = {each.key for each in one.explained if each.known}
        for each in one.explained:
            if each.known or figures()[each.key].series:
                continue
            assert not each.value or report[each.key].value is None, each.key
            assert not any(way.places or way.search for way in each.ways), each.key
        assert {key for closer in one.closer for key, _title in closer} <= known
        assert {row.key for row in one.compared} <= known
        linked = {link.removeprefix("#figure-") for chart in one.charts for link in chart.table.links if "#f" in link}
        assert linked <= known | {"posts", "cohort-size"}
        for chart in charts(report):
            if f"“{chart.title}”" in one.undrawn and chart.name in DRAWN:
                assert not known.intersection(DRAWN[chart.name]), chart.name
        for key, words in SAID.items():
            assert words not in " ".join(one.sentences) or key in known
        same = re.findall(r'<p class="soft"><a href="#figure-([a-z0-9-]+)">The same posts', page(report, NOW))
        assert set(same) <= known, "which list posts"


def test_of_nine_newcomers_five_answered_are_told_everywhere(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("ana " + " ".join(f"p{n}" for n in range(9)))
    forum.topic("ana", -40 * DAY)
    for n in range(9):
        topic = forum.topic(f"p{n}", 24 * n)
        if n < 5:
            forum.post(topic, "ana", 24 * n + 1)
    forum.run(30 * DAY)
    with forum.source(tmp_path) as source:
        whole = compute_report(source, october(), ReportSettings(resamples=50))
    for report in (whole, shareable(whole)):
        one = in_words(report, NOW)
        assert "9 people wrote for the first time; 5 of them got an answer" in one.sentences[3]
        assert {each.key: each.value for each in one.explained if each.known}["newcomers-answered"] == "5 of 9"
        assert "Newcomers: answered" not in one.undrawn
    (chart,) = (chart for chart in in_words(whole, NOW).charts if chart.name == "newcomers")
    assert ("Got an answer", "5 of 9") in chart.table.rows


def test_the_table_of_months_and_the_posts_below_it_agree(tmp_path: Path) -> None:
    for ended, back in ((False, 9), (True, 3)):
        forum = Forum()
        forum.people_named(" ".join(f"p{n}" for n in range(8)))
        for n in range(8):
            forum.topic(f"p{n}", -300 * DAY + n)  # in December
        forum.topic("p0", (-300 + 30 * back) * DAY)
        forum.run(30 * DAY)
        (tmp_path / str(back)).mkdir()
        with forum.source(tmp_path / str(back)) as source:
            report = compute_report(source, october(), ReportSettings(resamples=50))
        (chart,) = (chart for chart in in_words(report, NOW).charts if chart.name == "cohorts")
        assert ("nobody of them wrote" in chart.note) == ended
        (row,) = chart.table.rows
        assert row.count("1") == 1
        assert chart.table.columns[row.index("1")] == f"after {back} months"
        assert len(row) == len(chart.table.columns) == 2 + max(6, back)
        below = page(report, NOW).partition('id="cohort-')[2].partition("</details>")[0]
        assert f"<h4>after {back} months</h4>" in below
