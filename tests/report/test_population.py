"""What is an answer, whom the figures count, and what they say when there is little to say."""

import json
import math
import re
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from koweb_sync import i18n
from koweb_sync.errors import InputError
from koweb_sync.i18n import LANGUAGES
from koweb_sync.report.audience.community import shareable
from koweb_sync.report.compute import Report, compute_report, measure_figures
from koweb_sync.report.data.as_json import as_json, published_schema
from koweb_sync.report.data.csv_table import table
from koweb_sync.report.engine.completeness import completeness
from koweb_sync.report.engine.measurement import Measurement
from koweb_sync.report.engine.population import facilitators, population_of
from koweb_sync.report.engine.source import Source, opened
from koweb_sync.report.engine.window import ReportSettings, Window
from koweb_sync.report.lists.left_aside import LeftAside, left_aside
from koweb_sync.report.page.html import page
from koweb_sync.report.page.markdown import post
from koweb_sync.times import HOUR
from tests.report.forums import DAY, Forum, october
from tests.report.living import month

QUICK = ReportSettings(resamples=50)


def answers(source: Source, window: Window) -> tuple[dict[str, Measurement], LeftAside]:
    """The figures about first answers in a window, and who is left aside in October."""
    everybody = population_of(source, QUICK)
    found = measure_figures(everybody, window, "topics", "answered", "median-wait")
    return found, left_aside(everybody, october())


def two_people() -> tuple[Forum, int]:
    """ana asks; bob, a bot, and cleo, who asked not to be counted, are there. The archive looks a week later."""
    forum = Forum()
    forum.people_named("ana bob cleo")
    forum.person("robot", bot=1)
    forum.person("system", ident=-1)
    forum.not_counted("cleo")
    topic = forum.topic("ana", 10)
    forum.run(7 * DAY)
    return forum, topic


def only_herself(forum: Forum, topic: int) -> None:
    """ana answers herself, the bot and the system answer, and the bot likes."""
    forum.post(topic, "ana", 11, to=1)
    forum.quote(forum.post(topic, "robot", 12), forum.first(topic))
    forum.mention(forum.post(topic, "system", 13), "ana")
    forum.like(forum.first(topic), "robot", 14)


def deleted(forum: Forum, topic: int) -> None:
    """bob's answer was deleted."""
    forum.post(topic, "bob", 12, deleted=20)


def gone(forum: Forum, topic: int) -> None:
    """bob's answer was found gone."""
    forum.add("tombstones", kind="post", id=forum.post(topic, "bob", 12), n=1, reason="gone", observed=0)


def whispered(forum: Forum, topic: int) -> None:
    """bob whispers, and a notice says that the topic was pinned."""
    forum.post(topic, "bob", 12, type=4)
    forum.post(topic, "bob", 13, type=3)


def hidden(forum: Forum, topic: int) -> None:
    """bob's answer was hidden by flags; its author's own deletion counts too."""
    forum.post(topic, "bob", 12, hidden=1)
    forum.post(topic, "bob", 13, user_deleted=1)


def liked(forum: Forum, topic: int) -> None:
    """bob likes the post: no answer."""
    forum.like(forum.first(topic), "bob", 12)


@pytest.mark.parametrize("happens", [only_herself, deleted, gone, whispered, hidden, liked])
def test_a24_a_topic_stays_unanswered(tmp_path: Path, happens: Callable[[Forum, int], None]) -> None:
    forum, topic = two_people()
    happens(forum, topic)
    with forum.source(tmp_path) as source:
        found, left = answers(source, october())
    assert (found["topics"].value, found["answered"].value) == (1, 0)
    assert found["median-wait"].state == "not-reached"
    assert [one.topic for one in left.topics] == [topic]
    assert [one.username for one in left.people] == ([] if happens is liked else ["ana"])


def replied(forum: Forum, topic: int) -> None:
    """bob replies."""
    forum.post(topic, "bob", 12)


def quoted_elsewhere(forum: Forum, topic: int) -> None:
    """bob quotes ana in a topic of his own."""
    forum.quote(forum.first(forum.topic("bob", 12)), forum.first(topic))


def mentioned_elsewhere(forum: Forum, topic: int) -> None:
    """bob mentions ana in a topic of his own."""
    forum.mention(forum.first(forum.topic("bob", 12)), "ana")


def not_counted(forum: Forum, topic: int) -> None:
    """cleo, who is not counted, replies: ana was answered all the same."""
    forum.post(topic, "cleo", 12)


@pytest.mark.parametrize("happens", [replied, quoted_elsewhere, mentioned_elsewhere, not_counted])
def test_a24_an_answer_counts_from_wherever_it_comes(tmp_path: Path, happens: Callable[[Forum, int], None]) -> None:
    forum, topic = two_people()
    happens(forum, topic)
    with forum.source(tmp_path) as source:
        found, left = answers(source, Window(october(9).since, october(11).since))
    assert [found[key].value for key in ("topics", "answered", "median-wait")] == [1, 1, 2]
    assert topic not in [one.topic for one in left.topics]
    assert "ana" not in [one.username for one in left.people]


def test_who_asked_not_to_be_counted_is_in_no_figure_and_on_no_list(tmp_path: Path) -> None:
    forum, topic = two_people()
    forum.topic("cleo", 12)
    forum.post(topic, "cleo", 13)
    with forum.source(tmp_path) as source:
        found = compute_report(source, october(), QUICK)
    assert (found["participants"].value, found["members"].value, found["topics"].value) == (1, 2, 1)
    assert found["absence-answers"].value is None
    assert "cleo" not in json.dumps(as_json(found))


def test_categories_and_tags_choose_topics_and_answers_come_from_anywhere(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("ana bob")
    forum.category(5, "tools")
    forum.category(6, "tools/libre")
    described = len(forum.openers) + 100
    forum.category(7, "staff", staff=1)
    forum.category(8, "closed", restricted=1)
    forum.category(9, "described", definition=described)
    forum.topic("ana", 0, category=9)
    asked = forum.topic("ana", 1, category=6, tags=("choice",))
    forum.quote(forum.first(forum.topic("bob", 2)), forum.first(asked))
    for category in (7, 8):
        forum.topic("bob", 3, category=category)
    forum.topic("bob", 4, archetype="private_message")
    forum.topic("bob", 5, visible=0)
    forum.run(100)
    with forum.source(tmp_path) as source:

        def counted(settings: ReportSettings) -> tuple[float | None, float | None]:
            found = measure_figures(population_of(source, settings), october(), "topics", "answered")
            return found["topics"].value, found["answered"].value

        assert counted(ReportSettings(resamples=9)) == (2, 1)
        for called in ("tools", "Libre", "tools/LIBRE", "6"):
            assert counted(ReportSettings(resamples=9, categories=(called,))) == (1, 1)
        assert counted(ReportSettings(resamples=9, tags=("choice",))) == (1, 1)
        assert counted(ReportSettings(resamples=9, categories=("general",), tags=("choice",))) == (0, 0)
        assert counted(ReportSettings(resamples=9, restricted=True)) == (3, 1)
        for wrong in (
            ReportSettings(categories=("tool",)),
            ReportSettings(tags=("chioce",)),
            ReportSettings(facilitators=("nobody",)),
        ):
            with pytest.raises(InputError):
                measure_figures(population_of(source, wrong), october(), "newcomers")


def test_a_group_that_nobody_knows_is_answered_with_the_one_that_may_be_meant(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("ana")
    forum.group(41, "Animation", "ana")
    forum.run(30 * DAY)
    with forum.source(tmp_path) as source, pytest.raises(InputError) as raised:
        facilitators(population_of(source, ReportSettings(facilitators=("animaton",))))
    assert raised.value.remedy == "Did you mean “Animation”?"


def test_newcomers_come_first_on_the_list(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("old new")
    other = forum.topic("old", -100 * DAY)
    late, early = forum.topic("old", 1), forum.topic("new", 9)
    forum.run(30 * DAY)
    with forum.source(tmp_path) as source:
        left = left_aside(population_of(source, QUICK), october())
    assert other not in (late, early)
    assert [(one.topic, one.newcomer) for one in left.topics] == [(early, True), (late, False)]
    assert [(one.username, one.newcomer) for one in left.people] == [("new", True), ("old", False)]


# ---- gaps


def gap(forum: Forum) -> None:
    """Posts are missing."""
    forum.gap(100, short=2)


def trouble(forum: Forum) -> None:
    """A topic could not be read."""
    forum.gap(100, trouble="404")


def failed(forum: Forum) -> None:
    """The last run failed."""
    forum.run(200, "failed")


def running(forum: Forum) -> None:
    """The last run goes on."""
    forum.run(200, "")
    forum.rows["runs"][-1]["anonymous"] = 3  # one that got no answer would be none


def nothing(_forum: Forum) -> None:
    """Nothing is missing."""


def test_what_is_read_between_two_runs_makes_no_archive_unfinished(tmp_path: Path) -> None:
    """Whoever follows a forum by its webhooks has hardly a run that nothing was read after."""
    forum, _topic = two_people()
    forum.run(200, "part")
    for name in ("after", "failed"):
        (tmp_path / name).mkdir()
    with forum.source(tmp_path / "after") as source:
        assert completeness(source).complete
    forum.run(300, "failed")
    forum.run(301, "part")
    with forum.source(tmp_path / "failed") as source:
        assert not completeness(source).finished


@pytest.mark.parametrize("happens", [gap, trouble, failed, running, nothing])
def test_a25_each_figure_says_that_it_is_incomplete(tmp_path: Path, happens: Callable[[Forum], None]) -> None:
    forum, _topic = two_people()
    happens(forum)
    with forum.source(tmp_path) as source:
        known = completeness(source)
        if happens in (gap, nothing):
            found = compute_report(source, october(), ReportSettings(resamples=9, permutations=19, months=2))
            assert {figure.complete for figure in found.values.values()} == {happens is nothing}
    assert known.complete is (happens is nothing)
    assert known.missing_posts == (2 if happens is gap else 0)


# ---- hardly anything


NONSENSE = re.compile(r"\bNaN\b|\bNone\b|\bInfinity\b|\binf\b|\bnan\b|Traceback")


def checked(found: Report) -> None:
    """A report that can be shown in both languages: JSON by its schema, and no number that is none."""
    now = found.seen + HOUR
    for one in (found, shareable(found)):
        text = json.dumps(as_json(one), allow_nan=False)
        jsonschema.validate(json.loads(text), published_schema())
        for language in LANGUAGES:
            i18n.activate(language)
            assert not NONSENSE.search(page(one, now))
        i18n.activate("en")
        assert not NONSENSE.search(table(one))
    assert not NONSENSE.search(post(shareable(found), now).text.decode())
    figures = found.values.values()
    numbers = [number for figure in figures for number in (figure.value, figure.low, figure.high)]
    assert all(number is None or math.isfinite(number) for number in numbers)
    assert all((figure.value is None) == (figure.state != "known") for figure in figures)


def hardly_anything() -> dict[str, Forum]:
    """Forums in which there is hardly anything, or only what is strange."""
    empty, silent, one, alone, strange = Forum(), Forum(), Forum(), Forum(), Forum()
    silent.people_named("ana bob")
    silent.post(silent.topic("ana", -300 * DAY), "bob", -299 * DAY)
    silent.run(30 * DAY)
    one.people_named("ana")
    one.run(30 * DAY)
    alone.people_named("ana")
    alone.topic("ana", 29 * DAY)
    alone.run(30 * DAY)
    renamed = month(people=12, left=())
    for person in renamed.rows["people"]:
        person.update(username="", folded="", anonymised=1)
    # anonymised, renamed to what SQL minds, unknown, without a category, from the future
    strange.person("anon'1\"; --", anonymised=1)
    strange.person("ünï𝔠ode", suspended=1)
    strange.people["ghost"] = 77  # only a post tells of them
    topic = strange.topic("anon'1\"; --", 10, category=None)
    strange.post(topic, "ghost", 11)
    strange.post(topic, None, 12)
    strange.post(topic, "ünï𝔠ode", 9000)
    strange.run(100)
    return {"empty": empty, "silent": silent, "one": one, "alone": alone, "renamed": renamed, "strange": strange}


@pytest.mark.parametrize(("what", "people"), list(zip(hardly_anything(), (0, 0, 0, 1, None, 2), strict=True)))
def test_where_there_is_hardly_anything_the_report_says_so(tmp_path: Path, what: str, people: int | None) -> None:
    windows = [(october(), "UTC")]
    if what == "strange":
        windows = [(october(), "Pacific/Kiritimati"), (october(-500 * DAY, 900 * DAY), "Pacific/Pago_Pago")]
    with hardly_anything()[what].source(tmp_path) as source:
        for window, zone in windows:
            found = compute_report(source, window, ReportSettings(zone=zone, resamples=20, permutations=19))
            checked(found)
            if people is not None and window == october():
                assert found["participants"].value == people


def test_a_window_and_a_zone_are_checked() -> None:
    with pytest.raises(InputError):
        Window(5, 5)
    with pytest.raises(InputError):
        ReportSettings(zone="Europe/Nowhere")


# ---- sharing


def test_what_is_shared_names_nobody_and_speaks_of_no_fewer_than_five(tmp_path: Path) -> None:
    names = [f"person-{letter}" for letter in "abcdefg"]
    forum = Forum()
    for name in names:
        forum.person(name)
    for hour, name in enumerate(names):
        topic = forum.topic(name, hour)
        forum.post(topic, names[0], 20 + hour)
        for before in (1, 2, 3):
            forum.topic(name, -before - hour)
    left = forum.topic(names[3], 25)
    forum.run(10 * DAY)
    with forum.source(tmp_path) as source:
        found = compute_report(source, october(), QUICK)
    shared = shareable(found)
    text = json.dumps(as_json(shared))
    assert [topic.topic for topic in found.aside.topics][-1] == left
    assert "person-" not in text
    assert f"/t/-/{left}" not in text
    assert not [figure for figure in shared.values.values() if 0 < figure.people < 5]
    assert shared["participants"] == found["participants"]
    assert found["absence-answers"].people == 1
    assert shared["absence-answers"].state == "few"
    assert shared["unanswered"] == found["unanswered"], "2 of 8 topics: whoever knows how many are answered knows it"


@pytest.mark.parametrize(("now", "before"), [(4, 0), (0, 4), (7, 3), (3, 7)])
def test_no_difference_tells_what_is_left_out(tmp_path: Path, now: int, before: int) -> None:
    forum = Forum()
    names = [f"person-{letter}" for letter in "abcdefg"]
    forum.people_named(" ".join(names))
    for hour, name in enumerate(names[:now]):
        forum.topic(name, hour)
    for hour, name in enumerate(names[:before]):
        forum.topic(name, -48 - hour)
    forum.run(10 * DAY)
    with forum.source(tmp_path) as source:
        shared = shareable(compute_report(source, october(), QUICK))
    told = {one.key: (one.state, earlier.state, difference) for one, earlier, difference in shared.compared()}
    assert "few" in told["participants"][:2]
    assert "few" in told["posts"][:2]
    open_ = {key for key, (*states, difference) in told.items() if "few" in states and difference.value is not None}
    assert not open_


def test_two_forums_in_one_archive_do_not_mix(tmp_path: Path) -> None:
    from koweb_sync.archive.store.store import Store  # noqa: PLC0415

    one, other = two_people()[0], Forum()
    other.people_named("x y z")
    for name in "xyz":
        other.topic(name, 5)
    with Store.open(str(tmp_path / "both.sqlite")) as store:
        numbers = [one.save(store, "https://one.example"), other.save(store, "https://two.example/")]
        for number, url, posts in zip(numbers, ("https://one.example", "https://two.example"), (1, 3), strict=True):
            with opened(store, number) as source:
                found = measure_figures(population_of(source, QUICK), october(), "posts")
                assert (source.url, found["posts"].value) == (url, posts)


def test_who_only_wrote_in_chat_and_has_no_account_any_more_is_no_member(tmp_path: Path) -> None:
    """Of such a person an archive knows the number alone."""
    forum, _topic = two_people()
    forum.person("", ident=4242)
    with forum.source(tmp_path) as source:
        members = source.number(f"SELECT count(*) FROM {population_of(source, QUICK).people} AS h WHERE member")  # noqa: S608
    assert members == 3
