"""What a report says in one place agrees with what it says in another one: numbers, sentences, lists, titles."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from koweb_sync import i18n
from koweb_sync.report.audience.community import shareable
from koweb_sync.report.compute import Report, compute_report
from koweb_sync.report.data.as_json import as_json
from koweb_sync.report.engine.measurement import exact, share
from koweb_sync.report.engine.window import ReportSettings
from koweb_sync.report.lists.published import Bound
from koweb_sync.report.page.html import in_words, page
from koweb_sync.report.page.markdown import post
from koweb_sync.report.page.sentences import PartWords, left, part_of, people_left, sentences, soon, topics_left
from koweb_sync.times import HOUR
from tests.report.forums import DAY, Forum, at, october
from tests.report.living import month
from tests.report.test_page import small, unfolded

NOW = at(30 * DAY) + HOUR
NAMES = ["ana", "bob", "cleo", "dina", "eli", "fred", "gus"]


def half_answered() -> Forum:
    """Of fifteen topics seven have an answer, within hours; nearly all others were opened just now."""
    forum = Forum()
    forum.people_named(" ".join(NAMES))
    for number in range(7):
        forum.post(forum.topic(NAMES[number], 24 * number + 1), NAMES[number - 1], 24 * number + 3)
    forum.topic("ana", 10 * DAY)
    for number in range(7):
        forum.topic(NAMES[number], 30 * DAY - 1 - number / 10)
    forum.run(30 * DAY)
    return forum


def texts(report: Report) -> list[str]:
    """What somebody reads who unfolds nothing: the page, and the message of a report that may be one."""
    told = [page(report, NOW)]
    if report.audience == "community":
        told.append(post(report, NOW).text.decode())
    return [unfolded(one) for one in told]


def test_how_many_topics_are_answered_is_told_with_one_number(tmp_path: Path) -> None:
    report = small(half_answered(), tmp_path)
    estimate = report["answered-within-72h"].value
    assert estimate is not None
    assert estimate > 0.8, "it reckons with those that were opened just now"
    for one in (report, shareable(report)):
        assert sentences(one)[1] == "7 of 15 topics have an answer by somebody else, each within 1 day."
        for text in texts(one):
            assert f"{estimate * 100:.0f}%" not in text
            assert "half of the topics wait" not in text, "who counts does not find half of them answered by then"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_p507_estimates_unfold_and_counts_stand_where_nothing_is_unfolded(tmp_path: Path, language: str) -> None:
    i18n.activate(language)
    report = small(month(), tmp_path)
    percents = {round((report[f"answered-within-{hours}h"].value or 0) * 100) for hours in (24, 72)}
    assert percents == {51, 60}
    for one in (report, shareable(report)):
        rows = {row.key: row for row in in_words(one, NOW).compared}
        assert {"en": ("17 of 34", "20 of 34"), "fr": ("17 sur 34", "20 sur 34")}[language] == tuple(
            rows[f"answered-within-{hours}h"].now.partition(" (")[0] for hours in (24, 72)
        )
        for text in texts(one):
            assert re.search(r"\b51[\u202f\xa0 ]?%", text) is None
        assert re.search(r"\b51[\u202f\xa0 ]?%", page(one, NOW))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_who_got_a_like_alone_is_not_said_to_have_been_answered(tmp_path: Path, language: str) -> None:
    i18n.activate(language)
    forum = Forum()
    forum.people_named("ana bob")
    forum.like(forum.post(forum.topic("ana", 1), "bob", 2), "ana", 3)
    forum.like(forum.first(forum.topic("bob", 22 * DAY)), "ana", 22 * DAY + 1)  # a like is no answer
    forum.run(30 * DAY)
    report = small(forum, tmp_path)
    assert [round(one.hours / 24) for one in report.aside.open] == [8]
    assert report.aside.people == ()
    assert {
        "en": "Of 2 topics older than 3 days, 1 has no answer, but everybody who wrote over 3 days ago got some "
        "response, if only a like.",
        "fr": "Sur 2 sujets de plus de 3 jours, 1 seul est sans réponse, mais chaque personne qui a écrit il y a plus "
        "de 3 jours a eu au moins une réaction, ne serait-ce qu’un « j’aime ».",
    }[language] == left(report).replace("\xa0", " ")


@pytest.mark.parametrize(("repliers", "told"), [(1, None), (4, None), (5, 5), (0, 0)])
def test_what_fewer_than_five_people_did_is_in_no_page_text_or_data_that_is_shared(
    tmp_path: Path, repliers: int, told: int | None
) -> None:
    forum = Forum()
    forum.people_named(" ".join(NAMES))
    topic = forum.topic("ana", 1, views=3 if repliers else 0)
    for number, name in enumerate(NAMES[1 : 1 + repliers]):
        forum.post(topic, name, 2 + number)
        forum.like(forum.first(topic), name, 20)
    forum.run(30 * DAY)
    with forum.source(tmp_path) as source:
        report = compute_report(source, october(), ReportSettings(resamples=50), [Bound(topic, "a.md")])
    assert report.published.posts[0].ever.replies == repliers
    shared = shareable(report)
    (one,) = as_json(shared)["published"]["posts"]
    (group,) = as_json(shared)["published"]["categories"]
    for span in ("ever", "here"):
        assert [one[span][key] for key in ("replies", "repliers", "likes", "likers")] == [told] * 4
        assert group[span]["replies"] == told
    assert one["answered_after"] is None
    assert group["answered"] == (None if told is None else bool(told))
    assert one["ever"]["views"] == (None if repliers else 0), "three views are of three people at most"
    for text in (page(shared, NOW), post(shared, NOW).text.decode()):
        cells = set(re.findall(r"(\d+|–)\s*(?:<span class=\"soft\">)?\((\d+|–)\)", text))
        assert cells <= {("–", "–"), ("0", "0"), ("5", "5")}
        assert ("A dash:" in text) == (repliers > 0)
        assert "First answer after" not in text
        assert "public" not in text
        assert len(re.findall("fewer than five people", text)) == 1
    assert "First answer after" in page(report, NOW)
    assert json.dumps(as_json(shared))


def test_what_has_its_table_is_not_called_too_little_to_show(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("ana bob")
    for month_ago in (1, 2, 3):
        forum.topic("ana", -30 * month_ago * DAY)
    forum.post(forum.topic("ana", 1), "bob", 2)
    forum.run(30 * DAY)
    told = in_words(small(forum, tmp_path), NOW)
    assert "cohorts" in {one.name for one in told.charts if one.picture is None}
    assert [one.title for one in told.charts if one.title in told.undrawn] == []


def some_of(n: int, every: int) -> list[str]:
    """Sentences about so many of so many."""
    topics, people = share("unanswered", n, every, every), share("unheard-voices", n, every, every)
    return [topics_left(topics, "3 jours"), people_left(people, "3 jours")]


@pytest.mark.parametrize(("n", "every"), [(0, 1), (1, 1), (0, 2), (2, 2), (1, 2), (0, 7), (7, 7), (1, 7), (3, 7)])
def test_nobody_reads_of_one_of_one_nor_of_none_of_some(tmp_path: Path, n: int, every: int) -> None:
    i18n.activate("fr")
    report = small(month(), tmp_path)
    values = {
        ("topics", "now"): exact("topics", every, every, every),
        ("answered", "now"): exact("answered", n, n, n),
        ("newcomers", "now"): exact("newcomers", every, every, every),
        ("newcomers-answered", "now"): share("newcomers-answered", n, every, every),
        ("second-post", "now"): share("second-post", n, every, every),
        ("facilitator-answers", "now"): share("facilitator-answers", n, every, every),
    }
    told = [*some_of(n, every), *sentences(replace(report, values={**report.values, **values}, behind=()))]
    odd = re.compile(
        r"\b(?:sur|des|les|aucun des|aucune des) 1\b|\b0\b|\b1 (?:sujets|personnes|sont|ont)\b", re.IGNORECASE
    )
    assert [text for text in told if odd.search(text) or "{" in text] == []
    if n == every:
        assert [text for text in told[:4] if f"sur {every} " in text] == []


def test_how_soon_answers_came_is_said_by_the_nearest_day() -> None:
    told = [
        soon(*counts) for counts in ((7, 7, 7), (7, 6, 7), (7, None, 7), (7, 5, 6), (1, 1, 1), (1, 0, 1), (7, 7, None))
    ]
    assert told == [
        ", each within 1 day", ", each within 3 days", ", each within 3 days", ", 6 of them within 3 days",
        ", within 1 day", ", within 3 days", "",
    ]  # fmt: skip


def test_a_part_of_a_whole_is_said_as_people_say_it() -> None:
    words = PartWords("only", "only not", "every {all}", "none of {all}", "{n} of {all}")
    assert [part_of(n, every, words) for n, every in ((1, 1), (0, 1), (4, 4), (0, 4), (1, 4))] == [
        "only", "only not", "every 4", "none of 4", "1 of 4",
    ]  # fmt: skip


def test_the_message_speaks_of_links_only_where_it_has_some(tmp_path: Path) -> None:
    report = shareable(small(month(), tmp_path))
    text = post(report, NOW).text.decode()
    assert "The links below lead to the forum’s search" in text
    assert "Here they are not" not in text
    assert "the report’s page" not in text
    assert "/search?" in text[text.index("The links below") :]
    without = replace(report, behind=tuple(replace(one, search="") for one in report.behind))
    text = post(without, NOW).text.decode()
    assert "The links below" not in text
    assert "forum’s search finds a little more" in page(report, NOW)
    assert "forum’s search finds a little more" not in page(without, NOW)


def test_what_was_published_after_the_window_is_no_part_of_the_report(tmp_path: Path) -> None:
    forum = half_answered()
    ours, later = forum.rows["topics"][0], forum.rows["topics"][7]
    later["created"] = october().until
    bound = [Bound(ours["id"], "a.md", "Un"), Bound(later["id"], "b.md", "Deux")]
    with forum.source(tmp_path) as source:
        report = compute_report(source, october(), ReportSettings(resamples=50), bound)
    assert [one.topic for one in report.published.posts] == [ours["id"]]
    assert report.published.missing == ()


def test_topics_are_called_as_their_files_write_them(tmp_path: Path) -> None:
    forum = half_answered()
    ours, waits = forum.rows["topics"][0], forum.rows["topics"][7]
    ours["title"], waits["title"] = "Comment ouvrir le cercle?", "Qui vient?"
    bound = [Bound(ours["id"], "a.md", "Comment ouvrir le cercle ?"), Bound(waits["id"], "b.md", "Qui vient ?")]
    with forum.source(tmp_path) as source:
        report = compute_report(source, october(), ReportSettings(resamples=50), bound)
        other = compute_report(
            source, october(), ReportSettings(resamples=50), [Bound(ours["id"], "a.md", "Autre titre")]
        )
    assert [one.title for one in report.published.posts] == ["Comment ouvrir le cercle ?", "Qui vient ?"]
    assert "Qui vient ?" in [one.title for one in report.aside.open]
    assert not {"Comment ouvrir le cercle?", "Qui vient?"} & {
        one.title for each in report.behind for one in each.topics
    }
    assert other.published.posts[0].title == "Comment ouvrir le cercle?", "another title is another"
