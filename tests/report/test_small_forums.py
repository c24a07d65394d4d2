"""The report of a forum of few people says nothing untrue, and nothing that only many can mean."""

from pathlib import Path

from koweb_sync.report.audience.community import shareable
from koweb_sync.report.compute import compute_report
from koweb_sync.report.engine.measurement import Measurement
from koweb_sync.report.engine.population import population_of
from koweb_sync.report.engine.window import ReportSettings
from koweb_sync.report.lists.published import Bound, published
from koweb_sync.report.page.comparison import compared
from koweb_sync.report.page.html import in_words, page
from koweb_sync.report.page.sentences import sentences, tells
from koweb_sync.report.page.weekly import activity
from koweb_sync.times import HOUR
from tests.report.forums import DAY, Forum, at, october
from tests.report.test_page import small

NOW = at(30 * DAY) + HOUR


def test_p376_weeks_of_few_people_are_not_called_empty(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("ana bob cleo dina")
    for day in (-20, 10):  # with weeks between and after in which nobody wrote
        for name in ("ana", "bob", "cleo"):
            forum.topic(name, day * DAY)
    forum.run(35 * DAY)
    report = shareable(small(forum, tmp_path))
    assert activity(report).text == "In no week did enough people write to count them."
    assert activity(report).picture is None, "no frame is drawn around nothing"
    forum.people_named("eli")
    for name in ("ana", "bob", "cleo", "dina", "eli"):
        forum.topic(name, 28 * DAY)
    (tmp_path / "more").mkdir()
    told = activity(shareable(small(forum, tmp_path / "more"))).text
    assert "in the weeks that are shown" in told


def test_p376_of_several_weeks_with_most_posts_none_is_called_the_liveliest(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("ana bob")
    for day, posts in ((8, 1), (15, 3), (22, 3), (29, 2)):
        topic = forum.topic("ana", day * DAY)
        for nth in range(1, posts):
            forum.post(topic, "bob", day * DAY + nth)
    forum.run(35 * DAY)
    report = small(forum, tmp_path)
    assert "the liveliest" not in activity(report).text
    assert "and 3 posts a week; 3 in 2 of them." in activity(report).text


def test_p376_of_five_people_nobody_says_the_half_and_cells_name_no_people(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("ana bob cleo dina eli")
    for number, name in enumerate(("ana", "bob", "cleo", "dina", "eli")):
        topic = forum.topic(name, 24 * number)
        forum.post(topic, "bob" if name == "ana" else "ana", 24 * number + 3)
    forum.run(35 * DAY)
    with forum.source(tmp_path) as source:
        report = compute_report(source, october(), ReportSettings(resamples=50))
    told = " ".join(sentences(report))
    assert "half" not in told.lower()
    assert "too few voices" in told
    forum = Forum()
    forum.people_named("ana bob")
    forum.post(forum.topic("ana", 1), "bob", 2)
    forum.run(35 * DAY)
    (tmp_path / "two").mkdir()
    html = page(shareable(small(forum, tmp_path / "two")), NOW)
    assert "too few people" in html


def test_p393_with_a_period_in_which_nobody_wrote_nothing_is_compared(tmp_path: Path) -> None:
    forum = Forum()
    names = ["ana", "bob", "cleo", "dina", "eli", "fred"]
    forum.people_named(" ".join(names))
    for number, name in enumerate(names * 3):
        topic = forum.topic(name, 20 * number + 1)
        forum.post(topic, names[number % 6 - 1], 20 * number + 3)
        forum.post(topic, "ana", 20 * number + 4)
    forum.run(35 * DAY)
    report = small(forum, tmp_path)
    for one in (report, shareable(report)):
        assert compared(one) == ()
        assert not any(
            difference.value is not None and before.value is None for _now, before, difference in one.compared()
        )
        unsure = {now.key for now, _before, difference in one.compared() if difference.low is not None}
        assert not unsure  # no estimate without anything to estimate from
        assert 'id="before"' not in page(one, NOW), "no heading stands above nothing"


def test_p376_what_says_nothing_is_folded_away(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("ana bob")
    forum.post(forum.topic("ana", 1), "bob", 2)
    forum.run(35 * DAY)
    report = small(forum, tmp_path)
    assert '<dl class="meaning">\n</dl>' not in page(shareable(report), NOW)
    told, folded = page(report, NOW).split("that say nothing here")
    known = {one.key: one.known for one in in_words(report, NOW).explained}
    assert set(known.values()) == {True, False}
    assert all(f'id="figure-{key}"' in (told if yes else folded) for key, yes in known.items())


def test_p376_one_newcomer_is_no_group(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("ana bob")
    forum.topic("ana", -10 * DAY)
    forum.post(forum.topic("bob", 1), "ana", 2)
    forum.run(35 * DAY)
    told = sentences(small(forum, tmp_path))[3]
    assert told.startswith("1 person wrote for the first time, and got an answer within")


def test_p376_a_share_of_few_is_said_in_counts(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("ana bob")
    forum.post(forum.topic("ana", 1), "bob", 2)
    forum.topic("bob", 30 * DAY - 0.5)  # still waits, not yet as long as ana did
    forum.run(30 * DAY)
    report = small(forum, tmp_path)
    assert report["answered-within-72h"].value is not None, "the figure stays"
    told = sentences(report)
    assert told[1] == "1 of 2 topics has an answer by somebody else, within 1 day."
    assert "%" not in " ".join(told)


def test_p376_a_share_that_chance_could_make_anything_says_nothing() -> None:
    assert [
        tells(Measurement("second-post", 0.5, low, high, n=n))
        for n, low, high in ((9, 0.4, 0.6), (10, 0.25, 0.8), (10, 0.1, 0.9), (12, None, None))
    ] == [False, True, False, True]


def test_p376_where_nobody_is_left_aside_nobody_is_said_to_be_named(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("ana bob")
    forum.like(forum.post(forum.topic("ana", 1), "bob", 2), "ana", 3)
    forum.run(35 * DAY)
    report = small(forum, tmp_path)
    assert "This page names people" not in page(report, NOW)
    forum.topic("bob", 10)
    (tmp_path / "more").mkdir()
    assert "This page names people" in page(small(forum, tmp_path / "more"), NOW)


def test_p377_what_not_everybody_reads_is_not_in_a_report_that_is_shared(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("ana bob")
    forum.category(8, "board", restricted=1)
    seen, hidden = forum.topic("ana", 1), forum.topic("ana", 2, category=8)
    forum.run(400)
    with forum.source(tmp_path) as source:
        report = compute_report(
            source, october(), ReportSettings(resamples=50), [Bound(seen, "a.md"), Bound(hidden, "b.md")]
        )
    assert len(report.published.posts) == 2
    shared = shareable(report)
    assert [one.topic for one in shared.published.posts] == [seen]
    assert [one.name for one in shared.published.categories] == ["general"]


def test_p377_edits_by_others_are_not_called_none_where_nobody_knows_them(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("ana bob cleo")
    known, unknown = forum.topic("ana", 1), forum.topic("ana", 2)
    for topic in (known, unknown):
        next(one for one in forum.rows["posts"] if one["id"] == forum.first(topic))["version"] = 3
        for version, editor in ((2, 3), (3, 2)) if topic == known else ((3, 2),):
            forum.add(
                "post_versions", post=forum.first(topic), n=version, version=version, editor=editor,
                edited=october(4).since, observed=october(4).since,
            )  # fmt: skip
    forum.run(400)
    with forum.source(tmp_path) as source:
        everybody = population_of(source, ReportSettings(ours=("bob",)))
        found = published(everybody, october(0, 100), [Bound(known, "a.md"), Bound(unknown, "b.md")])
    assert [(one.ever.edits, one.here.edits) for one in found.posts] == [(1, 1), (None, None)]
    assert found.categories[0].ever.edits is None
