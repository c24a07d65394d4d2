"""The posts behind the figures: as many as the figure says, and no way to anybody who is left aside."""

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from koweb_sync.report.audience.community import shareable
from koweb_sync.report.compute import Report, compute_report
from koweb_sync.report.data.as_json import as_json
from koweb_sync.report.engine.figure import Part, count_of_people, count_of_rows, share_of_people, share_of_rows
from koweb_sync.report.engine.measurement import Measurement
from koweb_sync.report.engine.population import population_of
from koweb_sync.report.engine.posts_behind import MOST, PostsBehind, behind_figure, search
from koweb_sync.report.engine.window import ReportSettings
from koweb_sync.report.figures import figures
from koweb_sync.report.page.html import page
from koweb_sync.report.page.markdown import post
from koweb_sync.times import HOUR
from tests.report.forums import DAY, Forum, at, october
from tests.report.living import LEFT_ASIDE, month
from tests.report.test_engines import lively

QUICK = ReportSettings(resamples=20, permutations=19, months=4)
NOW = at(30 * DAY) + HOUR
# Figures whose value counts what is behind them, or is its share of what they rest on: n is 1 for a count. One whose
# `measure` is the usual one of these is looked at anyhow, and need not stand here.
COUNTING = ("topics", "answered", "posts", "newcomers", "week-posts", "cohort-size")
SHARING = (
    *(
        "unanswered",
        "unheard-posts",
        "conversations",
        "facilitator-answers",
        "topics-by-newcomers",
        "second-post",
        "second-post-answered",
    ),
    *("second-post-unanswered", "newcomers-answered", "newcomers-answered-by-facilitators"),
    "newcomers-answered-by-others",
)
PEOPLE = ("participants", "week-participants", "absence-posts", "absence-answers")
SHARES_OF_PEOPLE = ("unheard-voices", "fell-silent", "cohort-stayed", "across-categories")


def report(forum: Forum, folder: Path, settings: ReportSettings = QUICK) -> Report:
    """The report of a forum's October."""
    folder.mkdir(exist_ok=True)
    with forum.source(folder) as source:
        return compute_report(source, october(), settings)


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory) -> tuple[Forum, Report]:
    """A month of a living community."""
    forum = month()
    return forum, report(forum, tmp_path_factory.mktemp("living"))


def paired(found: Report) -> list[tuple[str, Measurement, PostsBehind]]:
    """Every figure with its part and what is behind it. Behind a difference is what is behind its two sides."""
    pairs = [
        (part, one, behind_figure(found.behind, key, part))
        for (key, part), one in found.values.items()
        if part != "difference"
    ]
    assert [(part, one.key) for part, one, behind in pairs if behind is None] == []
    return [(part, one, behind) for part, one, behind in pairs if behind is not None]


def test_as_many_posts_are_behind_a_figure_as_it_counts(living: tuple[Forum, Report], tmp_path: Path) -> None:
    seen = set()
    for _part, one, behind in (*paired(living[1]), *paired(report(lively(), tmp_path))):
        if one.value is None or behind.total is None:
            continue
        shown = figures()[one.key]
        by_measure = {
            count_of_rows: (behind.total, one.value),
            share_of_rows: (behind.total, one.value * one.n),
            count_of_people: (behind.people, one.value),
            share_of_people: (behind.people, one.value * one.n),
        }
        expected = {
            **({one.key: by_measure[shown.measure]} if shown.measure in by_measure else {}),
            **dict.fromkeys(COUNTING, (behind.total, one.value)),
            **dict.fromkeys(SHARING, (behind.total, one.value * one.n)),
            **dict.fromkeys(PEOPLE, (behind.people, one.value)),
            **dict.fromkeys(SHARES_OF_PEOPLE, (behind.people, one.value * one.n)),
        }
        if one.key in expected:
            there, counted = expected[one.key]
            assert there == pytest.approx(counted), one
            seen.add(one.key)
    assert seen >= {*COUNTING, *SHARING, *PEOPLE, *SHARES_OF_PEOPLE}


def test_lists_are_whole_where_they_are_short_and_say_how_many_there_are(living: tuple[Forum, Report]) -> None:
    forum, found = living
    places = {row["id"]: (row["topic"], row["number"]) for row in forum.rows["posts"]}
    times = {row["id"]: row["created"] for row in forum.rows["posts"]}
    long = [behind for behind in found.behind if behind.total]
    for behind in long:
        assert behind.in_topics is not None
        assert behind.total is not None
        assert len(behind.topics) == min(behind.in_topics, len(behind.topics) if behind.in_topics > 10 else 10)
        if behind.part in ("now", "before") and behind.unit == "post":
            assert len(behind.posts) == min(behind.total, MOST)
            assert [places[one.post] for one in behind.posts] == [(one.topic, one.number) for one in behind.posts]
            newest = [(times[one.post], one.post) for one in behind.posts]
            assert newest == sorted(newest, reverse=True)
        if len(behind.topics) == behind.in_topics:
            assert sum(place.posts or 0 for place in behind.topics) == behind.total
    assert len(long) > 40


def test_which_posts_are_behind_figures_of_a_forum_computed_by_hand(tmp_path: Path) -> None:
    # ana opens a topic; bob answers it (1001), ana answers him (1002), cleo mentions ana elsewhere (1003).
    # dan's topic (1004) is left alone. Everybody is new.
    forum = Forum()
    forum.people_named("ana bob cleo dan")
    first = forum.topic("ana", 0)
    answer = forum.post(first, "bob", 1)
    back = forum.post(first, "ana", 2, to=2)
    other = forum.topic("cleo", 3)
    forum.mention(forum.first(other), "ana")
    alone = forum.topic("dan", 4)
    forum.run(20 * DAY)
    found = report(forum, tmp_path)

    def ids(key: str) -> list[int]:
        behind = behind_figure(found.behind, key)
        assert behind is not None
        return sorted(
            [one.topic for one in behind.topics] if behind.unit == "topic" else [x.post for x in behind.posts]
        )

    assert ids("topics") == [first, other, alone]
    assert ids("answered") == [first]
    assert ids("unanswered") == [other, alone]
    assert ids("unheard-voices") == sorted([forum.first(other), forum.first(alone)])
    assert ids("ties") == [answer, back, forum.first(other)]
    assert ids("reciprocity") == [answer, back]
    assert ids("newcomers") == sorted([forum.first(first), answer, forum.first(other), forum.first(alone)])
    assert ids("newcomers-answered") == sorted([forum.first(first), answer])
    assert ids("second-post") == []


# ---- what is shared


def left_aside(forum: Forum) -> set[int]:
    """The topics that people who are left aside opened."""
    people = {forum.people[name] for name in LEFT_ASIDE}
    return {row["id"] for row in forum.rows["topics"] if row["person"] in people}


def linked(text: str) -> set[int]:
    """The topics that a text links."""
    return {int(found) for found in re.findall(r"/t/-/(\d+)", text)}


def test_no_page_for_the_community_links_a_post_of_somebody_who_is_left_aside(living: tuple[Forum, Report]) -> None:
    forum, full = living
    shared = shareable(full)
    aside = left_aside(forum) | {one.topic for one in full.aside.topics}
    openers = {row["id"]: row["person"] for row in forum.rows["topics"]}
    waiting = {one.person for one in full.aside.people}
    named = page(full, NOW)
    assert aside <= linked(named)
    for text in (page(shared, NOW), json.dumps(as_json(shared)), post(shared, NOW).text.decode()):
        assert not aside & linked(text)
        assert not {topic for topic in linked(text) if openers[topic] in waiting}
        assert "/p/" not in text
        assert "noreplies" not in unescape(text)
    assert len(linked(page(shared, NOW))) > 10


def test_what_points_at_single_people_is_only_for_facilitators(living: tuple[Forum, Report]) -> None:
    _forum, full = living
    for part, one, behind in paired(shareable(full)):
        assert behind.posts == ()
        if not figures()[one.key].may_link:
            assert (behind.topics, behind.search, behind.total) == ((), "", None), (part, one.key)
            assert behind.reason == "people"
        if one.state == "few":
            assert not behind.topics
    assert {behind.reason for _part, one, behind in paired(full)} == {"", "readers", "accounts"}


def test_no_figure_of_a_page_is_without_a_way_to_its_posts_or_a_reason(living: tuple[Forum, Report]) -> None:
    _forum, full = living
    for found in (full, shareable(full)):
        text = page(found, NOW)
        parts = re.findall(r'<div id="figure-([a-z0-9-]+)">(.*?)</div>', text, re.DOTALL)
        assert len(parts) > 40
        ways = (
            '<details class="behind">',
            "The same posts as",
            "stand in a table",
        )
        empty = {key for one in found.behind if not one.topics and not one.reason for key in one.keys}
        assert [key for key, inside in parts if key not in empty and not any(way in inside for way in ways)] == []


def test_few_people_and_closed_categories_are_not_linked_in_what_is_shared(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("a b c d e f g")
    secret, unknown = forum.category(8, "closed", restricted=1), 9
    for n, name in enumerate("abcdefg"):
        for category in (1, secret, unknown):
            forum.post(forum.topic(name, n, category=category), "bcdefga"[n], n + 1)
    forum.run(20 * DAY)
    shut = {row["id"] for row in forum.rows["topics"] if row["category"] != 1}
    full = report(forum, tmp_path / "all", replace(QUICK, restricted=True))
    assert shut <= linked(json.dumps(as_json(full)))
    shared = json.dumps(as_json(shareable(full)))
    assert len(linked(shared)) == 7
    assert not shut & linked(shared)
    few = Forum()
    few.people_named("a b c d")
    for n, name in enumerate("abcd"):
        few.post(few.topic(name, n), "bcda"[n], n + 1)
    few.run(20 * DAY)
    assert linked(json.dumps(as_json(shareable(report(few, tmp_path / "few"))))) == set()


# ---- the forum's own search


def test_the_forums_search_covers_the_days_of_the_window(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("a b")
    forum.category(5, "parent/child")
    forum.topic("a", 1, category=5, tags=("x",))
    forum.run(29 * DAY + 7)

    def asked(categories: tuple[str, ...] = (), tags: tuple[str, ...] = ()) -> str:
        window = october(0, 29 * DAY + 7)
        population = population_of(tables, replace(QUICK, categories=categories, tags=tags))
        found = search(population, "in:first", "latest_topic", Part("now", window.since, window.until))
        return parse_qs(urlsplit(found).query).get("q", [""])[0]

    days = "after:2026-10-01 before:2026-10-31 order:latest_topic"  # the last day is not over, and is in it
    with forum.source(tmp_path) as tables:
        assert asked() == f"in:first {days}"
        assert asked(categories=("parent/child",), tags=("x",)) == f"in:first #parent:child tags:x {days}"
        assert asked(categories=("parent", "general")) == ""
