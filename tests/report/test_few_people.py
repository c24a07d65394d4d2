"""What is shared says nothing of what fewer than five people did: not of a part, and not by what is left of a whole."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from koweb_sync import i18n
from koweb_sync.report.audience.community import shareable
from koweb_sync.report.compute import Report, compute_report
from koweb_sync.report.engine.posts_behind import behind_figure
from koweb_sync.report.engine.window import ReportSettings
from koweb_sync.report.figures import figures
from koweb_sync.report.lists.published import Bound, Counts
from koweb_sync.report.page.charts import voices
from koweb_sync.report.page.sentences import protected, speaking
from tests.report.forums import DAY, Forum, october
from tests.report.living import month

BY_SOME = ("top-tenth", "lower-half", "absence-posts", "absence-answers", "topics-by-newcomers", "facilitator-answers")
FORUMS = [(people, chance, days) for people, chance in ((12, 1), (22, 2), (40, 7), (40, 9)) for days in (28, 30)]
WHOLE = {"replies": "repliers", "likes": "likers"}


@cache
def both(people: int, chance: int, days: int) -> tuple[Report, Report]:
    """A report of a forum by chance, for facilitators, and what everybody may see of it."""
    with TemporaryDirectory() as folder, month(people=people, chance=chance).source(Path(folder)) as source:
        bound = [Bound(topic, f"{topic}.md") for topic in range(100, 190, 3)]
        window = october((30 - days) * DAY)
        report = compute_report(source, window, ReportSettings(resamples=20), bound)
    return report, shareable(report)


def few(people: int | None) -> bool:
    """Whether so many would be known."""
    return people is not None and 0 < people < 5


@pytest.mark.parametrize("forum", FORUMS)
def test_what_a_part_of_the_people_did_is_told_where_they_and_the_others_are_five_or_nobody(
    forum: tuple[int, int, int],
) -> None:
    report, shared = both(*forum)
    for key in BY_SOME:
        for part in ("now", "before"):
            one, found = shared.values.get((key, part)), behind_figure(report.behind, key, part)
            if one is None or one.value is None or found is None or found.people is None:
                continue
            every = report["participants"].n if key in BY_SOME[:3] and part == "now" else None
            assert key == "facilitator-answers" or not few(found.people), (key, part)
            assert every is None or not few(every - found.people), (key, part)


@pytest.mark.parametrize("forum", FORUMS)
def test_of_two_parts_of_a_whole_none_is_told_alone(forum: tuple[int, int, int]) -> None:
    _report, shared = both(*forum)
    for figure in figures().values():
        for part in ("now", "before", "difference"):
            states = {shared.values[key, part].state for key in figure.parted if (key, part) in shared.values}
            assert not states >= {"few", "known"}, figure.key


@pytest.mark.parametrize("forum", FORUMS)
def test_the_posts_of_weeks_that_are_left_out_are_not_what_is_left_of_all(forum: tuple[int, int, int]) -> None:
    report, shared = both(*forum)
    for window, part in ((report.window, "now"), (report.window.before(report.settings.clock), "before")):
        weeks = [name for name, begins in report.begins.items() if window.since <= begins < window.until]
        if shared.values["posts", part].value is None or report.begins[weeks[0]] != window.since:
            continue
        hidden = [name for name in weeks if shared.values["week-posts", name].state == "few"]
        left_out = [report.values["week-posts", name] for name in hidden]
        assert not left_out or max(one.people for one in left_out) >= 5


def cells(report: Report) -> Iterator[tuple[list[Counts], Counts]]:
    """What the posts of each group got, and what the group got: ever, and in the window."""
    for groups, of in (
        (report.published.categories, lambda one, name: one.category == name),
        (report.published.tags, lambda one, name: name in one.tags),
    ):
        for group in groups:
            posts = [one for one in report.published.posts if of(one, group.name)]
            yield [one.ever for one in posts], group.ever
            yield [one.here for one in posts], group.here


@pytest.mark.parametrize("forum", FORUMS)
def test_what_few_people_did_with_a_published_post_is_not_what_is_left_of_its_group_or_of_its_time(
    forum: tuple[int, int, int],
) -> None:
    report, shared = both(*forum)
    every = [one for one in report.published.posts if one.public]
    for one, told in zip(every, shared.published.posts, strict=True):
        for what in WHOLE:
            always, here = getattr(told.ever, what), getattr(told.here, what)
            assert here is None or always is None or not few(always - here), one.title
    for (parts, whole), (said, group) in zip(cells(report), cells(shared), strict=True):
        for what, whose in WHOLE.items():
            hidden = [getattr(a, whose) for a, b in zip(parts, said, strict=True) if getattr(b, what) is None]
            assert getattr(group, what) is None or not hidden or not few(sum(hidden))
            assert getattr(group, what) in (None, getattr(whole, what))


@pytest.mark.parametrize(("language", "words"), [("en", "The livelier half"), ("fr", "La moitié des personnes")])
def test_where_a_tenth_are_fewer_than_five_the_two_halves_are_told(language: str, words: str) -> None:
    report, shared = both(40, 7, 30)
    assert report["top-tenth"].value is not None
    assert shared["top-tenth"].value is None
    with i18n.speaking(language):
        chart = voices(shared)
        assert chart.text.startswith(words)
        assert len(chart.table.rows) == 2
        assert len(voices(report).table.rows) == 3
        assert speaking(replace(shared, values={**shared.values, ("absence-posts", "now"): shared["top-tenth"]}))


def test_the_rule_says_whom_it_leaves_out() -> None:
    assert "except of the team" in protected()


PEOPLE = "ana bob cleo dan eve fay gus"


def test_a_week_that_is_left_out_is_not_what_the_other_weeks_leave_of_all(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named(PEOPLE)
    topic = forum.topic("ana", 1)
    for week, names in enumerate((PEOPLE, "ana bob cleo", f"{PEOPLE} ana", f"{PEOPLE} bob cleo")):
        for name in names.split():
            forum.post(topic, name, week * 7 * DAY + 30)
    forum.run(28 * DAY)
    with forum.source(tmp_path) as source:
        report = compute_report(source, october(0, 28 * DAY), ReportSettings(resamples=20))
    told = [one.value for one in shareable(report).series("week-posts").values()]
    assert [one.value for one in report.series("week-posts").values()] == [8, 3, 8, 9]
    assert told == [None, None, 8, 9], "else all posts less these were those of three people"
    assert shareable(report)["posts"].value == 28


def test_what_few_did_with_one_of_two_posts_or_before_the_period_is_not_what_is_left(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named(PEOPLE)
    quiet, loud = forum.topic("ana", -50), forum.topic("ana", -50)
    for name in ["bob", "cleo"]:
        forum.post(quiet, name, 2)
        forum.post(loud, name, -2)
    for name in PEOPLE.split()[1:]:
        forum.post(loud, name, 3)
    forum.run(10 * DAY)
    with forum.source(tmp_path) as source:
        report = compute_report(
            source, october(), ReportSettings(resamples=20), [Bound(quiet, "a.md"), Bound(loud, "b.md")]
        )
    (group,) = report.published.categories
    assert (group.ever.replies, group.here.replies) == (10, 8)
    shared = shareable(report).published
    told = [(one.ever.replies, one.here.replies) for one in shared.posts]
    told += [(one.ever.replies, one.here.replies) for one in shared.categories]
    assert told == [(None, None), (8, None), (None, None)]
